"""A file for each command whose output is read."""
