"""The numbers of a checked report with their verdicts: as lines for the terminal, and as records."""

from antq_stats.render.text_check.lines import check_lines
from antq_stats.render.text_check.records import check_records

__all__ = ["check_lines", "check_records"]
