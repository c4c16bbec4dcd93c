"""Dimension values: any JSON scalar as text that PostgreSQL's jsonb takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from crash_rate_aggregates.applications import USUAL_NAMES, ApplicationNames
from crash_rate_aggregates.dimensions import (
    APPLICATION_PATH,
    CHANNEL_PATH,
    MAX_LENGTH,
    Dimension,
    Path,
)
from crash_rate_aggregates.rows import CUT_NAMES
from crash_rate_aggregates.sql_text import storable

_CACHE_SIZE = 50_000
_RENAMED = ("nightly-cck-", "release-cck-", "beta")
_encode = msgspec.json.Encoder().encode


def scalar_text(value: Any) -> str | None:
    """Return a scalar as text: `true`, a number's literal, a string as it is; else None."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if type(value) is str and value.isascii() and value.isprintable():
        return value  # As nearly all are, and it is told at once.
    return storable(value) if isinstance(value, str) else None


class DimensionText(NamedTuple):
    """The values of one ping's dimensions."""

    text: str
    """One JSON object, keys in the order of the dimensions, values strings."""
    carried: str
    """One digit a dimension: 1 where the ping has a value."""
    is_shortened: bool
    """Whether a value was cut to 200 code points."""
    cut: tuple[str | None, ...]
    """In the order of `CUT_NAMES`, folded."""


class DimensionTexts:
    """Turn the values of one ping's dimensions into one JSON object's text.

    Keys stand in the order of the dimensions, absent ones are left out, so equal texts mean equal
    values. Applications and channels are named as people know them. Combinations repeat from ping
    to ping, so the last ones are kept ready.
    """

    def __init__(
        self, dimensions: Sequence[Dimension], applications: ApplicationNames = USUAL_NAMES
    ) -> None:
        self._names = [dimension.name for dimension in dimensions]
        # Found once: a combination that is new costs a ping, and days have very many.
        self._places_of_applications = _places_of(APPLICATION_PATH, dimensions)
        self._places_of_channels = _places_of(CHANNEL_PATH, dimensions)
        self._applications = applications
        self._cache: dict[tuple[Any, ...], DimensionText] = {}

    def text(self, values: tuple[Any, ...]) -> DimensionText:
        """Return the JSON text of one value a dimension, each a str, a bool or None."""
        known = self._cache.get(values)
        if known is None:
            known = self._encode(values)
            if known.is_shortened:
                return known  # Not kept: a hostile value can have megabytes.
            # All at once: to find the oldest would cost each ping, and those in use come back.
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            self._cache[values] = known
        return known

    def _encode(self, values: tuple[Any, ...]) -> DimensionText:
        texts = list(map(scalar_text, values))
        self._put_names(texts)
        present: dict[str, str] = {}
        is_shortened = False
        for name, text in zip(self._names, texts, strict=True):
            if text is None:
                continue
            if len(text) > MAX_LENGTH:
                present[name] = text[:MAX_LENGTH]
                is_shortened = True
            else:
                present[name] = text
        carried = "".join(["0" if text is None else "1" for text in texts])
        return DimensionText(_encode(present).decode(), carried, is_shortened, cut_of(present))

    def _put_names(self, texts: list[str | None]) -> None:
        """Name applications and channels, the latter also where only the former tells."""
        said = None
        for place in self._places_of_applications:
            said = texts[place]
            if said is not None:
                texts[place] = self._applications.name_of(said)
        for place in self._places_of_channels:
            channel = texts[place]
            if channel is not None:
                texts[place] = normalized_channel(channel)
            elif said is not None:
                texts[place] = self._applications.channel_of(said)


def _places_of(path: Path, dimensions: Sequence[Dimension]) -> list[int]:
    return [place for place, dimension in enumerate(dimensions) if dimension.path == path]


def normalized_channel(channel: str) -> str:
    """Return the channel that a distribution's name of it stands for; others as they are.

    As Mozilla's servers do (mozilla/gcp-ingestion NormalizeAttributes): `nightly-cck-mozillaonline`
    is nightly, `beta-cdntest` beta.
    """
    if not channel.startswith(_RENAMED):
        return channel
    return "beta" if channel.startswith("beta") else channel.partition("-")[0]


# How values are folded that tables beside `crash_aggregates` are cut by: before they are counted,
# as distinct clients do not add up. The database folds rows of `crash_aggregates` by functions of
# the same rules; a test compares them.
NOTHING_CUT: Final[tuple[str | None, ...]] = (None,) * len(CUT_NAMES)
"""Of a ping without any."""
CHANNELS: Final = ("release", "beta", "aurora", "nightly", "esr")
"""Those that have a name; all others are `other`."""
_OTHER: Final = "other"
_TWO_NUMBERS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", re.ASCII)


def folded_channel(channel: str) -> str:
    """Return the channel, `other` for one without a name: crash_channel() of the database."""
    return channel if channel in CHANNELS else _OTHER


def folded_os_version(version: str) -> str:
    """Return its first two numbers, `other` without any: crash_os_version() of the database."""
    found = _TWO_NUMBERS.match(version)
    return _OTHER if found is None else found[0]


_FOLDED: Final[Mapping[str, Callable[[str], str]]] = {
    "channel": folded_channel,
    "os_version": folded_os_version,
}


def cut_of(dimensions: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return the values of `CUT_NAMES`, folded; None where a ping or a run does not have one."""
    if dimensions.keys().isdisjoint(CUT_NAMES):
        return NOTHING_CUT
    return tuple(_folded(name, dimensions.get(name)) for name in CUT_NAMES)


def _folded(name: str, value: str | None) -> str | None:
    fold = _FOLDED.get(name)
    return value if value is None or fold is None else fold(value)
