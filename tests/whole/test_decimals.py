"""Measures with decimals from the cells of four file formats to every output: the same exact figures."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from helpers.blank_returns import fill_all
from helpers.command import CommandResult, run
from helpers.decimals import FIGURES, HEAD, total, write_period
from helpers.reading import read_folder
from helpers.returns import V1, V2, V3, W1, W2, write_xlsx

pytestmark = pytest.mark.slow

ROADS, PAVED, COST, HAMLETS = "1.744,8", "1.722,8", "2.953,478", "15"
"""The sums in Vietnamese: 1744.8 km, 1722.8 km, 2953.478 million đồng, 15 hamlets."""
ENGLISH = ("1,744.8", "1,722.8", "2,953.478", "15")


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("years")
    write_period(folder / "2020", "2020", km=2)
    write_period(folder / "2021")
    return folder


def ok(*arguments: object, lang: str = "vi") -> CommandResult:
    ran = run(*arguments, "--lang", lang)
    assert ran.status == 0, ran.output
    return ran


def test_the_sums_of_the_example_are_those_of_decimal_arithmetic(years: Path) -> None:
    assert [total(place) for place in range(4)] == list(map(Decimal, ("1744.8", "1722.8", "2953.478", "15")))
    outcome = read_folder(years / "2021")
    measures = [measure.code for measure in outcome.collection.form.measures]
    for unit, figures in FIGURES.items():
        assert [str(outcome.figure(code, unit[0])[0]) for code in measures] == list(map(str, figures))
    assert [outcome.sum(code) for code in measures] == [total(place) for place in range(4)]


def test_tables_and_records_write_the_decimals(years: Path) -> None:
    folder = years / "2021"
    table = ok("aggregate", folder).stdout
    assert all(figure in table for figure in (ROADS, PAVED, COST, "98,7%", "1,69", "1.711,0"))
    english = ok("aggregate", folder, lang="en").stdout
    assert all(figure in english for figure in (*ENGLISH, "98.7%"))
    markdown = ok("aggregate", folder, "--format", "md").stdout
    assert f"**{ROADS}** | **{PAVED}** | **{COST}** | **{HAMLETS}** | **98,7%** | **1,69**" in markdown
    root, *_ = csv.DictReader(io.StringIO(ok("aggregate", folder, "--format", "csv").stdout))
    assert [root[code] for code in ("duong", "cung_hoa", "kinh_phi", "xom", "ty_le_cung_hoa")] == [
        "1744.8", "1722.8", "2953.478", "15", "98.7",
    ]  # fmt: skip
    text = ok("aggregate", folder, "--by", "village", "--format", "json").stdout
    records = json.loads(text, parse_float=Decimal)
    assert records[0]["measures"]["kinh_phi"]["value"] == Decimal("2953.478")
    assert records[0]["ratios"]["kinh_phi_moi_km"] == {
        "value": Decimal("1.69"), "numerator": Decimal("2953.478"), "denominator": Decimal("1744.8"),
    }  # fmt: skip
    by_code = {record["unit"]: record["measures"] for record in records}
    for (code, _), figures in FIGURES.items():
        values = [by_code[code][name]["value"] for name in ("duong", "cung_hoa", "kinh_phi", "xom")]
        assert values == [Decimal(figure) for figure in figures]
    assert re.search(r'"value": 1711\.0,', text)  # as text would say it


def _numbers(path: Path) -> set[tuple[object, str]]:
    """Return the numbers of a workbook with their formats."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (cell.value, cell.number_format)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    }


