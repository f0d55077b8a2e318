"""The error for a template of the user; a module of its own, because it is cheap to import."""

from __future__ import annotations


class TemplateFault(Exception):  # noqa: N818 - it states that a template has a fault
    """A template of the user that cannot be used.

    Parameters
    ----------
    key : the key of the phrase that explains the fault.
    facts : the facts of that phrase.
    """

    def __init__(self, key: str, **facts: object) -> None:
        self.key = key
        self.facts = facts
        super().__init__(key)
