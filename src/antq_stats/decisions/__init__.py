"""What an officer has decided on returns: decisions.csv, which stands beside them."""

from __future__ import annotations
