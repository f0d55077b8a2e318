"""Returns of one sender in four kinds of file, changed cell by cell and, as OpenDocument, part by part.

The sender has columns nobody asked for, the commune beside each village, a printed ratio, subtotals and column
numbers. `test_known_sheets` and ``scripts/compare_lanes.py`` use them.
"""

# ruff: noqa: E501 - a mutation a line
from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from helpers import fast_paths, mutations
from helpers.fast_paths import Sample, Tally, plan
from helpers.mutations import Parts, one_of
from helpers.returns import write_csv, write_ods, write_xls, write_xlsx

Rows = list[list[object]]
KINDS = ("xlsx", "xls", "ods", "csv")


def _write_csv(path: Path, rows: Rows) -> Path:
    """Write rows as Excel does, which gives all records as many fields."""
    width = max(map(len, rows))
    return write_csv(path, [[*row, *[""] * (width - len(row))] for row in rows], ";")


_WRITERS: dict[str, Callable[[Path, Rows], Path]] = {
    "xlsx": write_xlsx, "xls": write_xls, "ods": write_ods, "csv": _write_csv,
}  # fmt: skip
_GROUP = 3
"""Villages to a subtotal."""


class Sender(NamedTuple):
    """What the returns of a sender have: a column of printed ratios, one of the commune, printed totals."""

    ratio: bool = True
    parent: bool = True
    totals: bool = True


SENDERS = (Sender(), Sender(totals=False), Sender(ratio=False, parent=False))


