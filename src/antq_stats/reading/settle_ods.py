"""A second look at the sheets of an OpenDocument spreadsheet: all of them are in one part.

Cells and rows may be repeated by a number; what is repeated and holds something counts in full, so
that a small file cannot ask for a rectangle of billions of cells.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from antq_stats.reading import percentages
from antq_stats.reading.container import FileProblem, Package
from antq_stats.reading.settle import Look, local, parse

_MANY = 1 << 30
_ASIDE = frozenset(("annotation", "shapes", "frame", "note"))  # beside a cell's text, not part of it
_SIGNS = {"s": " ", "tab": " ", "line-break": "\n"}
_NOTED = 100_000  # odd cells and merges noted of one sheet; a repeated error is one error


def look_at_ods(package: Package) -> list[Look]:
    """Look at all sheets, in order; raise F103 where the content is encrypted."""
    if package.locked or (
        "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml")
    ):
        raise FileProblem("F103")
    content = _Content()
    parse(package.read("content.xml"), "content.xml", content.start, content.end, content.data)
    return content.sheets


def _number(attributes: dict[str, str], name: str, default: int = 1) -> int:
    value = next((v for key, v in attributes.items() if local(key) == name), "")
    return min(int(value[:12]), _MANY) if value.isdecimal() else default


class _Content:
    """The handlers of content.xml."""

    def __init__(self) -> None:
        self.sheets: list[Look] = []
        self.depth = 0  # tables may stand inside cells
        self.row = self.column = 0
        self.row_repeat = self.column_at = 0
        self.cell: dict[str, str] | None = None
        self.covered = False
        self.aside = 0  # inside a comment or a drawing
        self.in_paragraph = 0
        self.plain = True  # the cell's text is what its paragraphs say
        self.text: list[str] = []

    @property
    def look(self) -> Look:
        return self.sheets[-1]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "table" and name.startswith("table:"):
            self.depth += 1
            if self.depth == 1:
                name_of = (value for key, value in attributes.items() if local(key) == "name")
                self.sheets.append(Look(name=next(name_of, ""), merged=[]))
                self.row = self.column_at = 0
        elif self.depth != 1:
            return
        elif tag in _ASIDE:
            self.aside += 1
            self.plain = False
        elif self.cell is not None and not self.aside and tag in ("p", *_SIGNS):
            self._start_text(tag)
        elif tag == "table-column":
            self._start_column(attributes)
        elif tag == "table-row":
            self.column = 0
            self.row_repeat = _number(attributes, "number-rows-repeated")
            if _is_hidden(attributes):
                last = min(self.row + self.row_repeat, 1 << 20)
                self.look.hidden_rows.update(range(self.row, last))
        elif tag in ("table-cell", "covered-table-cell"):
            self.cell = attributes
            self.text.clear()
            self.plain = True

    def _start_text(self, tag: str) -> None:
        if tag == "p":
            self.in_paragraph += 1
            if self.text:
                self.text.append("\n")
        elif self.in_paragraph:
            self.text.append(_SIGNS[tag])
            self.plain = False

    def _start_column(self, attributes: dict[str, str]) -> None:
        repeat = _number(attributes, "number-columns-repeated")
        if _is_hidden(attributes):
            last = min(self.column_at + repeat, 1 << 14)
            self.look.hidden_columns.update(range(self.column_at, last))
        self.column_at += repeat

    def data(self, text: str) -> None:
        if self.in_paragraph and not self.aside:
            self.text.append(text)

    def end(self, name: str) -> None:
        tag = local(name)
        if tag == "table" and name.startswith("table:"):
            self.depth -= 1
        elif self.depth != 1:
            return
        elif tag in _ASIDE:
            self.aside -= 1
        elif tag == "p" and self.in_paragraph and not self.aside:
            self.in_paragraph -= 1
        elif tag == "table-row":
            self.row += self.row_repeat
        elif tag in ("table-cell", "covered-table-cell") and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None

    def _end_cell(self, attributes: dict[str, str]) -> None:
        repeat = _number(attributes, "number-columns-repeated")
        sorts = [value for key, value in attributes.items() if local(key) == "value-type"]
        formula = any(local(key) == "formula" for key in attributes)
        text = "".join(self.text).strip()
        at = (self.row, self.column)
        if sorts or formula or text:
            self.look.reach(*at, self.row_repeat, repeat)
            odd = "error" in sorts or (formula and _is_error(text))
            if odd or (formula and not sorts and not text):
                self._note(
                    self.look.odd, at, repeat, ("error", text or "#ERROR!") if odd else ("formula", "")
                )
            elif (shown := self._shown(sorts, attributes, text)) is not None:
                self._note(self.look.shown, at, repeat, shown)
        down = _number(attributes, "number-rows-spanned")
        across = _number(attributes, "number-columns-spanned")
        if (down > 1 or across > 1) and self.look.merged is not None and len(self.look.merged) < _NOTED:
            self.look.merged.append((*at, at[0] + down - 1, at[1] + across - 1))
        self.column += repeat

    def _shown(self, sorts: list[str], attributes: dict[str, str], text: str) -> str | None:
        """Return what a cell says where the fast reader loses a part of it or takes it for another."""
        if "percentage" in sorts:
            value = next((v for key, v in attributes.items() if local(key) == "value"), "")
            with suppress(ValueError):
                return percentages.shown(float(value), 100)
        if "string" in sorts:
            return None if self.plain else text
        return text if text and not sorts else None

    def _note(
        self, notes: dict[tuple[int, int], Any], at: tuple[int, int], repeat: int, what: object
    ) -> None:
        for row in range(at[0], at[0] + self.row_repeat):
            for column in range(at[1], at[1] + repeat):
                if len(notes) >= _NOTED:
                    return
                notes[row, column] = what


def _is_hidden(attributes: dict[str, str]) -> bool:
    return any(local(k) == "visibility" and v in ("collapse", "filter") for k, v in attributes.items())


def _is_error(text: str) -> bool:
    """Tell an error's text (``#DIV/0!``, ``Err:502``) from a text that a formula gave."""
    return text.startswith("Err:") or (text.startswith("#") and text.endswith(("!", "?", "/A")))
