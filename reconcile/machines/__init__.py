"""Whose each fact is."""
