"""What pings carry beside the fields that count: most of their bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random

_HISTOGRAMS = ("GC_MS", "CYCLE_COLLECTOR", "FX_TAB_SWITCH_MS", "HTTP_PAGE_OPEN", "MEMORY_TOTAL")
_FILLERS = 64


@dataclass(frozen=True, slots=True)
class Bulk:
    """JSON members, without braces, that no rule reads."""

    measurements: str
    """Of a main ping's payload: histograms and the like."""
    keyed: str
    """Of its keyed histograms; may be empty."""
    after_info: str
    """Of its payload, after `info`; begins with a comma unless it is empty."""
    addons: str
    """Of any ping's environment.addons."""
    info: str = ""
    """Of a main ping's info, at its end; begins with a comma unless it is empty, as those below."""
    settings: str = ',"userPrefs":{"browser.startup.page":1}'
    """Of any ping's environment.settings, at their end."""
    partner: str = ""
    """Of environment.partner, at its end."""
    system: str = (
        '"memoryMB":8094,"cpu":{"count":4,"vendor":"GenuineIntel"},"gfx":{"adapters":'
        '[{"vendorID":"0x8086","RAM":null,"GPUActive":true}]}'
    )
    """Of environment.system, without a comma."""
    is_payload_first: bool = False
    """Whether a main ping's payload stands before its environment, as Firefox writes it."""

    def measurements_with(self, active_ticks: int) -> str:
        """Return the measurements, the simple ones with active ticks."""
        simple = '"simpleMeasurements":{'
        return self.measurements.replace(simple, f'{simple}"activeTicks":{active_ticks},', 1)


def small_bulk(random: Random) -> Bulk:
    """Draw little: a main ping of 3 KB."""
    return _SMALL[random.randrange(_FILLERS)]


def _filler(random: Random) -> str:
    """Return some histograms, as the bulk of a main ping is."""
    histograms = {}
    for name in _HISTOGRAMS:
        buckets = {
            str(2**power): random.randrange(1, 400) for power in range(random.randrange(8, 18))
        }
        histograms[name] = {
            "range": [1, 100_000],
            "bucket_count": 50,
            "histogram_type": 0,
            "values": buckets,
            "sum": sum(buckets.values()) * 7,
        }
    return json.dumps(histograms, separators=(",", ":"))


def _small(number: int) -> Bulk:
    times = f'"totalTime":{number},"firstPaint":1200'
    return Bulk(
        f'"simpleMeasurements":{{{times}}},"histograms":{_filler(Random(number))}',
        keyed="",
        after_info="",
        addons='"activeAddons":{},"theme":{},"activePlugins":[]',
    )


_SMALL = [_small(number) for number in range(_FILLERS)]
