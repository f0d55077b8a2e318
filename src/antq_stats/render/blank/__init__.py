"""Blank returns: a workbook for each sending unit, with its units filled in from the register.

The workbook checks what is typed into it. A very hidden sheet states its form, period and layout, by which
it is read (`antq_stats.reading.tables.provenance`). It is not marked as an output of the tool, because it
becomes a return when it is filled in. The same input gives the same bytes.
"""

from __future__ import annotations

from typing import BinaryIO

from antq_stats.form import Form
from antq_stats.output_marks import CREATED
from antq_stats.reading.tables.provenance import SHEET, Provenance
from antq_stats.register.register import UnitRegister
from antq_stats.render.blank.earlier import Earlier, earlier_period
from antq_stats.render.blank.layout import SheetLayout, paths_of, sheets_of
from antq_stats.render.words import unit_name
from antq_stats.render.writing.table import clean
from antq_stats.words.language import Language, Wording

__all__ = ["Earlier", "earlier_period", "paths_of", "sending_level", "sheets_of", "write_blank"]


def sending_level(form: Form, register: UnitRegister) -> int:
    """Return the level whose units send one workbook each: the one above the finest level of the register.

    It is never below the finest table of the form. It is not the root, which collects the returns, unless the
    register has no level below it.

    Parameters
    ----------
    form : the form.
    register : the register.
    """
    asked = max(register.level(table.level) or 0 for table in form.tables)
    return min(asked, max(1, len(register.levels) - 2))


def write_blank(
    form: Form,
    register: UnitRegister,
    unit: int,
    period: str,
    lang: Language,
    target: BinaryIO,
    earlier: Earlier | None = None,
) -> None:
    """Write the blank return of a unit.

    Parameters
    ----------
    form : the form.
    register : the register.
    unit : position of the sending unit, for which `sheets_of` must return at least one sheet.
    period : name of the period.
    lang : the language.
    target : an open binary file.
    earlier : the earlier period, whose figures are shown at the cells.

    Raises
    ------
    OSError
        If the target cannot be written.
    """
    import io

    import xlsxwriter

    from antq_stats.render.blank.instructions import InstructionSheet
    from antq_stats.render.blank.sheet import PlainSheet, TableSheet
    from antq_stats.render.writing.workbook import Formats, options
    from antq_stats.version import __version__

    wording = Wording(lang)
    layouts = sheets_of(form, register, unit, lang)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options()) as workbook:
        name = unit_name(register, unit)
        title = wording.phrase("blank.file-title", unit=clean(name), period=wording.period(clean(period)))
        workbook.set_properties({"title": title, "created": CREATED})
        formats = Formats(workbook)
        instructions = workbook.add_worksheet(wording.phrase("blank.sheet"))
        InstructionSheet(instructions, formats, wording).write(form, register, unit, period, layouts, earlier)
        for number, layout in enumerate(layouts):
            sheet = workbook.add_worksheet(layout.name, PlainSheet)
            TableSheet(sheet, formats, layout, unit, period, earlier).write()
            if number == 0:
                sheet.activate()
        carrier = workbook.add_worksheet(SHEET)
        made = _provenance(form, register, unit, period, layouts, __version__)
        for row, record in enumerate(made.records()):
            for column, text in enumerate(record):
                carrier.write_string(row, column, text)
        carrier.very_hidden()
    target.write(content.getbuffer())


def _provenance(
    form: Form,
    register: UnitRegister,
    unit: int,
    period: str,
    layouts: list[SheetLayout],
    tool: str,
) -> Provenance:
    return Provenance(
        form=form.id,
        version=form.version,
        period=period,
        unit=register.units.codes[unit],
        name=register.units.names[unit],
        level=register.levels[register.units.levels[unit]],
        tool=tool,
        tables=tuple(layout.carried() for layout in layouts),
    )
