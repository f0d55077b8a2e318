"""Lines are added to decisions.csv, whatever it looks like, and nothing in it is changed."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.deciding.appending import append
from antq_stats.decisions.decision import COLUMNS, Decision, Decisions, numbered
from antq_stats.decisions.decision_file import read_decisions

FIRST = Decision(1, date(2021, 12, 8), "correct", "070101", "trau", "", "", "12", "21", "told", "office")
TEXT = st.text(st.sampled_from("aẫĐ ,;'=+-\"#0"), min_size=1, max_size=12).filter(
    lambda text: any(map(str.isalpha, text)) and text == text.strip()
)


def add(folder: Path, *lines: Decision) -> Decisions:
    append(folder, lambda known: numbered(lines, len(known.lines) + 1))
    return read_decisions(folder / "decisions.csv")


@given(
    lines=st.lists(
        st.builds(
            lambda was, reason, by: FIRST._replace(was=was, reason=reason, by=by),
            st.sampled_from(["", "12", "0,5", "năm con", "-3", '12 "nhà"; hoặc 13']),
            TEXT,
            TEXT,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_added_is_read_back(lines: Sequence[Decision]) -> None:
    with tempfile.TemporaryDirectory() as place:
        for line in lines:
            found = add(Path(place), line)
    assert [line.number for line in found.lines] == list(range(1, len(lines) + 1))
    for line, read in zip(lines, found.lines, strict=True):
        assert (read.was, read.value, read.unit) == (line.was, line.value, line.unit)
        plain = " ".join(line.reason.split())
        assert read.reason.replace("'", "") == plain.replace("'", "")
        assert read.reason[:1] not in "=+-@"


@pytest.mark.parametrize(
    ("old", "encoding"),
    [
        (f"{','.join(COLUMNS)}\n2021-12-01,nil,0702,,,,,,told,office", "utf-8"),
        ("ngày;quyết định;đơn vị;lý do;người xử lý\n01/12/2021;không phát sinh;0702;xã báo;VP\n", "utf-8"),
        ("by\treason\tunit\tdecision\tdate\r\nVP\txã báo lại\t0702\tnil\t01/12/2021\r\n", "utf-16"),
        ("sep=;\ndate;decision;unit;reason;by\n\n2021-12-01;nil;0702;told;office\n", "utf-8-sig"),
    ],
)  # fmt: skip
def test_a_file_of_another_form_keeps_its_lines_and_columns(tmp_path: Path, old: str, encoding: str) -> None:
    (tmp_path / "decisions.csv").write_bytes(old.encode(encoding))
    before = read_decisions(tmp_path / "decisions.csv").lines
    found = add(tmp_path, FIRST).lines
    assert found[: len(before)] == before
    assert found[len(before) :] == (FIRST._replace(number=2, row=found[-1].row),)
    text = (tmp_path / "decisions.csv").read_bytes().decode("utf-8-sig")
    assert all(line in text for line in old.split() if line.isalnum())
