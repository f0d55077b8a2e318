"""The columns of the list of findings that an officer fills in, and the hidden ones that take a row back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from antq_stats.collection.collection import Collection
from antq_stats.edits.decidable import Choice, as_it_stands, choices, row_key
from antq_stats.findings.finding import Finding
from antq_stats.render.writing.table import clean
from antq_stats.render.writing.workbook import Formats
from antq_stats.words.language import Wording
from antq_stats.words.text import as_typed

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Filled = Literal["decision", "value", "reason", "by"]
FILLED: tuple[Filled, ...] = get_args(Filled)
"""The columns to fill in; their heads are the phrases ``decide.head-…``."""
KEYS = ("unit-code", "measure-code", "rule", "about", "was", "key", "list")
"""The hidden columns behind them; see `Keys`."""
FILL = "#FFF9DB"
"""Colour of the cells to fill in."""
_WIDTHS: Mapping[Filled, float] = {"decision": 19.0, "value": 9.5, "reason": 30.0, "by": 15.0}
_MOST_CHOICES = 80
"""Most words that a row offers; a header may be any measure that a sheet of two tables lacks."""
_HIDDEN_WIDTH = 12


class Keys(NamedTuple):
    """What the hidden columns of a row say."""

    unit: str
    measure: str
    rule: str
    about: str
    was: str
    """The figures that the finding is about, when the list was written."""
    key: str
    """See `row_key`."""
    list: str
    """The period, and the code of the unit that its register is of."""


def decide_command(
    folder: Path | None, earlier: Iterable[Path | None], wording: Wording, listed: Path | None = None
) -> str | None:
    """Return the command that takes the decisions of a list back; None for a folder that is not written to.

    Parameters
    ----------
    folder : the folder of the period; None behind a URL.
    earlier : the folders of the periods that the list was made beside.
    wording : the language.
    listed : the list as it is typed; None for words that stand for it, and the mere names of the folders.
    """
    if folder is None:
        return None
    places = [folder, *(place for place in earlier if place is not None)]
    own, *others = [as_typed(place if listed else place.resolve().name or place) for place in places]
    name = as_typed(listed) if listed else wording.phrase("decide.this-file")
    return " ".join(["antq-stats decide", own, name, *(f"--with {other}" for other in others)])


def period_key(collection: Collection) -> str:
    """Return what tells the lists of a period from those of others."""
    units = collection.register.units
    root = units.codes[units.parents.index(-1)] if len(units.codes) else ""
    return f"{collection.period}/{root}"


def keys_of(collection: Collection, finding: Finding) -> Keys:
    """Return the hidden columns of a finding's row."""
    return Keys(
        finding.unit or "", finding.measure or "", finding.rule or "", finding.about or "",
        as_it_stands(collection, finding), row_key(finding), period_key(collection),
    )  # fmt: skip


def choice_word(choice: Choice, wording: Wording, label: str | None = None) -> str:
    """Return the word that stands for a choice in the list.

    Parameters
    ----------
    choice : the choice.
    wording : the language.
    label : what the measure is called, where there are several to choose from; None where there is one.
    """
    kind: str = choice.kind
    if choice.of_sheet:
        kind = f"{choice.kind}-sheet"
    elif choice.kind == "correct" and label is not None:
        kind = "correct-cell" if choice.cell else "correct-measure"
    return wording.phrase(f"decide.word-{kind}", cell=choice.cell, measure=label)


def choice_words(collection: Collection, finding: Finding, wording: Wording) -> list[str]:
    """Return the words offered for a finding, in the order of `choices`."""
    offered = choices(collection, finding)
    several = sum(choice.kind == "correct" for choice in offered) > 1
    return [
        choice_word(
            choice,
            wording,
            collection.form.label(choice.measure, wording.lang)
            if (several or choice.kind == "column") and choice.measure
            else None,
        )
        for choice in offered
    ]


