"""Checks a report, paragraph by paragraph and table by table."""

from __future__ import annotations

from collections.abc import Iterable

from antq_stats.figures.publication import Publication
from antq_stats.series.over_time import Series
from antq_stats.text_check.documents.blocks import Block, Paragraph
from antq_stats.text_check.documents.bounds import Budget
from antq_stats.text_check.numbers.numbers import language_of
from antq_stats.text_check.report_checker import ReportChecker
from antq_stats.text_check.results import TextCheck
from antq_stats.text_check.tables import check_table


def check(
    blocks: Iterable[Block],
    publication: Publication,
    seconds: float | None = None,
    series: Series | None = None,
) -> TextCheck:
    """Compare every number of a report with the published figures.

    Parameters
    ----------
    blocks : paragraphs and tables of the report.
    publication : the published figures, with those of the previous period if there is one.
    seconds : time limit; None for no limit.
    series : the period beside all earlier ones; None to know only the previous one.

    Raises
    ------
    TooMuch
        The check takes longer, or its results are too large.
    """
    blocks = list(blocks)
    lang = language_of("\n".join(block.text for block in blocks if isinstance(block, Paragraph)))
    checker = ReportChecker(publication, lang, Budget(seconds), series)
    for block in blocks:
        if isinstance(block, Paragraph):
            checker.check_paragraph(block.text)
        else:
            check_table(checker, block.rows)
    return TextCheck(tuple(checker.checked), tuple(checker.skipped))
