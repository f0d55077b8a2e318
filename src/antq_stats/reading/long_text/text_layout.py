"""What the columns of a long delimited text are: all that reading it by columns is told."""

from __future__ import annotations

from dataclasses import dataclass

from antq_stats.plan import MeasurePlan


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of a text are.

    Parameters
    ----------
    width : how many columns there are.
    delimiter : the sign between them.
    level : the table's level.
    code, name : their columns; the name's is -1 where there is none.
    figures : column and measure of every column of figures, in the order of the form.
    places : their positions among the form's measures, of which there are ``measures``.
    filled : columns that must not be blank.
    blank : columns that must be.
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
