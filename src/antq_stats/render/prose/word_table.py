"""A presentation table as XML of Word: with rules, repeated heads, and rows that do not break."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from antq_stats.render.prose.styles import FONT, WIDTH
from antq_stats.render.writing.table import (
    Align,
    Cell,
    Column,
    PresentationTable,
    Row,
    Text,
    cell_text,
    clean,
    marks_of,
    sign_legend,
    spans,
)
from antq_stats.words.language import Wording

_TWIPS = 56.7  # to a millimetre
_SIZE, _SMALL = 20, 18  # half-points
_SMALL_FROM = 41  # rows from which a table has the small font
_MOST = 34.0  # millimetres, greatest width of a column of figures
_CHARACTER, _FIGURE = 0.1, 0.093  # millimetres of a letter and a digit, to a half-point
_MARGINS = 3.5  # millimetres of both sides of a cell
_NARROWEST_STUB, _WIDEST_STUB = 40.0, 95.0
_HEAD_LINES = 4  # lines of a head, beyond which its column is made wider if there is room
_MOST_LINES = 7  # lines of a head, beyond which a table gets fewer columns
_LONG_TEXT, _WRAPPED = 18, 12
"""Characters from which the text of a cell is wrapped, and least characters of its lines."""
_WHOLE = 16  # most rows of a table that is kept on one page
_JC = {"left": "left", "center": "center", "right": "right"}


@dataclass(frozen=True, slots=True)
class WordTable:
    """A table for a template: ``{{ table.title }}``, ``{{p table.body }}``, and ``notes``."""

    title: str
    body: _Xml
    notes: tuple[str, ...]
    wide: bool
    """Whether it needs the paper in landscape."""


class _Xml(str):
    """XML that Jinja inserts without escaping."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return the XML itself: Jinja then escapes nothing."""
        return str(self)


def word_table(
    table: PresentationTable, wording: Wording, room: float = WIDTH, *, is_wide: bool = False
) -> WordTable:
    """Return a table in the form that a template uses.

    Parameters
    ----------
    table : the table.
    wording : the language of its figures and legend.
    room : the width of the table, in millimetres.
    is_wide : whether it needs the paper in landscape.
    """
    writer = _TableWriter(table, wording, room)
    notes = (*sign_legend(table, wording), *map(clean, table.legend), *map(clean, table.source_notes))
    return WordTable(clean(table.title), _Xml(writer.body()), notes, is_wide)


Fit = Callable[[Sequence[int], float], bool]
"""Takes places of columns; returns whether they fit side by side into a share of the width of the paper."""


def fits(table: PresentationTable, wording: Wording, room: float) -> Fit:
    """Return the function that tells which columns of a table fit side by side.

    Parameters
    ----------
    table : a table with all columns.
    wording : the language of its figures.
    room : the width of the paper between its margins, in millimetres.
    """
    widths = _Widths(table, wording, _MOST_LINES)
    stub = min(_WIDEST_STUB, max(_NARROWEST_STUB, widths.names))

    def fit(places: Sequence[int], share: float) -> bool:
        return stub + sum(widths.wanted[place] for place in places) <= room * share

    return fit


_PROPERTIES = (
    '<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + '</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/>'
    '<w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
)


class _Widths:
    """The widths in millimetres that the columns of a table need, and those that they should have.

    Parameters
    ----------
    table : the table.
    wording : the language of its figures.
    lines : lines that a head should have at most.
    """

    def __init__(self, table: PresentationTable, wording: Wording, lines: int) -> None:
        self.size = _SMALL if len(table.rows) >= _SMALL_FROM else _SIZE
        self.texts = [[_shown(cell, wording) for cell in row.cells] for row in table.rows]
        letter, digit = _CHARACTER * self.size, _FIGURE * self.size
        self.names = max((len(row.stub) + 3 * row.depth for row in table.rows), default=0) * letter
        self.needed: list[float] = []
        """No figure and no word of a head is broken in these widths."""
        self.wanted: list[float] = []
        for place, column in enumerate(table.columns):
            label = _label(column)
            length = _least if column.wraps else len
            figures = max((length(texts[place]) for texts in self.texts), default=0)
            least = max(figures * digit, _longest_word(label) * letter) + _MARGINS
            self.needed.append(least)
            self.wanted.append(max(least, min(_MOST, len(label) * letter / lines)))
        for section, start, end in spans(table.columns):
            if section:
                self._widen(self.needed, start, end, _longest_word(section) * letter + _MARGINS)
                self._widen(self.wanted, start, end, len(section) * letter / _HEAD_LINES + _MARGINS)

    @staticmethod
    def _widen(widths: list[float], start: int, end: int, least: float) -> None:
        """Widen the columns of a section until its heading has a width."""
        more = max(0.0, least - sum(widths[start:end])) / (end - start)
        widths[start:end] = [width + more for width in widths[start:end]]


