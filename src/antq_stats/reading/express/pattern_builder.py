"""Builds the `SheetPattern` of a sheet that was read from its part."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from antq_stats.reading.express.pattern import Roles, SheetPattern
from antq_stats.words.text import column_letter

_FREE = re.compile(
    rb'<dimension ref="[^"]*"/>|(?:<selection [^<>]*/>)+| topLeftCell="[^"]*"| xr:uid="[^"]*"'
    rb'| ht="[^"]*"| spans="[^"]*"| x14ac:dyDescent="[^"]*"'
)
_AREA = rb"[A-Z]{1,2}[0-9]{1,4}(?::[A-Z]{1,2}[0-9]{1,4})?"
_FREELY = {
    b"<dim": rb'<dimension ref="' + _AREA + rb'"/>',
    b"<sel": rb'(?:<selection(?: pane="[a-zA-Z]{1,16}")?(?: activeCell="[A-Z]{1,3}[0-9]{1,7}")?'
    rb'(?: activeCellId="[0-9]{1,3}")?(?: sqref="[A-Z0-9: ]{1,99}")?/>)+',
    b" top": rb' topLeftCell="[A-Z]{1,3}[0-9]{1,7}"',
    b" xr:": rb' xr:uid="[{}0-9A-Fa-f-]{1,40}"',
    b" ht=": rb' ht="[0-9.]{1,20}"',
    b" spa": rb' spans="[0-9: ]{1,40}"',
    b" x14": rb' x14ac:dyDescent="[0-9.]{1,20}"',
}
"""Expressions of what may vary, by the first four bytes."""

_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"((?: [A-Za-z0-9:]+="[^"<>&]*")*)(?:/>|>(.*?)</row>)')
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"((?: s="[0-9]{1,5}")?)((?: t="[sn]")?)'
    rb"(?:/>|>(<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?<v>([^<&]{1,40})</v></c>)"
)
_FORMULA = (
    rb'<f(?: t="(?:shared|array)")?(?: ref="' + _AREA + rb'")?(?: ca="[01]")?(?: aca="[a-z01]{1,5}")?'
    rb'(?: si="[0-9]{1,5}")?(?:/>|>[ -%\'-;=?-~]{0,400}</f>)'
)
_SUM = re.compile(rb'<f(?:( t="shared" ref="[A-Z0-9:]+" si="([0-9]{1,5})"))?>SUM\(([A-Z0-9:]+)\)</f>')
_REFERENCE = re.compile(rb'( (?:ref|sqref)=")([A-Z0-9: ]+)(?=")')
_PLACE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")

WHOLE = rb"([0-9]{1,12})"
_ORDINAL = rb"[0-9]{1,8}"
_DECIMAL = rb"([0-9]{1,9}(?:\.[0-9]{1,20})?)"
_ANY_DECIMAL = rb"[0-9]{1,12}(?:\.[0-9]{1,20})?"
_INDEX = rb"([0-9]{1,7})"
_ANYTHING = rb"-?[0-9]{1,12}(?:\.[0-9]{1,20})?"


class Unfit(Exception):  # noqa: N818
    """No pattern can be built of this sheet."""


class Cell(NamedTuple):
    """A cell of the part."""

    row: int
    """From 0."""
    column: int
    style: bytes
    kind: bytes
    formula: bytes
    value: bytes
    """Empty if the cell is blank."""

    @property
    def is_text(self) -> bool:
        """True if it holds the index of a shared string."""
        return self.kind == b' t="s"'


class Row(NamedTuple):
    """A row of the part."""

    number: int
    """From 1, as in the file."""
    attributes: bytes
    cells: list[Cell]
    written: bytes


def rows_of(part: bytes) -> tuple[bytes, list[Row], bytes]:
    """Cut a sheet's part into the bytes before its rows, the rows, and the bytes after them.

    Raises
    ------
    Unfit
        Anything is written in another way than office programs write it.
    """
    before, opened, rest = part.partition(b"<sheetData>")
    body, closed, after = rest.partition(b"</sheetData>")
    if not opened or not closed or b"<sheetData" in after or b"<!" in before or b"<!" in after:
        raise Unfit
    rows: list[Row] = []
    at = 0
    while at < len(body):
        found = _ROW.match(body, at)
        if found is None or (rows and int(found[1]) <= rows[-1].number):
            raise Unfit
        number = int(found[1])
        rows.append(Row(number, found[2], list(_cells(found[3] or b"", number)), found[0]))
        at = found.end()
    return before + opened, rows, closed + after


def _cells(written: bytes, number: int) -> Iterable[Cell]:
    at, column = 0, -1
    while at < len(written):
        found = _CELL.match(written, at)
        if found is None or int(found[2]) != number:
            raise Unfit
        place = 0
        for letter in found[1]:
            place = place * 26 + letter - 64
        if place - 1 <= column:
            raise Unfit
        column = place - 1
        yield Cell(number - 1, column, found[3], found[4], found[5] or b"", found[6] or b"")
        at = found.end()


def pattern_of(part: bytes, roles: Roles) -> SheetPattern:
    """Return the pattern of a sheet that was read.

    Parameters
    ----------
    part : the sheet's part.
    roles : the roles of its columns and rows.

    Raises
    ------
    Unfit
        The sheet is not plain enough for a pattern.
    """
    before, rows, after = rows_of(part)
    above = [row for row in rows if row.number < roles.first]
    units = [row for row in rows if roles.first <= row.number <= roles.last]
    below = [row for row in rows if row.number > roles.last]
    if [row.number for row in units] != list(range(roles.first, roles.last + 1)):
        raise Unfit
    made = []
    for row in units:
        with suppress(Unfit):  # a row with a figure that is no plain number gives no expression
            made.append(_unit_expression(row, roles))
    if not made:
        raise Unfit
    fields = made[0].fields
    if any(other.fields != fields for other in made):
        raise Unfit
    head, head_cells = _head_expression(before, above)
    tail, tail_cells, shifts = _tail_expression(below, after, roles)
    expressions = list(dict.fromkeys((one.plain, one.odd) for one in made))
    if len(expressions) > 4:
        raise Unfit
    return SheetPattern(
        roles,
        head_cells,
        tail_cells,
        fields,
        1 + max(cell.column for row in rows for cell in row.cells),
        re.compile(head),
        [re.compile(plain) for plain, _ in expressions],
        [re.compile(anything) for _, anything in expressions],
        re.compile(tail),
        shifts,
        b'<row r="%d"' % roles.first,
        frozenset(
            cell.column for row in below if row.number == roles.total for cell in row.cells if cell.formula
        ),
    )


def _literal(written: bytes) -> bytes:
    """Return the expression of bytes that are the same in every sheet, except for what may vary."""
    pieces: list[bytes] = []
    at = 0
    for found in _FREE.finditer(written):
        pieces += [re.escape(written[at : found.start()]), _FREELY[found[0][:4]]]
        at = found.end()
    pieces.append(re.escape(written[at:]))
    return b"".join(pieces)


def _opened(row: Row, number: bytes) -> bytes:
    return rb'<row r="' + number + rb'"' + _literal(row.attributes)


def _cell(cell: Cell, number: bytes, content: bytes, before: bytes = b"") -> bytes:
    """Return the expression of a cell: address, style and content, with the formula first if it has one."""
    address = rb'<c r="' + column_letter(cell.column).encode() + number + rb'"' + re.escape(cell.style)
    if not content:
        return address + re.escape(cell.kind) + rb"/>"
    formula = b"(?:" + _FORMULA + b")?" if cell.formula else b""
    return address + re.escape(cell.kind) + rb">" + (before or formula) + rb"<v>" + content + rb"</v></c>"


class _Sums:
    """The formulas of printed totals: sums of a measure's column over all unit rows."""

    def __init__(self, roles: Roles) -> None:
        self.roles = roles
        self.shared: bytes | None = None
        """Index of the formula that is shared with cells to the right."""

    def expression(self, cell: Cell) -> bytes:
        """Return the expression of a cell's formula; raise `Unfit` if it is any other formula."""
        found = _SUM.fullmatch(cell.formula)
        if found is None:
            if self.shared is not None and cell.formula == b'<f t="shared" si="' + self.shared + b'"/>':
                return re.escape(cell.formula)
            raise Unfit
        letters = column_letter(cell.column).encode()
        first, last = self.roles.first, self.roles.last
        if found[3] != b"%b%d:%b%d" % (letters, first, letters, last):
            raise Unfit
        opening = b"<f>"
        if found[2] is not None:
            self.shared = found[2]
            opening = rb'<f t="shared" ref="' + _AREA + rb'" si="' + found[2] + rb'">'
        return opening + rb"SUM\(" + letters + b"%d:" % first + letters + rb"([0-9]{1,7})\)</f>"


