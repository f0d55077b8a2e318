"""Templates in Jinja2: the built-in ones, and those that a province writes.

A template can read only names and figures. It runs in the sandbox of Jinja, an unknown name is a fault, and
every fault is reported with its place in the template, without a traceback.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from antq_stats.render.findings.decided import summary_words
from antq_stats.render.letterhead import recipients
from antq_stats.render.prose.periods import SeriesText
from antq_stats.render.template_fault import TemplateFault
from antq_stats.render.writing.table import clean
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from types import TracebackType

    from antq_stats.render.letterhead import Letterhead
    from antq_stats.render.prose.account import Account

OWN = "<template>"
"""File name that Jinja gives to a template from a string, by which its lines are found in tracebacks."""

_HEADING = "## "
_GAP = re.compile(r"[ \t]+")


class _Unknown(StrictUndefined):
    """An unknown name; its error has the name as message."""

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


class Part:
    """A heading of the prose with its paragraphs."""

    __slots__ = ("heading", "paragraphs")

    def __init__(self, heading: str) -> None:
        self.heading = heading
        self.paragraphs: list[str] = []


def environment(*, xml: bool = False) -> SandboxedEnvironment:
    """Return the environment of templates: sandboxed, strict, with the filter ``sentence``."""
    made = SandboxedEnvironment(
        undefined=_Unknown, autoescape=xml, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    made.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
    return made


def names(
    account: Account, head: Letterhead, tables: object, series_tables: object = ()
) -> dict[str, object]:
    """Return the names that a template may use; docs/templates.md lists them.

    Parameters
    ----------
    account : the texts.
    head : the words of the letterhead, escaped like the texts of the account.
    tables : the tables in the format of the output.
    series_tables : the tables over several periods in the same format.
    """
    publication, wording, series = account.publication, account.wording, account.series
    found: dict[str, object] = {
        "head": head,
        "kind": wording.phrase("prose.kind").upper(),
        "number": wording.phrase("prose.number"),
        "title": account.escape(wording.say(publication.form.about.title)),
        "period": account.escape(clean(publication.period)),
        "this_period": account.this_period,
        "last_period": account.last_period,
        "whole": account.whole,
        "provisional": publication.is_provisional,
        "answered": account.answered,
        "nothing": account.nothing,
        "absent": account.absent,
        "unread": account.unread,
        "figures": account.figures,
        "sections": account.sections,
        "units": account.units,
        "standings": account.standings,
        "gaps": account.gaps,
        "partial": account.partial,
        "certain": account.certain,
        "uncertain": account.uncertain,
        "findings": account.findings,
        "decided": account.escape(summary_words(publication, wording)),
        "tables": tables,
        "series": None if series is None else SeriesText(series, wording, account.escape, series_tables),
        "tables_title": wording.phrase("prose.tables"),
        "tables_of": wording.phrase("prose.attached", date=head.date),
        "recipients": wording.phrase("prose.recipients"),
        "recipients_list": [account.escape(clean(line)) for line in recipients(publication.form, wording)],
    }
    return {**found, "parts": _parts(found, own_template(f"prose.{wording.lang}.jinja"))}


def _parts(known: Mapping[str, object], template: str) -> tuple[Part, ...]:
    """Return the built-in sentences, as headings with paragraphs."""
    text = environment().from_string(template).render(known)
    parts = [Part("")]
    for line in (_GAP.sub(" ", line).strip() for line in text.splitlines()):
        if line.startswith(_HEADING):
            parts.append(Part(line.removeprefix(_HEADING)))
        elif line:
            parts[-1].paragraphs.append(line)
    return tuple(part for part in parts if part.heading or part.paragraphs)


def own_template(name: str) -> str:
    """Return the text of a built-in template."""
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


def raising_faults(file: str, place_of: Callable[[int], str], work: Callable[[], str]) -> str:
    """Return the result of rendering a template; any error becomes a fault of the template.

    Parameters
    ----------
    file : name of the template.
    place_of : returns the words for a line of the template, counted from 1; 0 is an unknown line.
    work : renders the template.

    Raises
    ------
    TemplateFault
        If rendering fails.
    """
    try:
        return work()
    except TemplateSyntaxError as error:
        fault, line = "syntax", error.lineno
        detail = error.message or ""
    except UndefinedError as error:
        fault, line, detail = "unknown", _line(error.__traceback__), error.message or ""
    except SecurityError as error:
        fault, line, detail = "forbidden", _line(error.__traceback__), error.message or ""
    except (TemplateFault, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - a template is a program: it may raise any error
        fault, line, detail = "failed", _line(error.__traceback__), f"{type(error).__name__}: {error}"
    raise TemplateFault(f"prose.fault-{fault}", file=file, place=place_of(line), detail=one_line(detail, 200))


def _line(trace: TracebackType | None) -> int:
    """Return the last line of the template in a traceback; 0 if it has none."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == OWN:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
