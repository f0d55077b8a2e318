"""No published finding, bound, hash or flag discloses a protected measure."""

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

from antq_stats.figures.publication import Publication, publish
from antq_stats.findings import catalogue
from antq_stats.findings.finding import Finding
from antq_stats.render.book import write_book
from antq_stats.render.letterhead import letterhead
from antq_stats.render.page import page
from helpers.command import run
from helpers.reading import read_folder
from helpers.returns import setup, write_csv

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
    assert publication.tally == publish(collection, findings).tally
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


VILLAGES = FORM.partition("[[rule]]")[0].replace('level = "commune"', 'level = "village"')


def villages(*communes: int) -> str:
    lines = ["code,name,type,level,parent", "07,Hà Trung,tỉnh,province,"]
    for at, count in enumerate(communes):
        lines.append(f"07{at:02d},Xã {at},xã,commune,07")
        lines += [f"07{at:02d}{place:02d},Thôn {place},,village,07{at:02d}" for place in range(count)]
    return "\n".join(lines) + "\n"


def rows_of(figures: list[list[tuple[int | None, int | None]]]) -> list[list[object]]:
    rows: list[list[object]] = [["Mã", "Số người nghiện", "Số người được giúp"]]
    for at, own in enumerate(figures):
        rows += [[f"07{at:02d}{place:02d}", *pair] for place, pair in enumerate(own)]
    return rows


def test_a_value_equal_in_every_village_is_not_disclosed(tmp_path: Path) -> None:
    same = [(7, 8 + place) for place in range(6)]
    rows = rows_of([[(1, 9), (2, 8), (0, 7)], same, [(70 + place, 70 + place) for place in range(6)]])
    publication = published(tmp_path / "2021", VILLAGES, villages(3, 6, 6), rows)
    inside = {finding.code for finding in read_folder(tmp_path / "2021").findings}
    assert {"P103", "P105"} <= inside
    assert not {"P103", "P105"} & {finding.code for finding in publication.findings}


def test_a_finding_that_is_not_shown_marks_its_measures_everywhere(tmp_path: Path) -> None:
    rows = [ROWS[0][:3], ["0700", 4, 9], ["0701", 30, 2], ["0702", 30, 12], ["0703", 40, 13]]
    publication = published(tmp_path / "2021", FORM, communes(4), rows)
    assert publication.is_provisional
    for code in ("duoc", "nghien"):
        assert publication.column(code).provisional.all()
        assert publication.span(publication.root, code) is None
    assert publication.tally == (0, 0)


def test_how_many_findings_there_are_does_not_tell_of_a_protected_measure(tmp_path: Path) -> None:
    soft = FORM.replace('severity = "hard"', 'severity = "soft"')
    reports = []
    for place, value in (("a", 4), ("b", 9)):
        folder = tmp_path / place / "2021"
        rows = [
            ROWS[0][:3],
            ["0700", 4, 9 - value],
            ["0701", value, 5],
            ["0702", 30, 12],
            ["0703", 43 - value, 13],
        ]
        publication = published(folder, soft, communes(4), rows)
        reports.append((publication.tally, publication.is_provisional))
        head = letterhead(publication, "vi", None)
        assert "không nêu ở đây" in page(publication, head, "vi")
    assert reports[0] == reports[1] == ((0, 0), False)


def test_a_change_on_a_figure_that_was_withheld_last_year_is_not_shown(tmp_path: Path) -> None:
    before = setup(tmp_path / "2020", form=FORM, units=communes(4))
    write_csv(before / "a.csv", [row[:3] for row in ROWS])
    open_now = FORM.replace('sensitive = "yes"', "max_change = 0.2").replace("[[rule]]", "[[rule]]\n")
    now = setup(tmp_path / "2021", form=open_now, units=communes(4))
    write_csv(
        now / "a.csv", [ROWS[0][:3], ["0700", 33, 1], ["0701", 47, 5], ["0702", 30, 12], ["0703", 40, 13]]
    )
    inside = run("validate", now, "--with", before, "--format", "json").data["findings"]
    assert [finding["unit"] for finding in inside if finding["code"] == "P101"]
    for suffix in ("html", "xlsx"):
        assert run("report", now, "--with", before, "-o", tmp_path / f"x.{suffix}").status in (0, 1)
    text = (tmp_path / "x.html").read_text("utf-8")
    assert "P101" not in text


@pytest.mark.parametrize("value", [0, 1, 4])
def test_whether_a_ratio_is_shown_does_not_hang_on_what_one_side_alone_gave(
    value: int, tmp_path: Path
) -> None:
    rows = [["Mã", "Số người nghiện", "Số người được giúp"]]
    rows += [["0700", value, None], ["0701", 30 - value, 10], ["0702", 30, 10], ["0703", 40, 13]]
    publication = published(tmp_path / "2021", FORM, communes(4), rows)
    assert publication.is_withheld(publication.root, "ty_le")


MIXED = """\
code,name,type,level,parent
07,Hà Trung,tỉnh,province,
0700,Xã 0,xã,commune,07
0701,Xã 1,xã,commune,07
070000,Thôn 0,,village,0700
070100,Thôn 1,,village,0701
07000001,Thôn lẻ,,village,07
"""


@pytest.mark.parametrize(
    ("figures", "hidden"),
    [
        ({"070000": 4, "070100": 5, "07000001": None}, {"0700", "0701"}),  # the lone village gave nothing
        ({"070000": 20, "070100": 17, "07000001": 3}, {"0700", "0701"}),  # what is left is the lone village's
        ({"070000": 20, "070100": 17, "07000001": 9}, set()),
    ],
)
def test_villages_beside_communes_are_one_cell_more(
    figures: dict[str, int | None], hidden: set[str], tmp_path: Path
) -> None:
    rows: list[list[object]] = [["Mã", "Số người nghiện", "Số người được giúp"]]
    rows += [[code, value, 100] for code, value in figures.items()]
    publication = published(tmp_path / "2021", VILLAGES, MIXED, rows)
    codes = publication.register.units.by_code
    assert {code for code in ("0700", "0701") if publication.is_withheld(codes[code], "nghien")} == hidden


def test_a_template_is_filled_while_a_unit_is_missing(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", form=FORM, units=communes(4))
    write_csv(folder / "a.csv", [row[:3] for row in ROWS[:-1]])
    template = tmp_path / "t.md"
    template.write_text("# {{ title }}\n\n{{ findings }}\n", "utf-8")
    done = run("report", folder, "-o", tmp_path / "x.md", "--template", template)
    assert done.status == 1
    assert "1 hard" in (tmp_path / "x.md").read_text("utf-8")
