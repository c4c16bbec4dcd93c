"""What docs/sample-pings.md says of the world of 2026, taken from its tables."""

from __future__ import annotations

from crash_rate_aggregates.sample_pings.world_2026.adoption import adopted
from crash_rate_aggregates.sample_pings.world_2026.arrivals import LAG_SHARES
from crash_rate_aggregates.sample_pings.world_2026.crash_causes import CAUSES, KILL_RATE, RATES
from crash_rate_aggregates.sample_pings.world_2026.regressions.bad_release import FEW_OTHERS
from crash_rate_aggregates.sample_pings.world_2026.senders import SENDERS, Sender
from crash_rate_aggregates.sample_pings.world_2026.texts.flaws import COPIES, FLAWS

_AGES = (0, 1, 2, 3, 5, 7, 14, 28)
_SHIPPED = 14 / 24


def senders() -> list[list[str]]:
    """Return who sends which pings, and in which share."""
    return [
        [
            sender.application,
            sender.channel,
            sender.train,
            f"{sender.share:.0%}",
            f"{100 * few.share:g}%",
            "`baseline`" if sender.is_mobile else "v4 `main`",
            _crash_pings(sender),
        ]
        for sender, few in zip(SENDERS, FEW_OTHERS, strict=True)
    ]


def _crash_pings(sender: Sender) -> str:
    names = [f"`{name}`" for name in (sender.namespace, sender.reporter) if name]
    notes = [
        *(["v4 too"] if sender.sends_v4_crashes else []),
        *([] if sender.says_app_build else ["without `crash.app_build`"]),
    ]
    return ", ".join((*names, *notes))


def rates() -> list[list[str]]:
    """Return the crash rates of each audience, by process."""
    return [
        [audience, *(_number(found.get(process)) for process in processes())]
        for audience, found in RATES.items()
    ]


def processes() -> list[str]:
    """Return the processes that crash, in their order."""
    return list(dict.fromkeys(cause.process for cause in CAUSES))


def kill_rate() -> str:
    """Say how often content processes are killed at shutdown."""
    return (
        f"Shutdown kills come on top: {KILL_RATE:g} per 1,000 hours on desktops, on every channel, "
        "in `SUBPROCESS_KILL_HARD`. On nightly alone they leave a dump, and so a crash ping and a "
        "count in `SUBPROCESS_CRASHES_WITH_DUMP`."
    )


def classes() -> list[list[str]]:
    """Return the shares of classes in the crashes of each process that has several."""
    return [
        [
            cause.process,
            cause.crash_class.value + (", at startup" if cause.is_startup else ""),
            f"{cause.share:.0%}",
        ]
        for cause in CAUSES
        if cause.share < 1
    ]


def arrivals() -> list[list[str]]:
    """Return how many days later the usage pings of a day come."""
    return [[str(lag), f"{share:.1%}"] for lag, share in LAG_SHARES.items()]


def adoption() -> list[list[str]]:
    """Return which share of clients has taken a new build at the end of which day."""
    return [
        [train, *(f"{adopted(train, age + 1 - _SHIPPED):.0%}" for age in _AGES)]
        for train in ("release", "beta", "nightly")
    ]


def adoption_head() -> list[str]:
    """Return what stands above `adoption`."""
    return ["train", *(f"day {age}" for age in _AGES)]


def flaws() -> list[list[str]]:
    """Return what is wrong with how many pings, and which are sent twice."""
    wrong = [[name, f"{share:.2%}"] for name, (share, _) in FLAWS.items()]
    return wrong + [
        [f"`{doc_type}` sent twice", f"{share:.2%}"] for doc_type, share in COPIES.items()
    ]


def _number(rate: float | None) -> str:
    return "" if rate is None else f"{rate:g}"
