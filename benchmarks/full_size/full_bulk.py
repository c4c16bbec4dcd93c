"""One ping's bulk: as many bytes, and of the same kinds, as a release client sends."""

from __future__ import annotations

from random import Random

from benchmarks.full_size.environment import ADDONS, PARTNER, SETTINGS, SYSTEM
from benchmarks.full_size.histograms import HANGS, HISTOGRAMS, KEYED_HISTOGRAMS
from benchmarks.full_size.payload import AFTER_INFO, MEASUREMENTS, SESSION_RESTS, session
from benchmarks.full_size.pieces import picked
from crash_rate_aggregates.sample_pings.world_2016.bulk import Bulk

_MIN_HISTOGRAMS = 52
_MAX_HISTOGRAMS = 128


def full_bulk(random: Random) -> Bulk:
    """Draw as much as a release client sends."""
    histograms = random.randrange(_MIN_HISTOGRAMS, _MAX_HISTOGRAMS)
    plain = picked(HISTOGRAMS[:histograms], random)
    of_content = picked(HISTOGRAMS[-histograms // 8 :], random)
    return Bulk(
        measurements=f'{picked([MEASUREMENTS], random)},"histograms":{{{plain}}}',
        keyed=picked(KEYED_HISTOGRAMS, random),
        info=f"{session(random)},{random.choice(SESSION_RESTS)}",
        after_info=f',{picked([HANGS, *AFTER_INFO], random)},"processes":{{"content":'
        f'{{"histograms":{{{of_content}}}}}}}',
        addons=picked(ADDONS, random),
        system=picked(SYSTEM, random),
        settings=f",{picked(SETTINGS, random)}",
        partner=f",{picked(PARTNER, random)}",
        is_payload_first=random.random() < 0.5,
    )
