"""Texts of senders on one line."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.words.text import one_line


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
