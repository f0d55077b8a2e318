"""Two periods on one day's boundaries: sums that stay, bounds that hold, and a reason where there is none."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from helpers.command import run
from helpers.places import SAMPLES
from helpers.returns import write_csv

FORM = """
[form]
id = "giong"
version = "3"
title = { vi = "Gieo trồng", en = "Planting" }

[[table]]
code = "01"
level = "commune"
title = { vi = "Biểu 01: Gieo trồng theo xã", en = "Table 01: planting by commune" }

[[measure]]
code = "trau"
label = { vi = "Số trâu", en = "Buffaloes" }
unit = { vi = "con", en = "head" }

[[measure]]
code = "bo"
label = { vi = "Số bò", en = "Cattle" }
unit = { vi = "con", en = "head" }

[[measure]]
code = "dien"
label = { vi = "Có điện", en = "Has power" }
kind = "flag"

[[measure]]
code = "cho"
label = { vi = "Số chợ có trong xã", en = "Markets" }
counts = "commune"

[[ratio]]
code = "ty_le_bo"
label = { vi = "Tỷ lệ bò", en = "Share of cattle" }
numerator = "bo"
denominator = "trau"
decimals = 1
"""
OLD = """\
code,name,type,level,parent
07,Hà Trung,tỉnh,province,
0701,An Bình,xã,commune,07
0702,Minh Quân,xã,commune,07
0703,Đông Khê,xã,commune,07
0704,Tây Sơn,xã,commune,07
"""
NEW = """\
code,name,type,level,parent
07,Hà Trung,tỉnh,province,
0701,Bình Minh,phường,commune,07
0703,Đông Khê,xã,commune,07
0705,Sơn Thượng,xã,commune,07
0706,Sơn Hạ,xã,commune,07
"""
CHANGES = """\
event,date,kind,from,to,share,act,source
nhap,2025-07-01,merge,0701,0701,,NQ 1,Công báo
nhap,2025-07-01,merge,0702,0701,,NQ 1,Công báo
chia,2025-07-01,split,0704,0705,{first},NQ 2,Công báo
chia,2025-07-01,split,0704,0706,{second},NQ 2,Công báo
"""
HEAD = ["Mã đơn vị", "Tên đơn vị", "Số trâu", "Số bò", "Có điện", "Số chợ có trong xã"]


def _period(folder: Path, units: str, rows: list[list[object]], changes: str | None = None) -> Path:
    folder.mkdir(parents=True)
    (folder / "form.toml").write_text(FORM, encoding="utf-8")
    (folder / "units.csv").write_text(units, encoding="utf-8")
    if changes is not None:
        (folder / "changes.csv").write_text(changes, encoding="utf-8")
    write_csv(folder / "a.csv", [HEAD, *rows])
    return folder


def _two(place: Path, first: str = "", second: str = "", changes: str | None = None) -> tuple[Path, Path]:
    old: list[list[object]] = [
        ["0701", "", 10, 5, "có", 1], ["0702", "", 20, 10, "có", 1],
        ["0703", "", 7, 3, "không", 1], ["0704", "", 9, 4, "có", 1],
    ]  # fmt: skip
    new: list[list[object]] = [
        ["0701", "", 36, 18, "có", 1], ["0703", "", 8, 4, "không", 1],
        ["0705", "", 5, 2, "có", 1], ["0706", "", 5, 3, "có", 1],
    ]  # fmt: skip
    told = CHANGES.format(first=first, second=second) if changes is None else changes
    return _period(place / "2024", OLD, old), _period(place / "2025", NEW, new, told)


def _json(*arguments: object) -> Any:
    done = run("compare", *arguments, "--format", "json")
    assert done.status == 0, done.output
    return done.data


def _of(data: Any, unit: str, code: str) -> Any:
    (found,) = [each for each in data["units"] if each["unit"] == unit]
    return found["measures"][code]


def test_counts_add_over_a_merger_and_the_sum_stays(tmp_path: Path) -> None:
    data = _json(*_two(tmp_path))
    assert (data["from"], data["to"], data["on"]) == ("2024", "2025", "2025-12-31")
    merged = _of(data, "0701", "trau")
    assert merged["from"] == {
        "value": 30, "low": 30, "high": 30, "given": 2, "expected": 2, "provisional": False,
    }  # fmt: skip
    assert (merged["to"]["value"], merged["change"], merged["percent"]) == (36, 6, 20.0)
    assert (merged["basis"], merged["reason"]) == ("exact", None)
    whole = _of(data, "07", "trau")
    assert (whole["from"]["value"], whole["to"]["value"], whole["basis"]) == (46, 54, "exact")


def test_changes_whose_acts_have_semicolons_are_read_by_the_commas_of_their_header(tmp_path: Path) -> None:
    sound = CHANGES.format(first="", second="")
    changes = re.sub(r"(?m)^(?!event,)(.+)$", rf"\1{';a' * 12}", sound)
    assert changes.count(";") > changes.count(",")
    data = _json(*_two(tmp_path, changes=changes))
    assert _of(data, "0701", "trau")["from"]["value"] == 30


def test_a_division_without_shares_has_bounds_and_no_change(tmp_path: Path) -> None:
    part = _of(_json(*_two(tmp_path)), "0705", "trau")
    assert (part["from"]["value"], part["from"]["low"], part["from"]["high"]) == (None, 0, 9)
    assert (part["basis"], part["change"], part["percent"]) == ("between", None, None)


def test_a_division_with_shares_is_estimated_and_the_parts_add_up(tmp_path: Path) -> None:
    data = _json(*_two(tmp_path, "1/3", "2/3"))
    parts = [_of(data, unit, "bo") for unit in ("0705", "0706")]
    assert [part["from"]["value"] for part in parts] == [1, 3]
    assert {part["basis"] for part in parts} == {"estimated"}
    assert _of(data, "07", "bo")["basis"] == "exact"


def test_flags_and_counts_of_units_are_not_compared_over_a_merger(tmp_path: Path) -> None:
    data = _json(*_two(tmp_path))
    for code in ("dien", "cho"):
        merged, kept = _of(data, "0701", code), _of(data, "0703", code)
        assert (merged["basis"], merged["reason"], merged["change"]) == (
            "not-comparable",
            "units-merged",
            None,
        )
        assert (kept["basis"], kept["reason"]) == ("exact", None)
    assert _of(data, "07", "dien")["reason"] == "units-merged"


def test_a_ratio_is_formed_anew_and_a_share_stays_a_share(tmp_path: Path) -> None:
    first, last = _two(tmp_path)
    data = _json(first, last)
    assert _of(data, "0701", "ty_le_bo")["from"]["value"] == 50.0
    part = _of(data, "0705", "ty_le_bo")["from"]
    assert (part["value"], part["low"], part["high"]) == (None, 0.0, None)  # a part may have cattle alone
    rule = '\n[[rule]]\ncode = "r1"\ncheck = "bo <= trau"\nseverity = "hard"\n'
    rule += 'message = { vi = "Bò quá số trâu", en = "More cattle than buffaloes" }\n'
    for folder in (first, last):
        with (folder / "form.toml").open("a", encoding="utf-8") as form:
            form.write(rule)
    part = _of(_json(first, last), "0705", "ty_le_bo")["from"]
    assert (part["value"], part["low"], part["high"]) == (None, 0.0, 100.0)
    assert _of(data, "07", "ty_le_bo")["change"] == 2.2


def test_on_the_older_boundaries_a_merger_is_bounded_and_a_division_is_exact(tmp_path: Path) -> None:
    data = _json(*_two(tmp_path), "--on", "A")
    assert data["on"] == "2024-12-31"
    merged, divided = _of(data, "0701", "trau"), _of(data, "0704", "trau")
    assert (merged["to"]["value"], merged["to"]["low"], merged["to"]["high"]) == (None, 0, 36)
    assert (divided["to"]["value"], divided["basis"]) == (10, "exact")
    assert _of(data, "07", "trau")["to"]["value"] == 54


def test_a_day_without_events_has_the_boundaries_of_its_period(tmp_path: Path) -> None:
    folders = _two(tmp_path)
    assert _json(*folders, "--on", "30/06/2025")["units"] == _json(*folders, "--on", "A")["units"]
    assert _json(*folders, "--on", "2025-07-01")["units"] == _json(*folders, "--on", "B")["units"]


def test_units_that_entered_and_left_are_listed_with_what_they_were_made_of(tmp_path: Path) -> None:
    data = _json(*_two(tmp_path))
    assert {each["unit"]: each["made_of"] for each in data["entered"]} == {
        "0701": ["0701", "0702"], "0705": ["0704"], "0706": ["0704"],
    }  # fmt: skip
    assert {each["unit"]: each["went_to"] for each in data["left"]} == {
        "0701": ["0701"], "0702": ["0701"], "0704": ["0705", "0706"],
    }  # fmt: skip


def test_a_definition_that_changed_between_the_periods_is_a_reason(tmp_path: Path) -> None:
    first, last = _two(tmp_path)
    changed = 'break = { date = 2025-03-01, act = { vi = "NĐ 1", en = "Decree 1" } }\n'
    text = (last / "form.toml").read_text(encoding="utf-8")
    (last / "form.toml").write_text(
        text.replace('code = "bo"\n', f'code = "bo"\n{changed}'), encoding="utf-8"
    )
    data = _json(first, last)
    for code in ("bo", "ty_le_bo"):
        figure = _of(data, "0703", code)
        assert (figure["reason"], figure["change"], figure["from"]["value"] is None) == (
            "definition",
            None,
            False,
        )


def test_the_csv_has_a_row_for_each_unit_and_measure(tmp_path: Path) -> None:
    done = run("compare", *_two(tmp_path), "--measure", "trau", "--format", "csv")
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [(row["unit"], row["from"], row["from_high"], row["to"], row["basis"]) for row in rows] == [
        ("07", "46", "46", "54", "exact"),
        ("0701", "30", "30", "36", "exact"),
        ("0703", "7", "7", "8", "exact"),
        ("0705", "", "9", "5", "between"),
        ("0706", "", "9", "5", "between"),
    ]


COLUMNS = "event,date,kind,from,to"
X = "x,2025-07-01"
MERGED = ("m,2025-07-01,merge,0701,0701", "m,2025-07-01,merge,0702,0701")


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [
        (["tu,den", "1,2"], "S211", None),
        ([COLUMNS, f"{X},merge,0702,"], "S212", 2),
        ([COLUMNS, "x,2025-13-01,merge,0702,0701"], "S212", 2),
        ([COLUMNS, f"{X},vanish,0702,0701"], "S212", 2),
        ([COLUMNS, f"{X},merge,0702,0701"], "S212", 2),
        ([COLUMNS + ",share", f"{X},split,0704,0705,0.4", f"{X},split,0704,0706,0.5"], "S215", 3),
        ([COLUMNS + ",share", f"{X},split,0704,0705,0.4", f"{X},split,0704,0706,"], "S215", 3),
        ([COLUMNS + ",share", f"{X},split,0704,0705,2", f"{X},split,0704,0706,-1"], "S212", 2),
        ([COLUMNS + ",share", f"{X},split,0704,0705,1e99999999", f"{X},split,0704,0706,"], "S212", 2),
        ([COLUMNS, f"{X},recode,0704,0705", "y,2025-07-01,recode,0704,0706"], "S212", 3),
        ([COLUMNS, "x,2023-07-01,recode,0702,0709", "y,2024-07-01,recode,0702,0701"], "S216", 3),
        ([COLUMNS, f"{X},merge,0702,0701", f"{X},merge,0703,0701"], "S214", 2),
    ],
)
def test_faults_of_the_changes_are_told_with_their_row(
    tmp_path: Path, rows: list[str], code: str, row: int | None
) -> None:
    done = run("compare", *_two(tmp_path, changes="\n".join(rows)), "--lang", "en")
    assert done.status == 2
    assert done.stderr.startswith(f"{code} "), done.stderr
    assert ("changes.csv" + (f" · {row}" if row else "")) in done.stderr.splitlines()[0]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    wrong = f"{COLUMNS}\nx,soon,merge,0702,0701\ny,2025-07-01,vanish,0703,\n,2025-07-01,merge,1,2"
    told = run("compare", *_two(tmp_path, changes=wrong), "--lang", "en").stderr
    assert told.count("S212") == 4


def _without_zeros(changes: str) -> str:
    return re.sub(r",0(7\d+)(?=,)", r",\1", changes)


def test_codes_of_the_changes_that_lost_their_zeros_are_restored(tmp_path: Path) -> None:
    lost = _without_zeros(CHANGES.format(first="", second=""))
    assert ",702,701," in lost
    first, last = _two(tmp_path, changes=lost)
    done = run("compare", first, last, "--format", "json", "--lang", "en")
    assert done.status == 0, done.output
    assert done.data == _json(*_two(tmp_path / "whole"))
    told = "changes.csv: 5 codes in this file had lost their leading zeros; the zeros were restored"
    assert f"{told}, for example 701 to 0701" in done.stderr
    assert told in run("form", "check", last, "--lang", "en").stderr
    found = run("validate", last, "--with", first, "--format", "json").data["findings"]
    assert [(each["code"], each["file"]) for each in found if each["code"] == "S208"] == [
        ("S208", "changes.csv")
    ]


def test_a_code_between_two_registers_that_lost_its_zero_is_as_long_as_the_others(tmp_path: Path) -> None:
    rows = ["x,2025-03-01,recode,704,708", "y,2025-07-01,split,708,705", "y,2025-07-01,split,708,706"]
    merged = [row.replace(",07", ",7") for row in MERGED]
    data = _json(*_two(tmp_path, changes="\n".join([COLUMNS, *rows, *merged])))
    assert {each["unit"]: each["made_of"] for each in data["entered"]}["0705"] == ["0704"]


def test_a_shorter_code_of_a_unit_between_two_registers_is_no_lost_zero(tmp_path: Path) -> None:
    """Other codes of the file have their zeros, so Excel took none: 704 is a unit of its own."""
    rows = ["x,2025-03-01,recode,0703,704", "y,2025-07-01,recode,704,0703"]
    split = ["z,2025-07-01,split,0704,0705", "z,2025-07-01,split,0704,0706"]
    first, last = _two(tmp_path, changes="\n".join([COLUMNS, *rows, *split, *MERGED]))
    done = run("compare", first, last, "--format", "json", "--lang", "en")
    assert (done.status, "leading zeros" in done.stderr) == (0, False), done.stderr
    assert {each["unit"]: each["made_of"] for each in done.data["entered"]}["0705"] == ["0704"]


@pytest.mark.parametrize("wrong", ["0799", "799", "71"])
def test_a_code_that_no_register_knows_is_not_guessed(tmp_path: Path, wrong: str) -> None:
    rows = [f"x,2025-07-01,recode,{wrong},0705", *MERGED]
    done = run("compare", *_two(tmp_path, changes="\n".join([COLUMNS, *rows])), "--lang", "en")
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith("S213 "), done.stderr
    assert wrong in done.stderr


def test_of_two_codes_that_differ_by_a_zero_none_is_guessed(tmp_path: Path) -> None:
    first, last = _two(tmp_path, changes=f"{COLUMNS}\nx,2025-07-01,recode,704,0705\n")
    with (first / "units.csv").open("a", encoding="utf-8") as register:
        register.write("00704,Tây Sơn Hạ,xã,commune,07\n")
    done = run("compare", first, last, "--lang", "en")
    assert done.status == 2
    assert "The code 704 is not in force on" in done.stderr


def test_of_very_many_faults_of_a_kind_the_first_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    wrong = [f"e{at},2025-07-01,{'vanish' if at % 4 else 'merge'},x{at}," for at in range(100_000)]
    first, last = _two(tmp_path, changes="\n".join([COLUMNS, *wrong]))
    for arguments in (("compare", first, last), ("form", "check", last)):
        done = run(*arguments, "--lang", "en")
        assert (done.status, done.stdout) == (2, "")
        told = done.stderr.splitlines()
        rows = [int(line.rpartition(" · ")[2]) for line in told if line.startswith("S212 ")]
        assert rows[:4] == [2, 3, 3, 4]  # a blank unit, and no kind of change with a blank unit
        assert len(told) < 300
        more = re.findall(
            r"There are ([\d,]+) more findings .* \(S212\) in this file, not listed: (.+)", done.stderr
        )
        counts = {problem: int(count.replace(",", "")) for count, problem in more}
        assert sum(counts.values()) + len(rows) == 175_000
        assert sorted(counts.values()) == [74_980, 99_980]


def test_faults_of_the_register_are_folded_too(tmp_path: Path) -> None:
    _, last = _two(tmp_path)
    with (last / "units.csv").open("a", encoding="utf-8") as register:
        register.writelines(f",Xã {at},xã,commune,07\n" for at in range(500))
    done = run("validate", last, "--lang", "en")
    assert done.status == 2
    assert done.stderr.count("S207 ") == 20
    assert "There are 480 more findings of the same kind (S207)" in done.stderr


def test_a_code_that_is_not_in_force_on_its_day_is_told(tmp_path: Path) -> None:
    first, last = _two(tmp_path)
    dated = NEW.replace("level,parent", "level,parent,valid_from").replace(
        "0705,Sơn Thượng,xã,commune,07", "0705,Sơn Thượng,xã,commune,07,2025-08-01"
    )
    (last / "units.csv").write_text(dated, encoding="utf-8")
    told = run("compare", first, last, "--lang", "en")
    assert (told.status, "S213" in told.stderr, "0705" in told.stderr) == (2, True, True)


def test_a_day_that_no_register_knows_is_misuse(tmp_path: Path) -> None:
    done = run("compare", *_two(tmp_path), "--on", "1999-01-01", "--lang", "en")
    assert done.status in (0, 2)
    assert run("compare", *_two(tmp_path / "b"), "--on", "some day", "--lang", "en").status == 2


FLAGS = ("thon_dang_ky_vh", "thon_dat_vh")


@pytest.mark.slow
def test_the_sample_of_2021_keeps_every_total_on_the_communes_of_2025() -> None:
    data = _json(SAMPLES / "2021", SAMPLES / "2025", "--by", "commune")
    before = run("aggregate", SAMPLES / "2021", "--by", "province", "--format", "json").data[0]["measures"]
    communes = [unit for unit in data["units"] if unit["level"] == "commune"]
    assert len(communes) == 99
    assert len(data["common"]["units"]) == 51
    checked = 0
    for code, figure in before.items():
        values = [unit["measures"][code]["from"] for unit in communes if code in unit["measures"]]
        if figure["value"] is None or not values:
            continue
        if data["common"]["measures"][code]["reason"] in (None, "definition") and code not in FLAGS:
            assert sum(value["value"] or 0 for value in values) == figure["value"], code
            assert data["common"]["measures"][code]["from"]["value"] == figure["value"], code
            checked += 1
    assert checked > 10
    province = data["units"][0]["measures"]["tong_ho"]
    assert (province["basis"], province["reason"]) == ("not-comparable", "part-missing")
    assert province["from"]["low"] == before["tong_ho"]["value"]


@pytest.mark.slow
def test_the_table_says_what_is_compared_with_what() -> None:
    told = " ".join(run("compare", SAMPLES / "2021", SAMPLES / "2025", "--lang", "vi").stdout.split())
    assert "phần địa bàn có số liệu ở cả hai kỳ (51/99 xã, phường)" in told
    assert "Tính theo địa giới năm 2025" in told
    assert "không so sánh: cách tính đã thay đổi" in told
    assert "trước và sau khi tính theo địa giới này bằng nhau" in told


# --- what a ratio's change is made of


def test_the_parts_of_a_ratio_s_change_add_up_to_it(tmp_path: Path) -> None:
    first, last = _two(tmp_path)
    rows: list[list[object]] = [["0701", "", 36, 18, "có", 1], ["0703", "", 8, 6, "không", 1]]
    write_csv(last / "a.csv", [HEAD, *rows])  # two communes have not answered
    done = run("compare", first, last, "--format", "json")
    parts = done.data["ratios"]["ty_le_bo"]
    change = parts["last"] - parts["first"]
    assert round(parts["real"] + parts["answered"] + parts["area"] - change, 5) == 0
    # 15/30 and 3/7 became 18/36 and 6/8: 18/37 against 24/44; all answered 22/46 before
    assert parts["real"] == pytest.approx(2400 / 44 - 1800 / 37, abs=1e-5)
    assert parts["answered"] == pytest.approx(1800 / 37 - 2200 / 46, abs=1e-5)
    assert parts["area"] == 0
    whole = _of(done.data, "07", "trau")
    assert (whole["reason"], whole["change"], whole["to"]["given"]) == ("incomplete", None, 2)
    told = " ".join(run("compare", first, last, "--lang", "en").stdout.split())
    assert ": 47.83% in 2024, 54.55% in 2025 (" in told, told
    assert "of which" in told


def test_the_line_on_a_ratio_s_change_says_which_ratios_it_is_of() -> None:
    """The table has the part that both years have, the line all figures of each."""
    done = run("compare", SAMPLES / "2021", SAMPLES / "2025", "--lang", "en", env={"COLUMNS": ""})
    told = " ".join(done.stdout.split())
    assert "from all figures of each period: 95.06% in 2021, 94.69% in 2025 (-0.36 points), of which" in told


def test_a_change_across_a_new_definition_is_not_split(tmp_path: Path) -> None:
    data = _json(*_two(tmp_path))
    assert set(data["ratios"]) == {"ty_le_bo"}
    first, last = _two(tmp_path / "b")
    changed = 'break = { date = 2025-03-01, act = { vi = "NĐ 1", en = "Decree 1" } }\n'
    text = (last / "form.toml").read_text(encoding="utf-8")
    (last / "form.toml").write_text(
        text.replace('code = "bo"\n', f'code = "bo"\n{changed}'), encoding="utf-8"
    )
    assert _json(first, last)["ratios"] == {}


# --- one period on other boundaries


def test_one_period_is_stated_on_another_day(tmp_path: Path) -> None:
    first, last = _two(tmp_path)
    (first / "changes.csv").write_text((last / "changes.csv").read_text(encoding="utf-8"), encoding="utf-8")
    dated = NEW.replace("level,parent", "level,parent,valid_from").replace(
        "commune,07\n", "commune,07,2025-07-01\n"
    )
    both = OLD.replace("level,parent", "level,parent,valid_from,valid_to")
    both = both.replace("commune,07\n", "commune,07,,2025-06-30\n").replace("province,\n", "province,,,\n")
    both += "".join(f"{line},\n" for line in dated.splitlines()[2:])
    (first / "units.csv").write_text(both, encoding="utf-8")
    done = run("aggregate", first, "--on", "2025-12-01", "--format", "json")
    assert done.status == 0, done.output
    figures = {unit["unit"]: unit["measures"]["trau"] for unit in done.data}
    assert (figures["07"]["value"], figures["0701"]["value"], figures["0703"]["value"]) == (46, 30, 7)
    assert (figures["0705"]["low"], figures["0705"]["high"], figures["0705"]["basis"]) == (0, 9, "between")
    table = run("aggregate", first, "--on", "2025-12-01", "--lang", "vi").stdout
    assert "Tính theo địa giới ngày 01/12/2025" in table
    assert "0 – 9" in table


@pytest.mark.slow
def test_the_sample_of_2021_is_stated_on_the_reform_by_the_built_in_register() -> None:
    done = run("aggregate", SAMPLES / "2021", "--on", "01/12/2025", "--by", "commune", "--format", "csv")
    rows = [row for row in csv.DictReader(done.stdout.splitlines()) if row["measure"] == "tong_ho"]
    communes = [row for row in rows if row["level"] == "commune"]
    assert len(communes) == 99
    assert sum(int(row["value"] or 0) for row in communes) == 217_046
    assert {row["basis"] for row in communes} == {"exact", "not-comparable"}
    named = {row["unit"]: row for row in communes}
    assert named["04663"]["name"] == "Phường Trung Tâm"
    assert named["04663"]["value"] == "4870"


def test_form_check_tells_the_faults_of_the_changes(tmp_path: Path) -> None:
    _, last = _two(tmp_path, changes=f"{COLUMNS}\n{X},vanish,0702,0701\n,2025-07-01,merge,1,2\n")
    told = run("form", "check", last, "--lang", "en")
    assert (told.status, told.stderr.count("S212")) == (2, 2)
    _, sound = _two(tmp_path / "b")
    assert run("form", "check", sound).status == 0


def test_a_blank_return_asks_beside_the_sum_of_the_units_that_were_merged(tmp_path: Path) -> None:
    folders = _two(tmp_path)
    for folder in folders:
        text = (folder / "form.toml").read_text(encoding="utf-8")
        (folder / "form.toml").write_text(
            text.replace('code = "trau"\n', 'code = "trau"\nmax_change = 0.1\n'), encoding="utf-8"
        )
    first, last = folders
    assert run("template", last, "--with", first, "-o", tmp_path / "blank").status == 0
    with zipfile.ZipFile(tmp_path / "blank" / "binh-minh.xlsx") as package:
        sheets = "".join(package.read(name).decode() for name in package.namelist() if "worksheets/" in name)
    assert re.search(r"\b30\b[^<]*\$?D\$?9|\$?D\$?9[^<]*\b30\b", sheets)
