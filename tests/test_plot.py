"""Charts: what is drawn is what the figures say, and what is withheld or missing is not drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from antq_stats import Result, UnknownCodeError, open_period
from helpers.returns import FORM, RATIO, V1, V2, V3, W1, W2, commune, setup, write_csv

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib (the extra `plot`) is not installed")
matplotlib.use("agg")

from antq_stats.plot import ratio_by_unit, series  # noqa: E402 - it needs matplotlib

FIRST, SECOND = (V1, V2, V3), (W1, W2)


def result(folder: Path, *, second: bool = True, form: str = FORM) -> Result:
    """Read two communes, of which 30 and 25 % of the animals are cattle; the second one may be missing."""
    setup(folder, RATIO, form=form)
    write_csv(folder / "a.csv", commune((100, 30), (100, 30), (100, 30), villages=FIRST))
    if second:
        write_csv(folder / "b.csv", commune((200, 50), (200, 50), villages=SECOND))
    return open_period(folder, period=folder.name, jobs=1).run()


def texts(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_a_ratio_has_a_bar_for_each_unit_and_a_line_for_the_whole(tmp_path: Path) -> None:
    axes = ratio_by_unit(result(tmp_path / "2021").publication, "ty_le_bo", language="en")
    assert [bar.get_width() for bar in axes.patches] == [30.0, 25.0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Xã Nguyễn Thái Học", "Xã Minh Quân"]
    assert texts(axes) == ["30.0", "25.0", "Tỉnh Hà Trung 27.1"]
    assert axes.lines[0].get_xdata()[0] == pytest.approx(19000 / 700)
    assert axes.get_title(loc="left") == "Share of cattle · 2021"


def test_a_unit_without_a_figure_has_a_dash_and_what_is_provisional_is_paler(tmp_path: Path) -> None:
    partly = result(tmp_path / "2021", second=False)
    axes = ratio_by_unit(partly.publication, "ty_le_bo", level="village")
    assert [text for text in texts(axes) if text == "–"] == ["–", "–"]
    assert [bar.get_width() for bar in axes.patches] == [30.0, 30.0, 30.0, 0.0, 0.0]
    colours = [bar.get_facecolor() for bar in axes.patches]
    assert len(set(colours[:3])) == 1
    assert len(set(colours)) == 2


def test_of_a_publication_nothing_withheld_is_drawn(tmp_path: Path) -> None:
    form = FORM.replace('kind = "count"\nmax', 'kind = "count"\nsensitive = "yes"\nmax')
    told = result(tmp_path / "2021", form=form)
    axes = ratio_by_unit(told.publication, "ty_le_bo", level="village")
    assert {bar.get_width() for bar in axes.patches} == {0.0}
    assert "30,0" not in "".join(texts(axes))


def test_a_series_is_broken_where_a_period_has_no_figure(tmp_path: Path) -> None:
    whole, none, part = result(tmp_path / "2019"), tmp_path / "2020", result(tmp_path / "2021", second=False)
    setup(none, RATIO)
    write_csv(none / "a.csv", commune((None, None), (None, None), (None, None), villages=FIRST))
    blank = open_period(none, period="2020", jobs=1).run()
    axes = series([whole.aggregate, blank.aggregate, part.aggregate], "bo", language="en")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2019", "2020", "2021"]
    assert texts(axes) == ["190", "90"]
    values = list(axes.lines[0].get_ydata())
    assert (values[0], values[2]) == (190.0, 90.0)
    assert values[1] != values[1]
    faces = [line.get_markerfacecolor() for line in axes.lines[1:]]
    assert faces[0] != "white"
    assert faces[1] == "white"


def test_a_series_takes_ratios_and_units(tmp_path: Path) -> None:
    years = [result(tmp_path / year).aggregate for year in ("2020", "2021")]
    axes = series(years, "ty_le_bo", unit="0702")
    assert texts(axes) == ["25,0", "25,0"]
    assert axes.get_title(loc="left") == "Tỷ lệ bò · Xã Minh Quân"
    assert axes.get_ylabel() == "%"


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda figures: ratio_by_unit(figures, "ty_le"), "no ratio 'ty_le'; near: 'ty_le_bo'"),
        (
            lambda figures: ratio_by_unit(figures, "ty_le_bo", level="hamlet"),
            "no level 'hamlet'; known: 'commune'",
        ),
        (lambda figures: ratio_by_unit(figures, "ty_le_bo", under="0703"), "no unit '0703'; near: '07"),
        (lambda figures: series([figures], "heo"), "no measure or ratio 'heo'; known: 'bo'"),
        (lambda figures: series([figures], "bo", unit="99"), "no unit '99'; known: '07'"),
    ],
)
def test_a_code_that_does_not_exist_is_an_error_that_says_what_does(
    tmp_path: Path, draw: Any, said: str
) -> None:
    with pytest.raises(UnknownCodeError) as error:
        draw(result(tmp_path / "2021").aggregate)
    assert str(error.value).startswith(said)
