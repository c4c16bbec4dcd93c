"""Which applications send pings, on which channels and systems, in which shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from crash_rate_aggregates.sample_pings.world_2026.shares import spread


class Machine(NamedTuple):
    """A system and what it runs on, as pings of both kinds and the server name it."""

    v4_name: str
    glean_name: str
    server_name: str
    version: str
    windows_build: int | None
    v4_architecture: str
    glean_architecture: str
    build_second: str
    """Build ids of one version differ by system ([rule] socorro docs/flows/versions.rst)."""


def _windows(version: str, build: int, architecture: str = "x86-64") -> Machine:
    glean = architecture.replace("-", "_")
    return Machine(
        "Windows_NT", "Windows", "Windows", version, build, architecture, glean, f"{15:02}"
    )


def _mac(version: str, architecture: str) -> Machine:
    glean = architecture.replace("-", "_")
    return Machine("Darwin", "Darwin", "Mac", version, None, architecture, glean, "37")


def _linux(version: str) -> Machine:
    return Machine("Linux", "Linux", "Linux", version, None, "x86-64", "x86_64", "52")


def _android(version: str, architecture: str = "arm64-v8a") -> Machine:
    return Machine("Android", "Android", "Android", version, None, architecture, architecture, "08")


# [chosen] After what data.firefox.com and StatCounter showed of desktops in 2025. Windows 11 says
# 10.0, and a build from 22000 on ([rule] crash-pings App.ts).
_DESKTOPS = spread(
    (
        *((0.12, _windows("10.0", 22631)), (0.18, _windows("10.0", 26100))),
        *((0.08, _windows("10.0", 26200)), (0.01, _windows("10.0", 26100, "aarch64"))),
        *((0.37, _windows("10.0", 19045)), (0.04, _windows("10.0", 19045, "x86"))),
        *((0.05, _mac("25.1.0", "aarch64")), (0.03, _mac("24.6.0", "aarch64"))),
        *((0.02, _mac("24.6.0", "x86-64")), (0.06, _linux("6.8.0-45-generic"))),
        (0.04, _linux("6.12.57")),
    )
)
# [rule] ESR 115 lives on for systems that nothing newer runs on.
_OLD_DESKTOPS = spread(
    (
        *((0.50, _windows("6.1", 7601)), (0.20, _windows("6.1", 7601, "x86"))),
        *((0.15, _windows("6.3", 9600)), (0.15, _mac("19.6.0", "x86-64"))),
    )
)
_PHONES = spread(
    (
        *((0.25, _android("16")), (0.30, _android("15")), (0.20, _android("14"))),
        *((0.12, _android("13")), (0.08, _android("11")), (0.05, _android("10", "armeabi-v7a"))),
    )
)


@dataclass(frozen=True, slots=True)
class Sender:
    """One application on one channel."""

    application: str
    """As v4 pings name it."""
    channel: str
    train: str
    """Of its builds."""
    share: float
    """Of usage pings; all sum to 1."""
    audience: str
    """Whose crash rates it has."""
    namespace: str
    """Of its Glean pings."""
    machines: tuple[Machine, ...] = _DESKTOPS
    reporter: str | None = None
    """Namespace of its crash reporter's own Glean pings, where it has one."""
    is_mobile: bool = False
    """Whether its usage pings are Glean's `baseline`."""
    sends_v4_crashes: bool = False
    """[rule] Firefox 128 until about mid-2025, and ESR 128: each crash as v4 and as Glean ping."""
    says_app_build: bool = True
    """[rule] Firefox 110 to 127, and ESR 115, do not say crash.app_build."""
    has_active_scalar: bool = True
    """[chosen] ESR 115 tells active ticks in simpleMeasurements alone, as versions did that had no
    scalar browser.engagement.active_ticks yet."""
    creates_kill_reports: bool = False
    """[rule] dom.ipc.tabs.createKillHardCrashReports: neither on release nor on beta."""


def _firefox(
    channel: str, train: str, share: float, *, creates_kill_reports: bool = False
) -> Sender:
    return Sender(
        *("Firefox", channel, train, share, channel, "firefox-desktop"),
        reporter="firefox-crashreporter",
        creates_kill_reports=creates_kill_reports,
    )


def _fenix(channel: str, share: float, namespace: str) -> Sender:
    return Sender(
        *("Fenix", channel, channel, share, "android", namespace), _PHONES, is_mobile=True
    )


def _thunderbird(channel: str, train: str, share: float) -> Sender:
    return Sender(
        *("Thunderbird", channel, train, share, "thunderbird", "thunderbird-desktop"),
        reporter="thunderbird-crashreporter",
    )


# [chosen] Release really has over nine tenths of desktops, nightly 1 in 3,000. They have a floor
# here, so that a sample shows something of each channel; rates per 1,000 hours do not change.
SENDERS = (
    _firefox("release", "release", 0.50),
    _firefox("beta", "beta", 0.12),
    _firefox("nightly", "nightly", 0.08, creates_kill_reports=True),
    _firefox("esr", "esr140", 0.05),
    Sender(*("Firefox", "esr", "esr128", 0.02, "esr", "firefox-desktop"), sends_v4_crashes=True),
    Sender(
        *("Firefox", "esr", "esr115", 0.03, "esr", "firefox-desktop", _OLD_DESKTOPS),
        says_app_build=False,
        has_active_scalar=False,
    ),
    _fenix("release", 0.11, "org-mozilla-firefox"),
    _fenix("beta", 0.03, "org-mozilla-firefox-beta"),
    _fenix("nightly", 0.02, "org-mozilla-fenix"),
    _thunderbird("release", "release", 0.02),
    _thunderbird("esr", "esr140", 0.02),
)
"""Usage of all is drawn by these shares."""
TRAINS = tuple(dict.fromkeys(sender.train for sender in SENDERS))
# [chosen] The server says ?? where it does not know.
COUNTRIES = spread(
    (
        *(
            (share, code)
            for share, code in ((0.16, "US"), (0.12, "DE"), (0.07, "FR"), (0.06, "IN"))
        ),
        *((0.04, code) for code in ("PL", "IT", "BR", "GB", "RU", "ID")),
        *((0.02, code) for code in ("ES", "CA", "CN", "JP", "NL", "MX", "AT", "UA", "CH", "CZ")),
        *((0.01, code) for code in ("AU", "BE", "SE", "HU", "TR", "AR", "GR", "FI", "RO", "??")),
        *((0.005, code) for code in ("VN", "PT", "DK", "NO", "PH", "ZA", "EG", "TH", "CO", "KR")),
    )
)
