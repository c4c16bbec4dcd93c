"""Sound values of settings, and how each of the places gives them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import TestCase
from unittest.mock import patch

import click

from crash_rate_aggregates.cli.setting_options import setting_option
from crash_rate_aggregates.settable import Place, Secret, SecretTables, Url, WebUrl
from crash_rate_aggregates.settings import value_kinds
from crash_rate_aggregates.settings.composed import Settings
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.declared import DECLARED, Declared

_TEXTS = ("from a flag", "from=the 'environment'", 'from "the" file')
FLAG, ENVIRONMENT, FILE = "flag", "environment", "file"
_OF_KIND: Mapping[Any, tuple[Any, Any, Any]] = {
    bool: (True, False, True),
    int: (3, 4, 5),
    float: (0.5, 60.0, 3600.0),
    str: _TEXTS,
    Secret: _TEXTS,
    Url: _TEXTS,
    WebUrl: ("http://127.0.0.1:9000", "https://s3.example.org/x", "https://a.b"),
    Place: ("file:///a@b", "/from: the/@environment?", "s3://bucket/a@b"),
    Path: (Path("/from/a/flag"), Path("/from the/environment"), Path("/from/file")),
    value_kinds.NAMES: (("a", "b"), ("c",), ("d", "e e")),
    value_kinds.PAIRS: ({"a.b": "1", "c": " d=e"}, {"a.b": '{"', "f": "1"}, {"f": "g", "c": "2"}),
    value_kinds.TABLES: (
        {"a b": {"identifiers": ["x"]}},
        {"c": {"channels": {"x": "beta"}}, "d": {}},
        {"c": {"usage_ping": "baseline"}},
    ),
    SecretTables: (
        {},
        {"a": {"kind": "slack", "url": "https://a.b"}, "c": {"kind": "email", "to": ["d"]}},
        {"c": {"kind": "teams"}, "e": {"kind": "pagerduty", "routing_key": "x"}},
    ),
}
_OF_KEY: Mapping[str, tuple[Any, Any, Any]] = {
    "engine": ("spark", "embedded", "spark"),
    "storage_region": ("us-west-2", "eu-central-1", "a"),
    "memory": ("512MB", "2 GiB", "999999GB"),
    "scratch_space": ("0MB", "1 TiB", "200GB"),
    "role_prefix": ("a", "crash_rates_2", "_" + "x" * 50),
}
"""For those that take no free text. By flag, in the environment, in the file."""


def sound_values(setting: Declared) -> dict[str, Any]:
    """Return a value for each place that can give this setting, in the order of the places."""
    values = _OF_KEY.get(setting.key) or _OF_KIND[setting.kind]
    places = dict(zip((FLAG, ENVIRONMENT, FILE), values, strict=True))
    return {place: one for place, one in places.items() if setting.flag or place != FLAG}


def as_arguments(setting: Declared, value: Any) -> list[str]:
    """Type a flag, as often as it takes."""
    flag = str(setting.flag)
    if setting.kind is bool:
        return [flag if value else f"--no-{flag.removeprefix('--')}"]
    if setting.kind == value_kinds.TABLES:
        return [flag, json.dumps(value)]
    texts = [f"{k}={v}" for k, v in value.items()] if isinstance(value, dict) else value
    texts = texts if isinstance(texts, list | tuple) else [str(texts)]
    return [part for text in texts for part in (flag, text)]


def as_text(value: Any) -> str:
    """Write a value into the environment."""
    if isinstance(value, bool | dict):
        return json.dumps(value)
    return ",".join(value) if isinstance(value, tuple) else str(value)


def as_toml(setting: Declared, value: Any) -> str:
    """Write a value into a TOML file, whose scalars and lists are those of JSON."""
    if setting.kind in (value_kinds.TABLES, SecretTables):
        heads = (f"[{setting.key}.{json.dumps(name)}]\n" for name in value)
        return "".join(map("".join, zip(heads, map(_members, value.values()), strict=True)))
    if isinstance(value, dict):
        pairs = [f"{json.dumps(k)} = {json.dumps(v)}\n" for k, v in value.items()]
        return "".join((f"[{setting.key}]\n", *pairs))
    return f"{setting.key} = {json.dumps(value, default=str)}\n"


def _members(table: Mapping[str, Any]) -> str:
    """Write the members of a table, those that are tables themselves inline."""
    lines = []
    for key, value in table.items():
        inline = (
            ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items())
            if (isinstance(value, dict))
            else ""
        )
        lines.append(f"{key} = {{{inline}}}\n" if inline else f"{key} = {json.dumps(value)}\n")
    return "".join(lines)


def typed(arguments: Sequence[str]) -> dict[str, Any]:
    """Return what a command that has the flags of all settings gets of these arguments."""

    def command(**flags: Any) -> dict[str, Any]:
        return flags

    for setting in DECLARED.values():
        if setting.flag:
            command = setting_option(setting.key)(command)
    with redirect_stderr(StringIO()):  # Where --pg-password warns.
        return dict(click.command(command).main(list(arguments), standalone_mode=False))


class PlacesTest(TestCase):
    """Tests without settings in the environment."""

    def setUp(self) -> None:
        self.path = Path(self.enterContext(TemporaryDirectory())) / "settings.toml"
        self.path.touch(0o600)  # Else it would be warned of.
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CRASH_RATE")}
        self.enterContext(patch.dict(os.environ, kept, clear=True))

    def loaded(self, *arguments: str, toml: str | None = None, **variables: str) -> Settings:
        """Load settings from all places."""
        if toml is not None:
            self.path.write_text(toml, encoding="utf-8")
        with patch.dict(os.environ, variables):
            return load_settings(typed(arguments), None if toml is None else str(self.path))

    def value(self, setting: Declared, given: Mapping[str, Any]) -> Any:
        """Give one setting in some places; return the value that its part finds."""
        arguments = as_arguments(setting, given[FLAG]) if FLAG in given else []
        toml = as_toml(setting, given[FILE]) if FILE in given else None
        named = {setting.variable: as_text(given[ENVIRONMENT])} if ENVIRONMENT in given else {}
        options = getattr(self.loaded(*arguments, toml=toml, **named), setting.group)
        return getattr(options, setting.field)
