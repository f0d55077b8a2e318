"""Builds the `SheetPattern` of a sheet that was read from its part."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import NamedTuple

from antq_stats.reading.express.pattern import IGNORED, Roles, SheetPattern
from antq_stats.reading.express.sheet_part import Cell, Row, Unfit, rows_of
from antq_stats.words.text import column_letter

_FREE = re.compile(
    rb'<dimension ref="[^"]*"/>|(?:<selection [^<>]*/>)+| topLeftCell="[^"]*"| xr:uid="[^"]*"'
    rb'| ht="[^"]*"| spans="[^"]*"| x14ac:dyDescent="[^"]*"'
    rb"|<pageSetup [^<>]*/>|<oddFooter>[^<>]*</oddFooter>"
    rb"|</headerFooter>(?:<rowBreaks [^<>]*>(?:<brk [^<>]*/>)+</rowBreaks>)?"
)
_AREA = rb"[A-Z]{1,2}[0-9]{1,4}(?::[A-Z]{1,2}[0-9]{1,4})?"
_FREELY = {
    b"<dim": rb'<dimension ref="' + _AREA + rb'"/>',
    b"<sel": rb'(?:<selection(?: pane="[a-zA-Z]{1,16}")?(?: activeCell="[A-Z]{1,3}[0-9]{1,7}")?'
    rb'(?: activeCellId="[0-9]{1,3}")?(?: sqref="[A-Z0-9: ]{1,99}")?/>)+',
    b" top": rb' topLeftCell="[A-Z]{1,3}[0-9]{1,7}"',
    b" xr:": rb' xr:uid="[{}0-9A-Fa-f-]{1,40}"',
    b" ht=": rb' ht="(?![0.]*")[0-9.]{1,20}"',
    b" spa": rb' spans="[0-9: ]{1,40}"',
    b" x14": rb' x14ac:dyDescent="[0-9.]{1,20}"',
    b"<pag": rb'<pageSetup(?: [A-Za-z]+(?::id)?="[A-Za-z0-9]{1,40}")+/>',
    b"</he": rb'</headerFooter>(?:<rowBreaks(?: [A-Za-z]+="[0-9]{1,5}")+>'
    rb'(?:<brk(?: [a-z]+="[a-z0-9]{1,7}")+/>)+</rowBreaks>)?',
    b"<odd": rb"<oddFooter>(?:[ -%'-;=?-~]|[\xc2-\xdf][\x80-\xbf]|[\xe1\xe2][\x80-\xbf]{2}"
    rb"|&amp;|&quot;){0,400}</oddFooter>",
}
"""Expressions of what may vary, by the first four bytes. A row of the height 0 is hidden."""

_FORMULA = (
    rb'<f(?: t="(?:shared|array)")?(?: ref="' + _AREA + rb'")?(?: ca="[01]")?(?: aca="[a-z01]{1,5}")?'
    rb'(?: si="[0-9]{1,5}")?(?:/>|>[ -%\'-;=?-~]{0,400}</f>)'
)
_TOTAL = re.compile(
    rb'<f(?:((?: aca="[a-z]{1,5}")?)|( t="shared" ref="[A-Z0-9:]+" si="([0-9]{1,5})"))>([^<]{1,2000})</f>'
)
_REFERS = re.compile(rb"[A-Za-z]\$?[0-9]|[\[\]!|']")
"""A reference to a cell, or to another sheet or file."""
_REFERENCE = re.compile(rb'( (?:ref|sqref)=")([A-Z0-9: ]+)(?=")')
_PLACE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")

WHOLE = rb"([0-9]{1,12})"
_ORDINAL = rb"[0-9]{1,8}"
_DECIMAL = rb"([0-9]{1,9}(?:\.[0-9]{1,20})?)"
_ANY_DECIMAL = rb"[0-9]{1,12}(?:\.[0-9]{1,20})?"
INDEX = rb"([0-9]{1,7})"
_ANYTHING = rb"-?[0-9]{1,12}(?:\.[0-9]{1,20})?"


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
    alike = made[0][2:]
    if any(other[2:] != alike for other in made):
        raise Unfit
    head, head_cells = texts_expression(before, above)
    tail, tail_cells, shifts = _tail_expression(below, roles)
    end, after_shifts = _after_expression(after, roles)
    expressions = list(dict.fromkeys((one.plain, one.odd) for one in made))
    if len(expressions) > 4:
        raise Unfit
    return SheetPattern(
        roles,
        head_cells,
        tail_cells,
        made[0].fields,
        1 + max(cell.column for row in rows for cell in row.cells),
        re.compile(head),
        [re.compile(plain) for plain, _ in expressions],
        [anything for _, anything in expressions],
        re.compile(tail),
        shifts,
        re.compile(end),
        after_shifts,
        b'<row r="%d"' % roles.first,
        frozenset(
            cell.column for row in below if row.number == roles.total for cell in row.cells if cell.formula
        ),
        made[0].worded,
        made[0].checks,
    )


def literal(written: bytes) -> bytes:
    """Return the expression of bytes that are the same in every sheet, except for what may vary.

    Parameters
    ----------
    written : bytes of a sheet's part; no cell with a value is among them.
    """
    pieces: list[bytes] = []
    at = 0
    for found in _FREE.finditer(written):
        pieces += [re.escape(written[at : found.start()]), _FREELY[found[0][:4]]]
        at = found.end()
    pieces.append(re.escape(written[at:]))
    return b"".join(pieces)


def _opened(row: Row, number: bytes) -> bytes:
    return rb'<row r="' + number + rb'"' + literal(row.attributes)


def _cell(cell: Cell, number: bytes, content: bytes, before: bytes = b"") -> bytes:
    """Return the expression of a cell: address, style and content, with the formula first if it has one."""
    address = rb'<c r="' + column_letter(cell.column).encode() + number + rb'"' + re.escape(cell.style)
    if not content:
        return address + re.escape(cell.kind) + rb"/>"
    formula = b"(?:" + _FORMULA + b")?" if cell.formula else b""
    return address + re.escape(cell.kind) + rb">" + (before or formula) + rb"<v>" + content + rb"</v></c>"


class _Sums:
    """The formulas of printed totals: of a measure's column over all unit rows, as its sum is.

    Parameters
    ----------
    roles : the roles of columns and rows.
    row : number of the row of printed totals, from 1.
    shifts : receives 0 for the number of the last unit row, which is captured once.
    """

    def __init__(self, roles: Roles, row: int, shifts: list[int | None]) -> None:
        self.roles = roles
        self.row = row
        self.shifts = shifts
        self.shared: bytes | None = None
        """Index of the formula that is shared with cells to the right."""
        self._is_caught = False

    def expression(self, cell: Cell) -> bytes:
        """Return the expression of a cell's formula; raise `Unfit` if it refers to anything else."""
        if self.shared is not None and cell.formula == b'<f t="shared" si="' + self.shared + b'"/>':
            return re.escape(cell.formula)
        found = _TOTAL.fullmatch(cell.formula)
        if found is None:
            raise Unfit
        letters = column_letter(cell.column).encode()
        start = b"%b%d:%b" % (letters, self.roles.first, letters)
        before, *others = re.split(re.escape(start) + b"%d(?![0-9])" % self.roles.last, found[4])
        is_sum = (before, others) == (b"SUM(", [b")"])
        # any other formula must be one that is never calculated again
        if not others or not (is_sum or before.startswith(b"IF(")):
            raise Unfit
        if any(map(_REFERS.search, (before, *others))):
            raise Unfit
        opening = re.escape(found[1] or b"")
        if found[3] is not None:
            self.shared = found[3]
            opening = rb' t="shared" ref="' + _AREA + rb'" si="' + found[3] + rb'"'
        pieces = [b"<f", opening, b">", re.escape(before)]
        for other in others:
            pieces += [re.escape(start), self._last(), re.escape(other)]
        return b"".join((*pieces, b"</f>"))

    def _last(self) -> bytes:
        if self._is_caught:
            return b"(?P=last%d)" % self.row
        self._is_caught = True
        self.shifts.append(0)
        return b"(?P<last%d>[0-9]{1,7})" % self.row


