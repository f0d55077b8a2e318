"""A report states the options it was made with, in every format."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.render.writing.statement import ReportOptions, stated_in
from helpers.command import run
from helpers.places import SAMPLES


def stated(path: Path) -> ReportOptions | None:
    content, suffix, properties = path.read_bytes(), path.suffix, b""
    if suffix in (".xlsx", ".docx"):
        properties = zipfile.ZipFile(path).read("docProps/core.xml")
    return ReportOptions.parsed(stated_in(content, suffix, properties))


@pytest.mark.parametrize("suffix", [".xlsx", ".html", ".docx", ".md"])
def test_a_report_states_its_options_and_no_path(tmp_path: Path, suffix: str) -> None:
    report = tmp_path / f"r{suffix}"
    done = run(
        "report", SAMPLES / "2021", "-o", report, "--with", SAMPLES / "2020", "--total", "last",
        "--date", "20/12/2021", "--lang", "vi", "--final",
    )  # fmt: skip
    assert report.exists(), done.stderr
    expected = ReportOptions("2021", "vi", ("2020",), total_first=False, signed=dt.date(2021, 12, 20))
    assert stated(report) == expected
    assert str(SAMPLES).encode() not in report.read_bytes()


@pytest.mark.parametrize(
    "options",
    ["", "2021", "2021 --lang xx", "2021 --lang vi --date 2021-13-01", "2021 --lang vi -o x",
     "2021 --lang vi --total middle", "'2021 --lang vi", "2021 --lang"],
)  # fmt: skip
def test_a_text_that_is_no_statement_gives_no_options(options: str) -> None:
    assert ReportOptions.parsed(f"antq-stats report {options}") is None


@given(
    st.text(min_size=1, max_size=20), st.lists(st.text(min_size=1, max_size=9), max_size=3),
    st.booleans(), st.none() | st.dates(), st.none() | st.text(min_size=1, max_size=12),
)  # fmt: skip
def test_options_are_read_as_they_were_written(
    period: str, earlier: list[str], first: bool, day: dt.date | None, template: str | None
) -> None:
    options = ReportOptions(period, "en", tuple(earlier), first, day, template)
    assert not options.command or ReportOptions.parsed(options.command) == options
