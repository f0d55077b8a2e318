"""The telephone list of offices is read however Excel writes it, and what it does not fit is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_stats.register.contacts import Contacts, read_contacts
from antq_stats.register.register import UnitRegister, load_register

UNITS = (
    "code,name,type,level,parent\n"
    "15,Yên Bái,tỉnh,province,\n"
    "04342,Mường Lai,xã,commune,15\n"
    "04345,An Lạc,xã,commune,15\n"
    "04346,An Lạc,phường,commune,15\n"
    "04342001,Thôn 1,thôn,village,04342\n"
)


@pytest.fixture
def register(tmp_path: Path) -> UnitRegister:
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    return load_register(tmp_path / "units.csv", None)


def contacts(tmp_path: Path, register: UnitRegister, text: str, encoding: str = "utf-8") -> Contacts:
    path = tmp_path / "contacts.csv"
    path.write_bytes(text.encode(encoding))
    return read_contacts(path, register)


def by_code(register: UnitRegister, found: Contacts) -> dict[str, str]:
    return {register.units.codes[unit]: phone for unit, phone in found.phones.items()}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("unit,phone\n04342,0216 385 1234\n", "utf-8"),
        ("unit;phone\r\n 04342 ; 0216 385 1234 \r\n", "utf-8-sig"),
        ("Danh bạ năm 2025\n\nĐơn vị\tSố điện thoại\tGhi chú\nXã Mường Lai\t0216 385 1234\tx\n", "utf-16"),
        ("Mã đơn vị,SĐT\n4342,0216 385 1234\n", "utf-8"),
    ],
)
def test_numbers_are_found_in_every_form_that_excel_writes(
    text: str, encoding: str, tmp_path: Path, register: UnitRegister
) -> None:
    found = contacts(tmp_path, register, text, encoding)
    assert by_code(register, found) == {"04342": "0216 385 1234"}
    assert (found.unknown, found.is_readable) == ((), True)


def test_the_zero_that_excel_drops_is_restored_but_not_for_service_numbers(
    tmp_path: Path, register: UnitRegister
) -> None:
    text = "unit,phone\n04342,912345678\n04345,1900123456\n15,2163851234\n"
    found = contacts(tmp_path, register, text)
    assert by_code(register, found) == {"04342": "0912345678", "04345": "1900123456", "15": "02163851234"}


def test_two_numbers_of_an_office_are_both_shown(tmp_path: Path, register: UnitRegister) -> None:
    found = contacts(tmp_path, register, "unit,phone\n04342,0216 1\n04342,0216 2\n04345,\n")
    assert by_code(register, found) == {"04342": "0216 1; 0216 2"}


def test_units_that_the_register_lacks_or_has_twice_are_told(tmp_path: Path, register: UnitRegister) -> None:
    text = "unit,phone\n99999,0216 1\nAn Lạc,0216 2\nXã An Lạc,0216 3\nThôn 1,0216 4\n"
    found = contacts(tmp_path, register, text)
    assert found.unknown == ("99999", "An Lạc", "Thôn 1")
    assert by_code(register, found) == {"04345": "0216 3"}


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "unit\n04342\n", "\x00\x01\x02"])
def test_what_is_no_list_is_not_readable(text: str, tmp_path: Path, register: UnitRegister) -> None:
    found = contacts(tmp_path, register, text)
    assert (dict(found.phones), found.is_readable) == ({}, False)
