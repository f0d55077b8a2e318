"""What goes back to the senders: their own workbooks with the wrong cells marked, or a list of what is wrong.

A copy is patched part by part, so that everything that is not marked stays as it was sent: stored values
of formulas, charts, pictures, styles, validations, macros, names, print settings.
"""

from __future__ import annotations

from antq_stats.render.annotated.folder import Returned, send_back

__all__ = ["Returned", "send_back"]
