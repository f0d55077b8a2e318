"""A report as a file: the face that its suffix names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import BinaryIO

from antq_stats.figures.publication import Publication
from antq_stats.plan import Limits
from antq_stats.render.letterhead import letterhead
from antq_stats.render.writing.statement import ReportOptions, stated_in_markdown
from antq_stats.series.over_time import Series
from antq_stats.words.language import Language

SUFFIXES = (".xlsx", ".html", ".docx", ".md")


def report_writer(
    publication: Publication,
    series: Series | None,
    lang: Language,
    name: str,
    *,
    template: Path | None,
    limits: Limits,
    signed: dt.date | None,
    total_first: bool,
) -> Callable[[BinaryIO], object]:
    """Return a function that writes a report into an open file.

    Parameters
    ----------
    publication : the figures.
    series : the period beside earlier ones; None without an earlier one.
    lang : the language.
    name : name of the file; its suffix, one of `SUFFIXES`, names the face.
    template : Jinja template of a text, to use instead of the built-in one.
    limits : limits of the template's run.
    signed : date of the report; None to leave a blank for it.
    total_first : whether the total row of a workbook's tables comes first, else last.

    Raises
    ------
    TemplateFault
        The template cannot be used.
    """
    head = letterhead(publication, lang, signed)
    earlier = () if series is None else tuple(each.period for each in series.priors)
    used = None if template is None else template.name
    command = ReportOptions(publication.period, lang, earlier, total_first, signed, used).command
    path = PurePath(name)
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        from antq_stats.render.book import write_book

        return lambda file: write_book(
            publication, head, lang, file, series, total_first=total_first, command=command
        )
    if suffix == ".html":
        from antq_stats.render.page import page

        text = page(publication, head, lang, series, command)
        return lambda file: file.write(text.encode("utf-8"))
    from antq_stats.render.prose import built_in_template, markdown, write_docx

    is_word = suffix == ".docx"
    if path.stem.lower().endswith(".jinja"):
        return lambda file: file.write(built_in_template(word=is_word))
    if is_word:
        return lambda file: write_docx(publication, head, lang, file, template, limits, series, command)
    prose = markdown(publication, head, lang, template, limits, series)
    return lambda file: file.write(stated_in_markdown(prose, command).encode("utf-8"))
