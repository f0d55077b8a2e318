"""Where the figures of units stand in the returns, for the script of the page: file, sheet and cell.

The name of a file is there once, and the columns of a sheet once for all sheets that have the same. A unit
has a sheet and a row for each table; a figure has its own only where it is in another row than the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.collection.table_values import TableValues
from antq_stats.figures.publication import Publication
from antq_stats.figures.status import Status
from antq_stats.form import Measure
from antq_stats.render.writing.table import clean
from antq_stats.words.text import column_letter

_NOWHERE = -1


class Places:
    """The places of the figures of units.

    Parameters
    ----------
    publication : the figures.
    units : positions of the units in the JSON, in order.
    """

    def __init__(self, publication: Publication, units: Sequence[int]) -> None:
        self.publication = publication
        self._places = np.full(len(publication.register), _NOWHERE, dtype=np.int64)
        self._places[list(units)] = np.arange(len(units))
        self._count = len(units)
        self._files: dict[str, int] = {}
        self._layouts: dict[tuple[str, ...], int] = {}
        self._parts: list[tuple[int, str, int]] = []
        self._firsts: dict[int, int] = {}
        self._of_table: dict[int, tuple[Integers, Integers]] = {}

    def of_column(self, measure: Measure) -> Mapping[str, object]:
        """Return where the figures of a measure stand: its table, its place in it, and the figures elsewhere.

        The mapping is empty if no unit of the page has a row of the table.

        Parameters
        ----------
        measure : the measure.
        """
        number, place = self.publication.collection.place_of[measure.code]
        table = self.publication.collection.tables[number]
        here = self._places[table.units]
        if not (here >= 0).any():
            return {}
        parts, rows = self._rows(number, table, here)
        found: dict[str, object] = {"table": number, "place": place}
        sources = table.sources.column(place)
        is_figure = self.publication.status(measure.code)[table.units] == Status.FIGURE
        shown = np.flatnonzero((here >= 0) & (sources >= 0) & is_figure)
        own_parts, own_rows = self._at(number, table, sources[shown])
        differs = (own_parts != parts[here[shown]]) | (own_rows != rows[here[shown]])
        if differs.any():
            columns = (here[shown][differs], own_parts[differs], own_rows[differs])
            moved = zip(*(column.tolist() for column in columns), strict=True)
            found["elsewhere"] = {str(unit): [part, row] for unit, part, row in moved}
        return found

    def _rows(self, number: int, table: TableValues, here: Integers) -> tuple[Integers, Integers]:
        """Return the sheet and the row that each unit of the page has in a table; -1 for none."""
        if number not in self._of_table:
            parts, rows = (np.full(self._count, _NOWHERE, dtype=np.int64) for _ in range(2))
            sources = table.sources.of_rows()
            chosen = (here >= 0) & (sources >= 0)
            parts[here[chosen]], rows[here[chosen]] = self._at(number, table, sources[chosen])
            self._of_table[number] = parts, rows
        return self._of_table[number]

    def _at(self, number: int, table: TableValues, sources: Integers) -> tuple[Integers, Integers]:
        if number not in self._firsts:
            self._firsts[number] = len(self._parts)
            for file, sheet, columns in table.origins.parts:
                letters = tuple(column_letter(each) if each >= 0 else "" for each in columns)
                layout = self._layouts.setdefault(letters, len(self._layouts))
                self._parts.append((self._files.setdefault(file, len(self._files)), sheet or "", layout))
        return table.origins.parts_of(sources) + self._firsts[number], table.origins.rows_of(sources)

    def content(self) -> dict[str, object]:
        """Return the places of the columns that were asked for, as the script reads them."""
        return {
            "files": [clean(file) for file in self._files],
            "layouts": list(self._layouts),
            "parts": [[file, clean(sheet), layout] for file, sheet, layout in self._parts],
            "tables": dict(self._tables()),
        }

    def _tables(self) -> Iterator[tuple[str, list[list[int]]]]:
        for number, columns in self._of_table.items():
            yield str(number), [column.tolist() for column in columns]
