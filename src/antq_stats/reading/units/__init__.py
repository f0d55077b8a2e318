"""Units: resolving the codes and names in cells, titles and paths to units of the register.

Input: codes and names as written. Output: positions in the plan's units, or the reason why none fits.
A near miss is never taken, only suggested.
"""
