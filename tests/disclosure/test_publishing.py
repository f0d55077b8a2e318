"""What was published is on a list, and no later report discloses anything by its difference from it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from antq_stats.disclosure.attack import attack
from antq_stats.disclosure.record import record_of, releases_in
from antq_stats.release_list import COLUMNS, read_published
from antq_stats.run import open_period
from helpers.command import CommandResult, run
from helpers.restricted import HEAD, KIN, Shape, measure, outcome_of, rule

pytest.importorskip("highspy")
pytestmark = pytest.mark.slow

FORM = HEAD + KIN
BEFORE: Shape = [[20, 9, 8, 7], [30, 40]]
AFTER: Shape = [[3, 9, 8, 7], [30, 40]]


def publish(folder: Path, name: str = "report.xlsx", *options: object) -> CommandResult:
    return run("report", folder, "-o", folder.parent / name, "--publish", *options)


def withheld(folder: Path, **options: Any) -> set[str]:
    """Units above the villages of which the report withholds the restricted count."""
    publication = open_period(folder, **options).run().publication
    units = publication.register.units
    finest = max(units.levels)
    return {
        code
        for code, at in units.by_code.items()
        if units.levels[at] < finest and publication.is_withheld(at, "kin")
    }


def safe_together(folder: Path) -> bool:
    """Whether a reader of all published reports works out nothing."""
    releases = [releases_in(path.read_bytes())[0] for path in sorted((folder / "published").iterdir())]
    return not [each for each in attack(releases).breaches if each.low < 5 and each.high != 0]


def test_a_report_is_entered_in_the_list_with_its_hash(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, BEFORE, FORM)
    done = publish(folder)
    assert done.status == 0
    assert "entered in published.csv" in done.stderr
    (line,) = read_published(folder / "published.csv")
    content = (tmp_path / "report.xlsx").read_bytes()
    assert line.sha256 == hashlib.sha256(content).hexdigest()
    assert (line.file, line.period, str(line.boundaries), line.kind) == (
        "report.xlsx", "2021", "2021-12-31", "final",
    )  # fmt: skip
    assert hashlib.sha256((folder / line.record).read_bytes()).hexdigest() == line.figures
    again = publish(folder)
    assert "in published.csv already" in again.stderr
    assert len(read_published(folder / "published.csv")) == 1
    checked = run("validate", folder, "--format", "json")
    assert checked.status == 0
    assert checked.data["findings"] == []  # neither the list nor the record is a return


def test_a_report_that_was_not_written_is_not_entered(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, BEFORE, FORM)
    assert run("report", folder, "-o", tmp_path / "none" / "x.xlsx", "--publish").status == 3
    assert not (folder / "published.csv").exists()
    assert run("report", folder, "-o", tmp_path / "x.jinja.md", "--publish").status == 2
    assert not (folder / "published.csv").exists()


def test_the_record_holds_nothing_that_was_withheld(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    form = FORM + measure("giup") + rule("giup <= kin")
    outcome_of(folder, [[(3, 4), (9, 5), (8, 8), (7, 0)], [(30, 3), (40, 1)]], form, ("kin", "giup"))
    assert publish(folder).status == 1
    (line,) = read_published(folder / "published.csv")
    said = json.loads((folder / line.record).read_bytes())["periods"][0]
    publication = open_period(folder).run().publication
    for shown in said["measures"]:
        for unit, value in zip(said["units"], shown["values"], strict=True):
            figure = publication.figure(publication.register.units.by_code[unit], shown["code"])
            assert value in (None, figure.value if figure else None)
    # the first commune breaks the rule, and the record does not tell
    places = {part[1] for one in said["rules"] for bound in one for part in bound[0]}
    assert {said["units"].index(unit) for unit in ("0710000", "0710001")} <= places


def test_what_a_record_says_is_read_back(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    form = FORM + measure("giup") + rule("giup <= kin")
    outcome_of(folder, [[(3, 2), (9, 5), (8, 8), (7, 0)], [(30, 3), (40, 1)]], form, ("kin", "giup"))
    publish(folder)
    record = next((folder / "published").iterdir()).read_bytes()
    assert record_of(releases_in(record)) == record


def test_a_commune_that_answers_late_cannot_be_worked_out(tmp_path: Path) -> None:
    communes: list[int | None] = [6 + (7 * at) % 40 for at in range(172)]
    province = [communes[at : at + 20] for at in range(0, 160, 20)]
    folder = tmp_path / "2021"
    form = FORM.replace("required = false", "required = true")
    outcome_of(folder, [*province, [*communes[160:], None]], form)
    assert publish(folder, "172.xlsx").status == 1
    (line,) = read_published(folder / "published.csv")
    assert line.kind == "provisional"
    outcome_of(folder, [*province, [*communes[160:], 3]], form)
    assert publish(folder, "173.xlsx").status == 0
    assert {"07", "0718", "0718012"} <= withheld(folder)
    assert safe_together(folder)
    (folder / "published.csv").unlink()
    assert "07" not in withheld(folder)


@pytest.mark.parametrize("suffix", ["xlsx", "html", "docx", "md"])
def test_a_provisional_figure_that_was_corrected_cannot_be_worked_out(suffix: str, tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, BEFORE, FORM)
    publish(folder, f"provisional.{suffix}")
    outcome_of(folder, AFTER, FORM)
    done = publish(folder, f"final.{suffix}", "--final")
    assert done.status == 0
    assert "Withheld: 3 of 9 protected figures, of which 2 only to protect others" in done.stderr
    assert withheld(folder) == {"07", "0710", "0710000"}
    assert safe_together(folder)


def test_last_years_figures_beside_this_years_are_no_less_protected(tmp_path: Path) -> None:
    before, folder = tmp_path / "2020", tmp_path / "2021"
    outcome_of(before, BEFORE, FORM)
    publish(before, "2020.xlsx")
    outcome_of(before, AFTER, FORM)
    outcome_of(folder, BEFORE, FORM)
    prior = open_period(folder).run(with_=before).publication.prior
    assert prior is not None
    units = open_period(folder).register.units.by_code
    shown = {code for code, unit in units.items() if (each := prior.figure(unit, "kin")) and each.given}
    assert shown.isdisjoint({"07", "0710", "0710000"})
    assert {"0711", "0711000"} <= shown
    # this year's report shows last year's figures, so it is a release of last year too
    publish(folder, "2021.xlsx", "--with", before)
    (line,) = read_published(folder / "published.csv")
    assert line.earlier == "2020"
    periods = [release.period for release in releases_in((folder / line.record).read_bytes())]
    assert periods == ["2021", "2020"]
    assert open_period(before).run().releases.releases


def test_districts_that_were_drawn_anew_tell_nothing_beside_the_old_ones(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, [[1, 2, 12, 13], [14, 15, 16]], FORM)
    publish(folder, "old.xlsx")
    assert withheld(folder) >= {"0710000", "0710001"}
    old = (folder / "units.csv").read_text("utf-8")
    new = tmp_path / "new.csv"
    new.write_text(old.replace("xã,commune,0710", "xã,commune,0711", 1), encoding="utf-8")
    assert publish(folder, "new.xlsx", "--units", new).status == 0
    assert safe_together(folder)
    (old_release,) = releases_in((folder / read_published(folder / "published.csv")[0].record).read_bytes())
    (folder / "published.csv").unlink()
    alone = open_period(folder, units=new).run().proof
    assert alone is not None
    assert attack([old_release, alone.release]).breaches  # without the list, both together disclose


def test_a_report_on_other_units_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, BEFORE, FORM)
    publish(folder)
    outcome_of(folder, [BEFORE[0]], FORM)  # the second district is no longer in the register
    done = run("report", folder, "-o", tmp_path / "x.xlsx")
    assert "S233" in done.stderr
    assert "it is on other units" in done.stderr


def test_a_ratio_of_a_withheld_numerator_is_withheld_in_every_later_report(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    form = (
        FORM
        + measure("dan")
        + ('[[ratio]]\ncode = "ty_le"\nlabel = { vi = "Tỷ lệ" }\nnumerator = "kin"\ndenominator = "dan"\n')
    )
    table = [[(20, 50), (9, 800), (8, 700), (7, 900)], [(30, 500), (40, 400)]]
    outcome_of(folder, table, form, ("kin", "dan"))
    publish(folder, "a.xlsx")
    outcome_of(folder, [[(3, 50), *table[0][1:]], table[1]], form, ("kin", "dan"))
    publish(folder, "b.xlsx")
    publication = open_period(folder).run().publication
    for code in ("07", "0710", "0710000"):
        at = publication.register.units.by_code[code]
        assert publication.figure(at, "kin") is None
        assert publication.ratio(at, "ty_le") is None
        assert publication.figure(at, "dan") is not None
    assert safe_together(folder)


def test_a_unit_that_knows_its_own_figure_works_out_nothing_from_two_reports(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, [[3, 9, 8, 7, None], [30, 40, 50]], FORM)
    publish(folder, "a.xlsx")
    outcome_of(folder, [[3, 9, 8, 7, 2], [30, 40, 50]], FORM)
    publish(folder, "b.xlsx")
    result = open_period(folder).run()
    assert result.proof is not None
    outcome = attack([*result.releases.releases, result.proof.release], insiders=True)
    assert not [each for each in outcome.breaches if each.low < 5 and each.high != 0]


def careless(folder: Path) -> None:
    """Publish a report, and then turn its record into that of one that showed too much."""
    publish(folder)
    listed, (record,) = folder / "published.csv", [*(folder / "published").iterdir()]
    said = json.loads(record.read_bytes())
    shown = said["periods"][0]["measures"][0]
    values = {"07": 97, "0710": 27, "0710001": 9, "0710002": 8, "0710003": 7, "0711": 70}
    for unit, value in values.items():
        place = said["periods"][0]["units"].index(unit)
        shown["values"][place] = value
        shown["withheld"] = [each for each in shown["withheld"] if each != place]
    content = record_of(releases_in(json.dumps(said).encode()))
    digest = hashlib.sha256(content).hexdigest()
    old = hashlib.sha256(record.read_bytes()).hexdigest()
    record.with_name(f"{digest[:16]}.json").write_bytes(content)
    listed.write_text(listed.read_text("utf-8-sig").replace(old, digest), encoding="utf-8")


def test_a_figure_that_an_earlier_report_gave_away_is_told_and_nothing_is_published(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, AFTER, FORM)
    careless(folder)
    done = publish(folder, "again.xlsx")
    assert done.status == 1
    assert "S234" in done.stderr
    assert "report.xlsx" in done.stderr
    assert "0710000" in done.stderr or "Xã 10 0" in done.stderr
    assert not (tmp_path / "again.xlsx").exists()
    assert len(read_published(folder / "published.csv")) == 1
    inside = run("report", folder, "-o", tmp_path / "inside.xlsx")  # for the office itself
    assert inside.status == 1
    assert "S234" in inside.stderr
    assert (tmp_path / "inside.xlsx").exists()


@pytest.mark.parametrize("fault", ["missing", "changed", "unreadable", "none"])
def test_a_report_of_which_the_figures_are_not_known_is_told(fault: str, tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, BEFORE, FORM)
    publish(folder)
    (record,) = (folder / "published").iterdir()
    old, digest = hashlib.sha256(record.read_bytes()).hexdigest(), ""
    if fault == "missing":
        shutil.rmtree(folder / "published")
    elif fault == "changed":
        record.write_bytes(record.read_bytes().replace(b"114", b"115"))
    else:
        if fault == "unreadable":
            digest = hashlib.sha256(b"{}").hexdigest()
            record.with_name(f"{digest[:16]}.json").write_bytes(b"{}")
        listed = folder / "published.csv"
        listed.write_text(listed.read_text("utf-8-sig").replace(old, digest), encoding="utf-8")
    done = run("report", folder, "-o", tmp_path / "x.xlsx")
    assert done.status == 0
    assert "S233" in done.stderr
    assert "report.xlsx" in done.stderr
    vietnamese = run("report", folder, "-o", tmp_path / "x.xlsx", "--lang", "vi")
    assert "chưa chứng minh được" in vietnamese.stderr


HASH = "0" * 64
GOOD = ("2021-12-31", "a.xlsx", HASH, "2021", "2021-12-31", "final", "", "")


def table(*lines: Sequence[str], delimiter: str = ",") -> str:
    return "\n".join(delimiter.join(line) for line in (COLUMNS, *lines)) + "\n"


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        (table(GOOD, ("hôm qua", *GOOD[1:])), ["A3"]),
        (table((*GOOD[:2], "1E+63", *GOOD[3:])), ["C2"]),
        (table((*GOOD[:2], HASH[1:], *GOOD[3:])), ["C2"]),
        (table((*GOOD[:5], "draft", *GOOD[6:-1], "abc")), ["H2", "F2"]),
        (table((GOOD[0], "", HASH, "", *GOOD[4:])), ["B2", "D2"]),
        (table(GOOD[:2]), ["C2", "D2", "F2"]),
        ("ngay;tep\n", ["S231"]),
        ("\x00\x01", ["S231"]),
        ("", ["S231"]),
    ],
)
def test_a_faulty_list_is_told_by_cell(content: str, cells: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, BEFORE, FORM)
    (folder / "published.csv").write_text(content, encoding="utf-8")
    done = run("report", folder, "-o", tmp_path / "x.xlsx", "--publish")
    assert done.status == 2
    for cell in cells:
        assert cell in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder / "published.csv").read_text("utf-8") == content


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("utf-8", ";"), ("utf-16", "\t"), ("cp1258", ";")]
)
def test_a_list_that_excel_saved_is_read_and_added_to(encoding: str, delimiter: str, tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, BEFORE, HEAD + measure("kin"))
    line = ("31/12/2020", "bao-cao.docx", HASH.replace("0", "A"), "2020", "31/12/2020", "Provisional", "", "")
    text = table(line, ("", *[""] * 7), delimiter=delimiter)
    (folder / "published.csv").write_text(text, encoding=encoding)
    assert publish(folder).status == 0
    first, second = read_published(folder / "published.csv")
    assert (first.kind, first.sha256, str(first.date)) == ("provisional", "a" * 64, "2020-12-31")
    assert (second.file, second.figures) == ("report.xlsx", "")


def test_runs_at_the_same_time_lose_no_line(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    folder = tmp_path / "2021"
    outcome_of(folder, BEFORE, FORM)
    with ThreadPoolExecutor(3) as pool:
        done = [*pool.map(lambda at: publish(folder, f"{at}.md"), range(3))]
    assert [each.status for each in done] == [0, 0, 0]
    assert {each.file for each in read_published(folder / "published.csv")} == {"0.md", "1.md", "2.md"}
    assert not (folder / ".published.csv.lock").exists()


def test_year_end_tells_what_is_withheld_and_publishes_each_format(tmp_path: Path) -> None:
    folder, results = tmp_path / "2021", tmp_path / "results"
    form = FORM.replace('level = "commune"', 'level = "village"').replace(
        "required = false", "required = true"
    )
    outcome_of(folder, AFTER, form)
    lines = ["Mã,Số kin", *(f"{code}1,{value}" for code, value in (
        ("0710000", 3), ("0710001", 9), ("0710002", 8), ("0710003", 7), ("0711000", 30), ("0711001", 40)
    ))]  # fmt: skip
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = run("year-end", folder, "-o", results, "--publish")
    assert done.status == 0
    assert "Withheld: " in done.stderr
    assert "3 files were entered in published.csv" in done.stderr
    listed = read_published(folder / "published.csv")
    assert {Path(each.file).suffix for each in listed} == {".xlsx", ".html", ".docx"}
    assert len({each.figures for each in listed}) == 1
    names = {hashlib.sha256(path.read_bytes()).hexdigest() for path in results.iterdir() if path.is_file()}
    assert {each.sha256 for each in listed} <= names
