"""``python -m reconcile``."""

from reconcile.commands.app import program

program()
