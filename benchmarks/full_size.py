"""Pings as large as real ones: main pings of 30 to 60 KB, crash pings of 4 KB.

Names, numbers and texts are drawn by seed; only the shapes (which sections, how many histograms,
how many bytes each) are those of pings of 2016 and 2018.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import product
from operator import getitem
from random import Random
from typing import Any

from crash_rate_aggregates.sample_pings.bulk import Bulk

_VARIANTS = 256
"""Of each piece: one random byte chooses. More than a compressor's window holds of all pieces."""
_AREAS = ("GC", "CYCLE_COLLECTOR", "FX_TAB_SWITCH", "HTTP_PAGE", "DNS", "CERT", "CACHE", "DEVTOOLS")
_MATTERS = (
    "TOTAL_OPEN",
    "SWITCHED_OFF",
    "LOOKUP_FAILED",
    "FIRST_SENT_TO_LAST",
    "REASON_OF_END",
    "QUEUE_LENGTH",
    "SLICE",
    "REVALIDATION",
)
_UNITS = ("MS", "KB", "COUNT", "SUCCESS_BY_TYPE")
_MIN_HISTOGRAMS = 76
_MAX_COMMON = 145
_KINDS = (0, 1, 2, 3, 4)
_KIND_WEIGHTS = (0.47, 0.70, 0.81, 0.98, 1)
"""Exponential, linear, boolean, flag, count: as often as in a ping of 2016."""
_WORDS = (
    "select",
    "from",
    "moz_places",
    "where",
    "rev_host",
    "order by",
    "frecency",
    "limit",
    "join",
)
_FRAMES = ("Startup::XRE_Main", "Events::ProcessGeckoEvents", "js::RunScript", "Timer::Fire")


def full_bulk(random: Random) -> Bulk:
    """Draw as much as a release client sends."""
    histograms = random.randrange(_MIN_HISTOGRAMS, _MAX_COMMON)
    return Bulk(
        measurements=f'"simpleMeasurements":{_picked(_SIMPLE, random)},"histograms":'
        f"{{{_picked(_HISTOGRAMS[:histograms], random)}}}",
        keyed=_picked(_KEYED[: histograms // 8], random),
        after_info=f',{_picked(_AFTER_INFO, random)},"processes":{{"content":{{"histograms":'
        f"{{{_picked(_HISTOGRAMS[-histograms // 8 :], random)}}}}}}}",
        addons=_picked(_ADDONS, random),
        is_payload_first=random.random() < 0.5,
    )


def _picked(pieces: Sequence[list[str]], random: Random) -> str:
    """Join one variant of each piece."""
    return ",".join(map(getitem, pieces, random.randbytes(len(pieces))))


def _variants(name: str, draw: Callable[[Random], Any]) -> list[str]:
    random = Random(name)
    return [f'"{name}":{_json(draw(random))}' for _ in range(_VARIANTS)]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _histogram(random: Random) -> dict[str, Any]:
    """Draw a histogram: times over exponential buckets, an enumeration, or one or two buckets."""
    kind = random.choices(_KINDS, cum_weights=_KIND_WEIGHTS)[0]
    buckets = {0: random.randrange(4, 36), 1: random.randrange(2, 20)}.get(kind, 1)
    start = random.randrange(40) if kind <= 1 else 0
    bounds = [start + power + (int(1.35**power) if kind == 0 else 0) for power in range(buckets)]
    counts = [int(random.expovariate(0.02)) + 1 for _ in bounds]
    pairs = list(zip(bounds, counts, strict=True))
    histogram: dict[str, Any] = {
        "range": [1, (2, 50, 10_000, 60_000)[random.randrange(4)]],
        "bucket_count": buckets + random.randrange(40),
        "histogram_type": kind,
        "values": {str(bound): count for bound, count in [*pairs, (bounds[-1] + 1, 0)]},
        "sum": sum(bound * count for bound, count in pairs),
    }
    if kind:
        squares = sum(bound * bound * count for bound, count in pairs)
        histogram |= {"sum_squares_lo": squares, "sum_squares_hi": 0}
    return histogram


def _keyed_histogram(random: Random) -> dict[str, Any]:
    names = (f"{random.choice(_AREAS).lower()}{random.randrange(90)}.example.org" for _ in range(2))
    return {name: _histogram(random) for name in names}


def _times(random: Random) -> dict[str, int]:
    return {
        f"{area.lower()}{unit}": random.randrange(99_999) for area, unit in product(_AREAS, _UNITS)
    }


def _hangs(random: Random) -> list[dict[str, Any]]:
    """Draw the hangs of a thread, with the labels of their stacks."""
    return [
        {
            "name": random.choice(("Gecko", "Gecko_Child", "Socket Thread")),
            "activity": _histogram(random),
            "hangs": [
                {
                    "stack": random.choices(_FRAMES, k=6),
                    "nativeStack": {},
                    "histogram": _histogram(random),
                }
                for _ in range(random.randrange(1, 6))
            ],
        }
        for _ in range(4)
    ]


def _slow_statements(random: Random) -> dict[str, Any]:
    lengths = (random.randrange(6, 90) for _ in range(random.randrange(1, 12)))
    texts = (" ".join(random.choices(_WORDS, k=length)) for length in lengths)
    slow = {
        f'{text} "quoted" \\ é': [random.randrange(9), random.randrange(9999)] for text in texts
    }
    return {"mainThread": {}, "otherThreads": slow}


def _addons(random: Random) -> dict[str, Any]:
    return {
        f"{{{random.getrandbits(64):016x}}}@example.org": {
            "blocklisted": False,
            "description": " ".join(random.choices(_WORDS, k=8)),
            "name": random.choice(_MATTERS).title(),
            "userDisabled": random.random() < 0.1,
            "appDisabled": False,
            "version": f"{random.randrange(9)}.{random.randrange(20)}",
            "scope": 1,
            "type": "extension",
            "foreignInstall": False,
            "hasBinaryComponents": False,
            "installDay": random.randrange(16_000, 17_000),
            "updateDay": random.randrange(16_000, 17_000),
        }
        for _ in range(random.randrange(1, 8))
    }


_NAMES = ["_".join(words) for words in product(_AREAS, _MATTERS, _UNITS)]
_HISTOGRAMS = [_variants(name, _histogram) for name in sorted(_NAMES, key=lambda name: name[::-1])]
_KEYED = [_variants(f"{name}_BY_HOST", _keyed_histogram) for name in _NAMES[:40]]
_SIMPLE = [[text.partition(":")[2] for text in _variants("simpleMeasurements", _times)]]
_AFTER_INFO = [
    _variants("threadHangStats", _hangs),
    _variants("slowSQL", _slow_statements),
    _variants("lateWrites", lambda _: {"memoryMap": [], "stacks": []}),
]
_ADDONS = [
    _variants("activeAddons", _addons),
    _variants("theme", lambda _: {"id": "{972ce4c6}@example.org", "userDisabled": False}),
    _variants("activePlugins", lambda random: list(_addons(random).values())[:2]),
]
