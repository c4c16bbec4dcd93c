"""Read lists of releases, from files and from the web."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crash_rate_aggregates.errors import ReleaseListError
from crash_rate_aggregates.normalize.release_list import Release, releases_of

_log = logging.getLogger(__name__)
_SECONDS = 30
_MOST_BYTES = 64 << 20
"""That of Firefox has half a million."""


def read_releases(places: Iterable[str]) -> tuple[Release, ...]:
    """Return the releases of all documents; of a server that does not answer, none.

    Args:
        places: Paths, and URLs that begin with http:// or https://.

    Raises:
        ReleaseListError: A file cannot be read, or what was read is no list of releases.
    """
    return tuple(release for place in places for release in _releases(place))


def _releases(place: str) -> tuple[Release, ...]:
    is_url = place.startswith(("http://", "https://"))
    text = _fetched(place) if is_url else _read(place)
    # No day waits for another's server: without it a few builds go by their version.
    return () if text is None else releases_of(_document(text, place), place)


def _document(text: bytes, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReleaseListError(f"{place!r} is no JSON: {error}") from error


def _read(path: str) -> bytes:
    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise ReleaseListError(f"cannot read {path!r}: {error.strerror or error}") from error


def _fetched(url: str) -> bytes | None:
    # Only here: no other command waits for it.
    import httpx  # noqa: PLC0415  The reason is above.

    try:
        answer = httpx.get(url, timeout=_SECONDS, follow_redirects=True).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _log.warning("the list of releases %s is left out: %s", url, error)
        return None
    return answer.content
