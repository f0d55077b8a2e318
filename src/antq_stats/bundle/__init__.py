"""Proof for others: all that a report was made of in one file, and the report computed again from it."""
