"""Checks of the columns and rows of a table: missing, double, unknown, hidden, personal, shifted."""

from __future__ import annotations

from collections.abc import Container, Mapping
from difflib import get_close_matches

from antq_stats.plan import ReadingPlan
from antq_stats.reading import privacy
from antq_stats.reading.checks.matched_rows import MatchedRows
from antq_stats.reading.checks.verdict import Verdict
from antq_stats.reading.coerce import is_figure, shown
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.reporter import Report
from antq_stats.reading.tables.body import Body
from antq_stats.reading.tables.labels import SPANS, is_other_quantity, year_of
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.words.text import column_letter, one_line, text_key

_ALIKE = 0.8
"""Similarity from which a header is nearly a known one."""
_HEADER = 200
"""Most characters of a header that are told: a decision on the header needs it whole."""
TELEPHONES = 300_000_000
"""Smaller than any telephone number, greater than almost any count."""


def columns_in_use(grid: Grid, located: LocatedTable) -> dict[int, int]:
    """Return the column in use where several match one measure or ratio and the others are blank.

    Returns
    -------
    dict
        Position of a measure, or ``~position`` of a ratio -> the only column with content below the header.
    """
    in_use: dict[int, int] = {}
    rows = grid.rows[located.body :]
    for position, columns in located.twice.items():
        used = [
            column
            for column in columns
            if any(column < len(row) and row[column] not in ("", None) for row in rows)
        ]
        looks_blank = any(
            (row, column) in grid.odd or (row, column) in grid.remarks
            for column in columns
            for row in range(located.body, len(grid.rows))
        )
        if len(used) == 1 and not looks_blank:
            in_use[position] = used[0]
    return in_use


def report_shape(plan: ReadingPlan, grid: Grid, located: LocatedTable, body: Body, report: Report) -> Verdict:
    """Report what is wrong with the columns, and the hidden rows and columns that were read.

    Returns
    -------
    Verdict
        Headers and figures that are personal data, and measures that several columns match.
    """
    header = located.body - 1
    personal = _personal_columns(plan, grid, located, body, report)
    unknown = {column: text for column, text in located.unknown.items() if column not in personal}
    personal_measures = _personal_figures(plan, grid, located, body, report)
    for column, measure in located.forbidden.items():
        report("D201", row=header, column=column, measure=measure)
    _double_columns(plan, located, report)
    near = _missing_columns(plan, located, body, unknown, report)
    for column, text in unknown.items():
        found = one_line(text, _HEADER)
        if column in located.ambiguous:
            names = dict(zip(("first", "second", "other"), located.ambiguous[column], strict=False))
            report("T205", row=header, column=column, facts={"found": found, **names})
        elif column in near:
            report("T204", row=header, column=column, measure=near[column], facts={"found": found})
        else:
            shown_as = column_letter(column) if privacy.is_personal(text) else found
            report("T203", row=header, column=column, facts={"found": shown_as})
    _untitled_columns(grid, located, body, unknown, report)
    _shifted_rows(grid, located, body, report)
    read = set(located.columns) & grid.hidden_columns
    for column in sorted(read):
        report("T403", column=column, row=header, facts={"column": column_letter(column)})
    for row in sorted(grid.hidden_rows.intersection(body.raw)):
        report("T402", row=row, unit=body.given.units[body.raw.index(row)])
    double = frozenset(position for position in located.twice if position >= 0)
    return Verdict(personal_headers=personal, personal_measures=personal_measures, double_measures=double)


def shape_may_be_wrong(rows: MatchedRows) -> bool:
    """Return whether `report_shape` could find something in rows of a fast reading; the header is known."""
    located = rows.located
    odd = (located.unknown, located.twice, located.forbidden)
    return any(odd) or rows.largest >= TELEPHONES


def _double_columns(plan: ReadingPlan, located: LocatedTable, report: Report) -> None:
    """Report T202 for each measure that several columns match."""
    for position, columns in located.twice.items():
        if position >= 0:
            first, *others = map(column_letter, columns)
            report(
                "T202",
                row=located.body - 1,
                column=columns[1],
                measure=plan.tables[located.table].measures[position].code,
                facts={"first": first, "second": ", ".join(others)},
            )


def _missing_columns(
    plan: ReadingPlan, located: LocatedTable, body: Body, unknown: Mapping[int, str], report: Report
) -> dict[int, str]:
    """Report T201 for required measures without a column, unless only a unit above reports of itself.

    Returns
    -------
    dict
        Unknown column whose header is nearly that of a missing measure -> the measure's code.
    """
    table = plan.tables[located.table]
    year = year_of(plan.period)
    headers = {
        text_key(text): column
        for column, text in unknown.items()
        if column not in located.ambiguous
        and not any(is_other_quantity(text_key(label), table, year) for label in text.split(SPANS))
    }
    near: dict[int, str] = {}
    is_asked = bool(body.raw) or not body.given.own
    for place, measure in enumerate(table.measures):
        if located.measures[place] >= 0:
            continue
        keys = [key for key, position in table.keys.items() if position == place] if headers else []
        alike = [match for key in keys for match in get_close_matches(key, headers, 1, _ALIKE)]
        facts = {}
        if alike:
            near.setdefault(headers[alike[0]], measure.code)
            facts["suggestion"] = column_letter(headers[alike[0]])
        may_be = [column for column, codes in located.ambiguous.items() if measure.code in codes]
        if may_be:
            facts["suggestion"] = column_letter(may_be[0])
        if measure.required and is_asked:
            report("T201", row=located.body - 1, measure=measure.code, facts=facts)
    return near


