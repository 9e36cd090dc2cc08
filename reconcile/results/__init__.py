"""What was captured and what it comes to, as tables: held, or packed a site at a time."""
