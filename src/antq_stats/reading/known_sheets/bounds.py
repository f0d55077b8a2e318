"""The bounds of plain figures, checked by whole columns."""

from __future__ import annotations

from collections.abc import Sequence

from antq_stats.plan import MISSING, TablePlan
from antq_stats.reading.files.row_runs import NeedsFullReader


class FigureBounds:
    """The bounds of a table's measures, and which of them may be blank.

    Parameters
    ----------
    table : the table of the form.
    columns : the column of each of its m measures, -1 for none.
    """

    def __init__(self, table: TablePlan, columns: Sequence[int]) -> None:
        self.table = table
        self.columns = columns
        highest = [measure.highest for measure in table.measures]
        self.usual = max(highest)
        """What no figure may exceed."""
        self.highest = [(place, most) for place, most in enumerate(highest) if most < self.usual]
        """Places of the measures that have a lower maximum, and that maximum."""
        self.lowest = [
            (place, measure.minimum) for place, measure in enumerate(table.measures) if measure.minimum
        ]
        """Places of the measures with a minimum above 0, and that minimum."""

    def checked(self, values: list[int], *, may_be_blank: bool = False) -> list[int]:
        """Return n x m values, row after row, with blanks that mean 0 as 0.

        Parameters
        ----------
        values : the values, `plan.MISSING` for a blank.
        may_be_blank : whether a row may be blank without a finding.

        Raises
        ------
        NeedsFullReader
            A required figure is missing, or a figure is out of bounds.
        """
        width = len(self.table.measures)
        if min(values) != MISSING:
            if max(values) > self.usual:
                raise NeedsFullReader
            if any(max(values[place::width]) > most for place, most in self.highest):
                raise NeedsFullReader
            if any(min(values[place::width]) < least for place, least in self.lowest):
                raise NeedsFullReader
            return values
        for place, (column, measure) in enumerate(zip(self.columns, self.table.measures, strict=True)):
            if column < 0:
                continue
            figures = values[place::width]
            if max(figures) > measure.highest:
                raise NeedsFullReader
            if min(figures) == MISSING:
                if not may_be_blank and _has_blank_row(values, width):
                    raise NeedsFullReader
                if measure.required and not measure.blank_is_zero:
                    raise NeedsFullReader
                if measure.blank_is_zero:
                    figures = [0 if value == MISSING else value for value in figures]
                    values[place::width] = figures
                else:
                    figures = [value for value in figures if value != MISSING]
            if measure.minimum and min(figures, default=measure.minimum) < measure.minimum:
                raise NeedsFullReader
        return values


def _has_blank_row(values: list[int], width: int) -> bool:
    return any(max(values[start : start + width]) == MISSING for start in range(0, len(values), width))
