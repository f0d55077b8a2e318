"""Files read in one pass: what the other readers refuse is refused, whatever came before."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
import xlsxwriter

from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.files.opening import open_bytes
from antq_stats.reading.files.quick.read import read_quickly
from antq_stats.reading.receive import receive
from antq_stats.reading.steps import ALONE, NEXT, result_of
from helpers.fast_paths import plan, samples
from helpers.inside import without_quick_readers
from helpers.mutations import BOOK, SHEET, STYLES, packed, parts_of
from helpers.sender_sheets import clean, rows_of, write

_RELATIONS = "xl/_rels/workbook.xml.rels"


def with_wrong_checksum(content: bytes, name: str) -> bytes:
    """Return a zip whose directory and local header state another checksum for a part."""
    checksum = struct.pack("<I", zlib.crc32(parts_of(content)[name]))
    assert content.count(checksum) == 2
    return content.replace(checksum, bytes(4))


def in_another_case(content: bytes, name: str) -> bytes:
    """Return a zip in which the name of one part has capitals."""
    return packed({key.upper() if key == name else key: part for key, part in parts_of(content).items()})


def read_alike(content: bytes, folder: Path, *, after: int) -> list[str]:
    """Compare the readings of a workbook like others that were read before; return the findings' codes."""
    layouts = LayoutCache(plan(), after=after)
    path = folder / "a.xlsx"
    for sample in samples()[:4]:
        path.write_bytes(sample.content)
        receive(plan(), path, sample.name, layouts)
    path.write_bytes(content)
    name = samples()[5].name
    with without_quick_readers():
        general = receive(plan(), path, name)
    assert receive(plan(), path, name) == general
    assert receive(plan(), path, name, layouts) == general
    return [finding.code for finding in general.findings]


@pytest.mark.parametrize("after", [0, 100])
@pytest.mark.parametrize("part", [BOOK, STYLES, SHEET, _RELATIONS, "[Content_Types].xml"])
def test_a_part_with_a_wrong_checksum_is_refused(part: str, after: int, tmp_path: Path) -> None:
    changed = with_wrong_checksum(samples()[5].content, part)
    codes = read_alike(changed, tmp_path, after=after)
    assert codes == ["F102"] or part == "[Content_Types].xml"


def test_styles_that_are_cut_off_are_refused(tmp_path: Path) -> None:
    parts = parts_of(write(tmp_path / "b.xlsx", rows_of(2)[1]).read_bytes())
    path = tmp_path / "c.xlsx"
    path.write_bytes(packed({**parts, STYLES: parts[STYLES][:1200]}))
    given = receive(plan(), path, f"{rows_of(2)[0]}.xlsx")
    assert [finding.code for finding in given.findings] == ["F102"]


@pytest.mark.parametrize("part", [SHEET, STYLES, BOOK, "docProps/core.xml"])
def test_names_of_parts_may_be_in_capitals(part: str, tmp_path: Path) -> None:
    changed = in_another_case(samples()[5].content, part)
    assert read_alike(changed, tmp_path, after=100) == []
    plain = in_another_case(clean("xlsx")[0].content, part)
    path = tmp_path / "b.xlsx"
    path.write_bytes(plain)
    with without_quick_readers():
        general = receive(plan(), path, "b.xlsx")
    assert receive(plan(), path, "b.xlsx") == general


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_plain_workbooks_are_read_in_one_pass(kind: str) -> None:
    for sample in clean(kind):
        assert result_of(read_quickly(sample.content, plan().limits)) is not None


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_sheet_whose_rectangle_is_too_large_is_left_to_the_reader_that_tells_it(
    kind: str, tmp_path: Path
) -> None:
    """A long first column and a wide first row make a large rectangle, though they hold few cells."""
    rows: list[list[object]] = [[1] * 60, *([1] for _ in range(60))]
    content = write(tmp_path / f"a.{kind}", rows).read_bytes()
    assert result_of(read_quickly(content, plan().limits)) is not None
    assert result_of(read_quickly(content, plan().limits._replace(cells=3_000))) is None


@pytest.mark.parametrize("texts", ["shared", "in their cells"])
def test_a_long_sheet_is_cut_into_parts_that_say_the_same(texts: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": texts != "shared"}) as book:
        sheet = book.add_worksheet()
        for number in range(5_000):
            if number % 97:  # every 97th row has no cells
                note = "" if number % 5 else f"ghi chú {number % 11}"
                sheet.write_row(number, number % 3, [f"Thôn {number % 40}", number, number / 8, note])
    content = path.read_bytes()
    assert len(parts_of(content)[SHEET]) > 5 << 16
    quick = result_of(read_quickly(content, plan().limits))
    with without_quick_readers():
        general = open_bytes(content, ".xlsx", plan().limits)
    assert quick is not None
    padded = [row + [""] * (6 - len(row)) for row in quick.grids[0].rows]
    assert padded == general.grids[0].rows
    assert result_of(read_quickly(content, plan().limits._replace(cells=20_000))) is None


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16"])
def test_a_spreadsheet_in_another_encoding_is_left_to_the_parser(encoding: str, tmp_path: Path) -> None:
    """Its bytes could pass for UTF-8: ``Ã©`` in Latin-1 is ``é``."""
    sample = clean("ods")[0]
    parts = parts_of(sample.content)
    text = parts["content.xml"].decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
    parts["content.xml"] = text.encode(encoding, "xmlcharrefreplace")
    path = tmp_path / "a.ods"
    path.write_bytes(packed(parts))
    assert result_of(read_quickly(path.read_bytes(), plan().limits)) is None
    assert receive(plan(), path, sample.name).tables


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"</v>", b"<v>/"),
        (b"</v>", b"<v>\1"),
        (b"</v>", b"\0\1"),
        (b"</v>", b"</v></v>"),
        (b"<v>", b"\0"),
    ],
)
def test_values_whose_tags_are_wrong_are_refused(right: bytes, wrong: bytes) -> None:
    """The rows of a workbook like others are known but for their values."""
    parts = parts_of(clean("xlsx")[0].content)
    head, found, tail = parts[SHEET].rpartition(right)
    assert found
    content = packed(parts | {SHEET: head + wrong + tail})
    for sample in clean("xlsx"):
        assert result_of(read_quickly(sample.content, plan().limits)) is not None
    assert result_of(read_quickly(content, plan().limits)) is None


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_workbook_that_expands_to_much_is_not_read_together_with_others(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"a.{kind}", [["Thôn", *range(60)] for _ in range(2_000)])
    large, small = path.read_bytes(), clean(kind)[0].content
    assert next(read_quickly(large, plan().limits)) is ALONE
    assert next(read_quickly(small, plan().limits)) is NEXT
    assert result_of(read_quickly(large, plan().limits)) is not None