def _head_expression(before: bytes, rows: list[Row]) -> tuple[bytes, list[tuple[int, int]]]:
    pieces = [_literal(before)]
    places: list[tuple[int, int]] = []
    for row in rows:
        number = b"%d" % row.number
        pieces.append(_opened(row, number) + (b">" if row.written.endswith(b"</row>") else b"/>"))
        for cell in row.cells:
            if cell.formula:
                raise Unfit
            if cell.is_text and cell.value:
                places.append((cell.row, cell.column))
            pieces.append(
                _cell(cell, number, _INDEX if cell.is_text and cell.value else re.escape(cell.value))
            )
        if row.written.endswith(b"</row>"):
            pieces.append(b"</row>")
    return b"".join(pieces), places


class _UnitExpression(NamedTuple):
    """The expressions of a unit row: with plain figures, with any content for figures; and its captures."""

    plain: bytes
    odd: bytes
    fields: tuple[int, ...]


def _unit_expression(row: Row, roles: Roles) -> _UnitExpression:
    plain = [_opened(row, WHOLE) + b">"]
    odd = plain.copy()
    fields: list[int] = []
    measures = frozenset(roles.measures)
    for cell in row.cells:
        if cell.column in (roles.code, roles.name):
            if not cell.is_text or cell.formula or not cell.value:
                raise Unfit
            content = _INDEX
        elif cell.is_text or (cell.formula and cell.column in measures):
            raise Unfit  # the formula of another file needs all of that file's cells
        elif cell.column in measures:
            content = WHOLE
        elif cell.column in roles.ratios:
            content = _DECIMAL
        elif cell.value:
            content = _ORDINAL
        else:
            plain.append(_cell(cell, rb"\1", b""))
            odd.append(plain[-1])
            continue
        if content is not _ORDINAL:
            fields.append(cell.column)
        if cell.column in roles.optional:
            address, _, rest = _cell(cell._replace(kind=b""), rb"\1", content).partition(rb">")
            plain.append(address + rb'(?:/>|(?: t="n")?>' + rest + rb")")
        elif cell.value:
            plain.append(_cell(cell, rb"\1", content))
        else:
            raise Unfit
        odd.append(_odd_cell(cell) if cell.column in measures else plain[-1])
    return _UnitExpression(b"".join(plain) + b"</row>", b"".join(odd) + b"</row>", tuple(fields))


