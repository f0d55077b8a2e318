"""The year-end report in prose: sentences, then tables, as Markdown or as a Word document.

Both are made from templates that a province can replace; docs/templates.md lists the names for templates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from antq_stats.figures.publication import Publication
from antq_stats.output_marks import MARKDOWN_REPORT
from antq_stats.plan import Limits
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.file_bytes import read_bytes
from antq_stats.render.letterhead import Letterhead
from antq_stats.render.prose.account import Account
from antq_stats.render.prose.tables import tables, tables_over_years
from antq_stats.render.prose.template_process import render_in_process
from antq_stats.render.prose.templates import (
    environment,
    names,
    own_template,
    raising_faults,
)
from antq_stats.render.template_fault import TemplateFault
from antq_stats.render.writing.delimited import markdown_text, to_markdown
from antq_stats.render.writing.table import PresentationTable
from antq_stats.series.over_time import Series
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line

__all__ = ["TemplateFault", "built_in_template", "markdown", "write_docx"]


def markdown(
    publication: Publication,
    head: Letterhead,
    lang: Language,
    template: Path | None = None,
    limits: Limits | None = None,
    series: Series | None = None,
) -> str:
    """Return the report as Markdown.

    Parameters
    ----------
    publication : the figures.
    head : the words of the letterhead.
    lang : the language.
    template : a template in Jinja2 that replaces the built-in one. The signs of Markdown are escaped in its
        names and figures.
    limits : limits of a file that is read, which also apply to the template.
    series : the period beside earlier ones; None without an earlier one.

    Raises
    ------
    TemplateFault
        If the template cannot be read, fails, or exceeds its limits.
    """
    wording = Wording(lang)
    if template is None:
        return _markdown(publication, head, wording, series, "", own_template("report.md.jinja"))
    limits, file = limits or Limits(), one_line(template.name)
    arguments = (publication, head, wording, series, file, _source(template, limits))
    return render_in_process(_markdown, arguments, file, limits)


def _markdown(
    publication: Publication,
    head: Letterhead,
    wording: Wording,
    series: Series | None,
    file: str,
    source: str,
) -> str:
    """Fill in the text of a template."""
    account = Account(publication, wording, markdown_text, series)

    def texts(made: Iterable[PresentationTable]) -> list[str]:
        return [to_markdown(table, wording.lang).replace("## ", "### ", 1).strip() for table in made]

    shown = texts(() if account.nothing else tables(publication, wording, series=series))
    over_years = texts(() if series is None or account.nothing else tables_over_years(series, wording))
    known = names(account, _escaped(head), shown, over_years)

    def place(line: int) -> str:
        return wording.phrase("prose.fault-line", line=line)

    text = raising_faults(file, place, lambda: environment().from_string(source).render(known))
    lines = [line.rstrip() for line in text.splitlines()]
    body = "\n".join(lines).strip().removeprefix(MARKDOWN_REPORT).lstrip()
    return f"{MARKDOWN_REPORT}\n\n{body}\n"


def built_in_template(*, word: bool) -> bytes:
    """Return the built-in template, for a province to change.

    Parameters
    ----------
    word : whether to return the Word document or the text of Markdown.
    """
    if not word:
        return own_template("report.md.jinja").encode("utf-8")
    from antq_stats.render.prose.document import built_in_bytes

    return built_in_bytes()


def _escaped(head: Letterhead) -> Letterhead:
    return replace(head, **{name: markdown_text(getattr(head, name)) for name in head.__slots__})


def _source(template: Path, limits: Limits) -> str:
    """Return the text of a template file, in any encoding that the tool can read."""
    from antq_stats.delimited import NotText, UnknownEncoding, decode

    try:
        return decode(read_bytes(template, limits)).text
    except (OSError, ValueError, FileProblem, NotText, UnknownEncoding) as error:
        raise TemplateFault("prose.fault-not-text", file=one_line(template.name)) from error


def write_docx(
    publication: Publication,
    head: Letterhead,
    lang: Language,
    target: BinaryIO,
    template: Path | None = None,
    limits: Limits | None = None,
    series: Series | None = None,
    command: str = "",
) -> None:
    """Write the report as a Word document.

    Parameters
    ----------
    publication : the figures.
    head : the words of the letterhead.
    lang : the language.
    target : an open binary file.
    template : a Word document with tags of Jinja2 that replaces the built-in one.
    limits : limits of a file that is read, which also apply to the template.
    series : the period beside earlier ones; None without an earlier one.
    command : the command line that the document states it was made by; empty for none.

    Raises
    ------
    TemplateFault
        If the template cannot be read, fails, or exceeds its limits.
    """
    from antq_stats.render.prose.document import rendered, template_bytes

    wording = Wording(lang)
    if template is None:
        target.write(rendered(publication, head, wording, series, command=command))
        return
    limits, file = limits or Limits(), one_line(template.name)
    content = template_bytes(template, limits)
    arguments = (publication, head, wording, series, file, content, command)
    target.write(render_in_process(rendered, arguments, file, limits))
