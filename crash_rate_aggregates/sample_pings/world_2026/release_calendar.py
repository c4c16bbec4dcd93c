"""Which builds there are on a day: Firefox's release calendar by rule, without a network.

[rule] mozilla/releases_insights Release.php and upcoming_releases.php: Firefox 155 was released on
2026-09-01, and from then on a release comes every two weeks on Tuesday, with one planned dot
release seven days after. Betas come on Monday, Wednesday and Friday, five in a cycle of two weeks,
from the day before the release before; the release candidate is built on Thursday. Nightly is one
version ahead of beta, with two builds a day. Before 155 the rule says four weeks, also where
history had three or five.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import NamedTuple

_FIRST_FAST = 155
_FIRST_FAST_DAY = date(2026, 9, 1)
_FAST_DAYS = 14
_SLOW_DAYS = 28
_DOT_RELEASE_AFTER = 7
_CANDIDATE_BEFORE = 5
"""Days from a release candidate, which becomes the release, to the release."""
_SHIPPED = 14 / 24
"""Of its day, when a release comes out; other builds come three hours after they were begun."""
_SOONER = 0.5
"""Days, where the calendar is moved; all builds come at noon or later by it."""
_BETA_WEEKDAYS = (0, 2, 4)
_LAST_MAJOR_OF_ESR = {128: 142}
"""The release beside which an old ESR had its last build ([published] 128.14 came with 142)."""
REMEMBERED_DAYS = 130
"""Builds that were shipped earlier have no clients any more."""


class Build(NamedTuple):
    """What was built from one revision for all systems."""

    label: str
    """As people say it, like `156.0b3`: displayVersion."""
    version: str
    """As build.version says it, like `156.0`."""
    major: int
    stamp: str
    """The build id without its seconds, in which the systems differ."""
    shipped: float
    """Days since 0001-01-01, with the hour."""


def release_day(major: int) -> date:
    """Return when a release came out."""
    cycles = major - _FIRST_FAST
    return _FIRST_FAST_DAY + timedelta(days=cycles * (_FAST_DAYS if cycles > 0 else _SLOW_DAYS))


def major_on(day: date) -> int:
    """Return the newest release of a day."""
    days = (day - _FIRST_FAST_DAY).days
    return max(1, _FIRST_FAST + days // (_FAST_DAYS if days > 0 else _SLOW_DAYS))


def days_to_release(day: date) -> int:
    """Return by how many days the calendar must be moved for a release to come out on a day."""
    before, after = (release_day(major_on(day) + number) for number in (0, 1))
    return min((day - before).days, (day - after).days, key=abs)


def builds(train: str, day: date, moved: int | None = None) -> tuple[Build, ...]:
    """Return the builds of a train that were shipped by the end of a day, the newest first.

    Args:
        train: `release`, `beta`, `nightly`, or an ESR like `esr140`.
        day: Any.
        moved: Days by which the calendar is moved; then builds come out half a day sooner too, so
            that many have a release on its first day. None to leave it as it is.
    """
    if moved is not None:
        return tuple(_moved(one, moved) for one in builds(train, day - timedelta(days=moved)))
    made = {"release": _releases, "beta": _betas, "nightly": _nightlies}.get(train)
    found = made(day) if made else _long_supported(int(train.removeprefix("esr")), day)
    shipped = [build for build in found if build.shipped < day.toordinal() + 1]
    # Before the first version by this rule, in 2014, there is one that never changes.
    first = _build("1.0", "1.0", 1, date.min, 9)
    return tuple(sorted(shipped, key=lambda build: -build.shipped)) or (first,)


def _moved(build: Build, days: int) -> Build:
    built = date.fromisoformat(build.stamp[:8]) + timedelta(days=days)
    shipped = build.shipped + days - _SOONER
    return build._replace(stamp=f"{built:%Y%m%d}{build.stamp[8:]}", shipped=shipped)


def _build(
    label: str, version: str, major: int, built: date, hour: int, shipped: date | None = None
) -> Build:
    at = shipped.toordinal() + _SHIPPED if shipped else built.toordinal() + (hour + 3) / 24
    return Build(label, version, major, f"{built:%Y%m%d}{hour:02}{major % 60:02}", at)


def _majors(day: date, ahead: int) -> Iterator[int]:
    """Give versions from so many ahead of the release back to those without clients."""
    newest = major_on(day) + ahead
    for major in range(newest, 0, -1):
        if major < newest - 2 and (day - release_day(major)).days > REMEMBERED_DAYS:
            return
        yield major


def _releases(day: date) -> Iterator[Build]:
    for major in _majors(day, 0):
        shipped = release_day(major)
        candidate = shipped - timedelta(days=_CANDIDATE_BEFORE)
        yield _build(f"{major}.0", f"{major}.0", major, candidate, 14, shipped)
        dot = f"{major}.0.1"
        dot_day = shipped + timedelta(days=_DOT_RELEASE_AFTER)
        yield _build(dot, dot, major, dot_day - timedelta(days=1), 10, dot_day)


def first_beta_day(major: int) -> date:
    """Return the Monday on which a version's first beta comes, and the next nightly begins."""
    return release_day(major - 1) - timedelta(days=1)


def _betas(day: date) -> Iterator[Build]:
    for major in _majors(day, 2):
        candidate = release_day(major) - timedelta(days=_CANDIDATE_BEFORE)
        first = first_beta_day(major)
        days = [first + timedelta(days=number) for number in range((candidate - first).days)]
        beta_days = [beta_day for beta_day in days if beta_day.weekday() in _BETA_WEEKDAYS]
        for number, beta_day in enumerate(beta_days, start=1):
            yield _build(f"{major}.0b{number}", f"{major}.0", major, beta_day, 9)
        shipped = candidate + timedelta(days=1)
        yield _build(f"{major}.0", f"{major}.0", major, candidate, 14, shipped)


def _nightlies(day: date) -> Iterator[Build]:
    for age in range(REMEMBERED_DAYS):
        built = day - timedelta(days=age)
        major = next(
            number
            for number in count(major_on(built) + 2, -1)
            if number < 3 or first_beta_day(number - 1) <= built
        )
        for hour in (9, 20):
            yield _build(f"{major}.0a1", f"{major}.0a1", major, built, hour)


def _long_supported(base: int, day: date) -> Iterator[Build]:
    newest = min(major_on(day), _LAST_MAJOR_OF_ESR.get(base, major_on(day)))
    for major in range(max(newest, base), max(newest - 12, base) - 1, -1):
        version = f"{base}.{major - base}.0"
        shipped = min(release_day(major), day)
        yield _build(f"{version}esr", version, base, shipped - timedelta(days=8), 12, shipped)