class _TableWriter:
    """Writes a table as the XML of Word's ``w:tbl``."""

    def __init__(self, table: PresentationTable, wording: Wording, room: float) -> None:
        self.table = table
        self.room = room
        measured = _Widths(table, wording, _HEAD_LINES)
        self.texts = measured.texts
        self.widths = self._widths(measured)
        self._cell = partial(_cell, size=measured.size)

    def body(self) -> str:
        """Return the table's element."""
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in self.widths)
        rows = [*self._head(), *map(self._row, self.table.rows, self.texts)]
        if len(self.table.rows) <= _WHOLE:
            rows[:-1] = [row if "<w:keepNext/>" in row else _kept(row) for row in rows[:-1]]
        properties = _PROPERTIES.format(width=sum(self.widths))
        return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"

    def _widths(self, measured: _Widths) -> list[int]:
        """Return the widths of the columns in twips.

        The stub gets the width of its names if the columns of figures then have what they need. They share
        the rest by the length of their heads.
        """
        needed, wanted, room = measured.needed, measured.wanted, self.room
        names = min(_WIDEST_STUB, measured.names)
        stub = min(max(_NARROWEST_STUB, names), max(_NARROWEST_STUB, room - sum(needed)))
        spare = room - stub - sum(needed)
        more = [want - need for want, need in zip(wanted, needed, strict=True)]
        if spare <= 0:
            widths = [need * (room - stub) / sum(needed) for need in needed]
        elif spare < sum(more):
            widths = [need + extra * spare / sum(more) for need, extra in zip(needed, more, strict=True)]
        else:
            widths = [max(want, min(_MOST, want * (room - stub) / sum(wanted))) for want in wanted]
        return [round(width * _TWIPS) for width in (room - sum(widths), *widths)]

    def _head(self) -> Iterator[str]:
        """Yield the rows of the head: spanners, if there are sections, then labels."""
        table, columns, widths = self.table, self.table.columns, self.widths
        has_spanners = any(column.section for column in columns)
        if has_spanners:
            cells = [self._cell(table.stub_head, widths[0], "center", bold=True, merge="restart")]
            for label, start, end in spans(columns):
                width = sum(widths[start + 1 : end + 1])
                cells.append(self._cell(label or "", width, "center", bold=True, span=end - start))
            yield _line(cells, is_head=True)
        stub = "" if has_spanners else table.stub_head
        cells = [self._cell(stub, widths[0], "center", bold=True, merge="continue" if has_spanners else "")]
        for column, width in zip(columns, widths[1:], strict=True):
            cells.append(self._cell(_label(column), width, "center", bold=True))
        yield _line(cells, is_head=True)

    def _row(self, row: Row, texts: Sequence[str]) -> str:
        widths, bold = self.widths, row.kind != "plain"
        if row.kind == "group":
            return _kept(_line([self._cell(row.stub, sum(widths), "left", bold=True, span=len(widths))]))
        cells = [self._cell(row.stub, widths[0], "left", bold=bold, indent=row.depth)]
        for cell, text, column, width in zip(row.cells, texts, self.table.columns, widths[1:], strict=True):
            align: Align = column.align if isinstance(cell, Text) else "right"
            cells.append(self._cell(text, width, align, bold=bold))
        return _line(cells)


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _least(text: str) -> int:
    """Return the characters that a line of a cell must hold: its text, or the words of a long one."""
    return len(text) if len(text) <= _LONG_TEXT else min(max(_WRAPPED, _longest_word(text)), _LONG_TEXT)


def _label(column: Column) -> str:
    return f"{column.label} ({column.unit})" if column.unit else column.label


def _shown(cell: Cell, wording: Wording) -> str:
    """Return the text of a cell; its marks stay on the line of its figure."""
    text, marks = cell_text(cell, wording), marks_of(cell)
    return text.replace(" ", "\u00a0") + marks if marks else text


def _line(cells: Iterable[str], *, is_head: bool = False) -> str:
    head = "<w:tblHeader/>" if is_head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(cells)}</w:tr>"


def _kept(row: str) -> str:
    """Return a row that is kept on the page of the next one."""
    return row.replace("<w:pPr>", "<w:pPr><w:keepNext/>")


def _cell(
    text: str,
    width: int,
    align: Align,
    *,
    bold: bool = False,
    indent: int = 0,
    span: int = 1,
    merge: str = "",
    size: int,
) -> str:
    space = 20 if size == _SIZE else 6  # twips
    spacing = f'<w:spacing w:before="{space}" w:after="{space}"/>'
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    merged = f"<w:vMerge w:val={quoteattr(merge)}/>" if merge else ""
    shift = f'<w:ind w:left="{indent * 170}"/>' if indent else ""
    look = (
        f'<w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:cs="{FONT}"/>'
        f'{"<w:b/>" if bold else ""}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}{merged}'
        '<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr>{spacing}{shift}<w:jc w:val="{_JC[align]}"/>'
        f'<w:rPr><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:pPr>'  # else a blank cell is high
        f'<w:r>{look}<w:t xml:space="preserve">{_escaped(text)}</w:t></w:r></w:p></w:tc>'
    )


def _escaped(text: str) -> str:
    """Return a text escaped for XML."""
    return escape(clean(text))
