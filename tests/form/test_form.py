"""The form: what a valid one tells the reader, and what is reported of an invalid one."""

from __future__ import annotations

import json
import pickle
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.form import Form, load_form, read_form, reading_plan
from antq_stats.plan import Limits, Units
from antq_stats.words.text import text_key

EXAMPLE = """\
[form]
id = "antq-short"
version = "2021"
title = { vi = "Kết quả phong trào", en = "Results" }
issuer = { vi = "Ủy ban MTTQ Việt Nam tỉnh", en = "Front committee" }
from = 2020-12-01
to = 2021-11-30
due = 2021-12-10

[form.identity]
code = ["Mã đơn vị", "Mã thôn", "Mã"]
name = ["Tên đơn vị", "Thôn, bản, tổ dân phố", "Tên thôn"]
parent = ["Xã, phường, thị trấn", "Xã"]

[[table]]
code = "01"
level = "village"
title = { vi = "Biểu 01: Kết quả theo thôn", en = "Table 01: results by village" }

[[table]]
code = "02"
level = "commune"
title = { vi = "Biểu 02: Câu lạc bộ", en = "Table 02: clubs" }

[[section]]
code = "gdvh"
label = { vi = "Gia đình văn hóa", en = "Cultural families" }

[[measure]]
code = "tong_ho"
table = "01"
section = "gdvh"
label = { vi = "Tổng số hộ", en = "All households" }
unit = { vi = "hộ", en = "households" }
kind = "count"
min = 1
max = 2000
max_change = 0.10
aliases = ["Số hộ", "Tổng số hộ dân"]

[[measure]]
code = "ho_dat"
table = "01"
section = "gdvh"
label = { vi = "Hộ đạt", en = "Achieved" }
unit = { vi = "hộ", en = "households" }
kind = "count"
required = false
blank = "zero"
was = "ho_dat_cu"

[[measure]]
code = "thon_dat"
table = "01"
label = { vi = "Thôn đạt" }
kind = "flag"

[[measure]]
code = "clb"
table = "02"
label = { vi = "CLB", en = "Clubs" }
unit = { vi = "CLB", en = "clubs" }
kind = "count"
time = "flow"

[[measure]]
code = "nguoi_nghien"
table = "02"
label = { vi = "Người nghiện", en = "Users" }
unit = { vi = "người", en = "persons" }
kind = "count"
sensitive = "yes"
aliases = ["Tổng số hộ dân có người nghiện", "Số hộ"]

[[ratio]]
code = "ty_le"
section = "gdvh"
label = { vi = "Tỷ lệ (%)", en = "Share" }
numerator = "ho_dat"
denominator = "tong_ho"

[[ratio]]
code = "ty_le_thon"
label = { vi = "Tỷ lệ thôn", en = "Share of villages" }
numerator = "thon_dat"
denominator = "units"
decimals = 0

[[ratio]]
code = "clb_moi_ho"
label = { vi = "CLB trên nghìn hộ", en = "Clubs per 1000 households" }
numerator = "clb"
denominator = "tong_ho"
per = 1000

[[rule]]
code = "dat-khong-qua-tong"
check = "ho_dat <= tong_ho"
severity = "hard"
message = { vi = "Không lớn hơn", en = "Not greater" }

[[rule]]
code = "hai-bieu"
check = "clb <= tong_ho"
severity = "soft"
message = { vi = "Không lớn hơn", en = "Not greater" }
"""

MINIMAL = """\
[form]
id = "f"
version = "1"
title = { vi = "F" }

[[table]]
code = "t"
level = "village"
title = { vi = "T" }

[[measure]]
code = "a"
label = { vi = "Số a" }
kind = "count"

[[measure]]
code = "b"
label = { vi = "Số b" }
kind = "count"
"""