def _cells(grid: Grid, body: Body, column: int) -> list[object]:
    return [grid.rows[row][column] for row in body.looked_at if column < len(grid.rows[row])]


def _personal_columns(
    plan: ReadingPlan, grid: Grid, located: LocatedTable, body: Body, report: Report
) -> frozenset[int]:
    """Report columns of names, identity or telephone numbers beside those of the form, and return them."""
    personal: set[int] = set()
    known = {*located.columns, located.code, located.name, located.parent}
    width = max((len(grid.rows[row]) for row in body.looked_at), default=0)
    for column in range(width):
        if column in known or column in located.forbidden:
            continue
        header, cells = located.unknown.get(column, ""), _cells(grid, body, column)
        kind = privacy.titled_column_kind(cells, text_key(header))
        if kind == "D104":  # places may be named like persons
            kind = privacy.titled_column_kind(cells, text_key(header), _place_names(plan))
        if kind:
            found = None if privacy.header_kind(text_key(header)) else _first(grid, body, column, kind)
            at = _head_cell(grid, located, column) if found is None else (found, column)
            report(kind, row=at[0], column=at[1])
            personal.add(column)
    return frozenset(personal)


def _first(grid: Grid, body: Body, column: int, kind: privacy.Kind) -> int | None:
    """Return the first row whose cell in a column is personal data of a kind."""
    return next(
        (
            row
            for row in body.looked_at
            if column < len(grid.rows[row]) and privacy.is_of_kind(grid.rows[row][column], kind)
        ),
        None,
    )


def _head_cell(grid: Grid, located: LocatedTable, column: int) -> tuple[int, int]:
    """Return row and column of a column's lowest header cell, which may be in any row of the header."""
    for row in range(located.body - 1, located.top - 1, -1):
        if column < len(grid.rows[row]) and grid.rows[row][column] not in ("", None):
            return row, column
        for top, left, bottom, right in grid.merged:
            if top <= row <= bottom and left <= column <= right and grid.rows[top][left] not in ("", None):
                return top, left
    return located.body - 1, column


def _place_names(plan: ReadingPlan) -> set[str]:
    return {key for unit in range(len(plan.units.codes)) for key in plan.units.name_keys(unit)}


def _personal_figures(
    plan: ReadingPlan, grid: Grid, located: LocatedTable, body: Body, report: Report
) -> frozenset[int]:
    """Report measures whose figures are all telephone or identity numbers, and return their places."""
    if body.largest < TELEPHONES:
        return frozenset()
    personal: set[int] = set()
    for place, column in enumerate(located.measures):
        if column >= 0 and (kind := privacy.numbers_kind(_cells(grid, body, column))):
            report(
                kind,
                row=_first(grid, body, column, kind),
                column=column,
                measure=plan.tables[located.table].measures[place].code,
            )
            personal.add(place)
    return frozenset(personal)


def _untitled_columns(
    grid: Grid, located: LocatedTable, body: Body, unknown: Container[int], report: Report
) -> None:
    """Report T203 for columns of figures without a header, right of the table's first column of figures."""
    header_rows = grid.rows[located.top : located.body]
    first = min(located.columns, default=0)
    width = max((len(grid.rows[row]) for row in body.looked_at), default=0)
    for column in range(first + 1, width):
        titled = any(column < len(row) and row[column] not in ("", None) for row in header_rows)
        if titled or column in located.columns or column in unknown or column in located.forbidden:
            continue
        cells = _cells(grid, body, column)
        is_bare = any(map(is_figure, cells)) and not _is_spanned(grid, located, column)
        if is_bare and not privacy.column_kind(cells):
            report("T203", row=located.body - 1, column=column, facts={"found": column_letter(column)})


def _shifted_rows(grid: Grid, located: LocatedTable, body: Body, report: Report) -> None:
    """Report U109 for rows with a figure beyond the table's last column and a blank among its own.

    A cell was probably inserted before the figures, so each one is under the next column's header.
    """
    header = grid.rows[located.top : located.body]
    titled = [column for row in header for column, cell in enumerate(row) if cell not in ("", None)]
    beyond = max(*titled, *located.columns, 0) + 1
    if max(map(len, grid.rows)) <= beyond:
        return
    reaching = {
        row: position
        for position, row in enumerate(body.raw)
        if beyond < len(grid.rows[row]) and is_figure(grid.rows[row][beyond])
    }
    if not reaching or 2 * len(reaching) > len(body.raw):
        return  # most rows have a figure there: it is a column
    for row, position in reaching.items():
        cells = grid.rows[row]
        if any(cells[column] in ("", None) for column in located.columns):
            report(
                "U109",
                row=row,
                column=beyond,
                unit=body.given.units[position],
                value=None if privacy.is_personal(cells[beyond]) else shown(cells[beyond]),
            )


def _is_spanned(grid: Grid, located: LocatedTable, column: int) -> bool:
    return any(
        c0 <= column <= c1 and r0 < located.body and r1 >= located.top for r0, c0, r1, c1 in grid.merged
    )
