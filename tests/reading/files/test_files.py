"""Damaged, hostile, oddly named and old files each give their sums or their finding."""

# ruff: noqa: E501 - a case a line reads better than a case in ten
from __future__ import annotations

import io
import os
import random
import socket
import unicodedata
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from antq_stats.plan import Limits
from helpers.command import run
from helpers.old_fonts import as_tcvn3, as_vni
from helpers.reading import Outcome, read_file, read_folder
from helpers.returns import (
    HEAD,
    UNITS,
    W1,
    W2,
    commune,
    csv_text,
    setup,
    write_costly_return,
    write_csv,
    write_ods,
    write_thirty_returns,
    write_xls,
    write_xlsx,
)

pytestmark = pytest.mark.slow

GOOD = commune((10, 1), (20, 2), (40, 4))


def whole(outcome: Outcome) -> None:
    """The good commune counts, all of it."""
    assert outcome.figure("trau", "0701")[:3] == (70, 3, 3)
    assert outcome.figure("bo", "0701")[:3] == (7, 3, 3)
    assert outcome.faults == ()


def alone(folder: Path, name: str, content: bytes, limits: Limits = Limits()) -> Outcome:  # noqa: B008
    """A good return, and one more file of the other commune."""
    setup(folder)
    write_xlsx(folder / "tot.xlsx", GOOD)
    (folder / name).write_bytes(content)
    outcome = read_folder(folder, limits=limits)
    whole(outcome)
    return outcome


def xlsx_bytes(rows: list[list[object]] | None = None) -> bytes:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows or commune(villages=(W1, W2)):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def bomb(size: int, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    source = zipfile.ZipFile(io.BytesIO(xlsx_bytes()))
    parts = {name: source.read(name) for name in source.namelist()}
    parts[part] = parts.get(part, b"") + b" " * size
    return zipped(**parts)


def lying(data: bytes) -> bytes:
    """Return an archive whose directory gives each part a length of one byte."""
    found = bytearray(data)
    at = -1
    while (at := found.find(b"PK\x01\x02", at + 1)) >= 0:
        found[at + 24 : at + 28] = (1).to_bytes(4, "little")
    return bytes(found)


def many_members() -> bytes:
    out = io.BytesIO(xlsx_bytes())
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(10_001):
            archive.writestr(f"xl/media/{number}", b"")
    return out.getvalue()


HTML = "<html><head><meta charset='utf-8'></head><body><table><tr><td>Mã thôn</td><td>Số trâu</td></tr><tr><td>070201</td><td>5</td></tr></table></body></html>".encode()
XML_2003 = (
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    b'<Worksheet ss:Name="S" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Table/></Worksheet></Workbook>'
)
WORD = zipped(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})