MEASURES = [
    "tong_ho",
    "tong_thon",
    "to_tu_quan_antt",
    "to_tu_quan_antt_moi",
    "tv_to_tu_quan",
    "to_tq_nhan_khau",
    "to_tq_ho_khau",
    "to_tq_tai_san",
    "to_tq_tri_an",
    "to_tq_cong_cong",
    "ho_dang_ky_gdvh",
    "ho_dat_gdvh",
    "thon_dang_ky_vh",
    "thon_dat_vh",
    "gia_dinh_ky_cam_ket_antt",
    "mh_tdp_khong_toi_pham",
    "thon_khong_tn_nghien",
    "xa_khong_tn_nghien",
    "clb_tn_pcmt",
    "clb_ban_giup_ban",
    "clb_pctp_tnxh",
    "clb_pn_3_khong",
    "pn_ky_cam_ket",
    "ccb_3_khong",
    "mh_2_khong_1_giam",
    "mh_2_khong_1_co",
    "mh_pc_mua_ban_nguoi",
    "xa_de_an_pcmt",
    "buoi_tuyen_truyen",
    "luot_nguoi_tuyen_truyen",
    "lop_tap_huan",
    "luot_nguoi_tap_huan",
    "nguoi_uy_tin_tham_gia",
    "cuoc_nhan_xet_danh_gia",
]
RESTRICTED = [
    "nguoi_nghien",
    "doi_tuong_toi_pham",
    "nguoi_tha_tu_truoc_han",
    "nguoi_chap_hanh_xong_an",
    "nguoi_duoc_giup_tai_hoa_nhap",
    "nguoi_duoc_hoc_nghe",
    "nguoi_duoc_gioi_thieu_viec",
    "ho_co_nguoi_pham_toi",
]
RATIOS = ["ty_le_ho_dat", "ty_le_ho_dang_ky", "ty_le_dat_tren_dang_ky", "ty_le_thon_dat"]
REQUIRED = {
    "01": {"tong_ho", "to_tu_quan_antt", "tv_to_tu_quan", "ho_dang_ky_gdvh", "ho_dat_gdvh", "thon_dat_vh"},
    "02": {
        "clb_tn_pcmt",
        "clb_ban_giup_ban",
        "clb_pctp_tnxh",
        "clb_pn_3_khong",
        "buoi_tuyen_truyen",
        "luot_nguoi_tuyen_truyen",
    },
    "03": set(),
}


def units(*levels: str) -> Units:
    return Units(levels, ("1",), ("Một",), ("",), ((),), (0,), (-1,))


FOUR_LEVELS = units("province", "district", "commune", "village")
LIMITS = Limits()


def form_of(text: str) -> Form:
    return read_form(text.encode(), "form.toml")


def faults_of(text: str | bytes) -> tuple[Finding, ...]:
    with pytest.raises(SetupError) as refused:
        read_form(text if isinstance(text, bytes) else text.encode(), "form.toml")
    found = refused.value.findings
    assert found
    assert all(finding.file == "form.toml" for finding in found)
    return found


def facts_of(text: str | bytes, code: str) -> dict[str, str]:
    """Return the facts of the only fault of a form."""
    (finding,) = faults_of(text)
    assert finding.code == code
    return dict(finding.facts)


# --- good forms


def test_a_form_is_read_as_it_is_written() -> None:
    form = form_of(EXAMPLE)
    assert (form.id, form.version, form.about.period) == ("antq-short", "2021", None)
    assert form.about.covers_from == date(2020, 12, 1)
    assert form.about.due == date(2021, 12, 10)
    assert [column.code for column in form.columns] == [
        *("tong_ho", "ho_dat", "thon_dat", "clb", "nguoi_nghien"),
        *("ty_le", "ty_le_thon", "clb_moi_ho"),
    ]
    households = form.measure("tong_ho")
    assert (households.min, households.max, households.max_change) == (1, 2000, Decimal("0.10"))
    assert (households.required, households.blank, households.time, households.sensitive) == (
        *(True, "missing"),
        *("stock", "no"),
    )
    assert form.measure("ho_dat").was == ("ho_dat_cu",)
    assert form.measure("clb").max is None
    assert form.label("ty_le", "en") == "Share"
    assert form.label("thon_dat", "en") == "Thôn đạt"
    assert [form.unit(code, "vi") for code in ("clb", "thon_dat", "ty_le", "clb_moi_ho")] == [
        "CLB",
        "",
        "%",
        "‰",
    ]
    assert form.ratio("ty_le_thon").decimals == 0
    assert form.table("02").level == "commune"
    assert [measure.code for measure in form.measures_of("02")] == ["clb", "nguoi_nghien"]
    assert [ratio.code for ratio in form.ratios_of(form.table("01"))] == ["ty_le", "ty_le_thon"]
    assert [[table.code for table in form.tables_of(rule)] for rule in form.rules] == [["01"], ["01", "02"]]
    assert form.rules[0].expression.names == ("ho_dat", "tong_ho")


@pytest.mark.parametrize("helper", ["measure", "ratio", "table"])
def test_helpers_raise_key_errors(helper: str) -> None:
    form = form_of(EXAMPLE)
    wrong = {"measure": "ty_le", "ratio": "tong_ho", "table": "03"}[helper]
    with pytest.raises(KeyError):
        getattr(form, helper)(wrong)
    with pytest.raises(KeyError):
        form.label("nothing", "vi")


def test_table_may_be_left_out_where_there_is_one() -> None:
    form = form_of(MINIMAL)
    assert [measure.code for measure in form.measures_of("t")] == ["a", "b"]
    assert form.table_of(form.measure("b")).code == "t"


@pytest.mark.parametrize(
    "encode", [lambda text: text.encode("utf-8-sig"), lambda text: text.replace("\n", "\r\n").encode()]
)
def test_forms_saved_by_notepad(encode: object) -> None:
    assert callable(encode)
    assert read_form(encode(EXAMPLE), "form.toml") == form_of(EXAMPLE)


