"""Writers of text formats: CSV, JSON and Markdown.

CSV and JSON hold records for programs, with codes as heads. Markdown holds a presentation table for people.
"""

from __future__ import annotations

import csv
import io
import json
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from antq_stats.render.writing.table import PresentationTable, cell_text, clean, marks_of, sign_legend
from antq_stats.words.language import Language, Wording

BOM = b"\xef\xbb\xbf"
"""Byte order mark at the start of a CSV file, by which Excel reads it as UTF-8."""

_BLOCK = 4096
"""Records that are turned into text together."""
_NONE = type(None)
_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")  # the empty text is not in it
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff"
_CONTROL = re.compile(f"[{_CONTROLS}\ud800-\udfff]")
_HIDDEN_FORMULA = re.compile(r"""([;\t\n]["' ]*)(?=[=+\-@＝＋－＠])""")
_LONG_DECIMAL = "\x00decimal "
"""Begins a text that stands for a decimal of more than 15 digits; no text of a record has the NUL."""
_QUOTED_DECIMAL = re.compile(r'"\\u0000decimal (-?[0-9]+(?:\.[0-9]+)?)"')
_MARKDOWN = re.compile(r"([\\|*_`<>\[\]~&#])")


def csv_text(text: str) -> str:
    """Return text for a cell of a CSV that is no formula to a spreadsheet and no control code to a terminal.

    A text that begins with ``= + - @``, a tab or a line break (or a fullwidth form of those signs) gets
    an apostrophe before it, as OWASP advises against CSV injection. So does such a sign behind a semicolon,
    tab or line break, where a cell begins for a program that uses another delimiter. Control characters
    become U+FFFD, and every line break within the cell becomes a line feed.
    """
    if text.isalnum():
        return text  # most cells: codes, keywords, hashes
    guard = "'" if text[:1] in _FORMULA_STARTS else ""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return guard + _HIDDEN_FORMULA.sub(r"\1'", _CONTROL.sub("\ufffd", text))


def _csv_value(value: object) -> str:
    """Return one value as text: numbers in digits with a point, None as the empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return csv_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        return repr(float(value))
    return str(operator.index(value))  # type: ignore[arg-type]


def to_csv(records: Iterable[Mapping[str, object]], header: Sequence[str] | None = None) -> str:
    """Return records as CSV: a header row, commas, a line feed after each row.

    Parameters
    ----------
    records : values of type str, int (also of numpy), Decimal, float, bool or None (an empty cell).
    header : the columns; by default the keys of the first record. Needed where there may be no record.

    Raises
    ------
    TypeError
        If a value has another type. Round a Fraction to the decimals of the form first.
    """
    rows = list(records)
    if header is None:
        header = list(rows[0]) if rows else []
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([csv_text(name) for name in header])
    writer.writerows([_csv_value(record.get(name)) for name in header] for record in rows)
    return stream.getvalue()


class RecordColumns(dict[str, Sequence[Any]]):
    """Many records as columns: the key -> the values, one for each record.

    `columns_to_csv` and `to_json` write them as the same records one by one would be written.
    """


def columns_to_csv(columns: RecordColumns) -> str:
    """Return records as CSV; see `to_csv`.

    Parameters
    ----------
    columns : the records; the keys are the heads.
    """
    return "".join(csv_parts(columns))


def csv_parts(columns: RecordColumns) -> Iterator[str]:
    """Yield the CSV of records in parts, so that a long one need not be in memory twice; see `to_csv`.

    Parameters
    ----------
    columns : the records; the keys are the heads.
    """
    for rows in chain([[tuple(map(csv_text, columns))]], _blocks(columns, _csv_value)):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows(rows)
        yield stream.getvalue()


def _blocks(
    columns: RecordColumns, encode_value: Callable[[Any], str]
) -> Iterator[Iterable[tuple[str, ...]]]:
    """Yield the records with their values as text, many at a time."""
    for start in range(0, max(map(len, columns.values()), default=0), _BLOCK):
        block = slice(start, start + _BLOCK)
        yield zip(*(_texts(values[block], encode_value) for values in columns.values()), strict=True)


def _texts(values: Sequence[Any], encode_value: Callable[[Any], str]) -> list[str]:
    """Return values as text: each text, and None, is encoded once."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return list(map(str, values))
    often = {value: encode_value(value) for value in {None, *(v for v in values if type(v) is str)}}
    if kinds <= {str, _NONE}:
        return [often[value] for value in values]
    return [
        often[value] if type(value) is str or value is None
        else str(value) if type(value) is int
        else encode_value(value)
        for value in values
    ]  # fmt: skip


