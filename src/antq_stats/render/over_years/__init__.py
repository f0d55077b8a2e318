"""Several periods on one day's boundaries: tables, records, and what faces of a report share."""

from __future__ import annotations
