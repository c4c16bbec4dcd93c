"""The kinds of values that settings have: how each is typed, told and read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

from crash_rate_aggregates.settable import Place, Secret, SecretTables, Settable, Url, WebUrl

Kind: TypeAlias = Any
"""A type, without None: bool, int, float, str, Path, Literal, of `settable`, or one of the next."""
NAMES: Kind = tuple[str, ...]
PAIRS: Kind = Mapping[str, str]
TABLES: Kind = Mapping[str, Mapping[str, Any]]
JOINED = (PAIRS, TABLES, SecretTables)
"""Kinds that all places give together, key by key."""
REPEATED = (NAMES, PAIRS)
"""Kinds whose flag may stand more than once."""
MAY_HOLD_SECRETS = (Secret, Url, WebUrl, Place, PAIRS, SecretTables)
"""Kinds of which a value that is wrong may be a password, or have one in it."""

_SAYS: Mapping[Kind, str] = {
    bool: "`true` or `false`",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Secret: "a text",
    Url: "a text",
    WebUrl: "a URL like `https://example.org`, without user, password and query",
    Place: "a path, or a URL without user, password and query",
    Path: "the path of a folder",
    NAMES: "names, with commas between them",
    PAIRS: "pairs like `KEY=VALUE`",
    TABLES: "a table of tables, in JSON an object of objects",
    SecretTables: "a table of tables, in JSON an object of objects",
}
_METAVARS: Mapping[Kind, str] = {
    int: "INTEGER",
    float: "NUMBER",
    str: "TEXT",
    Secret: "TEXT",
    Url: "TEXT",
    WebUrl: "TEXT",
    Place: "TEXT",
    Path: "FOLDER",
    NAMES: "NAMES",
    PAIRS: "KEY=VALUE",
    TABLES: "JSON",
}
# TOML can hold NUL, which neither files nor PostgreSQL take.
_ANY_TEXT = r"[^\0]*"
# Nor does PostgreSQL take bytes of the environment that are no UTF-8, by which Python writes these.
_UTF8_TEXT = r"[^\0\ud800-\udfff]*"
_PATTERNS: Mapping[Kind, str] = {
    str: _ANY_TEXT,
    Secret: _UTF8_TEXT,
    Url: _UTF8_TEXT,
    WebUrl: r"https?://([^/@?#:\[\]\s]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[^@?#\s\0]*)?",
    # Whatever begins like a URL, with too few slashes too, has no query, no @ before its path, and
    # no colon there that an @ follows: keys of AWS have slashes in them.
    Place: r"(?s:(?!\s*[a-zA-Z][a-zA-Z0-9+.-]+:/{1,2}+([^/]*@|[^/]*:.*@|.*\?))[^\0]*)",
}
_CREDENTIALS = re.compile(r"//[^/@]*:.*@|(passw(or)?d|pwd)\s*=", re.DOTALL | re.IGNORECASE)
_SECRET_KEY = re.compile(r"secret|password|token|access[.]?key", re.IGNORECASE)
"""Spark's own rule, `spark.redaction.regex`, for what it hides on its pages."""
_SECRET_IN_TABLE = re.compile(r"(url|token|password|key)$")
"""Not the keys that say in which file or variable it is."""


def without_none(hint: Any) -> Kind:
    """Return the type of a value that is given: `str | None` is str."""
    given = [one for one in get_args(hint) if one is not NoneType]
    return given[0] if NoneType in get_args(hint) else hint


def takes(kind: Kind, note: Settable) -> str:
    """Say what a value must be, to stand after "is not" and in the docs."""
    if choices := _choices(kind):
        return " or ".join(f"`{choice}`" for choice in choices)
    return " ".join(filter(None, (note.takes or _SAYS[kind], bounds(note))))


def form(kind: Kind, note: Settable) -> str | None:
    """Return the regular expression of the whole text, None for what is no text."""
    return note.pattern or _PATTERNS.get(kind)


