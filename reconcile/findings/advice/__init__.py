"""What is missing before the captures tell all, and the commands that give it."""
