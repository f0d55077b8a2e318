"""aggregate --format csv: whole columns hold what each figure says of itself."""

from __future__ import annotations

import csv
import io

import pytest

from antq_stats.form import Measure
from antq_stats.render.summary import flat_columns
from antq_stats.render.writing.delimited import columns_to_csv
from antq_stats.run import open_period
from antq_stats.words.language import rounded
from helpers.places import ROOT


@pytest.mark.parametrize("sample", ["2020", "2021-messy", "2025"])
def test_every_row_holds_the_figures_of_its_unit(sample: str) -> None:
    result = open_period(ROOT / "data" / "samples" / sample).run()
    aggregate, units, columns = result.aggregate, result.register.tree_order.tolist(), result.form.columns
    text = columns_to_csv(flat_columns(aggregate, units, columns, coverage=True))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(result.register)
    for unit, row in zip(units, rows, strict=True):
        known = result.register.at(unit)
        heads = (row["unit"], row["name"], row["level"], row["parent"])
        assert heads == (known.code, known.display, known.level, known.parent or "")
        provisional = []
        for column in columns:
            if isinstance(column, Measure):
                figure = aggregate.figure(unit, column.code)
                value = figure.value
            else:
                figure = aggregate.ratio(unit, column.code)
                value = None if figure.value is None else rounded(figure.value, column.decimals)
            told = tuple(row[f"{column.code}{what}"] for what in ("", ".given", ".expected"))
            assert told == ("" if value is None else str(value), str(figure.given), str(figure.expected))
            provisional += [column.code] * figure.provisional
        assert row["provisional"].split() == provisional
