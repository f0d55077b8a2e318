"""Output of `antq-stats aggregate` for other programs: the long table with its data package, SDMX-CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from antq_stats.cli.console import UsageProblem
from antq_stats.render.exchange.data_package import data_package, package_name
from antq_stats.render.exchange.long_table import long_csv
from antq_stats.render.exchange.sdmx_csv import NoTimePeriodError, sdmx_csv
from antq_stats.render.writing import output
from antq_stats.render.writing.delimited import encode
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from antq_stats.cli.session import Session
    from antq_stats.render.exchange.observations import Observations


def deliver_observations(
    session: Session, observations: Observations, chosen: str, target: Path | None
) -> None:
    """Write observations to a file or to stdout; the data package of a long table goes beside its file.

    Parameters
    ----------
    session : the run.
    observations : the observations.
    chosen : ``long`` or ``sdmx-csv``.
    target : file to write; None for stdout.

    Raises
    ------
    UsageProblem
        SDMX has no way to write the period.
    OutputError
        A file cannot be written, or the package would replace a file that is not the tool's own.
    """
    if chosen == "sdmx-csv":
        try:
            text = sdmx_csv(observations)
        except NoTimePeriodError as error:
            raise UsageProblem("usage.no-time-period", period=one_line(error.period)) from None
        session.deliver(text, target)
        return
    text = long_csv(observations)
    if target is None or output.is_stream(target):
        session.deliver(text, target)
        return
    package = target.with_name(package_name(target.name))
    output.refuse_others_file(package)
    session.deliver(text, target)
    sources = session.result.publication.sources
    session.deliver(data_package(observations, encode(text), target.name, sources), package)