def texts_expression(before: bytes, rows: list[Row]) -> tuple[bytes, list[tuple[int, int]]]:
    """Return the expression of rows without formulas whose texts may vary, and row and column of each text.

    Parameters
    ----------
    before : the bytes before the rows.
    rows : the rows.

    Raises
    ------
    Unfit
        A cell has a formula.
    """
    pieces = [literal(before)]
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
                _cell(cell, number, INDEX if cell.is_text and cell.value else re.escape(cell.value))
            )
        if row.written.endswith(b"</row>"):
            pieces.append(b"</row>")
    return b"".join(pieces), places


class _UnitExpression(NamedTuple):
    """The expressions of a unit row: with plain figures, with any content for figures; and its captures."""

    plain: bytes
    odd: bytes
    fields: tuple[int, ...]
    worded: frozenset[int]
    checks: dict[int, tuple[bytes, ...]]


def _unit_expression(row: Row, roles: Roles) -> _UnitExpression:
    plain = [_opened(row, WHOLE) + b">"]
    odd = plain.copy()
    fields: list[int] = []
    worded: set[int] = set()
    checks: dict[int, tuple[bytes, ...]] = {}
    measures = frozenset(roles.measures)
    for cell in row.cells:
        is_word = cell.is_text and cell.column in roles.flags
        if cell.is_message and cell.column not in (*measures, *roles.ratios):
            checks[cell.column] = tuple(re.split(b"(?<=[A-Z])%d(?![0-9])" % row.number, cell.formula))
            fields += [cell.column, ~cell.column]
            message = cell._replace(formula=b"")
            plain.append(_cell(message, rb"\1", rb"([^<&]{0,4000})", rb"(<f[^<>]*>[^<]*</f>)"))
            odd.append(plain[-1])
            continue
        if cell.column in (roles.code, roles.name) or is_word:
            if not cell.is_text or cell.formula or not cell.value:
                raise Unfit
            content = INDEX
            worded |= {cell.column} if is_word else set()
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
            kind = cell.kind if is_word else rb'(?: t="n")?'
            plain.append(address + rb"(?:/>|" + kind + rb">" + rest + rb")")
        elif cell.value:
            plain.append(_cell(cell, rb"\1", content))
        else:
            raise Unfit
        odd.append(_odd_cell(cell) if cell.column in measures else plain[-1])
    if not measures <= roles.optional.union(fields):
        raise Unfit  # a figure that must be given has no cell
    return _UnitExpression(
        b"".join(plain) + b"</row>", b"".join(odd) + b"</row>", tuple(fields), frozenset(worded), checks
    )