def test_whole_max_change_and_several_former_codes() -> None:
    form = form_of(MINIMAL + 'max_change = 1\nwas = ["x", "y"]\n')
    assert form.measure("b").max_change == 1
    assert form.measure("b").was == ("x", "y")


def test_labels_are_composed_and_on_one_line() -> None:
    form = form_of(MINIMAL.replace("Số a", "So\u0302\u0301  a\\n (1)"))
    assert form.label("a", "vi") == "Số a (1)"


def test_forms_cannot_be_changed() -> None:
    form = form_of(MINIMAL)
    with pytest.raises(ValidationError):
        form.measure("a").min = 3


# --- the reading plan


def test_the_plan_holds_what_the_form_says() -> None:
    plan = reading_plan(form_of(EXAMPLE), FOUR_LEVELS, "2021", LIMITS)
    sent = pickle.loads(pickle.dumps(plan))  # noqa: S301 - our own bytes
    assert {field.name: getattr(sent, field.name) for field in fields(sent)} == {
        field.name: getattr(plan, field.name) for field in fields(plan)
    }
    assert (plan.form, plan.version, plan.period, plan.units, plan.limits) == (
        *("antq-short", "2021", "2021"),
        *(FOUR_LEVELS, LIMITS),
    )
    villages, communes = plan.tables
    assert [(table.code, table.level) for table in plan.tables] == [("01", 3), ("02", 2)]
    assert [measure.code for measure in villages.measures] == ["tong_ho", "ho_dat", "thon_dat"]
    assert villages.measures[0]._asdict() == {
        "code": "tong_ho",
        "flag": False,
        "required": True,
        "blank_is_zero": False,
        "minimum": 1,
        "maximum": 2000,
        "unit_keys": frozenset({"hộ", "households"}),
    }
    assert (villages.measures[1].required, villages.measures[1].blank_is_zero) == (False, True)
    assert (villages.measures[2].flag, villages.measures[2].maximum) == (True, 1)
    assert [tuple(ratio) for ratio in villages.ratios] == [
        ("ty_le", 1, 0, 100, 1),
        ("ty_le_thon", 2, -1, 100, 0),
    ]
    assert communes.ratios == ()
    assert villages.sections == {text_key("Gia đình văn hóa"), "cultural families"}


@pytest.mark.parametrize(
    ("header", "position"),
    [
        ("TỔNG SỐ HỘ", 0),
        ("Tổng số hộ (hộ)", 0),
        ("All households", 0),
        ("tong_ho", 0),
        ("Số hộ", 0),
        ("Số hộ (households)", 0),
        ("Hộ đạt", 1),
        ("Tỷ lệ", ~0),
        ("Tỷ lệ (%)", ~0),
        ("Share", ~0),
        ("Share %", ~0),
        ("Tỷ lệ thôn", ~1),
        ("Tỷ lệ thôn (%)", ~1),
        ("CLB", None),
        ("clb_moi_ho", None),
        ("hộ", None),
        ("", None),
    ],
)
def test_headers(header: str, position: int | None) -> None:
    villages = reading_plan(form_of(EXAMPLE), FOUR_LEVELS, "2021", LIMITS).tables[0]
    assert villages.keys.get(text_key(header)) == position


def test_restricted_headers_are_forbidden_below_their_level_unless_the_table_has_them() -> None:
    villages, communes = reading_plan(form_of(EXAMPLE), FOUR_LEVELS, "2021", LIMITS).tables
    assert villages.forbidden["người nghiện"] == "nguoi_nghien"
    assert villages.forbidden["người nghiện người"] == "nguoi_nghien"
    assert "số hộ" not in villages.forbidden
    assert not set(villages.forbidden) & set(villages.keys)
    assert communes.forbidden == {}


def test_titles() -> None:
    villages = reading_plan(form_of(EXAMPLE), FOUR_LEVELS, "2021", LIMITS).tables[0]
    expected = {"01", "biểu 01", "biểu 1", "biểu số 01", "biểu số 1", "table 01", "biểu 01 kết quả theo thôn"}
    assert expected <= villages.titles
    assert not {"1", "", "biểu", "kết quả theo thôn"} & villages.titles


