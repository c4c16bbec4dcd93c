"""Clients: who they are is a function of seed and number, so they are the same on every day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from typing import NamedTuple

from crash_rate_aggregates.sample_pings.world_2026.senders import (
    COUNTRIES,
    SENDERS,
    Machine,
    Sender,
)
from crash_rate_aggregates.sample_pings.world_2026.shares import SLOT_BITS, spread

Branch = tuple[str, str]
"""An experiment's slug, and the branch of it."""
CLIENTS_A_PING = 1.5
"""[chosen] So many clients there are for each usage ping of a day: a third of them is active on a
day, with 1.5 pings each, the least that facts about pings a client say (1.5 to 3)."""
_TAIL = 1.6
"""[chosen] Use is heavy-tailed: a client's share of sessions falls with its rank^(1 - 1/1.6)."""
CRASHING_BRANCH: Branch = ("sample-content-cache", "treatment")
"""Its clients' content processes crash more, where a world has regressions."""
_EXPERIMENTS: Mapping[str, tuple[tuple[tuple[float, Branch | None], ...], ...]] = {
    "release": (
        (
            (0.10, ("sample-content-cache", "control")),
            (0.10, CRASHING_BRANCH),
            (0.80, None),
        ),
        (
            (0.10, ("sample-new-tab", "control")),
            (0.10, ("sample-new-tab", "treatment")),
            (0.80, None),
        ),
    ),
    "beta": (
        (
            (0.10, ("sample-video-decoding", "control")),
            (0.10, ("sample-video-decoding", "software")),
            (0.10, ("sample-video-decoding", "hardware")),
            (0.70, None),
        ),
    ),
}
"""By channel of Firefox: what each of its experiments gives to whom."""
_TABLES = {channel: tuple(map(spread, all_of)) for channel, all_of in _EXPERIMENTS.items()}
# [chosen] Few machines crash much: 1% of the clients have a third of the crashes. In the mean 1.
_CRASHINESS = spread(((0.90, 0.42), (0.09, 3.0), (0.009, 20.0), (0.001, 172.0)))
_MEAN_CRASHINESS = sum(_CRASHINESS) / len(_CRASHINESS)
_AUTOMATION = 12
"""Of `SLOTS`, 0.3% of clients: [chosen] tests of Mozilla's, which tag what they send."""
_REMEMBERED = 1 << 14
"""Clients that need not be made anew: those who use most come often."""
_SHORTS = Struct("<8H")
_ID_BYTES = 16


class Person(NamedTuple):
    """One client, and what does not change about it."""

    digits: str
    """Hexadecimal, from which its ids are taken."""
    sender: Sender
    machine: Machine
    country: str
    update_slot: int
    """Where in a table of builds it stands."""
    experiments: tuple[Branch, ...]
    crashiness: float
    """Factor of its crash rates."""
    is_automation: bool

    @property
    def client_id(self) -> str:
        """Its id in v4 pings."""
        return uuid_text(self.digits[:32])

    @property
    def glean_id(self) -> str:
        """Its id in the application's Glean pings."""
        return uuid_text(self.digits[32:64])

    @property
    def reporter_id(self) -> str:
        """Its id in pings of the crash reporter, which is a third one."""
        return uuid_text(self.digits[64:])


class People:
    """All clients of a world."""

    def __init__(
        self,
        seed: int,
        pings_per_day: int,
        senders: Sequence[Sender] = SENDERS,
        unevenness: float = 1.0,
    ) -> None:
        """Make them.

        Args:
            seed: Of the world.
            pings_per_day: Usage pings of an average day.
            senders: What they send, by shares.
            unevenness: How far their crashiness is from the mean: from 0, where all crash alike, to
                1, where few have the most crashes.
        """
        self.number = max(1, int(pings_per_day * CLIENTS_A_PING))
        self._senders = spread((sender.share, sender) for sender in senders)
        self._unevenness = unevenness
        self._key = str(seed).encode()[:64]
        self.person = lru_cache(_REMEMBERED)(self._person)
        """Return a client by its number; those below `number` take part."""

    def drawn(self, uniform: float) -> Person:
        """Return the client of a session; `uniform` is drawn from [0, 1)."""
        return self.person(int(self.number * uniform**_TAIL))

    def _person(self, number: int) -> Person:
        digest = blake2b(
            number.to_bytes(8, "little"), digest_size=4 * _ID_BYTES, key=self._key
        ).digest()
        who, build, machine, where, first, second, crashes, tests = _SHORTS.unpack_from(digest)
        sender = self._senders[who & SLOT_BITS]
        crashiness = _CRASHINESS[crashes & SLOT_BITS] / _MEAN_CRASHINESS
        return Person(
            digest[_ID_BYTES:].hex(),
            sender,
            sender.machines[machine & SLOT_BITS],
            COUNTRIES[where & SLOT_BITS],
            build & SLOT_BITS,
            _experiments(sender, first, second),
            1 + (crashiness - 1) * self._unevenness if self._unevenness < 1 else crashiness,
            tests & SLOT_BITS < _AUTOMATION,
        )


def _experiments(sender: Sender, *slots: int) -> tuple[Branch, ...]:
    tables = _TABLES.get(sender.channel) if sender.application == "Firefox" else None
    if tables is None:
        return ()
    found = (table[slot & SLOT_BITS] for table, slot in zip(tables, slots, strict=False))
    return tuple(branch for branch in found if branch)


def uuid_text(digits: str) -> str:
    """Return 32 hexadecimal digits as a random UUID is written."""
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
