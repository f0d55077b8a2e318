"""No withheld figure can be worked out from the figures that are published."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.figures.aggregation import aggregate
from antq_stats.figures.publication import Publication, publish
from antq_stats.figures.status import Status
from antq_stats.findings.finding import Finding
from helpers.reading import read_folder
from helpers.returns import FLAG, FORM, HEAD, RATIO, commune, setup, sheet, write_csv, write_xlsx

RESTRICTED = """
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
unit = { vi = "người", en = "persons" }
sensitive = "yes"
required = false

[[measure]]
code = "dan"
label = { vi = "Số dân", en = "People" }
unit = { vi = "người", en = "persons" }

[[ratio]]
code = "ty_le"
label = { vi = "Tỷ lệ nghiện", en = "Share of users" }
numerator = "nghien"
denominator = "dan"
"""

Shape = list[list[int | None]]
"""Districts of communes: what each gave."""


def register_of(shape: Shape) -> str:
    lines = ["code,name,type,level,parent", "07,Hà Trung,tỉnh,province,"]
    for district, communes in enumerate(shape, 10):
        lines.append(f"07{district},Huyện {district},,district,07")
        for place in range(len(communes)):
            code = f"07{district}{place:02d}"
            lines.append(f"{code},Xã {district} {place},,commune,07{district}")
            lines.append(f"{code}001,Thôn 1,,village,{code}")
    return "\n".join(lines) + "\n"


def write(folder: Path, shape: Shape) -> Path:
    setup(folder, form=RESTRICTED, units=register_of(shape))
    rows: list[list[object]] = [["Mã xã", "Tên xã", "Số người nghiện", "Số dân"]]
    for district, communes in enumerate(shape, 10):
        for place, value in enumerate(communes):
            rows.append([f"07{district}{place:02d}", f"Xã {district} {place}", value, 1000])
    write_csv(folder / "tinh.csv", rows)
    return folder


def published(folder: Path) -> Publication:
    outcome = read_folder(folder)
    assert not outcome.hard
    return publish(outcome.collection, outcome.findings)


def of(shape: Shape) -> Publication:
    with tempfile.TemporaryDirectory() as folder:
        return published(write(Path(folder), shape))


def withheld(publication: Publication) -> dict[str, int]:
    """Code -> true value of what is withheld above the villages."""
    codes = publication.register.units.codes
    total = aggregate(publication.collection)
    found = {}
    for position, code in enumerate(codes):
        if len(code) < 9 and publication.is_withheld(position, "nghien"):
            found[code] = total.figure(position, "nghien").value or 0
    return found


def attacked(parents: list[int], shown: Truths, values: Integers) -> tuple[list[int], list[float]]:
    """Return what a reader can work out: the bounds of each cell, from parent = sum of children alone.

    The relations are a tree, so this finds all that a reader who does not know the method can find.
    """
    low = [int(values[at]) if shown[at] else 0 for at in range(len(parents))]
    high: list[float] = [int(values[at]) if shown[at] else float("inf") for at in range(len(parents))]
    families = {head: [at for at, parent in enumerate(parents) if parent == head] for head in set(parents)}
    families.pop(-1, None)
    for _ in range(4 * len(parents)):
        before = list(low), list(high)
        for head, members in families.items():
            low[head] = max(low[head], sum(low[at] for at in members))
            high[head] = min(high[head], sum(high[at] for at in members))
            for at in members:
                others = [other for other in members if other != at]
                high[at] = min(high[at], high[head] - sum(low[other] for other in others))
                rest = sum(high[other] for other in others)
                low[at] = max(low[at], int(low[head] - rest) if rest != float("inf") else 0)
        if (low, high) == before:
            break
    return low, high


values = st.one_of(st.integers(0, 6), st.integers(0, 40), st.none())
shapes = st.lists(st.lists(values, min_size=1, max_size=6), min_size=1, max_size=5)


@settings(deadline=None, max_examples=150)
@given(shapes)
def test_no_reader_can_work_out_what_is_withheld(shape: Shape) -> None:
    publication = of(shape)
    units = publication.register.units
    kept = [at for at, code in enumerate(units.codes) if len(code) < 9]
    place = {at: new for new, at in enumerate(kept)}
    column = publication.column("nghien")
    hidden = column.status[kept] == Status.WITHHELD
    total = aggregate(publication.collection).column("nghien")
    parents = [place.get(units.parents[at], -1) for at in kept]
    low, high = attacked(parents, ~hidden, column.values[kept])
    for new, at in enumerate(kept):
        true = int(total[0][at])
        assert low[new] <= true <= high[new]
        if hidden[new]:
            assert low[new] <= 1, units.codes[at]
            assert high[new] >= 4, units.codes[at]
        else:
            assert not 1 <= true <= 4, units.codes[at]
    if not any(1 <= int(true) <= 4 for true in total[0][kept]):
        assert not hidden.any()


def test_a_lone_small_cell_takes_the_one_beside_it_along() -> None:
    assert withheld(of([[3, 9, 7, 8, 0], [20, 30]])) == {"071000": 3, "071001": 9}
    assert withheld(of([[9, 0, 7, 2], [20, 30]])) == {"071000": 9, "071002": 7, "071003": 2}


def test_under_a_withheld_total_nothing_is_disclosed() -> None:
    # district 10 has 3 in all and takes the next along; under both even a nought would tell
    assert withheld(of([[3, 0], [20, 30], [8, 9], [40]])) == {
        "0710": 3, "071000": 3, "071001": 0, "0711": 50, "071100": 20, "071101": 30,
    }  # fmt: skip


def test_values_of_one_are_disclosed_by_their_sum_and_take_others_along() -> None:
    assert withheld(of([[1, 1, 9, 30, 40, 50], [50]])) == {
        "071000": 1,
        "071001": 1,
        "071002": 9,
        "071003": 30,
    }


def test_of_a_total_that_is_small_for_its_units_all_are_withheld() -> None:
    # a total of 5 beside five withheld cells that are no noughts would say what each is
    assert withheld(of([[1, 1, 1, 1, 1], [40, 60]])).keys() == {f"07100{at}" for at in range(5)}
    assert withheld(of([[0, 1, 5, 0, 0], [40, 60]])).keys() == {f"07100{at}" for at in range(5)}


@given(st.lists(st.integers(0, 30), min_size=2, max_size=8), st.integers(2, 9))
@settings(deadline=None, max_examples=60)
def test_the_threshold_is_the_forms(communes: list[int], below: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), [communes])
        form = path / "form.toml"
        protect = f'sensitive = "yes"\nprotect = {{ below = {below} }}'
        form.write_text(form.read_text("utf-8").replace('sensitive = "yes"', protect), "utf-8")
        publication = published(path)
    shown = publication.column("nghien")
    for unit, value in enumerate(shown.values.tolist()):
        assert shown.status[unit] != Status.FIGURE or value == 0 or value >= below


def test_zeros_and_missing_values_are_shown_as_they_are() -> None:
    publication = of([[0, None, 0], [12]])
    codes = publication.register.units.by_code
    assert publication.figure(codes["071000"], "nghien") == (0, 1, 1, False, 0, False)
    missing = publication.figure(codes["071001"], "nghien")
    assert missing is not None
    assert missing.value is None
    assert not withheld(publication)


def test_a_withheld_figure_is_in_no_output() -> None:
    publication = of([[3, 9, 7, 0], [20, 30]])
    unit = publication.register.units.by_code["071000"]
    assert publication.figure(unit, "nghien") is None
    assert publication.ratio(unit, "ty_le") is None
    assert publication.span(unit, "nghien") is None
    assert publication.ratio_span(unit, "ty_le") is None
    assert publication.column("nghien").values[unit] == 0
    assert publication.figure(unit, "dan") is not None
    top = publication.ratio(publication.root, "ty_le")
    assert top is not None
    assert top.value == Fraction(69 * 100, 6000)


@pytest.mark.parametrize("sensitive", ["small", "yes"])
def test_nothing_is_published_at_the_finest_level(tmp_path: Path, sensitive: str) -> None:
    form = FORM.replace('code = "bo"', f'code = "bo"\nsensitive = "{sensitive}"')
    setup(tmp_path, RATIO, form=form.replace('level = "village"', 'level = "commune"'))
    text = "Mã xã | Tên xã | Số trâu | Số bò\n'0701 | Nguyễn Thái Học | 50 | 3\n'0702 | Minh Quân | 50 | 20"
    write_csv(tmp_path / "a.csv", sheet(text))
    publication = published(tmp_path)
    codes = publication.register.units.by_code
    small = publication.figure(codes["0701"], "bo")
    assert (small is None) == (sensitive == "yes")
    by_village = tmp_path / "v"
    setup(by_village, form=form)
    if sensitive == "yes":
        return  # refused by the reader in a table by village
    write_csv(by_village / "a.csv", commune((1, 9), (2, 8), (3, 7)))
    below = publish(*_read(by_village))
    assert below.figure(codes["070101"], "bo") is None
    assert below.figure(codes["0701"], "bo") == (24, 3, 3, False, 0, False)
    assert below.figure(codes["070101"], "trau") is not None


def _read(folder: Path) -> tuple[Collection, tuple[Finding, ...]]:
    outcome = read_folder(folder)
    return outcome.collection, outcome.findings


def test_last_year_is_protected_too(tmp_path: Path) -> None:
    shape: Shape = [[30, 9, 7, 8], [20, 30]]
    collection, findings = _read(write(tmp_path / "now", shape))
    then = read_folder(write(tmp_path / "then", [[3, 9, 7, 8], [20, 30]])).total
    publication = publish(collection, findings, then)
    codes = publication.register.units.by_code
    assert publication.prior is not None
    assert publication.prior.figure(codes["071000"], "nghien") is None
    assert publication.prior.ratio(codes["071000"], "ty_le") is None
    assert publication.prior.figure(codes["071002"], "nghien") == (7, 1, 1, False, 0, False)
    sums, known = publication.prior.column("nghien")
    assert not known[codes["071000"]]
    assert sums[codes["071002"]] == 7


def test_findings_on_a_protected_measure_are_counted_and_not_shown(tmp_path: Path) -> None:
    setup(tmp_path, form=RESTRICTED, units=register_of([[1, 1]]))
    rows = [["Mã xã", "Tên xã", "Số người nghiện", "Số dân"], ["071000", "Xã 10 0", "3 kg", "7 kg"]]
    write_csv(tmp_path / "a.csv", rows)
    publication = publish(*_read(tmp_path))
    told = {finding.measure: finding.value for finding in publication.findings if finding.measure}
    assert told == {"dan": "7 kg"}
    assert publication.tally == (2, 0)  # the other cell, and a commune missing
    assert publication.is_provisional


def test_sums_do_not_change_what_is_shown() -> None:
    publication = of([[3, 9, 7, 0], [20, 30]])
    total = aggregate(publication.collection)
    column, figures = publication.column("nghien"), total.column("nghien")
    shown = column.status == Status.FIGURE
    assert np.array_equal(column.values[shown], figures[0][shown])


def test_a_ratio_over_some_units_does_not_tell_what_they_gave(tmp_path: Path) -> None:
    form = FORM.replace("max = 5000", 'max = 5000\nsensitive = "small"').replace("required = false", "")
    folder = setup(tmp_path / "2021", form=form + RATIO)
    first = [["070101", "Thôn 1", 50, 3], ["070102", "Thôn 2", None, 8]]
    write_xlsx(folder / "1.xlsx", [HEAD, *first, ["070103", "Thôn Nguyễn Phúc", None, 9]])
    write_xlsx(folder / "2.xlsx", [HEAD, ["070201", "Thôn 1", 50, 11], ["070202", "Bản Lý", 7, 12]])
    publication = publish(*_read(folder))
    codes = publication.register.units.by_code
    sides = [column.code for column in publication.columns if column.code in ("trau", "bo")]
    assert set(sides) == {"trau", "bo"}
    ratio = publication.form.ratios[0].code
    assert publication.ratio(codes["0701"], ratio) is None  # it would say 3/50: what Thôn 1 gave
    assert publication.ratio(codes["07"], ratio) is None
    complete = publication.ratio(codes["0702"], ratio)
    assert complete is not None
    assert (complete.numerator, complete.denominator) == (23, 57)
    assert publication.span(codes["0701"], "bo") is None


def test_a_flag_of_every_unit_is_not_disclosed_by_its_total(tmp_path: Path) -> None:
    units = "code,name,type,level,parent\n07,Hà Trung,tỉnh,province,\n"
    units += "0701,A,xã,commune,07\n0702,B,xã,commune,07\n"
    villages = {"0701": 2, "0702": 2}
    units += "".join(
        f"{commune}{place:02d},{commune} {place},,village,{commune}\n"
        for commune, count in villages.items()
        for place in range(count)
    )
    flag = FLAG.replace('kind = "flag"', 'kind = "flag"\nsensitive = "yes"')
    folder = setup(tmp_path / "2021", form=FORM + flag, units=units)
    rows = [
        [f"{commune}{place:02d}", f"{commune} {place}", 1, 1, 1]
        for commune, count in villages.items()
        for place in range(count)
    ]
    write_csv(folder / "all.csv", [[*HEAD, "Có điện"], *rows])
    publication = publish(*_read(folder))
    # 4 of 4 would say that both communes have 2 of 2.
    assert publication.figure(publication.root, "dien") is None
