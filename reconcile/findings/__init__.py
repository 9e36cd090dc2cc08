"""What needs a person: the rules, the checks that apply them, and the advice."""
