"""Strategies for JSON texts that look like pings, and for texts that nearly do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise

from hypothesis import strategies as st

from crash_rate_aggregates.decode.layouts.kinds import (
    LAYOUTS,
    V4_PINGS,
    LayoutName,
    PingKind,
    field_places,
)
from crash_rate_aggregates.dimensions import DIMENSIONS

_HISTOGRAM = [("values",), ("values", "0"), ("sum",)]
KINDS = [
    V4_PINGS,
    PingKind(LayoutName.BIGQUERY, usual_doc_type="main"),
    PingKind(LayoutName.BIGQUERY, "crash"),
    PingKind(LayoutName.GLEAN, "crash", "Firefox"),
    PingKind(LayoutName.GLEAN),
    PingKind(LayoutName.GLEAN, "baseline", "Firefox for Android"),
]
"""What files can say of their pings."""


def _paths(kind: PingKind) -> list[tuple[str, ...]]:
    """Return the paths that are read of a kind of pings, and some others."""
    places = field_places(kind, DIMENSIONS)
    fields = places.layout.fields
    histograms = [
        (*fields[name][0].path, key, *tail)
        for name, key in (("with_dump", "content"), ("kill_hard", "ShutDownKill"))
        for tail in _HISTOGRAM
        if name in fields
    ]
    return sorted(
        {
            *(
                place.path
                for slot in (*places.fields.values(), *places.dimensions)
                for place in slot
            ),
            *(layout.mark for layout in LAYOUTS.values()),
            *histograms,
            ("environment", "addons", "not read"),
            ("payload", "not read", "0"),
        }
        - {()}
    )


PATHS_OF = {kind: _paths(kind) for kind in KINDS}
PATHS = PATHS_OF[V4_PINGS]
KEYS = sorted({key for paths in PATHS_OF.values() for path in paths for key in path})

# fmt: off
_USUAL = [
    '"main"', '"crash"', '"content"', '"ShutDownKill"', '"2016-03-14"', '"2016-03-01T00:00"',
    '"20160314"', '"20160313030418"', '"0a1b2c3d-4e5f-4000-8000-00000000000f"', '"nightly"',
    "true", "false", "null", "0", "1", "-0", "-1", "3600", "90001", "2147483648", "{}", "[]",
    '{"sum":3}', '{"values":{"0":2}}', '{"content":{"sum":1}}', '"5"', '"0,5"', '"3600"',
    '"3;4;2;1,2;0:2,1:0"', '[{"key":"content","value":"5"}]',
    '[{"key":"content","value":"{\\"sum\\":2}"},{"key":"gpu","value":"1"}]',
    '"2016-03-14T01:02:03.000004Z"', '"2016-03-14 01:02:03 UTC"', '"Windows"', '"x86_64"',
    '"149.0"', '"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
    '"firefox-desktop"', '"org-mozilla-fenix"', '"baseline"', '"1"', '"js-oracle, a"', '["a","b"]',
    '{"one":{"branch":"b"}}', '[{"key":"one","value":{"branch":"b"}}]',
    '{"value":"90","time_unit":"minute"}', '{"value":7,"time_unit":"day"}', '"utility"',
]
_ODD = [
    "1.0", "1e3", "-1.5E-7", "1e999", "99999999999999999999999999", '""', '"??"', '"\\u0000"',
    '"\\ud800"', '"\\udc00"', '"\\ud83d\\ude00"', '"\\ud83d\\u0041"', '"\\u006dain"',
    '"m\\u0061in"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"2016-02-30"', '"2016-03-14x"', "[[]]", "[{}]",
    '{"a":[null]}', '{"0":1,"0":null}', '{"values":[]}', '{"sum":1.0}',
    '{"values":{"0":null},"sum":4}', '{"\\ud800":1}', '{"":""}',
    '[{"key":"content"}]', '[{"key":5,"value":"5"}]', '[{"value":"5"}]',
    '[{"key":"gpu","value":5}]',
    '[{"key":"content","value":"5 "},null]', '[{"key":"content","value":"05"}]', '"-1,2"',
    '[{"key":"content","value":"\\ud800"}]', '"5;"', '"3;4;2;1,2;"', '"2016-03-14T01:02:03+01:00"',
]
_BAD = [
    "NaN", "Infinity", "-Infinity", "nul", "True", "undefined", "01", "-01", "00", "-", "+1", ".5",
    "1.", "1e", "1e+", "1.e5", "0x1", "1_0", "--1", "'a'", '"\\x"', '"\\u12"', '"\\u12g4"',
    '"\\u+123"', '"\\U0041"', '"\\a"', "\"\\'", '"\x00"', '"\x01"', '"\x1f"', '"\x7f"', '"open',
    "[1,]", "[,1]", "[1}", "{,}", "{1:2}", '{"a"}', '{"a":}', '{"a":1,}', "{a:1}", '{"a":1]}',
    '""', '"a"', '"b"', "]", "}", ",", ":", "[", "{", "\x0b1", "\xa01", "\ufeff1", "//x", "/**/",
    "1//",
]
# fmt: on

values = st.one_of(
    st.sampled_from(_USUAL),
    st.sampled_from(_USUAL),
    st.sampled_from(_USUAL),
    st.sampled_from(_ODD),
    st.text(max_size=5).map(json.dumps),
    st.text(max_size=5).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
"""JSON values as text, each valid for Python's decoder."""

