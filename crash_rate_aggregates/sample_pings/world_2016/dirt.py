"""What real pings have wrong with them, at about the real rates (facts in the comments)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_LONE_SURROGATE = r"\ud83d"


def _swap(old: str, new: str) -> Callable[[str], bytes]:
    return lambda ping: ping.replace(old, new, 1).encode()


def _swap_all(old: str, new: str) -> Callable[[str], bytes]:
    return lambda ping: ping.replace(old, new).encode()


def _cut(ping: str) -> bytes:
    return ping[: len(ping) // 2].encode()


def _not_utf8(ping: str) -> bytes:
    return ping.encode().replace(b'"Mozilla"', b'"Mozi\xff\xfella"', 1)


def _length(new: str) -> Callable[[str], bytes]:
    def change(ping: str) -> bytes:
        before, found, after = ping.partition('"subsessionLength":')
        return (before + found + new + after.lstrip("0123456789") if found else ping).encode()

    return change


KINDS: dict[str, tuple[float, Callable[[str], bytes]]] = {
    # Other doc types share the stream: saved-session repeats whole sessions and must not count.
    "other doc type": (0.004, _swap('"docType":"main"', '"docType":"saved-session"')),
    "other day": (0.0005, _swap('"submissionDate":"20', '"submissionDate":"21')),
    "bad day": (0.0005, _swap('"submissionDate":"2', '"submissionDate":"')),
    "bad build id": (0.001, _swap_all('030230"', '0302"')),
    "bad activity date": (0.0005, _swap('StartDate":"', 'StartDate":"on ')),
    # Bad session lengths: about 0.1% in all.
    "negative length": (0.0004, _length("-17")),
    "no length": (0.0004, _length("null")),
    "length over 25 hours": (0.0004, _length("876174")),
    "length is no integer": (0.0003, _length("17.5")),
    "bad histogram": (0.0002, _swap('"keyedHistograms":{', '"keyedHistograms":[],"was":{')),
    "system version is a number": (0.001, _swap('"version":"6.1"', '"version":6')),
    "cut": (0.0003, _cut),
    "not UTF-8": (0.0003, _not_utf8),
    "lone surrogate": (0.0001, _swap('"channel":"', f'"channel":"{_LONE_SURROGATE}')),
    "U+0000": (0.0001, _swap('"channel":"', r'"channel":"\u0000')),
    "long value": (0.0001, _swap('"channel":"', '"channel":"' + "distribution-" * 40)),
}
"""Name of each kind: share of pings, and what it does to a ping's text."""

DUPLICATES = {"main": 0.0128, "crash": 0.003}
"""Share of pings sent twice (mozilla-reports: beta main pings of 2017, crash pings)."""


def soiled(ping: str, random: Random) -> bytes:
    """Return the ping's line, soiled with one kind of dirt at its rate."""
    drawn = random.random()
    for share, change in KINDS.values():
        if drawn < share:
            return change(ping)
        drawn -= share
    return ping.encode()
