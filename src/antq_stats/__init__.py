"""antq-stats: check returns from villages and communes, add them up, and trace each figure to its source.

The library neither prints nor exits. Public names are imported on first use, so that a worker process, which
only reads, imports nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from antq_stats.version import __version__ as __version__

if TYPE_CHECKING:
    from antq_stats.collection.collection import Collection
    from antq_stats.collection.table_values import TableValues
    from antq_stats.edits import edit
    from antq_stats.figures.aggregation import Aggregate, aggregate
    from antq_stats.figures.figure import Figure, RatioFigure
    from antq_stats.figures.status import NotFinalError
    from antq_stats.findings.columns import Findings
    from antq_stats.findings.finding import Finding, Severity
    from antq_stats.findings.setup_error import SetupError
    from antq_stats.form import EditRule, Form, Measure, Ratio, Section, Table, load_form
    from antq_stats.plan import Limits
    from antq_stats.plausibility import implausible
    from antq_stats.register.register import Unit, UnitRegister, load_register
    from antq_stats.run import Period, Result, open_period
    from antq_stats.words.unknown_code import UnknownCodeError
    from antq_stats.year_end import YearEnd, write_year_end

_NAMES_IN = {
    "figures.aggregation": ("Aggregate", "aggregate"),
    "figures.figure": ("Figure", "RatioFigure"),
    "figures.status": ("NotFinalError",),
    "collection.collection": ("Collection", "TableValues"),
    "edits": ("edit",),
    "findings.finding": ("Finding", "Severity"),
    "findings.columns": ("Findings",),
    "findings.setup_error": ("SetupError",),
    "form": ("EditRule", "Form", "Measure", "Ratio", "Section", "Table", "load_form"),
    "plan": ("Limits",),
    "plausibility": ("implausible",),
    "register.register": ("Unit", "UnitRegister", "load_register"),
    "run": ("Period", "Result", "open_period"),
    "words.unknown_code": ("UnknownCodeError",),
    "year_end": ("YearEnd", "write_year_end"),
}
_MODULE_OF = {name: module for module, names in _NAMES_IN.items() for name in names}

__all__ = [  # noqa: RUF022 - in the order of the layers
    "Limits", "Finding", "Findings", "Severity", "SetupError", "UnknownCodeError",
    "Form", "Table", "Section", "Measure", "Ratio", "EditRule", "load_form",
    "Unit", "UnitRegister", "load_register",
    "Period", "open_period", "Result", "NotFinalError", "Collection", "TableValues", "edit",
    "implausible",
    "Aggregate", "Figure", "RatioFigure", "aggregate", "YearEnd", "write_year_end",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name in _MODULE_OF:
        return getattr(import_module(f"antq_stats.{_MODULE_OF[name]}"), name)
    raise AttributeError(f"module 'antq_stats' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
