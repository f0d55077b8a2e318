"""The parts of the page besides figures: coverage, open findings, method and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from antq_stats.figures.publication import Source
from antq_stats.findings import catalogue
from antq_stats.findings.finding import Finding
from antq_stats.form import Ratio
from antq_stats.form.entries import UNITS
from antq_stats.render.answers import missing_names
from antq_stats.render.cells import cell_of
from antq_stats.render.certainty import span_words, weight_share
from antq_stats.render.findings.decided import decisions_table, summary_words
from antq_stats.render.page.charts import branches
from antq_stats.render.page.context import PageContext
from antq_stats.render.page.tables import headline, withholds
from antq_stats.render.words import FindingWording, level_word, names_of, unit_name
from antq_stats.render.writing.table import UNICODE, PresentationTable, is_provisional
from antq_stats.words.text import one_line

_MOST_UNITS = 400
"""Most units in the table of coverage; if there are more, only incomplete ones are listed."""
_MOST_NAMES = 100
"""Most missing senders that are named for one unit."""
_MOST_FINDINGS = 200
"""Most findings of one kind that are listed."""
_MOST_SOURCES = 5_000
_MOST_COMPLETE = 30
"""Most complete units in the table of coverage on paper."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A row of the table of coverage."""

    name: str
    expected: str
    read: str
    share: str
    weighted: str
    """Coverage weighted by the weighing measure (households); empty if it is not known."""
    state: str
    is_complete: bool
    missing: tuple[str, ...]
    more: int
    """Number of missing senders that are not named."""
    is_whole: bool


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding in words."""

    where: str
    message: str
    hint: str
    """Empty where the findings of the kind have one hint."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The findings of one code, or of one edit rule."""

    sign: str
    severity: str
    code: str
    meaning: str
    hint: str
    """Empty where the findings have hints of their own."""
    count: int
    findings: tuple[FindingLine, ...]
    more: int


@dataclass(frozen=True, slots=True)
class StandingView:
    """The content of the page besides figures."""

    answered: tuple[Answered, ...]
    unnamed: int
    """Number of units that the table of coverage leaves out."""
    unprinted: int
    """Number of complete units that the table leaves out on paper."""
    ranges: tuple[tuple[str, str], ...]
    """Figures of the headline whose ranges are too wide to stand there: the label, and the range."""
    weighed_by: str
    """The weighing measure; empty if no weight is known or nothing is missing."""
    kinds: tuple[Kind, ...]
    tally: str
    unlisted: str
    """Note that findings on protected measures are not listed; empty if there are no such measures."""
    facts: tuple[tuple[str, str], ...]
    ratios: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    more_sources: int
    source_count: int
    decisions: PresentationTable | None
    """The list of decisions; None where nothing was decided."""


def view(context: PageContext) -> StandingView:
    """Return coverage, open findings, method and sources."""
    publication, wording = context.publication, context.wording
    sources = publication.sources
    tally = publication.tally
    answered = tuple(_answered(context))
    complete = sum(unit.is_complete and not unit.is_whole for unit in answered)
    is_weighed = any(unit.weighted for unit in answered) and any(u.read != u.expected for u in answered)
    return StandingView(
        answered=answered,
        unnamed=len(branches(publication)) - sum(not unit.is_whole for unit in answered),
        unprinted=complete if complete > _MOST_COMPLETE else 0,
        ranges=tuple(_wide_ranges(context)),
        weighed_by=(
            wording.say(publication.weighted.measure.label) if publication.weighted and is_weighed else ""
        ),
        kinds=tuple(_kinds(context)),
        tally=wording.phrase("page.findings-tally", hard=tally.hard, soft=tally.soft),
        unlisted=wording.phrase("report.untold") if publication.form.protected else "",
        facts=tuple(_facts(context)),
        ratios=tuple(_ratios(context)),
        sources=sources[:_MOST_SOURCES],
        more_sources=max(len(sources) - _MOST_SOURCES, 0),
        source_count=len(sources),
        decisions=decisions_table(publication, wording),
    )


