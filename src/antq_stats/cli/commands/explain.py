"""`antq-stats explain`: the meaning of a finding, and how to correct the fault."""

from __future__ import annotations

from typing import Annotated

import typer

from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.options import Lang, set_console
from antq_stats.cli.wording import help_text, suggestion

Code = Annotated[
    str | None, typer.Argument(metavar="CODE", help=help_text("argument.code"), show_default=False)
]


def explain(code: Code = None, lang: Lang = None) -> int:
    """Explain a code, or list all codes; return the exit status."""
    set_console(lang)
    from antq_stats.render.explanation import all_codes, one_code

    if code is None:
        console.result(all_codes(console.language))
        return 0
    from antq_stats.findings import catalogue
    from antq_stats.words.text import one_line

    entry = catalogue.find(code)
    if entry is None:
        known = [word for known in catalogue.entries() for word in (known.code, known.name)]
        hint = suggestion(code.strip().upper(), known) or suggestion(code, known)
        raise UsageProblem("usage.no-code", found=one_line(code), near=hint)
    console.result(one_code(entry.code, console.language))
    return 0
