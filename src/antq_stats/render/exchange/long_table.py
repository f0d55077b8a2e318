"""The long table: a row for each unit and measure or ratio, as statistical programs want it."""

from __future__ import annotations

from antq_stats.output_marks import LONG_COLUMNS
from antq_stats.render.exchange.observations import Observations
from antq_stats.render.writing.delimited import to_csv

HEADS = (*LONG_COLUMNS, "level", "boundaries", "low", "high", "reason", "decided")
"""The columns: those of `LONG_COLUMNS`, and what a row means nothing without.

Units of several levels stand in one column, so that the level must keep their sums apart; a unit is a code on
a day; a figure may be known by its bounds alone.
"""


def long_csv(observations: Observations) -> str:
    """Return observations as CSV, without a byte order mark: its columns are the same in all languages.

    Parameters
    ----------
    observations : the observations.
    """
    units = {unit: observations.register.at(unit) for unit in observations.units}
    return to_csv(
        (
            {
                "unit": units[row.unit].code,
                "period": observations.period,
                "measure": row.column.code,
                "value": row.value,
                "status": row.status.value,
                "given": row.given,
                "expected": row.expected,
                "level": units[row.unit].level,
                "boundaries": observations.boundaries,
                "low": row.low,
                "high": row.high,
                "reason": row.reason,
                "decided": row.is_decided,
            }
            for row in observations.rows
        ),
        HEADS,
    )