def rows_of(commune: int, sender: Sender = SENDERS[0]) -> tuple[str, Rows]:
    """Return the path of a commune's return without its suffix, and its rows."""
    ratio, parent, totals = sender
    chance = random.Random(commune)  # noqa: S311 - not for secrets
    units, table = plan().units, plan().tables[0]
    lowest = max(units.levels)
    communes = [unit for unit in range(len(units.codes)) if units.levels[unit] == lowest - 1]
    unit = communes[commune]
    villages = list(units.children[unit])
    labels = [
        next(key for key, place in table.keys.items() if place == at) for at in range(len(table.measures))
    ]
    printed = next(each for each in table.ratios if each.denominator >= 0)
    named = ["xã"] if parent else []
    head = ["STT", "Tên thôn", *named, "Mã thôn", *reversed(labels), "Xếp loại"]
    width = len(head)
    rows: Rows = [
        ["ỦY BAN MTTQ VIỆT NAM"], [f"Xã {units.names[unit]}"], [], ["", "", "KẾT QUẢ NĂM 2021"], [], [*head],
        [f"({number})" for number in range(1, width + 1)],
    ]  # fmt: skip
    if ratio:
        rows[5].append(
            next(key for key, place in table.keys.items() if place == ~0)
            if ~0 in table.keys.values()
            else "tỷ lệ hộ đạt"
        )
        rows[6].append(f"({width + 1})")
    sums = [0] * len(labels)
    block = list(sums)
    for number, village in enumerate(villages, 1):
        base = chance.randrange(40, 200)
        values = [
            chance.randrange(2)
            if measure.flag
            else max(measure.minimum, base if place == 0 else base // (2 + place))
            for place, measure in enumerate(table.measures)
        ]
        row: list[object] = [
            number,
            units.names[village],
            *([units.names[unit]] if parent else []),
            units.codes[village],
            *reversed(values),
            "",
        ]
        if ratio:
            share = (
                printed.per * values[printed.numerator] / values[printed.denominator]
                if values[printed.denominator]
                else ""
            )
            row.append(round(share, 1) if share != "" else "")
        rows.append(row)
        sums = [one + other for one, other in zip(sums, values, strict=True)]
        block = [one + other for one, other in zip(block, values, strict=True)]
        if totals and (number % _GROUP == 0 or number == len(villages)):
            rows.append(["Cộng", *[""] * (2 + parent), *reversed(block)])
            block = [0] * len(labels)
    if totals:
        rows.append(["Tổng cộng", *[""] * (2 + parent), *reversed(sums)])
    rows += [[], ["", "", "NGƯỜI LẬP BIỂU"]]
    return f"{units.names[units.parents[unit]]}/{units.names[unit]}", rows


_POOL: tuple[object, ...] = (
    "", 0, 1, 7, 85, -3, 2.5, 1999, 2021, 2020, 10**7, 399_999_999, 912_345_678, True, "85", "85 hộ", "x", "có", "-", "…",
    "1.691", "1,691", " 12", "012", "12%", "Cộng", "Tổng cộng", "Xã Lạ", "Thôn 1", "STT", "Tên thôn", "Mã thôn", "số hộ",
    "Năm 2020", "năm 2021", "Ghi chú: 12 hộ", "antq-stats", "0912345678", "Nguyễn Văn An", "Ngày 5 tháng 12 năm 2021",
    "(1)", "5=3+4", "hoà", "Số hộ đăng ký\nnăm trước", "Tng hộ", "Toång soá", "1234567890123456789", "nan", "1e3",
)  # fmt: skip


def changed(rows: Rows, chance: random.Random) -> Rows:
    """Return rows with one to three changes: of cells, rows, columns, or places."""
    rows = [list(row) for row in rows]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.randrange(len(rows))
        row = rows[at]
        what = chance.randrange(12)
        if what <= 6 and row:
            row[chance.randrange(len(row))] = chance.choice(_POOL)
        elif what == 7:
            rows.insert(at, [chance.choice(_POOL) for _ in range(chance.choice((1, 3, len(rows[5]))))])
        elif what == 8:
            rows.insert(at, list(chance.choice(rows)))
        elif what == 9:
            del rows[at]
        elif what == 10:
            other = chance.randrange(len(rows))
            rows[at], rows[other] = rows[other], rows[at]
        else:
            row.extend([""] * (len(rows[5]) - len(row)))
            row.append(chance.choice(_POOL))
        if len(rows) < 8:
            break
    return rows


def write(path: Path, rows: Rows) -> Path:
    """Write rows as the kind of file that the path's suffix names."""
    return _WRITERS[path.suffix[1:]](path, rows)


@cache
def clean(kind: str, sender: Sender = SENDERS[0]) -> tuple[Sample, ...]:
    """Return the returns of a sender in one kind of file."""
    made = []
    for commune in range(6):
        name, rows = rows_of(commune, sender)
        with tempfile.TemporaryDirectory() as folder:
            path = write(Path(folder) / f"one.{kind}", rows)
            made.append(Sample(f"{name}.{kind}", path.read_bytes()))
    return tuple(made)


def senders(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Tally]]:
    """Change the cells of a sender's returns, in each kind of file, and read them by what is known of others."""
    for kind, (which, sender) in product(KINDS, enumerate(SENDERS)):
        caches = fast_paths.learn_layouts(clean(kind, sender), folder)
        assert caches[1].by_sheets, f"{kind}: no sheet was learned"
        tally = Tally()
        for number in range(count):
            chance = random.Random(f"{seed} sender {which} {kind} {number}")  # noqa: S311
            name, rows = rows_of(chance.randrange(6), sender)
            path = write(folder / f"mutant.{kind}", changed(rows, chance))
            before = len(tally.differing)
            fast_paths.read_both_ways(path, f"{name}.{kind}", caches, tally)
            tally.differing[before:] = [f"{number}: {text}" for text in tally.differing[before:]]
        yield f"sender {which + 1}, {kind}", tally


