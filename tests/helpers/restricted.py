"""Folders of a form with a restricted count, and what is published of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from antq_stats.disclosure.proof import Proof, prove
from antq_stats.disclosure.release import Release, release_of
from antq_stats.figures.disclosure import disclosure
from helpers.reading import Outcome, read_folder
from helpers.returns import setup, write_csv

HEAD = """
[form]
id = "kin"
version = "1"
title = { vi = "Số kín", en = "Restricted" }

[[table]]
code = "01"
level = "commune"
title = { vi = "Biểu 01", en = "Table 01" }
"""


def measure(code: str, *more: str) -> str:
    """Return a measure of a form: TOML."""
    lines = [f'[[measure]]\ncode = "{code}"\nlabel = {{ vi = "Số {code}" }}', "required = false", *more]
    return "\n".join(lines) + "\n"


def rule(check: str, severity: str = "hard") -> str:
    """Return a rule of a form: TOML."""
    return f'[[rule]]\ncode = "r"\ncheck = "{check}"\nseverity = "{severity}"\nmessage = {{ vi = "sai" }}\n'


KIN = measure("kin", 'sensitive = "yes"')
"""A restricted count; every value from 1 to 4 must stay possible."""
Shape = Sequence[Sequence[object]]
"""Districts of communes: of each commune the value, or the values of several measures."""


def outcome_of(
    folder: Path, shape: Shape, form: str = HEAD + KIN, codes: Sequence[str] = ("kin",)
) -> Outcome:
    """Write a province of districts of communes with one village each, and read it."""
    lines = ["code,name,type,level,parent", "07,Tỉnh,tỉnh,province,"]
    rows: list[list[object]] = [["Mã", *(f"Số {code}" for code in codes)]]
    for district, communes in enumerate(shape, 10):
        lines.append(f"07{district},Huyện {district},huyện,district,07")
        for place, values in enumerate(communes):
            code = f"07{district}{place:03d}"
            lines.append(f"{code},Xã {district} {place},xã,commune,07{district}")
            lines.append(f"{code}1,Thôn 1,,village,{code}")
            rows.append([code, *(values if isinstance(values, tuple) else (values,))])
    setup(folder, form=form, units="\n".join(lines) + "\n")
    write_csv(folder / "a.csv", rows)
    return read_folder(folder)


def shown_by_the_pattern_alone(outcome: Outcome, insiders: bool = False) -> Release:
    """Return what is shown if only sums of the tree are thought of."""
    found = disclosure(outcome.total, insiders=insiders)
    codes = [measure.code for measure in outcome.total.form.measures if measure.below]
    return release_of(outcome.total, found, codes)


def proof_of(outcome: Outcome, *earlier: Release, insiders: bool = False) -> Proof:
    """Return what is shown in the end."""
    return prove(outcome.collection, outcome.total, earlier, insiders=insiders)


def hidden(proof: Proof, code: str = "kin") -> set[str]:
    """Return the codes of the units above the villages of which a measure is withheld."""
    shown = proof.release.measures[code]
    return {unit for unit, is_hidden in zip(proof.release.codes, shown.withheld, strict=True) if is_hidden}
