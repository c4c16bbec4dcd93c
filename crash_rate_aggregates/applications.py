"""The applications: what people call each, how pings name it, and how it sends its crashes.

One line in `KNOWN_APPLICATIONS` adds one for all, `[applications.…]` in the settings one for
oneself. Judging, folding, menus and docs derive from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

UsagePing: TypeAlias = Literal["main", "baseline"]
"""The ping that says how long an application was used: v4 `main`, or Glean's `baseline`."""


@dataclass(frozen=True, slots=True)
class Application:
    """One application that people ask about."""

    name: str
    """What people call it: the value of the dimension `application`."""
    identifiers: tuple[str, ...] = ()
    """What pings and tables call it beside its name: names in v4 pings, Glean namespaces, app ids.
    Dashes, underscores and dots are the same in them."""
    channels: Mapping[str, str] = field(default_factory=dict)
    """By an identifier that only one channel has: that channel, for pings that name none."""
    usage_ping: UsagePing = "main"
    """Which ping carries its usage."""
    sends_both_since: int | None = None
    """The major version since which it sends a crash as a v4 and as a Glean ping; None for never.
    Until it ends sending v4 pings, which needs no number: then none come."""
    sends_twice_since: int | None = None
    """The major version since which its crash reporter sends a Glean ping of its own, beside that
    which the application sends on its next start; None where there is one sender."""

    @property
    def folded_identifiers(self) -> tuple[str, ...]:
        """All by which it is found, its name too, with dashes for underscores and dots."""
        return tuple(map(_folded, (self.name, *self.identifiers)))

    def __hash__(self) -> int:
        return hash((self.name, self.identifiers))


_ANDROID: Final = "baseline"
# The desktop's versions (mozilla/bigquery-etl #7538; mozilla/probe-scraper #803, which registered
# the crash reporter's application on 2024-09-17, when Nightly was 132).
_BOTH_SINCE = 128
_TWICE_SINCE = 132
KNOWN_APPLICATIONS: Final = (
    Application(
        "Firefox",
        (
            "firefox-desktop",
            "firefox-crashreporter",
            "firefox-desktop-background-tasks",
            "firefox-desktop-background-update",
        ),
        sends_both_since=_BOTH_SINCE,
        sends_twice_since=_TWICE_SINCE,
    ),
    Application(
        "Firefox for Android",
        (
            "Fenix",
            "org-mozilla-firefox",
            "org-mozilla-firefox-beta",
            "org-mozilla-fenix",
            "org-mozilla-fenix-nightly",
            "org-mozilla-fennec-aurora",
        ),
        channels={
            "org-mozilla-firefox": "release",
            "org-mozilla-firefox-beta": "beta",
            "org-mozilla-fenix": "nightly",
            "org-mozilla-fenix-nightly": "nightly",
            "org-mozilla-fennec-aurora": "nightly",
        },
        usage_ping=_ANDROID,
    ),
    Application(
        "Focus",
        ("org-mozilla-focus", "org-mozilla-focus-beta", "org-mozilla-focus-nightly"),
        channels={
            "org-mozilla-focus": "release",
            "org-mozilla-focus-beta": "beta",
            "org-mozilla-focus-nightly": "nightly",
        },
        usage_ping=_ANDROID,
    ),
    Application(
        "Klar", ("org-mozilla-klar",), {"org-mozilla-klar": "release"}, usage_ping=_ANDROID
    ),
    Application(
        "Thunderbird",
        ("thunderbird-desktop", "thunderbird-crashreporter"),
        sends_both_since=_BOTH_SINCE,
        sends_twice_since=_TWICE_SINCE,
    ),
    Application(
        "Thunderbird for Android",
        (
            "net-thunderbird-android",
            "net-thunderbird-android-beta",
            "net-thunderbird-android-daily",
        ),
        channels={
            "net-thunderbird-android": "release",
            "net-thunderbird-android-beta": "beta",
            "net-thunderbird-android-daily": "nightly",
        },
        usage_ping=_ANDROID,
    ),
    Application(
        "Firefox Enterprise",
        ("firefox-enterprise-desktop", "firefox-enterprise-crashreporter"),
        sends_both_since=_BOTH_SINCE,
        sends_twice_since=_TWICE_SINCE,
    ),
    Application("Fennec"),
)
"""Those that everybody has, in the order of menus."""


class ApplicationNames:
    """Finds an application by whatever pings call it."""

    def __init__(self, applications: Iterable[Application] = KNOWN_APPLICATIONS) -> None:
        known = tuple(applications)
        # Of an identifier that two have the later one is found: a user's own stands last.
        self._known = {
            identifier: application
            for application in known
            for identifier in application.folded_identifiers
        }
        self._channels = {
            _folded(identifier): channel
            for application in known
            for identifier, channel in application.channels.items()
        }

    def known(self, identifier: str) -> Application | None:
        """Return the application that a ping or a table names so, None for an unknown one."""
        return self._known.get(_folded(identifier))

    def name_of(self, identifier: str) -> str:
        """Return what people call it; an unknown one keeps its own name."""
        application = self._known.get(identifier) or self.known(identifier)
        return identifier if application is None else application.name

    def channel_of(self, identifier: str) -> str | None:
        """Return the channel that the identifier alone tells, None where it tells none."""
        return self._channels.get(_folded(identifier))


def _folded(identifier: str) -> str:
    return identifier.replace("_", "-").replace(".", "-")


USUAL_NAMES: Final = ApplicationNames()
"""Of those that everybody has."""
