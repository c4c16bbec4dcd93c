"""What pings are put together from: variants of a member, drawn once, one chosen for each ping."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from operator import getitem
from random import Random
from typing import Any

_VARIANTS = 256
"""Of each piece: one random byte chooses. More than a compressor's window holds of all pieces."""
AREAS = ("GC", "CYCLE_COLLECTOR", "FX_TAB_SWITCH", "HTTP_PAGE", "DNS", "CERT", "CACHE", "DEVTOOLS")
MATTERS = (
    "TOTAL_OPEN",
    "SWITCHED_OFF",
    "LOOKUP_FAILED",
    "FIRST_SENT_TO_LAST",
    "REASON_OF_END",
    "QUEUE_LENGTH",
    "SLICE",
    "REVALIDATION",
)
UNITS = ("MS", "KB", "COUNT", "SUCCESS_BY_TYPE")
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


def variants(name: str, draw: Callable[[Random], Any]) -> list[str]:
    """Return JSON members of this name, each of them as good."""
    random = Random(name)
    return [f'"{name}":{json_text(draw(random))}' for _ in range(_VARIANTS)]


def picked(pieces: Sequence[list[str]], random: Random) -> str:
    """Join one variant of each piece."""
    return ",".join(map(getitem, pieces, random.randbytes(len(pieces))))


def json_text(value: Any) -> str:
    """Write a value as Firefox does: without blanks."""
    return json.dumps(value, separators=(",", ":"))


def words(random: Random, count: int) -> str:
    """Draw a text of so many words."""
    return " ".join(random.choices(_WORDS, k=count))


def host(random: Random) -> str:
    """Draw the name of a host or of who made something."""
    return f"{random.choice(AREAS).lower()}{random.randrange(90)}.example.org"


def addon_id(random: Random) -> str:
    """Draw an add-on's id."""
    return f"{{{random.getrandbits(64):016x}}}@example.org"
