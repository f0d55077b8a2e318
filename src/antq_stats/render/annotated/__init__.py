"""Files for the senders: copies of their workbooks with marked cells, or lists of findings.

A copy is patched part by part, so that the rest of the workbook stays as it was sent: stored values of
formulas, charts, pictures, styles, validations, macros, names, print settings.
"""

from __future__ import annotations

from antq_stats.render.annotated.copy import SUFFIXES
from antq_stats.render.annotated.folder import FolderWriter, Returned, send_back

__all__ = ["SUFFIXES", "FolderWriter", "Returned", "send_back"]
