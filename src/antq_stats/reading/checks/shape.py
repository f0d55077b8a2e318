"""What is wrong with the columns and rows of a located table: missing, double, unknown, hidden, personal."""

from __future__ import annotations

from difflib import get_close_matches

from antq_stats.plan import MISSING, ReadingPlan
from antq_stats.reading import privacy
from antq_stats.reading.checks.matched_rows import MatchedRows
from antq_stats.reading.coerce import is_figure, shown
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.tables.body import Body, Report
from antq_stats.reading.tables.labels import SPANS, is_other_quantity, year_of
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.words.text import column_letter, one_line, text_key

_ALIKE = 0.8
TELEPHONES = 300_000_000
"""Smaller than any telephone number, greater than almost any count."""


def settle_twins(grid: Grid, located: LocatedTable) -> None:
    """Of the columns under one merged header, take the one in use where the others are blank."""
    rows = grid.rows[located.body :]
    for position, columns in list(located.twice.items()):
        used = [
            column
            for column in columns
            if any(column < len(row) and row[column] not in ("", None) for row in rows)
        ]
        if any(
            (row, column) in grid.odd or (row, column) in grid.remarks
            for column in columns
            for row in range(located.body, len(grid.rows))
        ):
            continue
        if len(used) == 1:
            target, place = (located.measures, position) if position >= 0 else (located.ratios, ~position)
            target[place] = used[0]
            del located.twice[position]


def report_shape(plan: ReadingPlan, grid: Grid, located: LocatedTable, body: Body, report: Report) -> None:
    """Report what is wrong with the columns, and the hidden rows and columns that were read."""
    header = located.body - 1
    _personal_columns(plan, grid, located, body, report)
    _personal_figures(plan, grid, located, body, report)
    for column, measure in located.forbidden.items():
        report("D201", row=header, column=column, measure=measure)
    table = plan.tables[located.table]
    for position, columns in located.twice.items():
        code = table.measures[position].code if position >= 0 else table.ratios[~position].code
        letters = [column_letter(column) for column in columns]
        if position >= 0:
            report(
                "T202",
                row=header,
                column=columns[1],
                measure=code,
                facts={"first": letters[0], "second": ", ".join(letters[1:])},
            )
    near = _missing_columns(plan, located, report)
    for column, text in located.unknown.items():
        if column in near:
            report("T204", row=header, column=column, measure=near[column], facts={"found": one_line(text)})
        else:
            found = column_letter(column) if privacy.is_personal(text) else one_line(text)
            report("T203", row=header, column=column, facts={"found": found})
    _untitled_columns(grid, located, body, report)
    _shifted_rows(grid, located, body, report)
    read = set(located.columns) & grid.hidden_columns
    for column in sorted(read):
        report("T403", column=column, row=header, facts={"column": column_letter(column)})
    for row in sorted(grid.hidden_rows.intersection(body.raw)):
        report("T402", row=row, unit=body.given.units[body.raw.index(row)])


def shape_may_be_wrong(rows: MatchedRows) -> bool:
    """Tell whether `report_shape` could find something in rows of a quick lane, its header being known."""
    located = rows.located
    odd = (located.unknown, located.twice, located.forbidden)
    return any(odd) or rows.largest >= TELEPHONES


def _missing_columns(plan: ReadingPlan, located: LocatedTable, report: Report) -> dict[int, str]:
    """Report required measures without a column; return the unknown columns whose header is nearly theirs."""
    table = plan.tables[located.table]
    year = year_of(plan.period)
    headers = {
        text_key(text): column
        for column, text in located.unknown.items()
        if not any(is_other_quantity(text_key(label), table, year) for label in text.split(SPANS))
    }
    near: dict[int, str] = {}
    for place, measure in enumerate(table.measures):
        if located.measures[place] >= 0:
            continue
        keys = [key for key, position in table.keys.items() if position == place] if headers else []
        alike = [match for key in keys for match in get_close_matches(key, headers, 1, _ALIKE)]
        facts = {}
        if alike:
            near.setdefault(headers[alike[0]], measure.code)
            facts["suggestion"] = column_letter(headers[alike[0]])
        if measure.required:
            report("T201", row=located.body - 1, measure=measure.code, facts=facts)
    return near


def _cells(grid: Grid, body: Body, column: int) -> list[object]:
    return [grid.rows[row][column] for row in body.looked_at if column < len(grid.rows[row])]


def _personal_columns(
    plan: ReadingPlan, grid: Grid, located: LocatedTable, body: Body, report: Report
) -> None:
    """Report columns of names, identity or telephone numbers, and forget their headers' content."""
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
            located.unknown.pop(column, None)


def _first(grid: Grid, body: Body, column: int, kind: privacy.Kind) -> int | None:
    """Return the first row in which a column holds what makes it one of persons' data."""
    return next(
        (
            row
            for row in body.looked_at
            if column < len(grid.rows[row]) and privacy.is_of_kind(grid.rows[row][column], kind)
        ),
        None,
    )


def _head_cell(grid: Grid, located: LocatedTable, column: int) -> tuple[int, int]:
    """Return the cell with the lowest head of a column, which may stand in any row of the header."""
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
) -> None:
    """Report counts that are telephone or identity numbers, every one of a column; none of them is taken."""
    values = body.given.values
    if body.largest < TELEPHONES:
        return
    width = len(located.measures)
    for place, column in enumerate(located.measures):
        if column >= 0 and (kind := privacy.numbers_kind(_cells(grid, body, column))):
            report(
                kind,
                row=_first(grid, body, column, kind),
                column=column,
                measure=plan.tables[located.table].measures[place].code,
            )
            for position in range(place, len(values), width):
                values[position] = MISSING


def _untitled_columns(grid: Grid, located: LocatedTable, body: Body, report: Report) -> None:
    """Report figures that stand under no header at all, right of the table's first figure."""
    header_rows = grid.rows[located.top : located.body]
    first = min(located.columns, default=0)
    width = max((len(grid.rows[row]) for row in body.looked_at), default=0)
    for column in range(first + 1, width):
        titled = any(column < len(row) and row[column] not in ("", None) for row in header_rows)
        if titled or column in located.columns or column in located.unknown or column in located.forbidden:
            continue
        cells = _cells(grid, body, column)
        is_bare = any(map(is_figure, cells)) and not _is_spanned(grid, located, column)
        if is_bare and not privacy.column_kind(cells):
            report("T203", row=located.body - 1, column=column, facts={"found": column_letter(column)})


def _shifted_rows(grid: Grid, located: LocatedTable, body: Body, report: Report) -> None:
    """Report rows that reach beyond the table's last column, and leave one of their figures blank: U109.

    Something was put in before them, and each figure stands under its neighbour's head.
    """
    header = grid.rows[located.top : located.body]
    titled = [column for row in header for column, cell in enumerate(row) if cell not in ("", None)]
    beyond = max(*titled, *located.columns, 0) + 1
    reaching = {
        row: position
        for position, row in enumerate(body.raw)
        if beyond < len(grid.rows[row]) and is_figure(grid.rows[row][beyond])
    }
    if not reaching or 2 * len(reaching) > len(body.raw):
        return  # a column of its own
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


def forget_double_columns(located: LocatedTable, body: Body) -> None:
    """Drop the values of a measure that two columns claim to be: neither is taken."""
    width = len(located.measures)
    for place in located.twice:
        if place >= 0:
            for position in range(place, len(body.given.values), width):
                body.given.values[position] = MISSING
            body.given.columns = tuple(-1 if p == place else c for p, c in enumerate(body.given.columns))
