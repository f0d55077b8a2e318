"""Change files at random in the ways that files go wrong: XML, archive, records, delimited text.

A mutation takes the bytes of a file (or its parts) and a `random.Random`, and returns changed bytes. The same
seed gives the same changes. `test_lanes` and ``scripts/compare_lanes.py`` use them.
"""

# ruff: noqa: E501 - a mutation a line
from __future__ import annotations

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
BOOK, STYLES = "xl/workbook.xml", "xl/styles.xml"

Parts = dict[str, bytes]
PartMutation = Callable[[Parts, random.Random], None]
ByteMutation = Callable[[bytes, random.Random], bytes]


def parts_of(content: bytes) -> Parts:
    """Return the parts of a zip by their names, in its order."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def packed(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as book:
        for name, part in parts.items():
            book.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, method)
    return out.getvalue()


# -- parts of a workbook -------------------------------------------------------------------------

_CELL = rb"<c\b[^>]*?(?:/>|>.*?</c>)"
_ROW = rb"<row\b[^>]*?(?:/>|>.*?</row>)"
_VALUE = rb"(?<=<v>)[^<]*(?=</v>)"
_TEXT = rb"(?<=<t>)[^<]*(?=</t>)"
_STRING = rb"<si>.*?</si>"


def one_of(part: str, expression: bytes, *choices: bytes) -> PartMutation:
    r"""Replace a random match of an expression by a random choice (``\g<0>`` is the match)."""

    def change(parts: Parts, chance: random.Random) -> None:
        content = parts.get(part, b"")
        found = list(re.finditer(expression, content, re.DOTALL))
        if found:
            at = chance.choice(found)
            parts[part] = content[: at.start()] + at.expand(chance.choice(choices)) + content[at.end() :]

    return change


def swapped(part: str, expression: bytes) -> PartMutation:
    """Swap two matches of an expression."""

    def change(parts: Parts, chance: random.Random) -> None:
        content = parts.get(part, b"")
        found = list(re.finditer(expression, content, re.DOTALL))
        if len(found) > 1:
            one, other = sorted(chance.sample(found, 2), key=lambda match: match.start())
            parts[part] = b"".join(
                (
                    content[: one.start()],
                    other[0],
                    content[one.end() : other.start()],
                    one[0],
                    content[other.end() :],
                )
            )

    return change


def _numbers(choices: tuple[bytes, ...]) -> PartMutation:
    return one_of(SHEET, _VALUE, *choices)


def _recoded(encoding: str, *, says: bool) -> PartMutation:
    def change(parts: Parts, chance: random.Random) -> None:
        name = chance.choice([SHEET, STRINGS, BOOK])
        text = parts.get(name, b"").decode("utf-8", "ignore")
        if says:
            text = re.sub(r'encoding="[^"]*"', f'encoding="{encoding}"', text, count=1)
        parts[name] = text.encode(encoding, "ignore")

    return change


def _renamed(change_name: Callable[[str], str], *, keep: bool) -> PartMutation:
    def change(parts: Parts, chance: random.Random) -> None:
        name = chance.choice(list(parts))
        content = parts[name] if keep else parts.pop(name)
        parts[change_name(name)] = re.sub(rb"(?<=<v>)\d(?=\d)", b"9", content)

    return change


def _reordered(parts: Parts, chance: random.Random) -> None:
    names = list(parts)
    chance.shuffle(names)
    content = dict(parts)
    parts.clear()
    parts.update({name: content[name] for name in names})


def _dropped(parts: Parts, chance: random.Random) -> None:
    del parts[chance.choice(list(parts))]


def _flipped_part(parts: Parts, chance: random.Random) -> None:
    name = chance.choice(list(parts))
    parts[name] = flipped(parts[name], chance)


def _cut_part(parts: Parts, chance: random.Random) -> None:
    name = chance.choice([SHEET, STRINGS, BOOK, STYLES])
    content = parts.get(name, b"")
    parts[name] = content[: chance.randrange(len(content) + 1)]


def _merge(parts: Parts, chance: random.Random) -> None:
    rows = [int(number) for number in re.findall(rb'<row r="(\d+)"', parts.get(SHEET, b""))] or [1]
    top, left = chance.choice(rows), chance.randrange(12)
    area = f"{chr(65 + left)}{top}:{chr(65 + left + chance.randrange(2))}{top + chance.randrange(3)}".encode()
    content = parts.get(SHEET, b"")
    if b"<mergeCells" in content:
        content = re.sub(rb"(<mergeCells[^>]*>)", rb'\1<mergeCell ref="' + area + rb'"/>', content, count=1)
    else:
        content = content.replace(
            b"</sheetData>",
            b'</sheetData><mergeCells count="1"><mergeCell ref="' + area + b'"/></mergeCells>',
        )
    parts[SHEET] = content


XLSX: dict[str, tuple[PartMutation, ...]] = {
    "numbers": (
        _numbers((b"0", b"1", b"7", b"123456", b"4294967297", b"99999999999999999999")),
        _numbers((b"12.5", b"1.691", b"-3", b"1e3", b"1E400", b"NaN", b"inf", b"+5", b"0x1F", b"1,691", b"1_000")),
        _numbers((b" 12 ", b"012", b"", b"\n12", b"12\t", b"\xc2\xa012", b"\xd9\xa1\xd9\xa2")),
    ),
    "values in pieces": (
        _numbers((b"8&#52;", b"&#56;4", b"8<!-- x -->4", b"<![CDATA[84]]>", b"8<![CDATA[4]]>", b"8<?x y?>4", b"&amp;")),
        one_of(STRINGS, _TEXT, b"Th&#244;n 1", rb"\g<0><!-- x -->", rb"<![CDATA[\g<0>]]>", rb"_x0031_\g<0>", rb" \g<0> ", b""),
    ),
    "order and repeats": (
        swapped(SHEET, _CELL), swapped(SHEET, _ROW), swapped(SHEET, _VALUE), swapped(STRINGS, _STRING),
        one_of(SHEET, _CELL, rb"\g<0>\g<0>", b""), one_of(SHEET, _ROW, rb"\g<0>\g<0>", b""),
        one_of(SHEET, rb"(<c\b[^>]*>.*?<v>)([^<]*)(</v></c>)", rb"\1\2\3\g<1>77\3", rb"\g<1>77\3\1\2\3"),
        one_of(STRINGS, _STRING, rb"\g<0>\g<0>", b""),
        one_of(SHEET, rb"</sheetData>", rb"</sheetData><sheetData/>", b'<row r="3"><c r="D3"><v>5</v></c></row></sheetData>'),
    ),
    "references that lie": (
        one_of(SHEET, rb'(?<=<c r=")[A-Z]+[0-9]+', b"A1", b"D9", b"E10", b"XFD1048576", b"d9", b"$D$9", b"D0", b""),
        one_of(SHEET, rb'(?<=<row r=")[0-9]+', b"1", b"9", b"10", b"1048576", b"0", b""),
        one_of(SHEET, rb' r="[A-Z]+[0-9]+"', b""), one_of(SHEET, rb'(?<=<dimension ref=")[^"]*', b"A1", b"1:24", b"A1:XFD1048576"),
        one_of(SHEET, rb'(?<=t="s"><v>)[0-9]+', b"0", b"1", b"2", b"999999", b"-1", b"1.0"),
    ),
    "kinds and styles": (
        one_of(SHEET, rb'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)(?: t="[a-z]+")?>', *(rb'\1 t="%b">' % kind for kind in (b"s", b"str", b"b", b"e", b"d", b"n", b"inlineStr"))),
        one_of(SHEET, rb'(?<= s=")[0-9]+', b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"99"),
        one_of(STYLES, rb'(?<=numFmtId=")[0-9]+', b"9", b"10", b"14", b"22", b"49", b"165", b"0"),
        one_of(STYLES, rb"<font>", b"<font><strike/>", b'<font><vertAlign val="superscript"/>'),
    ),
    "formulas": (
        one_of(SHEET, rb"(?<!</f>)<v>", b"<f>1+1</f><v>", b"<f>D9+E9</f><v>", b"<f>SUM(D9:D12)</f><v>", b"<f>[1]Sheet1!A1</f><v>", b"<f>cmd|' /c'!A1</f><v>", b'<f t="shared" si="0"/><v>'),
        one_of(SHEET, rb"<f>[^<]*</f><v>[^<]*</v>", rb"<f>1</f>", rb"<f>SUM(D9:D10)</f><v>0</v>", rb"<f>SUM(D1:D99)</f><v>77</v>"),
        one_of(BOOK, rb"<calcPr [^>]*/>", b'<calcPr calcId="0" fullCalcOnLoad="1"/>', b""),
    ),
    "texts in parts": (
        one_of(STRINGS, rb"<si><t[^>]*>([^<]*)</t></si>", rb'<si><r><t>\1</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r></si>', rb"<si><r><rPr><strike/></rPr><t>1</t></r><r><t>\1</t></r></si>", rb"<si><r><t>\1</t></r></si>", rb"<si><t>\1</t><rPh sb=\"0\" eb=\"1\"><t>9</t></rPh></si>"),
        one_of(SHEET, rb'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)(?: t="[a-z]+")?>.*?</c>', rb'\1 t="inlineStr"><is><t>12</t></is></c>', rb'\1 t="inlineStr"><is><r><t>1</t></r><r><rPr><strike/></rPr><t>2</t></r></is></c>', rb'\1 t="str"><v>12</v></c>', rb'\1 t="inlineStr"><is><t>1.691</t></is></c>'),
    ),
    "hidden and merged": (
        _merge,
        one_of(SHEET, rb"<row ", b'<row hidden="1" ', b'<row ht="0" customHeight="1" ', b'<row hidden="true" '),
        one_of(SHEET, rb"<sheetData>", b'<cols><col min="4" max="5" width="0" customWidth="1"/></cols><sheetData>', b'<cols><col min="4" max="4" hidden="1" width="9"/></cols><sheetData>'),
        one_of(BOOK, rb"<sheet ", b'<sheet state="hidden" ', b'<sheet state="veryHidden" '),
        one_of(BOOK, rb'(?<=<sheet name=")[^"]*', b"Bi\xe1\xbb\x83u 02", b"x", b""),
    ),
    "encodings and markup": (
        _recoded("utf-16", says=True), _recoded("utf-16", says=False), _recoded("utf-8-sig", says=False), _recoded("cp1258", says=False),
        one_of(SHEET, rb"<worksheet ", b"<!DOCTYPE x><worksheet ", b"<!-- x --><worksheet ", b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '),
        one_of(SHEET, rb"<(?=c |row |sheetData)", b"<x:"),
        one_of(BOOK, rb' r:id="', b' x:id="', b' x:id="rId9" r:id="'),
    ),
    "parts": (
        _renamed(lambda name: name.replace("/", "\\"), keep=True), _renamed(lambda name: "/" + name, keep=True),
        _renamed(str.upper, keep=True), _renamed(str.upper, keep=False), _renamed(lambda name: name.replace("/", "\\"), keep=False),
        _reordered, _dropped, _flipped_part, _cut_part,
        one_of("xl/_rels/workbook.xml.rels", rb'(?<=Target=")[^"]*', b"worksheets/sheet2.xml", b"/xl/worksheets/sheet1.xml", b"../x.xml", b""),
        one_of("_rels/.rels", rb'(?<=Target=")[^"]*', b"xl/other.xml", b"/xl/workbook.xml", b""),
        one_of("docProps/core.xml", rb"</cp:coreProperties>", b"<cp:category>antq-stats</cp:category></cp:coreProperties>", b"<cp:category>x</cp:category></cp:coreProperties>", b""),
    ),
}  # fmt: skip
"""Mutations of the parts of a workbook, by family."""


# -- bytes of an archive, or of any file ---------------------------------------------------------


def flipped(content: bytes, chance: random.Random) -> bytes:
    """Flip one bit."""
    if not content:
        return content
    changed = bytearray(content)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(content: bytes, chance: random.Random) -> bytes:
    """Remove the end, or a stretch in the middle."""
    start = chance.randrange(len(content) + 1)
    return content[:start] + content[start + chance.choice((1, 8, 64, len(content))) :]


def doubled(content: bytes, chance: random.Random) -> bytes:
    """Repeat a stretch."""
    start = chance.randrange(len(content) + 1)
    stretch = content[start : start + chance.choice((1, 4, 32, 512))]
    return content[:start] + stretch + content[start:]


def _behind(content: bytes, chance: random.Random) -> bytes:
    return content + bytes(chance.randrange(256) for _ in range(chance.choice((1, 22, 100))))


def _before(content: bytes, chance: random.Random) -> bytes:
    return bytes(chance.randrange(256) for _ in range(chance.choice((1, 22, 100)))) + content


def _directory(offset: int, values: tuple[int, ...], width: str) -> ByteMutation:
    """Change one field of one entry of a zip's directory."""

    def change(content: bytes, chance: random.Random) -> bytes:
        entries = [found.start() for found in re.finditer(b"PK\x01\x02", content)]
        if not entries:
            return content
        at = chance.choice(entries) + offset
        if at + struct.calcsize(width) > len(content):
            return content
        changed = bytearray(content)
        struct.pack_into(width, changed, at, chance.choice(values))
        return bytes(changed)

    return change


