"""``python -m reconcile``."""

from reconcile.cli import program

program()
