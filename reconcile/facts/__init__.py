"""What captures say, as plain data: records, their columns, where they stand, and how names look."""