def test_identity_words() -> None:
    silent = reading_plan(form_of(MINIMAL), FOUR_LEVELS, "p", LIMITS).identity
    assert {"mã đơn vị", "mã thôn", "mã", "code", "unit"} <= silent.code
    assert {"tên đơn vị", "thôn bản tổ dân phố", "tên thôn", "name"} <= silent.name
    assert {"xã phường thị trấn", "xã", "parent"} <= silent.parent
    assert not silent.code & silent.name
    assert not silent.name & silent.parent

    own = MINIMAL.replace(
        'title = { vi = "F" }', 'title = { vi = "F" }\nidentity.code = ["Facility", "Thôn"]'
    )
    spoken = reading_plan(form_of(own), FOUR_LEVELS, "p", LIMITS).identity
    assert spoken.code == {"facility", "thôn", "code", "unit"}
    assert "thôn" not in spoken.name  # the form's own word for another column goes before a default
    assert "tên thôn" in spoken.name

    taken = reading_plan(form_of(MINIMAL.replace("Số a", "Khu dân cư")), FOUR_LEVELS, "p", LIMITS).identity
    assert "khu dân cư" in silent.name
    assert "khu dân cư" not in taken.name


def test_levels_are_the_registers_own_words() -> None:
    plan = reading_plan(form_of(EXAMPLE), units("Province", "Commune", "Village"), "p", LIMITS)
    assert [table.level for table in plan.tables] == [2, 1]
    with pytest.raises(SetupError) as refused:
        reading_plan(form_of(EXAMPLE), units("tỉnh", "communes", "thôn"), "p", LIMITS)
    assert [finding.code for finding in refused.value.findings] == ["S106", "S106"]
    assert [finding.facts["level"] for finding in refused.value.findings] == ["village", "commune"]
    assert refused.value.findings[1].facts["suggestion"] == "communes"
    assert refused.value.findings[0].facts["expected"] == "one-of: tỉnh, communes, thôn"


# --- files that cannot be read


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"[form\n", "not-toml"),
        (b"[form]\nid = 'a'\nid = 'b'\n", "key-twice"),
        ("[form]\nid = 'Tổng'".encode("utf-16"), "not-utf-8"),
        ("[form]\nid = 'à'".encode("cp1252"), "not-utf-8"),
        (b"x = " + b"[" * 100_000, "not-toml"),
        (b"x = " + b"9" * 5000, "not-toml"),
        (b"x = 1e999999999999999999999", "not-toml"),
        (b"#" * (4 * 1024 * 1024 + 1), "too-large"),
        (b"PK\x03\x04\x00\x00", "not-toml"),
    ],
)
def test_unreadable(data: bytes, problem: str) -> None:
    assert facts_of(data, "S101")["problem"] == problem


def test_not_toml_says_where() -> None:
    (finding,) = faults_of("[form]\nid = 'a'\nversion 2021\n")
    assert (finding.code, finding.row, finding.facts["column"]) == ("S101", 3, "9")


def test_files_that_are_not_there_or_not_files(tmp_path: Path) -> None:
    for path, problem in (
        (tmp_path / "none.toml", "not-there"),
        (tmp_path, "not-a-file"),
        (Path("a\0b"), "cannot-open"),
    ):
        with pytest.raises(SetupError) as refused:
            load_form(path)
        (finding,) = refused.value.findings
        assert (finding.code, finding.file, finding.facts["problem"]) == ("S101", path.name, problem)
    path = tmp_path / "form.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    assert load_form(path) == form_of(MINIMAL)


# --- faults of one entry


