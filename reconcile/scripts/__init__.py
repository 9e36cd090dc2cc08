"""The scripts that capture, to be run on hosts and guests."""
