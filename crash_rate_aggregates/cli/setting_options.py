"""Flags made from what the settings declare: no name, bound or text of a setting stands here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from crash_rate_aggregates.cli.consoles import STDERR
from crash_rate_aggregates.settings import value_kinds
from crash_rate_aggregates.settings.declared import DECLARED, NO_DEFAULT, Declared

_Command = TypeVar("_Command", bound=Callable[..., Any])


def setting_option(key: str) -> Callable[[_Command], _Command]:
    """Make the flag of a setting; the command gets what was typed by the setting's key, or None."""
    setting = DECLARED[key]
    repeated = setting.kind in value_kinds.REPEATED
    if setting.kind is bool:
        # With --no-…, or no flag could go before a variable that says true.
        names = f"{setting.flag}/--no-{str(setting.flag).removeprefix('--')}"
        return click.option(names, key, default=None, help=_help(setting))
    return click.option(
        str(setting.flag),
        key,
        # A text, whatever it is to be: `load_settings` checks values alike in all four places.
        type=str,
        metavar=value_kinds.metavar(setting.kind),
        multiple=repeated,
        callback=_warn_of_argument if setting.is_secret else _none_for_empty,
        help=_help(setting),
    )


def part_options(*groups: str) -> tuple[Callable[[_Command], _Command], ...]:
    """Make the flags of all settings of some parts, by their fields in `Settings`."""
    chosen = [setting for setting in DECLARED.values() if setting.group in groups]
    return tuple(setting_option(setting.key) for setting in chosen if setting.flag is not None)


def _none_for_empty(_context: click.Context, _option: click.Parameter, value: Any) -> Any:
    """Leave the setting alone if a flag that can be repeated does not stand at all."""
    return None if value == () else value


def _warn_of_argument(
    _context: click.Context, option: click.Parameter, value: str | None
) -> str | None:
    """Take a password, and say where it would be better: `ps` shows the arguments of all."""
    if value is not None:
        # --pg-password is the only secret with a flag, so these are the places for that one.
        STDERR.print(
            f"warning: {option.opts[0]} is seen by all who can list processes: use "
            f"--database-credentials, {DECLARED[str(option.name)].variable} or ~/.pgpass"
        )
    return value


def _help(setting: Declared) -> str:
    """Return the setting's sentence, and in brackets what holds without it and its bounds."""
    repeated = "Can be repeated." if setting.kind in value_kinds.REPEATED else ""
    seen = "All users of the machine can see it." if setting.is_secret else ""
    default = "" if setting.usually == NO_DEFAULT else f"default: {setting.usually}"
    brackets = "; ".join(filter(None, (default, value_kinds.bounds(setting.note))))
    text = " ".join(filter(None, (setting.note.says, repeated, seen, brackets and f"[{brackets}]")))
    return text.replace("`", "")  # Backticks are for the docs; a terminal shows them as they are.
