"""A checked report as records, for ``check-text --format json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from antq_stats.figures.publication import Publication
from antq_stats.output_marks import JSON_KEY
from antq_stats.render.text_check.readings import ReadingWords
from antq_stats.series.over_time import Series
from antq_stats.text_check.judge import VERDICTS
from antq_stats.text_check.results import Checked, TextCheck
from antq_stats.words.language import Language, Wording, rounded


def check_records(
    result: TextCheck,
    publication: Publication,
    name: str,
    lang: Language,
    unread: Mapping[str, int] | None = None,
    series: Series | None = None,
) -> dict[str, object]:
    """Return the record of a check for ``check-text --format json``; a key that does not apply is None.

    Parameters
    ----------
    result : the check.
    publication : the figures that the report was checked against.
    name : name of the report.
    lang : the language of the messages.
    unread : counts of the parts of the report that were not read, by kind.
    series : the period beside all earlier ones; None to know only the previous one.
    """
    from antq_stats.version import __version__

    words = ReadingWords(publication, Wording(lang), series)
    priors = series.priors if series else () if publication.prior is None else (publication.prior,)
    passed = Counter(skipped.passed.reason for skipped in result.skipped)
    return {
        JSON_KEY: __version__,
        "period": publication.period,
        "with": publication.prior.period if publication.prior else None,
        "periods": [prior.period for prior in priors],
        "report": name,
        "summary": {**tally(result), "passed_over": dict(sorted(passed.items()))},
        "numbers": [_record(checked, words) for checked in result.checked],
        "passed_over": [
            {"sentence": skipped.sentence, "text": skipped.passed.text, "reason": skipped.passed.reason}
            for skipped in result.skipped
        ],
        "unread": dict(unread or {}),
    }


def tally(result: TextCheck) -> dict[str, int]:
    """Return the count of each verdict."""
    verdicts = Counter(checked.judged.verdict for checked in result.checked)
    return {verdict: verdicts[verdict] for verdict in VERDICTS}


def _record(checked: Checked, words: ReadingWords) -> dict[str, object]:
    judged, number = checked.judged, checked.number
    reading = judged.reading
    places = number.decimals
    if reading is not None and (ratio := words.ratios.get(reading.topic.code)) is not None:
        places = max(places, ratio.decimals)
    elif reading is not None:
        places = max(places, words.places(reading))
    return {
        "sentence": checked.sentence,
        "number": number.text,
        "qualifier": number.qualifier,
        "value": _plain(number.value, number.decimals),
        "verdict": judged.verdict,
        "measure": None if reading is None else reading.topic.code,
        "unit": None if reading is None else words.unit_code(reading.unit),
        "expected": None if judged.expected is None else _plain(judged.expected, max(1, places)),
        "period": None if reading is None else words.period(reading),
        "change": reading is not None and reading.change != "none",
        "since": reading.since.period or None if reading is not None and reading.change != "none" else None,
        "fits": None
        if judged.fits is None
        else {
            "measure": judged.fits.topic.code,
            "unit": words.unit_code(judged.fits.unit),
            "period": words.period(judged.fits),
        },
        "reason": None if judged.obstacle is None else judged.obstacle.reason,
        "provisional": judged.is_provisional,
        "message": words.message(checked),
    }


def _plain(value: Fraction, places: int) -> int | Decimal:
    return value.numerator if value.denominator == 1 else rounded(value, max(1, min(places, 6)))
