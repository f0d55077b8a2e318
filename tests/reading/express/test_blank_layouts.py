"""Our own blank returns, filled and saved by Excel, are read by a known layout as by the general reader."""

# ruff: noqa: E501, S311 - a change a line; chance here is no secret
from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antq_stats.collection.intake import Intake
from antq_stats.plan import ReadingPlan
from antq_stats.reading.discover import SourceFile, discover
from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.receive import receive
from helpers.blank_returns import Figures, figures_of, fill, fill_all, provenance_of, save_as_excel
from helpers.command import run
from helpers.part_mutations import MUTATIONS, SHEET, STRINGS, packed, parts_of, some
from helpers.places import SAMPLES

pytestmark = pytest.mark.slow

GUIDE, RECORD = "xl/worksheets/sheet2.xml", "xl/worksheets/sheet5.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


@dataclass
class Filled:
    """Blank returns of a district, filled as the samples are."""

    plan: ReadingPlan
    sources: list[SourceFile]
    layouts: LayoutCache
    """Layouts that know the one of these returns."""
    blanks: Path
    figures: Figures

    def blank(self, number: int) -> Path:
        """Return the blank of a return."""
        return self.blanks / self.sources[number].file

    def content(self, number: int) -> bytes:
        """Return the bytes of a return."""
        return Path(str(self.sources[number].path)).read_bytes()

    def same(self, path: Path, content: bytes, number: int) -> bool:
        """Compare both ways of reading a return; return whether its layout was known."""
        path.write_bytes(content)
        before, file = self.layouts.recalled, self.sources[number].file
        assert receive(self.plan, path, file, self.layouts) == receive(self.plan, path, file)
        assert self.layouts.faults == []
        return self.layouts.recalled > before


