"""Charts of ratios and measures with matplotlib (extra ``plot``): by unit, and from period to period.

A chart shows what its figures allow: of a `Publication` nothing that is withheld, and what is provisional
is marked in every chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.figure import Figure, RatioFigure
from antq_stats.figures.publication import Publication
from antq_stats.form import Form, Ratio
from antq_stats.words.language import Language, decimal, number
from antq_stats.words.unknown_code import UnknownCodeError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Figures = Aggregate | Publication

_INK, _BAR, _PALE, _LINE = "#1b1b1b", "#1f5f8b", "#9fbfd4", "#b3261e"
_ROW_INCHES = 0.3
_SHORT = 0.15
"""Share of the longest bar under which a bar's figure stands beside it."""
_HEAD_INCHES = 1.2


def ratio_by_unit(
    figures: Figures,
    code: str,
    *,
    level: str | None = None,
    under: int | str | None = None,
    language: Language = "vi",
    ax: Axes | None = None,
) -> Axes:
    """Draw a ratio as a bar for each unit, with the figure of the whole as a line.

    Parameters
    ----------
    figures : an aggregate, or a publication, of which nothing withheld is drawn.
    code : the ratio's code.
    level : level of the units, in the register's own word; None for the level below ``under``.
    under : unit (code or position) whose units are drawn; None for the root.
    language : of labels and figures.
    ax : axes to draw on; None for new ones.

    Returns
    -------
    Axes
        A bar per unit in the register's order, from the top down. A unit without a figure has no bar, and a
        dash. Bars of provisional figures are paler.

    Raises
    ------
    UnknownCodeError
        There is no such ratio, unit or level.
    """
    register, ratio = figures.register, _ratio(figures.form, code)
    top = register.units.children[-1][0] if under is None else register.position(under)
    place = register.units.levels[top] + 1 if level is None else register.level(level)
    if place is None:
        raise UnknownCodeError("level", level, register.levels)
    units = [unit for unit in register.under(top).tolist() if register.units.levels[unit] == place]
    shown = [figures.ratio(unit, code) for unit in units]
    values = [_value(one) for one in shown]
    ax = ax or _new_axes(_HEAD_INCHES + _ROW_INCHES * len(units))
    colours = [_PALE if one is None or one.provisional else _BAR for one in shown]
    ax.barh(range(len(units)), [value or 0.0 for value in values], color=colours)
    for row, one in enumerate(shown):
        text = "–" if one is None or one.value is None else decimal(one.value, ratio.decimals, language)
        is_inside = one is not None and (values[row] or 0.0) > _SHORT * max(value or 0.0 for value in values)
        ax.annotate(
            text, (values[row] or 0.0, row), xytext=(-4 if is_inside else 4, 0), textcoords="offset points",
            va="center", ha="right" if is_inside else "left",
            color="white" if is_inside and one is not None and not one.provisional else _INK,
        )  # fmt: skip
    ax.set_yticks(range(len(units)), [register.at(unit).display for unit in units])
    ax.invert_yaxis()
    total = figures.ratio(top, code)
    if total is not None and total.value is not None:
        whole = float(total.value)
        ax.axvline(whole, color=_LINE, linewidth=1)
        name = f"{register.at(top).display} {decimal(total.value, ratio.decimals, language)}"
        ax.annotate(
            name, (whole, 1), xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points",
            ha="center", color=_LINE,
        )  # fmt: skip
    ax.set_xlabel(figures.form.unit(code, language))
    ax.set_title(f"{ratio.label.say(language)} · {figures.period}", loc="left", pad=22)
    return ax


def series(
    periods: Sequence[Figures],
    code: str,
    *,
    unit: str | None = None,
    language: Language = "vi",
    ax: Axes | None = None,
) -> Axes:
    """Draw a measure or a ratio of one unit from period to period.

    Parameters
    ----------
    periods : figures of each period, in the order in which they are drawn.
    code : code of the measure or ratio.
    unit : code of the unit; None for the root of each period's register.
    language : of labels and figures.
    ax : axes to draw on; None for new ones.

    Returns
    -------
    Axes
        A line through the periods. It is broken where there is no figure; provisional ones are hollow.

    Raises
    ------
    UnknownCodeError
        A period has no such measure, ratio or unit.
    """
    found = [_of_root_or_unit(figures, code, unit) for figures in periods]
    values = [_value(one) for one in found]
    ax = ax or _new_axes(3.4)
    places = range(len(periods))
    ax.plot(places, [float("nan") if value is None else value for value in values], color=_BAR)
    for place, (one, value) in enumerate(zip(found, values, strict=True)):
        if one is None or value is None:
            continue
        face = "white" if one.provisional else _BAR
        ax.plot([place], [value], marker="o", color=_BAR, markerfacecolor=face)
        ax.annotate(_written(one, periods[place].form, code, language), (place, value), xytext=(0, 7),
                    textcoords="offset points", ha="center")  # fmt: skip
    ax.set_xticks(places, [figures.period for figures in periods])
    ax.margins(x=0.12, y=0.25)
    if periods:
        last = periods[-1]
        position = last.register.units.children[-1][0] if unit is None else last.register.position(unit)
        name = last.register.at(position).display
        ax.set_title(f"{last.form.label(code, language)} · {name}", loc="left")
        ax.set_ylabel(last.form.unit(code, language))
    return ax


def _of_root_or_unit(figures: Figures, code: str, unit: str | None) -> Figure | RatioFigure | None:
    register = figures.register
    position = register.units.children[-1][0] if unit is None else register.position(unit)
    if any(ratio.code == code for ratio in figures.form.ratios):
        return figures.ratio(position, code)
    if all(measure.code != code for measure in figures.form.measures):
        raise UnknownCodeError("measure or ratio", code, [column.code for column in figures.form.columns])
    return figures.figure(position, code)


def _ratio(form: Form, code: str) -> Ratio:
    known = {ratio.code: ratio for ratio in form.ratios}
    if code not in known:
        raise UnknownCodeError("ratio", code, known.keys())
    return known[code]


def _value(figure: Figure | RatioFigure | None) -> float | None:
    return None if figure is None or figure.value is None else float(figure.value)


def _written(figure: Figure | RatioFigure, form: Form, code: str, language: Language) -> str:
    if isinstance(figure, RatioFigure):
        return decimal(figure.value or 0, _ratio(form, code).decimals, language)
    return "" if figure.value is None else number(figure.value, language)


def _new_axes(height: float) -> Axes:
    import matplotlib.pyplot as plt

    axes: Axes = plt.subplots(figsize=(8, height), layout="constrained")[1]
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=_INK)
    return axes
