"""What codes are called: units, measures and rules in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable

from antq_stats.form import Form
from antq_stats.language import Language
from antq_stats.register import UnitRegister, display_name

Names = Callable[[str, str], str | None]


def unit_name(register: UnitRegister, position: int) -> str:
    """Return a unit's type and name, ``Xã Mường Lai``."""
    return display_name(register.units.kinds[position], register.units.names[position])


def names_of(form: Form, register: UnitRegister, lang: Language) -> Names:
    """Return what the catalogue asks when it words a finding: a unit, measure or rule by its code."""
    labels = {column.code: column.label.say(lang) for column in form.columns}
    rules = {rule.code: rule.message.say(lang) for rule in form.rules}

    def name(kind: str, code: str) -> str | None:
        if kind == "unit":
            position = register.units.by_code.get(code)
            return None if position is None else unit_name(register, position)
        return (rules if kind == "rule" else labels).get(code)

    return name
