"""The closed language of edit rules: parsed here, never evaluated as Python.

Measure names, numbers, ``+ - * /``, comparisons (also chained), ``and or not``, implication ``->``
and parentheses; nothing else has a meaning. Arithmetic is exact: whole numbers and fractions, never
binary floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from antq_stats.expression.normal import NormalForm, normal_form
from antq_stats.expression.syntax import KEYWORDS, Condition, ExpressionError, names_of, parse_tree

if TYPE_CHECKING:
    from antq_stats.expression.columns import Column, Judgement

__all__ = ["KEYWORDS", "Expression", "ExpressionError", "parse"]


@dataclass(frozen=True)
class Expression:
    """An edit rule that was parsed.

    Parameters
    ----------
    text : the rule as it was written.
    tree : its syntax tree; a truth, never an amount.
    """

    text: str
    tree: Condition

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names it asks for, each once, in the order in which they are written."""
        return names_of(self.tree)

    @cached_property
    def normal(self) -> NormalForm | None:
        """What it says, however it is written: two rules that say the same have equal normal forms.

        None where the rule is too large to be compared; ``True`` or ``False`` where it says the same of
        any data.
        """
        return normal_form(self.tree)

    @property
    def always(self) -> bool | None:
        """True or False where the rule holds, or fails, whatever the data (``x <= x``); else None."""
        return self.normal if isinstance(self.normal, bool) else None

    def judge(self, columns: Mapping[str, Column]) -> Judgement:
        """Judge whole columns.

        Parameters
        ----------
        columns : for each name, the values (int64, shape n) and which of them were given (bool, shape n).
            Further names are ignored.

        Returns
        -------
        Judgement
            ``holds`` and ``judged``, bool arrays of shape n. A row in which a named value is missing, or that
            divides by zero, is not judged; ``holds`` is False there.

        Raises
        ------
        KeyError
            A named column is not there.
        """
        from antq_stats.expression.columns import judge

        return judge(self.tree, self.names, columns)


def parse(text: str) -> Expression:
    """Parse an edit rule.

    Raises
    ------
    ExpressionError
        The text is not a rule of the language; it says where and what is wrong with it.
    """
    return Expression(text, parse_tree(text))
