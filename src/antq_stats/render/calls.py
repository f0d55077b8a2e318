"""The call list: for each sender a message in plain words, to be pasted into an e-mail or a chat."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import count, groupby
from pathlib import PurePosixPath
from typing import NamedTuple

from antq_stats.collection.collection import Collection
from antq_stats.figures.coverage import unlisted_rows
from antq_stats.figures.priorities import Priorities, Sender
from antq_stats.findings import catalogue
from antq_stats.findings.finding import Finding
from antq_stats.render.findings.lines import grouped
from antq_stats.render.findings.records import record
from antq_stats.render.letterhead import committee_of
from antq_stats.render.words import (
    FindingWording,
    is_silent,
    names_of,
    resent_lines,
    tally_words,
    unit_within,
    whole_of,
)  # fmt: skip
from antq_stats.render.writing.delimited import code_block, markdown_text
from antq_stats.render.writing.terminal import Line
from antq_stats.words.language import Language, Wording, phrase_keys, rounded
from antq_stats.words.text import capital, column_letter, one_line, slug
from antq_stats.words.today import today

_ABSENT = ("U301", "U302")
"""Codes of missing units and tables, which have a sentence of their own outside the list of corrections."""
_PLACES = 6
"""Most places that are named for one finding; the rest is counted."""
_SCORE_PLACES, _FILE_PARTS = 9, 60


class Page(NamedTuple):
    """The page on one sender."""

    heading: str
    """Rank and name, for the person who calls."""
    standing: str
    """How much of the figures depends on the sender, for the person who calls."""
    message: str
    """The text for the sender; its lines are not wrapped."""
    stem: str
    """File name without suffix, unique among the pages."""


@dataclass(frozen=True, eq=False)
class CallList:
    """Pages on senders, in the order in which to call them.

    Parameters
    ----------
    priorities : the senders with their findings, in order.
    collection : the returns.
    lang : the language.
    due : the day by which returns are due, if it is not the form's.
    """

    priorities: Priorities
    collection: Collection
    lang: Language
    due: date | None = None

    @cached_property
    def _wording(self) -> Wording:
        return Wording(self.lang)

    def _say(self, key: str, **facts: object) -> str:
        return self._wording.phrase(f"calls.{key}", **facts)

    @cached_property
    def _root(self) -> int:
        return self.collection.register.units.parents.index(-1)

    @cached_property
    def _period(self) -> str:
        return self._wording.period(self.collection.period)

    @cached_property
    def title(self) -> str:
        """Title of the list, with its length."""
        if not self.priorities.senders and not self.priorities.unplaced:
            return self._say("none")
        return self._say("title", period=self._period, count=len(self.priorities.senders))

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """One page per sender, then one for findings without a known sender."""
        width = len(str(len(self.priorities.senders) + 1)) if len(self.priorities.senders) >= 999 else 3
        pages = [
            Page(
                f"{self._wording.number(rank)}. {capital(self._full_name(sender.unit))}",
                self._standing(sender),
                self._message(sender),
                f"{rank:0{width}d}-{self._slug(sender.unit)}",
            )
            for rank, sender in enumerate(self.priorities.senders, 1)
        ]
        if self.priorities.unplaced:
            heading = self._say("unplaced")
            lines = [
                self._say("unplaced-intro"),
                *self._items(self.priorities.unplaced, count(1), whole_path=True),
            ]
            stem = f"{len(pages) + 1:0{width}d}-{slug(heading, _FILE_PARTS)}"
            pages.append(Page(heading, "", "\n".join(lines), stem))
        return tuple(pages)

    @cached_property
    def _stop(self) -> dict[int, str]:
        """Number of pages -> the line after them that says that calls may stop; empty if all are needed."""
        senders, enough = self.priorities.senders, self.priorities.enough
        left = senders[enough - 1].remains if enough else self.priorities.at_first
        if enough == len(senders) or not (enough or left):
            return {}
        most = Fraction(-(-left * 10_000 // 1), 10_000)  # rounded up: the line says at most
        key = "stop-before" if not enough else "stop" if left else "stop-certain"
        return {enough: self._say(key, count=enough, share=self._wording.percent(most, 2))}

    def _above(self, unit: int) -> list[int]:
        """Return the units between a unit and the root, the nearest first."""
        return [other for other in self.collection.register.units.ancestors(unit)[1:] if other != self._root]

    def _full_name(self, unit: int) -> str:
        return ", ".join(map(self._within, (unit, *self._above(unit))))

    def _within(self, unit: int) -> str:
        return unit_within(self.collection.register, unit, self._wording)

    def _slug(self, unit: int) -> str:
        names = self.collection.register.units.names
        return slug(" ".join(names[place] for place in (*reversed(self._above(unit)), unit)), _FILE_PARTS)

    def _standing(self, sender: Sender) -> str:
        whole = whole_of(self.collection.register, self._root, self._wording)
        root = whole[:1].lower() + whole[1:] if self.lang == "vi" else whole
        words = tally_words(self._wording, {"hard": sender.hard, "soft": sender.soft})
        tally = self._say("not-sent") if is_silent(sender) else f"{capital(words)}."
        if sender.measure is None:
            return f"{self._say('standing-none', root=root)} {tally}"
        label = self.collection.form.label(sender.measure, self.lang)
        share = self._share(sender.share)
        return f"{self._say('standing', share=share, measure=label, root=root)} {tally}"

    def _share(self, share: Fraction) -> str:
        """Return a share in per cent, with as many decimals (up to six) as it takes not to be shown as 0."""
        places = next((places for places in range(1, 6) if rounded(share * 100, places)), 6)
        return self._wording.percent(share, places)

    def _message(self, sender: Sender) -> str:
        """Return the message: greeting, what was received, corrections, missing units, due date, thanks."""
        addressee = committee_of(self.collection.form, self.collection.register, sender.unit, self._wording)
        line = ", ".join([addressee, *map(self._within, self._above(sender.unit))])
        paragraphs = [[self._say("greeting", unit=line)], [*self._received(sender)]]
        numbers = count(1)
        for weight, opening in (("hard", "must"), ("soft", "ask")):
            members = [
                finding
                for finding in sender.findings
                if finding.code not in _ABSENT and catalogue.severity(finding) == weight
            ]
            if members:
                asked = self._by_due(opening) if weight == "hard" else self._say(opening)
                paragraphs.append([asked, *self._items(members, numbers)])
        lacking = [*self._lacking(sender)]
        if lacking:
            paragraphs.append(lacking)
        due = self.due or self.collection.form.due
        is_dated = sender.hard or not (sender.read or sender.files)
        key = "due-late" if self._is_late else "due"
        closing = [self._say(key, date=self._wording.date(due))] if due and not is_dated else []
        paragraphs.append([*closing, self._say("thanks")])
        return "\n\n".join("\n".join(lines) for lines in paragraphs)

    def _by_due(self, key: str) -> str:
        """Return a request, with the day by which it is made if the form has one."""
        due = self.due or self.collection.form.due
        if due is None:
            return self._say(key)
        return self._say(f"{key}-late" if self._is_late else f"{key}-by", date=self._wording.date(due))

    @cached_property
    def _is_late(self) -> bool:
        """Whether the day by which returns are due is past."""
        due = self.due or self.collection.form.due
        return due is not None and today() > due

    def _received(self, sender: Sender) -> Iterator[str]:
        period = self._period
        if sender.read or sender.files:
            files = ", ".join(_file(file) for file in sender.files)
            read, expected = sender.read, sender.expected
            unlisted = self._unlisted[sender.unit]
            key = "received-unlisted" if unlisted else "received-all" if read == expected else "received"
            yield self._say(key, period=period, files=files, read=read, expected=expected, count=unlisted)
            yield from (line for file in sender.files if (line := self._resent.get(file)))
            return
        yield self._say("nothing", period=period)
        refused = dict.fromkeys(finding.file for finding in sender.findings if finding.file)
        refused |= dict.fromkeys(sender.unread)
        if refused:
            key = "not-filled" if refused.keys() <= self._blank else "unusable"
            yield self._say(key, files=", ".join(_file(file) for file in refused))
            explained = {f.file for f in sender.findings if f.code not in _ABSENT}
            if not explained.intersection(refused):
                yield self._say("send-workbook")
        else:
            yield self._by_due("send")

    @cached_property
    def _resent(self) -> dict[str, str]:
        return resent_lines(self.collection.findings, self._wording)

    @cached_property
    def _unlisted(self) -> Counter[int]:
        """Rows that do not count until the register has the villages of their commune."""
        return unlisted_rows(self.collection)

    @cached_property
    def _blank(self) -> frozenset[str]:
        """The files that are returns not filled in."""
        return frozenset(unread.file for unread in self.collection.unread if unread.is_blank)

    def _lacking(self, sender: Sender) -> Iterator[str]:
        """Yield a line on the missing units of each table."""
        if not sender.read:
            return  # the message already says that nothing was received
        absent = [finding for finding in sender.findings if finding.code == "U301" and finding.unit]
        by_table: dict[str, list[str]] = {}
        for finding in absent:
            known = self.collection.register.units.by_code[finding.unit or ""]
            by_table.setdefault(finding.facts.get("title", ""), []).append(one_line(self._within(known)))
        for title, names in by_table.items():
            yield self._say("lacking", title=title, names=", ".join(names))

    @cached_property
    def _own_hints(self) -> frozenset[str]:
        return frozenset(phrase_keys("calls"))

    @cached_property
    def _words(self) -> FindingWording:
        names = names_of(self.collection.form, self.collection.register, self.lang)
        return FindingWording(self._wording, names)

    def _items(
        self, findings: Sequence[Finding], numbers: Iterator[int], *, whole_path: bool = False
    ) -> Iterator[str]:
        """Yield the lines of a numbered list of findings, under the names of their files."""
        ordered = sorted(findings, key=lambda finding: finding.file or "")
        for file, members in groupby(ordered, key=lambda finding: finding.file):
            if file:
                yield self._say("file", file=one_line(file, 200) if whole_path else _file(file))
            for finding, others in grouped(list(members)):
                yield f"{next(numbers)}. {self._item(finding, others)}"

    def _item(self, finding: Finding, others: Sequence[Finding]) -> str:
        place = self._place(finding)
        message = self._words.message(finding)
        message += "" if message.endswith((".", "?", "!")) else "."
        parts = [
            f"{capital(place)}: {message}" if place else message,
            self._mend(finding),
        ]
        if others:
            places = [self._place(other) for other in others[:_PLACES]]
            more = len(others) - len(places)
            listed = "; ".join(places) + (" " + self._say("more", count=more) if more else "")
            parts.append(self._say("also", places=listed))
        return " ".join(parts) + f" [{finding.code}]"

    def _mend(self, finding: Finding) -> str:
        """Return the request to the sender: a phrase of the call list, else the hint of the catalogue."""
        key = f"mend.{finding.code}"
        if f"calls.{key}" in self._own_hints:
            others = ", ".join(map(_file, finding.facts.get("other", "").split(", ")))
            return self._say(key, file=_file(finding.file or ""), other=others)
        return self._words.hint(finding)

    def _place(self, finding: Finding) -> str:
        parts = []
        if finding.sheet:
            parts.append(self._say("sheet", sheet=one_line(finding.sheet, 60)))
        if finding.cell:
            parts.append(self._say("cell", cell=finding.cell))
        elif finding.row is not None:
            parts.append(self._say("row", row=str(finding.row)))
        elif finding.column is not None:
            parts.append(self._say("column", column=column_letter(finding.column)))
        if finding.unit:
            known = self.collection.register.units.by_code.get(finding.unit)
            parts.append(one_line(finding.unit if known is None else self._within(known)))
        return ", ".join(parts)

    def records(self) -> list[dict[str, object]]:
        """Return the list as records; findings without a known sender come last, with ``unit`` None."""
        register = self.collection.register
        listed: list[dict[str, object]] = []
        for place, page in enumerate(self.pages):
            sender = self.priorities.senders[place] if place < len(self.priorities.senders) else None
            unit = register.at(sender.unit) if sender else None
            findings = sender.findings if sender else self.priorities.unplaced
            listed.append(
                {
                    "unit": unit.code if unit else None,
                    "name": unit.display if unit else None,
                    "level": unit.level if unit else None,
                    "parent": unit.parent if unit else None,
                    "rank": place + 1 if sender else None,
                    "score": str(rounded(sender.share, _SCORE_PLACES)) if sender else None,
                    "measure": sender.measure if sender else None,
                    "remaining": f"{rounded(sender.remains, _SCORE_PLACES):f}" if sender else None,
                    "needed": place < self.priorities.enough if sender else None,
                    "hard": sender.hard if sender else _count(findings, "hard"),
                    "soft": sender.soft if sender else _count(findings, "soft"),
                    "files": list(sender.files) if sender else [],
                    "read": sender.read if sender else None,
                    "expected": sender.expected if sender else None,
                    "message": page.message,
                    "findings": [record(finding, self.lang, self._words.names) for finding in findings],
                }
            )
        return listed

    def overview(self) -> str:
        """Return the title and one line per page."""
        lines = [self.title, ""]
        for place, page in enumerate(self.pages):
            if place in self._stop:
                lines += [*([""] if place else []), self._stop[place], ""]
            lines.append(f"{page.heading}. {page.standing}".rstrip())
        return "\n".join(lines) + "\n"

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the text of a file with the order of the calls, then of one per page."""
        yield self._say("order-file"), self.overview()
        for page in self.pages:
            yield f"{page.stem}.txt", page.message + "\n"

    def lines(self, width: int | None, *, ascii_only: bool = False) -> list[Line]:
        """Return all pages as lines for a terminal, separated by rules.

        Parameters
        ----------
        width : columns of the terminal; None wraps no line.
        ascii_only : whether to use signs of ASCII only.
        """
        rule = ("-" if ascii_only else "─") * min(width or 72, 100)
        lines: list[Line] = [[(line, "bold")] for line in _fold(self.title, width)]
        for place, page in enumerate(self.pages):
            if place in self._stop:
                lines += [[], *([(line, "bold")] for line in _fold(self._stop[place], width))]
            lines.append([(rule, "dim")])
            lines += [[(line, "bold")] for line in _fold(page.heading, width)]
            lines += [[(line, "dim")] for line in _fold(page.standing, width) if line]
            lines.append([])
            for text in page.message.split("\n"):
                lines += [[(line, "")] for line in _fold(text, width)]
        return lines

    def markdown(self) -> str:
        """Return all pages as Markdown, each message in a code block, so that it can be copied."""
        parts = [f"# {markdown_text(self.title)}"]
        for place, page in enumerate(self.pages):
            if place in self._stop:
                parts.append(f"**{markdown_text(self._stop[place])}**")
            parts.append(f"## {markdown_text(page.heading)}")
            if page.standing:
                parts.append(markdown_text(page.standing))
            parts.append(code_block(page.message))
        return "\n\n".join(parts) + "\n"


def _count(findings: Iterable[Finding], weight: str) -> int:
    return sum(catalogue.severity(finding) == weight for finding in findings)


def _file(path: str) -> str:
    """Return the name of a file as the sender knows it, without folders."""
    return one_line(PurePosixPath(path).name, 120)


def _fold(text: str, width: int | None) -> list[str]:
    """Return a line wrapped at a width; the lines of a numbered item are aligned under its text."""
    if width is None or len(text) <= width:
        return [text]
    lead, _, _ = text.partition(" ")
    indent = " " * (len(lead) + 1) if lead.endswith(".") and lead[:-1].isdigit() else ""
    return textwrap.wrap(text, max(width, 20), subsequent_indent=indent, break_on_hyphens=False) or [""]
