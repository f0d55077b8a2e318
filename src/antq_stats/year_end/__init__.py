"""All outputs of December from one reading: what came, what is wrong, what to send back, the report."""

from __future__ import annotations

from antq_stats.year_end.write import YearEnd, write_year_end

__all__ = ["YearEnd", "write_year_end"]
