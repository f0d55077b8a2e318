"""Blank returns saved by LibreOffice lose nothing, and their checks agree with those of the reader."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xlsxwriter

from antq_stats.expression import parse
from antq_stats.render.blank.conditions import Operand, excel_condition
from helpers.blank_returns import figures_of, fill, provenance_of
from helpers.command import CommandResult, run
from helpers.office import convert
from helpers.places import ROOT
from helpers.reading import read_file, read_folder
from helpers.returns import setup

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "data" / "samples" / "2021"
COMMUNE = "04324"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commune's blank return, filled in with the samples' figures."""
    folder = tmp_path_factory.mktemp("blank")
    ran: CommandResult = run("template", SAMPLE, "-o", folder / "out", "--under", COMMUNE, "--lang", "vi")
    assert ran.status == 0
    blank = folder / "out" / "luc-yen" / "muong-lai.xlsx"
    units = {code for layout in provenance_of(blank).tables for _, code in layout.units}
    figures = {key: value for key, value in figures_of(SAMPLE).items() if key[0] in units}
    return fill(blank, folder / "2021" / "muong-lai.xlsx", figures)


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls"])
def test_saved_by_another_program_it_is_read_without_loss(filled: Path, tmp_path: Path, suffix: str) -> None:
    saved = convert(filled, suffix, tmp_path)
    before, after = read_file(filled, SAMPLE), read_file(saved, SAMPLE)
    assert before.findings == []
    assert after.findings == []
    assert [(t.table, t.sheet, t.units, t.rows, t.values) for t in after.tables] == [
        (t.table, t.sheet, t.units, t.rows, t.values) for t in before.tables
    ]
    assert len(after.tables) >= 2
    assert sum(len(table.units) for table in after.tables) >= 8


@pytest.mark.office
def test_the_checks_in_the_sheet_say_what_is_wrong(filled: Path, tmp_path: Path) -> None:
    """The sheet marks what the reader would report, while figures are typed, and marks no correct row."""
    book = openpyxl.load_workbook(filled)
    sheet = book["Biểu 01"]
    heads = {str(cell.value).split("\n")[0]: cell.column for cell in sheet[7] if cell.value}
    achieved, registered = (
        heads["Hộ đạt gia đình văn hóa không có tội phạm, ma túy"],
        heads["Hộ đăng ký xây dựng gia đình văn hóa"],
    )
    sheet.cell(9, achieved).value = 700
    sheet.cell(10, registered).value = None
    sheet.cell(11, 4).value = 1.5
    broken = tmp_path / "2021" / "muong-lai.xlsx"
    broken.parent.mkdir()
    book.save(broken)
    saved = openpyxl.load_workbook(convert(broken, "xlsx", tmp_path / "saved"), data_only=True)["Biểu 01"]
    check = next(cell.column for cell in saved[6] if cell.value == "Kiểm tra (tự động)")
    said = [saved.cell(row, check).value or "" for row in range(9, 14)]
    assert "Số hộ đạt gia đình văn hóa không được lớn hơn số hộ đăng ký" in said[0]
    assert said[1].strip() == "Số ô bắt buộc còn trống: 1."
    assert said[2].startswith("Tổng số hộ: chỉ nhận số nguyên từ 1 đến 5.000.")
    assert said[3:] == ["", ""]
    total = saved.cell(16, registered).value
    assert saved.cell(16, 1).value == "Tổng cộng"
    assert total == sum(saved.cell(row, registered).value or 0 for row in range(9, 16))


@pytest.mark.office
def test_an_empty_blank_return_says_nothing_and_totals_nothing(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    run("template", folder, "-o", tmp_path / "out", "--under", "0702", "--lang", "vi")
    saved = convert(tmp_path / "out" / "minh-quan.xlsx", "ods", tmp_path / "2021")
    outcome = read_folder(folder)
    assert outcome.at("F209") == [(saved.name, "Biểu 01", None)]
    assert outcome.codes == ["F209"]


NAMES = ("a", "b", "c")


def random_amount(dice: random.Random, depth: int) -> str:
    if depth == 0 or dice.random() < 0.4:
        return dice.choice([*NAMES, *NAMES, "0", "1", "3", "0.1", "2.5"])
    sign = dice.choice("+-*/")
    left, right = random_amount(dice, depth - 1), random_amount(dice, depth - 1)
    return f"({left} {sign} {right})" if dice.random() < 0.9 else f"(-{left})"


def random_rule(dice: random.Random, depth: int) -> str:
    if depth == 0 or dice.random() < 0.5:
        sign = dice.choice(["==", "!=", "<", "<=", ">", ">="])
        return f"{random_amount(dice, 2)} {sign} {random_amount(dice, 2)}"
    left, right = random_rule(dice, depth - 1), random_rule(dice, depth - 1)
    word = dice.choice(["and", "or", "->", "==", "not"])
    return f"not ({left})" if word == "not" else f"(({left}) {word} ({right}))"


@pytest.mark.office
def test_formulas_judge_as_the_rules_do(tmp_path: Path) -> None:
    """Random rules on random rows, blanks and zeros among them: the sheet's verdict is the product's."""
    dice = random.Random(20211231)  # noqa: S311 - the same rules each time
    rules = [random_rule(dice, 2) for _ in range(150)]
    rows = [[dice.choice([None, 0, 0, 1, 2, 3, 7, 30, 999]) for _ in NAMES] for _ in range(40)]
    asked = tmp_path / "rules.xlsx"
    with xlsxwriter.Workbook(asked) as book:
        sheet = book.add_worksheet()
        for row, values in enumerate(rows):
            sheet.write_row(row, 0, values)
            cells = {n: Operand(f"${'ABC'[p]}{row + 1}", f"ISNUMBER(${'ABC'[p]}{row + 1})")
                     for p, n in enumerate(NAMES)}  # fmt: skip
            for place, rule in enumerate(rules):
                condition = excel_condition(parse(rule), cells.get)
                assert condition is not None
                sheet.write_formula(row, 3 + place, f"=IF(IFERROR({condition},FALSE),1,0)", None, -1)
    answered = openpyxl.load_workbook(convert(asked, "xlsx", tmp_path / "out"), data_only=True).active
    columns = {
        name: (
            np.array([values[place] or 0 for values in rows], dtype=np.int64),
            np.array([values[place] is not None for values in rows]),
        )
        for place, name in enumerate(NAMES)
    }
    judged = 0
    for place, rule in enumerate(rules):
        verdict = parse(rule).judge(columns)
        judged += int(verdict.failed.sum())
        found = [answered.cell(row + 1, 4 + place).value for row in range(len(rows))]
        assert found == verdict.failed.astype(int).tolist(), rule
    assert judged > 300


def test_a_rule_that_no_formula_can_say_is_left_to_the_reader() -> None:
    rule = parse("a <= z")
    assert excel_condition(rule, {"a": Operand("A1", "ISNUMBER(A1)")}.get) is None
    long = parse(" and ".join(f"a * {number} <= b * {number}" for number in range(1, 60)))
    names = {name: Operand(f"{'x' * 80}", "TRUE") for name in NAMES}
    assert excel_condition(long, names.get) is None
