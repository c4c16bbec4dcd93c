"""Histograms, plain and keyed, and the hangs of threads, which hold histograms too."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

from benchmarks.full_size.pieces import AREAS, MATTERS, UNITS, host, variants

_KINDS = (0, 1, 2, 3, 4)
_KIND_WEIGHTS = (0.47, 0.70, 0.81, 0.98, 1)
"""Exponential, linear, boolean, flag, count: as often as in a ping of 2016."""
_KEYED_IN_USE = 9
_FRAMES = ("Startup::XRE_Main", "Events::ProcessGeckoEvents", "js::RunScript", "Timer::Fire")


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
    return {host(random): _histogram(random)}


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


_NAMES = ["_".join(names) for names in product(AREAS, MATTERS, UNITS)]
HISTOGRAMS = [variants(name, _histogram) for name in sorted(_NAMES, key=lambda name: name[::-1])]
"""Of each name in the probes' list."""
KEYED_HISTOGRAMS = [
    variants(f"{name}_BY_HOST", _keyed_histogram if number < _KEYED_IN_USE else lambda _: {})
    for number, name in enumerate(_NAMES[:: len(_NAMES) // 64])
]
"""Most of them have no key, as in real pings."""
HANGS = variants("threadHangStats", _hangs)
