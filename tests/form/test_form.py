"""A valid form: what it tells the reader, its plan, its JSON Schema."""

from __future__ import annotations

import json
import pickle
from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from antq_stats.findings.setup_error import SetupError
from antq_stats.form import Form, levels_below, read_form, reading_plan
from antq_stats.words.text import text_key
from helpers.forms import EXAMPLE, FOUR_LEVELS, LIMITS, MINIMAL, form_of, units

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
    assert form.rules[0].expression.names == ("ho_dat", "tong_ho")


def test_what_a_measure_means_and_when_it_changed_is_read() -> None:
    more = """
    [letterhead]
    issuer = "Ủy ban MTTQ Việt Nam tỉnh Lào Cai"
    place = "Lào Cai"
    deadline = 2025-12-05
    recipients = ["Ban Thường trực", "Lưu: VT"]
    [[measure]]
    code = "c"
    label = { vi = "Số c" }
    up = "none"
    meaning = { vi = "Đếm một lần.", en = "Counted once." }
    source = "Luật 30/2023/QH15"
    break = { date = 2024-01-30, act = { vi = "Nghị định 86", en = "Decree 86" } }
    """
    form = form_of(MINIMAL.replace('id = "f"', "id = 'f'\nserves = { from = 2025 }") + more)
    assert form.about.serves is not None
    assert [year in form.about.serves for year in (2024, 2025, 2100)] == [False, True, True]
    assert form.due == date(2025, 12, 5)
    assert form.letterhead.recipients == ("Ban Thường trực", "Lưu: VT")
    measure = form.measure("c")
    assert measure.up == "none"
    assert measure.meaning is not None
    assert measure.meaning.say("en") == "Counted once."
    assert measure.source is not None
    assert [measure.source.say(lang) for lang in ("vi", "en")] == ["Luật 30/2023/QH15"] * 2
    assert measure.series_break is not None
    assert (measure.series_break.date, measure.series_break.act.en) == (date(2024, 1, 30), "Decree 86")
    assert form.measure("a").up == "sum"


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
        "decimals": 0,
        "summed": True,
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
    (fault,) = refused.value.findings  # thôn is another word for village
    assert (fault.code, fault.facts["level"], fault.facts["suggestion"]) == ("S106", "commune", "communes")
    assert fault.facts["expected"] == "one-of: tỉnh, communes, thôn"


def test_only_levels_below_those_of_the_register_may_be_empty() -> None:
    form = form_of(EXAMPLE)  # its tables are of villages and of communes
    assert levels_below(form, units("tỉnh", "xã")) == ("village",)
    assert levels_below(form, units("tỉnh", "xã", "thôn")) == ()
    assert levels_below(form, units("tỉnh")) == ("commune", "village")
    assert levels_below(form, units("region", "plant")) == ()


# --- the JSON Schema


def test_json_schema() -> None:
    schema = Form.json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["properties"]) == {
        *("form", "letterhead", "plausibility", "table", "section", "measure", "ratio", "ambiguous", "rule")
    }
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
