"""Read the settings: flag > environment > TOML file > default. docs/configuration.md lists them."""

from __future__ import annotations

import logging
import os
import shlex
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.settings import value_kinds
from crash_rate_aggregates.settings.composed import Settings
from crash_rate_aggregates.settings.declared import (
    DECLARED,
    ENVIRONMENT_PREFIX,
    GROUPS,
    Declared,
)

log = logging.getLogger(__name__)

CONFIG_VARIABLE = f"{ENVIRONMENT_PREFIX}CONFIG"
DEFAULT_CONFIG = "crash-rate-aggregates.toml"


@dataclass(frozen=True, slots=True)
class _Place:
    """One of the places where settings are given."""

    given: Mapping[str, Any]
    """What it gives, by key, as it stands there."""
    named: Callable[[Declared], str]
    """Says, for a message, where one setting stands in it."""


def load_settings(flags: Mapping[str, Any], config: str | None) -> Settings:
    """Read all four places.

    Args:
        flags: What was typed, by key; None stands for not given.
        config: The TOML file; default: the environment's, else the current folder's if it exists.

    Raises:
        BadSettingError: A file or value cannot be used; names it.
    """
    typed = {key: value for key, value in flags.items() if value is not None}
    if unknown := typed.keys() - DECLARED.keys():
        # A defect of a command: what it leaves in its flags would be typed in vain.
        raise KeyError(*unknown)
    places = (
        _Place(typed, lambda setting: f"of {setting.flag}"),
        _Place(_environment(), lambda setting: f"of {setting.variable}"),
        _settings_file(config),
    )
    values: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
    for setting in DECLARED.values():
        if giving := [place for place in places if setting.key in place.given]:
            values[setting.group][setting.field] = _value(setting, giving)
    # What nobody gives is left to the part's own defaults.
    return Settings(**{group: options(**values[group]) for group, options in GROUPS.items()})


def _value(setting: Declared, giving: list[_Place]) -> Any:
    """Read what the first place gives; of pairs and tables all, the first with a key decides it.

    So a flag changes one setting of Spark and leaves the others that the file has.
    """
    if setting.kind not in value_kinds.JOINED:
        return _read(setting, giving[0])
    pairs: dict[str, Any] = {}
    for place in reversed(giving):
        pairs |= _read(setting, place)
    return pairs


def _read(setting: Declared, place: _Place) -> Any:
    raw = place.given[setting.key]
    try:
        return value_kinds.read(setting.kind, setting.note, raw)
    except ValueError:
        texts = raw if isinstance(raw, tuple) else (raw,)  # Those of a flag that is repeated.
        shown = f" {', '.join(map(repr, texts))}" if setting.is_shown else ""
    # Outside of the handler: the cause shows the value, which may be a secret, in a traceback.
    raise BadSettingError(
        f"setting {setting.key}{shown} {place.named(setting)} is not {setting.takes}: correct it "
        "as docs/configuration.md says"
    )


def _environment() -> dict[str, str]:
    # An empty variable is how a shell or a unit file takes one back.
    variables = {key: os.environ.get(setting.variable) for key, setting in DECLARED.items()}
    return {key: text for key, text in variables.items() if text}


def _settings_file(config: str | None) -> _Place:
    path = _path(config)
    if path is None:
        return _Place({}, str)
    try:
        given = _parsed(path)
    except (OSError, ValueError) as error:  # ValueError: no TOML, or no UTF-8.
        raise BadSettingError(f"the settings file {str(path)!r} cannot be used: {error}") from error
    _check_keys(given, path)
    _warn_of_readers(given, path)
    return _Place(given, lambda _: f"in {str(path)!r}")


def _check_keys(given: Mapping[str, Any], path: Path) -> None:
    for key in sorted(given.keys() - DECLARED.keys()):
        close = get_close_matches(key, DECLARED, 1)
        remedy = f"write {close[0]}" if close else "docs/configuration.md lists them all"
        raise BadSettingError(f"there is no setting {key!r}, as in {str(path)!r}: {remedy}")


def _warn_of_readers(given: Mapping[str, Any], path: Path) -> None:
    """Say it if others may read a secret in the file; the command goes on."""
    held = [
        setting.key
        for setting in DECLARED.values()
        if setting.key in given and value_kinds.holds_secret(setting.kind, given[setting.key])
    ]
    readers = _readers(path.stat())
    if held and readers:
        log.warning(
            "warning: the settings file %r holds a secret (%s), and %s may read it: chmod 600 %s",
            *(str(path), ", ".join(held), readers, shlex.quote(str(path))),
        )


def _readers(status: os.stat_result) -> str:
    """Name those, beside its owner, who may read a file; "" if nobody else may.

    As libpq judges a key file: root may let a group read what root owns, the job's for instance.
    """
    if status.st_mode & stat.S_IROTH:
        return "every user of this machine"
    return "its group" if status.st_mode & stat.S_IRGRP and status.st_uid != 0 else ""


def _parsed(path: Path) -> dict[str, Any]:
    # Here and not above: --help reads no file.
    import tomllib

    return tomllib.loads(path.read_text(encoding="utf-8"))


def _path(config: str | None) -> Path | None:
    named = os.path.expanduser(config or os.environ.get(CONFIG_VARIABLE) or "")
    if named and not Path(named).is_file():
        raise BadSettingError(
            f"the settings file {named!r} does not exist: correct --config or {CONFIG_VARIABLE}"
        )
    default = Path(DEFAULT_CONFIG)
    return Path(named) if named else default if default.is_file() else None
