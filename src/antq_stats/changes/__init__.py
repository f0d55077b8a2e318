"""Changes of the units over the years: what became of a unit between two days, and what it was before.

A code does not identify a unit: after a reform the same code may name another one. So a unit is a code on a
day, and an event leads from the units of the day before to those of its own day.
"""

from __future__ import annotations