def _answered(context: PageContext) -> Iterator[Answered]:
    publication, wording = context.publication, context.wording
    answers, root = publication.coverage, publication.root
    units = list(dict.fromkeys((root, *branches(publication))))
    if len(units) > _MOST_UNITS:
        lacking = [unit for unit in units[1:] if answers.read[unit] < answers.expected[unit]]
        units = [root, *lacking[:_MOST_UNITS]]
    for unit in units:
        read, expected = int(answers.read[unit]), int(answers.expected[unit])
        # missing senders are named in the rows of the units below, not in that of the whole
        parts_name = unit == root and len(publication.register) > 1
        names = [] if parts_name or read == expected else missing_names(publication.collection, unit)
        yield Answered(
            name=unit_name(publication.register, unit),
            expected=wording.number(expected),
            read=wording.number(read),
            share=wording.percent(Fraction(read, expected), 1) if expected else "",
            weighted=weight_share(publication, unit, wording),
            state=wording.phrase(f"state.{answers.state(unit)}") if expected else "",
            is_complete=read == expected,
            missing=tuple(names[:_MOST_NAMES]),
            more=max(len(names) - _MOST_NAMES, 0),
            is_whole=unit == root,
        )


def _wide_ranges(context: PageContext) -> Iterator[tuple[str, str]]:
    """Yield the label and the range of each figure of the headline that shows none because it is wide."""
    publication, wording = context.publication, context.wording
    for column in headline(publication):
        if is_provisional(cell_of(publication, publication.root, column)):
            words = span_words(publication, publication.root, column, wording)
            if words and not span_words(publication, publication.root, column, wording, wide=False):
                yield wording.say(column.label), words


def _kinds(context: PageContext) -> Iterator[Kind]:
    """Yield the open findings by code and rule, hard ones first; a single finding shows its own message."""
    publication, wording = context.publication, context.wording
    names = names_of(publication.form, publication.register, wording.lang)
    words = FindingWording(wording, names)
    rules = {rule.code: wording.say(rule.message) for rule in publication.form.rules}
    kinds: dict[tuple[bool, str, str], list[Finding]] = {}
    for finding in publication.open_findings:
        soft = catalogue.severity(finding) != "hard"
        kinds.setdefault((soft, finding.code, finding.rule or ""), []).append(finding)
    for (soft, code, rule), findings in sorted(kinds.items(), key=lambda item: item[0]):
        hints = dict.fromkeys(words.hint(finding) for finding in findings)
        shared = next(iter(hints)) if len(hints) == 1 else ""
        only = words.message(findings[0]) if len(findings) == 1 else ""
        yield Kind(
            sign="!" if soft else "✗",
            severity=words.severity(findings[0]),
            code=code,
            meaning=only or rules.get(rule) or catalogue.kind_label(code, wording.lang),
            hint=shared,
            count=len(findings),
            findings=tuple(
                _finding_line(finding, words, hinted=not shared) for finding in findings[:_MOST_FINDINGS]
            ),
            more=max(len(findings) - _MOST_FINDINGS, 0),
        )


def _finding_line(finding: Finding, words: FindingWording, *, hinted: bool) -> FindingLine:
    parts = (one_line(finding.file or "", 200), words.place(finding))
    where = UNICODE.between.join(part for part in parts if part)
    return FindingLine(where, words.message(finding), words.hint(finding) if hinted else "")


def _facts(context: PageContext) -> Iterator[tuple[str, str]]:
    """Yield the facts on the figures and the notes on method: a name and a text."""
    publication, wording = context.publication, context.wording
    form, register = publication.form, publication.register
    levels = register.units.levels
    counts = "; ".join(
        f"{level_word(register, level, wording)}: {wording.number(levels.count(level))}"
        for level in range(len(register.levels))
        if level in levels
    )
    yield wording.phrase("page.fact-form"), f"{wording.say(form.about.title)} ({form.id}, {form.version})"
    yield wording.phrase("page.fact-period"), publication.period
    if publication.prior:
        yield wording.phrase("page.fact-earlier"), publication.prior.period
    yield wording.phrase("page.fact-register"), counts
    if told := summary_words(publication, wording):
        yield wording.phrase("decided.title"), told
    applies = {
        "provisional": publication.is_provisional,
        "changes": publication.prior is not None,
        "withheld": withholds(publication),
    }
    for key in ("sums", "ratios", "rounding", *(key for key, does in applies.items() if does)):
        yield wording.phrase(f"page.method-{key}"), wording.phrase(f"page.method-{key}-text")


def _ratios(context: PageContext) -> Iterator[tuple[str, str]]:
    """Yield the label of each ratio, and its numerator and denominator."""
    publication, wording = context.publication, context.wording
    form = publication.form
    for ratio in publication.columns:
        if isinstance(ratio, Ratio):
            below = (
                wording.phrase("page.units-answered")
                if ratio.denominator == UNITS
                else form.label(ratio.denominator, wording.lang)
            )
            yield wording.say(ratio.label), f"{form.label(ratio.numerator, wording.lang)} ÷ {below}"
