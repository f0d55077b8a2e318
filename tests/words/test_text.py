"""Texts of senders on one line."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.words.name_index import NameIndex, loose_key
from antq_stats.words.text import one_line, text_key, text_keys
from antq_stats.words.unit_names import name_keys, name_keys_of_many


@given(text=st.text(max_size=60))
def test_a_text_that_needs_no_change_is_as_one_that_is_taken_apart(text: str) -> None:
    shown = one_line(text)
    assert shown == one_line(f"\n{text}")  # a line break is taken away, whatever else the text holds
    assert one_line(shown) == shown
    assert unicodedata.is_normalized("NFC", shown)
    assert "  " not in shown
    assert shown == shown.strip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Xã Mường Lai", "Xã Mường Lai"),
        (unicodedata.normalize("NFD", "Xã Mường Lai"), "Xã Mường Lai"),
        (" Xã  Mường\u00a0Lai\n", "Xã Mường Lai"),
        ("Xã\u200eMường\x00Lai", "Xã\ufffdMường\ufffdLai"),
        ("a" * 81, "a" * 79 + "…"),
    ],
)
def test_a_text_on_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


_PARTS = """
Xã xã Thôn số Số 3 03 003 TDP tổ Tổ Hòa Hoà Quỳ Tân I IV a tdp3 3a 0 00
(mới) (1) * Khu Bản 1. Nậm² [1] P. Đ ß ½ ﬁ %
"""
_WORDS = st.sampled_from([*_PARTS.split(), "\t"])
_NAMES = st.lists(_WORDS, max_size=5).map(" ".join) | st.text(max_size=12)


@given(texts=st.lists(_NAMES, max_size=8))
def test_the_keys_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    assert text_keys(texts) == [text_key(text) for text in texts]


@given(
    kind=st.sampled_from(["", "xã", "khu phố số", "tổ 2", "tổ dân phố", "phường", "thôn", "số"]),
    names=st.lists(_NAMES, min_size=1, max_size=8),
)
def test_the_keys_of_many_units_are_those_of_each(kind: str, names: list[str]) -> None:
    assert name_keys_of_many(kind, names) == [name_keys(kind, (name,)).all for name in names]
    for name in names:
        keys = name_keys(kind, (name,))
        assert {loose_key(key) for key in keys.all} - {""} <= keys.all


@given(names=st.lists(_NAMES, min_size=1, max_size=120), wanted=st.randoms(use_true_random=False))
def test_an_index_of_names_gives_the_same_whether_it_is_filled_bit_by_bit_or_at_once(
    names: list[str], wanted: random.Random
) -> None:
    def keys_of(position: int) -> frozenset[str]:
        return name_keys("xã", (names[position],)).all

    def index(*, at_once: bool) -> NameIndex:
        many = (lambda positions: [keys_of(position) for position in positions]) if at_once else None
        return NameIndex(enumerate(names), keys_of, str, many)

    one, other = index(at_once=False), index(at_once=True)
    keys = [key for position in range(len(names)) for key in keys_of(position)]
    wanted.shuffle(keys)
    assert [other[key] for key in keys] == [one[key] for key in keys]
    assert dict(other) == dict(one)