@pytest.mark.parametrize(
    ("old", "new", "place", "expected", "found"),
    [
        ('id = "f"\n', "", "[form] / id", "key-missing", None),
        ('version = "1"', "version = 2021", "[form] / version", "text", "2021"),
        ('title = { vi = "F" }', "title = 'F'", "[form] / title", "table", "F"),
        ('title = { vi = "F" }', "title = { en = 'F' }", "[form] / title / vi", "key-missing", None),
        ('id = "f"', "id = '  '", "[form] / id", "text-not-empty", ""),
        ('id = "f"', f"id = '{'f' * 1001}'", "[form] / id", "shorter-text", "f" * 79 + "…"),
        ('id = "f"', "id = 'f'\nfrom = '2021-01-01'", "[form] / from", "date", "2021-01-01"),
        ('id = "f"', "id = 'f'\ndue = 2021-01-01T10:00:00", "[form] / due", "date", "2021-01-01T10:00:00"),
        (
            'id = "f"',
            "id='f'\nfrom=2021-12-01\nto=2021-01-01",
            "[form] / to",
            "not-before: 2021-12-01",
            "2021-01-01",
        ),
        ('id = "f"', "id = 'f'\nidentity.code = 'Mã'", "[form] / identity / code", "list", "Mã"),
        ('code = "a"', "code = 'Tổng hộ'", '[[measure]] 1 "Tổng hộ" / code', "identifier", "Tổng hộ"),
        ('code = "a"', "code = 'a-b'", '[[measure]] 1 "a-b" / code', "identifier", "a-b"),
        ('code = "a"', "code = 'units'", '[[measure]] 1 "units" / code', "not-reserved", "units"),
        ('code = "a"', "code = 'not'", '[[measure]] 1 "not" / code', "not-reserved", "not"),
        ('code = "a"', "code = 1", "[[measure]] 1 / code", "text", "1"),
        ('code = "a"\n', "", "[[measure]] 1 / code", "key-missing", None),
        ('code = "b"', "code = 'b'\nkind2 = 'x'", '[[measure]] 2 "b" / kind2', "key-unknown", "kind2"),
        ('code = "b"', "code = 'b'\nmin = -1", '[[measure]] 2 "b" / min', "at-least: 0", "-1"),
        ('code = "b"', "code = 'b'\nmin = 1.5", '[[measure]] 2 "b" / min', "whole-number", "1.5"),
        ('code = "b"', "code = 'b'\nmin = true", '[[measure]] 2 "b" / min', "whole-number", "true"),
        ('code = "b"', "code = 'b'\nmin = 7\nmax = 6", '[[measure]] 2 "b" / max', "at-least: 7", "6"),
        (
            'code = "b"',
            f"code='b'\nmax = {10**12}",
            '[[measure]] 2 "b" / max',
            f"at-most: {10**12 - 1}",
            f"{10**12}",
        ),
        (
            'code = "b"',
            f"code='b'\nmax = 0x{'f' * 5000}",
            '[[measure]] 2 "b" / max',
            f"at-most: {10**12 - 1}",
            "number",
        ),
        ('code = "b"', "code = 'b'\nrequired = 'no'", '[[measure]] 2 "b" / required', "true-or-false", "no"),
        ('code = "b"', "code = 'b'\nrequired = 1", '[[measure]] 2 "b" / required', "true-or-false", "1"),
        ('code = "b"', "code = 'b'\nmax_change = '10%'", '[[measure]] 2 "b" / max_change', "number", "10%"),
        ('code = "b"', "code = 'b'\nmax_change = nan", '[[measure]] 2 "b" / max_change', "number", "NaN"),
        (
            'code = "b"',
            "code = 'b'\nmax_change = -0.1",
            '[[measure]] 2 "b" / max_change',
            "at-least: 0",
            "-0.1",
        ),
        ('code = "b"', "code = 'b'\naliases = ['x', 3]", '[[measure]] 2 "b" / aliases / 2', "text", "3"),
        ('code = "b"', "code = 'b'\naliases = 'x'", '[[measure]] 2 "b" / aliases', "list", "x"),
        (
            'code = "b"',
            "code = 'b'\nblank = 'nil'",
            '[[measure]] 2 "b" / blank',
            "one-of: missing, zero",
            "nil",
        ),
        ('code = "b"', "code = 'b'\ntable = 'u'", '[[measure]] 2 "b" / table', "one-of: t", "u"),
        ('code = "b"', "code = 'b'\nsection = 's'", '[[measure]] 2 "b" / section', "one-of: ", "s"),
    ],
)
def test_faults_of_an_entry(old: str, new: str, place: str, expected: str, found: str | None) -> None:
    text = MINIMAL.replace(old, new, 1)
    assert text != MINIMAL
    facts = facts_of(text, "S102")
    assert (facts["place"], facts["expected"], facts.get("found")) == (place, expected, found)


def test_flags_go_no_further_than_one() -> None:
    text = MINIMAL + '[[measure]]\ncode = "c"\nlabel = { vi = "Cờ" }\nkind = "flag"\n'
    assert facts_of(text + "max = 2\n", "S102")["expected"] == "at-most: 1"
    assert facts_of(text + "min = 2\n", "S102")["place"].endswith("/ min")
    assert form_of(text + "min = 0\nmax = 1\n").measure("c").max == 1


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", ["[form]", "[[table]]", "[[measure]]"]),
        (MINIMAL[: MINIMAL.index("[[measure]]")], ["[[measure]]"]),
        (MINIMAL[: MINIMAL.index("[[table]]")], ["[[table]]", "[[measure]]"]),
        (MINIMAL.replace("[[table]]", "[table]"), ["[table]"]),
        (
            "measure = [1, {}]\n" + MINIMAL.partition("[[measure]]")[0],
            ["[[measure]] 1", *["[[measure]] 2 / "] * 2],
        ),
        ("form = 3\n" + MINIMAL[MINIMAL.index("[[table]]") :], ["[form]"]),
        (MINIMAL + "[[measures]]\ncode = 'c'\n", ["measures"]),
        (MINIMAL + "[rule]\ncode = 'c'\n", ["[rule]"]),
    ],
)
def test_faults_of_the_outline(text: str, places: list[str]) -> None:
    found = faults_of(text)
    assert {finding.code for finding in found} == {"S102"}
    assert len(found) == len(places)
    assert all(finding.facts["place"].startswith(place) for finding, place in zip(found, places, strict=True))


