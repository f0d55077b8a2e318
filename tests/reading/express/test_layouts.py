"""Workbooks read by a known layout give the same values and findings as the general reader."""

# ruff: noqa: E501, S311 - a change a line; chance here is no secret
from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antq_stats.collection.intake import Intake
from antq_stats.plan import ReadingPlan
from antq_stats.reading.discover import SourceFile, discover
from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.receive import receive
from helpers.inside import inflate_with
from helpers.places import SAMPLES

pytestmark = pytest.mark.slow

SHEET, SECOND, STRINGS = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"


@cache
def period(name: str) -> tuple[ReadingPlan, tuple[SourceFile, ...]]:
    """Return the plan and the files of a folder of samples."""
    folder = SAMPLES / name
    return Intake.open(folder).plan, tuple(discover(folder).sources)


@cache
def learned() -> LayoutCache:
    """Return layouts that know the samples' one."""
    plan, sources = period("2021")
    layouts = LayoutCache(plan)
    for source in sources[:4]:
        receive(plan, source.path, source.file, layouts)
    assert layouts.recalled, "the samples' layout was not learned"
    return layouts


def place_of(source: SourceFile) -> Path:
    """Return where a file of the samples is."""
    assert isinstance(source.path, str)
    return Path(source.path)


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


def same_read(folder: Path, content: bytes, name: str = "luc-yen/an-phu.xlsx") -> bool:
    """Compare both ways of reading a workbook; return whether its layout was known."""
    plan, _ = period("2021")
    path = folder / "x.xlsx"
    path.write_bytes(content)
    layouts = learned()
    before = layouts.recalled
    assert receive(plan, path, name, layouts) == receive(plan, path, name)
    return layouts.recalled > before


@pytest.mark.parametrize(("name", "most"), [("2021", 165), ("2021-messy", 0)])
def test_samples_are_read_alike(name: str, most: int) -> None:
    plan, sources = period(name)
    layouts = LayoutCache(plan)
    for source in sources:
        one, other = receive(plan, source.path, source.file, layouts), receive(plan, source.path, source.file)
        assert one == other, source.file
    assert layouts.recalled >= most


def test_a_workbook_saved_by_another_program_is_read_alike(tmp_path: Path) -> None:
    plan, sources = period("2021")
    layouts = LayoutCache(plan)
    for source in sources[:8]:
        path = tmp_path / place_of(source).name
        openpyxl.load_workbook(source.path, data_only=True).save(path)
        for _ in range(2):
            assert receive(plan, path, source.file, layouts) == receive(plan, path, source.file)


def test_the_heights_that_excel_gives_to_rows_do_not_matter(tmp_path: Path) -> None:
    plan, sources = period("2021")
    layouts = LayoutCache(plan)
    space = (
        b' xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">'
        b'<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
    )
    for number, source in enumerate(sources[:12]):
        parts = parts_of(place_of(source).read_bytes())
        for name in (SHEET, SECOND):
            part = parts[name].replace(b'><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>', space)
            more = b'<row \\1 ht="%d.75" x14ac:dyDescent="0.%d">' % (15 + number % 3, number)
            parts[name] = re.sub(rb'<row (r="\d+" spans="[\d:]+")>', more, part)
        path = tmp_path / place_of(source).name
        path.write_bytes(packed(parts))
        assert receive(plan, path, source.file, layouts) == receive(plan, path, source.file)
    assert layouts.recalled >= 9


# -- mutations -----------------------------------------------------------------------------------

_PICKED = re.compile(rb"<v>[^<]*</v>")
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
        given = sum(float(value) for row, value in cells if first <= int(row) <= last)
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
    twice, swapped, without_a_row, mixed_strings, reordered, calculated, calculated,
]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 172),
    st.lists(st.integers(0, len(MUTATIONS) - 1), min_size=1, max_size=3),
    st.integers(0, 2**32),
)
def test_whatever_is_changed_both_ways_say_the_same(
    tmp_path: Path, number: int, chosen: list[int], seed: int
) -> None:
    source = period("2021")[1][number]
    parts = parts_of(place_of(source).read_bytes())
    chance = random.Random(seed)
    for place in chosen:
        MUTATIONS[place](parts, chance)
    same_read(tmp_path, packed(parts), source.file)


def test_every_change_of_one_place_is_reported_in_the_same_way(tmp_path: Path) -> None:
    source = period("2021")[1][5]
    content = place_of(source).read_bytes()
    assert same_read(tmp_path, content, source.file)
    for number, change in enumerate(MUTATIONS):
        for seed in range(4):
            parts = parts_of(content)
            change(parts, random.Random(seed * 100 + number))
            same_read(tmp_path, packed(parts), source.file)


