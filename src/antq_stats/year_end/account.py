"""The account of a year's collection in words: one screen to read, and a file to keep."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from antq_stats.figures.coverage import UnitCoverage
from antq_stats.figures.publication import obstacles
from antq_stats.reading.files.remote import RemoteFolder
from antq_stats.render.findings.decided import summary_words
from antq_stats.render.words import level_word, sender_of, unit_name, unit_within
from antq_stats.run import Result
from antq_stats.words.language import Wording
from antq_stats.words.text import as_typed, ascii_key, capital, one_line
from antq_stats.year_end.standing import Standing

REPORTS = (".xlsx", ".html", ".docx")
"""Suffixes of the report, which is written in each of these formats."""
_VERSIONS = 3
"""Most senders of several returns that differ whose files the steps name."""
_SHOWN = 6
"""Most missing senders, and most senders who must correct, that the screen names."""


@dataclass(frozen=True)
class Account:
    """The words on a period's standing.

    Parameters
    ----------
    result : the period, read and checked.
    coverage : of the result.
    standing : of the result.
    """

    result: Result
    coverage: UnitCoverage
    standing: Standing

    @cached_property
    def wording(self) -> Wording:
        """Phrases in the language of the result."""
        return Wording(self.result.language)

    def say(self, key: str, **facts: object) -> str:
        """Return a phrase of the group ``year-end``."""
        return self.wording.phrase(f"year-end.{key}", **facts)

    def place(self, of: str) -> str:
        """Return the path of an output in the folder of results: ``standing``, ``findings``, ``copies`` …."""
        period = "-".join(ascii_key(self.result.period.name).split()) or "-"
        return self.say(f"file-{of}", period="".join(c for c in period if c.isalnum() or c == "-"))

    @cached_property
    def kind(self) -> str:
        """What a sender is called: ``xã``; ``đơn vị`` if senders are of several levels."""
        register = self.result.register
        levels = {register.units.levels[unit] for unit in self.standing.senders}
        if len(levels) != 1:
            return self.say("units")
        return level_word(register, levels.pop(), self.wording, most=1)

    @cached_property
    def title(self) -> str:
        """First line of the account, by which the file is recognised as an output."""
        root = unit_name(self.result.register, self.result.register.units.parents.index(-1))
        return self.say("title", period=self.wording.period(self.result.period.name), unit=root)

    @cached_property
    def folder(self) -> str:
        """Name of the folder of returns."""
        local = self.result.period.local_folder
        return one_line(self.result.period.folder.name if local is None else local.resolve().name)

    @cached_property
    def _returns(self) -> str:
        """The folder of returns as it was given."""
        folder = self.result.period.folder
        return folder.url if isinstance(folder, RemoteFolder) else str(folder)

    def headline(self, shown: int = _SHOWN) -> str:
        """Return the sentence on who has sent, who must correct, and whether the report is provisional.

        Parameters
        ----------
        shown : the most missing senders that are named, and the most of those who must correct.
        """
        standing = self.standing
        facts = {"sent": standing.sent, "expected": len(standing.senders), "kind": self.kind}
        if not standing.sent:
            return self.say("sent-none", **facts)
        missing = ""
        if standing.missing:
            names = self._some(list(map(self._absent, standing.missing)), shown)
            key = "missing" if names else "missing-count"
            missing = " " + self.say(key, count=len(standing.missing), names=names)
        to_mend = self._some([self._within(unit) for unit in standing.to_mend], shown)
        key = "to-mend" if to_mend else "to-mend-count"
        mend = self.say(key, count=len(standing.to_mend), kind=self.kind, names=to_mend)
        state = self.say("provisional" if self.result.publication.is_provisional else "final")
        return self.say("sent", missing=missing, mend=mend, state=state, **facts)

    def _some(self, names: Sequence[str], shown: int) -> str:
        """Return the first names in a row, and how many others there are; nothing if none is to be shown."""
        told = list(names[:shown])
        if told and (more := len(names) - len(told)):
            told.append(self.say("more", count=more, kind=self.kind))
        return ", ".join(told)

    def _within(self, unit: int) -> str:
        return unit_within(self.result.register, unit, self.wording)

    def _absent(self, unit: int) -> str:
        name, state = self._within(unit), self.coverage.state(unit)
        return self.say(f"absent-{state}", unit=name) if state in ("blank", "unread") else name

    def figures(self) -> str:
        """Return the sentence on how many units of the lowest level have figures."""
        standing = self.standing
        kind = level_word(self.result.register, standing.level, self.wording)
        if not standing.expected:
            return self.say("no-units", kind=self.kind)
        bare = int(self.result.register.unlisted(standing.level).max(initial=0))
        if bare:
            return self.say("count-unlisted", read=standing.read, kind=kind, count=bare, senders=self.kind)
        return self.say("count-figures", read=standing.read, expected=standing.expected, kind=kind)

    def decided(self) -> str:
        """Return how many decisions the figures rest on; empty where nothing was decided."""
        return summary_words(self.result.publication, self.wording)

    def steps(self) -> Iterator[str]:
        """Yield what to do next, in order."""
        standing, findings = self.standing, self.place("findings")
        calls = self.place("calls")
        if not self.result.period.discovered.sources:
            blank = as_typed(f"{self._returns}-{self.say('blank')}")
            yield self.say("next-begin", folder=as_typed(self._returns), blank=blank)
        elif standing.missing:
            yield self.say("next-calls", count=len(standing.missing), kind=self.kind, place=calls)
        if standing.unlisted:
            yield self.say(
                "next-adopt", count=len(standing.unlisted), kind=self.kind, folder=as_typed(self._returns)
            )
        yield from self._versions()
        if standing.to_mend:
            facts = {"copies": self.place("copies"), "calls": calls}
            yield self.say("next-mend", count=len(standing.to_mend), kind=self.kind, **facts)
        if self._doubtful:
            facts = {"copies": self.place("copies"), "calls": calls}
            yield self.say("next-review", count=len(self._doubtful), kind=self.kind, **facts)
        if standing.unplaced:
            yield self.say("next-unplaced", count=standing.unplaced, place=findings)
        if (standing.to_mend or self._doubtful) and self.result.period.local_folder is not None:
            yield self.say("next-decide", place=findings)
        if standing.missing or standing.to_mend or standing.unplaced or standing.unlisted:
            yield self.say("next-put", folder=self.folder)
            yield self.say("next-run")
            return
        if self.result.publication.is_provisional:
            doubts = len(obstacles(self.result.form, self.result.findings))
            yield self.say("next-doubts", count=doubts, place=findings)
        elif self.result.tally["soft"] and not self._doubtful:
            yield self.say("next-soft", count=self.result.tally["soft"], place=findings, kind=self.kind)
        yield self.say("next-sign", place=self.place("report") + ".docx")

    @cached_property
    def _doubtful(self) -> tuple[int, ...]:
        """The senders with points to check and nothing that they must correct."""
        standing = self.standing
        must = {*standing.missing, *standing.to_mend}
        return tuple(unit for unit in standing.senders if unit not in must and self.coverage.soft[unit])

    def _versions(self) -> Iterator[str]:
        """Yield for each sender of several returns that differ which of them to ask about."""
        differing = list(self.result.findings.of_code("F213"))
        for finding in differing[:_VERSIONS]:
            unit = sender_of(self.result.register, finding.unit or finding.about)
            name = self.kind if unit is None else self._within(unit)
            facts = {"file": one_line(finding.file or "", 200), "other": finding.facts.get("other", "")}
            yield self.say("next-versions", unit=name, folder=self.folder, **facts)
        if (more := len(differing) - _VERSIONS) > 0:
            yield self.say("next-versions-more", count=more, place=self.place("findings"))

    def screen(self, width: int | None) -> str:
        """Return the account for the screen.

        Parameters
        ----------
        width : columns to wrap at; None for no wrapping.
        """
        lines = [self.title, "", self.headline(), self.figures(), *filter(None, [self.decided()])]
        lines += ["", f"{self.say('next')}:"]
        lines += _numbered(self.steps())
        return "\n".join(_wrapped(lines, width)) + "\n"

    def text(self, written: Sequence[str]) -> str:
        """Return the account as a file, with all names, and what is in the folder of results.

        Parameters
        ----------
        written : the outputs that were written: ``findings``, ``copies`` ….
        """
        standing, register = self.standing, self.result.register
        lines = [self.title, "", self.headline(0), self.figures(), *filter(None, [self.decided()]), ""]
        lines += [self.say("next"), *_numbered(self.steps()), ""]
        if standing.missing:
            lines.append(self.say("missing-title", count=len(standing.missing)))
            lines += [f"- {capital(self._absent(unit))}{self._above(unit)}" for unit in standing.missing]
            lines.append("")
        if standing.to_mend:
            lines.append(self.say("mend-title", count=len(standing.to_mend)))
            for unit, count in standing.to_mend.items():
                name = unit_name(register, unit) + self._above(unit)
                lines.append("- " + self.say("mend-row", unit=name, count=count))
            lines.append("")
        lines.append(self.say("contents"))
        for of in ("standing", *written):
            place = self.place(of) + (f" ({', '.join(REPORTS)})" if of == "report" else "")
            lines.append(f"- {place}: {self.say(f'about-{of}', kind=self.kind)}")
        return "\n".join(lines) + "\n"

    def _above(self, unit: int) -> str:
        """Return the names of the units above one, without the root, each after a comma."""
        register = self.result.register
        above = [other for other in register.units.ancestors(unit)[1:] if register.units.parents[other] >= 0]
        return "".join(f", {self._within(other)}" for other in above)


def _numbered(steps: Iterable[str]) -> list[str]:
    return [f"{number}. {step}" for number, step in enumerate(steps, 1)]


def _wrapped(lines: Iterable[str], width: int | None) -> Iterator[str]:
    for line in lines:
        if width is None or not line:
            yield line
            continue
        indent = "   " if line[:1].isdigit() and line[1:3] == ". " else ""
        yield from textwrap.wrap(
            line, max(width, 20), subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
        )
