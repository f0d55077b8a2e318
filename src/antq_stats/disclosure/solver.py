"""The solver, and a part of what is known as a model of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from antq_stats.disclosure.system import OPEN, Component, Row

if TYPE_CHECKING:
    import highspy

_SECONDS = 20.0
"""Time limit of one program; what is not proven in it counts as disclosed."""
_CAP = 10**6
"""Limit of an unknown without one, where a choice needs a limit. The reader then knows more, never less."""


def solver() -> highspy.Highs:
    """Return a solver that prints nothing and always does the same."""
    import highspy

    class Silent(highspy.Highs):  # type: ignore[misc]
        """A solver that does not print its name when it is made, which some versions do."""

        def enableCallbacks(self) -> None:  # noqa: N802 - the solver's own name
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()

    made = Silent()
    for option, value in (
        ("threads", 1), ("random_seed", 0), ("time_limit", _SECONDS), ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.0),
    ):  # fmt: skip
        made.setOptionValue(option, value)
    return made


def limit(value: int) -> float:
    """Return a limit as the solver takes it."""
    return float("inf") if value >= OPEN else float("-inf") if value <= -OPEN else float(value)


def model_of(component: Component) -> highspy.HighsLp:
    """Return the model. Of a choice, a switch for each row says which of them are to hold."""
    import highspy
    import numpy as np

    low = [float(value) for value in component.low]
    high = [limit(value) for value in component.high]
    rows = [(dict(row.terms), limit(row.low), limit(row.high)) for row in component.rows]
    for choice in component.choices:
        switches: dict[int, int] = {}
        for row in choice:
            for at in row.terms:
                high[at] = min(high[at], float(_CAP))
            least, most = _reach(row, low, high)
            switch = len(low)
            low.append(0.0)
            high.append(1.0)
            switches[switch] = 1
            if row.high < OPEN:
                slack = max(0, most - row.high)
                rows.append(({**row.terms, switch: slack}, float("-inf"), float(row.high + slack)))
            if row.low > -OPEN:
                slack = max(0, row.low - least)
                rows.append(({**row.terms, switch: -slack}, float(row.low - slack), float("inf")))
        rows.append((switches, 1.0, float("inf")))
    rows += [(dict.fromkeys(cell.unknowns, 1), float("-inf"), float("inf")) for cell in component.cells]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(low), len(rows)
    model.col_cost_ = np.zeros(len(low))
    model.col_lower_, model.col_upper_ = np.array(low), np.array(high)
    model.row_lower_ = np.array([row[1] for row in rows])
    model.row_upper_ = np.array([row[2] for row in rows])
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(low)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(row[0]) for row in rows)])
    model.a_matrix_.index_ = np.array([at for row in rows for at in row[0]], dtype=np.int32)
    model.a_matrix_.value_ = np.array([factor for row in rows for factor in row[0].values()], dtype=float)
    return model


def _reach(row: Row, low: Sequence[float], high: Sequence[float]) -> tuple[int, int]:
    """Return the least and the greatest that the left side of a row can be."""
    ends = [sorted((factor * low[at], factor * high[at])) for at, factor in row.terms.items()]
    return int(sum(end[0] for end in ends)), int(sum(end[1] for end in ends))
