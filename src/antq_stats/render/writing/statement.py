"""What a report says of itself: the options that it was made with, as a command line without any path.

Workbooks and Word documents carry it among their properties, a page in its head, and a text in its second
line. So the report can be computed again without asking anybody.
"""

from __future__ import annotations

import datetime as dt
import html
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from antq_stats.output_marks import MARKDOWN_REPORT
from antq_stats.words.language import LANGUAGES, Language

_COMMAND = ("antq-stats", "report")
_PROPERTY = re.compile(r"<(?:\w+:)?description\b[^>]*>([^<]*)</")
_META = re.compile(r'<meta name="antq-stats-command" content="([^"]*)">')
_COMMENT = re.compile(rf"{re.escape(MARKDOWN_REPORT)}\n<!-- (antq-stats report [^\n]*) -->\n")
_HEAD = 4096
_LONGEST = 255
"""Most characters of a property of a Word document."""


@dataclass(frozen=True)
class ReportOptions:
    """The options that a report was made with.

    Parameters
    ----------
    period : name of the period.
    lang : the language.
    earlier : names of the earlier periods, in the order of their days.
    total_first : whether the total row of a workbook's tables comes first, else last.
    signed : date of the report; None for a blank.
    template : name of the file of the template; None for the built-in one.
    """

    period: str
    lang: Language
    earlier: tuple[str, ...] = ()
    total_first: bool = True
    signed: dt.date | None = None
    template: str | None = None

    def words(self) -> Iterator[str]:
        """Yield the options as words of a command line."""
        for earlier in self.earlier:
            yield from ("--with", earlier)
        yield from ("--lang", self.lang)
        if not self.total_first:
            yield from ("--total", "last")
        if self.signed is not None:
            yield from ("--date", self.signed.isoformat())
        if self.template is not None:
            yield from ("--template", self.template)

    @property
    def command(self) -> str:
        """The command line, with periods in place of their folders; empty if it is too long to be kept."""
        text = shlex.join([*_COMMAND, self.period, *self.words()])
        return text if len(text) <= _LONGEST and text.isprintable() else ""

    @classmethod
    def parsed(cls, command: str) -> Self | None:
        """Return the options of a command line; None if it is not one that `command` gives."""
        with suppress(ValueError):
            words = shlex.split(command)
            if tuple(words[:2]) == _COMMAND and len(words) % 2:
                return cls._of(words[2], list(zip(words[3::2], words[4::2], strict=True)))
        return None

    @classmethod
    def _of(cls, period: str, pairs: list[tuple[str, str]]) -> Self | None:
        """Return the options given by pairs of an option and its value; None if one is unknown or missing."""
        earlier = tuple(value for name, value in pairs if name == "--with")
        given = {name: value for name, value in pairs if name != "--with"}
        named = given.pop("--lang", "")
        lang = next((each for each in LANGUAGES if each == named), None)
        total, date = given.pop("--total", "first"), given.pop("--date", None)
        template = given.pop("--template", None)
        if lang is None or given or total not in ("first", "last"):
            return None
        signed = None if date is None else dt.date.fromisoformat(date)
        return cls(period, lang, earlier, total == "first", signed, template)


def stated_in_markdown(text: str, command: str) -> str:
    """Return a report in Markdown that states the command line it was made by."""
    if not command:
        return text
    mark = f"{MARKDOWN_REPORT}\n"
    return text.replace(mark, f"{mark}<!-- {html.escape(command, quote=False)} -->\n", 1)


def stated_in(content: bytes, suffix: str, properties: bytes) -> str:
    """Return the command line that a report states; empty if it states none.

    Parameters
    ----------
    content : its bytes.
    suffix : its suffix, in lower case.
    properties : the core properties of a workbook or Word document; empty for others.
    """
    if suffix in (".xlsx", ".docx"):
        found = _PROPERTY.search(properties.decode("utf-8", "replace"))
    else:
        head = content[:_HEAD].decode("utf-8", "replace").replace("\r\n", "\n")
        found = (_META if suffix == ".html" else _COMMENT).search(head)
    return html.unescape(found[1]) if found else ""