class DecisionColumns:
    """Writes the columns beside the rows of a sheet.

    Parameters
    ----------
    sheet, formats : what is written to.
    collection : the values, on which it depends what may be decided.
    wording : the language.
    first : the first column, from 0.
    filled : the columns to fill in.
    """

    def __init__(
        self, sheet: Worksheet, formats: Formats, collection: Collection, wording: Wording, first: int,
        filled: Sequence[Filled] = FILLED,
    ) -> None:  # fmt: skip
        self.sheet = sheet
        self.formats = formats
        self.collection = collection
        self.wording = wording
        self.first = first
        self.filled = filled
        self.hidden = first + len(filled)
        self.offered = self.hidden + len(KEYS)
        """The first of the hidden columns with the words that a row offers."""
        self.most = 1
        """Most words that a row offers."""

    @property
    def last(self) -> int:
        """The last column."""
        return self.offered + self.most - 1

    def write_heads(self, row: int, size: int, style: Mapping[str, object]) -> None:
        """Set the widths of the columns and write their heads.

        Parameters
        ----------
        row : the row of the heads.
        size : size of the font.
        style : properties of the other heads.
        """
        say = self.wording.phrase
        for place, column in enumerate(self.filled, start=self.first):
            self.sheet.set_column(place, place, _WIDTHS[column], self.formats(font_size=size))
            head = self.formats(**{**style, "bg_color": "#FFE699"})
            self.sheet.write_string(row, place, clean(say(f"decide.head-{column}")), head)
        end = self.offered + _MOST_CHOICES - 1
        self.sheet.set_column(self.hidden, end, _HIDDEN_WIDTH, self.formats(font_size=size), {"hidden": True})
        for place, key in enumerate(KEYS, start=self.hidden):
            name = f"column.{key}" if key in KEYS[:3] else f"decide.head-{key}"
            self.sheet.write_string(row, place, clean(say(name)), self.formats(**style))

    def write_row(self, row: int, finding: Finding, look: Mapping[str, object]) -> None:
        """Write the cells beside a finding: those to fill in are coloured where something may be decided.

        Parameters
        ----------
        row : the row.
        finding : the finding.
        look : properties of the other cells.
        """
        words = choice_words(self.collection, finding, self.wording)[:_MOST_CHOICES] if self.filled else []
        colour = {"bg_color": FILL, "locked": False, "num_format": "@"} if words else {}
        for place in range(self.first, self.hidden):
            self.sheet.write_blank(row, place, None, self.formats(**{**look, **colour}))
        plain = self.formats(font_size=look["font_size"])
        for place, text in enumerate(keys_of(self.collection, finding), start=self.hidden):
            if text:
                self.sheet.write_string(row, place, clean(text), plain)
        for place, word in enumerate(words, start=self.offered):
            self.sheet.write_string(row, place, clean(word), plain)
        self.most = max(self.most, len(words))

    def validate(self, first: int, last: int) -> None:
        """Add the drop-downs and the notes that appear at a cell.

        Each drop-down offers the words in the hidden cells of its own row, so it is right also after sorting,
        which moves cells and leaves drop-downs where they are.

        Parameters
        ----------
        first, last : the rows.
        """
        from xlsxwriter.utility import xl_rowcol_to_cell

        begin, end = (
            xl_rowcol_to_cell(first, place, col_abs=True)
            for place in (self.offered, self.offered + _MOST_CHOICES - 1)
        )
        words = f"=OFFSET({begin},0,0,1,MAX(1,COUNTA({begin}:{end})))"
        for place, column in enumerate(self.filled, start=self.first):
            rule: dict[str, object] = {
                "validate": "any",
                "input_title": clean(self.wording.phrase(f"decide.head-{column}"))[:32],
                "input_message": clean(self.wording.phrase(f"decide.prompt-{column}"))[:255],
            }
            if column == "decision":
                rule |= {
                    "validate": "list", "source": words, "ignore_blank": True,
                    "error_title": clean(self.wording.phrase("decide.head-decision"))[:32],
                    "error_message": clean(self.wording.phrase("decide.prompt-decision"))[:255],
                }  # fmt: skip
            self.sheet.data_validation(first, place, last, place, rule)
