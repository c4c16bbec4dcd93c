"""Who a client is and how long it was there: from its ping's id, so that no other draw changes."""

from __future__ import annotations

from hashlib import blake2b

from crash_rate_aggregates.sample_pings.world_2016.clients import Client

_TICK_SECONDS = 5
_ALIKE = 64
"""So many clients there are of one channel, system and country."""
_TAIL = 1.6
"""Some of them use much, as in the world of 2026."""
_CHANCES = 1 << 16


def client_id(client: Client, ping_id: str, seed: int) -> str:
    """Return the id of who sends a ping: one of those that are alike, on whatever day."""
    number = int(_ALIKE * _chance(ping_id[:4]) ** _TAIL)
    named = (
        f"{seed} {client.channel.name} {client.os_name} {client.os_version} {client.architecture} "
        f"{client.country} {number}"
    )
    digits = blake2b(named.encode(), digest_size=16).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def active_ticks(seconds: int, ping_id: str) -> int:
    """Return simpleMeasurements.activeTicks of a session: a third of it in the mean."""
    return int(seconds * _chance(ping_id[4:8]) ** 2) // _TICK_SECONDS


def _chance(digits: str) -> float:
    return int(digits, 16) / _CHANCES
