"""Nothing that goes out speaks of a protected measure: no finding, no bound, no hash, no flag."""

from __future__ import annotations

import io
import tempfile
import zipfile
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import read_folder, run, setup, write_csv

from antq_stats import catalogue
from antq_stats.findings import Finding
from antq_stats.publication import Publication, publish
from antq_stats.render.book import write_book
from antq_stats.render.letterhead import letterhead
from antq_stats.render.page import page

FORM = """
[form]
id = "kin"
version = "1"
title = { vi = "Số kín", en = "Restricted" }

[[table]]
code = "01"
level = "commune"
title = { vi = "Biểu 01", en = "Table 01" }

[[measure]]
code = "nghien"
label = { vi = "Số người nghiện", en = "Users" }
sensitive = "yes"

[[measure]]
code = "duoc"
label = { vi = "Số người được giúp", en = "Helped" }
required = false

[[ratio]]
code = "ty_le"
label = { vi = "Tỷ lệ được giúp", en = "Share helped" }
numerator = "duoc"
denominator = "nghien"

[[rule]]
code = "r"
check = "duoc <= nghien"
severity = "hard"
message = { vi = "không quá số người nghiện", en = "no more than users" }
"""
FLAG = (
    FORM.partition("[[measure]]")[0]
    + """
[[measure]]
code = "co"
label = { vi = "Có người nghiện", en = "Has users" }
kind = "flag"
sensitive = "yes"
"""
)


def published(folder: Path, form: str, units: str, rows: list[list[object]]) -> Publication:
    setup(folder, form=form, units=units)
    write_csv(folder / "a.csv", rows)
    outcome = read_folder(folder)
    return publish(outcome.collection, outcome.findings)


def communes(count: int) -> str:
    lines = [f"07{n:02d},Xã {n},xã,commune,07" for n in range(count)]
    return "\n".join(["code,name,type,level,parent", "07,Hà Trung,tỉnh,province,", *lines]) + "\n"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 1), min_size=1, max_size=9))
def test_of_a_withheld_flag_both_stay_possible(flags: list[int]) -> None:
    with tempfile.TemporaryDirectory() as place:
        rows: list[list[object]] = [["Mã", "Có người nghiện"]]
        rows += [[f"07{n:02d}", flag] for n, flag in enumerate(flags)]
        publication = published(Path(place) / "2021", FLAG, communes(len(flags)), rows)
    units = publication.register.units.by_code
    shown = [publication.figure(units[f"07{n:02d}"], "co") for n in range(len(flags))]
    total = publication.figure(units["07"], "co")
    possible = [
        guess
        for guess in product((0, 1), repeat=len(flags))
        if all(one is None or one.value == bit for one, bit in zip(shown, guess, strict=True))
        and (total is None or total.value == sum(guess))
    ]
    for at, one in enumerate(shown):
        if one is None:
            assert {guess[at] for guess in possible} == {0, 1}


ROWS: list[list[object]] = [
    ["Mã", "Số người nghiện", "Số người được giúp", "Tỷ lệ được giúp"],
    ["0700", 3, 1, 12.5],
    ["0701", 4, None, None],
    ["0702", 30, 12, 40],
    ["0703", 40, 13, 32.5],
]


@pytest.mark.parametrize("suffix", ["xlsx", "html", "docx", "md"])
def test_no_finding_of_a_report_quotes_what_depends_on_a_protected_measure(
    suffix: str, tmp_path: Path
) -> None:
    folder = setup(tmp_path / "2021", form=FORM, units=communes(4))
    write_csv(folder / "a.csv", ROWS)
    inside = {f.code: dict(f.facts) for f in read_folder(folder).findings}
    assert inside["T302"]["expected"] == "33.3"  # the office itself sees it
    publication = publish(*_both(folder))
    assert "T302" not in {finding.code for finding in publication.findings}
    assert publication.tally.untold
    assert run("report", folder, "-o", tmp_path / f"x.{suffix}").status == 0
    assert b"33.3" not in (tmp_path / f"x.{suffix}").read_bytes()


def _both(folder: Path):  # noqa: ANN202 - a collection and its findings
    outcome = read_folder(folder)
    return outcome.collection, outcome.findings


def test_no_bound_and_no_hash_tells_of_a_protected_measure(tmp_path: Path) -> None:
    publication = published(tmp_path / "2021", FORM, communes(4), ROWS)
    span = publication.span(publication.root, "duoc")
    assert span is not None
    assert span.low == 26
    assert span.high is None  # the rule would say: no more than 30
    assert {source.sha256 for source in publication.sources} == {""}


def _sweep() -> list[Finding]:
    """A finding of every code on a protected measure, and of the rule over one; each quotes figures."""
    names = ("expected", "found", "count", "first", "second", "other", "title", "name")
    findings = []
    for entry in catalogue.entries():
        facts = dict.fromkeys(names, "471147")
        facts |= {"found": "C302"} if entry.code == "F120" else {}  # of which code there were more
        about: dict[str, Any] = {"code": entry.code, "file": "a.csv", "unit": "0700"}
        about |= {"value": "471147", "facts": facts}
        findings += [Finding(**about, measure=measure) for measure in ("nghien", "ty_le")]
        findings.append(Finding(**about, measure="duoc", also=((3, "nghien"),)))
        findings.append(Finding(**about, rule="r"))
    return findings


def test_no_finding_of_any_code_on_a_protected_measure_goes_out(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", form=FORM, units=communes(4))
    write_csv(folder / "a.csv", ROWS)
    collection, findings = _both(folder)
    publication = publish(collection, [*findings, *_sweep()])
    assert not [f for f in publication.findings if f.rule == "r" or {"nghien", "ty_le"} & set(f.measures)]
    assert publication.tally.untold > 200
    head = letterhead(publication, "vi", None)
    book = io.BytesIO()
    write_book(publication, head, "vi", book)
    with zipfile.ZipFile(book) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    for content in (page(publication, head, "vi").encode(), *parts):
        assert b"471147" not in content
        assert b"471.147" not in content


def test_a_column_that_slipped_does_not_tell_what_it_holds(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", form=FORM, units=communes(4))
    rows = [row[:3] for row in ROWS]
    rows[1] = ["0700", None, 9, 4711]
    write_csv(folder / "a.csv", rows)
    publication = publish(*_both(folder))
    assert "4711" not in {finding.value for finding in publication.findings}