@pytest.mark.parametrize("said", ["85 hộ", "1.691 ", "1,691", "12", "-", "…", "5 người"])
def test_a_cell_that_is_no_figure_affects_only_its_row(tmp_path: Path, said: str) -> None:
    source = period("2021")[1][5]
    parts = parts_of(place_of(source).read_bytes())
    an_odd_figure(said, cell=b"E1[1-5]")(parts, random.Random(1))
    calculated(parts, random.Random(1))
    assert same_read(tmp_path, packed(parts), source.file)


def test_a_blank_and_a_fraction_affect_only_their_rows(tmp_path: Path) -> None:
    source = period("2021")[1][5]
    figure = rb'(<c r="E1[1-5]" s="\d+")><v>\d+</v></c>'
    for written, is_known in ((rb"\1/>", True), (rb"\1><v>2.5</v></c>", False), (rb"\1><v>-4</v></c>", True)):
        parts = parts_of(place_of(source).read_bytes())
        some(SHEET, figure, written)(parts, random.Random(0))
        calculated(parts, random.Random(0))
        # a total that is no whole number is another workbook
        assert same_read(tmp_path, packed(parts), source.file) == is_known


def test_a_layout_is_learned_of_workbooks_with_odd_figures(tmp_path: Path) -> None:
    plan, sources = period("2021")
    layouts = LayoutCache(plan)
    for number, source in enumerate(sources[:12]):
        parts = parts_of(place_of(source).read_bytes())
        an_odd_figure("85 hộ", "1,691", "…", cell=b"E1[1-3]")(parts, random.Random(number))
        calculated(parts, random.Random(number))
        path = tmp_path / place_of(source).name
        path.write_bytes(packed(parts))
        assert receive(plan, path, source.file, layouts) == receive(plan, path, source.file)
    assert layouts.recalled >= 8


@pytest.mark.parametrize("library", ["isal.isal_zlib", "zlib"])
def test_damaged_archives_are_no_layout(
    tmp_path: Path, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever library inflates: one of them is not made for every machine."""
    inflate_with(monkeypatch, pytest.importorskip(library))
    source = period("2021")[1][5]
    content = place_of(source).read_bytes()
    chance = random.Random(4)
    for _ in range(150):
        broken = bytearray(content)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        same_read(tmp_path, bytes(broken), source.file)
    assert same_read(tmp_path, content, source.file)
    for odd in (
        content + b"x",
        b"x" + content,
        content[:-1],
        content.replace(b"PK\x05\x06", b"PK\x05\x06", 1),
    ):
        same_read(tmp_path, odd, source.file)
    at = content.rindex(zlib.crc32(parts_of(content)[SHEET]).to_bytes(4, "little"))
    assert not same_read(tmp_path, content[:at] + b"\0\0\0\0" + content[at + 4 :], source.file)


def test_a_clean_workbook_is_known_with_other_figures_and_titles(tmp_path: Path) -> None:
    source = period("2021")[1][5]
    parts = parts_of(place_of(source).read_bytes())
    parts[STRINGS] = parts[STRINGS].replace("ngày 30".encode(), "ngày 28".encode())
    assert same_read(tmp_path, packed(parts), source.file)


BOOK = "xl/workbook.xml"
OF_EXCEL = (
    b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x15">'
    b'<x15ac:absPath url="C:\\Users\\xa01\\bao cao\\" xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"/>'
    b"</mc:Choice></mc:AlternateContent>"
)


@pytest.mark.parametrize(
    ("change", "is_known"),
    [
        (lambda book: book, True),
        (lambda book: book.replace(b"<bookViews>", OF_EXCEL + b"<bookViews>"), True),
        (lambda book: re.sub(rb"<workbookView [^>]*/>", b'<workbookView xWindow="9" activeTab="1"/>', book), True),
        (lambda book: re.sub(rb"<calcPr [^>]*/>", b'<calcPr calcId="9"/>', book), True),
        (lambda book: book.replace(b"</sheets>", b'</sheets><definedNames><definedName name="a" localSheetId="0">A1:B2</definedName></definedNames>'), True),
        (lambda book: book.replace(b'<sheet name="', b'<sheet state="hidden" name="', 1), False),
        (lambda book: book.replace("Biểu 01".encode(), "Biểu 03".encode()), False),
        (lambda book: book.replace("Biểu 02".encode(), "Biểu 01".encode()), False),
        (lambda book: re.sub(rb"<workbookPr ", b'<workbookPr date1904="1" ', book), False),
        (lambda book: book.replace(b"<sheets>", b"<sheets><!-- -->"), False),
        (lambda book: book[:-20], False),
    ],
)  # fmt: skip
def test_what_is_of_one_file_alone_does_not_hide_its_layout(
    tmp_path: Path, change: Callable[[bytes], bytes], is_known: bool
) -> None:
    _, sources = period("2021")
    parts = parts_of(place_of(sources[9]).read_bytes())
    changed = change(parts[BOOK])
    assert changed != parts[BOOK] or is_known
    assert same_read(tmp_path, packed({**parts, BOOK: changed}), sources[9].file) == is_known
