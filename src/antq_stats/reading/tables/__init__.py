"""Tables: finding a table of the form in a grid, and its unit and period.

Input: a `Grid` and the reading plan. Output: a `LocatedTable`, and the table's unit and period.
The rows below the header are read in `reading.rows`.
"""
