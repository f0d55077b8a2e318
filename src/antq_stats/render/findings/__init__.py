"""Findings: as lines for the terminal, as records, and as the list by sender with its workbook."""
