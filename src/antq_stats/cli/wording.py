"""Help and usage errors of the option parser, in the language of the run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from antq_stats.cli.console import UsageProblem, console
from antq_stats.words.language import phrase, phrase_keys
from antq_stats.words.near import near
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TITLES = {"Arguments": "arguments", "Options": "options", "Commands": "commands"}
_METAVAR = re.compile(
    r"(?<![\w-])(?:ARGS|CODE|COMMAND|DATE|DIR|FILE|HOST|LEVEL|LIST|MEASURE|N|NAME|OPTIONS|OUT|PORT|PROVINCE|TEXT|UNIT|YEAR)"
    r"(?!\w)"
)
"""Names that stand for values; each has a phrase ``help.metavar``."""
_COMPLETION = {"install_completion": "completion-install", "show_completion": "completion-show"}


def help_text(key: str, **facts: object) -> str:
    """Return a help text in the language of the run."""
    return phrase(f"help.{key}", console.language, **facts)


def suggestion(word: str, known: Iterable[str], labels: Mapping[str, Sequence[str]] | None = None) -> str:
    """Return a phrase that suggests the known words nearest to a wrong one; empty if none is near.

    Parameters
    ----------
    word : the wrong word.
    known : the known words.
    labels : what a known word is called, in both languages; the first label is shown with it.
    """
    close = near(word, known, labels)
    if labels is not None:
        close = [f"{one} ({labels[one][0]})" if labels.get(one) else one for one in close]
    return phrase("usage.near", console.language, what=alternatives(close)) if close else ""


def alternatives(names: Sequence[str]) -> str:
    """Return names as alternatives: ``Lào Cai, Lai Châu hoặc Hà Nội``."""
    *others, last = names
    if not others:
        return last
    return phrase("usage.either", console.language, others=", ".join(others), last=last)


def in_words(metavars: str) -> str:
    """Return the names that stand for values, as in ``--by LEVEL``, in the language of the run."""
    return _METAVAR.sub(lambda match: help_text(f"metavar.{match[0]}"), metavars)


def _show_help(context: Any, _parameter: object, value: bool) -> None:
    """Write a command's help as a result, so that write errors are handled as for other results."""
    if value and not context.resilient_parsing:
        console.result(context.get_help() + "\n")
        context.exit()


class _Worded:
    """Mixin for commands: help in the language of the run. The parser's own texts are English only."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option ``--help`` with its help in the language of the run."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = help_text("option.help")
            option.callback = _show_help
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help with titles in the language of the run."""
        usage, section, table = formatter.write_usage, formatter.section, formatter.write_dl

        def translated_rows(rows: Sequence[tuple[str, str]], *rest: Any, **more: Any) -> None:
            required = f"[{help_text('required')}]"
            translated = [
                (in_words(re.sub(" <[^>]*>(?=$| )", "", name)), text.replace("[required]", required))
                for name, text in rows
            ]
            table(translated, *rest, **more)

        def translated_usage(prog: str, args: str = "", prefix: str | None = None) -> None:
            usage(prog, in_words(args.replace("{", "").replace("}", "")), prefix or help_text("usage") + " ")

        formatter.write_usage = translated_usage
        formatter.section = lambda title: section(help_text(_TITLES[title]) if title in _TITLES else title)
        formatter.write_dl = translated_rows
        for parameter in self.params:  # type: ignore[attr-defined]
            if parameter.name in _COMPLETION:
                parameter.help = help_text(f"option.{_COMPLETION[parameter.name]}")
        super().format_help(ctx, formatter)  # type: ignore[misc]


class Command(_Worded, TyperCommand):
    """A command with help in the language of the run."""


class Group(_Worded, TyperGroup):
    """A group of commands. For a wrong command, the nearest one is suggested, never run."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments before the command's name.

        Raises
        ------
        UsageProblem
            There are no arguments.
        """
        if not args:
            raise UsageProblem("usage.missing-command", choices=", ".join(self.commands))
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the arguments name.

        Raises
        ------
        UsageProblem
            There is no such command.
        """
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise UsageProblem(
                "usage.no-such-command", found=one_line(args[0]), near=suggestion(args[0], self.commands)
            )
        return super().resolve_command(ctx, args)


def misuse(error: Exception) -> str:
    """Return the message for a usage error of the option parser.

    It is in the language of the run for the known kinds of errors, else the parser's own English text.
    """
    lang, kind = console.language, type(error).__name__
    text = str(getattr(error, "message", error))
    option = one_line(str(getattr(error, "option_name", "") or ""))
    parameter = getattr(error, "param", None)
    if kind == "NoSuchOption":
        return phrase("usage.no-such-option", lang, found=option, near=suggestion(option, _options(error)))
    if kind == "MissingParameter":
        return phrase("usage.missing", lang, what=_lacking(parameter))
    if kind == "BadOptionUsage":
        return phrase(
            "usage.takes-no-value" if "not take" in text else "usage.needs-value", lang, what=option
        )
    if parameter is not None:
        name = "bad-jobs" if parameter.name == "jobs" else "bad-value"
        return phrase(f"usage.{name}", lang, **({} if name == "bad-jobs" else {"what": _named(parameter)}))
    if "extra argument" in text:
        return phrase("usage.extra", lang, found=one_line(text.partition("(s) (")[2].removesuffix(")")))
    return one_line(text)


def _named(parameter: Any) -> str:
    """Return the name of a parameter for messages: an option's longest name, or an argument's metavar."""
    options = [name for name in getattr(parameter, "opts", ()) if name.startswith("-")]
    return max(options, key=len) if options else in_words(str(getattr(parameter, "metavar", "") or ""))


def _lacking(parameter: Any) -> str:
    """Return what a missing parameter is, in words if it is an argument with words of its own."""
    key = f"usage.lacks.{getattr(parameter, 'name', '')}"
    return phrase(key, console.language) if key in phrase_keys("usage") else _named(parameter)


def _options(error: Exception) -> list[str]:
    """Return the long options of the command in which an error occurred."""
    context = getattr(error, "ctx", None)
    if context is None:
        return []
    return [
        name
        for parameter in context.command.get_params(context)
        for name in parameter.opts
        if name.startswith("--")
    ]
