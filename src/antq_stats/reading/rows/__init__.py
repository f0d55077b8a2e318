"""Rows: the rows below a header, each a unit's, a total's or neither.

In: a `Grid` and a `LocatedTable`. Out: `Body`, with the counts of each unit and the printed totals.
Not here: comparing figures. That is `checks`.
"""
