"""Secrets to be looked for: in every setting that can hold one, in right and in wrong form."""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from crash_rate_aggregates.cli import cli
from crash_rate_aggregates.settable import Place, Secret, SecretTables, Url, WebUrl
from crash_rate_aggregates.settings import value_kinds
from crash_rate_aggregates.settings.declared import DECLARED, Declared
from test.settings.given import as_arguments, as_text, as_toml

MARKER = f"hush{secrets.token_hex(8)}"
"""Stands for all secrets. Letters and digits: it is found whatever was percent-encoded."""
NUMBER = random.SystemRandom().randrange(10**17, 10**18)
"""A secret in a TOML file whose writer forgot the quotes."""
MAY_HOLD_SECRETS = [one for one in DECLARED.values() if one.kind in value_kinds.MAY_HOLD_SECRETS]

_URLS = (
    f"s3://AKIA1:{MARKER}@bucket/prefix",
    f"s3://AKIA1:a/{MARKER}@bucket/prefix",
    f"s3:/AKIA1:{MARKER}@bucket/prefix",
    f" s3://AKIA1:{MARKER}@bucket/prefix",
    f"s3://bucket/prefix?X-Amz-Signature={MARKER}",
    f"file://me:{MARKER}@host/folder",
    f"https://me:{MARKER}@example.invalid/x",
    f"https://me:a/{MARKER}@example.invalid/x",
    f"https://example.invalid/x?sig={MARKER}",
)
_ANY_TEXT = (MARKER, f'{{"password": "{MARKER}"}}', f"https://example.invalid:{MARKER}/")
_OF_LIBPQ = (
    f"postgresql://me:{MARKER}@{MARKER}@db/x",
    f"postgresql://me:{MARKER}/{MARKER}@db/x",
    f"postgresql://me:12/{MARKER}@db/x",
    f"postgresql://me:{MARKER}?{MARKER}@db/x",
    f"postgresql://me:{MARKER}%@db/x",
    f"postgresql://me@server:{MARKER}@db/x",
    f"postgresql://me:x@db/x;password={MARKER}",
    f"postgresql://me:x@db/x?pasword={MARKER}",
    f"psotgresql://me:{MARKER}@db/x",
    f"host=db;user=me;password={MARKER}",
    f"host=db user=me pasword={MARKER}",
    f"host=db user=me password=a {MARKER}",
    f"host=me:{MARKER}@db",
)
_WRONG_TEXTS: Mapping[Any, Sequence[str]] = {
    Secret: (f"{MARKER}\udcff",),
    Url: (*_URLS, *_ANY_TEXT, *_OF_LIBPQ),
    WebUrl: (*_URLS, *_ANY_TEXT),
    # Any other text is the name of a folder.
    Place: _URLS,
    SecretTables: (MARKER, f'{{"a": "{MARKER}"', f'{{"a": "{MARKER}"}}', f'{{"a": ["{MARKER}"]}}'),
    value_kinds.PAIRS: (MARKER, f'{{"a": "{MARKER}"', f'{{"a": ["{MARKER}"]}}', f"={MARKER}"),
}
_WRONG_TEXTS_OF: Mapping[str, Sequence[str]] = {
    "redash_database": (*_URLS, *_ANY_TEXT, *_OF_LIBPQ),
    "redash_api_key": (f"{MARKER} ", f"{MARKER}é"),
}
_WRONG_IN_FILES = (NUMBER, [MARKER], {"a": NUMBER}, {"a": {"b": MARKER}}, f"{MARKER}\0")


@dataclass(frozen=True, slots=True)
class Given:
    """What a user gives a command."""

    says: str
    """For the message of a test that fails."""
    arguments: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    toml: str = ""


def by_flag(setting: Declared, value: Any) -> Given:
    """Type it."""
    return Given(f"{setting.flag} {value!r}", arguments=tuple(as_arguments(setting, value)))


def by_variable(setting: Declared, value: Any) -> Given:
    """Put it into the environment."""
    text = as_text(value)
    return Given(f"{setting.variable}={text!r}", variables=((setting.variable, text),))


def by_file(setting: Declared, value: Any) -> Given:
    """Write it into the settings file."""
    toml = as_toml(setting, value)
    return Given(toml, toml=toml)


def wrong_forms(setting: Declared) -> Iterator[Given]:
    """Give a secret in each form that the setting does not take, by every way."""
    for text in (*_WRONG_TEXTS[setting.kind], *_WRONG_TEXTS_OF.get(setting.key, ())):
        if setting.flag is not None:
            yield Given(f"{setting.flag} {text!r}", arguments=(setting.flag, text))
        yield by_variable(setting, text)
        if text.isprintable():  # TOML is UTF-8.
            yield Given(f"{setting.key} = {text!r}", toml=f"{setting.key} = {json.dumps(text)}\n")
    for value in _WRONG_IN_FILES:
        yield by_file(setting, value)


def misspelt(setting: Declared) -> Iterator[Given]:
    """Give a secret by names that are nearly those of the setting, or with a space too much."""
    names = (setting.key[:-1], f"{setting.key}s", setting.key.replace("_", "-"), setting.variable)
    for name in names:
        if name not in DECLARED:
            yield Given(f"{name} =", toml=f"{json.dumps(name)} = {json.dumps(MARKER)}\n")
            yield Given(f"[{name}]", toml=f"[{json.dumps(name)}]\nkey = {json.dumps(MARKER)}\n")
    yield Given("no TOML", toml=f"{setting.key} = {MARKER}\n")
    yield Given("no TOML", toml=f'{setting.key} = "{MARKER}\n')
    if setting.flag is not None:
        for flag in (f"{setting.flag}x", setting.flag[:-1], setting.flag[1:]):
            yield Given(f"{flag} …", arguments=(flag, MARKER))
            yield Given(f"{flag}=…", arguments=(f"{flag}={MARKER}",))
        yield Given(f"{setting.flag} a …", arguments=(setting.flag, "a=a", MARKER))


def commands(
    command: click.Command = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield all commands that can be run, with the words that are typed for them."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    if command.invoke_without_command:
        yield path, command
    for name, below in command.commands.items():
        yield from commands(below, (*path, name))


def groups_of(command: click.Command) -> set[str]:
    """Name the parts by whose settings a command works: those that it has flags of."""
    typed = {name for option in command.params for name in option.opts}
    return {setting.group for setting in DECLARED.values() if setting.flag in typed}
