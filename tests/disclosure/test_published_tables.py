"""Tables for other programs that are published: entered in the list, and no more telling than a report."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import itertools
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.disclosure.attack import attack
from antq_stats.disclosure.record import releases_in
from antq_stats.figures.restated import Restated
from antq_stats.release_list import read_published
from antq_stats.render.exchange.long_table import long_csv
from antq_stats.render.exchange.observations import own_observations, stated_observations
from antq_stats.run import open_period
from antq_stats.series.boundaries import boundaries_on, history_of
from helpers.command import CommandResult, run
from helpers.restricted import HEAD, KIN, outcome_of

pytest.importorskip("highspy")
pytestmark = pytest.mark.slow

FORM = HEAD + KIN
BEFORE = [[20, 9, 8, 7], [30, 40]]
AFTER = [[3, 9, 8, 7], [30, 40]]


def publish(folder: Path, name: str, *options: object, format_: str = "long") -> CommandResult:
    target = folder.parent / name
    return run(
        "aggregate", folder, "--by", "commune", "--format", format_, "-o", target, "--publish", *options
    )


def table(text: str) -> dict[str, str]:
    """Unit -> what a long table shows of the restricted count: its value, or its status."""
    rows = csv.DictReader(io.StringIO(text))
    return {row["unit"]: row["value"] or row["status"] for row in rows if row["measure"] == "kin"}


def safe_together(folder: Path) -> bool:
    """Whether a reader of all that was published works out nothing."""
    records = [line.record for line in read_published(folder / "published.csv")]
    releases = [releases_in((folder / each).read_bytes())[0] for each in dict.fromkeys(records)]
    return not [each for each in attack(releases).breaches if each.low < 5 and each.high != 0]


@pytest.mark.parametrize("format_", ["long", "sdmx-csv"])
def test_a_table_is_entered_in_the_list_with_its_hash(format_: str, tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, BEFORE, FORM)
    done = publish(folder, "sums.csv", format_=format_)
    assert done.status == 0
    assert "entered in published.csv" in done.stderr
    (line,) = read_published(folder / "published.csv")
    assert line.sha256 == hashlib.sha256((tmp_path / "sums.csv").read_bytes()).hexdigest()
    assert (line.file, line.period, str(line.boundaries), line.kind) == (
        "sums.csv", "2021", "2021-12-31", "final",
    )  # fmt: skip
    assert hashlib.sha256((folder / line.record).read_bytes()).hexdigest() == line.figures
    assert "already" in publish(folder, "sums.csv", format_=format_).stderr
    assert len(read_published(folder / "published.csv")) == 1


def test_a_report_and_a_table_are_proven_beside_each_other(tmp_path: Path) -> None:
    for first, then in itertools.permutations(("report", "table")):
        folder = tmp_path / first / "2021"
        for kind, values in ((first, BEFORE), (then, AFTER)):
            outcome_of(folder, values, FORM)
            if kind == "table":
                assert publish(folder, f"{kind}.csv").status == 0
            else:
                done = run("report", folder, "-o", folder.parent / "report.xlsx", "--publish")
                assert done.status == 0
        assert len(read_published(folder / "published.csv")) == 2
        assert safe_together(folder)
        now = table(run("aggregate", folder, "--by", "commune", "--format", "long").stdout)
        assert {unit for unit, shown in now.items() if shown == "Q"} == {"07", "0710", "0710000"}
        (folder / "published.csv").unlink()
        alone = table(run("aggregate", folder, "--by", "commune", "--format", "long").stdout)
        assert alone["07"] != "Q"  # it is withheld because of what was published before


def test_nothing_is_published_that_the_office_keeps_for_itself(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, AFTER, FORM)
    for suffix in ("csv", "json", "md", "xlsx"):
        done = run("aggregate", folder, "-o", tmp_path / f"sums.{suffix}", "--publish")
        assert done.status == 2
        assert "long, sdmx-csv" in done.stderr
        assert not (tmp_path / f"sums.{suffix}").exists()
    done = run("aggregate", folder, "--format", "long", "--publish")
    assert done.status == 2
    assert "-o FILE" in done.stderr
    assert not (folder / "published.csv").exists()


def moved(folder: Path, shape: Sequence[Sequence[int]], homes: Sequence[int], units: int = 2) -> None:
    """Write a period, and later districts of which each commune belongs to one."""
    outcome_of(folder, shape, FORM)
    until, since = "2025-06-30", "2025-07-01"
    lines = ["code,name,type,level,parent,valid_from,valid_to", "07,Tỉnh,tỉnh,province,,,"]
    lines += [f"07{10 + at},Huyện {10 + at},huyện,district,07,," for at in range(units)]
    new, events = iter(homes), ["event,date,kind,from,to,share,act,source"]
    for district, values in enumerate(shape, 10):
        for place in range(len(values)):
            code, now = f"07{district}{place:03d}", 10 + next(new)
            unit = f"{code},Xã {district} {place},xã,commune"
            days = [(district, "", "")] if now == district else [(district, "", until), (now, since, "")]
            lines += [f"{unit},07{above},{first},{last}" for above, first, last in days]
            lines.append(f"{code}1,Thôn 1,,village,{code},,")
            if now != district:
                events.append(f"e{code},{since},transfer,{code},{code},,NQ,CB")
    (folder / "changes.csv").write_text("\n".join(events) + "\n", encoding="utf-8")
    (folder / "units.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_commune_that_moved_to_another_district_is_not_their_difference(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    moved(folder, [[6, 3, 9, 8], [30, 40]], [0, 1, 0, 0, 1, 1])
    assert publish(folder, "own.csv").status == 0
    own = table((tmp_path / "own.csv").read_text("utf-8"))
    assert (own["0710"], own["0710001"], own["0711"]) == ("26", "Q", "70")
    done = publish(folder, "stated.csv", "--on", "2025-12-01")
    assert done.status == 0, done.stderr
    assert "S233" not in done.stderr
    stated = table((tmp_path / "stated.csv").read_text("utf-8"))
    assert (stated["07"], stated["0710"], stated["0711"]) == ("96", "Q", "Q")
    first, second = read_published(folder / "published.csv")
    assert (str(first.boundaries), str(second.boundaries)) == ("2021-12-31", "2025-12-01")
    again = run("report", folder, "-o", tmp_path / "report.xlsx", "--publish")
    assert "S233" not in again.stderr
    assert safe_together(folder)


def both_tables(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """What the long tables show on the period's own boundaries, and on the later ones; in this process."""
    result = open_period(folder, jobs=1).run()
    form, period = result.form, result.period
    own = own_observations(result.publication, range(len(result.register)), form.columns)
    boundaries = boundaries_on(dt.date(2025, 12, 1), [period], history_of([period]))
    restated = Restated(result.aggregate, boundaries.placement(period))
    units = range(len(boundaries.register))
    stated = stated_observations(
        result.publication, result.disclosed, boundaries, restated, units, form.columns
    )
    return table(long_csv(own)), table(long_csv(stated))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(st.integers(0, 6), st.integers(0, 40)), min_size=1, max_size=4),
        min_size=2, max_size=3,
    ),
    st.data(),
)  # fmt: skip
def test_sums_on_other_boundaries_tell_nothing_that_the_own_ones_do_not(
    shape: list[list[int]], data: st.DataObject
) -> None:
    count = sum(map(len, shape))
    homes = data.draw(st.lists(st.integers(0, len(shape) - 1), min_size=count, max_size=count))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "2021"
        moved(folder, shape, homes, len(shape))
        own, stated = both_tables(folder)
    codes = [f"07{10 + at}{place:03d}" for at, values in enumerate(shape) for place in range(len(values))]
    then = {code: code[:4] for code in codes}
    now = {code: f"07{10 + home}" for code, home in zip(codes, homes, strict=True)}

    def rows(shown: dict[str, str], above: dict[str, str]) -> list[list[int]]:
        return [
            [int(unit in (code, above[code], "07")) for code in codes]
            for unit, value in shown.items()
            if value.isdigit()
        ]

    known = np.array([*rows(own, then), [0] * count])
    both = np.array([*known.tolist(), *rows(stated, now)])
    assert np.linalg.matrix_rank(both) == np.linalg.matrix_rank(known)