def test_workbooks_hold_decimal_numbers_with_their_format(years: Path, tmp_path: Path) -> None:
    wanted = {(1744.8, "#,##0.0"), (1722.8, "#,##0.0"), (2953.478, "#,##0.000"), (15, "#,##0")}
    wanted |= {(33.8, "#,##0.0"), (1012.352, "#,##0.000")}
    ok("aggregate", years / "2021", "--format", "xlsx", "-o", tmp_path / "a.xlsx")
    assert wanted <= _numbers(tmp_path / "a.xlsx")
    ok("report", years / "2021", "--with", years / "2020", "-o", tmp_path / "r.xlsx")
    numbers = _numbers(tmp_path / "r.xlsx")
    assert wanted <= numbers
    assert {(1691.5, "#,##0.0"), (0.001, "#,##0.000")} <= numbers  # villages
    assert (1744.8, "#,##0.00") in numbers  # the earlier period had two decimals
    with zipfile.ZipFile(tmp_path / "r.xlsx") as book:
        sheets = b"".join(book.read(name) for name in book.namelist() if "worksheets/sheet" in name)
    assert b"<v>1711.0</v>" in sheets  # the digits of the decimal, not those of a binary number
    assert b"00000000001" not in sheets
    assert b"9999999999" not in sheets


@pytest.mark.parametrize("suffix", ["html", "docx", "md"])
def test_reports_write_the_decimals_and_check_text_finds_each_of_them(
    suffix: str, years: Path, tmp_path: Path
) -> None:
    for lang, figures in (("vi", (ROADS, PAVED, COST)), ("en", ENGLISH[:3])):
        report = tmp_path / f"report-{lang}.{suffix}"
        ok("report", years / "2021", "--with", years / "2020", "-o", report, lang=lang)
        content = report.read_bytes()
        if suffix == "docx":
            content = zipfile.ZipFile(report).read("word/document.xml")
        text = content.decode("utf-8")
        assert all(figure in text for figure in figures)
        if suffix != "html":
            ran = run("check-text", report, years / "2021", "--with", years / "2020", "--format", "json")
            wrong = [one for one in ran.data["numbers"] if one["verdict"] != "right"]
            # a ratio that is no percentage is not recognised in a text
            assert {one["measure"] for one in wrong} <= {"kinh_phi"}
            assert all(
                one["number"] in ("1,69", "1.69", "29,95", "29.95", "1,13", "1.13", "2") for one in wrong
            )


def test_the_script_of_the_page_gets_whole_steps_and_the_number_of_decimals(
    years: Path, tmp_path: Path
) -> None:
    page = tmp_path / "r.html"
    ok("report", years / "2021", "-o", page)
    found = re.search(
        r'<script type="application/json"[^>]*>(.*?)</script>', page.read_text("utf-8"), re.DOTALL
    )
    assert found
    roads, _, cost, hamlets, share, per_km = json.loads(found[1])["sections"][0]["columns"]
    columns = (roads, cost, hamlets, share, per_km)
    assert [column["decimals"] for column in columns] == [1, 3, 0, 1, 2]
    assert [column["values"][0] for column in columns] == [17448, 2953478, 15, 987, 169]


def test_findings_write_values_in_the_notation_of_the_language(tmp_path: Path) -> None:
    write_period(tmp_path / "2020", "2020", km=2)
    folder = write_period(tmp_path / "2021")
    rows = [[*V1, 12.6, 12.7, 0.5, 1], [*V2, 845.75, 1, 1, 1], [*V3, 12.5, 7.5, 7.5, 1]]
    (folder / "b.xls").unlink()
    write_xlsx(folder / "a.xlsx", [HEAD, *rows])
    ran = run("validate", folder, "--with", tmp_path / "2020", "--format", "json", "--lang", "vi")
    told = {(one["code"], one["unit"]): one for one in ran.data["findings"] if one["severity"] != "note"}
    assert set(told) == {("R101", "070101"), ("C308", "070102"), ("P101", "070103")}
    rule = "Đường cứng hóa nhiều hơn đường: Đường đã cứng hóa = 12,7 · Chiều dài đường = 12,6"
    assert told["R101", "070101"]["message"] == rule
    assert told["C308", "070102"]["value"] == "845.75"
    assert "Số 845,75 có nhiều chữ số thập phân hơn" in told["C308", "070102"]["message"]
    assert told["P101", "070103"]["value"] == "12.5"
    assert "Tăng 78,6% (7,00 → 12,5)" in told["P101", "070103"]["message"]
    english = run("validate", folder, "--with", tmp_path / "2020", "--lang", "en").stdout
    assert "Paved roads = 12.7 · Length of roads = 12.6" in english
    assert "The figure 845.75 has more decimals" in english
    copies = run("validate", folder, "--format", "xlsx", "-o", tmp_path / "list.xlsx", "--lang", "vi")
    assert copies.status == 1, copies.output


