"""The samples of 2020, 2021, 2024 and 2025 hang together over two reforms: no total is lost on the way."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from helpers.command import run
from helpers.places import SAMPLES
from helpers.returns import write_csv

Units = dict[str, dict[str, Any]]

BETWEEN, AFTER = "2024-12-15", "2025-12-01"
"""Days after the mergers of communes of 1 December 2024, and after the reform of 1 July 2025."""
TWICE = (
    ("04264", "Phường Nguyễn Phúc", "04264", "Phường Hồng Hà", "04252", "Phường Yên Bái"),
    ("04267", "Phường Hồng Hà", "04264", "Phường Hồng Hà", "04252", "Phường Yên Bái"),
    ("04507", "Xã Đào Thịnh", "04510", "Xã Thành Thịnh", "04498", "Xã Trấn Yên"),
    ("04510", "Xã Việt Thành", "04510", "Xã Thành Thịnh", "04498", "Xã Trấn Yên"),
    ("04528", "Xã Nga Quán", "04522", "Xã Cường Thịnh", "04273", "Phường Nam Cường"),
    ("04561", "Xã Bảo Hưng", "04567", "Xã Minh Quân", "04543", "Phường Âu Lâu"),
    ("04774", "Xã Yên Bình", "04762", "Xã Bạch Hà", "04717", "Xã Thác Bà"),
)
"""Communes of 2021 that changed twice: code and name in 2021, in 2024 and in 2025."""
STAYED = {"04522", "04567", "04762"}
"""Communes that took in another in 2024 and kept their code and name."""


@cache
def _units(year: str, on: str = "", by: str = "commune") -> Units:
    """Return the units of a sample with their figures, by code, on a day's boundaries or on its own."""
    day = ("--on", on) if on else ()
    done = run("aggregate", SAMPLES / year, *day, "--by", by, "--format", "json")
    assert done.status == 0, done.output
    return {unit["unit"]: unit for unit in done.data}


@cache
def _compared(first: str, last: str, *more: str) -> Any:
    done = run("compare", SAMPLES / first, SAMPLES / last, *more, "--format", "json")
    assert done.status == 0, done.output
    return done.data


def _communes(units: Units) -> list[dict[str, Any]]:
    return [unit for unit in units.values() if unit["level"] == "commune"]


def _value(units: Units, unit: str, code: str = "tong_ho") -> Any:
    return units[unit]["measures"][code]["value"]


# --- the sample of 2024


@pytest.mark.slow
def test_the_sample_of_2024_has_no_finding_alone_or_beside_2021() -> None:
    for more in ((), ("--with", SAMPLES / "2021")):
        found = run("validate", SAMPLES / "2024", *more, "--format", "json")
        assert (found.status, found.data["findings"]) == (0, [])
        assert found.data["form"] == {"id": "antq", "version": "2021"}


@pytest.mark.slow
def test_2025_asks_nothing_beside_the_years_before() -> None:
    for last in ("2021", "2024"):
        found = run("validate", SAMPLES / "2025", "--with", SAMPLES / last, "--format", "json").data
        assert [finding for finding in found["findings"] if finding["severity"] != "info"] == []


@pytest.mark.slow
def test_its_register_is_the_one_in_force_and_its_villages_are_those_of_2021() -> None:
    found = _units("2024", by="village")
    levels = [unit["level"] for unit in found.values()]
    counted = [levels.count(level) for level in ("district", "commune", "village")]
    assert counted == [9, 168, 1365]
    with (SAMPLES / "2024" / "units.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len({(row["parent"], row["type"], row["name"]) for row in rows}) == len(rows)
    with (SAMPLES / "2021" / "units.csv").open(encoding="utf-8", newline="") as lines:
        before = {row["code"] for row in csv.DictReader(lines) if row["level"] == "village"}
    new = {row["code"] for row in rows if row["level"] == "village"} - before
    assert {code[:5] for code in new} == {"04264", "04510", "04522", "04567", "04762"}


@pytest.mark.slow
def test_its_figures_lie_between_those_of_the_years_beside_it() -> None:
    data = _compared("2021", "2024"), _compared("2024", "2025")
    for code in ("tong_ho", "to_tu_quan_antt", "tv_to_tu_quan", "ho_dang_ky_gdvh"):
        rises = [each["common"]["measures"][code]["change"] for each in data]
        assert min(rises) > 0, code


@pytest.mark.slow
def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in (SAMPLES / "2024").iterdir()) < 400_000