def test_suggestions_for_keys() -> None:
    facts = facts_of(MINIMAL.replace('code = "b"', 'code = "b"\nrequird = true'), "S102")
    assert facts["suggestion"] == "required"
    facts = facts_of(MINIMAL.replace('label = { vi = "Số b" }', 'label = { vi = "Số b", eng = "B" }'), "S102")
    assert facts["place"] == '[[measure]] 2 "b" / label / eng'
    assert facts["suggestion"] == "en"
    assert facts_of(MINIMAL + "[[measures]]\ncode = 'c'\n", "S102")["suggestion"] == "measure"


# --- faults between entries


def rule(check: str, code: str = "r") -> str:
    return f'[[rule]]\ncode = "{code}"\ncheck = "{check}"\nseverity = "hard"\nmessage = {{ vi = "m" }}\n'


def ratio(numerator: str, denominator: str, code: str = "q") -> str:
    return f"""[[ratio]]
code = "{code}"
label = {{ vi = "Tỷ lệ {code}" }}
numerator = "{numerator}"
denominator = "{denominator}"
"""


def test_rules_that_are_not_rules() -> None:
    (finding,) = faults_of(MINIMAL + rule("a <= = b"))
    assert (finding.code, finding.rule) == ("S103", "r")
    assert dict(finding.facts) == {
        "place": '[[rule]] 1 "r" / check',
        "problem": "unexpected",
        "column": "6",
        "found": "==",
    }
    assert facts_of(MINIMAL + rule("__import__('os').system('x')"), "S103")["problem"] == "unknown-sign"
    assert facts_of(MINIMAL + rule("("), "S103")["problem"] == "unexpected-end"


def test_names_that_no_measure_has() -> None:
    (finding,) = faults_of(
        MINIMAL.replace('"a"', '"tong_ho"') + rule("tong_hoo <= b and c9 > 1").replace("and c9 > 1", "")
    )
    assert (finding.code, finding.rule, finding.facts["name"]) == ("S105", "r", "tong_hoo")
    assert finding.facts["suggestion"] == "tong_ho"
    assert [finding.facts["name"] for finding in faults_of(MINIMAL + rule("xx <= yy + a"))] == ["xx", "yy"]
    assert facts_of(MINIMAL + ratio("a", "zz"), "S105")["place"] == '[[ratio]] 1 "q" / denominator'
    assert facts_of(MINIMAL + ratio("units", "a"), "S105")["name"] == "units"
    assert facts_of(MINIMAL + ratio("a", "b") + rule("q <= a"), "S105")["problem"] == "ratio-not-measure"
    facts = facts_of(MINIMAL + ratio("a", "b") + ratio("q", "b", "q2"), "S105")
    assert (facts["name"], facts["problem"]) == ("q", "ratio-not-measure")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (rule("1 <= 2"), "always-true"),
        (rule("a <= a"), "always-true"),
        (rule("a < a"), "always-false"),
        (rule("a / a == 1"), "always-true"),
        (rule("a <= b") + rule("b >= a", "s"), "same-rule"),
        (rule("a <= b") + rule("a > b", "s"), "rules-exclude"),
        (rule("a == b") + rule("a < b and a > 3", "s"), "rules-exclude"),
        (ratio("a", "a"), "ratio-constant"),
    ],
)
def test_rules_and_ratios_without_sense(more: str, problem: str) -> None:
    assert facts_of(MINIMAL + more, "S104")["problem"] == problem


def test_ratios_in_a_circle() -> None:
    assert facts_of(MINIMAL + ratio("a", "q"), "S104")["problem"] == "ratio-over-itself"
    found = faults_of(MINIMAL + ratio("a", "q2") + ratio("q", "b", "q2"))
    assert [(finding.code, finding.facts["problem"]) for finding in found] == [
        ("S104", "ratio-over-itself")
    ] * 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (MINIMAL + '[[measure]]\ncode = "a"\nlabel = { vi = "Khác" }\nkind = "count"\n', "a"),
        (MINIMAL + ratio("a", "b", "b"), "b"),
        (MINIMAL + '[[table]]\ncode = "u"\nlevel = "x"\ntitle = { vi = "U" }\n' * 2, "u"),
        (MINIMAL + '[[section]]\ncode = "s"\nlabel = { vi = "S" }\n' * 2, "s"),
        (MINIMAL + rule("a <= b") + rule("a <= 3"), "r"),
        (
            MINIMAL.replace('code = "a"', 'code = "a"\nwas = "x"').replace(
                'code = "b"', 'code = "b"\nwas = "x"'
            ),
            "x",
        ),
    ],
)
def test_codes_given_twice(text: str, name: str) -> None:
    if '"u"' in text:
        text = text.replace('kind = "count"', 'kind = "count"\ntable = "t"')
    facts = facts_of(text, "S107")
    assert facts["name"] == name
    assert facts["first"] != facts["second"]


