"""The built-in register of the country: what is in force on a day, and what became of it."""

from __future__ import annotations

import gzip
import importlib.util
import sys
from collections import Counter
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.country import Country, CountryUnit, UnknownProvinceError, country
from helpers.places import ROOT

BEFORE = date(2025, 6, 30)
SINCE = date(2025, 7, 1)
YEAR_2021 = date(2021, 12, 31)
YEAR_2025 = date(2025, 12, 31)
PACKED = ROOT / "src" / "antq_stats" / "country" / "country.txt.gz"


@pytest.fixture(scope="module")
def land() -> Country:
    return country()


def communes(land: Country, on: date | None, *provinces: CountryUnit) -> list[CountryUnit]:
    wanted = provinces or land.provinces(on)
    return [unit for top in wanted for unit in land.units_of(top, on) if unit.level == "commune"]


# ---------------------------------------------------------------- how many there are


@pytest.mark.parametrize("on", [None, SINCE, YEAR_2025])
def test_since_july_2025_there_are_34_provinces_and_3321_communes(land: Country, on: date | None) -> None:
    assert Counter(unit.kind for unit in land.provinces(on)) == {"tỉnh": 28, "thành phố": 6}
    kinds = Counter(unit.kind for unit in communes(land, on))
    assert kinds == {"xã": 2621, "phường": 687, "đặc khu": 13}
    assert sum(kinds.values()) == 3321
    assert not [
        unit for top in land.provinces(on) for unit in land.units_of(top, on) if unit.level == "district"
    ]


def test_on_the_last_day_before_there_are_63_provinces_and_10035_communes(land: Country) -> None:
    assert len(land.provinces(BEFORE)) == 63
    assert len(communes(land, BEFORE)) == 10035


@pytest.mark.parametrize(
    ("on", "kinds"),
    [
        (date(2019, 12, 31), {"xã": 157, "phường": 13, "thị trấn": 10}),
        (date(2020, 2, 1), {"xã": 150, "phường": 13, "thị trấn": 10}),
        (YEAR_2021, {"xã": 150, "phường": 13, "thị trấn": 10}),
        (date(2024, 11, 30), {"xã": 150, "phường": 13, "thị trấn": 10}),
        (date(2024, 12, 31), {"xã": 146, "phường": 12, "thị trấn": 10}),
        (BEFORE, {"xã": 146, "phường": 12, "thị trấn": 10}),
    ],
)
def test_yen_bai_has_the_communes_of_each_year(land: Country, on: date, kinds: dict[str, int]) -> None:
    found = communes(land, on, land.province("Yên Bái", on))
    assert Counter(unit.kind for unit in found) == kinds


def test_changes_of_2025_are_9569_whole_and_1033_parts(land: Country) -> None:
    latest = [change for change in land.changes if change.day == SINCE]
    assert Counter(change.is_whole for change in latest) == {True: 9569, False: 1033}
    assert {change.kind for change in latest if not change.is_whole} == {"split"}


def test_changes_of_yen_bai_have_their_acts(land: Country) -> None:
    acts = Counter((change.day.isoformat(), change.act) for change in land.changes if change.act)
    assert acts == {
        ("2020-02-01", "871/NQ-UBTVQH14 (10/01/2020)"): 22,
        ("2024-12-01", "1239/NQ-UBTVQH15 (24/10/2024)"): 10,
        ("2025-07-01", "1673/NQ-UBTVQH15"): 168,
    }
    assert all(change.source for change in land.changes)


def test_every_merger_has_at_least_two_units_that_it_is_made_of(land: Country) -> None:
    made_of = Counter((change.day, change.new) for change in land.changes)
    merged = {(change.day, change.new) for change in land.changes if change.kind == "merge"}
    assert [unit for unit in merged if made_of[unit] == 1] == []
    assert made_of[date(2024, 12, 1), "04522"] == 2  # Cường Thịnh stayed, and Nga Quán came to it


# ---------------------------------------------------------------- a code is a unit on a date


def test_a_code_names_another_unit_after_the_reform(land: Country) -> None:
    before, after = land.unit("04663", BEFORE), land.unit("04663", SINCE)
    assert before is not None
    assert after is not None
    assert (before.full_name, after.full_name) == ("xã Phù Nham", "phường Trung Tâm")
    assert land.province("15", BEFORE).name == "Yên Bái"
    assert land.province("15", SINCE).name == "Lào Cai"
    assert land.unit("132") is None


def test_no_code_is_in_force_twice_on_a_day(land: Country) -> None:
    for on in (date(2019, 1, 1), YEAR_2021, date(2024, 12, 1), BEFORE, SINCE):
        codes = Counter(unit.code for unit in land.units if unit.is_in_force(on))
        assert max(codes.values()) == 1


