"""Names of persons in reasons, with and without diacritics; names of places and ordinary phrases are none."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.decisions.person_names import NO_PLACES, PlaceNames, names_a_person
from helpers.command import run
from helpers.places import SAMPLES
from helpers.returns import commune, setup, write_xlsx

COMMUNES = (
    "Minh Quân", "Nguyễn Thái Học", "Sùng Đô", "Võ Lao", "Hồ Bốn", "Nguyễn Phúc", "NT Trần Phú", "Phan Thanh",
    "Tân Lĩnh", "Vũ Linh", "Trấn Yên", "Yên Bái",
)  # fmt: skip
PLACES = PlaceNames(COMMUNES)


def plain(text: str) -> str:
    """Return a text as it is typed without diacritics."""
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in text if not unicodedata.combining(sign))


@pytest.mark.parametrize(
    "text",
    [
        "Nguyen Van An bao qua dien thoai",
        "xa bao lai, ong Nguyen Van An",
        "Nguyen An bao lai",
        "theo Tran Thi Hoa",
        "Vang A Lu bao",
        "bi thu Sung A Lenh noi",
        "Giang Thi Mua",
        "Lo Van On bao lai qua dien thoai",
        "LO VAN ON bao lai",
        "NGUYEN VAN AN BAO QUA DIEN THOAI",
        "Anh Nguyễn Văn An báo",
        "Ông Nguyễn Văn An",
        "Chị Lê Thị Hoa báo lại",
        "Anh Nguyen Van An bao",
        "Ong Do Van Lam",
        "Do Van Lam bao lai",
        "Ha Thi Hoa, can bo xa",
        "Nguyen Văn An báo",
        "told by Pham Duc Minh",
        "Hoang Minh Tuan",
        "Ly A Su",
        "ghi theo Thao A Chu (xa)",
        "Le Thanh Son bao, xa Minh Quan",
        "Mua A Pao",
        "Duong Van Nam",
        "Bui Thi Lan Huong",
        "Tran Phu Cuong bao lai",
        "Nguyen Thai Hoc Van bao",
        "NGUYỄN VĂN AN",
        "gọi 0912345678",
    ],
)
def test_a_name_of_a_person_is_found(text: str) -> None:
    assert names_a_person(text, PLACES)


@pytest.mark.parametrize(
    "text",
    [
        "Xa bao lai qua dien thoai",
        "Mat tran xa Minh Quan bao lai",
        "Do xa cong nham",
        "Do Mat tran xa bao lai",
        "Do Mặt trận xã báo lại",
        "Do Uy ban bao lai",
        "Do UBND xa bao lai",
        "Do Van phong xa ghi nham",
        "Do Minh Quan bao lai",
        "Do Tan Linh bao lai",
        "Sung Do bao lai",
        "Sùng Đô báo lại",
        "Nguyễn Thái Học báo lại",
        "Nguyen Thai Hoc bao lai qua dien thoai",
        "phuong Nguyen Thai Hoc xac nhan",
        "Phường Nguyễn Thái Học xác nhận",
        "Phuong Nguyen Thai Hoc xac nhan",
        "Thon Nguyen Phuc gui lai",
        "to dan pho Tran Phu bao",
        "Vo Lao, Ho Bon gui lai",
        "Ho Bon",
        "Tran Yen bao lai",
        "Ly do: cong nham",
        "Le hoi",
        "HO DAT GDVH",
        "DO XA BAO LAI QUA DIEN THOAI",
        "Dang uy xa bao",
        "duong Tran Phu",
        "truong Le Hong Phong",
        "hop tai Ha Noi",
        "huyen Ha Giang bao",
        "tinh Ha Giang",
        "Ho Chi Minh",
        "told by telephone",
        "Do Not count twice",
        "agreed by telephone",
        "xã báo lại qua điện thoại",
        "Ho van hoa",
        "Ho Van Hoa cong nham",
        "HO VAN HOA",
        "HO VAN HOA CONG NHAM",
        "DO THI HOA nen so ho tang",
        "Duong day nong",
        "Phan Thanh bao, Vu Linh bao",
        "Vu Linh Phan Thanh gui chung",
        "Xa Sung Do Minh Quan",
        "VP",
        "UBMTTQ",
        "Phong Noi vu",
        "Ban CTMT",
        "Lu quet lam mat phieu",
        "Mua lu nen gui muon",
        "Vang mat ngay hop",
    ],
)
def test_a_place_or_an_ordinary_phrase_is_no_person(text: str) -> None:
    assert not names_a_person(text, PLACES)


@pytest.mark.parametrize("year", ["2021", "2025"])
def test_no_unit_of_the_samples_is_a_person(year: str) -> None:
    with (SAMPLES / year / "units.csv").open(encoding="utf-8-sig") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    places = PlaceNames(names)
    for name in dict.fromkeys(names):
        for text in (name, plain(name), f"{plain(name)} bao lai", f"Do {name} ghi nhầm, xã báo lại"):
            assert not names_a_person(text, places), text


FAMILIES = (
    "Nguyen Tran Le Pham Hoang Huynh Phan Vu Vo Dang Bui Do Ho Ngo Duong Ly Lo Ha Sung Giang Vang Lu Mua Thao"
)
MIDDLE, GIVEN = ("Van", "Thi", "A", "Duc", "Minh"), ("An", "Binh", "Lenh", "Phuong", "Su", "Tuan", "Khanh")


@given(
    family=st.sampled_from(FAMILIES.split()),
    middle=st.lists(st.sampled_from(MIDDLE), min_size=1, max_size=2, unique=True),
    given_name=st.sampled_from(GIVEN),
    frame=st.sampled_from(["{} bao qua dien thoai", "theo {}", "xa bao lai ({})", "ong {}, can bo xa", "{}"]),
)
def test_every_common_family_name_is_known(
    family: str, middle: list[str], given_name: str, frame: str
) -> None:
    text = frame.format(" ".join((family, *middle, given_name)))
    assert names_a_person(text, NO_PLACES), text


@pytest.mark.slow
def test_a_reason_with_such_a_name_is_refused_and_one_with_a_place_is_taken(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "a.xlsx", commune((12, 5), (3, 1), (60, 70)))
    correct = (
        "--unit",
        "070101",
        "--measure",
        "trau",
        "--value",
        "21",
        "--by",
        "VP",
        "--yes",
        "--lang",
        "en",
    )
    refused = run("decide", folder, *correct, "--reason", "Nguyen Van An bao qua dien thoai")
    assert refused.status == 1
    assert "the reason holds a person's name or number" in refused.stderr
    assert "Nguyen Van" not in refused.output
    assert not (folder / "decisions.csv").exists()
    for reason in ("Nguyễn Thái Học báo lại", "Nguyen Thai Hoc bao lai"):  # a commune of the register
        assert run("decide", folder, *correct, "--reason", reason).status == 0
    path = folder / "decisions.csv"
    assert len(path.read_text("utf-8-sig").splitlines()) == 3
    assert run("validate", folder).status != 2
    path.write_text(path.read_text("utf-8-sig").replace("Nguyen Thai Hoc", "Nguyen Van An"), "utf-8")
    refused = run("validate", folder, "--lang", "en")
    assert refused.status == 2
    assert "decisions.csv · I3" in refused.stderr
    assert "Nguyen Van" not in refused.output
