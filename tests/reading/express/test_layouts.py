"""Workbooks read by a known layout give the same values and findings as the general reader."""

# ruff: noqa: E501, S311 - a change a line; chance here is no secret
from __future__ import annotations

import random
import re
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
from helpers.inside import fail_in_layouts, inflate_with
from helpers.part_mutations import (
    MUTATIONS,
    SECOND,
    SHEET,
    STRINGS,
    Mutation,
    an_odd_figure,
    calculated,
    packed,
    parts_of,
    some,
    without_a_column,
)
from helpers.places import SAMPLES

pytestmark = pytest.mark.slow


@cache
def period(name: str) -> tuple[ReadingPlan, tuple[SourceFile, ...]]:
    """Return the plan and the files of a folder of samples."""
    folder = SAMPLES / name
    return Intake.open(folder).plan, tuple(discover(folder).sources)


@cache
def learned() -> LayoutCache:
    """Return layouts that know the samples' one."""
    plan, sources = period("2021")
    layouts = LayoutCache(plan, after=0)
    for source in sources[:4]:
        receive(plan, source.path, source.file, layouts)
    assert layouts.recalled, "the samples' layout was not learned"
    return layouts


def place_of(source: SourceFile) -> Path:
    """Return where a file of the samples is."""
    assert isinstance(source.path, str)
    return Path(source.path)


def same_read(folder: Path, content: bytes, name: str = "luc-yen/an-phu.xlsx") -> bool:
    """Compare both ways of reading a workbook; return whether its layout was known."""
    plan, _ = period("2021")
    path = folder / "x.xlsx"
    path.write_bytes(content)
    layouts = learned()
    before = layouts.recalled
    assert receive(plan, path, name, layouts) == receive(plan, path, name)
    assert layouts.faults == []
    return layouts.recalled > before


@pytest.mark.parametrize(("name", "most"), [("2021", 165), ("2021-messy", 0)])
def test_samples_are_read_alike(name: str, most: int) -> None:
    plan, sources = period(name)
    layouts = LayoutCache(plan, after=0)
    for source in sources:
        one, other = receive(plan, source.path, source.file, layouts), receive(plan, source.path, source.file)
        assert one == other, source.file
    assert layouts.recalled >= most


def test_a_workbook_saved_by_another_program_is_read_alike(tmp_path: Path) -> None:
    plan, sources = period("2021")
    layouts = LayoutCache(plan, after=0)
    for source in sources[:8]:
        path = tmp_path / place_of(source).name
        openpyxl.load_workbook(source.path, data_only=True).save(path)
        for _ in range(2):
            assert receive(plan, path, source.file, layouts) == receive(plan, path, source.file)


def test_the_heights_that_excel_gives_to_rows_do_not_matter(tmp_path: Path) -> None:
    plan, sources = period("2021")
    layouts = LayoutCache(plan, after=0)
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


@pytest.mark.parametrize(("column", "is_known"), [("L", True), ("F", False)])
def test_a_column_without_cells_is_blank(tmp_path: Path, column: str, is_known: bool) -> None:
    """Programs write no cell for a blank. Returns that left a whole column blank were lost from the second on."""
    plan, sources = period("2021")
    layouts = LayoutCache(plan, after=0)
    cell = rb'<c r="%s[1-9][0-9]"[^>]*?(?:/>|>(?:<f>[^<]*</f>)?<v>[^<]*</v></c>)' % column.encode()
    for source in sources[:6]:
        parts = parts_of(place_of(source).read_bytes())
        parts[SHEET] = re.sub(cell, b"", parts[SHEET])
        path = tmp_path / place_of(source).name
        path.write_bytes(packed(parts))
        assert receive(plan, path, source.file, layouts) == receive(plan, path, source.file)
    assert layouts.faults == []
    assert (layouts.recalled > 0) == is_known  # a required figure without a cell needs its finding


@pytest.mark.parametrize("when", ["learning", "reading"])
def test_a_fault_of_this_way_of_reading_costs_no_return(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, sources = period("2021")
    layouts = LayoutCache(plan, after=0)
    if when == "reading":
        for source in sources[:3]:
            receive(plan, source.path, source.file, layouts)
        assert layouts.recalled
    fail_in_layouts(monkeypatch)
    for source in sources[3:6]:
        assert receive(plan, source.path, source.file, layouts) == receive(plan, source.path, source.file)
    assert len(layouts.faults) >= 2
    assert all("KeyError" in fault for fault in layouts.faults)


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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*MUTATIONS, *[without_a_column] * 9]), st.integers(0, 2**32), st.integers(0, 168))
def test_a_layout_learned_of_changed_workbooks_reads_them_alike(
    tmp_path: Path, change: Mutation, seed: int, first: int
) -> None:
    """A sender's habit is in all of his workbooks, those from which the layout is learned included."""
    plan, sources = period("2021")
    layouts = LayoutCache(plan, after=0)
    for source in sources[first : first + 4]:
        parts = parts_of(place_of(source).read_bytes())
        change(parts, random.Random(seed))
        path = tmp_path / "x.xlsx"
        path.write_bytes(packed(parts))
        assert receive(plan, path, source.file, layouts) == receive(plan, path, source.file)
    assert layouts.faults == []


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
    layouts = LayoutCache(plan, after=0)
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


BOOK, STYLES = "xl/workbook.xml", "xl/styles.xml"
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
        *((lambda book, view=view: re.sub(rb' xWindow="[0-9]+"', view.replace(b"\\", b"\\\\"), book), is_known) for view, is_known in (
            (b' xWindow="9"', True),
            (b' xWindow="C:\\b\xe1\xba\xa3n (2)"', True),
            (b" xWindow='9'", True),
            (b' xWindow="&lt;"', True),
            (b' xWindow="&bad;"', False),
            (b' xWindow="\xff"', False),
            (b' xWindow="\x01"', False),
            (b' xWindow="\xef\xbf\xbf"', False),
            (b' xWindow="9" xWindow="9"', False),
            (b' of:xWindow="9"', True),
        )),
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


def test_a_layout_is_known_though_another_one_was_learned_of_a_part_that_is_more_alike(
    tmp_path: Path,
) -> None:
    plan, sources = period("2021")
    layouts = LayoutCache(plan, after=0)
    path = tmp_path / "x.xlsx"

    def read(number: int, *, is_other: bool, has_other_window: bool) -> bool:
        """Read a return with another layout, or of Excel with another window; return whether it was known."""
        parts = parts_of(place_of(sources[number]).read_bytes())
        if has_other_window:
            window = b'<workbookView xWindow="9" activeTab="1"/>'
            parts[BOOK] = re.sub(rb"<workbookView [^>]*/>", window, parts[BOOK])
        if is_other:
            parts[STYLES] = parts[STYLES].replace(b"</styleSheet>", b"<!-- --></styleSheet>")
        path.write_bytes(packed(parts))
        before, file = layouts.recalled, sources[number].file
        assert receive(plan, path, file, layouts) == receive(plan, path, file)
        return layouts.recalled > before

    learned = [read(number, is_other=False, has_other_window=False) for number in range(4)]
    learned += [read(number, is_other=True, has_other_window=True) for number in range(4, 12)]
    assert learned[3]
    assert learned[11]
    assert read(12, is_other=False, has_other_window=True)
