"""Named tuples made in half the time: those of which a fleet has 100,000 or more."""

# Called with the class and its fields in one tuple, all of them. So a named tuple takes 0.14 us, and called by its own name 0.22 to 0.26.
made = tuple.__new__
