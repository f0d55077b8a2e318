"""What is wrong with a template of the user's; apart from the writers, for it is cheap to import."""

from __future__ import annotations


class TemplateFault(Exception):  # noqa: N818 - named for what it tells: a template has a fault
    """A template of the user's cannot be used; carries a phrase and its facts."""

    def __init__(self, key: str, **facts: object) -> None:
        self.key = key
        self.facts = facts
        super().__init__(key)