spaces = st.sampled_from(["", "", "", "", " ", "\t", "\r", " \t\r\n "])
"""White space that JSON allows."""


@st.composite
def _keys(draw: st.DrawFn, key: str) -> str:
    """Write a key as JSON: mostly plain, sometimes one character as an escape."""
    if key and draw(st.integers(0, 19)) == 0:
        place = draw(st.integers(0, len(key) - 1))
        return f'"{key[:place]}\\u{ord(key[place]):04x}{key[place + 1 :]}"'
    return json.dumps(key)


@st.composite
def _members(draw: st.DrawFn, path: Sequence[str], value: str) -> str:
    """Write a member of the outermost object that leads along a path to a value."""
    text = value
    for key in reversed(path):
        before, after = draw(spaces), draw(spaces)
        text = "{" + before + draw(_keys(key)) + after + ":" + before + text + after + "}"
    return text[1:-1]


_BUILD = '"20160313030418"'
_SOUND_V4 = {
    "type": '"main"',
    "creationDate": '"2016-03-14"',
    "environment": '{"build":{"buildId":"20160313030418"},"addons":{"x":[1.5,"\\u00e9"]}}',
    "payload": '{"info":{"subsessionLength":3600}}',
}


_SOUND = {
    LayoutName.V4: _SOUND_V4,
    LayoutName.BIGQUERY: {
        "creation_date": '"2016-03-14"',
        "environment": f'{{"build":{{"build_id":{_BUILD}}}}}',
        "payload": '{"info":{"subsession_length":"3600"},"process_type":null}',
    },
    LayoutName.GLEAN: {
        "metrics": f'{{"string":{{"crash.app_build":{_BUILD},"crash.process_type":"main"}}}}',
        "ping_info": '{"end_time":"2016-03-14T10:00-08:00"}',
    },
}


@st.composite
def ping_texts(draw: st.DrawFn, kind: PingKind = V4_PINGS) -> str:
    """Write a ping: sound members, then random values at read paths, which may say them again.

    Args:
        draw: From hypothesis.
        kind: Of the file; some pings are of another layout all the same.
    """
    astray = draw(st.sampled_from([kind.layout, kind.layout, *LayoutName]))
    sound: Mapping[str, str] = draw(st.sampled_from([_SOUND[kind.layout], _SOUND[astray], {}]))
    members = [f'"{key}":{value}' for key, value in sound.items()]
    for path in draw(st.lists(st.sampled_from(PATHS_OF[kind]), max_size=5)):
        end = draw(st.sampled_from([len(path), len(path), len(path), max(1, len(path) - 1)]))
        members.append(draw(_members(path[:end], draw(values))))
    members = draw(st.permutations(members)) if draw(st.booleans()) else members
    comma = draw(spaces) + "," + draw(spaces)
    return draw(spaces) + "{" + comma.join(members) + "}" + draw(spaces)


_TOKENS = [*_USUAL, *_ODD, *_BAD, *'{}[],:"\\', '"type":"crash",', '"payload":null,', '"meta":[],']
_PIECES = [
    *(token.encode("utf-8", "surrogatepass") for token in _TOKENS),
    *(
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xe2\x82",
        b"\xf4\x90\x80\x80",
        b"\xef\xbb\xbf",
        b"\0",
    ),
]
pieces = st.one_of(st.sampled_from(_PIECES), st.binary(min_size=1, max_size=2))
"""Bytes that change what JSON text means, or break it."""


@st.composite
def mutated(draw: st.DrawFn, texts: st.SearchStrategy[bytes]) -> bytes:
    """Cut a text in some places; leave out, put in or write over a few bytes there."""
    text = draw(texts)
    places = st.integers(0, len(text))
    cuts = sorted({0, len(text), *draw(st.lists(places, min_size=1, max_size=3))})
    parts = [text[start:end] for start, end in pairwise(cuts)]
    changed: list[bytes] = [parts[0]]
    for part in parts[1:]:
        dropped = draw(st.sampled_from([0, 0, 1, 1, 2, len(part)]))
        piece = draw(st.one_of(st.just(b""), pieces))
        changed += [piece, part[dropped:]]
    ending: bytes = draw(st.one_of(st.just(b""), st.just(b""), pieces))
    return b"".join(changed) + ending
