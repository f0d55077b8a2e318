"""One slip of a digit that mends a broken rule, by the command on files written here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.edits.slips import _slips
from helpers.command import run
from helpers.returns import setup, write_csv

FORM = """
[form]
id = "so-cong"
version = "1"
title = { vi = "Số cộng", en = "Sums" }

[[table]]
code = "01"
level = "village"
title = { vi = "Biểu 01", en = "Table 01" }

[[measure]]
code = "nam"
label = { vi = "Nam", en = "Men" }
unit = { vi = "người", en = "persons" }

[[measure]]
code = "nu"
label = { vi = "Nữ", en = "Women" }
unit = { vi = "người", en = "persons" }

[[measure]]
code = "chung"
label = { vi = "Chung", en = "All" }
unit = { vi = "người", en = "persons" }
max = 9000

[[rule]]
code = "cong"
check = "nam + nu == chung"
severity = "hard"
message = { vi = "Nam và nữ cộng lại bằng chung", en = "Men and women add up to all" }
"""
LESS = """
[[rule]]
code = "it-hon"
check = "nu <= nam"
severity = "soft"
message = { vi = "Nữ không quá nam", en = "No more women than men" }
"""
UNITS = """code,name,level,parent
07,Hà Trung,province,
0701,Mường Một,commune,07
070101,Thôn 1,village,0701
"""


FOURTH = """
[[measure]]
code = "kin"
label = {{ vi = "Kín", en = "Secret" }}
unit = {{ vi = "người", en = "persons" }}
sensitive = "{sensitive}"
"""


def message(folder: Path, row: tuple[object, ...], more: str = "") -> str:
    """Return the message on a row of men, women and all, and a fourth; empty if it breaks no rule."""
    setup(folder, more, form=FORM, units=UNITS)
    write_csv(
        folder / "xa.csv",
        [["Mã thôn", "Tên thôn", "Nam", "Nữ", "Chung", "Kín"][: 2 + len(row)], ["070101", "Thôn 1", *row]],
    )
    ran = run("validate", folder, "--format", "json", "--lang", "en")
    assert ran.status in (0, 1), ran.stderr
    found = ran.data["findings"]
    return next((finding["message"] for finding in found if finding["code"] == "R101"), "")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        # 30 + 23 is 53: neither 30 nor 23 can be mended by one digit
        ((30, 23, 35), "one digit may be wrong: All = 53, not 35?"),
        ((130, 223, 3530), "one digit may be wrong: All = 353, not 3,530?"),
        ((140, 217, 35), "one digit may be wrong: All = 357, not 35?"),
        ((21, 345, 357), "one digit may be wrong: Men = 12, not 21?"),
    ],
)
def test_the_only_slip_that_mends_a_row_is_suggested(tmp_path: Path, row: tuple[int, ...], says: str) -> None:
    assert message(tmp_path, row).endswith(says)


@pytest.mark.parametrize(
    "row",
    [
        (30, 20, 51),  # 31 men, 21 women or 50 together
        (100, 200, 777),  # no single slip
    ],
)
def test_nothing_is_suggested_if_no_slip_or_several_mend_the_row(
    tmp_path: Path, row: tuple[int, ...]
) -> None:
    assert "one digit may be wrong" not in message(tmp_path, row)


def test_a_slip_must_leave_no_other_rule_broken(tmp_path: Path) -> None:
    assert "Men = 12, not 21" in message(tmp_path / "one", (21, 345, 357))
    assert "one digit may be wrong" not in message(tmp_path / "two", (21, 345, 357), LESS)


def test_another_rule_decides_between_two_slips(tmp_path: Path) -> None:
    """46 men and 45 women, or 45 and 46: with the second rule only the first can be."""
    row = (45, 45, 91)
    assert "one digit may be wrong" not in message(tmp_path / "one", row)
    strict = LESS.replace("nu <= nam", "nu < nam and chung > 90")
    assert "one digit may be wrong: Men = 46, not 45?" in message(tmp_path / "two", row, strict)


def test_a_slip_stays_within_what_the_form_accepts(tmp_path: Path) -> None:
    """Nine thousand is the most: 8910 is proposed for 891, 9100 is not for 910."""
    assert "All = 8,910, not 891?" in message(tmp_path / "less", (5010, 3900, 891))
    assert "one digit may be wrong" not in message(tmp_path / "more", (5010, 4090, 910))


@pytest.mark.parametrize(("sensitive", "is_told"), [("no", True), ("small", False)])
def test_what_is_proposed_tells_nothing_of_a_protected_measure(
    tmp_path: Path, sensitive: str, is_told: bool
) -> None:
    """Only a rule with the protected measure decides between two slips."""
    rule = LESS.replace("nu <= nam", "nu < nam and chung > 90 or kin > 5")
    told = message(tmp_path, (45, 45, 91, 3), FOURTH.format(sensitive=sensitive) + rule)
    assert ("Men = 46, not 45" in told) == is_told


def of_text(value: int) -> set[int]:
    """Return what one slip of a digit makes of a number, by its digits."""
    text, digits = str(value), "0123456789"
    made = {text[:at] + digit + text[at + 1 :] for at in range(len(text)) for digit in digits}
    made |= {text[:at] + digit + text[at:] for at in range(len(text) + 1) for digit in digits}
    made |= {text[:at] + text[at + 1 :] for at in range(len(text)) if len(text) > 1}
    made |= {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)}
    return {int(found) for found in made if found == str(int(found))} - {value}


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_slips_are_those_of_the_digits(values: list[int]) -> None:
    column = np.array(values, dtype=np.int64)
    found: list[set[int]] = [set() for _ in values]
    for mended, is_slip in _slips(column):
        for at in np.flatnonzero(is_slip).tolist():
            found[at].add(int(mended[at]))
    assert found == [of_text(value) for value in values]
