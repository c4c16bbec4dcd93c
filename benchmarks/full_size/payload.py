"""The other sections of a main ping's payload."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

from benchmarks.full_size.pieces import (
    AREAS,
    MATTERS,
    UNITS,
    addon_id,
    host,
    json_text,
    variants,
    words,
)
from crash_rate_aggregates.sample_pings.world_2016.documents import new_id

_SESSIONS = ("sessionId", "subsessionId", "previousSessionId", "previousSubsessionId")
_BUTTONS = [f"{area}-{matter}".lower().replace("_", "-") for area in AREAS for matter in MATTERS]


def session(random: Random) -> str:
    """Draw what `info` says beside what is counted; no two pings have the same ids."""
    ids = {name: new_id(random) for name in _SESSIONS}
    return "".join(f',"{name}":"{value}"' for name, value in ids.items())


def _session_rest(random: Random) -> dict[str, Any]:
    """Draw the rest, in an object of which `full_bulk` takes the members."""
    addons = (f"%7B{random.getrandbits(64):016x}%7D%40example.org:{n}.0" for n in range(12))
    return {
        "addons": ",".join(addons),
        "asyncPluginInit": False,
        "flashVersion": f"19.0.0.{random.randrange(300)}",
        "previousBuildId": f"201603{random.randrange(10, 29)}030248",
        "sessionLength": random.randrange(99_999),
        "sessionStartDate": f"2016-03-{random.randrange(10, 29)}T00:00:00.0-08:00",
    }


def _measurements(random: Random) -> dict[str, Any]:
    """Draw times of starting, and what was clicked."""
    return {
        "addonManager": {"startup_load_reasons": ["directoryState"], "parseDB_MS": 5},
        "UITelemetry": {
            "toolbars": {
                "sizemode": random.choice(("normal", "maximized")),
                "menuBarEnabled": False,
                "titleBarEnabled": False,
                "defaultKept": random.sample(_BUTTONS, 16),
                "defaultMoved": [],
                "defaultRemoved": random.sample(_BUTTONS, 2),
                "visibleTabs": [random.randrange(90)],
                "countableEvents": {
                    "__DEFAULT__": {
                        "click-builtin-item": {
                            button: {"left": random.randrange(900)}
                            for button in random.sample(_BUTTONS, random.randrange(2, 14))
                        }
                    }
                },
            },
            "UITour": {"seenPageIDs": []},
        },
        **{
            f"{area.lower()}{unit}": random.randrange(99_999)
            for area, unit in product(AREAS, UNITS)
        },
        "js": {},
    }


def _slow_statements(random: Random) -> dict[str, Any]:
    lengths = (random.randrange(6, 90) for _ in range(random.randrange(1, 12)))
    slow = {
        f'{words(random, length)} "quoted" \\ é': [random.randrange(9), random.randrange(9999)]
        for length in lengths
    }
    return {"mainThread": {}, "otherThreads": slow}


def _addon_details(random: Random) -> dict[str, Any]:
    details = {
        addon_id(random): {
            "creator": host(random),
            "location": "app-profile",
            "name": words(random, 3).title(),
            "scan_MS": random.randrange(60),
            "scan_items": random.randrange(400),
            "startup_MS": random.randrange(40),
        }
        for _ in range(random.randrange(4, 16))
    }
    return {"GMP": {"gmp-gmpopenh264": {"userDisabled": False, "version": "1.4"}}, "XPI": details}


def _log(random: Random) -> list[list[Any]]:
    return [
        ["EXPERIMENT_ACTIVATION", random.randrange(10**7), "REJECTED", host(random), "endTime"]
        for _ in range(random.randrange(2, 24))
    ]


MEASUREMENTS = variants("simpleMeasurements", _measurements)
SESSION_RESTS = [json_text(_session_rest(Random(number)))[1:-1] for number in range(256)]
AFTER_INFO = [
    variants("chromeHangs", lambda _: {"memoryMap": [], "stacks": [], "durations": []}),
    variants("log", _log),
    variants("slowSQL", _slow_statements),
    variants("fileIOReports", lambda _: {}),
    variants("lateWrites", lambda _: {"memoryMap": [], "stacks": []}),
    variants("addonDetails", _addon_details),
]