BROKEN: list[tuple[str, bytes, str]] = [
    ("rong.xlsx", b"", "F104"),
    ("rong.csv", b"", "F104"),
    ("rong.xls", b"", "F104"),
    ("trang.csv", b"\r\n\r\n  \r\n", "F104"),
    ("chi-bom.csv", b"\xef\xbb\xbf", "F104"),
    ("cut.xlsx", xlsx_bytes()[:-900], "F102"),
    ("dau.xlsx", b"PK\x03\x04", "F102"),
    ("zip-rong.xlsx", b"PK\x05\x06" + bytes(18), "F105"),
    ("trang-web.xls", HTML, "F105"),
    ("trang-web.xlsx", b"\xef\xbb\xbf\r\n" + HTML, "F105"),
    ("utf16.xls", HTML.decode().encode("utf-16"), "F105"),
    ("xml2003.xls", XML_2003, "F105"),
    ("xml2003.xlsx", XML_2003, "F105"),
    ("thu.xlsx", WORD, "F105"),
    ("thu.docx", WORD, "F204"),
    ("thu.pdf", b"%PDF-1.7\n%\xe2\xe3", "F204"),
    ("thu.xlsx.pdf", b"%PDF-1.7\n", "F204"),
    ("pdf.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "F105"),
    ("anh.jpg", b"\xff\xd8\xff\xe0" + bytes(50), "F204"),
    ("anh.csv", b"\xff\xd8\xff\xe0" + bytes(50), "F105"),
    ("nen.xlsx", zipped(a=b"x"), "F105"),
    ("long.xlsx", zipped(**{"a.xlsx": xlsx_bytes()}), "F105"),
    ("nen.rar", b"Rar!\x1a\x07", "F204"),
    ("ghi-chu.txt", "Kính gửi đồng chí, xã xin nộp báo cáo.\nTrân trọng, cảm ơn.\n".encode(), "F204"),
    ("du-lieu.json", b'{"a": 1}', "F204"),
    ("Thumbs.db", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "F204"),
    ("ole.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "F102"),
    ("nhi-phan.csv", bytes(range(256)) * 8, "F105"),
    ("nul.xlsx", bytes(4096), "F105"),
    ("bom.xlsx", bomb(600 << 20), "F106"),
    ("bom-doi.xlsx", lying(bomb(600 << 20)), "F106"),
    ("nhieu-phan.xlsx", many_members(), "F106"),
    ("la.csv", "Mã thôn,Tên\r\n070201,Thôn 1\r\n".encode(), "T101"),
    ("mo-rong.xlsx", zipped(**{"xl/workbook.xml": b"<workbook/>"}), "F104"),
    (
        "thuc-the.xlsx",
        zipped(**{"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>'}),
        "F102",
    ),
]


@pytest.mark.parametrize(("name", "content", "code"), BROKEN, ids=[name for name, _, _ in BROKEN])
def test_a_file_that_is_no_readable_return_is_reported(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    outcome = alone(tmp_path, name, content)
    (finding,) = [f for f in outcome.findings if f.file == name]
    assert (
        finding.code == code
        or {finding.code, code} == {"F102", "F106"}
        or (code, finding.code) == ("F104", "F102")
    )


def test_a_password(tmp_path: Path) -> None:
    """An OLE2 file with an EncryptedPackage stream, as Excel writes it."""
    sector = 512
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 12), 0xFFFFFFFE]
    header = bytearray(sector)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    for at, value, width in ((24, 0x3E, 2), (26, 3, 2), (28, 0xFFFE, 2), (30, 9, 2), (32, 6, 2), (44, 1, 4), (48, 1, 4), (56, 4096, 4), (60, 0xFFFFFFFE, 4), (68, 0xFFFFFFFE, 4)):  # fmt: skip
        header[at : at + width] = value.to_bytes(width, "little")
    header[76:] = (0).to_bytes(4, "little") + b"\xff" * (sector - 80)
    table = b"".join(n.to_bytes(4, "little") for n in fat).ljust(sector, b"\xff")

    def entry(name: str, sort: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        found = bytearray(128)
        found[: len(raw)] = raw
        found[64:66] = len(raw).to_bytes(2, "little")
        found[66] = sort
        found[116:124] = start.to_bytes(4, "little") + size.to_bytes(4, "little")
        return bytes(found)

    directory = (entry("Root Entry", 5, 0xFFFFFFFE, 0) + entry("EncryptedPackage", 2, 2, 5000)).ljust(
        sector, b"\0"
    )
    outcome = alone(tmp_path, "khoa.xlsx", bytes(header) + table + directory + os.urandom(sector * 10))
    assert outcome.hard == [("F103", None)]


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_file_cut_anywhere(tmp_path: Path, kind: str) -> None:
    setup(tmp_path)
    path = tmp_path / f"a.{kind}"
    {"xlsx": write_xlsx, "ods": write_ods, "xls": write_xls}[kind](path, GOOD)
    data = path.read_bytes()
    for part in range(5, 100, 5):
        path.write_bytes(data[: len(data) * part // 100])
        outcome = read_folder(tmp_path)
        assert outcome.status == 1, part
        assert outcome.figure("trau")[0] in (None, 70)
        assert outcome.hard or outcome.figure("trau")[:2] == (70, 3)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_flipped_bits_never_change_a_sum_in_silence(tmp_path: Path, kind: str) -> None:
    setup(tmp_path)
    path = tmp_path / f"a.{kind}"
    {"xlsx": write_xlsx, "ods": write_ods}[kind](path, GOOD)
    data = path.read_bytes()
    chance = random.Random(kind)  # noqa: S311
    for _ in range(120):
        mutated = bytearray(data)
        for _ in range(chance.choice((1, 1, 3))):
            mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
        path.write_bytes(mutated)
        given = read_file(path, tmp_path)
        assert given.fault is None
        figures = (
            sorted(zip(given.tables[0].units, given.tables[0].values[::2], strict=True))
            if given.tables
            else []
        )
        assert given.findings or [value for _, value in figures] == [10, 20, 40]


def test_two_hundred_mutated_workbooks_in_one_run(tmp_path: Path) -> None:
    """Through the command: never 70, nothing of the reader's own on stderr, and the good file counts."""
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "tot.xlsx", GOOD)
    other = commune(villages=(W1, W2))
    chance = random.Random(2021)  # noqa: S311
    for kind, write in (("xlsx", write_xlsx), ("xls", write_xls), ("ods", write_ods)):
        data = write(tmp_path / f"a.{kind}", other).read_bytes()  # type: ignore[operator]
        for number in range(67):
            mutated = bytearray(data)
            for _ in range(chance.choice((1, 4, 30))):
                at = chance.randrange(len(mutated))
                mutated[at : at + chance.choice((1, 1, 8))] = chance.randbytes(chance.choice((1, 1, 8, 0)))
            (folder / f"{number:03}.{kind}").write_bytes(mutated)
    ran = run("aggregate", folder, "--format", "json", "--under", "0701")
    assert ran.status == 1
    assert ran.data[0]["measures"]["trau"] == {"value": 70, "given": 3, "expected": 3}
    assert "panicked" not in ran.output
    assert "Traceback" not in ran.output
    assert len(ran.stderr.splitlines()) <= 3


# -- places and names ----------------------------------------------------------------------------


def test_pipes_sockets_links_and_folders(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "tot.xlsx", GOOD)
    os.mkfifo(folder / "ong.xlsx")
    listening = socket.socket(socket.AF_UNIX)
    try:
        os.chdir(folder)
        listening.bind("o.xlsx")
    finally:
        listening.close()
        os.chdir(tmp_path)
    (folder / "vong").symlink_to(folder)
    (folder / "tu-minh.xlsx").symlink_to(folder / "tu-minh.xlsx")
    (folder / "mat.xlsx").symlink_to(tmp_path / "khong-co.xlsx")
    (folder / "ngoai").symlink_to(tmp_path)
    (folder / "thu-muc.xlsx").mkdir()
    write_xlsx(folder / "thu-muc.xlsx" / "b.xlsx", commune(villages=(W1, W2)))
    ran = run("validate", folder, "--format", "json")
    assert ran.status == 1
    found = {f["file"]: f["code"] for f in ran.data["findings"]}
    assert found == {
        "ong.xlsx": "F101",
        "o.xlsx": "F101",
        "vong": "F111",
        "ngoai": "F111",
        "tu-minh.xlsx": "F111",
        "mat.xlsx": "F101",
    }
    assert ran.data["summary"]["units_read"] == 5


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    setup(tmp_path)
    path = write_xlsx(tmp_path / "a.xlsx", GOOD)
    path.chmod(0)
    outcome = read_folder(tmp_path)
    assert outcome.hard == [("F101", None)]


def test_names_and_depths(tmp_path: Path) -> None:
    units = "code,name,level,parent\n1,Tỉnh,province,\n" + "".join(
        f"2{n},Xã {n},commune,1\n3{n},Thôn {n},village,2{n}\n" for n in range(8)
    )
    setup(tmp_path, units=units)

    def one(number: int) -> list[list[object]]:
        return [HEAD, [f"3{number}", f"Thôn {number}", 1, 1]]

    deep = tmp_path.joinpath(*["x"] * 300)
    write_xlsx(deep / "a.xlsx", one(0))
    write_xlsx(tmp_path / ("y" * 245 + ".xlsx"), one(1))
    write_xlsx(tmp_path / (unicodedata.normalize("NFD", "Hòa Cường") + ".xlsx"), one(2))
    write_xlsx(tmp_path / (unicodedata.normalize("NFC", "Hòa Cường") + ".xlsx"), one(3))
    for number, name in ((4, b"b\xff.xlsx"), (5, b"b\xfe.xlsx")):
        write_xlsx(tmp_path / "z.xlsx", one(number)).rename(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    write_xlsx(tmp_path / "=cmd\n\x1b[31m.XLSX", one(6))
    write_xlsx(tmp_path / "Mường Lai (bản chính thức).xlsx", one(7))
    outcome = read_folder(tmp_path)
    assert outcome.codes == []
    assert outcome.figure("trau") == (8, 8, 8, False, 0, False)
    assert len({given.file for given in outcome.collection.files}) == 8


def test_a_name_is_shown_without_control_characters(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    (folder / "\x1b[31mđỏ\n.xlsx").write_bytes(b"PK\x03\x04")
    (folder / os.fsdecode(b"b\xff.xlsx")).write_bytes(b"PK\x03\x04")
    for arguments in (
        ("validate", folder),
        ("validate", folder, "--format", "json"),
        ("validate", folder, "--format", "csv"),
    ):
        ran = run(*arguments)
        assert ran.status == 1
        assert "\x1b" not in ran.output
    ran = run("validate", folder, env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert ran.status == 1


def test_locks_hidden_files_and_read_mes_are_passed_over_and_counted(tmp_path: Path) -> None:
    setup(tmp_path)
    write_xlsx(tmp_path / "tot.xlsx", GOOD)
    for name in (
        "~$tot.xlsx",
        ".tot.xlsx",
        ".~lock.tot.xlsx#",
        "README.md",
        "readme.txt",
        ".DS_Store",
        "Đọc trước.docx",
    ):
        (tmp_path / name).write_bytes(b"PK\x03\x04 junk")
    outcome = read_folder(tmp_path)
    whole(outcome)
    assert outcome.codes == []
    assert outcome.passed_over == 9


# -- what the tool itself wrote ------------------------------------------------------------------

OUTPUTS = [
    ("aggregate", ".xlsx"), ("aggregate", ".csv"), ("aggregate", ".json"), ("aggregate", ".md"), ("aggregate", ".txt"),
    ("validate", ".csv"), ("validate", ".json"), ("validate", ".txt"), ("status", ".csv"), ("status", ".json"), ("status", ".txt"),
]  # fmt: skip


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_outputs_in_the_folder_are_never_read_again(tmp_path: Path, lang: str) -> None:
    folder = setup(tmp_path / "2021")
    rows = commune((10, 1), ("x", 2), (40, 4))
    write_xlsx(folder / "tot.xlsx", rows)
    before = run("validate", folder, "--format", "json").data
    shown = run("aggregate", folder, "--by", "village", "--format", "json").data
    outputs = OUTPUTS if lang == "vi" else [(c, s) for c, s in OUTPUTS if s in (".txt", ".md")]
    for command, suffix in outputs:
        options = ("--by", "village") if command != "validate" else ()
        text = {"validate": "text", "status": "table", "aggregate": "table"}[command]
        made = ("--format", text) if suffix == ".txt" else ()
        for _ in range(
            2 if (command, suffix) == ("aggregate", ".xlsx") else 1
        ):  # over itself: it is no input
            assert (
                run(
                    command, folder, *options, *made, "--lang", lang, "-o", folder / f"{command}{suffix}"
                ).status
                == 1
            )
    assert run("status", folder, "--lang", lang, "--receipts", folder / "phieu").status == 1
    after = run("validate", folder, "--format", "json").data
    assert after["findings"] == before["findings"]
    assert after["summary"].pop("passed_over") == before["summary"].pop("passed_over") + len(outputs) + 1
    assert after["summary"] == before["summary"]
    assert run("aggregate", folder, "--by", "village", "--format", "json").data == shown


def test_no_findings_written_into_the_folder(tmp_path: Path) -> None:
    folder = setup(
        tmp_path / "2021",
        units=UNITS.replace("070201,Thôn 1,,village,0702\n070202,Bản Lý,,village,0702\n", "").replace(
            "0702,Minh Quân,xã,commune,07\n", ""
        ),
    )
    write_xlsx(folder / "tot.xlsx", GOOD)
    for lang in ("vi", "en"):
        assert run("validate", folder, "--lang", lang, "-o", folder / f"{lang}.txt").status == 0
    assert run("validate", folder, "--format", "json").data["findings"] == []


def test_an_output_never_goes_over_a_return(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    path = write_xlsx(folder / "tot.xlsx", GOOD)
    data = path.read_bytes()
    assert run("aggregate", folder, "-o", path).status == 3
    assert path.read_bytes() == data


# -- great and strange shapes --------------------------------------------------------------------


def streamed(path: Path, fill: object) -> Path:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    fill(book)  # type: ignore[operator]
    book.close()
    return path


def table_at(page: object, row: int, column: int) -> None:
    for number, cells in enumerate(GOOD):
        for place, cell in enumerate(cells):
            page.write(row + number, column + place, cell)  # type: ignore[attr-defined]


def test_a_million_formatted_rows(tmp_path: Path) -> None:
    setup(tmp_path)

    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        table_at(page, 0, 0)
        bold = book.add_format({"bold": True})
        for row in range(4, 1_048_576, 8):
            page.set_row(row, 15, bold)
            page.write_blank(row, 3, None, bold)

    streamed(tmp_path / "a.xlsx", fill)
    outcome = read_folder(tmp_path)
    whole(outcome)
    assert outcome.codes == []


@pytest.mark.parametrize(
    ("row", "column", "cell"),
    [(1_048_575, 16_383, "XFD1048576"), (1_048_575, 5, "F1048576"), (999, 16_383, None)],
)
def test_a_stray_cell_far_away(tmp_path: Path, row: int, column: int, cell: str | None) -> None:
    setup(tmp_path)

    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("Biểu 01")
        table_at(page, 0, 0)
        page.write(row, column, 1)

    streamed(tmp_path / "a.xlsx", fill)
    outcome = read_folder(tmp_path)
    assert outcome.at("T407") == [("a.xlsx", "Biểu 01", cell or "XFD1000")]
    whole(outcome)


def test_all_columns_of_a_sheet(tmp_path: Path) -> None:
    setup(tmp_path)

    def wide(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        table_at(page, 0, 16_380)

    streamed(tmp_path / "a.xlsx", wide)
    outcome = read_folder(tmp_path)
    whole(outcome)
    assert outcome.codes == []


def test_many_unknown_columns(tmp_path: Path) -> None:
    setup(tmp_path)
    rows = [
        [*row, *(f"Cột {n}" if number == 0 else n for n in range(3000))] for number, row in enumerate(GOOD)
    ]
    write_csv(tmp_path / "a.csv", rows)
    outcome = read_folder(tmp_path)
    whole(outcome)
    assert outcome.hard == []


def test_a_huge_table_of_shared_strings(tmp_path: Path) -> None:
    setup(tmp_path)
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    page = book.add_worksheet()
    table_at(page, 0, 0)
    for row in range(20_000):
        page.write(row + 10, 8, f"ghi chú số {row} " + "x" * 200)
    book.close()
    outcome = read_folder(tmp_path)
    whole(outcome)
    assert outcome.hard == []


def test_a_long_csv(tmp_path: Path) -> None:
    count = 100_000
    setup(
        tmp_path,
        units="code,name,level,parent\n1,Tỉnh,province,\n"
        + "".join(f"9{n:06},Thôn {n},village,1\n" for n in range(count)),
    )
    (tmp_path / "a.csv").write_text(
        "Mã thôn,Tên thôn,Số trâu,Số bò\n" + "".join(f"9{n:06},Thôn {n},{n % 7},1\n" for n in range(count)),
        encoding="utf-8",
    )
    outcome = read_folder(tmp_path)
    assert outcome.codes == []
    assert outcome.figure("trau") == (sum(n % 7 for n in range(count)), count, count, False, 0, False)


# -- delimited text ------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
def test_encodings_and_delimiters(tmp_path: Path, delimiter: str, encoding: str) -> None:
    setup(tmp_path)
    text = csv_text(
        [
            ["TỔNG HỢP SỐ LIỆU GIEO TRỒNG CỦA XÃ NGUYỄN THÁI HỌC NĂM 2021"],
            [],
            *commune((10, 1), (20, 2), (40, 4)),
        ],
        delimiter,
    )
    data = windows_1258(text) if encoding == "cp1258" else text.encode(encoding)
    (tmp_path / "a.csv").write_bytes(data)
    outcome = read_folder(tmp_path)
    whole(outcome)
    assert outcome.hard == []


def windows_1258(text: str) -> bytes:
    out = b""
    for char in text:
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tones = [c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323"]
            base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones))
            out += (base + "".join(tones)).encode("cp1258")
    return out


LEGACY_ROWS = [
    ["Tổng hợp số liệu chăn nuôi của các thôn"],
    ["Đơn vị: xã Nguyễn Thái Học"],
    *commune((10, 1), (20, 2), ("1.040", 4)),
]


@pytest.mark.parametrize("which", ["TCVN3", "VNI"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "xls", "ods"])
def test_legacy_fonts(tmp_path: Path, which: str, kind: str) -> None:
    setup(tmp_path)
    turn = as_tcvn3 if which == "TCVN3" else as_vni
    rows = [[turn(cell) if isinstance(cell, str) else cell for cell in row] for row in LEGACY_ROWS]
    if kind == "csv":
        write_csv(tmp_path / "a.csv", rows, encoding="cp1252" if which == "VNI" else "latin-1")
    else:
        {"xlsx": write_xlsx, "xls": write_xls, "ods": write_ods}[kind](tmp_path / f"a.{kind}", rows)
    outcome = read_folder(tmp_path)
    assert outcome.hard == []
    assert outcome.figure("trau", "0701")[:3] == (1070, 3, 3)
    assert {f.code for f in outcome.findings if f.code in ("F110", "C203")} == {
        "F110" if kind == "csv" else "C203"
    }


def test_a_workbook_of_mixed_fonts(tmp_path: Path) -> None:
    setup(tmp_path)
    rows = commune((10, 1), (20, 2), (40, 4))
    rows[0] = [as_tcvn3(str(cell)) for cell in rows[0][:3]] + ["Số bò"]
    write_xlsx(tmp_path / "a.xlsx", [["Ủy ban xã"], *rows])
    outcome = read_folder(tmp_path)
    whole(outcome)
    assert outcome.hard == []


CSV_CASES: list[tuple[str, str, list[str]]] = [
    ("sep=;\r\n" + csv_text(GOOD, ";"), "the line Excel writes first", []),
    ("\ufeffsep=,\r\n" + csv_text(GOOD), "after a mark", []),
    (csv_text(GOOD).replace("\r\n", "\n"), "line feeds", []),
    (csv_text(GOOD).replace("\r\n", "\r"), "carriage returns", []),
    (csv_text(GOOD).replace("\r\n", "\r\n\r\n"), "blank lines", []),
    (csv_text(GOOD).rstrip(), "no last line break", []),
    (csv_text(GOOD) + "\x1a", "the end mark of DOS", []),
    (csv_text(GOOD) + ",,,\r\n" * 50, "empty records", []),
    (csv_text([[*row, None, None] if n % 2 else row for n, row in enumerate(GOOD)]), "ragged", []),
    (csv_text(GOOD).replace("Tên thôn", '"Tên\nthôn"'), "a header of two lines", []),
    (csv_text(GOOD).replace("Thôn 1", '"Thôn 1"').replace("Số trâu", '"Số trâu"'), "quotes", []),
    (
        csv_text([[f'"{cell}"' if isinstance(cell, int) else cell for cell in row] for row in GOOD]).replace(
            '"""', '"'
        ),
        "quoted figures",
        [],
    ),
    (
        csv_text(GOOD, ";")
        .replace("Số trâu;", "Số trâu;Tỷ lệ %;")
        .replace("10;1", "10;1,5;1")
        .replace("20;2", "20;2,5;2")
        .replace("40;4", "40;3,5;4"),
        "decimal commas",
        [],
    ),
    ('"Ghi chú: nộp chậm, xin thông cảm"\r\n' + csv_text(GOOD), "a title with a comma", []),
    (csv_text([*GOOD, ['Ghi chú: "kèm theo', None, None, None]]), "a quote in a note", []),
    (csv_text(GOOD).replace("Thôn 2,20", 'Thôn 2",20'), "a stray quote", []),
    (
        csv_text(GOOD).replace("Thôn 2,20", '"Thôn 2,20'),
        "an unclosed quote",
        ["F206", "U107", "C101", "C301"],
    ),
]


@pytest.mark.parametrize(("text", "what", "allowed"), CSV_CASES, ids=[what for _, what, _ in CSV_CASES])
def test_delimited_text(tmp_path: Path, text: str, what: str, allowed: list[str]) -> None:
    setup(tmp_path)
    (tmp_path / "a.csv").write_bytes(text.encode("utf-8"))
    outcome = read_folder(tmp_path)
    hard = {code for code, _ in outcome.hard}
    assert hard <= set(allowed), what
    assert outcome.faults == ()
    if not hard:
        whole(outcome)
    else:
        assert outcome.figure("trau", "070101")[0] == 10
        assert outcome.figure("trau", "070103")[0] == 40


def test_a_csv_with_nul_is_read_or_reported(tmp_path: Path) -> None:
    outcome = alone(
        tmp_path, "a.csv", csv_text(commune(villages=(W1, W2))).replace("Thôn 1", "Thôn\x00 1").encode()
    )
    assert [f.code for f in outcome.findings if f.file == "a.csv"] == ["F105"]


@pytest.mark.parametrize("name", ["a.txt", "a.dat", "a", "a.xls", "a.xlsx"])
def test_a_table_under_another_name(tmp_path: Path, name: str) -> None:
    outcome = alone(tmp_path, name, csv_text(commune(villages=(W1, W2))).encode())
    assert outcome.figure("trau") == (90, 5, 5, False, 0, False)
    assert outcome.codes == ["F109"]


@pytest.mark.parametrize("name", ["a.csv", "a.xls", "a.ods", "a.txt", "a.bak", "a"])
def test_a_workbook_under_another_name(tmp_path: Path, name: str) -> None:
    outcome = alone(tmp_path, name, xlsx_bytes())
    assert outcome.figure("trau") == (90, 5, 5, False, 0, False)
    assert outcome.codes == ["F109"]


# -- what costs too much -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "code"),
    [("seconds=1.5", "F107"), ("cells=20000", "F106"), ("memory=180", "F107"), ("file=5", "F106")],
)
def test_a_file_that_costs_too_much_costs_only_itself(tmp_path: Path, limit: str, code: str) -> None:
    folder = setup(tmp_path / "2021")
    write_thirty_returns(folder)
    write_costly_return(folder)
    ran = run("validate", folder, "--format", "json", "--limit", limit)
    assert ran.status == 1
    assert ran.data["summary"]["units_read"] == 30
    assert {f["code"] for f in ran.data["findings"] if f["file"]} == {code}
    assert len(ran.stderr.splitlines()) <= 3


def test_a_file_that_breaks_its_worker_costs_only_itself(tmp_path: Path) -> None:
    """More text than the worker may hold: the reader aborts, or has no memory left."""
    folder = setup(tmp_path / "2021")
    write_thirty_returns(folder)

    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        for row in range(40_000):
            page.write(row, 0, f"{row} " + "x" * 900)

    streamed(folder / "30.xlsx", fill)
    ran = run("validate", folder, "--format", "json", "--limit", "memory=110")
    assert ran.status == 1
    assert ran.data["summary"]["units_read"] == 30
    assert {f["code"] for f in ran.data["findings"] if f["file"]} == {"F107"}
    assert "panicked" not in ran.output
    assert "memory allocation" not in ran.output


@pytest.mark.parametrize("rows", [(1024, 4), (0, 0x7FFFFFFF)])
def test_dimensions_that_lie(tmp_path: Path, rows: tuple[int, int]) -> None:
    setup(tmp_path)
    path = write_xls(tmp_path / "a.xls", GOOD)
    data = bytearray(path.read_bytes())
    at = data.index(b"\x00\x02\x0e\x00") + 4
    data[at : at + 8] = rows[0].to_bytes(4, "little") + rows[1].to_bytes(4, "little")
    path.write_bytes(data)
    outcome = read_folder(tmp_path)
    assert outcome.hard == []
    whole(outcome)
