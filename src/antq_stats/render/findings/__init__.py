"""Findings: as lines for the terminal, as records, and as the list by sender with its workbook."""

from antq_stats.render.findings.decision_columns import decide_command
from antq_stats.render.findings.lines import findings_lines, grouped, next_lines, summary_lines
from antq_stats.render.findings.records import RECORD_KEYS, record, validation
from antq_stats.render.findings.table import findings_table
from antq_stats.render.findings.workbook import write_list

__all__ = [
    "RECORD_KEYS",
    "decide_command",
    "findings_lines",
    "findings_table",
    "grouped",
    "next_lines",
    "record",
    "summary_lines",
    "validation",
    "write_list",
]
