"""The language of edit rules, parsed here and never evaluated as Python.

It has codes of measures, numbers, ``+ - * /``, comparisons (also chained), ``and or not``, implication ``->``
and parentheses. Arithmetic is exact: integers and fractions, never binary floats.
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
    """A parsed edit rule.

    Parameters
    ----------
    text : the rule as written.
    tree : its syntax tree.
    """

    text: str
    tree: Condition

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Codes of the measures it names, without repetition, in the order of the text."""
        return names_of(self.tree)

    @cached_property
    def normal(self) -> NormalForm | None:
        """Normal form: rules with equal normal forms have the same meaning.

        None if the rule is too large; True or False if it holds, or fails, for any data.
        """
        return normal_form(self.tree)

    @property
    def always(self) -> bool | None:
        """True or False if the rule holds, or fails, for any data (``x <= x``); else None."""
        return self.normal if isinstance(self.normal, bool) else None

    def judge(self, columns: Mapping[str, Column], scales: Mapping[str, int] | None = None) -> Judgement:
        """Judge whole columns.

        Parameters
        ----------
        columns : for each name, the values (int64, shape n) and which of them were given (bool, shape n).
            Further names are ignored.
        scales : for names whose values are in steps, the number of steps in one: 10 for one decimal. The rule
            is about the true values, exactly.

        Returns
        -------
        Judgement
            ``holds`` and ``judged``, bool arrays of shape n. A row is not judged if a named value is missing
            or a division by zero occurs; ``holds`` is False there.

        Raises
        ------
        KeyError
            A named column is missing.
        """
        from antq_stats.expression.columns import judge

        return judge(self.tree, self.names, columns, scales or {})


def parse(text: str) -> Expression:
    """Parse an edit rule.

    Parameters
    ----------
    text : the rule.

    Raises
    ------
    ExpressionError
        The text is not a rule of the language; the error says what is wrong, and where.
    """
    return Expression(text, parse_tree(text))
