"""Rows: the rows below a header, each of a unit, a total or neither.

In: a `Grid` and a `LocatedTable`. Out: `Body`, with the counts of each unit and the printed totals.
Not here: comparing figures. That is `checks`.
"""
