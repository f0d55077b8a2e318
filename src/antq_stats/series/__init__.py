"""Several periods beside each other, on the boundaries of one day."""

from __future__ import annotations
