"""The words above and below a report: motto, issuing body, place and date, signatures.

The elements and their order are those of Decree 30/2020/NĐ-CP, appendix I, which the Front follows by
choice; "Biểu số", "Đơn vị tính" and "Người lập biểu" come from statistical forms. The words are phrases.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from antq_stats.figures.publication import Publication
from antq_stats.form import Form
from antq_stats.register.register import UnitRegister
from antq_stats.render.words import unit_name, unit_within
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import text_key

_FRONT = tuple(map(text_key, ("Mặt trận Tổ quốc", "MTTQ")))


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The words above and below a report, each as it is printed; only ``provisional`` may be empty."""

    country: str
    motto: str
    parent: str
    """The committee, in capitals."""
    issuer: str
    """The body that issues, in capitals."""
    place_and_date: str
    title: str
    """In capitals."""
    period: str
    provisional: str
    """A note that figures can still change; empty if they are final."""
    drawn_up: str
    signed_for: str
    signed_as: str
    sign_here: str


def letterhead(publication: Publication, lang: Language, signed: dt.date | None = None) -> Letterhead:
    """Return the words above and below a report.

    Parameters
    ----------
    publication : the figures of the report.
    lang : the language.
    signed : the date of the signature; None for dots to be filled in by hand.
    """
    wording = Wording(lang)
    form, register, root = publication.form, publication.register, publication.root
    name = register.units.names[root]
    when = wording.phrase("letterhead.undated") if signed is None else wording.date_in_words(signed)
    return Letterhead(
        country=wording.phrase("letterhead.country"),
        motto=wording.phrase("letterhead.motto"),
        parent=_committee(publication, wording).upper(),
        issuer=wording.phrase("letterhead.issuer").upper(),
        place_and_date=f"{name}, {when}",
        title=wording.phrase("letterhead.title", title=wording.say(form.about.title)).upper(),
        period=wording.phrase(
            "letterhead.period",
            unit=unit_name(register, root),
            period=wording.period(publication.period),
        ),
        provisional=wording.phrase("letterhead.provisional") if publication.is_provisional else "",
        drawn_up=wording.phrase("letterhead.drawn-up").upper(),
        signed_for=wording.phrase("letterhead.signed-for").upper(),
        signed_as=wording.phrase("letterhead.signed-as").upper(),
        sign_here=wording.phrase("letterhead.sign-here"),
    )


def committee_of(form: Form, register: UnitRegister, unit: int, wording: Wording) -> str:
    """Return the committee of a unit that sends returns: ``Ủy ban MTTQ Việt Nam xã Mường Lai``.

    Only the Fatherland Front is known to have a committee in every unit. If the form names another issuer,
    or none, return the unit's name as written within a sentence.
    """
    issuer, name = form.about.issuer, unit_within(register, unit, wording)
    if issuer is None or not any(front in text_key(issuer.vi) for front in _FRONT):
        return name
    return wording.phrase("letterhead.committee", unit=name)


def _committee(publication: Publication, wording: Wording) -> str:
    """Return the body that collects the returns, with the name of its unit."""
    unit = publication.register.at(publication.root)
    issuer = publication.form.about.issuer
    if issuer is None:
        return unit.display
    words = wording.say(issuer)
    if wording.lang == "vi" and unit.kind and text_key(words).endswith(text_key(unit.kind)):
        return f"{words} {unit.name}"
    return words if text_key(unit.name) in text_key(words) else f"{words}, {unit.display}"
