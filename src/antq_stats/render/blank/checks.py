"""Formulas that check a row while it is filled in; ``{row}`` is a placeholder for the number of the row."""

from __future__ import annotations

from functools import cached_property

from antq_stats.form import Measure
from antq_stats.render.blank.conditions import Operand, excel_condition
from antq_stats.render.blank.layout import SheetLayout
from antq_stats.render.blank.words import bounds_of, shortened
from antq_stats.render.writing.table import clean
from antq_stats.words.text import column_letter

_LONGEST_FORMULA = 7500
_QUOTED = 240
"""Most characters of a text in a formula; Excel allows 255."""
_FLAG_TRUE = ("x", "đạt", "yes", "true")
_FLAG_FALSE = ("-", "không đạt", "no", "false")


class RowChecks:
    """The checks on a row of a table.

    Parameters
    ----------
    layout : the sheet. Rules with a measure that it lacks are not checked here, but when the return is read.
    """

    def __init__(self, layout: SheetLayout) -> None:
        self.layout = layout
        self.words = layout.words
        self.wording = layout.words.wording
        self.rules = [
            (rule, condition)
            for rule in layout.form.rules
            if (condition := excel_condition(rule.expression, self._operand)) is not None
        ]
        """The rules of the form, each with the formula that is true if a row breaks it."""

    @cached_property
    def true_words(self) -> tuple[str, ...]:
        """The words for true in a cell of a flag; the reader accepts all of them."""
        yes, _ = self.words.answers
        return (yes, *(word for word in _FLAG_TRUE if word != yes))

    def _operand(self, code: str) -> Operand | None:
        """Return the formulas for a measure of the row; None if the sheet has no such column."""
        column = self.layout.columns.get(code)
        if column is None:
            return None
        measure = self.layout.form.measure(code)
        cell = f"${column_letter(column)}{{row}}"
        if measure.kind == "flag":
            is_true = ",".join(f'{cell}="{word}"' for word in self.true_words)
            no = self.words.answers[1]
            is_false = ",".join(f'{cell}="{word}"' for word in (no, *_FLAG_FALSE) if word)
            given = f'AND({cell}<>"",OR({is_true},{cell}=1,{is_false},{cell}=0))'
            value = f"IF(OR({is_true},{cell}=1),1,0)"
        else:
            given, value = f"ISNUMBER({cell})", cell
        if measure.blank == "zero":
            given = f'OR({cell}="",{given})'
            value = value if measure.kind == "flag" else f"N({cell})"
        if measure.decimals:  # whole steps, because a program calculates with floats
            return Operand(f"ROUND({value}*{measure.scale},0)", given, str(measure.scale))
        return Operand(value, given)

    @property
    def begun(self) -> str:
        """The formula for the number of filled-in cells of the row."""
        first, last = column_letter(self.layout.first), column_letter(self.layout.width - 1)
        return f"COUNTA(${first}{{row}}:${last}{{row}})"

    def outside(self, measure: Measure) -> str | None:
        """Return the formula that is true for a figure with too many decimals or out of bounds.

        It is None for a flag.
        """
        if measure.kind == "flag":
            return None
        low, high = bounds_of(measure)
        cell = f"${column_letter(self.layout.columns[measure.code])}{{row}}"
        number = f"ISNUMBER({cell})"
        rounded = f"ROUND({cell},{measure.decimals})" if measure.decimals else f"INT({cell})"
        return f'IF({number},OR({cell}<{low},{cell}>{high},{cell}<>{rounded}),AND({cell}<>"",{cell}<>"-"))'

    def message(self) -> str:
        """Return the formula of the column of checks: the count of missing cells, then messages."""
        required = [m for m in self.layout.measures if m.required and m.blank == "missing"]
        parts = []
        if required:
            blanks = "+".join(f'({self.cell(m)}="")' for m in required)
            text = _quoted(self.wording.phrase("blank.still-missing") + " ")
            parts.append(f'IF({blanks}>0,{text}&({blanks})&". ","")')
        for measure in self.layout.measures:
            outside = self.outside(measure)
            if outside is not None:
                label = clean(self.wording.say(measure.label))
                accepted = self.words.accepted(measure)
                message = self.wording.phrase("blank.outside", label=label, accepted=accepted)
                text = _quoted(f"{message}. ")
                parts.append(f'IF(IFERROR({outside},FALSE),{text},"")')
        for rule, condition in self.rules:
            text = _quoted(f"{clean(self.wording.say(rule.message))}. ")
            parts.append(f'IF(IFERROR({condition},FALSE),{text},"")')
        joined: list[str] = []
        for part in parts:
            if sum(map(len, joined)) + len(part) < _LONGEST_FORMULA:
                joined.append(part)
        return f'=IF({self.begun}=0,"",{"&".join(joined)})' if joined else '=""'

    def cell(self, measure: Measure) -> str:
        """Return the cell of a measure in the row."""
        return f"${column_letter(self.layout.columns[measure.code])}{{row}}"


def _quoted(text: str) -> str:
    """Return a text as a string in a formula."""
    return '"' + shortened(text, _QUOTED).replace('"', '""') + '"'
