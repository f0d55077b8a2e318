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
    """The words above and below a report, each as it is printed."""

    country: str
    motto: str
    parent: str
    """The committee or the body above, in capitals; empty if the issuer has none."""
    issuer: str
    """The body that issues, in capitals."""
    date: str
    """In words; dots where it is to be filled in by hand."""
    place_and_date: str
    title: str
    """In capitals."""
    period: str
    provisional: str
    """A note that figures can still change; empty if they are final."""
    drawn_up: str
    signed_for: str
    """The body that the signature is for; empty if that is the issuer itself."""
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
    says = form.letterhead
    place = says.place or register.units.names[root]
    parent, issuer, collective = _bodies(publication, wording)
    when = wording.phrase("letterhead.undated") if signed is None else wording.date_in_words(signed)
    return Letterhead(
        country=wording.phrase("letterhead.country"),
        motto=wording.phrase("letterhead.motto"),
        parent=parent.upper(),
        issuer=issuer.upper(),
        date=when,
        place_and_date=f"{place}, {when}",
        title=wording.phrase("letterhead.title", title=wording.say(form.about.title)).upper(),
        period=wording.phrase(
            "letterhead.period",
            unit=unit_name(register, root),
            period=wording.period(publication.period),
        ),
        provisional=wording.phrase("letterhead.provisional") if publication.is_provisional else "",
        drawn_up=wording.phrase("letterhead.drawn-up").upper(),
        signed_for=wording.phrase("letterhead.signed-for").upper() if collective else "",
        signed_as=(says.signer or wording.phrase("letterhead.signed-as")).upper(),
        sign_here=wording.phrase("letterhead.sign-here"),
    )


def committee_of(form: Form, register: UnitRegister, unit: int, wording: Wording) -> str:
    """Return the committee of a unit that sends returns: ``Ủy ban MTTQ Việt Nam xã Mường Lai``.

    Only the Fatherland Front is known to have a committee in every unit. If the form names another issuer,
    or none, return the unit's name as written within a sentence.
    """
    issuer, name = form.about.issuer, unit_within(register, unit, wording)
    if issuer is None or not _is_front(issuer.vi):
        return name
    return wording.phrase("letterhead.committee", unit=name)


def recipients(form: Form, wording: Wording) -> list[str]:
    """Return the lines under “Nơi nhận:”: those of the form, or else a line to fill in and the archive."""
    given = [line.strip().lstrip("-").strip().rstrip(";.") for line in form.letterhead.recipients]
    if not given:
        return wording.phrase("prose.recipients-list").split(" | ")
    return [*(f"- {line};" for line in given[:-1]), f"- {given[-1]}."]


def _is_front(body: str) -> bool:
    return any(front in text_key(body) for front in _FRONT)


def _bodies(publication: Publication, wording: Wording) -> tuple[str, str, bool]:
    """Return the body above, the one that issues, and whether a standing committee signs for it.

    A report of the Fatherland Front is issued by the standing committee of its committee, unless
    ``[letterhead]`` names another body as the one above.
    """
    says = publication.form.letterhead
    standing = wording.phrase("letterhead.issuer")
    if says.parent is not None:
        issuer = says.issuer or _committee(publication, wording)
        return says.parent, issuer, _is_front(issuer)
    if says.issuer is None:
        return _committee(publication, wording), standing, True
    return (says.issuer, standing, True) if _is_front(says.issuer) else ("", says.issuer, False)


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
