"""Returns with odd cells in xls, xlsb and ods: the findings, their places, and the sums."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from helpers.binary_workbooks import (
    brt,
    brt_font,
    brt_row,
    brt_style,
    compound,
    font,
    formula,
    number,
    rec,
    rich,
    sheet_part,
    style,
    styles_part,
    text8,
    wide,
    workbook,
    xlsb,
)
from helpers.reading import Outcome, read_folder
from helpers.returns import Raw, commune, setup, write_ods

Parts = Sequence[tuple[str, int]]
"""Pieces of a text with the number of their font: 0 plain, 1 raised, 2 struck through."""


def write_xls(path: Path, rows: Sequence[Sequence[object]], odd: bytes = b"", before: bytes = b"") -> None:
    """Write rows as records of BIFF8; ``odd`` is one more cell. A cell that is a list is a text in parts."""
    cells = b""
    for row, line in enumerate(rows):
        for column, value in enumerate(line):
            head = struct.pack("<HHH", row, column, 0)
            if isinstance(value, list):
                runs, at = [], 0
                for text, kind in value:
                    runs.append(struct.pack("<HH", at, kind))
                    at += len(text)
                whole = "".join(text for text, _ in value)
                cells += rec(0xD6, head + text8(whole) + struct.pack("<H", len(runs)) + b"".join(runs))
            elif isinstance(value, str):
                cells += rec(0x204, head + text8(value))
            elif value is not None:
                cells += number(row, column, float(value))  # type: ignore[arg-type]
    fonts = [font(), font(raised=1), font(struck=True)]
    path.write_bytes(
        compound({"Workbook": workbook(cells, odd, fonts=fonts, styles=[style()], before=before)})
    )


def write_xlsb(path: Path, rows: Sequence[Sequence[object]], odd: bytes = b"", before: bytes = b"") -> None:
    """Write the same in BIFF12; ``odd`` stands at the end of the last row."""
    records = []
    for row, line in enumerate(rows):
        records.append(brt_row(row))
        for column, value in enumerate(line):
            head = struct.pack("<II", column, 0)
            if isinstance(value, list):
                runs, at = [], 0
                for text, kind in value:
                    runs.append((at, kind))
                    at += len(text)
                records.append(brt(62, head + rich("".join(text for text, _ in value), *runs)))
            elif isinstance(value, str):
                records.append(brt(6, head + wide(value)))
            elif value is not None:
                records.append(brt(5, head + struct.pack("<d", float(value))))  # type: ignore[arg-type]
    fonts = [brt_font(), brt_font(raised=1), brt_font(struck=True)]
    styles = styles_part(fonts, [brt_style()])
    path.write_bytes(xlsb(sheet_part(*records, odd), styles=styles, before=before))


def write_open(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """Write the same in OpenDocument, with the styles in the document itself."""

    def cell(value: object) -> object:
        if not isinstance(value, list):
            return value
        spans = "".join(f'<text:span text:style-name="s{kind}">{text}</text:span>' for text, kind in value)
        return Raw(
            f'<table:table-cell office:value-type="string"><text:p>{spans}</text:p></table:table-cell>'
        )

    write_ods(path, [[cell(value) for value in line] for line in rows])
    import zipfile

    source = zipfile.ZipFile(path)
    parts = {name: source.read(name) for name in source.namelist()}
    source.close()
    names = 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    said = {0: "", 1: 'style:text-position="super 58%"', 2: 'style:text-line-through-style="solid"'}
    styles = "".join(
        f'<style:style {names} style:name="s{kind}" style:family="text"><style:text-properties {what}/></style:style>'  # noqa: E501
        for kind, what in said.items()
    )
    content = parts["content.xml"].decode()
    content = content.replace(
        "<office:body>", f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>"
    )
    parts["content.xml"] = content.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


WRITERS: dict[str, Callable[[Path, Sequence[Sequence[object]]], None]] = {
    "xls": write_xls,
    "xlsb": write_xlsb,
    "ods": write_open,
}


def read(folder: Path, kind: str, rows: Sequence[Sequence[object]], **more: bytes) -> Outcome:
    setup(folder)
    WRITERS[kind](folder / f"a.{kind}", rows, **more)  # type: ignore[call-arg]
    return read_folder(folder)


every_kind = pytest.mark.parametrize("kind", WRITERS)


@every_kind
def test_an_ordinary_return_has_no_findings(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, kind, commune((10, 1), (20, 2), (40, 4)))
    assert outcome.codes == []
    assert (outcome.sum("trau", "0701"), outcome.sum("bo", "0701")) == (70, 7)


@every_kind
def test_a_note_mark_is_left_out_and_reported(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, kind, commune(([("99", 0), ("1", 1)], 1), (20, 2), (40, 4)))
    assert outcome.codes == ["C204"]
    assert [cell for _, _, cell in outcome.at("C204")] == ["C2"]
    assert outcome.sum("trau", "0701") == 159
    assert "99" in outcome.all_text()


@every_kind
def test_a_struck_part_leaves_no_figure(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, kind, commune(([("1", 2), ("2", 0)], 1), (20, 2), (40, 4)))
    assert outcome.hard == [("C109", "C2")]
    assert outcome.figure("trau", "0701")[:3] == (60, 2, 3)


@every_kind
def test_names_and_headers_are_read_without_their_marks(tmp_path: Path, kind: str) -> None:
    head = ["Mã thôn", "Tên thôn", [("Số trâu", 0), ("(1)", 1)], [("Số bò", 0), (" sữa", 2)]]
    villages = [("070101", [("Thôn 1", 0), ("a", 1)]), ("070102", [("Bản cũ ", 2), ("Thôn 2", 0)])]
    outcome = read(tmp_path, kind, commune((10, 1), (20, 2), head=head, villages=villages))  # type: ignore[arg-type]
    assert outcome.codes == []
    assert (outcome.sum("trau", "0701"), outcome.sum("bo", "0701")) == (30, 3)


UNKNOWN = {
    "xls": {"odd": rec(0x404, struct.pack("<HHH", 3, 3, 0))},
    "xlsb": {"odd": brt(63, struct.pack("<II", 3, 0))},
}
TWICE = {
    "xls": {"odd": number(3, 3, 9999.0)},
    "xlsb": {"odd": brt(5, struct.pack("<IId", 3, 0, 9999.0))},
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_a_cell_of_an_unknown_record_is_never_a_blank(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, kind, commune((10, 1), (20, 2), (40, None)), **UNKNOWN[kind])
    assert outcome.hard == [("C105", "D4")]
    assert outcome.figure("bo", "0701")[:3] == (3, 2, 3)


@pytest.mark.parametrize("kind", TWICE)
def test_a_cell_written_twice_gives_no_figure(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, kind, commune((10, 1), (20, 2), (40, 4)), **TWICE[kind])
    assert outcome.hard == [("C105", "D4")]
    assert outcome.figure("bo", "0701")[:3] == (3, 2, 3)
    assert "4; 9999" in outcome.all_text()


def test_a_figure_of_another_file_is_taken_and_reported(tmp_path: Path) -> None:
    books = rec(0x1AE, b"\x01\x00" + text8("\x01tong-hop.xls")) + rec(0x17, struct.pack("<H3h", 1, 0, 0, 0))
    link = formula(3, 3, b"\x5a" + struct.pack("<HHH", 0, 6, 0xC001), 4.0)
    outcome = read(tmp_path, "xls", commune((10, 1), (20, 2), (40, None)), odd=link, before=books)
    assert outcome.codes == ["C107"]
    assert [cell for _, _, cell in outcome.at("C107")] == ["D4"]
    assert outcome.sum("bo", "0701") == 7
    assert "tong-hop.xls" in outcome.all_text()


def test_a_formula_still_to_be_calculated_is_taken_and_reported(tmp_path: Path) -> None:
    waits = formula(3, 3, b"\x44\x00\x00\x00\xc0\x41\x18\x00", 4.0) + rec(0x5E, b"\x00\x00")
    outcome = read(tmp_path, "xls", commune((10, 1), (20, 2), (40, None)), odd=waits)
    assert (outcome.codes, outcome.sum("bo", "0701")) == (["C108"], 7)


def test_a_value_that_contradicts_what_is_shown_gives_no_figure(tmp_path: Path) -> None:
    shows = Raw(
        '<table:table-cell office:value-type="float" office:value="12"><text:p>99</text:p></table:table-cell>'
    )
    outcome = read(tmp_path, "ods", commune((10, 1), (20, 2), (40, shows)))
    assert outcome.hard == [("C105", "D4")]
    assert "12; 99" in outcome.all_text()