def test_a_blank_return_takes_decimals_and_comes_back_exactly(years: Path, tmp_path: Path) -> None:
    ok("template", years / "2021", "--with", years / "2020", "-o", tmp_path / "blanks")
    book = openpyxl.load_workbook(tmp_path / "blanks" / "minh-quan.xlsx")
    instructions = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert "phần thập phân sau dấu phẩy: 12,5" in instructions
    assert "Nhập số nguyên" not in instructions
    sheet = book.worksheets[1]
    rules = {rule.prompt: rule for rule in sheet.data_validations.dataValidation}
    (roads,) = [rule for prompt, rule in rules.items() if "33,30 km" in prompt]
    assert (roads.type, roads.formula1, roads.formula2) == ("decimal", "0.5", "2500.0")
    assert "từ 0,5 đến 2.500, nhiều nhất 1 chữ số sau dấu phẩy" in roads.prompt
    assert {rule.type for rule in rules.values()} == {"decimal", "whole"}
    codes = ("duong", "cung_hoa", "kinh_phi", "xom")
    typed = {
        (unit, code): float(figure)
        for (unit, _), figures in FIGURES.items()
        for code, figure in zip(codes, figures, strict=True)
    }
    folder = write_period(tmp_path / "2021")
    for path in folder.glob("[a-d].*"):
        path.unlink()
    fill_all(tmp_path / "blanks", folder, typed)
    outcome = read_folder(folder)
    assert [outcome.sum(code) for code in codes] == [total(place) for place in range(4)]


def test_receipts_and_a_provisional_range_have_decimals(tmp_path: Path) -> None:
    folder = write_period(tmp_path / "2021")
    rows = [[*V1, 12.5, None, 0.5, 1], [*V2, 1.5, 0.5, 1, 1], [*V3, 7, 2.5, 7.5, 1]]
    (folder / "b.xls").unlink()
    write_xlsx(folder / "a.xlsx", [HEAD, *rows])
    run("status", folder, "--receipts", tmp_path / "receipts", "--lang", "vi")
    receipt = (tmp_path / "receipts" / "a.xlsx.txt").read_text(encoding="utf-8")
    assert "Chiều dài đường: 21,0 km" in receipt
    assert "Kinh phí sửa đường: 9,000 triệu đồng" in receipt
    page = tmp_path / "r.html"
    run("report", folder, "-o", page, "--lang", "vi")
    # the paved roads of one village are missing: they can be 0 to all its 12.5 km
    assert "từ 34,6 đến 47,1" in page.read_text(encoding="utf-8")


def test_the_library_gives_decimals_and_frames_of_floats(years: Path) -> None:
    outcome = read_folder(years / "2021")
    sums = outcome.total
    figure = sums.figure("07", "duong")
    assert (figure.value, type(figure.value)) == (Decimal("1744.8"), Decimal)
    assert type(sums.figure("07", "xom").value) is int
    ratio = sums.ratio("07", "kinh_phi_moi_km")
    assert ratio.value == ratio.quotient == Fraction("2953.478") / Fraction("1744.8")
    frame = sums.frame(ratios=True)
    assert frame.loc["07", ("duong", "value")] == 1744.8
    assert frame.loc["07", ("ty_le_cung_hoa", "denominator")] == 1744.8
    assert str(frame["duong", "value"].dtype) == "Float64"
    assert str(frame["xom", "value"].dtype) == "Int64"
    values = outcome.collection.frame("01")
    assert values.loc[W2[0], "kinh_phi"] == 1000.007
    assert values.loc[W1[0], "duong"] == 0.5
