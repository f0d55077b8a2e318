"""What a check found, as columns: findings are made of it only when they are looked at.

A cell that one check explains is not reported by a later one, and a check that fires in most units is
reported once, as a doubt about the check itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.collection.table_values import TableValues
from antq_stats.findings import catalogue
from antq_stats.findings.columns import FindingColumns
from antq_stats.findings.finding import Finding
from antq_stats.form.plausibility import Plausibility
from antq_stats.plausibility.sheets import Sheets
from antq_stats.register.register import UnitRegister

EVERYWHERE = "P120"
"""Code of the finding that a check fires in most units."""


class Told(NamedTuple):
    """What a finding says of its cell."""

    value: str | None = None
    facts: Mapping[str, str] = {}
    also: tuple[int, ...] = ()
    """Places of further measures of the table that the finding is on, in the same row."""


def distinct(places: Integers) -> list[int]:
    """Return the different ones of some places, none below 0, in order.

    `numpy.unique` would import all that numpy has for masked arrays.
    """
    return np.flatnonzero(np.bincount(places)).tolist()


@dataclass(frozen=True, eq=False)
class Cells:
    """The c cells that the k findings of a check explain."""

    of: Integers
    """Number of the finding, 0 to k - 1, c."""
    rows: Integers
    """Places of the units in the table, c."""
    places: Integers
    """Places of the measures in the table, c."""


@dataclass(frozen=True, eq=False)
class Hits:
    """The k findings of one check on one table.

    Parameters
    ----------
    code : code of the findings.
    table : the table.
    units : positions in the register of the units they are on, k.
    sources : places in the table's origins of the rows they are on, -1 for none, k.
    places : places of their measures in the table, -1 for none, k.
    tell : takes a number, 0 to k - 1, and returns what the finding says.
    judged : number of units that were judged: for each of the table's measures, or one number for a check of
        whole rows.
    cells : the cells that the findings explain; None if they claim none.
    is_of_sheet : whether each finding is on a whole sheet, k; None if none is.
    """

    code: str
    table: TableValues
    units: Integers
    sources: Integers
    places: Integers
    tell: Callable[[int], Told]
    judged: Integers | int
    cells: Cells | None = None
    is_of_sheet: Truths | None = None
    _numbers: Integers | None = field(default=None)
    """Numbers that ``tell`` knows the findings by; None if they are 0 to k - 1."""

    def __len__(self) -> int:
        return len(self.units)

    def only(self, keep: Truths) -> Hits:
        """Return some of the findings.

        Parameters
        ----------
        keep : whether each is kept, k.
        """
        if keep.all():
            return self
        cells = self.cells
        if cells is not None:
            chosen = keep[cells.of]
            renumbered = np.cumsum(keep) - 1
            cells = Cells(renumbered[cells.of[chosen]], cells.rows[chosen], cells.places[chosen])
        numbers = np.arange(len(self)) if self._numbers is None else self._numbers
        return replace(
            self,
            units=self.units[keep],
            sources=self.sources[keep],
            places=self.places[keep],
            cells=cells,
            is_of_sheet=None if self.is_of_sheet is None else self.is_of_sheet[keep],
            _numbers=numbers[keep],
        )

    def findings(self, collection: Collection) -> FindingColumns:
        """Return the findings."""
        table, codes = self.table, collection.register.units.codes
        measures = table.measures

        def make(at: int) -> Finding:
            told = self.tell(at if self._numbers is None else int(self._numbers[at]))
            place, source = int(self.places[at]), int(self.sources[at])
            origin = table.origins[source] if source >= 0 else None
            on_sheet = self.is_of_sheet is not None and bool(self.is_of_sheet[at])
            # the words name both columns of a sheet; a mark on each would count as two findings
            others = () if on_sheet or origin is None else told.also
            also = tuple((origin.columns[other], measures[other].code) for other in others) if origin else ()
            return Finding(
                code=self.code,
                file=origin.file if origin else None,
                sheet=origin.sheet if origin else None,
                row=origin.row if origin and not on_sheet else None,
                column=origin.columns[place] if origin and place >= 0 else None,
                unit=codes[int(self.units[at])],
                measure=measures[place].code if place >= 0 else None,
                value=told.value,
                facts=told.facts,
                also=also,
            )

        named = self.places if self.cells is None else self.cells.places
        codes_of = tuple(measures[place].code for place in distinct(named[named >= 0]))
        return FindingColumns(
            self.code,
            catalogue.entry(self.code).severity,
            self.units,
            table.origins.files,
            table.origins.parts_of(self.sources),
            make,
            codes_of,
        )


def of_cells(
    code: str,
    table: TableValues,
    rows: Integers,
    places: Integers,
    judged: Integers,
    tell: Callable[[int], Told],
) -> Hits:
    """Return findings on k single cells.

    Parameters
    ----------
    code : code of the findings.
    table : the table.
    rows, places : places of the units and of the measures in the table, k.
    judged : number of units that were judged, for each measure.
    tell : takes a number, 0 to k - 1, and returns what the finding says.
    """
    sources = np.full(len(rows), -1, dtype=np.int64)
    for place in distinct(places):
        here = places == place
        sources[here] = table.sources.column(place, rows[here])
    cells = Cells(np.arange(len(rows)), rows, places)
    return Hits(code, table, table.units[rows], sources, places, tell, judged, cells)


def of_rows(
    code: str, table: TableValues, rows: Integers, sources: Integers, judged: int, tell: Callable[[int], Told]
) -> Hits:
    """Return findings on k whole rows.

    Parameters
    ----------
    code : code of the findings.
    table : the table.
    rows : places of the units in the table, k.
    sources : places of their rows in the table's origins, k.
    judged : number of units that were judged.
    tell : takes a number, 0 to k - 1, and returns what the finding says.
    """
    width = len(table.measures)
    cells = Cells(
        np.repeat(np.arange(len(rows)), width), np.repeat(rows, width), np.tile(np.arange(width), len(rows))
    )
    nowhere = np.full(len(rows), -1, dtype=np.int64)
    return Hits(code, table, table.units[rows], sources, nowhere, tell, judged, cells)


def of_senders(
    code: str,
    sheets: Sheets,
    rows: list[Integers],
    senders: Integers,
    judged: int,
    tell: Callable[[int], Told],
    *,
    explains: bool = False,
) -> Hits:
    """Return findings on k senders, each at the sheet of the first of its rows.

    Parameters
    ----------
    code : code of the findings.
    sheets : the sheets of the table.
    rows : places in the table of the units of each sender, k.
    senders : positions of the senders in the register, k.
    judged : number of senders that were judged; of units, if the findings explain their cells.
    tell : takes a number, 0 to k - 1, and returns what the finding says.
    explains : whether a finding explains all cells of the sender's rows.
    """
    sources = np.array([sheets.sources[of].max(initial=-1) for of in rows], dtype=np.int64)
    for at, of in enumerate(rows):
        given = sheets.sources[of]
        sources[at] = given[given >= 0].min(initial=sources[at])
    cells, width = None, len(sheets.table.measures)
    if explains:
        sizes = [len(of) * width for of in rows]
        every = np.concatenate([np.zeros(0, dtype=np.int64), *rows])
        cells = Cells(
            np.repeat(np.arange(len(rows)), sizes),
            np.repeat(every, width),
            np.tile(np.arange(width), len(every)),
        )
    nowhere, on_sheet = np.full(len(rows), -1, dtype=np.int64), np.ones(len(rows), dtype=np.bool_)
    return Hits(code, sheets.table, senders, sources, nowhere, tell, judged, cells, on_sheet)


def of_columns(
    code: str,
    sheets: Sheets,
    register: UnitRegister,
    parts: Integers,
    places: Integers,
    judged: Integers | int,
    tell: Callable[[int], Told],
) -> Hits:
    """Return findings on k columns of sheets, each on the lowest unit above all units of the sheet.

    A finding explains the cells of its column, and of the further columns that it tells.

    Parameters
    ----------
    code : code of the findings.
    sheets : the sheets of the table.
    register : the register of the units.
    parts : numbers of the sheets, k.
    places : places of the measures in the table, k.
    judged : number of units that were judged, for each measure or for whole rows.
    tell : takes a number, 0 to k - 1, and returns what the finding says.
    """
    table = sheets.table
    rows = [np.flatnonzero(sheets.of_rows == part) for part in parts.tolist()]
    columns = [(place, *tell(at).also) for at, place in enumerate(places.tolist())]
    empty = np.zeros(0, dtype=np.int64)
    cells = Cells(
        np.repeat(np.arange(len(parts)), [len(of) * len(at) for of, at in zip(rows, columns, strict=True)]),
        np.concatenate([empty, *(np.tile(of, len(at)) for of, at in zip(rows, columns, strict=True))]),
        np.concatenate([empty, *(np.repeat(at, len(of)) for of, at in zip(rows, columns, strict=True))]),
    )
    heads = np.array([sheets.head(part, register) for part in parts.tolist()], dtype=np.int64)
    sources = np.array([sheets.sources[of[0]] for of in rows], dtype=np.int64)
    on_sheet = np.ones(len(parts), dtype=np.bool_)
    return Hits(code, table, heads, sources, places, tell, judged, cells, on_sheet)


class Claims:
    """Which cells a check has explained already.

    Parameters
    ----------
    tables : the tables of the collection.
    """

    def __init__(self, tables: Iterable[TableValues]) -> None:
        self._cells: dict[str, npt.NDArray[np.bool_]] = {}
        self._shapes = {table.table.code: table.values.shape for table in tables}

    def left_of(self, hits: Hits) -> Hits:
        """Return the findings none of whose cells is explained yet."""
        cells = self._cells.get(hits.table.table.code)
        if cells is None or hits.cells is None:
            return hits
        keep = np.ones(len(hits), dtype=np.bool_)
        keep[hits.cells.of[cells[hits.cells.rows, hits.cells.places]]] = False
        return hits.only(keep)

    def add(self, hits: Hits) -> None:
        """Note the cells that findings explain."""
        if hits.cells is None or not len(hits):
            return
        code = hits.table.table.code
        if code not in self._cells:
            self._cells[code] = np.zeros(self._shapes[code], dtype=np.bool_)
        self._cells[code][hits.cells.rows, hits.cells.places] = True


def without_common(hits: Hits, collection: Collection, limits: Plausibility) -> tuple[Hits, list[Finding]]:
    """Return the findings of a check without those of a measure in most of whose units it fires.

    Parameters
    ----------
    hits : the findings of the check.
    collection : the collection.
    limits : the thresholds of the form.

    Returns
    -------
    Hits, list of Finding
        The findings that remain, and one on each measure, or on the check, whose findings do not.
    """
    if not len(hits):
        return hits, []
    if isinstance(hits.judged, int):
        group = np.zeros(len(hits), dtype=np.int64)
        fired = np.array([len(hits) if hits.cells is None else len(np.unique(hits.cells.rows))])
    else:
        group = hits.places
        fired = np.bincount(group if hits.cells is None else hits.cells.places, minlength=len(hits.judged))
    judged = np.atleast_1d(np.asarray(hits.judged, dtype=np.int64))
    common = (judged >= limits.enough) & (fired > limits.everywhere * judged)
    told = [
        _everywhere(hits, collection, int(fired[place]), int(judged[place]), place)
        for place in np.flatnonzero(common).tolist()
    ]
    return hits.only(~common[group]), told


def _everywhere(hits: Hits, collection: Collection, fired: int, judged: int, place: int) -> Finding:
    units = collection.register.units
    return Finding(
        code=EVERYWHERE,
        unit=units.codes[units.parents.index(-1)],
        measure=None if isinstance(hits.judged, int) else hits.table.measures[place].code,
        facts={"found": hits.code, "count": str(fired), "given": str(judged)},
    )
