"""Checks of a table that was read: its columns, its printed totals and ratios, figures outside it.

In: a `CheckedTable`. Out: findings, and verdicts on columns that must not count.
Not here: changing figures. `receive` applies the verdicts.
"""
