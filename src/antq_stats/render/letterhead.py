"""What stands above and below a report: motto, issuing body, place and date, who signs.

The elements and their order are those of Decree 30/2020/NĐ-CP, appendix I, which the Front follows by
choice; "Biểu số", "Đơn vị tính" and "Người lập biểu" come from statistical forms. The words are phrases.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from antq_stats.figures.publication import Publication
from antq_stats.render.words import unit_name
from antq_stats.words.language import Language, date_in_words, phrase
from antq_stats.words.text import text_key


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The words around a report, each as it is printed; none is ever empty but ``provisional``."""

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
    """What says that figures can still change; empty where they are final."""
    drawn_up: str
    signed_for: str
    signed_as: str
    sign_here: str


def letterhead(publication: Publication, lang: Language, signed: dt.date | None = None) -> Letterhead:
    """Return the words around a report.

    Parameters
    ----------
    signed : the day it is signed; dots to be filled in by hand where None.
    """
    form, register, root = publication.form, publication.register, publication.root
    name = register.units.names[root]
    when = phrase("letterhead.undated", lang) if signed is None else date_in_words(signed, lang)
    return Letterhead(
        country=phrase("letterhead.country", lang),
        motto=phrase("letterhead.motto", lang),
        parent=_committee(publication, lang).upper(),
        issuer=phrase("letterhead.issuer", lang).upper(),
        place_and_date=f"{name}, {when}",
        title=phrase("letterhead.title", lang, title=form.about.title.say(lang)).upper(),
        period=phrase("letterhead.period", lang, unit=unit_name(register, root), period=publication.period),
        provisional=phrase("letterhead.provisional", lang) if publication.is_provisional else "",
        drawn_up=phrase("letterhead.drawn-up", lang).upper(),
        signed_for=phrase("letterhead.signed-for", lang).upper(),
        signed_as=phrase("letterhead.signed-as", lang).upper(),
        sign_here=phrase("letterhead.sign-here", lang),
    )


def _committee(publication: Publication, lang: Language) -> str:
    """Return the body that asks for the returns, with the name of the unit it is of."""
    unit = publication.register.at(publication.root)
    issuer = publication.form.about.issuer
    if issuer is None:
        return unit.display
    words = issuer.say(lang)
    if lang == "vi" and unit.kind and text_key(words).endswith(text_key(unit.kind)):
        return f"{words} {unit.name}"
    return words if text_key(unit.name) in text_key(words) else f"{words}, {unit.display}"
