"""Pings changed by the grammar of JSON and by what they mean, most of them still pings.

Faster than strategies for hypothesis by far, and without its shrinking: a ping is a row of pieces
of text, and a change writes over some of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from crash_rate_aggregates.decode.layouts.kinds import V4_PINGS, LayoutName, PingKind
from test.dataset import KILL_HARD, UUID, WITH_DUMP, crash_ping, main_ping
from test.sources.mirrors.bigquery import bigquery_row
from test.sources.mirrors.glean import baseline_ping, baseline_row, glean_ping, glean_row
from test.sources.mirrors.nested import nested

_T = TypeVar("_T")
_META = {
    "meta/documentId": UUID,
    "meta/submissionDate": "20160314",
    "meta/geoCountry": "DE",
    "meta/normalizedChannel": "nightly",
    "meta/appName": "Firefox",
    "id": UUID,
    "environment/build/architecture": "x86-64",
    "environment/system/os": {"name": "Windows_NT", "version": "10.0", "servicePackMajor": 0},
    "environment/settings": {"e10sEnabled": True, "e10sCohort": "test"},
    "environment/addons": {"activeExperiment": {"id": "a@b", "branch": "x"}, "more": [1.5, {}]},
    "environment/experiments": {"one": {"branch": "control", "type": "nimbus"}, "two": {}},
    "environment/build/displayVersion": "48.0a1",
    "clientId": UUID,
}
_MAIN = main_ping(
    **_META,
    **{
        WITH_DUMP: {"content": {"values": {"0": 2, "1": 0}, "sum": 2}},
        KILL_HARD: {"ShutDownKill": {"values": {"0": 1}, "sum": 1}},
        "payload/processes/parent/scalars": {"browser.engagement.active_ticks": 12, "more": 1},
        "payload/simpleMeasurements": {"activeTicks": 13, "uptime": 5},
    },
)
_CRASH = crash_ping(
    **_META,
    **{
        "payload/processType": "content",
        "payload/metadata": {"ipc_channel_error": "ShutDownKill", "StackTraces": None},
    },
)
_UTILITY = crash_ping(
    **_META,
    **{
        "payload/processType": "utility",
        "payload/metadata": {
            "OOMAllocationSize": "4096",
            "BackgroundTaskName": "backgroundupdate",
            "AsyncShutdownTimeout": "{}",
            "QuotaManagerShutdownTimeout": "x",
            "StartupCrash": "1",
            "UtilityActorsName": "audio-decoder-generic, js-oracle",
        },
    },
)
_TICKS = {"counter": {"browser.engagement.active_ticks": 12}}
_BASELINE = baseline_ping(
    60, **{"client_info/client_id": UUID, "metrics/counter": _TICKS["counter"], "document_id": UUID}
)


PINGS: Mapping[PingKind, Sequence[Mapping[str, Any]]] = {
    V4_PINGS: [
        *[_MAIN, _CRASH, _UTILITY, nested(_MAIN), nested(_CRASH), nested(_UTILITY)],
        *[main_ping(), crash_ping()],
    ],
    PingKind(LayoutName.BIGQUERY, usual_doc_type="main"): [bigquery_row(_MAIN)],
    PingKind(LayoutName.BIGQUERY, "crash"): [
        *[bigquery_row(_CRASH), bigquery_row(_UTILITY), bigquery_row(crash_ping())]
    ],
    PingKind(LayoutName.GLEAN): [
        *[glean_ping(_CRASH, "e3b0" * 16), glean_ping(_UTILITY), glean_ping(crash_ping())],
        *[_BASELINE, baseline_ping()],
    ],
    PingKind(LayoutName.GLEAN, "crash", "Firefox"): [
        *[glean_row(_CRASH), glean_row(_UTILITY), glean_row(crash_ping())]
    ],
    PingKind(LayoutName.GLEAN, "baseline", "org_mozilla_fenix"): [
        *[baseline_row(_BASELINE), baseline_row(baseline_ping())]
    ],
}
"""Sound pings by the kind of file that they stand in: bare, with 2016's `meta`, as ingestion nests
them, as rows of BigQuery, and Glean's."""

