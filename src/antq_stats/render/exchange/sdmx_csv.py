"""SDMX-CSV 2.0: the observations as statistical offices exchange them.

A row is a replacement (action R): whoever loads a later table has no figure left that has been withdrawn or
withheld since. Missing values are empty, and OBS_STATUS says why they are.
"""

from __future__ import annotations

import datetime as dt
import re

from antq_stats.form import Form
from antq_stats.output_marks import SDMX_COLUMNS
from antq_stats.render.exchange.observations import Observations, ObservationStatus
from antq_stats.render.writing.delimited import to_csv
from antq_stats.words.text import ascii_key

HEADS = (
    *SDMX_COLUMNS, "REF_AREA", "INDICATOR", "BOUNDARIES", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS",
    "CONF_STATUS", "UNIT_MEASURE", "DECIMALS", "LEVEL", "GIVEN", "EXPECTED", "LOW", "HIGH",
    "REASON", "DECIDED",
)  # fmt: skip
"""The columns: structure and action, dimensions, the measure, attributes."""

_FREE, _NOT_PUBLISHED = "F", "N"
"""Codes of CL_CONF_STATUS. It has others for small figures and for those that protect them.

They are not used: which figure is which would tell what is withheld.
"""
_YEAR = re.compile(r"\d{4}", re.ASCII)
_MONTH_OR_DAY = re.compile(r"\d{4}-\d\d(-\d\d)?", re.ASCII)
_NUMBERS = re.compile(r"\d+(\.\d+){0,2}", re.ASCII)
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_]+")
_NOT_IN_A_VERSION = re.compile(r"[^A-Za-z0-9]+")
_SHORTEST_YEAR = 360


class NoTimePeriodError(ValueError):
    """SDMX has no way to write a period, and the form does not say from which day to which it lasts.

    Parameters
    ----------
    period : its name.
    """

    def __init__(self, period: str) -> None:
        self.period = period
        super().__init__(period)


def time_period(period: str, form: Form) -> tuple[str, str]:
    """Return the frequency of a period (CL_FREQ) and the period as SDMX writes it.

    A year, a month or a day in ISO format is written as it is; any other period by its first day and its
    length, as the form states them.

    Parameters
    ----------
    period : name of the period.
    form : its form.

    Raises
    ------
    NoTimePeriodError
        The name is none of these, and the form states no days.
    """
    if _YEAR.fullmatch(period):
        return "A", period
    if match := _MONTH_OR_DAY.fullmatch(period):
        try:
            dt.date.fromisoformat(period if match[1] else f"{period}-01")
        except ValueError:
            pass
        else:
            return "D" if match[1] else "M", period
    first, last = form.about.covers_from, form.about.covers_to
    if first is None or last is None:
        raise NoTimePeriodError(period)
    days = (last - first).days + 1
    return "A" if days >= _SHORTEST_YEAR else "_O", f"{first.isoformat()}/P{days}D"


def structure_id(form: Form) -> str:
    """Return the identification of the dataflow: this program as the agency, the form and its edition.

    Parameters
    ----------
    form : the form.
    """
    name = _NOT_IN_AN_ID.sub("_", ascii_key(form.id)).strip("_").upper() or "FORM"
    if _NUMBERS.fullmatch(form.version):
        numbers = [str(int(number)) for number in form.version.split(".")]
        version = ".".join([*numbers, "0", "0"][:3])
    else:
        words = _NOT_IN_A_VERSION.sub("-", ascii_key(form.version)).strip("-")
        version = f"1.0.0-{words}" if words else "1.0.0"
    return f"ANTQ_STATS:{name}({version})"


def sdmx_csv(observations: Observations) -> str:
    """Return observations as SDMX-CSV 2.0, without a byte order mark.

    Parameters
    ----------
    observations : the observations.

    Raises
    ------
    NoTimePeriodError
        SDMX has no way to write the period.
    """
    form = observations.form
    frequency, period = time_period(observations.period, form)
    same = {"STRUCTURE": "dataflow", "STRUCTURE_ID": structure_id(form), "ACTION": "R", "FREQ": frequency}
    same |= {"BOUNDARIES": observations.boundaries, "TIME_PERIOD": period}
    units = {unit: observations.register.at(unit) for unit in observations.units}
    described = {
        column.code: {
            "INDICATOR": column.code,
            "UNIT_MEASURE": form.unit(column.code, "en"),
            "DECIMALS": column.decimals,
        }
        for column in observations.columns
    }
    return to_csv(
        (
            {
                **same,
                **described[row.column.code],
                "REF_AREA": units[row.unit].code,
                "OBS_VALUE": row.value,
                "OBS_STATUS": row.status.value,
                "CONF_STATUS": _NOT_PUBLISHED if row.status is ObservationStatus.SUPPRESSED else _FREE,
                "LEVEL": units[row.unit].level,
                "GIVEN": row.given,
                "EXPECTED": row.expected,
                "LOW": row.low,
                "HIGH": row.high,
                "REASON": row.reason,
                "DECIDED": row.is_decided,
            }
            for row in observations.rows
        ),
        HEADS,
    )
