"""What is checked in a row while it is filled in, as formulas; ``{row}`` stands for the row's number."""

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
"""Characters of a text inside a formula; Excel takes 255."""
_FLAG_TRUE = ("x", "đạt", "yes", "true")
_FLAG_FALSE = ("-", "không đạt", "no", "false")


class RowChecks:
    """The checks on one row of a table.

    Parameters
    ----------
    layout : which columns the sheet has. Rules that name a measure it has not are left to the reader.
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
        """Rules of the form, each with the formula that is true where it is broken."""

    @cached_property
    def true_words(self) -> tuple[str, ...]:
        """The words that say yes in a cell; the reader takes them all."""
        yes, _ = self.words.answers
        return (yes, *(word for word in _FLAG_TRUE if word != yes))

    def _operand(self, code: str) -> Operand | None:
        """Return a measure of the row as formulas; the row's number is still to be put in for ``{row}``."""
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
        return Operand(value if measure.blank == "missing" or measure.kind == "flag" else f"N({cell})", given)

    @property
    def begun(self) -> str:
        """How many cells of the row are filled in, as a formula."""
        first, last = column_letter(self.layout.first), column_letter(self.layout.width - 1)
        return f"COUNTA(${first}{{row}}:${last}{{row}})"

    def outside(self, measure: Measure) -> str | None:
        """Return the formula that is true where a count is no whole number within its bounds."""
        if measure.kind == "flag":
            return None
        low, high = bounds_of(measure)
        cell = f"${column_letter(self.layout.columns[measure.code])}{{row}}"
        number = f"ISNUMBER({cell})"
        return f'IF({number},OR({cell}<{low},{cell}>{high},{cell}<>INT({cell})),AND({cell}<>"",{cell}<>"-"))'

    def in_words(self) -> str:
        """Return the formula of the last column: in words what is missing and what to look at again."""
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
                said = self.wording.phrase("blank.outside", label=label, accepted=accepted)
                text = _quoted(f"{said}. ")
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
    """Return a text as it stands in a formula."""
    return '"' + shortened(text, _QUOTED).replace('"', '""') + '"'