def _odd_cell(cell: Cell) -> bytes:
    """Return the expression of a cell of figures with any content, or none."""
    address, _, rest = _cell(cell._replace(kind=b""), rb"\1", _ANYTHING).partition(rb">")
    return address + rb'(/>|(?: t="n")?>' + rest + rb'| t="s"><v>[0-9]{1,7}</v></c>)'


def _tail_expression(
    rows: list[Row], after: bytes, roles: Roles
) -> tuple[bytes, list[tuple[int, int]], list[int | None]]:
    pieces: list[bytes] = []
    places: list[tuple[int, int]] = []
    shifts: list[int | None] = []
    for row in rows:
        shift = row.number - roles.last
        shifts.append(shift)
        number = b"(?P=row%d)" % row.number
        closed = row.written.endswith(b"</row>")
        caught = b"(?P<row%d>[0-9]{1,7})" % row.number
        pieces.append(_opened(row, caught) + (b">" if closed else b"/>"))
        sums = _Sums(roles)
        for cell in row.cells:
            content = _tail_content(cell, roles)
            if content is WHOLE and cell.formula:
                formula = sums.expression(cell)
                shifts += [0] if b"(" in formula else []  # the sum ends at the last unit row
                pieces.append(_cell(cell._replace(formula=b""), number, content, formula))
            else:
                pieces.append(_cell(cell, number, content))
            if content in (_INDEX, WHOLE):
                places.append((shift, cell.column))
                shifts.append(None)
        if closed:
            pieces.append(b"</row>")
    pieces.append(_after_expression(after, roles, shifts))
    return b"".join(pieces), places, shifts


def _tail_content(cell: Cell, roles: Roles) -> bytes:
    """Return the expression of the content of a cell below the unit rows: a text, or a printed total."""
    is_total = cell.row == roles.total - 1
    if not cell.value:
        return b""
    if cell.is_text:
        if cell.formula or (is_total and cell.column in (*roles.measures, *roles.ratios)):
            raise Unfit
        return _INDEX
    if not is_total:
        raise Unfit
    if cell.column in roles.measures:
        return WHOLE
    return _ANY_DECIMAL if cell.column in roles.ratios else re.escape(cell.value)


def _after_expression(after: bytes, roles: Roles, shifts: list[int | None]) -> bytes:
    """Return the expression of the bytes after the rows; references below the unit rows move with them."""
    pieces: list[bytes] = []
    at = 0

    def moved(place: re.Match[bytes]) -> bytes:
        number = int(place[2])
        if roles.first < number < roles.last:
            raise Unfit
        if number < roles.last or roles.first == roles.last:
            return place[0]
        shifts.append(number - roles.last)
        return place[1] + rb"([0-9]{1,7})"

    for found in _REFERENCE.finditer(after):
        pieces += [_literal(after[at : found.start()]), re.escape(found[1]), _PLACE.sub(moved, found[2])]
        at = found.end()
    pieces.append(_literal(after[at:]))
    return b"".join(pieces)
