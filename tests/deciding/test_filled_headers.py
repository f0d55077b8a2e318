"""What an unknown header means, and whose a file is, is filled in in the list of findings and taken back."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from helpers.command import run
from helpers.office import convert
from helpers.returns import V1, W1, W2, commune, setup, write_xlsx

pytestmark = pytest.mark.slow
TODAY = {"SOURCE_DATE_EPOCH": "1638921600"}  # 2021-12-08
WHY = {"Lý do": "xã báo lại", "Bộ phận xử lý": "VP"}
COLUMN = "cột này là: Số bò"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = setup(tmp_path / "2021")
    rows = commune((12, 5), (3, 1), (60, 2))
    rows[0] = ["Mã thôn", "Tên thôn", "Số trâu", "Bò các loại", "Bò mộng"]
    write_xlsx(folder / "a.xlsx", [row if row is rows[0] else [*row, 9] for row in rows])
    write_xlsx(folder / "b.xlsx", commune((4, 1), (5, 2), villages=(W1, W2)))
    return folder


def list_of(folder: Path) -> tuple[Path, list[str], list[list[str]]]:
    """Write the list; return its path, its heads, and the texts of its rows."""
    path = folder.with_name("list.xlsx")
    run("validate", folder, "-o", path, "--lang", "vi")
    rows = [["" if each is None else str(each) for each in row] for row in
            openpyxl.load_workbook(path).active.iter_rows(values_only=True)]  # fmt: skip
    at = next(place for place, row in enumerate(rows) if row[0] == "STT")
    return path, rows[at], rows[at + 1 :]


def answer(heads: list[str], rows: list[list[str]], where: str, **answers: str) -> None:
    """Fill in the row whose message has a text."""
    (row,) = [row for row in rows if where in row[heads.index("Nội dung")]]
    for head, text in (WHY | {key.replace("_", " "): each for key, each in answers.items()}).items():
        row[heads.index(head)] = text


def taken(folder: Path, path: Path) -> list[tuple[str, ...]]:
    ran = run("decide", folder, path, "--yes", "--lang", "vi", env=TODAY)
    assert ran.status == 0, ran.output
    with (folder / "decisions.csv").open(encoding="utf-8-sig", newline="") as file:
        return [tuple(row[key] for key in ("decision", "unit", "measure", "file", "value"))
                for row in csv.DictReader(file)]  # fmt: skip


def cattle(folder: Path) -> object:
    return run("aggregate", folder, "--format", "json").data[1]["measures"]["bo"]["value"]


def test_an_unknown_header_offers_the_measures_that_the_sheet_lacks(folder: Path) -> None:
    _, heads, rows = list_of(folder)
    first = heads.index("Danh sách của") + 1
    found = {row[heads.index("Ô")]: [each for each in row[first:] if each] for row in rows if "T203" in row}
    assert found == {"D1": [COLUMN], "E1": [COLUMN]}


def test_of_two_unknown_headers_the_one_that_is_filled_in_counts(folder: Path) -> None:
    for header, total in (("Bò các loại", 8), ("Bò mộng", 27)):
        path, heads, rows = list_of(folder)
        answer(heads, rows, header, Quyết_định=COLUMN)
        write_xlsx(path, {"List": [heads, *rows[::-1]]})
        assert cattle(folder) is None
        assert taken(folder, path) == [("column", "0701", "bo", "", header)]
        assert cattle(folder) == total
        assert taken(folder, path) == [("column", "0701", "bo", "", header)], "a list is taken once"
        (folder / "decisions.csv").unlink()
        path.unlink()  # else it is kept, for what is filled in


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_a_list_with_headers_saved_by_another_program_is_taken(
    folder: Path, suffix: str, tmp_path: Path
) -> None:
    path, heads, rows = list_of(folder)
    answer(heads, rows, "Bò các loại", Quyết_định=COLUMN)
    book = openpyxl.load_workbook(path)
    at = next(cell.row for cell in book.active["A"] if cell.value == "STT")
    for number, row in enumerate(rows, start=at + 1):
        for column, text in enumerate(row, start=1):
            book.active.cell(number, column).value = text or None
    book.active.row_dimensions[at + 1].hidden = True  # filtered
    book.save(path)
    saved = convert(path, suffix, tmp_path / "saved")
    assert taken(folder, saved) == [("column", "0701", "bo", "", "Bò các loại")]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("cột này là", "cột này là: Số bò"),
        ("cột này là: Số trâu", "Bò các loại"),
        ("cột này là: Số voi", "Số voi"),
    ],
)
def test_a_meaning_that_is_not_offered_is_refused_with_its_cell(
    folder: Path, words: str, problem: str
) -> None:
    path, heads, rows = list_of(folder)
    answer(heads, rows, "Bò các loại", Quyết_định=words)
    write_xlsx(path, {"List": [heads, *rows]})
    ran = run("decide", folder, path, "--yes", "--lang", "vi", env=TODAY)
    assert ran.status == 1
    assert "S223" in ran.stderr
    assert not (folder / "decisions.csv").exists()
    assert problem in ran.stderr or words in ran.stderr


def test_whose_a_file_is_is_taken_from_the_list(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "a.xlsx", commune((12, 5), (3, 1), (60, 2)))
    write_xlsx(folder / "bao cao.xlsx", [["Tên thôn", "Số trâu", "Số bò"], [V1[1], 10, 1]])
    path, heads, rows = list_of(folder)
    row = next(row for row in rows if "U102" in row)
    asked = {**WHY, "Quyết định": "tệp này là của đơn vị", "Số đúng": "0702"}
    for head, text in asked.items():
        row[heads.index(head)] = text
    write_xlsx(path, {"List": [heads, *rows[::-1]]})
    assert taken(folder, path) == [("unit", "0702", "", "bao cao.xlsx", "")]
    figures = run("aggregate", folder, "--format", "json").data
    assert figures[2]["measures"]["trau"]["value"] == 10


@pytest.mark.parametrize("header", ["Bò tót và bò nhà", "Gia súc lớn khác nuôi tại hộ gia đình " * 4])
def test_a_header_of_two_rows_and_a_long_one_are_found_again(tmp_path: Path, header: str) -> None:
    folder = setup(tmp_path / "2021")
    rows = commune((5, 6), (1, 1), (1, 1), head=["", "", "Số trâu", header.strip()])
    write_xlsx(folder / "a.xlsx", [["Mã thôn", "Tên thôn", "Gia súc", "Gia súc"], *rows])
    path, heads, listed = list_of(folder)
    answer(heads, listed, header.strip(), Quyết_định=COLUMN)
    write_xlsx(path, {"List": [heads, *listed]})
    (line,) = taken(folder, path)
    assert line == ("column", "0701", "bo", "", f"Gia súc / {header.strip()}")
    assert cattle(folder) == 8


def test_a_header_of_a_file_of_several_senders_means_it_in_that_file(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Bò các loại"]
    rows = commune((5, 6), (7, 8), head=head, villages=(V1, W2))
    write_xlsx(folder / "huyen.xlsx", rows)
    path, heads, listed = list_of(folder)
    answer(heads, listed, "Bò các loại", Quyết_định=COLUMN)
    write_xlsx(path, {"List": [heads, *listed]})
    assert taken(folder, path) == [("column", "", "bo", "huyen.xlsx", "Bò các loại")]
    figures = run("aggregate", folder, "--format", "json").data
    assert [each["measures"]["bo"]["value"] for each in figures] == [14, 6, 8]


def test_a_header_that_was_changed_since_is_refused(folder: Path) -> None:
    path, heads, rows = list_of(folder)
    answer(heads, rows, "Bò các loại", Quyết_định=COLUMN)
    write_xlsx(path, {"List": [heads, *rows]})
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Dê các loại"]
    write_xlsx(folder / "a.xlsx", commune((5, 6), (1, 1), (1, 1), head=head))
    ran = run("decide", folder, path, "--yes", "--lang", "vi", env=TODAY)
    assert ran.status == 1
    assert "không còn điểm cần kiểm tra này" in ran.stderr
    assert not (folder / "decisions.csv").exists()


def test_a_decision_that_names_no_measure_is_told_so(folder: Path) -> None:
    path, heads, rows = list_of(folder)
    answer(heads, rows, "Bò các loại", Quyết_định="cột này là")
    write_xlsx(path, {"List": [heads, *rows]})
    ran = run("decide", folder, path, "--yes", "--lang", "vi", env=TODAY)
    assert "chưa rõ cột này là chỉ tiêu nào; chọn một trong các mục: cột này là: Số bò" in ran.stderr
