"""Delimited text: from bytes to text to records.

An encoding is accepted if the bytes prove it (a byte order mark, valid UTF-8), or if the decoded text
consists of Vietnamese syllables. The delimiter is the one that splits the lines into equal numbers of
fields. A quote that is never closed affects its own line only.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from itertools import islice
from typing import NamedTuple

from antq_stats.words.legacy import convert, evidence

DELIMITERS = ("\t", ";", ",")
"""Delimiters to try, the rarest in prose first."""

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8", "utf-8 with BOM"),
    (b"\xff\xfe\x00\x00", "utf-32-le", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be", "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
_SEP_LINE = re.compile(r'"?sep=(.)"?\r?(?:\n|$)', re.IGNORECASE)
_TEXT_FORMULA = re.compile(r'\s*="((?:[^"]|"")*)"\s*')
_JOINED_LINES = 30
"""Maximum number of lines of a record, where quotes are unsound."""
_SAMPLE_LINES = 400
"""Number of lines from which the delimiter is found."""
_LONGEST_SAMPLE = 20_000
"""Number of characters of a line that are looked at."""
_SAMPLE_CHARACTERS = 1 << 20
"""Number of characters of the text from which the sample is taken, if they hold enough lines."""


class NotText(Exception):  # noqa: N818
    """The bytes are not text."""


class UnknownEncoding(Exception):  # noqa: N818
    """The bytes are text, but no known encoding turns them into Vietnamese."""


class Decoded(NamedTuple):
    """A decoded text and its encoding."""

    text: str
    encoding: str
    """``utf-8``, ``utf-8 with BOM``, ``utf-16-le``, ``windows-1258``, ``TCVN3``, ``VNI`` …"""


class Records(NamedTuple):
    """The records of a delimited text."""

    rows: list[list[str]]
    """Row i is record i + 1 as Excel counts; a blank line is an empty row."""
    delimiter: str
    unclosed_quote: bool
    """True if a quote was never closed; its line was read with the quote as an ordinary character."""


def decode(data: bytes) -> Decoded:
    """Decode bytes in the most likely encoding.

    Raises
    ------
    NotText
        The content is binary.
    UnknownEncoding
        The content does not agree with its byte order mark, or is not Vietnamese in any of the known
        encodings: UTF-8, UTF-16, UTF-32, Windows-1258, Windows-1252, TCVN3 and VNI.
    """
    for bom, codec, name in _BOMS:
        if data.startswith(bom):
            try:
                return Decoded(_checked(data[len(bom) :].decode(codec)), name)
            except UnicodeDecodeError as error:
                raise UnknownEncoding from error
    if b"\x00" in data:
        return _decode_utf16_without_mark(data)
    try:
        return Decoded(_checked(data.decode("utf-8")), "utf-8")
    except UnicodeDecodeError:
        return _decode_one_byte(data)


def _checked(text: str) -> str:
    """Return a text without a final end-of-file mark; raise `NotText` if it has many control characters."""
    text = text.removesuffix("\x1a")  # the end-of-file mark of DOS
    if "\x00" in text or len(_CONTROL.findall(text[:65536])) > 2 + len(text[:65536]) // 50:
        raise NotText
    return text


def _decode_utf16_without_mark(data: bytes) -> Decoded:
    """Decode UTF-16 without a byte order mark: digits and delimiters of a table have a zero byte."""
    head = data[:65536]
    low, high = head[0::2].count(0), head[1::2].count(0)
    for codec, zeros, others in (("utf-16-le", high, low), ("utf-16-be", low, high)):
        if len(data) % 2 == 0 and zeros * 8 > len(head) and others * 8 < zeros:
            try:
                text = _checked(data.decode(codec))
                if not _CONTROL.search(text):
                    return Decoded(text, codec)
            except UnicodeDecodeError:
                continue
    raise NotText


def _decode_one_byte(data: bytes) -> Decoded:
    """Decode in the one-byte encoding whose text has the most Vietnamese syllables."""
    candidates: dict[str, str] = {}  # text -> encoding, the first one that gives it
    for name, codec in (("windows-1258", "cp1258"), ("windows-1252", "cp1252")):
        try:
            candidates.setdefault(unicodedata.normalize("NFC", data.decode(codec)), name)
        except UnicodeDecodeError:
            continue
    western = _checked(data.decode("cp1252", "replace"))
    if "\ufffd" not in western:
        candidates.setdefault(convert(western, "TCVN3"), "TCVN3")
        candidates.setdefault(convert(western, "VNI"), "VNI")
    if not candidates:
        raise UnknownEncoding
    judged = [(evidence(text), text, name) for text, name in candidates.items()]
    judged.sort(key=lambda item: (item[0].share, item[0].common), reverse=True)
    (best, text, name), *rivals = judged
    if not rivals:
        return Decoded(text, name)  # all encodings give the same text
    rival = rivals[0][0]
    is_close = best.share - rival.share < 0.1
    if best.share < 0.6 or (is_close and best.common <= rival.common):
        raise UnknownEncoding
    return Decoded(text, name)


def has_separator_line(text: str) -> bool:
    """Return whether the first line names the delimiter, as Excel writes it: ``sep=;``."""
    return _SEP_LINE.match(text) is not None


def delimiter_of(text: str) -> str:
    """Return the delimiter that splits the most lines into the same number of fields; a comma if none does.

    A first line ``sep=;``, as Excel writes it, takes precedence. Tabs and semicolons are preferred to a
    comma with a similar result, because commas are common in prose and in decimals.
    """
    if match := _SEP_LINE.match(text):
        return match[1]
    lines = _sample(text[:_SAMPLE_CHARACTERS])
    if (
        len(lines) <= _SAMPLE_LINES and len(text) > _SAMPLE_CHARACTERS
    ):  # the last line of the sample may be cut off
        lines = _sample(text)
    sample = "".join(lines[:_SAMPLE_LINES])
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        rows = [row for row in _records(sample, delimiter)[0] if row]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            continue
        width, often = max(widths.items(), key=lambda item: (item[1], item[0]))
        score = (often / len(rows) + (0.0 if delimiter == "," else 0.25), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _sample(text: str) -> list[str]:
    """Return the first lines that are not blank, one more than `_SAMPLE_LINES`."""
    written = (line[:_LONGEST_SAMPLE] for line in io.StringIO(text, newline="") if line.strip())
    return list(islice(written, _SAMPLE_LINES + 1))


def rows_of(text: str, delimiter: str | None = None) -> Records:
    """Split a text into records.

    Quoted fields may hold delimiters, doubled quotes and line breaks. If a quoted field would hold whole
    records, its quote counts as unclosed: the line is read with the quote as an ordinary character.

    Parameters
    ----------
    text : the text.
    delimiter : the delimiter; if None, it is found with `delimiter_of`.
    """
    if delimiter is None:
        delimiter = delimiter_of(text)
    if match := _SEP_LINE.match(text):
        text = text[match.end() :]
    rows, unclosed = _records(text, delimiter)
    if '="' in text:
        rows = [[_without_text_formula(field) for field in row] for row in rows]
    return Records(rows, delimiter, unclosed)


def _without_text_formula(field: str) -> str:
    """Return the value of a text written as a formula, ``="012"``, so that Excel keeps it as text."""
    found = _TEXT_FORMULA.fullmatch(field)
    return found[1].replace('""', '"') if found else field


def _records(text: str, delimiter: str) -> tuple[list[list[str]], bool]:
    if len(delimiter) != 1 or delimiter in '"\r\n':
        delimiter = ","
    lines = list(io.StringIO(text, newline=""))
    if '"' not in text:
        return [_split_unquoted(line, delimiter) for line in lines], False
    rows = _parse_strictly(lines, delimiter)
    if rows is not None and not _has_swallowed_records(rows, lines, delimiter):
        return rows, False
    return _line_by_line(lines, delimiter)


def _split_unquoted(line: str, delimiter: str) -> list[str]:
    line = line.rstrip("\r\n")
    return line.split(delimiter) if line else []


def _parse_strictly(lines: list[str], delimiter: str) -> list[list[str]] | None:
    """Parse lines with the csv module; None if their quotes are unsound."""
    import csv

    limit = csv.field_size_limit(max(131072, sum(map(len, lines)) + 1))
    try:
        return list(csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True))
    except csv.Error:
        return None
    finally:
        csv.field_size_limit(limit)


def _usual_count(lines: list[str], delimiter: str) -> int:
    """Return the most frequent number of delimiters in a line."""
    counts = Counter(line.count(delimiter) for line in lines[:_SAMPLE_LINES] if delimiter in line)
    return max(counts.items(), key=lambda item: (item[1], item[0]))[0] if counts else 0


def _has_swallowed_records(rows: list[list[str]], lines: list[str], delimiter: str) -> bool:
    """Return whether a field of several lines holds what should be records of their own."""
    if len(rows) == len(lines):
        return False
    usual = _usual_count(lines, delimiter)
    return any("\n" in field and _holds_records(field, delimiter, usual) for row in rows for field in row)


def _holds_records(field: str, delimiter: str, usual: int) -> bool:
    parts = field.split("\n")
    if usual == 0:
        return False
    if usual == 1:
        inner = parts[1:-1]
        return len(inner) > 1 and all(part.count(delimiter) == 1 for part in inner)
    return any(part.count(delimiter) >= usual for part in parts)


def _line_by_line(lines: list[str], delimiter: str) -> tuple[list[list[str]], bool]:
    """Read records one by one; a line with an unclosed quote is read without quoting."""
    rows: list[list[str]] = []
    unclosed = False
    usual = _usual_count(lines, delimiter)
    at = 0
    while at < len(lines):
        record = _record_at(lines, at, delimiter, usual)
        if record is None:
            row, used = _lenient_record(lines[at], delimiter)
            unclosed = unclosed or row is None
            rows.append(_split_unquoted(lines[at], delimiter) if row is None else row)
        else:
            row, used = record
            rows.append(row)
        at += used
    return rows, unclosed


def _record_at(lines: list[str], at: int, delimiter: str, usual: int) -> tuple[list[str], int] | None:
    """Return the record that begins at a line, and its number of lines; None if its quotes are unsound."""
    for used in range(1, min(_JOINED_LINES, len(lines) - at) + 1):
        joined = lines[at : at + used]
        if used > 1 and '"' not in joined[-1]:
            continue  # it cannot close the quote
        parsed = _parse_strictly(joined, delimiter)
        if parsed is not None and len(parsed) == 1:
            if used > 1 and any(_holds_records(f, delimiter, usual) for f in parsed[0] if "\n" in f):
                return None
            return parsed[0], used
        if used == 1 and joined[0].count('"') % 2 == 0:
            return None  # all quotes are closed, but there is text after a closing quote
    return None


def _lenient_record(line: str, delimiter: str) -> tuple[list[str] | None, int]:
    """Read one line, allowing text after a closing quote; None if it has an odd number of quotes."""
    import csv

    if line.count('"') % 2:
        return None, 1
    try:
        rows = list(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return None, 1
    return (rows[0] if rows else []), 1
