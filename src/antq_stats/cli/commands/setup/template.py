"""`antq-stats template`: blank returns for the senders, prefilled from the register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import level_of, unit_of
from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.options import EarlierPeriods, FolderOptions, OutFolder, Under, reads_folder
from antq_stats.cli.wording import help_text

if TYPE_CHECKING:
    from antq_stats.collection.intake import Intake
    from antq_stats.render.blank import Earlier

Level = Annotated[
    str | None, typer.Option("--level", metavar="LEVEL", help=help_text("option.level-template"))
]


@reads_folder
def template(
    options: FolderOptions,
    output: OutFolder = None,
    level: Level = None,
    under: Under = None,
    earlier: EarlierPeriods = None,
) -> int:
    """Write the blank returns, and return the exit status.

    Only the returns of an earlier period (``--with``) are read, so a folder with form and register is enough.
    Existing workbooks are overwritten only if they are blank returns that nobody has begun to fill in. If
    there is any other, nothing is written.
    """
    if output is None:
        raise UsageProblem("usage.template-needs-output")
    from antq_stats.cli.session import note_period, open_folder

    period = open_folder(options)
    note_period(period)
    from antq_stats.render.blank import paths_of, sending_level, sheets_of

    register = period.register
    top = unit_of(register, under)
    sending = level_of(register, level, default=sending_level(period.form, register))
    units = [
        unit
        for unit in register.under(top).tolist()
        if register.units.levels[unit] == sending and sheets_of(period.form, register, unit)
    ]
    if not units:
        raise UsageProblem("usage.nothing-to-answer", found=register.levels[sending])
    targets = {unit: output / path for unit, path in paths_of(register, units).items()}
    if earlier and len(earlier) > 1:
        raise UsageProblem("usage.one-earlier-period")
    before = _earlier(period, earlier[0]) if earlier else None
    _refuse_begun(period, targets)
    _write(period, targets, before)
    console.note("blank.written", count=len(targets), name=output.name or str(output))
    _tell_next(options)
    return 0


def _tell_next(options: FolderOptions) -> None:
    """Say where the returns go that come back, and the next command; nothing of a folder given by a URL."""
    if not isinstance(options.folder, Path):
        return
    from antq_stats.words.text import as_typed

    folder = as_typed(options.folder)
    console.note("blank.next", folder=folder, command=f"antq-stats status {folder}")


def _earlier(period: Intake, folder: Path) -> Earlier:
    """Read an earlier period's folder; its findings go into the blank returns."""
    from antq_stats.cli.session import read_period
    from antq_stats.render.blank import earlier_period
    from antq_stats.series.boundaries import history_of, own_boundaries

    before = read_period(period.earlier(folder))
    boundaries = own_boundaries(period, history_of([before.period, period]))
    return earlier_period(
        period.form, period.register, period.name, before.aggregate, before.findings, console.language,
        boundaries.placement(before.period),
    )  # fmt: skip


def _refuse_begun(period: Intake, targets: dict[int, Path]) -> None:
    """Refuse to overwrite files other than blank returns that nobody has begun to fill in.

    Raises
    ------
    OutputError
        Its reason is ``holds-figures`` for such a file and ``is-an-input`` for the form and the register. It
        is also raised if the system cannot say what is at a target.
    """
    from antq_stats.reading.files.container import FileProblem
    from antq_stats.reading.files.opening import open_file
    from antq_stats.reading.tables.provenance import find_provenance, is_untouched
    from antq_stats.render.writing.output import INPUTS, OutputError, kind_of

    INPUTS.add(path for path in (period.form_file, period.units_file) if path is not None)
    for target in targets.values():
        INPUTS.refuse(target)
        if kind_of(target) != "file":
            continue  # other kinds are reported when they are written
        try:
            grids = open_file(target, period.plan.limits).grids
        except FileProblem:
            grids = []
        provenance = find_provenance(grids)
        if provenance is None or not is_untouched(grids, provenance[0]):
            raise OutputError("holds-figures", str(target))


def _write(period: Intake, targets: dict[int, Path], earlier: Earlier | None) -> None:
    from antq_stats.render.blank import write_blank
    from antq_stats.render.writing.output import make_folder, write_beside

    for folder in dict.fromkeys(target.parent for target in targets.values()):
        make_folder(folder)
    for unit, target in targets.items():
        write_beside(
            target,
            lambda stream, unit=unit: write_blank(  # type: ignore[misc]
                period.form, period.register, unit, period.name, console.language, stream, earlier
            ),
        )