# fmt: off
_STRINGS = [
    '"main"', '"crash"', '"content"', '"plugin"', '"gpu"', '"ShutDownKill"', '"saved-session"',
    '"2016-03-14"', '"2016-03-13T23:59:59.0+05:00"', '"2016-02-30"', '"20160314"', '"20160315"',
    '"2016-03-14T01:02:03Z"', '"2016-03-14 01:02:03 UTC"', '"20160313030418"', '"20150101000000"',
    f'"{UUID}"', f'"{UUID.upper()}"', f'"{{{UUID}}}"', '"nightly"', '"Windows"', '"Darwin"', '""',
    '"nanosecond"', '"minute"', '"day"', '"parsec"', '"1"', '"true"', '"js-oracle,a , js-oracle"',
    '"c0ffeec0-ffee-c0ff-eec0-ffeec0ffeec0"', '"baseline"', '"org-mozilla-fenix"',
    '"x86_64"', '"firefox-desktop"', '"??"', '"3600"', '"-1"', '"007"', '"5"', '"0,5"', '"48.0a1"',
    '"\\u0000"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\u00e9"', '"é"', '"\U0001f600"', '" "',
    '"3;4;2;1,2;0:2,1:0"', '"{\\"sum\\":2}"', f'"{"x" * 199}é"', f'"{"é" * 201}"',
]
_INTEGERS = ["0", "1", "-0", "-1", "59", "3600", "86400", "90001", "2147483648", "9" * 25, "-7"]
_OTHERS = [
    "null", "null", "true", "false", "1.0", "1e3", "-1.5E-7", "1e999", "{}", "[]", "[[]]", "[{}]",
    '{"sum":3}', '{"values":{"0":2}}', '{"content":{"sum":1}}', '{"0":1,"0":null}', '{"values":[]}',
    '{"content":{"values":{"0":2,"1":0},"sum":2}}', '{"ShutDownKill":{"sum":4,"sum":1}}',
    '[{"key":"content","value":"5"}]', '[{"key":"content","value":"{\\"sum\\":2}"}]',
    '{"one":{"branch":"b"}}', '{"one":{"branch":"b"},"one":{"branch":null}}', '{"one":"b"}',
    '[{"key":"one","value":{"branch":"b"}}]', '[{"key":"one","value":"b"},{"key":null}]',
    '{"value":"90","time_unit":"minute"}', '{"value":7,"time_unit":"day"}', '{"value":1.5}',
    '["js-oracle","a",5]', '["a"]',
]
_BROKEN = ["NaN", "-", "01", "1.", '"\\x"', '"\t"', "tru", "[1,]", "{,}", '{"a"}', "'a'", "", "]"]
_SPACES = [" ", "\t", "\r", "\n", " \t\r\n ", "  "]
_UNREAD = ['"more":', '"":', '"\\u0000":', '"é":', '"typ":', '"types":', '"a.b":', '"key_0":']
_BYTES = [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xe2\x82", b"\0", b"\\", b'"', b"{", b"}", b","]
# fmt: on


def _encoded(texts: Iterable[str]) -> list[bytes]:
    return [text.encode("utf-8", "surrogatepass") for text in texts]


_VALUES = {kind: _encoded(texts) for kind, texts in (("string", _STRINGS), ("integer", _INTEGERS))}
_ANY = _encoded([*_STRINGS[:12], *_INTEGERS, *_OTHERS, *_OTHERS])
_BAD, _WHITE, _KEYS = _encoded(_BROKEN), _encoded(_SPACES), _encoded(_UNREAD)


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of an object, by the numbers of its pieces."""

    key: int
    value: range
    whole: range
    """With the comma that goes with it, if it has one."""
    kind: str
    """Of its value: string, integer or another."""


class _Written:
    """A ping as pieces of JSON text."""

    def __init__(self, ping: Mapping[str, Any]) -> None:
        self.pieces: list[bytes] = []
        self.members: list[_Member] = []
        self._write(ping)

    def _write(self, value: Any) -> None:
        if not isinstance(value, Mapping):
            self.pieces.append(json.dumps(value, ensure_ascii=False).encode())
            return
        self.pieces.append(b"{")
        for number, (key, inner) in enumerate(value.items()):
            if number:
                self.pieces.append(b",")
            at = len(self.pieces)
            self.pieces += [json.dumps(key).encode(), b":"]
            self._write(inner)
            end = len(self.pieces)
            kind = {str: "string", int: "integer"}.get(type(inner), "other")
            whole = range(at - 1, end) if number else range(at, end + (len(value) > 1))
            self.members.append(_Member(at, range(at + 2, end), whole, kind))
        self.pieces.append(b"}")


def _put(pieces: list[bytes], places: range, text: bytes) -> None:
    for place in places:
        pieces[place] = b""
    pieces[places.start] = text


class PingGrammar:
    """Draws changed pings for files of one kind."""

    def __init__(self, kind: PingKind, chance: Random) -> None:
        """Take the pings of a kind; now and then those of another one come among them.

        Args:
            kind: Of the file.
            chance: Decides everything.
        """
        self._chance = chance
        self._own = [_Written(ping) for ping in PINGS[kind]]
        self._all = [_Written(ping) for pings in PINGS.values() for ping in pings]
        self._changes: list[Callable[[list[bytes], _Member], None]] = [
            *[self._like_value] * 6,
            *[self._any_value] * 2,
            *[self._left_out] * 2,
            *[self._twice] * 2,
            *[self._unread_member] * 2,
            *[self._white_space] * 2,
            *[self._escaped_key] * 2,
            *[self._escaped_value] * 2,
            self._stray_member,
            self._moved,
            self._bad_value,
            self._odd_bytes,
        ]

    def ping(self) -> bytes:
        """Draw a ping with one to five changes."""
        random = self._chance.random
        written = self._among(self._own if random() < 0.97 else self._all)
        pieces = written.pieces.copy()
        for _ in range(1 + int(random() * random() * 5)):
            self._among(self._changes)(pieces, self._among(written.members))
        return b"".join(pieces)

    def _among(self, choices: Sequence[_T]) -> _T:
        return choices[int(self._chance.random() * len(choices))]

    def _like_value(self, pieces: list[bytes], member: _Member) -> None:
        _put(pieces, member.value, self._among(_VALUES.get(member.kind, _ANY)))

    def _any_value(self, pieces: list[bytes], member: _Member) -> None:
        _put(pieces, member.value, self._among(_ANY))

    def _bad_value(self, pieces: list[bytes], member: _Member) -> None:
        _put(pieces, member.value, self._among(_BAD))

    def _left_out(self, pieces: list[bytes], member: _Member) -> None:
        _put(pieces, member.whole, b"")

    def _twice(self, pieces: list[bytes], member: _Member) -> None:
        """Say a member again, after it or before, with another value."""
        value = self._among(_VALUES.get(member.kind, _ANY))
        again = pieces[member.key] + b":" + value
        if self._chance.random() < 0.5:
            pieces[member.key] = again + b"," + pieces[member.key]
        else:
            pieces[member.value[-1]] += b"," + again

    def _unread_member(self, pieces: list[bytes], member: _Member) -> None:
        value = self._among(_ANY)
        pieces[member.key] = self._among(_KEYS) + value + b"," + pieces[member.key]

    def _stray_member(self, pieces: list[bytes], member: _Member) -> None:
        """Add a member of any kind of ping, beside the outermost or beside any."""
        other = self._among(self._all)
        found = self._among(other.members)
        whole = other.pieces[found.key : found.value.stop]
        place = 1 if self._chance.random() < 0.5 else member.key
        pieces[place] = b"".join(whole) + b"," + pieces[place]

    def _white_space(self, pieces: list[bytes], member: _Member) -> None:
        for place in (member.key, member.key + 1, member.value[-1]):
            pieces[place] = self._among(_WHITE) + pieces[place] + self._among(_WHITE)

    def _escaped_key(self, pieces: list[bytes], member: _Member) -> None:
        pieces[member.key] = self._escaped(pieces[member.key])

    def _escaped_value(self, pieces: list[bytes], member: _Member) -> None:
        place = member.value[0]
        if pieces[place][:1] == b'"':
            pieces[place] = self._escaped(pieces[place])

    def _escaped(self, text: bytes) -> bytes:
        """Write one character of a string as JSON may: most of them stand for the same text."""
        place = 1 + int(self._chance.random() * max(1, len(text) - 2))
        char = text[place : place + 1]
        if not char.isalnum():
            return text
        return text[:place] + b"\\u%04x" % ord(char) + text[place + 1 :]

    def _moved(self, pieces: list[bytes], member: _Member) -> None:
        """Say the member at the outermost level: its path is another one, or it is first there."""
        whole = b"".join(pieces[member.key : member.value.stop])
        pieces[1] = whole + b"," + pieces[1]

    def _odd_bytes(self, pieces: list[bytes], member: _Member) -> None:
        place = member.value[0]
        text = pieces[place]
        cut = int(self._chance.random() * (len(text) + 1))
        pieces[place] = text[:cut] + self._among(_BYTES) + text[cut:]
