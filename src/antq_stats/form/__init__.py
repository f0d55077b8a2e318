"""The form: the tables, measures, ratios and edit rules of a survey.

In: the bytes of ``form.toml``. Out: `Form`, or `SetupError` with every fault; the reading plan for the
workers. Not here: anything that knows a return.
"""

from __future__ import annotations

from antq_stats.form.editions import EDITIONS, edition_bytes, edition_of
from antq_stats.form.entries import (
    About,
    EditRule,
    Identity,
    Label,
    Letterhead,
    Measure,
    Ratio,
    Section,
    SeriesBreak,
    Table,
)
from antq_stats.form.load import load_form, read_form
from antq_stats.form.model import Form
from antq_stats.form.reading import levels_below, reading_plan

__all__ = [
    "EDITIONS",
    "About",
    "EditRule",
    "Form",
    "Identity",
    "Label",
    "Letterhead",
    "Measure",
    "Ratio",
    "Section",
    "SeriesBreak",
    "Table",
    "edition_bytes",
    "edition_of",
    "levels_below",
    "load_form",
    "read_form",
    "reading_plan",
]
