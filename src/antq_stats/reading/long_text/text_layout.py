"""The roles of the columns of a long delimited text."""

from __future__ import annotations

from dataclasses import dataclass

from antq_stats.plan import MeasurePlan


@dataclass(frozen=True, slots=True)
class Layout:
    """The roles of the columns of a text.

    Parameters
    ----------
    width : number of columns.
    delimiter : byte value of the delimiter.
    level : level of the table.
    code, name : columns of the unit's code and name; ``name`` is -1 for none.
    figures : column and measure of every column of figures, in the order of the form.
    places : place in the table of each of these measures.
    measures : number of measures of the table.
    filled : columns that must not be blank.
    blank : columns that must be blank.
    ordinals : columns that hold a short number or nothing.
    """

    width: int
    delimiter: int
    level: int
    code: int
    name: int
    figures: tuple[tuple[int, MeasurePlan], ...]
    places: tuple[int, ...]
    measures: int
    filled: tuple[int, ...]
    blank: tuple[int, ...]
    ordinals: tuple[int, ...]
