"""What real pings have wrong with them, at about the real rates, and which are sent twice."""

from __future__ import annotations

from collections.abc import Callable

_LONE_SURROGATE = r"\ud83d"
_DRAWN = 1 << 20
_FLAW_SHIFT = 64
_COPY_SHIFT = 88


def _swap(old: str, new: str) -> Callable[[str], bytes]:
    return lambda ping: ping.replace(old, new, 1).encode()


def _swap_all(*swaps: tuple[str, str]) -> Callable[[str], bytes]:
    def change(ping: str) -> bytes:
        for old, new in swaps:
            ping = ping.replace(old, new)
        return ping.encode()

    return change


def _cut(ping: str) -> bytes:
    return ping[: len(ping) // 2].encode()


def _not_utf8(ping: str) -> bytes:
    return ping.encode().replace(b'"locale":"en', b'"locale":"\xff\xfe', 1)


def _length(new: str) -> Callable[[str], bytes]:
    def change(ping: str) -> bytes:
        before, found, after = ping.partition('"subsessionLength":')
        return (before + found + new + after.lstrip("0123456789") if found else ping).encode()

    return change


FLAWS: dict[str, tuple[float, Callable[[str], bytes]]] = {
    # Shares as in the world of 2016, whose sources are facts of real pings.
    "other day": (0.0005, _swap('"submission_timestamp":"20', '"submission_timestamp":"21')),
    "bad day": (0.0005, _swap('"submission_timestamp":"2', '"submission_timestamp":"')),
    "bad build id": (
        0.001,
        _swap_all(('"buildId":"20', '"buildId":"'), ('app_build":"20', 'app_build":"')),
    ),
    "bad activity date": (
        0.0005,
        _swap_all(('StartDate":"', 'StartDate":"on '), ('"crash.time":"', '"crash.time":"on ')),
    ),
    "negative length": (0.0004, _length("-17")),
    "no length": (0.0004, _length("null")),
    "length over 25 hours": (0.0004, _length("876174")),
    "length is no integer": (0.0003, _length("17.5")),
    "bad histogram": (0.0002, _swap('"keyedHistograms":{', '"keyedHistograms":[],"was":{')),
    "system version is a number": (0.001, _swap('"version":"10.0"', '"version":10')),
    "cut": (0.0003, _cut),
    "not UTF-8": (0.0003, _not_utf8),
    "lone surrogate": (0.0001, _swap('channel":"', f'channel":"{_LONE_SURROGATE}')),
    "U+0000": (0.0001, _swap('channel":"', r'channel":"\u0000')),
    "long value": (0.0001, _swap('channel":"', 'channel":"' + "distribution-" * 40)),
}
"""Name of each kind: share of pings, and what it does to a ping's text."""
UNREADABLE_FLAWS = frozenset({"cut"})
"""Those that leave no JSON object."""
_ALL = sum(share for share, _ in FLAWS.values())
COPIES = {"main": 0.0085, "crash": 0.003, "baseline": 0.003}
"""Share of pings that are sent twice ([published] mozilla-reports: main pings of beta with
pingsender, crash pings); [chosen] for baseline."""


def flaw_of(bits: int) -> str | None:
    """Name the flaw of a ping with these random bits; most have none."""
    drawn = (bits >> _FLAW_SHIFT) % _DRAWN / _DRAWN
    if drawn >= _ALL:
        return None
    for name, (share, _) in FLAWS.items():
        if drawn < share:
            return name
        drawn -= share
    return None


def as_sent(ping: str, bits: int) -> bytes:
    """Return a ping's line, with the flaw that it has, if any."""
    flaw = flaw_of(bits)
    return FLAWS[flaw][1](ping) if flaw else ping.encode()


def is_sent_twice(doc_type: str, bits: int) -> bool:
    """Tell whether a copy of a ping follows it."""
    return (bits >> _COPY_SHIFT) % _DRAWN < COPIES.get(doc_type, 0.0) * _DRAWN
