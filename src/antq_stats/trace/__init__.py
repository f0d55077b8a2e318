"""Proof: a figure taken apart into the cells it is the sum of, and the way back from a printed report."""