def _repacked(method: int, level: int) -> ByteMutation:
    def change(content: bytes, _: random.Random) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method, compresslevel=level) as book:
            for name, part in parts_of(content).items():
                book.writestr(name, part)
        return out.getvalue()

    return change


def _wrong_figures(content: bytes, chance: random.Random) -> bytes:
    """Change a figure of a part, and give the archive the checksum of the old part."""
    parts = parts_of(content)
    whole = packed(parts)
    part = parts.get(SHEET, b"")
    digits = list(re.finditer(rb"(?<=<v>)[0-9]+", part))
    if not digits:
        return content
    at = chance.choice(digits)
    wrong = part[: at.start()] + b"9" + part[at.start() + 1 :]
    stream = zlib.compressobj(6, zlib.DEFLATED, -15)
    other = packed({**parts, SHEET: wrong})
    right, bad = (struct.pack("<I", zlib.crc32(one)) for one in (part, wrong))
    del stream, whole
    return other.replace(bad, right)


ZIP: dict[str, tuple[ByteMutation, ...]] = {
    "archive": (
        flipped, flipped, flipped, cut, doubled, _behind, _before, _wrong_figures,
        _directory(16, (0, 1, 0xFFFFFFFF), "<I"), _directory(20, (0, 1, 0xFFFFFFFF), "<I"), _directory(24, (0, 1, 0xFFFFFFFF), "<I"),
        _directory(8, (1, 8, 2048, 0xFFFF), "<H"), _directory(10, (0, 8, 12, 99), "<H"), _directory(42, (0, 1, 0xFFFFFFFF), "<I"),
        _repacked(zipfile.ZIP_STORED, 0), _repacked(zipfile.ZIP_DEFLATED, 1), _repacked(zipfile.ZIP_BZIP2, 9),
    ),
}  # fmt: skip
"""Mutations of a zip's bytes."""

