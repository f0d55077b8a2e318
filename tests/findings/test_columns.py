"""Origins, findings and sums kept as columns equal one object per row."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_stats.figures.aggregation import aggregate
from antq_stats.figures.coverage import coverage_of
from antq_stats.figures.doubts import doubted_values
from antq_stats.findings import catalogue
from antq_stats.findings.columns import FindingColumns, Findings, blocks_of, counts
from antq_stats.plan import MISSING
from helpers.reading import read_folder
from helpers.returns import HEAD, RATIO, V1, V2, V3, W1, W2, commune, setup, write_csv

RULE = """
[[rule]]
code = "bo-trau"
check = "bo <= trau"
severity = "hard"
message = { vi = "Bò không quá trâu", en = "No more cattle than buffaloes" }
"""


def _broken(folder: Path) -> None:
    """Two files whose villages nearly all break a rule, a cell that is no count, and two villages missing."""
    write_csv(folder / "b.csv", commune((1, 2), ("x", 4), (5, 5)))
    write_csv(folder / "a.csv", [HEAD, [*W1, 1, 2]])


def test_every_way_to_a_source_tells_the_same(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_csv(folder / "a.csv", [["Mã thôn", "Số trâu"], [V1[0], 5], [V2[0], 6]])
    write_csv(folder / "b.csv", [["Mã thôn", "Số bò"], [V1[0], 7], [W2[0], 8]])
    write_csv(folder / "c.csv", commune((1, 2), villages=(V3,)))
    (table,) = read_folder(folder).collection.tables
    for place in range(len(table.measures)):
        assert table.sources.column(place).tolist() == table.source[:, place].tolist()
        assert [table.sources.at(unit, place) for unit in range(5)] == table.source[:, place].tolist()
    assert table.sources.of_rows().tolist() == table.source.max(axis=1).tolist()
    assert (table.values[table.source < 0] == MISSING).all()
    cells = [
        [None if s < 0 else (table.origins[s].file, table.origins[s].row) for s in row]
        for row in table.source.tolist()
    ]
    assert cells == [
        [("a.csv", 2), ("b.csv", 2)],
        [("a.csv", 3), None],
        [("c.csv", 2), ("c.csv", 2)],
        [None, None],
        [None, ("b.csv", 3)],
    ]
    assert table.origins[-1] == table.origins[len(table.origins) - 1] == list(table.origins)[-1]
    with pytest.raises(IndexError):
        table.origins[len(table.origins)]


def test_findings_as_columns_are_the_findings(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", RULE)
    _broken(folder)
    outcome = read_folder(folder)
    found = outcome.findings
    plain = tuple(found)
    assert [(f.code, f.file, f.cell, f.unit) for f in plain] == [
        ("U301", "a.csv", None, "070202"),
        ("R101", "a.csv", "D2", "070201"),
        ("C302", "b.csv", "C3", "070102"),
        ("R101", "b.csv", "D2", "070101"),
        ("R201", None, None, None),
    ]
    assert isinstance(found, Findings)
    assert any(isinstance(block, FindingColumns) for block in blocks_of(found))
    assert (found[1], found[-1], found[1:3]) == (plain[1], plain[-1], plain[1:3])
    assert counts(found) == counts(plain) == {"hard": 4, "note": 1}
    assert tuple(found.of_code("R101")) == tuple(f for f in plain if f.code == "R101")
    assert tuple(found.of_severity("hard")) == tuple(f for f in plain if catalogue.severity(f) == "hard")
    assert Findings([found, ()]) == plain == Findings([plain])
    assert Findings([]) == ()


def test_columns_of_findings_bear_on_the_same_figures(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", RULE)
    _broken(folder)
    outcome = read_folder(folder)
    plain = tuple(outcome.findings)
    collection = outcome.collection
    assert (doubted_values(collection, outcome.findings) == doubted_values(collection, plain)).all()
    one, two = coverage_of(collection, outcome.findings), coverage_of(collection, plain)
    assert (one.hard == two.hard).all()
    assert (one.soft == two.soft).all()
    assert one.unplaced == two.unplaced
    total = aggregate(collection, plain)
    for measure in ("trau", "bo"):
        for mine, other in zip(outcome.total.column(measure), total.column(measure), strict=True):
            assert (mine == other).all()


def test_a_figure_is_its_column_s(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", RULE + RATIO)
    _broken(folder)
    total = read_folder(folder).total
    sums, given_, expected, provisional = total.column("trau")
    over, under, both, _, uncertain = total.ratio_column("ty_le_bo")
    for unit in range(len(total.register)):
        figure, ratio = total.figure(unit, "trau"), total.ratio(unit, "ty_le_bo")
        told = (figure.value or 0, figure.given, figure.expected, figure.provisional)
        assert told == (sums[unit], given_[unit], expected[unit], provisional[unit])
        told = (ratio.numerator, ratio.denominator, ratio.given, ratio.provisional)
        assert told == (over[unit], under[unit], both[unit], uncertain[unit])
