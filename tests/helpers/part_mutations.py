"""Changes of the parts of a workbook whose first sheet is a table of the form: what senders and programs do.

A change is called with the parts by name, and with the chance that chooses the place.
"""

# ruff: noqa: E501 - a change a line
from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

SHEET, SECOND, STRINGS = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """Return a workbook of these parts, each packed as XlsxWriter does it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


_PICKED = re.compile(rb"<v>[^<]*</v>")
_NUMBER = re.compile(rb" *-?[0-9.]+(?:e[0-9]+)? *")
Mutation = Callable[[dict[str, bytes], random.Random], None]


def some(part: str, expression: bytes, *choices: bytes) -> Mutation:
    """Replace one match of an expression, any one, by one of the choices."""

    def change(parts: dict[str, bytes], chance: random.Random) -> None:
        found = list(re.finditer(expression, parts[part], re.DOTALL))
        if found:
            at = chance.choice(found)
            new = at.expand(chance.choice(choices))
            parts[part] = parts[part][: at.start()] + new + parts[part][at.end() :]

    return change


def twice(parts: dict[str, bytes], chance: random.Random) -> None:
    """Write a row twice."""
    rows = re.findall(rb"<row .*?</row>", parts[SHEET])
    row = chance.choice(rows)
    parts[SHEET] = parts[SHEET].replace(row, row + row)


def swapped(parts: dict[str, bytes], chance: random.Random) -> None:
    """Let two rows change places, their numbers too or not."""
    rows = re.findall(rb"<row .*?</row>", parts[SHEET])
    place = chance.randrange(len(rows) - 1)
    one, two = rows[place], rows[place + 1]
    parts[SHEET] = parts[SHEET].replace(one + two, two + one)


def without_a_row(parts: dict[str, bytes], chance: random.Random) -> None:
    """Take a row out."""
    parts[SHEET] = parts[SHEET].replace(chance.choice(re.findall(rb"<row .*?</row>", parts[SHEET])), b"")


def without_a_column(parts: dict[str, bytes], chance: random.Random) -> None:
    """Take all cells of a column out, as programs do that write none for a blank."""
    letter = chance.choice("DEFGHIJKLMNOPQR").encode()
    cell = rb'<c r="%s\d+"[^>]*?(?:/>|>(?:<f>[^<]*</f>)?<v>[^<]*</v></c>)' % letter
    parts[SHEET] = re.sub(cell, b"", parts[SHEET])


def mixed_strings(parts: dict[str, bytes], chance: random.Random) -> None:
    """Let two texts change places in the list of texts."""
    texts = re.findall(rb"<si>.*?</si>", parts[STRINGS])
    one, two = chance.sample(range(len(texts)), 2)
    texts[one], texts[two] = texts[two], texts[one]
    head = parts[STRINGS].partition(b"<si>")[0]
    parts[STRINGS] = head + b"".join(texts) + b"</sst>"


def reordered(parts: dict[str, bytes], chance: random.Random) -> None:
    """Write the parts in another order."""
    names = list(parts)
    chance.shuffle(names)
    copy = dict(parts)
    parts.clear()
    parts.update({name: copy[name] for name in names})


def text(*said: str) -> Mutation:
    """Let a text say something else."""
    return some(STRINGS, rb"<t>[^<]*</t>", *(f"<t>{word}</t>".encode() for word in said))


def an_odd_figure(*said: str, cell: bytes = rb"[A-Z]+\d+") -> Mutation:
    """Let a text stand where a figure of a village, or a total, stood."""

    def change(parts: dict[str, bytes], chance: random.Random) -> None:
        count = parts[STRINGS].count(b"<si>")
        word = f'<si><t xml:space="preserve">{chance.choice(said)}</t></si></sst>'.encode()
        parts[STRINGS] = parts[STRINGS].replace(b"</sst>", word)
        figure = rb'<c r="(' + cell + rb')" s="(\d+)">(?:<f>[^<]*</f>)?<v>\d+</v></c>'
        some(SHEET, figure, rb'<c r="\1" s="\2" t="s"><v>%d</v></c>' % count)(parts, chance)

    return change


def calculated(parts: dict[str, bytes], _: random.Random) -> None:
    """Let the totals be what their formulas give, as the sender's program would store them."""

    def total(found: re.Match[bytes]) -> bytes:
        column, first, last = found[1], int(found[2]), int(found[3])
        cells = re.findall(rb'<c r="' + column + rb'(\d+)" s="\d+"(?: t="n")?><v>([^<]*)</v>', parts[SHEET])
        numbers = [
            float(value) for row, value in cells if first <= int(row) <= last and _NUMBER.fullmatch(value)
        ]
        given = sum(numbers)
        return found[0][: found[0].index(b"<v>")] + b"<v>%b</v>" % f"{given:.15g}".encode()

    parts[SHEET] = re.sub(rb"<f>SUM\(([A-Z]+)(\d+):[A-Z]+(\d+)\)</f><v>[^<]*</v>", total, parts[SHEET])


