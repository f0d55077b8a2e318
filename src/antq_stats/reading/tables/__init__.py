"""Tables: where a table of the form stands in a grid, and what its titles say.

In: a `Grid` and the plan. Out: `LocatedTable`, the table's unit and period, the columns of its measures.
Not here: reading the rows below the header.
"""
