"""The section of the year-end report in words: sentences, then tables, as Markdown or as a Word document.

Both come from templates that a province can replace; what a template may use is in docs/templates.md.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from antq_stats.language import Language, phrase
from antq_stats.publication import Publication
from antq_stats.render.delimited import markdown_text, to_markdown
from antq_stats.render.letterhead import Letterhead
from antq_stats.render.prose.account import Account
from antq_stats.render.prose.tables import tables
from antq_stats.render.prose.templates import (
    TemplateFault,
    environment,
    faults_told,
    names,
    own_template,
)
from antq_stats.text import one_line

__all__ = ["OPENING", "TemplateFault", "built_in_template", "markdown", "write_docx"]

OPENING = "<!-- antq-stats report -->"
"""The first line of a report in Markdown, whatever its template: by it the tool knows its own output."""


def markdown(publication: Publication, head: Letterhead, lang: Language, template: Path | None = None) -> str:
    """Return the section as Markdown.

    Parameters
    ----------
    template : a text in Jinja2 that takes the place of the built-in one; its names and figures come with
        Markdown's own signs escaped.

    Raises
    ------
    TemplateFault
        If the template cannot be read or used.
    """
    account = Account(publication, lang, markdown_text)
    shown = [
        to_markdown(table, lang).replace("## ", "### ", 1).strip() for table in tables(publication, lang)
    ]
    known = names(account, _escaped(head), shown, lang)
    file = one_line(template.name) if template is not None else ""
    source = own_template("report.md.jinja") if template is None else _source(template)

    def place(line: int) -> str:
        return phrase("prose.fault-line", lang, line=line)

    text = faults_told(file, place, lambda: environment().from_string(source).render(known))
    lines = [line.rstrip() for line in text.splitlines()]
    body = "\n".join(lines).strip().removeprefix(OPENING).lstrip()
    return f"{OPENING}\n\n{body}\n"


def built_in_template(*, word: bool) -> bytes:
    """Return the built-in template, for a province to change: a Word document, or a text."""
    if not word:
        return own_template("report.md.jinja").encode("utf-8")
    from antq_stats.render.prose.document import built_in_bytes

    return built_in_bytes()


def _escaped(head: Letterhead) -> Letterhead:
    return replace(head, **{name: markdown_text(getattr(head, name)) for name in head.__slots__})


def _source(template: Path) -> str:
    """Return the text of a template file, in any encoding that the tool reads."""
    from antq_stats.delimited import NotText, UnknownEncoding, decode

    try:
        return decode(template.read_bytes()).text
    except (OSError, ValueError, NotText, UnknownEncoding) as error:
        raise TemplateFault("prose.fault-not-text", file=one_line(template.name)) from error


def write_docx(
    publication: Publication, head: Letterhead, lang: Language, target: BinaryIO, template: Path | None = None
) -> None:
    """Write the section as a Word document.

    Parameters
    ----------
    template : a Word document with Jinja2 tags that takes the place of the built-in one.

    Raises
    ------
    TemplateFault
        If the template cannot be read or used.
    """
    from antq_stats.render.prose.document import rendered

    account = Account(publication, lang, str)
    target.write(rendered(account, head, lang, template))
