"""Measures how well `check-text` separates right from wrong figures in free prose.

    python benchmarks/checking_text.py                      # held-out paragraphs
    python benchmarks/checking_text.py tests/prose/development.md --show

Every figure of the paragraphs is right, so a flagged one is a false alarm. Then each digit is altered, and
each noun of what is counted is replaced by another, one at a time; an altered figure that is still judged
right is missed. The published figures are the samples of 2021 and 2020. Held-out paragraphs are those that no
rule was written from.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from antq_stats.collection.intake import Intake
from antq_stats.edits import edit
from antq_stats.figures.aggregation import aggregate
from antq_stats.figures.publication import Publication, publish
from antq_stats.plan import Limits
from antq_stats.text_check.check import check
from antq_stats.text_check.documents.blocks import Paragraph
from antq_stats.text_check.documents.document import document_of
from antq_stats.text_check.judge import interval_of
from antq_stats.text_check.results import Checked

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "data" / "samples"
HELD_OUT = ROOT / "tests" / "prose" / "held-out.md"

KINDS = (
    ("tổ",),
    ("hộ gia đình", "hộ dân", "hộ"),
    ("thành viên", "hội viên", "người dân", "người"),
    ("lượt người", "lượt"),
    ("tổ dân phố", "khu dân cư", "thôn", "bản", "làng"),
    ("câu lạc bộ", "CLB"),
    ("mô hình",),
    ("buổi",),
    ("thị trấn", "phường", "xã"),
)
"""Nouns by kind of what is counted; the first of a kind replaces nouns of other kinds."""

_NOUN = "|".join(sorted((re.escape(noun) for kind in KINDS for noun in kind), key=len, reverse=True))
_NOUNS = re.compile(rf"\s*(?:\([^()]*\)\s*)?(?P<noun>(?:{_NOUN})(?:(?:, | và )(?:{_NOUN}))*)\b(?! dân phố)")


class Rates(NamedTuple):
    """Counts of the cases, and the wrong ones in words."""

    figures: int
    false_alarms: list[str]
    altered: int
    missed: list[str]
    exchanged: int
    taken: list[str]

    @property
    def false_alarm_rate(self) -> float:
        """Share of the right figures that are flagged."""
        return len(self.false_alarms) / self.figures

    @property
    def found_rate(self) -> float:
        """Share of the altered figures that are flagged."""
        return 1 - len(self.missed) / self.altered

    @property
    def noun_rate(self) -> float:
        """Share of the replaced nouns that are flagged."""
        return 1 - len(self.taken) / self.exchanged


def publication_of(year: str, last: str) -> Publication:
    """Return the publication of a year of the samples, with that of an earlier year."""
    found = []
    for name in (last, year):
        opened = Intake.open(SAMPLES / name)
        collection = opened.collect()
        found.append((collection, edit(collection)))
    return publish(*found[1], aggregate(*found[0]))


def measure(file: Path, publication: Publication, seed: int = 1) -> Rates:
    """Check the paragraphs of a file unchanged, with each digit altered, and with each noun replaced."""
    rates = Rates(0, [], 0, [], 0, [])
    chance = random.Random(seed)
    for block in document_of(file.read_bytes(), "md", Limits()).blocks:
        assert isinstance(block, Paragraph)  # noqa: S101 - there are no tables
        before = _checked(block.text, publication)
        wrong = [f"{_shown(one)} ({one.judged.verdict})" for one in before if one.judged.verdict != "right"]
        rates = rates._replace(
            figures=rates.figures + len(before), false_alarms=[*rates.false_alarms, *wrong]
        )
        for place, one in enumerate(before):
            start = block.text.index(one.sentence)
            for at, digit in _digits(one):
                other = chance.choice([d for d in "123456789" if d != digit])
                text = block.text[: start + at] + other + block.text[start + at + 1 :]
                rates = rates._replace(altered=rates.altered + 1)
                if _is_right(text, place, before, publication):
                    rates.missed.append(f"{_shown(one)} -> {text[start + at - 8 : start + at + 8]}")
            for first, last, noun in _exchanges(one):
                text = block.text[: start + first] + noun + block.text[start + last :]
                rates = rates._replace(exchanged=rates.exchanged + 1)
                if _is_right(text, place, before, publication):
                    rates.taken.append(f"{_shown(one)} -> {noun}")
    return rates


def _checked(text: str, publication: Publication) -> tuple[Checked, ...]:
    return check([Paragraph(text)], publication).checked


def _digits(one: Checked) -> Iterator[tuple[int, str]]:
    for at in range(one.number.digits, one.number.end):
        if one.sentence[at].isdecimal():
            yield at, one.sentence[at]


def _exchanges(one: Checked) -> Iterator[tuple[int, int, str]]:
    """Return the place of the noun behind a figure, with each noun of another kind."""
    found = _NOUNS.match(one.sentence, one.number.end)
    if found is not None:
        own = next(kind for kind in KINDS if found["noun"].startswith(kind) and _begins(found["noun"], kind))
        for kind in KINDS:
            if kind is not own:
                yield *found.span("noun"), kind[0]


def _begins(text: str, kind: tuple[str, ...]) -> bool:
    longest = max((noun for each in KINDS for noun in each if text.startswith(noun)), key=len)
    return longest in kind


def _is_right(text: str, place: int, before: tuple[Checked, ...], publication: Publication) -> bool:
    """Return whether an altered figure is judged right, and is not true by chance."""
    after = _checked(text, publication)
    if len(after) != len(before) or after[place].judged.verdict != "right":
        return False
    claimed, meant = interval_of(after[place].number), before[place].judged
    return (
        meant.expected is None
        or after[place].judged.reading != meant.reading
        or (meant.expected not in claimed)
    )


def _shown(one: Checked) -> str:
    text, number = one.sentence, one.number
    before, after = text[max(0, number.start - 40) : number.start], text[number.end : number.end + 30]
    return f"…{before}[{text[number.start : number.end]}]{after}…"


def main() -> int:
    """Measure and print; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, default=HELD_OUT)
    parser.add_argument("--show", action="store_true", help="each case that went wrong")
    given = parser.parse_args()
    rates = measure(given.file, publication_of("2021", "2020"))
    for name, count, found, rate in (
        ("right figures, flagged", rates.figures, len(rates.false_alarms), rates.false_alarm_rate),
        ("digits altered, found", rates.altered, rates.altered - len(rates.missed), rates.found_rate),
        ("nouns exchanged, found", rates.exchanged, rates.exchanged - len(rates.taken), rates.noun_rate),
    ):
        print(f"{name}: {found} of {count} ({rate:.1%})")
    if given.show:
        for title, cases in (
            ("flagged", rates.false_alarms),
            ("altered", rates.missed),
            ("noun", rates.taken),
        ):
            for case in cases:
                print(f"{title}: {case}")
    return int(rates.false_alarm_rate > 0.05 or rates.noun_rate < 0.95 or rates.found_rate < 0.99)


if __name__ == "__main__":
    sys.exit(main())