ODD = ("85 hộ", "1.691 ", "1,691", "12,5", "x", "không", "…", "-", "Không có", "Tổng số hộ", "STT", "Thôn", "Mã",
       "Nguyễn Văn An", "0912345678", "012345678901", "năm 2021", "2021", "Thôn 3", "Số nhóm", "Tự quản", " ", "\n",
       "HuyÖn TrÊn Yªn", "12\n13", "#REF!", "5 người", "12", "(1)", "4=2/1", "Kế hoạch", "Tổng cộng", "hộ " * 40)  # fmt: skip

MUTATIONS: list[Mutation] = [
    an_odd_figure(*ODD), an_odd_figure(*ODD), an_odd_figure(*ODD),
    some(SHEET, rb'<c r="([A-Z]+\d+)" s="(\d+)"><v>\d+</v></c>', rb'<c r="\1" s="\2"/>', rb'<c r="\1" s="\2" t="n"><v>2.5</v></c>',
         rb'<c r="\1" s="\2"><v>-4</v></c>', rb'<c r="\1" s="\2"><v>2021</v></c>'),
    *(some(sheet, rb"(?<=<v>)[0-9.]+(?=</v>)", b"7", b"0", b"12.5", b"-3", b"1e3", b"999999999999", b"0912345678", b"")
      for sheet in (SHEET, SECOND)),
    some(SHEET, rb"(?<=<v>)[0-9]+(?=</v>)", b"2021", b"1950", b"007", b" 5", b"5 ", b"1_0", b"0x1", b"5&amp;"),
    some(SHEET, rb'<c r="([A-Z]+\d+)" s="8"><v>\d+</v></c>', rb'<c r="\1" s="8" t="s"><v>3</v></c>', b"",
         rb'<c r="\1" s="8"/>', rb'<c r="\1" s="8" t="e"><v>#REF!</v></c>', rb'<c r="\1"><v>4</v></c>',
         rb'<c r="\1" s="8" t="str"><v>4</v></c>', rb'<c r="\1" s="8" t="b"><v>1</v></c>',
         rb'<c r="\1" s="8"><f>1+3</f><v>4</v></c>', rb'<c r="\1" s="8"><f>1+3</f></c>',
         rb'<c r="\1" s="8" t="inlineStr"><is><t>x</t></is></c>', rb'<c r="\1" s="2"><v>4</v></c>'),
    some(SHEET, rb"<f>[^<]*</f>", b"", b"<f>A1</f>", b"<f>1&lt;2</f>", b'<f t="shared" si="0"/>', b"<f>x</f><v>1</v>"),
    some(SHEET, rb' r="[A-Z]+\d+"', b' r="A1"', b"", b' r="ZZ99"', b' r="B12"'),
    some(SHEET, rb'<row r="(\d+)"', rb'<row r="\g<1>0"', rb'<row hidden="1" r="\1"', rb'<row r="\1" hidden="1"',
         rb'<row r="\1" ht="20"', b"<row"),
    some(SHEET, rb' s="\d+"', b' s="1"', b' s="99"', b""),
    some(SHEET, rb"(?=<row )|(?=<c )|(?=<sheetData>)", b"<!-- x -->", b"<![CDATA[]]>", b" ", b"\n"),
    some(SHEET, rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1"/>', b"", b'<dimension ref="A1:ZZ9"/>'),
    some(SHEET, rb'<mergeCell ref="[^"]*"/>', b"", b'<mergeCell ref="A7:L8"/>', b'<mergeCell ref="A11:B12"/>'),
    some(SHEET, rb"<col [^>]*/>", b'<col min="4" max="4" width="9" hidden="1"/>'),
    some(SHEET, rb"(?<=<v>)\d+(?=</v>)", b"34", b"35", b"58", b"300"),
    text("Tổng cộng", "Thôn 1", "04327001", "04330002", "4330002", "Xã An Lạc", "Năm 2019", "12", "x", "Tổng số hộ"),
    text(" a", "a ", "a&#10;b", "a&amp;b", "_x0041_", "a\nb", "HuyÖn TrÊn Yªn", "Thôn  2", "THÔN 3", "antq-stats · x", ""),
    some(STRINGS, rb"<t>([^<]*)</t>", rb'<t xml:space="preserve"> \1</t>', rb"<r><t>\1</t></r>", rb"<t/>"),
    some(STRINGS, "AN PHÚ|An Phú|KHÁNH THIỆN".encode(), "AN LẠC".encode(), "Minh Quân, năm 2020".encode(), "Tổng số hộ".encode()),
    some("docProps/core.xml", rb"</cp:coreProperties>", rb"<cp:category>antq-stats</cp:category></cp:coreProperties>",
         rb"<dc:title>x</dc:title></cp:coreProperties>"),
    some("xl/workbook.xml", rb'name="[^"]*"', 'name="Năm 2020"'.encode(), b'name="Bi\xe1\xbb\x83u 01"'),
    some("xl/workbook.xml", rb"(<sheet [^>]*)/>", rb'\1 state="hidden"/>'),
    twice, swapped, without_a_row, without_a_column, mixed_strings, reordered, calculated, calculated,
]  # fmt: skip