def test_every_parent_is_in_force_with_its_child(land: Country) -> None:
    for on in (date(2019, 1, 1), YEAR_2021, BEFORE, SINCE):
        for top in land.provinces(on):
            seen: set[str] = set()
            for unit in land.units_of(top, on):
                assert unit is top or unit.parent in seen, unit
                seen.add(unit.code)


def test_a_commune_that_changed_twice_is_followed_through_both_changes(land: Country) -> None:
    fate = land.fate("04528", YEAR_2021, YEAR_2025)  # Nga Quán, then Cường Thịnh
    assert fate.is_whole
    assert land.fate("04528", YEAR_2021, date(2024, 12, 31)).codes == ("04522",)
    (after,) = fate.codes
    assert after == land.fate("04522", date(2024, 12, 31), YEAR_2025).codes[0]
    assert land.fate(after, YEAR_2025, YEAR_2025) == ((after,), None)


def test_no_commune_of_yen_bai_was_divided(land: Country) -> None:
    fates = [
        land.fate(unit.code, BEFORE, SINCE) for unit in communes(land, BEFORE, land.province("15", BEFORE))
    ]
    assert all(fate.is_whole and fate.since == SINCE for fate in fates)
    assert len({fate.codes for fate in fates}) == 51


def test_every_old_commune_belongs_to_communes_of_today(land: Country) -> None:
    today = {unit.code for unit in communes(land, None)}
    reached: set[str] = set()
    divided = 0
    for unit in communes(land, BEFORE):
        fate = land.fate(unit.code, BEFORE, SINCE)
        reached.update(fate.codes)
        divided += not fate.is_whole
    assert reached <= today
    islands = {land.unit(code).name for code in today - reached}  # type: ignore[union-attr]
    assert islands == {
        "Bạch Long Vĩ",
        "Cồn Cỏ",
        "Hoàng Sa",
        "Lý Sơn",
        "Côn Đảo",
    }  # districts without communes
    assert divided == len({change.old for change in land.changes if not change.is_whole})


def test_communes_of_today_have_their_place_on_the_map(land: Country) -> None:
    for unit in communes(land, None):
        assert unit.latitude is not None
        assert unit.longitude is not None
        assert 7 < unit.latitude < 24
        assert 102 < unit.longitude < 118
    assert {unit.latitude for unit in communes(land, BEFORE)} == {None}


def test_both_spellings_of_a_name_are_known(land: Country) -> None:
    district = land.unit("137", YEAR_2021)
    assert district is not None
    assert (district.name, district.aliases) == ("Mù Cang Chải", ("Mù Căng Chải",))
    commune = land.unit("04486", YEAR_2021)
    assert commune is not None
    assert (commune.name, commune.aliases) == ("Dế Xu Phình", ("Dế Su Phình",))


def test_the_register_says_since_when_its_list_is_known(land: Country) -> None:
    assert land.listed_on(land.province("Yên Bái", BEFORE)) == date(2020, 1, 31)
    assert land.listed_on(land.province("Huế", BEFORE)) == BEFORE
    assert land.listed_on(land.province("Huế")) == SINCE


# ---------------------------------------------------------------- provinces by name


@pytest.mark.parametrize(
    "named", ["15", "Lào Cai", "tỉnh Lào Cai", " LÀO CAI ", "La\u0300o Cai", "T. Lào Cai"]
)
def test_a_province_is_found_by_code_and_by_name(land: Country, named: str) -> None:
    assert land.province(named).code == "15"


@pytest.mark.parametrize("named", ["Thành phố Hồ Chí Minh", "TP Hồ Chí Minh", "TP. Hồ Chí Minh", "79"])
def test_a_city_is_found_however_it_is_abbreviated(land: Country, named: str) -> None:
    assert land.province(named).name == "Hồ Chí Minh"


def test_a_lost_zero_of_a_code_is_no_obstacle(land: Country) -> None:
    assert land.province("1").name == "Hà Nội"


@pytest.mark.parametrize(
    ("named", "near"),
    [
        ("lao cai", "Lào Cai"),
        ("Lao Cay", "Lào Cai"),
        ("tp hcm", "Hồ Chí Minh"),
        ("tinh thanh hoa", "Thanh Hóa"),
    ],
)
def test_a_near_miss_is_suggested_and_never_taken(land: Country, named: str, near: str) -> None:
    with pytest.raises(UnknownProvinceError) as caught:
        land.province(named)
    assert caught.value.near[0].name == near
    assert caught.value.former is None


