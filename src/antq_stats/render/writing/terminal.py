"""Writer of tables for the terminal, which never cuts a figure.

Usual table printers squeeze columns until the table fits: they print ``206…`` for 206.000, or drop a column.
Here each column is as wide as its widest figure. Columns that do not fit continue in further blocks below,
split between sections where possible, and every block repeats the names of the rows. Only those names may be
shortened. If one column alone does not fit, lines are longer than the terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TextIO

from antq_stats.render.writing.output import can_carry
from antq_stats.render.writing.table import (
    ASCII,
    UNICODE,
    Column,
    PresentationTable,
    Signs,
    Text,
    cell_text,
    clean,
    is_provisional,
    marks_among,
    marks_of,
    sign_legend,
    spans,
)
from antq_stats.words.language import Language, Wording

_GAP = 2
_NARROWEST = 20  # columns of the terminal; a narrower one is treated as this
_LEAST_STUB = 6
_STUB_LINES = 3
_HEAD_LINES = (2, 3, 4, 5)  # most lines of a head, by level from roomy to tight
_TEXT_WIDTHS = (60, 40, 28, 20)  # greatest width of a column of texts, by level
_TIGHT = len(_HEAD_LINES) - 1
_WORD = 20  # longest word in a head that is kept whole
_HEAD_LIMIT = 60

Segment = tuple[str, str]
"""A piece of a line and its style in the syntax of rich, which may be empty."""
Line = list[Segment]


@lru_cache(maxsize=16384)
def _width(text: str) -> int:
    """Return the number of terminal columns of a text."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _break_word(word: str, width: int) -> list[str]:
    """Return the pieces of a word that is wider than its column."""
    pieces = [""]
    for char in word:
        if pieces[-1] and _width(pieces[-1] + char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _wrap(text: str, width: int, limit: int | None = None, ellipsis: str = "…") -> list[str]:
    """Return a text as lines of a width; if there are more than ``limit``, the last ends in the ellipsis."""
    lines = [""]
    for word in text.split():
        for position, piece in enumerate(_break_word(word, width) if _width(word) > width else [word]):
            joined = f"{lines[-1]} {piece}" if lines[-1] and not position else piece
            if not lines[-1] or (not position and _width(joined) <= width):
                lines[-1] = joined
            else:
                lines.append(piece)
    if limit is not None and len(lines) > limit:
        last = lines[limit - 1]
        while last and _width(last + ellipsis) > width:
            last = last[:-1]
        lines = [*lines[: limit - 1], last.rstrip() + ellipsis]
    return lines


def _pad(text: str, width: int, align: str = "left") -> str:
    """Return a text filled with spaces to a width."""
    space = max(0, width - _width(text))
    before = {"right": space, "center": space // 2}.get(align, 0)
    return " " * before + text + " " * (space - before)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A column with its texts and their widths."""

    column: Column
    label: str
    unit: str
    texts: tuple[str, ...]
    mark: str
    """The marks that any cell has; the other cells leave a space for them."""
    figures: int  # width of the widest cell that must not wrap, with its mark
    words: int  # width of the widest cell of type `Text`

    def width(self, level: int | None) -> int:
        """Return the width at a level from 0 (roomy) to 3 (tight); at None the texts of cells do not wrap."""
        lines = _HEAD_LINES[level or 0]
        longest = max(map(_width, self.label.split() or [""]))
        width = max(self.figures, min(max(longest, _longest_word(self.unit)), _WORD), 1)
        while width < _HEAD_LIMIT and len(_wrap(self.label, width)) > lines:
            width += 1
        return max(width, self.words if level is None else min(self.words, _TEXT_WIDTHS[level]))


def _longest_word(text: str) -> int:
    return max(map(_width, text.split() or [""]))


def _measure(table: PresentationTable, position: int, wording: Wording, signs: Signs) -> _Measured:
    """Return a column with the texts of its cells and their widths."""
    column = table.columns[position]
    cells = [row.cells[position] for row in table.rows]
    texts = tuple(cell_text(cell, wording, signs) for cell in cells)
    mark = marks_among(cells, signs)
    pairs = list(zip(cells, texts, strict=True))
    figures = [_width(text) for cell, text in pairs if not isinstance(cell, Text)]
    words = [_width(text + marks_of(cell, signs)) for cell, text in pairs if isinstance(cell, Text)]
    unit = clean(column.unit)
    return _Measured(
        column=column,
        label=clean(column.label),
        unit=f"({unit})" if unit else "",
        texts=texts,
        mark=mark,
        figures=max(figures, default=0) + _width(mark),
        words=max(words, default=0),
    )


def _blocks(measured: Sequence[_Measured], room: int | None) -> list[list[int]]:
    """Return the columns in blocks that fit a width, split between sections where possible.

    A section that is wider begins a block of its own and continues in the next.
    """
    if room is None:
        return [list(range(len(measured)))]
    blocks: list[list[int]] = [[]]
    left = room
    costs = [_GAP + column.width(_TIGHT) for column in measured]
    for _, start, end in spans(tuple(column.column for column in measured)):
        fresh = bool(blocks[-1]) and sum(costs[start:end]) > left
        for position in range(start, end):
            if fresh or (blocks[-1] and costs[position] > left):
                blocks.append([])
                left = room
                fresh = False
            blocks[-1].append(position)
            left -= costs[position]
    return blocks


def _stub_width(table: PresentationTable, measured: Sequence[_Measured], width: int | None) -> int:
    """Return the width of the stub: the width of the names, or less where the figures need the space."""
    wanted = max((2 * row.depth + _width(clean(row.stub)) for row in table.rows), default=0)
    wanted = max(wanted, _longest_word(clean(table.stub_head)), _LEAST_STUB)
    if width is None:
        return wanted
    widest = max((column.width(_TIGHT) for column in measured), default=0)
    return min(wanted, max(width * 2 // 5, 16), max(width - _GAP - widest, _LEAST_STUB))


class _Layout:
    """Lays out one table for one width of the terminal."""

    def __init__(self, table: PresentationTable, wording: Wording, width: int | None, signs: Signs) -> None:
        self.table = table
        self.wording = wording
        self.width = None if width is None else max(width, _NARROWEST)
        self.signs = signs
        self.measured = [_measure(table, position, wording, signs) for position in range(len(table.columns))]
        self.stubs = [clean(row.stub) for row in table.rows]
        self.stub = _stub_width(table, self.measured, self.width)

    def lines(self) -> list[Line]:
        """Return the lines of the whole table."""
        table = self.table
        lines = [*self._prose([table.title], "bold"), *self._prose([table.subtitle], "dim")]
        room = None if self.width is None else self.width - self.stub
        sections: set[str] = set()
        for block in _blocks(self.measured, room):
            if lines:
                lines.append([])
            lines += self._block(block, room, sections)
        if not table.rows:
            lines += self._prose([self.wording.phrase("table.empty")], "")
        notes = (*sign_legend(table, self.wording, self.signs), *table.legend, *table.source_notes)
        if notes:
            lines += [[], *self._prose(notes, "dim")]
        return lines

    def _prose(self, texts: Iterable[str], style: str) -> list[Line]:
        """Return texts as lines, wrapped at the width."""
        cleaned = [clean(text) for text in texts]
        return [
            [(line, style)]
            for text in cleaned
            if text
            for line in ([text] if self.width is None else _wrap(text, self.width))
        ]

    def _block(self, block: list[int], room: int | None, sections: set[str]) -> list[Line]:
        """Return one block: heads, rules and all rows."""
        columns = [self.measured[position] for position in block]
        widths = self._widths(columns, room)
        rule: Line = [(self.signs.rule * width + " " * _GAP, "dim") for width in (self.stub, *widths)]
        lines = [*self._spanners(columns, widths, sections), *self._heads(columns, widths), rule]
        for index, row in enumerate(self.table.rows):
            ruled = row.kind == "total"
            if ruled and index and lines[-1] is not rule:
                lines.append(rule)
            lines += self._row(index, block, widths)
            if ruled and index + 1 < len(self.table.rows):
                lines.append(rule)
        return lines

    def _widths(self, columns: list[_Measured], room: int | None) -> list[int]:
        """Return the widths of the first level at which the columns fit beside each other."""
        if room is None:
            return [column.width(None) for column in columns]
        widths: list[int] = []
        for level in range(_TIGHT + 1):
            widths = [column.width(level) for column in columns]
            if sum(widths) + _GAP * len(widths) <= room:
                break
        return widths

    def _spanners(self, columns: list[_Measured], widths: list[int], sections: set[str]) -> list[Line]:
        """Return the lines of section labels above the heads, underlined over the width of their columns."""
        if not any(column.column.section for column in columns):
            return []
        groups: list[tuple[list[str], int]] = []
        for section, start, end in spans(tuple(column.column for column in columns)):
            reach = sum(widths[start:end]) + _GAP * (end - start - 1)
            label = clean(section or "")
            if label and label in sections:
                label = self.wording.phrase("table.continued", section=label)
            sections.add(clean(section or ""))
            groups.append((_wrap(label, reach), reach))
        height = max(len(texts) for texts, _ in groups)
        lines: list[Line] = []
        for index in range(height):
            line: Line = [(" " * (self.stub + _GAP), "")]
            for texts, reach in groups:
                place = index - (height - len(texts))
                line.append((_pad(texts[place] if place >= 0 else "", reach, "center") + " " * _GAP, "bold"))
            lines.append(line)
        rules = [
            ((self.signs.rule if texts[0] else " ") * reach + " " * _GAP, "dim") for texts, reach in groups
        ]
        return [*lines, [(" " * (self.stub + _GAP), ""), *rules]]

    def _heads(self, columns: list[_Measured], widths: list[int]) -> list[Line]:
        """Return the lines of the heads, aligned at the bottom; units of measure have lines of their own."""
        labels = [_wrap(column.label, width) for column, width in zip(columns, widths, strict=True)]
        units = [_wrap(column.unit, width) for column, width in zip(columns, widths, strict=True)]
        height = max(map(len, labels), default=1)
        unit_height = max((len(unit) for unit in units if unit[0]), default=0)
        stub = _wrap(clean(self.table.stub_head), self.stub, height, self.signs.ellipsis)
        aligns = [_align(column) for column in columns]
        lines: list[Line] = []
        for index in range(height + unit_height):
            in_unit = index >= height
            line: Line = []
            place = index - (height - len(stub))
            line.append((_pad(stub[place] if 0 <= place < len(stub) else "", self.stub), "bold"))
            for column, label, unit, width, align in zip(columns, labels, units, widths, aligns, strict=True):
                texts = unit if in_unit else label
                at = index - height if in_unit else index - (height - len(label))
                # A head ends where the figures end; the mark stands to the right of both.
                hang = _width(column.mark) if align == "right" else 0
                text = texts[at] if 0 <= at < len(texts) else ""
                head = text + " " * hang if _width(text) + hang <= width else text
                line.append((" " * _GAP + _pad(head, width, align), "" if in_unit else "bold"))
            lines.append(line)
        return lines

    def _text(self, position: int, index: int) -> str:
        """Return the text of a cell with its marks, and with a space where other cells have some."""
        column = self.measured[position]
        cell = self.table.rows[index].cells[position]
        marks = marks_of(cell, self.signs)
        return column.texts[index] + (marks if isinstance(cell, Text) else _pad(marks, _width(column.mark)))

    def _row(self, index: int, block: list[int], widths: list[int]) -> list[Line]:
        """Return the lines of one row, with the figures on the first."""
        row = self.table.rows[index]
        indent = min(2 * row.depth, self.stub // 3)
        room = self.stub - indent
        stub = _wrap(self.stubs[index], room, _STUB_LINES, self.signs.ellipsis)
        style = "" if row.kind == "plain" else "bold"
        parts: list[tuple[list[str], int, str, str]] = []
        for position, width in zip(block, widths, strict=True):
            cell = row.cells[position]
            text = self._text(position, index)
            if isinstance(cell, Text):
                parts.append((_wrap(text, width), width, self.table.columns[position].align, style))
            else:
                marked = f"{style} yellow".strip() if is_provisional(cell) else style
                parts.append(([text], width, "right", marked))
        lines: list[Line] = []
        for at in range(max([len(stub), *(len(texts) for texts, *_ in parts)])):
            name = stub[at] if at < len(stub) else ""
            line: Line = [(" " * indent + _pad(name, room), style)]
            for texts, width, align, cell_style in parts:
                part = texts[at] if at < len(texts) else ""
                line.append((" " * _GAP + _pad(part, width, align), cell_style))
            lines.append(line)
        return lines


def _align(column: _Measured) -> str:
    """Return the alignment of a head: that of its texts if they are wider than its figures, else right."""
    return column.column.align if column.words > column.figures else "right"


def render_table(
    table: PresentationTable,
    lang: Language,
    *,
    width: int | None,
    colour: bool = False,
    signs: Signs = UNICODE,
) -> str:
    """Return a table as lines of text, each ending in a line feed.

    Parameters
    ----------
    table : the table.
    lang : the language of its figures and legend.
    width : columns of the terminal; None where lines need not wrap (a pipe, a file).
    colour : whether to style with ANSI codes; no fact is shown by colour alone.
    signs : `ASCII` for a stream whose encoding lacks the usual signs.
    """
    return paint(_Layout(table, Wording(lang), width, signs).lines(), colour=colour)


def paint(lines: Iterable[Line], *, colour: bool) -> str:
    """Return lines of styled segments as text, with ANSI codes only if colour is wanted."""
    if not colour:
        return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)
    from rich.color import ColorSystem
    from rich.style import Style

    painted = []
    for line in lines:
        width = len("".join(text for text, _ in line).rstrip())  # styled blanks at the end would show
        for text, style in line:
            shown, width = text[:width], max(0, width - len(text))
            plain = not style or not shown.strip()
            painted.append(
                shown if plain else Style.parse(style).render(shown, color_system=ColorSystem.STANDARD)
            )
        painted.append("\n")
    return "".join(painted)


def terminal_width(stream: TextIO, environ: Mapping[str, str]) -> int | None:
    """Return the width to lay out for: ``COLUMNS``, else that of the terminal, else None (a pipe, a file)."""
    columns = environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        return None


def colour_wanted(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether to use colour: on a capable terminal, unless ``NO_COLOR`` is set (no-color.org)."""
    try:
        terminal = stream.isatty()
    except (ValueError, AttributeError):
        return False
    if not terminal or environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    if sys.platform == "win32":  # an old console prints the codes as text
        from rich.console import detect_legacy_windows

        return not detect_legacy_windows()
    return True


def signs_for(stream: TextIO) -> Signs:
    """Return the signs that a stream can encode; call `antq_stats.render.writing.output.prepare` first."""
    return UNICODE if can_carry("…×─━·†", stream) else ASCII
