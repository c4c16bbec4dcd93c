"""Lists of releases, as product-details has them: names of builds of which no ping tells the name.

They have versions and dates, and no builds: which release a build became is told by its channel,
its version and the day on which it was made (product-details.mozilla.org/1.0/firefox.json).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Final

from crash_rate_aggregates.errors import ReleaseListError
from crash_rate_aggregates.settable import Settable

LONGEST_WAIT: Final = timedelta(days=10)
"""From the day on which a build is made until it is released; usually two or three."""
_PRODUCTS: Final[Mapping[str, str]] = {
    "firefox": "Firefox",
    "devedition": "Firefox",
    "fenix": "Firefox for Android",
    "thunderbird": "Thunderbird",
}
"""By product-details' name, what people call the application."""
_VERSION: Final = re.compile(r"(?P<major>[0-9]+)\.[0-9.]+(?P<stage>b[0-9]+|esr|)", re.ASCII)
_STAGES: Final[Mapping[str, frozenset[str]]] = {
    "b": frozenset({"beta", "aurora"}),
    "esr": frozenset({"esr"}),
    "": frozenset({"release", "beta"}),
}
"""By how a version ends, the channels on which it comes: the last beta is the release itself."""
_BUILD_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReleaseOptions:
    """Where names of builds come from that no ping tells."""

    product_details: Annotated[
        tuple[str, ...] | None,
        Settable(
            flag="--product-details",
            says="Files or URLs of product-details, like `firefox.json`.",
            unset="none: nothing is fetched",
            page="rules.md",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Release:
    """One release of an application."""

    application: str
    label: str
    """Like `156.0b3`."""
    date: date
    major: int

    @property
    def channels(self) -> frozenset[str]:
        """The channels on which it comes."""
        found = _VERSION.fullmatch(self.label)
        stage = "" if found is None else found["stage"]
        return _STAGES[stage if stage == "esr" else stage[:1]]


def releases_of(document: Any, name: str) -> tuple[Release, ...]:
    """Return the releases of a document of product-details; of what is no release, none.

    Args:
        document: As JSON has it.
        name: Of the file or URL, for what is said of it.

    Raises:
        ReleaseListError: It is no document of product-details.
    """
    releases = document.get("releases") if isinstance(document, Mapping) else None
    if not isinstance(releases, Mapping):
        raise ReleaseListError(
            f"{name!r} is no list of releases: name a file of product-details like firefox.json"
        )
    found = (_release(one) for one in releases.values() if isinstance(one, Mapping))
    return tuple(one for one in found if one is not None)


def _release(said: Mapping[str, Any]) -> Release | None:
    application, version = _PRODUCTS.get(str(said.get("product"))), str(said.get("version"))
    parts = _VERSION.fullmatch(version)
    if application is None or parts is None:
        return None
    try:
        day = date.fromisoformat(str(said.get("date")))
    except ValueError:
        return None
    return Release(application, version, day, int(parts["major"]))


def label_of_build(
    releases: Iterable[Release], application: str, channel: str | None, version: str, build_id: str
) -> str | None:
    """Return the release that a build became: the first of its kind after it was made.

    Args:
        releases: Of any applications.
        application: What people call it.
        channel: Folded.
        version: As pings have it, like `156.0`.
        build_id: 14 digits.

    Returns:
        None where none fits within `LONGEST_WAIT`.
    """
    made, parts = _BUILD_DATE.fullmatch(build_id), _VERSION.match(version)
    if made is None or parts is None:
        return None
    try:
        day = date(*map(int, made.groups()))
    except ValueError:
        return None
    fitting = [
        release
        for release in releases
        if release.application == application
        and channel in release.channels
        and release.major == int(parts["major"])
        and day <= release.date <= day + LONGEST_WAIT
    ]
    return min(fitting, key=lambda one: (one.date, one.label)).label if fitting else None
