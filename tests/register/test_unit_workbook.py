"""units.xlsx and units.ods are read like units.csv: the same register, the same faults at the same rows."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest

from antq_stats.findings.setup_error import SetupError
from antq_stats.register.register import UnitRegister, load_register
from helpers.command import run
from helpers.returns import FORM, HEAD, UNITS, setup, write_csv, write_ods, write_xlsx

HEADER = ["Mã đơn vị", "Tên", "Loại", "Cấp", "Mã cấp trên", "Từ ngày", "Số hộ"]
LAO_CAI: list[list[object]] = [
    ["Danh mục đơn vị hành chính"],
    HEADER,
    [15, "Lào Cai", "tỉnh", "Tỉnh", None, dt.date(2025, 7, 1), None],
    [2647, "Lào Cai", "phường", "Xã", 15, dt.date(2025, 7, 1), 4200],
    [4252, "Yên Bái", "phường", "Xã", 15, dt.datetime(2025, 7, 1), None],  # noqa: DTZ001 - as Excel stores days
    ["04252001", "Tổ 1", None, "Thôn", 4252, None, 120],
]


def facts_of(register: UnitRegister) -> list[object]:
    units = register.units
    return [
        units.codes,
        units.names,
        units.kinds,
        units.level_names,
        list(units.parents),
        register.households,
    ]


def fault_of(path: Path) -> tuple[str, int | None, str | None]:
    with pytest.raises(SetupError) as caught:
        load_register(path, dt.date(2025, 12, 31))
    fault = caught.value.findings[0]
    return fault.code, fault.row, fault.facts.get("problem")


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_a_workbook_gives_the_register_of_the_text(tmp_path: Path, suffix: str) -> None:
    write = write_xlsx if suffix == "xlsx" else write_ods
    path = write(tmp_path / f"units.{suffix}", {"Ghi chú": [["Lập tháng 12"]], "Danh mục": LAO_CAI})
    text = write_csv(
        tmp_path / "units.csv", [["" if cell is None else cell for cell in row] for row in LAO_CAI]
    )
    on = dt.date(2025, 12, 31)
    register = load_register(path, on)
    assert register.units.codes == ("15", "02647", "04252", "04252001")
    assert register.levels == ("Tỉnh", "Xã", "Thôn")
    assert facts_of(register) == facts_of(load_register(text, on))
    (note,) = register.notes  # zeros that Excel took
    assert (note.code, note.facts["found"], note.facts["expected"]) == ("S208", "2647", "02647")


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_faults_name_the_row_of_the_sheet(tmp_path: Path, suffix: str) -> None:
    write = write_xlsx if suffix == "xlsx" else write_ods
    rows = [*LAO_CAI[:4], [], ["04252", "", "phường", "Xã", 15]]
    assert fault_of(write(tmp_path / f"units.{suffix}", rows))[:2] == ("S207", 6)
    assert fault_of(write(tmp_path / f"no-header.{suffix}", [["a", "b"], [1, 2]]))[2] == "no-header"


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    text = tmp_path / "units.xlsx"
    text.write_text(UNITS, encoding="utf-8")
    assert fault_of(text) == ("S201", None, "no-workbook")
    damaged = write_xlsx(tmp_path / "damaged.xlsx", LAO_CAI)
    damaged.write_bytes(damaged.read_bytes()[:-200])
    assert fault_of(damaged) == ("S201", None, "no-workbook")
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(6):
            package.writestr(f"{number}.xml", b"\0" * (100 << 20))
    assert fault_of(bomb) == ("S201", None, "too-large")


def test_a_hidden_sheet_is_not_the_register(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "units.xlsx", {"cũ": [["x"], [1]], "mới": LAO_CAI}, hidden=["cũ"])
    book = openpyxl.load_workbook(path)
    book.move_sheet("mới", -1)
    book["mới"].sheet_state = "hidden"
    book["cũ"].sheet_state = "visible"
    book.active = 1
    book.save(path)
    assert fault_of(path)[2] == "no-header"


def test_the_folder_s_register_may_be_a_workbook_and_there_may_be_only_one(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2025", form=FORM)
    rows = [line.split(",") for line in UNITS.splitlines()]
    (folder / "units.csv").unlink()
    write_xlsx(folder / "units.xlsx", rows)
    villages = ("070101", "070102", "070103", "070201", "070202")
    write_csv(folder / "a.csv", [HEAD, *([code, "", 1, 2] for code in villages)])
    checked = run("validate", folder, "--format", "json").data
    assert (checked["summary"]["hard"], checked["summary"]["units_read"]) == (0, 5)
    setup(folder)
    refused = run("validate", folder)
    assert refused.status == 2
    assert "units.xlsx" in refused.stderr
    assert "units.csv" in refused.stderr
