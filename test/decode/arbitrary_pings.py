"""Strategies for JSON texts that look like pings, and for texts that nearly do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st

from crash_rate_aggregates.decode.layouts.kinds import LAYOUTS, V4_PINGS, LayoutName, field_places
from crash_rate_aggregates.dimensions import DIMENSIONS

_HISTOGRAM = [("values",), ("values", "0"), ("sum",)]
_V4 = field_places(V4_PINGS, DIMENSIONS)
_V4_FIELDS = LAYOUTS[LayoutName.V4].fields
PATHS = sorted(
    {
        *(place.path for places in (*_V4.fields, *_V4.dimensions) for place in places),
        *(layout.mark for layout in LAYOUTS.values()),
        *((*_V4_FIELDS["with_dump"][0].path, "content", *tail) for tail in _HISTOGRAM),
        *((*_V4_FIELDS["kill_hard"][0].path, "ShutDownKill", *tail) for tail in _HISTOGRAM),
        ("environment", "addons", "not read"),
        ("payload", "not read", "0"),
    }
)
KEYS = sorted({key for path in PATHS for key in path})

# fmt: off
_USUAL = [
    '"main"', '"crash"', '"content"', '"ShutDownKill"', '"2016-03-14"', '"2016-03-01T00:00"',
    '"20160314"', '"20160313030418"', '"0a1b2c3d-4e5f-4000-8000-00000000000f"', '"nightly"',
    "true", "false", "null", "0", "1", "-0", "-1", "3600", "90001", "2147483648", "{}", "[]",
    '{"sum":3}', '{"values":{"0":2}}', '{"content":{"sum":1}}',
]
_ODD = [
    "1.0", "1e3", "-1.5E-7", "1e999", "99999999999999999999999999", '""', '"??"', '"\\u0000"',
    '"\\ud800"', '"\\udc00"', '"\\ud83d\\ude00"', '"\\ud83d\\u0041"', '"\\u006dain"',
    '"m\\u0061in"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"2016-02-30"', '"2016-03-14x"', "[[]]", "[{}]",
    '{"a":[null]}', '{"0":1,"0":null}', '{"values":[]}', '{"sum":1.0}',
    '{"values":{"0":null},"sum":4}', '{"\\ud800":1}', '{"":""}',
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


_SOUND = {
    "type": '"main"',
    "creationDate": '"2016-03-14"',
    "environment": '{"build":{"buildId":"20160313030418"},"addons":{"x":[1.5,"\\u00e9"]}}',
    "payload": '{"info":{"subsessionLength":3600}}',
}


@st.composite
def ping_texts(draw: st.DrawFn) -> str:
    """Write a ping: sound members, then random values at read paths, which may say them again."""
    sound = draw(st.sampled_from([_SOUND, _SOUND, {}]))
    members = [f'"{key}":{value}' for key, value in sound.items()]
    for path in draw(st.lists(st.sampled_from(PATHS), max_size=5)):
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