@pytest.mark.parametrize(("named", "former"), [("Yên Bái", "Yên Bái"), ("10", "Lào Cai")])
def test_a_province_of_another_day_is_told_with_what_it_belongs_to(
    land: Country, named: str, former: str
) -> None:
    with pytest.raises(UnknownProvinceError) as caught:
        land.province(named)
    assert caught.value.former is not None
    assert caught.value.former.name == former
    assert [unit.code for unit in caught.value.near] == ["15"]


def test_every_province_is_found_by_its_own_names(land: Country) -> None:
    for on in (BEFORE, SINCE):
        for top in land.provinces(on):
            assert land.province(top.code, on) is top
            assert land.province(top.name, on) is top
            assert land.province(top.full_name, on) is top


@given(st.text())
def test_any_text_is_a_province_or_a_suggestion(named: str) -> None:
    with suppress(UnknownProvinceError):
        assert country().province(named).level == "province"


# ---------------------------------------------------------------- the packed file


def test_the_packed_register_is_small() -> None:
    assert PACKED.stat().st_size < 200_000
    assert PACKED.read_bytes()[4:8] == bytes(4)  # no time in the header


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    path = ROOT / "scripts" / "make_country.py"
    spec = importlib.util.spec_from_file_location("make_country", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


OLD = "code,name,type,level,parent,valid_from,valid_to\n"
SOURCES = {
    "units-vn-2025.csv": "code,name,type,level,parent,valid_from,valid_to,lat,lon\n"
    "02,A,tỉnh,province,,2025-07-01,,21,105\n00021,Một,xã,commune,02,2025-07-01,,21.5,105.5\n",
    "units-vn-2024.csv": OLD + "01,B,tỉnh,province,,,2025-06-30\n02,A,tỉnh,province,,,2025-06-30\n"
    "002,H,huyện,district,02,,2025-06-30\n00021,Một,xã,commune,002,,2025-06-30\n"
    "03,C,tỉnh,province,,,2025-06-30\n",
    "units-yenbai-2021.csv": OLD + "02,A,tỉnh,province,,,2025-06-30\n002,H,huyện,district,02,,2025-06-30\n"
    "00021,Mốt,xã,commune,002,,2025-06-30\n00022,Hai,xã,commune,002,,2024-11-30\n",
    "units-yenbai-2024.csv": OLD + "02,A,tỉnh,province,,,2025-06-30\n002,H,huyện,district,02,,2025-06-30\n"
    "00021,Một,xã,commune,002,,2025-06-30\n",
    "unit-aliases.csv": "code,alias,kind,note\n00021,Muốt Một,spelling,seen\n"
    "00021,Khác,spelling,another unit\n",
    "changes-vn-2025.csv": "date,from_code,from_name,from_type,from_district,from_province,to_code,to_name,"
    "to_type,to_province,extent\n2025-07-01,00021,Một,xã,002,02,00021,Một,xã,02,whole\n",
    "changes-2025.csv": "old_code,new_code,legal_basis\n00021,00021,1/NQ\n",
    "changes-2020-2024.csv": "old_code,old_name,old_type,old_district_code,new_code,relation,effective_from,"
    "legal_basis,checked\n00023,Ba,xã,002,00022,merged_full,2020-02-01,2/NQ,two sources\n"
    "00022,Hai,xã,002,00021,merged_full,2024-12-01,3/NQ,two sources\n",
}


def test_the_same_sources_give_the_same_bytes(maker: ModuleType, tmp_path: Path) -> None:
    for name, text in SOURCES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    first = maker.packed(maker.read(tmp_path))
    assert first == maker.packed(maker.read(tmp_path))
    columns = [line.split("\t") for line in gzip.decompress(first).decode().split("\n")]
    table = {head: values for head, *values in columns}
    assert table["code"] == ["01", "02", "002", "00021", "00022", "00023", "03", "02", "00021"]
    assert table["valid_to"][4:6] == ["2024-11-30", "2020-01-31"]
    assert table["aliases"][3] == "Mốt|Muốt Một"
    # a commune that another was merged into, and that stayed, has a row of its own
    assert table["from"] == ["00023", "00022", "00022", "00021", "00021"]
    assert table["act"] == ["2/NQ", "2/NQ", "3/NQ", "3/NQ", "1/NQ"]


def test_sources_that_would_break_the_packing_are_refused(maker: ModuleType, tmp_path: Path) -> None:
    for name, text in SOURCES.items():
        (tmp_path / name).write_text(text.replace("Ba,", '"B\ta",'), encoding="utf-8")
    with pytest.raises(ValueError, match="tab"):
        maker.packed(maker.read(tmp_path))