# --- totals on the boundaries of another day


@pytest.mark.slow
@pytest.mark.parametrize(
    ("year", "on", "communes", "parts"),
    [("2020", AFTER, 99, 51), ("2021", AFTER, 99, 51), ("2024", AFTER, 99, 51), ("2021", BETWEEN, 168, 168),
     ("2020", BETWEEN, 168, 168)],
)  # fmt: skip
def test_every_sum_of_a_year_is_the_sum_of_the_other_day_s_communes(
    year: str, on: str, communes: int, parts: int
) -> None:
    before, after = _units(year), _units(year, on)
    (province,) = [unit for unit in before.values() if unit["level"] == "province"]
    found = _communes(after)
    assert len(found) == communes
    assert sum(_value(after, unit["unit"]) is not None for unit in found) == parts
    checked = []
    for code, figure in province["measures"].items():
        figures = [unit["measures"][code] for unit in found]
        if {each["reason"] for each in figures} & {"units-merged", "not-summed"} or not figure["given"]:
            continue
        assert sum(each["value"] or 0 for each in figures) == figure["value"], code
        assert sum(each["given"] for each in figures) == figure["given"], code
        assert {each["basis"] for each in figures if each["value"] is not None} == {"exact"}, code
        checked.append(code)
    assert len(checked) == 14, checked  # all that were asked but two flags and the number of villages


@pytest.mark.slow
@pytest.mark.parametrize(("year", "on"), [("2021", BETWEEN), ("2021", AFTER), ("2024", AFTER)])
def test_a_ratio_of_a_merged_commune_is_that_of_its_sums(year: str, on: str) -> None:
    for unit in _communes(_units(year, on)):
        over, under = (unit["measures"][code]["value"] for code in ("ho_dat_gdvh", "tong_ho"))
        ratio = unit["ratios"]["ty_le_ho_dat"]
        assert ratio["value"] == (None if under is None else pytest.approx(over * 100 / under, abs=0.05))


@pytest.mark.slow
def test_titles_of_villages_are_not_added_where_communes_were_merged() -> None:
    after = _units("2021", BETWEEN)
    merged = {new for _, _, new, *_ in TWICE}
    for unit in _communes(after):
        for code in ("thon_dat_vh", "tong_thon"):
            figure = unit["measures"][code]
            expected = ("not-comparable", "units-merged") if unit["unit"] in merged else ("exact", None)
            assert (figure["basis"], figure["reason"]) == expected, (unit["unit"], code)


# --- the communes that both reforms changed, and the codes that were given again


@pytest.mark.slow
@pytest.mark.parametrize(("old", "name", "between", "name_between", "new", "name_new"), TWICE)
def test_a_commune_that_changed_twice_is_in_its_successors(
    old: str, name: str, between: str, name_between: str, new: str, name_new: str
) -> None:
    first, middle, last = _units("2021"), _units("2021", BETWEEN), _units("2021", AFTER)
    assert (first[old]["name"], middle[between]["name"], last[new]["name"]) == (name, name_between, name_new)
    parts = {code for code, _, into, *_ in TWICE if into == between} | {between} & STAYED
    assert len(parts) == 2
    assert old in parts
    for code in ("tong_ho", "tv_to_tu_quan", "luot_nguoi_tuyen_truyen"):
        assert _value(middle, between, code) == sum(_value(first, part, code) for part in parts)
    assert (old == between) or old not in middle
    data = _compared("2021", "2025")
    (entered,) = [each for each in data["entered"] if each["unit"] == new]
    assert parts <= set(entered["made_of"])
    assert _value(last, new) == sum(_value(first, part) for part in entered["made_of"])
    assert {each["unit"]: each["went_to"] for each in data["left"]}[old] == [new]


@pytest.mark.slow
@pytest.mark.parametrize("new", sorted({row[4] for row in TWICE}))
def test_two_steps_lead_where_one_leads(new: str) -> None:
    """What 2021 has on the communes of 2024, added up as 2024 is, is what it has on those of 2025."""
    middle, last = _units("2021", BETWEEN), _units("2021", AFTER)
    (entered,) = [each for each in _compared("2024", "2025")["entered"] if each["unit"] == new]
    assert sum(_value(middle, part) for part in entered["made_of"]) == _value(last, new)