RECORDS: dict[str, tuple[ByteMutation, ...]] = {"records": (flipped, flipped, cut, doubled)}
"""Mutations of binary records (xls)."""


# -- delimited text ------------------------------------------------------------------------------


def _line(change_line: Callable[[bytes, random.Random], bytes]) -> ByteMutation:
    def change(content: bytes, chance: random.Random) -> bytes:
        lines = content.split(b"\n")
        at = chance.randrange(len(lines))
        lines[at] = change_line(lines[at], chance)
        return b"\n".join(lines)

    return change


def _field(*choices: bytes) -> ByteMutation:
    """Replace one field of one line by one of the choices (``%b`` is the field)."""

    def change_line(line: bytes, chance: random.Random) -> bytes:
        fields = line.rstrip(b"\r").split(b",")
        at = chance.randrange(len(fields))
        choice = chance.choice(choices)
        fields[at] = choice.replace(b"%b", fields[at])
        return b",".join(fields) + (b"\r" if line.endswith(b"\r") else b"")

    return _line(change_line)


def _lines(change_lines: Callable[[list[bytes], random.Random], None]) -> ByteMutation:
    def change(content: bytes, chance: random.Random) -> bytes:
        lines = content.split(b"\n")
        change_lines(lines, chance)
        return b"\n".join(lines)

    return change


