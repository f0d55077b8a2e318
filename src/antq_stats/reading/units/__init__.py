"""Units: which unit a cell, a title or a path names.

In: codes and names as written. Out: positions in the plan's units, or the reason why none fits.
Not here: taking a near miss. It is only suggested.
"""