@pytest.mark.slow
def test_the_code_of_phu_nham_is_that_of_trung_tam_today() -> None:
    before, after = _units("2021"), _units("2021", AFTER)
    assert (before["04663"]["name"], before["04285"]["name"]) == ("Xã Phù Nham", "Phường Trung Tâm")
    assert after["04663"]["name"] == "Phường Trung Tâm"
    assert "04285" not in after
    data = _compared("2021", "2025")
    (entered,) = [each for each in data["entered"] if each["unit"] == "04663"]
    parts = set(entered["made_of"])
    assert parts == {"04285", "04294", "04624", "04663"}
    assert _value(after, "04663") == sum(_value(before, part) for part in parts)
    assert _value(after, "04663") > _value(before, "04663") + _value(before, "04285")
    went = {each["unit"]: each["went_to"] for each in data["left"]}
    assert (went["04663"], went["04285"]) == (["04663"], ["04663"])


@pytest.mark.slow
def test_the_code_of_yen_bai_is_that_of_lao_cai_today_and_only_a_part_of_it_is_compared() -> None:
    assert _units("2021")["15"]["name"] == _units("2024")["15"]["name"] == "Tỉnh Yên Bái"
    assert _units("2021", AFTER)["15"]["name"] == "Tỉnh Lào Cai"
    assert "10" not in _units("2021") | _units("2021", AFTER)  # the former Lào Cai, which no sample has
    for first in ("2021", "2024"):
        data = _compared(first, "2025")
        province, own = data["units"][0], _value(_units(first), "15")
        assert (province["unit"], province["name"]) == ("15", "Tỉnh Lào Cai")
        figure = province["measures"]["tong_ho"]
        assert (figure["basis"], figure["reason"], figure["change"], figure["percent"]) == (
            "not-comparable", "part-missing", None, None,
        )  # fmt: skip
        assert (figure["from"]["value"], figure["from"]["low"], figure["from"]["high"]) == (None, own, None)
        assert figure["to"]["value"] == 423_800
        common = data["common"]["measures"]["tong_ho"]
        assert (len(data["common"]["units"]), common["basis"]) == (51, "exact")
        assert (common["from"]["value"], common["to"]["value"]) == (own, 226_228)
        assert common["change"] == 226_228 - own
        former = {unit["unit"] for unit in data["units"] if unit["level"] == "commune"}
        for unit in former - set(data["common"]["units"]):
            (missing,) = [each["measures"]["tong_ho"] for each in data["units"] if each["unit"] == unit]
            assert (missing["from"]["value"], missing["reason"]) == (None, "no-data"), unit


@pytest.mark.slow
def test_on_the_old_boundaries_2025_is_exact_for_yen_bai_and_a_range_for_its_communes() -> None:
    data = _compared("2024", "2025", "--on", "A", "--by", "commune")
    found = {unit["unit"]: unit["measures"]["tong_ho"] for unit in data["units"]}
    assert (found["15"]["from"]["value"], found["15"]["to"]["value"]) == (223_871, 226_228)
    assert found["15"]["basis"] == "exact"
    part = found["04663"]
    assert (part["basis"], part["to"]["value"], part["to"]["low"], part["change"]) == (
        "between", None, 0, None,
    )  # fmt: skip
    assert part["to"]["high"] == _value(_units("2025"), "04663")


# --- villages of merged communes

FORM = """
[form]
id = "thon"
version = "1"
title = { vi = "Số hộ", en = "Households" }

[[table]]
code = "01"
level = "village"
title = { vi = "Biểu 01: Số hộ theo thôn", en = "Table 01: households by village" }

[[measure]]
code = "ho"
label = { vi = "Số hộ", en = "Households" }
unit = { vi = "hộ", en = "households" }

[[measure]]
code = "dien"
label = { vi = "Có điện", en = "Has power" }
kind = "flag"
"""
OLD = """\
code,name,type,level,parent
07,Hà Trung,tỉnh,province,
0701,An Bình,xã,commune,07
070101,Thôn 1,thôn,village,0701
070102,Thôn Đông,thôn,village,0701
0702,Minh Quân,xã,commune,07
070204,Tổ dân phố số 4,tổ dân phố,village,0702
0703,Đông Khê,xã,commune,07
070301,Thôn 1,thôn,village,0703
"""
NEW = """\
code,name,type,level,parent
07,Hà Trung,tỉnh,province,
0709,Bình Minh,phường,commune,07
070911,Thôn 1,thôn,village,0709
070912,Thôn Đông,thôn,village,0709
070914,Tổ dân phố 4,tổ dân phố,village,0709
0703,Đông Khê,xã,commune,07
070301,Thôn 1,thôn,village,0703
"""
CHANGES = """\
event,date,kind,from,to
nhap,2025-07-01,merge,0701,0709
nhap,2025-07-01,merge,0702,0709
"""
HEAD = ["Mã thôn", "Tên thôn", "Số hộ", "Có điện"]


