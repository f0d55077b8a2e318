"""Templates in Jinja2, those that come with the program and those that a province writes.

A template reads names and figures and nothing else: it runs in Jinja's sandbox, a name that is not there
is a fault, and every fault of a template is told with its place, never as a trace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from antq_stats.render.template_fault import TemplateFault
from antq_stats.render.writing.table import clean
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from types import TracebackType

    from antq_stats.render.letterhead import Letterhead
    from antq_stats.render.prose.account import Account

OWN = "<template>"
"""What Jinja calls a template that came as text; faults are looked for there."""

_HEADING = "## "
_GAP = re.compile(r"[ \t]+")


class _Unknown(StrictUndefined):
    """A name that is not there; the error says the name and nothing else."""

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


def names(account: Account, head: Letterhead, tables: object) -> dict[str, object]:
    """Return the names that a template may use; docs/templates.md lists them.

    Parameters
    ----------
    head : its words fit for where the template's text goes, as the account's are.
    tables : the tables as the face writes them.
    """
    publication, wording = account.publication, account.wording
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
        "absent": account.absent,
        "unread": account.unread,
        "figures": account.figures,
        "sections": account.sections,
        "units": account.units,
        "standings": account.standings,
        "gaps": account.gaps,
        "certain": account.certain,
        "uncertain": account.uncertain,
        "findings": account.findings,
        "tables": tables,
        "tables_title": wording.phrase("prose.tables"),
        "recipients": wording.phrase("prose.recipients"),
        "recipients_list": wording.phrase("prose.recipients-list").split(" | "),
    }
    return {**found, "parts": _parts(found, own_template(f"prose.{wording.lang}.jinja"))}


def _parts(known: Mapping[str, object], template: str) -> tuple[Part, ...]:
    """Return the sentences that come with the program, as headings with paragraphs."""
    text = environment().from_string(template).render(known)
    found = [Part("")]
    for line in (_GAP.sub(" ", line).strip() for line in text.splitlines()):
        if line.startswith(_HEADING):
            found.append(Part(line.removeprefix(_HEADING)))
        elif line:
            found[-1].paragraphs.append(line)
    return tuple(part for part in found if part.heading or part.paragraphs)


def own_template(name: str) -> str:
    """Return a template that comes with the program."""
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


def faults_told(file: str, place_of: Callable[[int], str], work: Callable[[], str]) -> str:
    """Do what a user's template asks; whatever goes wrong is a fault of the template.

    Parameters
    ----------
    file : name of the template.
    place_of : words for the place of a line of the template's text, counted from 1; 0 is not known.
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
    except Exception as error:  # noqa: BLE001 - a template is a program: it can fail in any way
        fault, line, detail = "failed", _line(error.__traceback__), f"{type(error).__name__}: {error}"
    raise TemplateFault(f"prose.fault-{fault}", file=file, place=place_of(line), detail=one_line(detail, 200))


def _line(trace: TracebackType | None) -> int:
    """Return the line of the template at which a trace ends; 0 where it tells none."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == OWN:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