def bounds(note: Settable) -> str:
    """Say between which numbers a value must lie, "" if between none."""
    named = (("from", note.least), ("above", note.above), ("up to", note.most))
    return " ".join(f"{word} {limit:g}" for word, limit in named if limit is not None)


def is_shown(kind: Kind, note: Settable) -> bool:
    """Tell whether a message may repeat a wrong value: only what has a form that no secret has.

    Free text is not shown either: whoever adds a setting may forget to say that it is a secret.
    """
    return kind not in MAY_HOLD_SECRETS and not (kind is str and note.pattern is None)


def holds_secret(kind: Kind, raw: Any) -> bool:
    """Tell whether what stands in a file is a secret, or has one in it, as far as can be told."""
    if kind == PAIRS:
        return isinstance(raw, Mapping) and any(map(_SECRET_KEY.search, raw))
    if kind == SecretTables:
        tables = raw.values() if isinstance(raw, Mapping) else ()
        return any(
            any(map(_SECRET_IN_TABLE.search, one)) for one in tables if isinstance(one, Mapping)
        )
    if kind in MAY_HOLD_SECRETS and kind != Secret:
        return isinstance(raw, str) and _CREDENTIALS.search(raw) is not None
    return bool(kind == Secret)


def metavar(kind: Kind) -> str:
    """Return what stands for the value behind a flag."""
    choices = "|".join(_choices(kind))
    return f"[{choices}]" if choices else _METAVARS[kind]


def read(kind: Kind, note: Settable, raw: Any) -> Any:
    """Return the value that was typed or stands in a file.

    Args:
        kind: What it must be.
        note: Its bounds.
        raw: A text of the environment, the texts of a flag, or what TOML holds.

    Raises:
        ValueError: It is something else. The text is for nobody: `takes` says it better.
    """
    # Here and not above: --help reads no value.
    import msgspec

    # The whole text: `$` alone would let a line feed through.
    wanted_form = form(kind, note)
    pattern = None if wanted_form is None else rf"\A(?:{wanted_form})\Z"
    limits: dict[str, Any] = {"ge": note.least, "gt": note.above, "le": note.most}
    wanted = Annotated[kind, msgspec.Meta(**limits, pattern=pattern)]
    prepared = _PREPARE[kind](raw) if kind in _PREPARE else raw
    # Not strict: what an environment holds is text, its numbers too.
    return msgspec.convert(prepared, wanted, strict=False, dec_hook=_folder)


def _choices(kind: Kind) -> tuple[str, ...]:
    """Return what a Literal allows; () of other kinds."""
    origin: Any = get_origin(kind)
    return get_args(kind) if origin is Literal else ()


def _folder(_kind: type, raw: Any) -> Path:
    """Read a folder; `~` is the home of its user, in files too, where no shell has expanded it."""
    if not isinstance(raw, str) or not raw or "\0" in raw:
        raise ValueError(raw)
    try:
        return Path(raw).expanduser()
    except RuntimeError as error:  # There is no such user.
        raise ValueError(raw) from error


def _split_names(raw: Any) -> Any:
    """Take names in one text with commas, or in several such texts."""
    texts = [raw] if isinstance(raw, str) else raw
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise ValueError(raw)
    names = [name.strip() for text in texts for name in text.split(",")]
    if not all(names):  # A comma too many would choose what has no name.
        raise ValueError(raw)
    return names


def _paired(raw: Any) -> Any:
    """Take a table of TOML, a JSON object, KEY=VALUE, or several such texts."""
    if isinstance(raw, str) and raw.lstrip().startswith("{"):
        return json.loads(raw)
    texts = (raw,) if isinstance(raw, str) else raw
    return dict(map(_pair, texts)) if isinstance(texts, tuple) else raw


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key.strip() or not equals:
        raise ValueError(text)
    return key.strip(), value


def _tables(raw: Any) -> Any:
    """Take tables of TOML, or a JSON object."""
    return json.loads(raw) if isinstance(raw, str) else raw


_PREPARE: Mapping[Kind, Callable[[Any], Any]] = {
    NAMES: _split_names,
    PAIRS: _paired,
    TABLES: _tables,
    SecretTables: _tables,
}