def _odd_cell(cell: Cell) -> bytes:
    """Return the expression of a cell of figures with any content, or none."""
    address, _, rest = _cell(cell._replace(kind=b""), rb"\1", _ANYTHING).partition(rb">")
    return address + rb'(/>|(?: t="n")?>' + rest + rb'| t="s"><v>[0-9]{1,7}</v></c>)'


def _tail_expression(rows: list[Row], roles: Roles) -> tuple[bytes, list[tuple[int, int]], list[int | None]]:
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
        sums = _Sums(roles, row.number, shifts)
        for cell in row.cells:
            content = _tail_content(cell, roles)
            if content is WHOLE and cell.formula:
                shifts.append(IGNORED)
                pieces.append(_total(cell, number, sums.expression(cell), len(places)))
            else:
                pieces.append(_cell(cell, number, content))
            if content in (INDEX, WHOLE):
                places.append((shift, cell.column))
                shifts.append(None)
        if closed:
            pieces.append(b"</row>")
    return b"".join(pieces), places, shifts


def _total(cell: Cell, number: bytes, formula: bytes, place: int) -> bytes:
    """Return the expression of a printed total that is a formula: a number, or a text if that is empty."""
    opening, _, rest = _cell(cell._replace(kind=b"", formula=b""), number, b"%b").partition(b">")
    kind = b'(?: t="n"|(?P<text%d> t="str"))?>' % place
    return opening + kind + formula + rest % (b"(?(text%d)|%b)" % (place, WHOLE))


def _tail_content(cell: Cell, roles: Roles) -> bytes:
    """Return the expression of the content of a cell below the unit rows: a text, or a printed total."""
    is_total = cell.row == roles.total - 1
    if cell.is_message and not cell.value and is_total and cell.column in roles.measures:
        return WHOLE
    if cell.is_message:
        raise Unfit
    if not cell.value:
        return b""
    if cell.is_text:
        if cell.formula or (is_total and cell.column in (*roles.measures, *roles.ratios)):
            raise Unfit
        return INDEX
    if not is_total:
        raise Unfit
    if cell.column in roles.measures:
        return WHOLE
    return _ANY_DECIMAL if cell.column in roles.ratios else re.escape(cell.value)


def _after_expression(after: bytes, roles: Roles) -> tuple[bytes, list[int]]:
    """Return the expression of the bytes after the rows; references below the unit rows move with them."""
    pieces: list[bytes] = []
    shifts: list[int] = []
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
        pieces += [literal(after[at : found.start()]), re.escape(found[1]), _PLACE.sub(moved, found[2])]
        at = found.end()
    pieces.append(literal(after[at:]))
    return b"".join(pieces), shifts
