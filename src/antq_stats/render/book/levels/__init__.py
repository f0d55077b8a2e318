"""The sheets of levels: one row per unit, one column per measure and ratio."""