def _year(folder: Path, units: str, rows: list[list[object]]) -> Path:
    folder.mkdir()
    for name, text in (("form.toml", FORM), ("units.csv", units), ("changes.csv", CHANGES)):
        (folder / name).write_text(text, encoding="utf-8")
    write_csv(folder / "a.csv", [HEAD, *rows])
    return folder


def _two_years(place: Path) -> tuple[Path, Path]:
    before: list[list[object]] = [
        ["070101", "Thôn 1", 50, "có"], ["070102", "Thôn Đông", 60, "có"],
        ["070204", "Tổ dân phố số 4", 70, "không"], ["070301", "Thôn 1", 80, "có"],
    ]  # fmt: skip
    after: list[list[object]] = [
        ["070911", "Thôn 1", 90, "có"], ["070912", "Thôn Đông", 61, "có"],
        ["070914", "Tổ dân phố 4", 31, "có"], ["070301", "Thôn 1", 81, "có"],
    ]  # fmt: skip
    return _year(place / "2024", OLD, before), _year(place / "2025", NEW, after)


def test_a_number_is_no_name_where_communes_were_merged(tmp_path: Path) -> None:
    done = run("compare", *_two_years(tmp_path), "--by", "village", "--format", "json")
    assert done.status == 0, done.output
    found = {unit["unit"]: unit["measures"]["ho"] for unit in done.data["units"]}
    assert [(found[code]["change"], found[code]["reason"]) for code in found] == [
        (2 + 1, None),  # the province
        (90 + 61 + 31 - 180, None),  # the merged commune
        (None, "no-data"),  # Thôn 1 of the merged commune may be any of the old villages
        (1, None),  # Thôn Đông is named
        (None, "no-data"),
        (1, None),  # the commune that stayed,
        (1, None),  # and its Thôn 1
    ]
    (entered,) = [each for each in done.data["entered"] if each["unit"] == "0709"]
    assert entered["made_of"] == ["0701", "0702"]  # and not their villages once more


def test_a_title_stays_where_a_register_without_villages_has_the_commune_as_it_was(tmp_path: Path) -> None:
    first, _ = _two_years(tmp_path)
    head, *rows = OLD.splitlines()
    stays = ("07,", "0703,")
    dated = [f"{head},valid_from,valid_to", *(f"{row},," for row in rows if row.startswith(stays))]
    dated += [f"{row},,2025-06-30" for row in rows if not row.startswith(stays)]
    dated.append("0709,Bình Minh,phường,commune,07,2025-07-01,")
    (first / "units.csv").write_text("\n".join(dated) + "\n", encoding="utf-8")
    done = run("aggregate", first, "--on", "2025-12-01", "--by", "commune", "--format", "json")
    assert done.status == 0, done.output
    found = {unit["unit"]: unit["measures"]["dien"] for unit in done.data}
    assert (found["0703"]["value"], found["0703"]["basis"]) == (1, "exact")
    assert (found["0709"]["value"], found["0709"]["reason"]) == (None, "units-merged")


@pytest.mark.slow
def test_a_measure_that_nobody_gave_then_is_not_called_withheld(tmp_path: Path) -> None:
    """Villages free of young drug users are protected below the commune; 2024 has no figure of them."""
    page = tmp_path / "report.md"
    run("report", SAMPLES / "2025", "--with", SAMPLES / "2024", "-o", page, "--lang", "en")
    told = page.read_text(encoding="utf-8")
    assert (
        "villages free of young drug users (because 2024 counts units that were arranged differently)" in told
    )
    assert "is withheld)" not in told
