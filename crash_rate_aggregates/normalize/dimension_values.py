"""Dimension values: any JSON scalar as text that PostgreSQL's jsonb takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from crash_rate_aggregates.applications import USUAL_NAMES, ApplicationNames
from crash_rate_aggregates.dimensions import (
    APPLICATION_PATH,
    CHANNEL_PATH,
    MAX_LENGTH,
    Dimension,
    Path,
)
from crash_rate_aggregates.sql_text import storable

_CACHE_SIZE = 50_000
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
        self._paths = [dimension.path for dimension in dimensions]
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
        texts = self._named([scalar_text(value) for value in values])
        present = {
            name: text[:MAX_LENGTH]
            for name, text in zip(self._names, texts, strict=True)
            if text is not None
        }
        return DimensionText(
            _encode(present).decode(),
            "".join("01"[text is not None] for text in texts),
            any(text is not None and len(text) > MAX_LENGTH for text in texts),
        )

    def _named(self, texts: list[str | None]) -> list[str | None]:
        """Put names for applications and channels, the latter also where only the former tells."""
        by_path = dict(zip(self._paths, texts, strict=True))
        application, channel = by_path.get(APPLICATION_PATH), by_path.get(CHANNEL_PATH)
        if channel is not None:
            channel = normalized_channel(channel)
        elif application is not None:
            channel = self._applications.channel_of(application)
        if application is not None:
            application = self._applications.name_of(application)
        named: dict[Path, str | None] = {APPLICATION_PATH: application, CHANNEL_PATH: channel}
        return [named.get(path, text) for path, text in zip(self._paths, texts, strict=True)]


def normalized_channel(channel: str) -> str:
    """Return the channel that a distribution's name of it stands for; others as they are.

    As Mozilla's servers do (mozilla/gcp-ingestion NormalizeAttributes): `nightly-cck-mozillaonline`
    is nightly, `beta-cdntest` beta.
    """
    if channel.startswith("nightly-cck-"):
        return "nightly"
    if channel.startswith("release-cck-"):
        return "release"
    return "beta" if channel.startswith("beta") else channel
