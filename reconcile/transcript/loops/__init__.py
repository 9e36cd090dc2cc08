"""Loops that ask for many UUIDs: what they run, what they print, and which printed name is whose."""