@pytest.mark.parametrize(
    ("label", "aliases"),
    [
        ("SỐ  A.", "[]"),
        ("Số b", '["số a"]'),
        ("Số b", '["a"]'),
        ("Số b", '["So\\u0302\\u0301 a (1)"]'),
    ],
)
def test_aliases_that_collide(label: str, aliases: str) -> None:
    text = MINIMAL.replace('label = { vi = "Số b" }', f'label = {{ vi = "{label}" }}\naliases = {aliases}')
    facts = facts_of(text, "S108")
    assert (facts["first"], facts["second"]) == ("a", "b")
    assert facts["place"] == '[[measure]] 2 "b"'


def test_aliases_of_ratios_and_of_identity_columns_collide_too() -> None:
    facts = facts_of(MINIMAL + ratio("a", "b") + 'aliases = ["Số a"]\n', "S108")
    assert (facts["first"], facts["second"]) == ("a", "q")
    own = 'title = { vi = "F" }\nidentity.name = ["Số A"]'
    facts = facts_of(MINIMAL.replace('title = { vi = "F" }', own), "S108")
    assert (facts["first"], facts["second"], facts["alias"]) == ("a", "identity.name", "Số A")
    own = 'title = { vi = "F" }\nidentity.name = ["Nơi"]\nidentity.parent = ["nơi"]'
    facts = facts_of(MINIMAL.replace('title = { vi = "F" }', own), "S108")
    assert (facts["first"], facts["second"]) == ("identity.name", "identity.parent")


def test_the_same_header_may_stand_in_two_tables() -> None:
    two = MINIMAL.replace('code = "a"', 'code = "a"\ntable = "t"').replace(
        'code = "b"', 'code = "b"\ntable = "u"'
    )
    two = two.replace("Số b", "Số a") + '[[table]]\ncode = "u"\nlevel = "x"\ntitle = { vi = "U" }\n'
    assert len(form_of(two).tables) == 2


def test_a_table_must_be_named_where_there_are_two() -> None:
    text = MINIMAL + '[[table]]\ncode = "u"\nlevel = "x"\ntitle = { vi = "U" }\n'
    assert [(finding.facts["place"], finding.facts["expected"]) for finding in faults_of(text)] == [
        ('[[measure]] 1 "a" / table', "key-missing"),
        ('[[measure]] 2 "b" / table', "key-missing"),
    ]


def test_all_faults_at_once() -> None:
    text = (
        MINIMAL.replace('version = "1"', "version = 1")
        .replace('code = "a"\n', 'code = "a"\nkimd = "count"\naliases = ["Số b"]\n')
        .replace('kind = "count"', 'kind = "number"', 1)
        + ratio("a", "zz")
        + rule("a <= ")
        + rule("b <= b", "s")
        + rule("a < b", "s")
        + rule("nobody > 1", "u")
        + "[[section]]\ncode = 's'\n"
        + "[strange]\n"
    )
    found = sorted((finding.code, finding.facts.get("place", "")) for finding in faults_of(text))
    assert found == sorted(
        [
            ("S102", "strange"),
            ("S102", "[form] / version"),
            ("S102", '[[measure]] 1 "a" / kimd'),
            ("S102", '[[measure]] 1 "a" / kind'),
            ("S102", '[[section]] 1 "s" / label'),
            ("S103", '[[rule]] 1 "r" / check'),
            ("S104", '[[rule]] 2 "s" / check'),
            ("S105", '[[ratio]] 1 "q" / denominator'),
            ("S105", '[[rule]] 4 "u" / check'),
            ("S107", '[[rule]] 3 "s"'),
            ("S108", '[[measure]] 2 "b"'),
        ]
    )


def test_no_english_sentence_is_among_the_facts() -> None:
    text = "[form]\nid = 3\nx = 1\n[[measure]]\ncode = '1'\nlabel = 4\nkind = []\nmin = 'x'\n"
    faults = faults_of(text)
    assert len(faults) > 3
    for finding in faults:
        assert not {"input", "should", "valid", "Field"} & set(" ".join(finding.facts.values()).split())


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=10)
    | st.sampled_from(["a", "b", "a <= b", "t", "count"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["vi", "en", "code", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)
_KEYS = st.sampled_from(
    ["id", "version", "title", "identity", "code", "table", "label", "kind", "check", "numerator", "?"]
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["form", "table", "measure", "ratio", "rule", "section", "?"]),
        st.dictionaries(_KEYS, _VALUES),
    )
)
def test_any_toml_is_a_form_or_is_refused_with_findings(content: dict[str, dict[str, object]]) -> None:
    lines = []
    for name, entry in content.items():
        head = f"[{json.dumps(name)}]" if name in {"form", "?"} else f"[[{name}]]"
        lines += [head, *(f"{json.dumps(key)} = {_toml(value)}" for key, value in entry.items())]
    for finding in faults_of("\n".join(lines)):
        assert finding.code.startswith("S10")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(
            "".join(char for char in value if ord(char) >= 32 and ord(char) != 127), ensure_ascii=False
        )
    return "nan" if value is None else json.dumps(value)


