"""Figures: sums up the tree, ratios, coverage, bounds, comparison, and what may be published.

In: a `Collection` and its findings. Out: `Aggregate`, and `Publication` for every face.
Not here: words or layout; a way around disclosure.
"""