_CONTENT = "content.xml"
_ODS_CELL = rb"<table:table-cell\b[^>]*?(?:/>|>.*?</table:table-cell>)"
_ODS_ROW = rb"<table:table-row>.*?</table:table-row>"
_ODS_VALUE = rb'(?<=office:value=")[^"]*'
_ODS_TEXT = rb"(?<=<text:p>)[^<]*"
SPREADSHEETS: dict[str, tuple[Callable[[Parts, random.Random], None], ...]] = {
    "values": (
        one_of(_CONTENT, _ODS_VALUE, b"85", b"1e2", b"", b"-1", b"2.5", b"nan", b" 7", b"1.691", b"00012", b"0x5"),
        one_of(_CONTENT, _ODS_TEXT, b"85", b"1.691", b"1,691", b"", b" ", b"12 &amp; 3", b"&#49;2", b"a<text:s/>b", b"<text:span>85</text:span>", b"office:value=&quot;5&quot;", b' office:value="5"', b"85\n"),
        one_of(_CONTENT, rb'office:value-type="[a-z]*"', b'office:value-type="percentage"', b'office:value-type="string"', b'office:value-type="boolean"', b'office:value-type="date"', b'office:value-type="currency"', b"", b'office:value-type="float" calcext:value-type="error"'),
    ),
    "cells": (
        one_of(_CONTENT, _ODS_CELL, b"", rb"\g<0>\g<0>", b"<table:table-cell/>", b'<table:table-cell table:number-columns-repeated="3"/>', b"<table:covered-table-cell/>", b'<table:table-cell office:value-type="float" office:value="9" table:number-columns-repeated="2"><text:p>9</text:p></table:table-cell>', b'<table:table-cell table:number-columns-spanned="2" office:value-type="float" office:value="9"><text:p>9</text:p></table:table-cell>', b'<table:table-cell office:value-type="float" office:value="9"><text:p>9</text:p><text:p>8</text:p></table:table-cell>', b'<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell>', b"<table:table-cell><office:annotation><text:p>5</text:p></office:annotation></table:table-cell>", b'<table:table-cell office:value-type="string" office:string-value="7"><text:p>8</text:p></table:table-cell>', b"<!-- c -->"),
    ),
    "rows": (
        one_of(_CONTENT, _ODS_ROW, b"", rb"\g<0>\g<0>", b"<table:table-row/>", b'<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'),
        one_of(_CONTENT, rb"<table:table-row>", b'<table:table-row table:number-rows-repeated="2">', b'<table:table-row table:visibility="collapse">', b'<table:table-row table:style-name="gone">', b"<table:table-row-group><table:table-row>", b'<table:table-row table:default-cell-style-name="struck">'),
        one_of(_CONTENT, rb"</table:table-row>", b"</table:table-row></table:table-row>", b"</table:table-row >", b"</table:table-row> "),
    ),
    "frame": (
        one_of(_CONTENT, rb"<office:body>", b'<office:automatic-styles><style:style style:name="gone" style:family="table-row"><style:table-row-properties style:row-height="0cm"/></style:style></office:automatic-styles><office:body>', b'<office:automatic-styles><style:style style:name="struck" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style></office:automatic-styles><office:body>'),
        one_of(_CONTENT, rb"<table:table table:name=\"[^\"]*\">", rb'\g<0><table:table-column table:visibility="collapse"/>', rb'\g<0><table:table-column table:number-columns-repeated="3" table:default-cell-style-name="struck"/>', rb"\g<0><table:table-header-rows>", b'<table:table table:name="Kh\xc3\xa1c">'),
        one_of(_CONTENT, rb"</table:table>", rb"\g<0><table:table table:name=\"2\"></table:table>", rb'<table:table-row><table:table-cell office:value-type="float" office:value="4"><text:p>4</text:p></table:table-cell></table:table-row>\g<0>', b""),
    ),
}  # fmt: skip


def spreadsheets(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Tally]]:
    """Change OpenDocument spreadsheets of a sender by each family of mutations."""
    caches = fast_paths.learn_layouts(clean("ods"), folder)
    for family, known in SPREADSHEETS.items():
        tally = Tally()
        for number in range(count):
            chance = random.Random(f"{seed} ods {family} {number}")  # noqa: S311
            sample = chance.choice(clean("ods"))
            parts = mutations.parts_of(sample.content)
            for _ in range(chance.choice((1, 1, 2))):
                chance.choice(known)(parts, chance)
            path = folder / "mutant.ods"
            path.write_bytes(mutations.packed(parts))
            before = len(tally.differing)
            fast_paths.read_both_ways(path, sample.name, caches, tally)
            tally.differing[before:] = [f"{number}: {text}" for text in tally.differing[before:]]
        yield f"ods, {family}", tally
