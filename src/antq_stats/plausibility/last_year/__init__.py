"""Checks that compare the values of units with those that the same units reported last year."""
