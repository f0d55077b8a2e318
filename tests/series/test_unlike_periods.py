"""Periods that cannot be compared: each is told with its reason, and no other figure suffers."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.command import CommandResult, run
from helpers.two_years import FORM, write_year

pytestmark = pytest.mark.slow

OTHER_FORM = """
[form]
id = "khac"
version = "1"
title = { vi = "Khác", en = "Other" }

[[table]]
code = "01"
level = "commune"
title = { vi = "Biểu 01", en = "Table 01" }

[[measure]]
code = "cay"
label = { vi = "Số cây", en = "Trees" }
unit = { vi = "cây", en = "trees" }
"""
REGISTER = "code,name,type,level,parent\n07,Hà Trung,tỉnh,province,\n0701,Mường 1,xã,commune,07\n"
ELSEWHERE = """\
code,name,type,level,parent
09,Xa Lạ,tỉnh,province,
0901,Mường Xa,xã,commune,09
090101,Thôn 1,thôn,village,0901
"""


def _other(folder: Path, form: str, units: str, returns: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "form.toml").write_text(form, encoding="utf-8")
    (folder / "units.csv").write_text(units, encoding="utf-8")
    (folder / "a.csv").write_text(returns, encoding="utf-8")
    return folder


def _no_figures(place: Path) -> Path:
    folder = write_year(place / "2016", {}, later=False)
    for path in folder.glob("xa-*.csv"):
        path.unlink()
    (folder / "hong.xlsx").write_bytes(b"PK\x03\x04 broken")
    return folder


def _half(place: Path) -> Path:
    folder = write_year(place / "2017", {}, later=False)
    for path in sorted(folder.glob("xa-*.csv"))[3:]:
        path.unlink()
    return folder


def _other_measures(place: Path) -> Path:
    return _other(place / "2018", OTHER_FORM, REGISTER, "Mã đơn vị,Tên đơn vị,Số cây\n0701,Mường 1,5\n")


def _other_units(place: Path) -> Path:
    head = "Mã thôn,Tên thôn,Số hộ,Số người,Số tổ,Hộ đạt,Đường\n"
    form = FORM.format(dat="", decimals=1)
    return _other(place / "2019", form, ELSEWHERE, f'{head}090101,Thôn 1,100,400,1,60,"1,5"\n')


UNLIKE = {
    "No figure of 2016 could be read": _no_figures,
    "The form of 2018 has no measure in common with 2021": _other_measures,
    "No unit of 2019 belongs to the area of 2021": _other_units,
    "2017: hard findings not settled: ": _half,
}


def _with(
    command: str, *places: Path, before: tuple[object, ...], more: tuple[object, ...] = ()
) -> CommandResult:
    return run(command, *before, *(word for place in places for word in ("--with", place)), *more)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("years")
    found = {told: write(place) for told, write in UNLIKE.items()}
    found["2020"] = write_year(place / "2020", {}, later=False)
    found["2021"] = write_year(place / "2021", {}, later=True)
    return found


@pytest.fixture(scope="module")
def alone(years: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of 2021 beside 2020."""
    target = tmp_path_factory.mktemp("alone") / "a.md"
    done = _with("report", years["2020"], before=(years["2021"],), more=("-o", target))
    assert done.status == 0, done.output
    return target.read_text("utf-8")


@pytest.mark.parametrize("told", UNLIKE)
def test_a_period_that_cannot_be_compared_is_told_and_changes_no_other_figure(
    years: dict[str, Path], alone: str, told: str, tmp_path: Path
) -> None:
    ends = _with(
        "year-end", years[told], years["2020"], before=(years["2021"],), more=("-o", tmp_path / "out")
    )
    assert ends.status == 0, ends.output
    assert told in ends.stderr
    text = tmp_path / "text.md"
    text.write_text("Năm 2021 có 5.000 hộ. Năm 2020 có 5.000 hộ.\n", encoding="utf-8")
    checked = _with("check-text", years[told], years["2020"], before=(text, years["2021"]))
    assert told in checked.stderr
    assert "Internal error" not in checked.stderr
    plain = _with("check-text", years["2020"], before=(text, years["2021"]))
    assert [line for line in checked.stdout.splitlines() if "→" in line and "2020" in line] == [
        line for line in plain.stdout.splitlines() if "→" in line and "2020" in line
    ]
    target = tmp_path / "a.md"
    done = _with("report", years[told], years["2020"], before=(years["2021"],), more=("-o", target))
    assert done.status == 0, done.output
    rows = [line for line in alone.splitlines() if line.startswith("| Households ")]
    assert rows
    assert rows[0] in target.read_text("utf-8")


@pytest.mark.parametrize("told", UNLIKE)
def test_a_period_of_which_nothing_is_known_is_no_change(
    years: dict[str, Path], told: str, tmp_path: Path
) -> None:
    target = tmp_path / "a.md"
    done = _with("report", years[told], before=(years["2021"],), more=("-o", target))
    assert done.status == 0, done.output
    text = target.read_text("utf-8")
    assert "100.0%)" not in text
    assert "-100" not in text
    assert not [line for line in text.splitlines() if "down" in line]


def test_a_folder_that_is_not_there_or_is_given_twice_is_misuse(
    years: dict[str, Path], tmp_path: Path
) -> None:
    text = tmp_path / "text.md"
    text.write_text("Năm 2021 có 5.000 hộ.\n", encoding="utf-8")
    for places, said in (
        ((years["2020"], tmp_path / "nowhere"), "S301"),
        ((years["2020"], years["2020"]), "given twice"),
        ((years["2020"], years["2021"]), "given twice"),
    ):
        for command, before in (("year-end", (years["2021"],)), ("check-text", (text, years["2021"]))):
            done = _with(command, *places, before=before)
            assert (done.status, said in done.stderr) == (2, True), done.output