def _json_lines(columns: RecordColumns) -> list[str]:
    """Return each of the records as JSON on a line."""
    encoded = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_json_value).encode

    def encode_value(value: object) -> str:
        return "[]" if value == [] else encoded(value)  # most lists are empty

    keys = (encode_value(key).replace("%", "%%") for key in columns)
    record = "  {" + ", ".join(f"{key}: %s" for key in keys) + "}"
    return [record % row for rows in _blocks(columns, encode_value) for row in rows]


def encode(text: str, *, bom: bool = False) -> bytes:
    """Return text as UTF-8 for a file.

    Parameters
    ----------
    text : the text; surrogates are replaced.
    bom : whether to begin with a byte order mark, as a CSV for Excel needs.
    """
    return (BOM if bom else b"") + text.encode("utf-8", "replace")


def _json_value(value: object) -> object:
    """Give the encoder what it does not know: exact decimals and numpy's whole numbers."""
    if isinstance(value, Decimal):
        # Fifteen digits come back from a float as they went in; the encoder writes no other number exactly.
        return float(value) if len(value.as_tuple().digits) <= 15 else f"{_LONG_DECIMAL}{value:f}"
    if isinstance(value, tuple | set | frozenset):
        return sorted(value)
    return operator.index(value)  # type: ignore[arg-type]


def to_json(value: object) -> str:
    """Return a value as JSON: UTF-8 letters as they are, keys in the order given, a line break at the end.

    Where the value is an object, `RecordColumns` under one of its keys are a list with a record a line.

    Control characters, and what UTF-8 cannot hold, are escaped, so that the text may be shown on a
    terminal and loads back as it was.

    Raises
    ------
    TypeError, ValueError
        If a value is no JSON (a Fraction, a NaN): a fault of the caller.
    """
    members = value if isinstance(value, Mapping) else {}
    listed = {key: each for key, each in members.items() if isinstance(each, RecordColumns)}
    shown = {**members, **dict.fromkeys(listed, ())} if listed else value
    text = json.dumps(shown, ensure_ascii=False, indent=1, allow_nan=False, default=_json_value)
    for key, columns in listed.items():
        if lines := _json_lines(columns):
            before, empty, after = text.rpartition(f'\n "{key}": []')
            text = f"{before}{empty[:-1]}\n" + ",\n".join(lines) + f"\n ]{after}"
    text = _QUOTED_DECIMAL.sub(r"\1", text)
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def markdown_text(text: str) -> str:
    """Return text with the signs of Markdown escaped, on one line, fit for the cell of a table."""
    return _MARKDOWN.sub(r"\\\1", clean(text))


def to_markdown(table: PresentationTable, lang: Language) -> str:
    """Return a table as a Markdown pipe table, with its title above and its legend below.

    Markdown has no spanners, so a label that stands under two sections is preceded by its section.

    Parameters
    ----------
    table : the table.
    lang : the language of its figures and legend.
    """
    wording = Wording(lang)
    labels = [column.label for column in table.columns]
    head = [markdown_text(table.stub_head)]
    for column in table.columns:
        section = f"{column.section}: " if column.section and labels.count(column.label) > 1 else ""
        unit = f" ({column.unit})" if column.unit else ""
        head.append(markdown_text(f"{section}{column.label}{unit}"))
    rules = [":--", *({"left": ":--", "center": ":-:"}.get(column.align, "--:") for column in table.columns)]
    lines = [_pipes(head), _pipes(rules)]
    for row in table.rows:
        cells = [markdown_text(cell_text(cell, wording) + marks_of(cell)) for cell in row.cells]
        stub = markdown_text(row.stub)
        if row.kind == "total":
            stub, *cells = (f"**{text}**" if text else "" for text in (stub, *cells))
        lines.append(_pipes(["\u2003" * row.depth + stub, *cells]))
    if not table.rows:
        lines += ["", wording.phrase("table.empty")]
    above = [f"## {markdown_text(table.title)}"] if table.title else []
    above += [markdown_text(table.subtitle)] if table.subtitle else []
    notes = (*sign_legend(table, wording), *table.legend, *table.source_notes)
    parts = [*above, "\n".join(lines), *map(markdown_text, notes)]
    return "\n\n".join(parts) + "\n"


def _pipes(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def code_block(text: str) -> str:
    """Return a text as a block of code in Markdown, so that it can be copied as it is."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