def _insert(*choices: bytes) -> ByteMutation:
    return _lines(lambda lines, chance: lines.insert(chance.randrange(len(lines)), chance.choice(choices)))


def _swap_lines(lines: list[bytes], chance: random.Random) -> None:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _repeat_line(lines: list[bytes], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), lines[chance.randrange(len(lines))])


CSV: dict[str, tuple[ByteMutation, ...]] = {
    "fields": (
        _field(b"1,691", b"%b,", b",%b", b"%b,7", b"1;2", b"1\t2"), _field(b'"%b"', b' "%b"', b'"%b" ', b'"%b', b'%b"', b'"a""b"', b'="%b"', b"=1+1"),
        _field(b"", b" ", b"-", b"...", "…".encode(), b"x", b"O", b"l2", b"abc", b"0", b"00", b"012", b"+5", b"-3", b"1e3"),
        _field(b"1.691", b"1 691", b"12.0", b"12.00", b"12.5", b"110,00", b"81%", "12 hộ".encode(), "\u00a012".encode(), "１２".encode()),
        _field(b"99999999", b"300000000", b"0912345678", b"123456789012", b"4294967296", b"18446744073709551616"),
        _field("Thôn 1".encode(), "Tổng cộng".encode(), b"15", b"04510001", b"4510001", "Thôn 1 ".encode(), "thôn 1".encode()),
        _field(b"\x00", b"\x1a", b"\xff", b"\xc3", b"a\rb", b"\xef\xbb\xbf%b"),
    ),
    "lines": (
        _lines(_swap_lines), _lines(_repeat_line), _lines(lambda lines, chance: lines.pop(chance.randrange(len(lines)))),
        _insert(b"", b",,,,", b"x", "Tổng cộng,,1,2,3".encode(), "Ghi chú: đã kiểm tra".encode(), "Xã An Phú".encode(), b"sep=;", b",,5,5,5,5,5,5,5,5"),
        _lines(lambda lines, chance: lines.insert(chance.randrange(len(lines)), lines[0])),
    ),
    "bytes": (flipped, flipped, cut, doubled, lambda content, _: content.replace(b"\n", b"\r\n"), lambda content, _: content.replace(b",", b";")),
}  # fmt: skip
"""Mutations of a delimited text with commas."""


def mutated_workbook(content: bytes, family: str, chance: random.Random) -> bytes:
    """Return a workbook with one to three mutations of a family."""
    if family in ZIP:
        return chance.choice(ZIP[family])(content, chance)
    parts = parts_of(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        chance.choice(XLSX[family])(parts, chance)
        if not parts:
            break
    return packed(parts)


def mutated_bytes(
    content: bytes, family: str, kinds: Mapping[str, tuple[ByteMutation, ...]], chance: random.Random
) -> bytes:
    """Return a file's bytes with one to three mutations of a family."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        content = chance.choice(kinds[family])(content, chance)
    return content
