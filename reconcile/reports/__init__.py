"""The report: workbook, page, CSV, JSON, and whether one follows from captures."""
