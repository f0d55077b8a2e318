"""What is suggested for a wrong word is what was meant before what is spelt alike."""

from __future__ import annotations

import pytest

from antq_stats.words.near import near

CODES = (
    "tong_ho",
    "ho_dang_ky_gdvh",
    "ho_dat_gdvh",
    "thon_dat_vh",
    "ty_le_ho_dat",
    "clb_thanh_nien",
)
LABELS = {"ho_dang_ky_gdvh": ("Hộ đăng ký",), "clb_thanh_nien": ("CLB “Thanh niên”", "Youth clubs")}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("ho_dat", ["ho_dat_gdvh"]),  # begins with it; difflib prefers ty_le_ho_dat
        ("HO-DAT-GDVH", ["ho_dat_gdvh"]),
        ("hộ đạt gdvh", ["ho_dat_gdvh"]),
        ("dat", ["ho_dat_gdvh", "thon_dat_vh", "ty_le_ho_dat"]),
        ("gdvh_dat", ["ho_dat_gdvh"]),
        ("youth", ["clb_thanh_nien"]),
        ("hộ đăng ký", ["ho_dang_ky_gdvh"]),
        ("tong_hoo", ["tong_ho"]),
        ("zzz", []),
        ("", []),
        ("_", []),
    ],
)
def test_the_known_word_that_was_meant(word: str, meant: list[str]) -> None:
    assert sorted(near(word, CODES, LABELS)) == meant


def test_names_that_differ_by_diacritics_come_first() -> None:
    assert near("Minh Quán", ["Minh Quan Hạ", "Minh Quân"]) == ["Minh Quân"]


def test_no_more_than_asked_for() -> None:
    assert len(near("thôn", [f"Thôn {number}" for number in range(50)])) == 3
