"""Checks of a table that was read: its columns, its printed totals and ratios, figures outside it.

In: a `CheckedTable`. Out: findings, and a `Verdict` on what must not be taken from the table.
Not here: changing a table or a figure. `reading.verdicts` applies the verdicts.
"""