# --- the JSON Schema


def test_json_schema() -> None:
    schema = Form.json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["properties"]) == {"form", "table", "section", "measure", "ratio", "rule"}
    assert set(schema["required"]) == {"form", "table", "measure"}
    assert schema["additionalProperties"] is False
    definitions = schema["$defs"]
    measure = definitions["Measure"]
    assert measure["properties"]["kind"]["enum"] == ["count", "flag"]
    assert measure["properties"]["max_change"]["type"] == "number"
    assert set(measure["required"]) == {"code", "label"}
    assert {"from", "to", "due", "identity"} <= set(definitions["About"]["properties"])
    assert "null" not in json.dumps(schema)
    for definition in definitions.values():
        assert all("description" in value for value in definition["properties"].values())


# --- the built-in form


def test_the_built_in_form_holds_the_catalogue_of_measures() -> None:
    form = load_form(None)
    assert (form.id, form.version) == ("antq", "2021")
    assert {measure.code for measure in form.measures} == {*MEASURES, *RESTRICTED}
    assert [ratio.code for ratio in form.ratios] == RATIOS
    assert [(table.code, table.level) for table in form.tables] == [
        ("01", "village"),
        ("02", "commune"),
        ("03", "commune"),
    ]
    assert {measure.code for measure in form.measures_of("03")} == set(RESTRICTED)
    assert all(measure.sensitive == "yes" for measure in form.measures_of("03"))
    assert {table: {m.code for m in form.measures_of(table) if m.required} for table in REQUIRED} == REQUIRED
    assert all(
        measure.kind == "flag"
        for measure in form.measures
        if measure.code in {"thon_dat_vh", "xa_de_an_pcmt"}
    )
    assert form.ratio("ty_le_ho_dat").denominator == "tong_ho"
    assert form.ratio("ty_le_thon_dat").denominator == "units"
    assert all(column.section and column.label.vi != column.label.en for column in form.columns)
    assert all(measure.unit is not None for measure in form.measures)
    assert (form.about.covers_from, form.about.covers_to, form.about.due) == (None, None, None)


def test_the_built_in_form_has_every_rule_that_is_a_rule() -> None:
    form = load_form(None)
    numbers = {rule.code.split("-")[0] for rule in form.rules}
    assert numbers == {
        "e02",
        "e03",
        "e04",
        "e05",
        "e06",
        "e07",
        "e08",
        "e09",
        "e10",
        "e11",
        "e13",
        "e16",
        "e17",
    }
    soft = {rule.code.split("-")[0] for rule in form.rules if rule.severity == "soft"}
    assert soft == {"e07", "e08", "e09", "e13", "e16", "e17"}
    across = {rule.code.split("-")[0] for rule in form.rules if len(form.tables_of(rule)) > 1}
    assert across == {"e04", "e16"}


def test_the_built_in_form_reads_officers_headers_and_no_ambiguous_ones() -> None:
    villages, communes, restricted = reading_plan(load_form(None), FOUR_LEVELS, "2021", LIMITS).tables

    def column(table: object, header: str) -> str | None:
        assert table in (villages, communes, restricted)
        plan = villages if table is villages else communes if table is communes else restricted
        position = plan.keys.get(text_key(header))
        if position is None:
            return None
        return plan.measures[position].code if position >= 0 else plan.ratios[~position].code

    assert column(villages, "Hộ đăng ký GĐVH") == "ho_dang_ky_gdvh"
    assert column(villages, "Hộ đạt gia đình văn hoá không có tội phạm, ma tuý") == "ho_dat_gdvh"
    assert column(villages, "Tổ tự quản\nANTT") == "to_tu_quan_antt"
    assert column(villages, "Số thành viên tổ tự quản (người)") == "tv_to_tu_quan"
    assert column(villages, "Tỷ lệ hộ gia đình văn hóa không có các tệ nạn (%)") == "ty_le_ho_dat"
    assert column(communes, "CLB phụ nữ “3 không”") == "clb_pn_3_khong"
    assert column(communes, "Tổng số thôn, bản, tổ dân phố") == "tong_thon"
    assert column(restricted, "Số người nghiện") == "nguoi_nghien"
    assert villages.forbidden[text_key("Người nghiện ma túy")] == "nguoi_nghien"
    for header in (
        "Hộ đăng ký đạt",
        "3 không",
        "Gia đình văn hóa",
        "Tỷ lệ đạt",
        "Tỷ lệ",
        "%",
        "Đạt",
        "Đăng ký",
        "Thành viên",
    ):
        assert [column(table, header) for table in (villages, communes, restricted)] == [None, None, None]
