"""The form: what is asked of each unit, in measures, ratios and edit rules."""

from __future__ import annotations

from antq_stats.form.entries import About, EditRule, Identity, Label, Measure, Ratio, Section, Table
from antq_stats.form.load import load_form, read_form
from antq_stats.form.model import Form
from antq_stats.form.reading import reading_plan

__all__ = [
    "About",
    "EditRule",
    "Form",
    "Identity",
    "Label",
    "Measure",
    "Ratio",
    "Section",
    "Table",
    "load_form",
    "read_form",
    "reading_plan",
]