def with_villages_first(content: bytes) -> bytes:
    """Return a workbook whose first part of a sheet is that of the villages: changes of parts are made there."""
    parts = parts_of(content)
    parts[SHEET], parts[GUIDE] = parts[GUIDE], parts[SHEET]
    swapped = parts[RELATIONS].replace(b"sheet1.xml", b"sheet_.xml").replace(b"sheet2.xml", b"sheet1.xml")
    parts[RELATIONS] = swapped.replace(b"sheet_.xml", b"sheet2.xml")
    return packed(parts)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Return the blank returns of Lục Yên, filled and saved; the first sheet is that of the villages."""
    folder = tmp_path_factory.mktemp("blanks")
    run("template", SAMPLES / "2021", "-o", folder / "blank", "--under", "135", "--lang", "vi")
    figures = figures_of(SAMPLES / "2021")
    fill_all(folder / "blank", folder / "filled", figures)
    for path in (folder / "filled").rglob("*.xlsx"):
        save_as_excel(path)
        path.write_bytes(with_villages_first(path.read_bytes()))
    plan = Intake.open(SAMPLES / "2021").plan
    sources = list(discover(folder / "filled").sources)
    layouts = LayoutCache(plan, after=0)
    for source in sources[:3]:
        receive(plan, source.path, source.file, layouts)
    assert layouts.recalled, "the layout of the blank returns was not learned"
    return Filled(plan, sources, layouts, folder / "blank", figures)


def test_filled_blanks_are_read_alike_by_their_layout(filled: Filled, tmp_path: Path) -> None:
    known = [
        filled.same(tmp_path / "x.xlsx", filled.content(number), number)
        for number in range(len(filled.sources))
    ]
    assert all(known), f"{known.count(False)} of {len(known)} layouts were not known"


_SAID = (
    "có", "không", "x", "Có ", "đạt", "có thể", "Tổng số hộ", "04327", "04330", "Xã An Lạc", "Xã Minh Xuân", "2020", "2021",
    "antq", "row", "measure", "8", "9", "01", "Biểu 02", "Họ và tên", "Nguyễn Văn An", "0912345678", "HuyÖn TrÊn Yªn", "12",
)  # fmt: skip
_CHECKED = (
    "Số ô bắt buộc còn trống: 3. ", "Tổng số hộ: chỉ nhận số nguyên từ 1 đến 5.000. ", "12 ", "Nguyễn Văn An", "Tổng số hộ", "0912345678",
    "a&amp;b", "a&b", "_x0041_", "HuyÖn TrÊn Yªn", "Số tổ " * 700, "\n", " ",
)  # fmt: skip
OF_BLANKS = [
    some(SHEET, rb'(t="str"><f>[^<]*</f>)<v></v>', rb"\1<v>12</v>", rb"\1", rb"\1<v/>", *(f"\\1<v>{said}</v>".encode() for said in _CHECKED)),
    some(SHEET, rb't="str"(><f>[^<]*</f>)<v></v>', rb"\1<v></v>", rb"\1<v>0</v>", rb't="e"\1<v>#N/A</v>', rb't="n"\1<v>7</v>'),
    some(SHEET, rb"(<f>IF\(COUNT)A?\(", rb"\1A(", rb"<f>IF(1+COUNT(", rb"<f>IF([1]x!A1+COUNT("),
    some(SHEET, rb"SUM\([A-Z]+\d+:[A-Z]+\d+\)", b"SUM(D9:D10)", b"1", b"SUM(D:D)", b"SUM(E9:E13)"),
    some(SHEET, rb'(<c r="[A-Z]+\d+" s="\d+")(><f>IF[^<]*</f>)<v>\d+</v>', rb'\1 t="str"\2<v></v>', rb'\1 t="str"\2<v>7</v>',
         rb"\1\2<v></v>", rb"\1\2", rb"\1\2<v>7</v>"),
    some(SHEET, rb' t="s"><v>\d+</v></c>(?=<c r="[A-Z]+\d+" s="\d+" t="s">)', b"><v>1</v></c>", b"/>", b' t="s"><v>0</v></c>',
         b' t="b"><v>1</v></c>', b"><v>2</v></c>"),
    *(some(sheet, rb' ht="[0-9.]+"', b' ht="0"', b' ht="0.0"', b' ht="00"', b' ht="40.5"', b"") for sheet in (SHEET, GUIDE)),
    *(some(RECORD, rb"(?<=<v>)\d+(?=</v>)", b"0", b"7", b"200", b"9999", b"") for _ in range(4)),
    some(RECORD, rb'<row r="(\d+)"', rb'<row r="\g<1>0"', rb'<row r="\1" hidden="1"', b"<row"),
    some(RECORD, rb'<c r="[A-Z]+\d+" t="s"><v>\d+</v></c>', b"", b'<c r="A1"/>'),
    some(RECORD, rb'<row r="\d+".*?</row>', b""),
    *(some(RECORD, rb'(<c r="B\d+" t="s"><v>\d+</v></c>)(?:<c [^>]*><v>\d+</v></c>)+', rb"\1") for _ in range(2)),
    *(some(STRINGS, rb"<t>[^<]{0,12}</t>", *(f"<t>{said}</t>".encode() for said in _SAID)) for _ in range(6)),
    some(STRINGS, rb"<t>[^<]{13,}</t>", *(f"<t>{said}</t>".encode() for said in _SAID)),
    some("xl/workbook.xml", rb' state="veryHidden"', b"", b' state="hidden"'),
    some(SHEET, rb"<oddFooter>[^<]*</oddFooter>", b"<oddFooter>&amp;P</oddFooter>", b"<oddFooter>\xff</oddFooter>",
         b"<oddFooter>&x;</oddFooter>", b"<oddFooter/>"),
    some(SHEET, rb"<pageSetup [^>]*/>", b'<pageSetup paperSize="8"/>', b"<pageSetup x/>", b""),
]  # fmt: skip
EVERY = [*MUTATIONS, *OF_BLANKS]
TYPED = (
    0,
    1,
    3,
    12,
    199,
    1950,
    2021,
    300_000_001,
    999_999,
    "có",
    "không",
    "x",
    "đạt",
    "Không có",
    "85 hộ",
    "-",
    "…",
    "1.691",
    "n/a",
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 23),
    st.lists(st.integers(0, len(EVERY) - 1), min_size=1, max_size=2),
    st.integers(0, 2**32),
)
def test_whatever_is_changed_in_a_blank_both_ways_say_the_same(
    filled: Filled, tmp_path: Path, number: int, chosen: list[int], seed: int
) -> None:
    parts = parts_of(filled.content(number))
    chance = random.Random(seed)
    for place in chosen:
        EVERY[place](parts, chance)
    filled.same(tmp_path / "x.xlsx", packed(parts), number)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 23),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(TYPED)), max_size=6),
)
def test_whatever_is_typed_into_a_blank_both_ways_say_the_same(
    filled: Filled, tmp_path: Path, number: int, typed: list[tuple[float, object]]
) -> None:
    blank = filled.blank(number)
    of_unit = {unit for table in provenance_of(blank).tables for _, unit in table.units}
    figures = {place: value for place, value in filled.figures.items() if place[0] in of_unit}
    places = list(figures)
    for share, value in typed:
        figures[places[int(share * len(places))]] = value
    path = fill(blank, tmp_path / "typed.xlsx", figures)
    save_as_excel(path)
    filled.same(tmp_path / "x.xlsx", with_villages_first(path.read_bytes()), number)


@pytest.mark.parametrize("at", range(len(OF_BLANKS)))
def test_every_change_of_a_blank_is_told_in_the_same_way(filled: Filled, tmp_path: Path, at: int) -> None:
    for seed in range(6):
        parts = parts_of(filled.content(5))
        OF_BLANKS[at](parts, random.Random(seed * 100 + at))
        filled.same(tmp_path / "x.xlsx", packed(parts), 5)


@pytest.mark.parametrize(
    "said", ["Số ô bắt buộc còn trống: 3. ", "Mỗi tổ tự quản bình quân chưa đủ 3 thành viên. "]
)
def test_what_the_checks_beside_the_rows_say_does_not_hide_the_layout(
    filled: Filled, tmp_path: Path, said: str
) -> None:
    parts = parts_of(filled.content(6))
    parts[SHEET] = re.sub(
        rb'(t="str"><f>IF\(COUNTA\(\$[^<]*</f>)<v></v>', f"\\1<v>{said}</v>".encode(), parts[SHEET]
    )
    assert said.encode() in parts[SHEET]
    assert filled.same(tmp_path / "x.xlsx", packed(parts), 6)


@pytest.mark.parametrize(("height", "is_known"), [("0", False), ("0.0", False), ("31.5", True)])
def test_a_row_of_no_height_is_no_known_layout(
    filled: Filled, tmp_path: Path, height: str, is_known: bool
) -> None:
    parts = parts_of(filled.content(7))
    parts[SHEET] = re.sub(
        rb'(<row r="10" [^>]*?) ht="[0-9.]+"', rb'\1 ht="%s"' % height.encode(), parts[SHEET]
    )
    assert filled.same(tmp_path / "x.xlsx", packed(parts), 7) == is_known


def test_a_blank_of_another_unit_period_or_form_is_no_known_layout(filled: Filled, tmp_path: Path) -> None:
    for old, new in (("<t>2021</t>", "<t>2020</t>"), ("<t>antq</t>", "<t>other</t>")):
        parts = parts_of(filled.content(3))
        assert old.encode() in parts[STRINGS]
        parts[STRINGS] = parts[STRINGS].replace(old.encode(), new.encode())
        assert not filled.same(tmp_path / "x.xlsx", packed(parts), 3)
    path = tmp_path / "x.xlsx"
    path.write_bytes(filled.content(3))
    other = filled.sources[4].file
    assert receive(filled.plan, path, other, filled.layouts) == receive(filled.plan, path, other)
