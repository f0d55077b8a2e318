"""Results of checking a report: each number with its verdict, and the digits that are no figures."""

from __future__ import annotations

from typing import NamedTuple

from antq_stats.text_check.judge import Judgement
from antq_stats.text_check.numbers.non_figures import NonFigure
from antq_stats.text_check.numbers.number import Number


class Checked(NamedTuple):
    """A number of a report, the sentence or table cell that states it, and the judgement on it."""

    sentence: str
    number: Number
    judged: Judgement
    in_table: bool = False


class Skipped(NamedTuple):
    """Digits that are no figure, and the sentence or table cell that has them."""

    sentence: str
    passed: NonFigure


class TextCheck(NamedTuple):
    """Results of checking a report: its numbers, and its digits that are no figures, each in order."""

    checked: tuple[Checked, ...]
    skipped: tuple[Skipped, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every number has the verdict "right"."""
        return all(number.judged.verdict == "right" for number in self.checked)
