"""The year-end summary as one self-contained HTML page, whose security policy forbids every request."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from antq_stats.figures.publication import Publication
from antq_stats.output_marks import GENERATOR
from antq_stats.render.letterhead import Letterhead
from antq_stats.words.language import Language, Wording

if TYPE_CHECKING:
    from jinja2 import Environment

    from antq_stats.series.over_time import Series

_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; style-src '{style}'; script-src '{script}'; "
    "img-src data:; base-uri 'none'; form-action 'none'"
)


def page(
    publication: Publication,
    head: Letterhead,
    lang: Language,
    series: Series | None = None,
    command: str = "",
) -> str:
    """Return the page as HTML with its style, script, figures and charts.

    The page names the program as its generator, by which ``reading`` recognises that it is not a return. The
    same publication gives the same text.

    Parameters
    ----------
    publication : the figures.
    head : the words of the letterhead.
    lang : the language.
    series : the period beside earlier ones; None without an earlier one.
    command : the command line that the page states it was made by; empty for none.
    """
    from markupsafe import Markup

    from antq_stats.render.page import charts, commune_map, over_years, standing, tables
    from antq_stats.render.page.context import PageContext
    from antq_stats.render.page.data import page_data
    from antq_stats.version import __version__

    context = PageContext(publication, Wording(lang))
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    template = _environment().get_template("page.html.jinja")
    return template.render(
        lang=lang,
        say=lambda key, **facts: context.wording.phrase(f"page.{key}", **facts),
        head=head,
        title=context.wording.say(publication.form.about.title),
        generator=GENERATOR,
        version=__version__,
        command=command,
        policy=_POLICY.format(style=_hash(style), script=_hash(script)),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        data=Markup(page_data(context)),  # noqa: S704 - JSON in which every < is escaped
        figures=tables.view(context),
        charts=charts.view(context),
        map=commune_map.view(context),
        standing=standing.view(context),
        series=over_years.view(context, series),
        phrase=context.wording.phrase,
    )


def _hash(text: str) -> str:
    """Return the source expression of the security policy for an inline text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_writable,
    )


def _writable(value: object) -> object:
    """Return a value without characters that a page must not hold: controls, marks of text direction."""
    from markupsafe import Markup

    from antq_stats.render.writing.table import clean

    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
