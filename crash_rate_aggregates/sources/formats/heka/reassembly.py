"""From a Heka message to one ping: its JSON was split, and is put together again as JSON text.

Two layouts: until January 2017 what was not split is `Message.payload` (the Go pipeline), later the
field `submission` (Hindsight), which holds null for what was. Sections are fields with dots in
their names; the others are what the server knew, 2016's `meta`. A message that was never decoded
has the ping as it came in the field `content`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeAlias

import msgspec
from google.protobuf.message import DecodeError

from crash_rate_aggregates.decode.fast import SURPRISES
from crash_rate_aggregates.decode.nesting import (
    MAX_VALUES,
    has_too_many_values,
    may_nest_too_deep,
)
from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.sources.formats.compression import decompressed_whole
from crash_rate_aggregates.sources.formats.heka.heka_pb2 import Field, Message
from crash_rate_aggregates.sources.formats.lines import MAX_PING_BYTES
from crash_rate_aggregates.sources.formats.submission_uri import meta_of_uri
from crash_rate_aggregates.sources.interface import DamagedStreamError, RawPing, Unreadable

_FieldValue: TypeAlias = bytes | int | float | bool
_Value: TypeAlias = str | int | float | bool
_Members: TypeAlias = dict[str, Any]
_EPOCH = date(1970, 1, 1)
_NANOSECONDS_A_DAY = 86_400 * 10**9
_SUBMISSION = "submission"
_CONTENT = "content"
_VALUES = {
    Field.STRING: "value_string",
    Field.BYTES: "value_bytes",
    Field.INTEGER: "value_integer",
    Field.DOUBLE: "value_double",
    Field.BOOL: "value_bool",
}
_members_as_text = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_value_as_text = msgspec.json.Decoder(msgspec.Raw).decode


class _Parts(NamedTuple):
    """A ping as a message holds it."""

    body: bytes
    """JSON object of all that was not split; empty if the message has none."""
    sections: Sequence[tuple[tuple[str, ...], bytes]]
    """Where in the ping a JSON value belongs."""
    meta: Mapping[str, _Value]


def ping_of(message: Message, is_read: Callable[[tuple[str, ...]], bool]) -> RawPing:
    """Return a message's ping as JSON text, or decoded where only the plain decoder can tell.

    A section that is no JSON makes it unreadable, whether or not anything in it is read.

    Args:
        message: A ping's message.
        is_read: Tells by its path whether a section is read; others may be missing from the ping.
    """
    try:
        parts = _parts(message)
    except (DecodeError, DamagedStreamError):
        return Unreadable.PING
    try:
        return msgspec.json.encode(_assembled(parts, _members_as_text, _value_as_text, is_read))
    except SURPRISES:
        pass  # Then it is decoded whole, as everywhere else where the fast path gives up.
    try:
        return _assembled(parts, _decoded_members, decode_json)
    except ValueError:
        return Unreadable.PING


def _parts(message: Message) -> _Parts:
    """Sort a message's fields; of fields with one name the last counts.

    Raises:
        DecodeError: A field is no protobuf, or there are too many.
        DamagedStreamError: The ping as it came does not decompress.
    """
    if len(message.fields) > MAX_VALUES:
        raise DecodeError("more fields than any ping has values")
    values = dict(_named_values(message))
    submission, content = (_bytes(values.pop(name, b"")) for name in (_SUBMISSION, _CONTENT))
    # Only `content` is as a client sent it, which most do by gzip.
    body = message.payload or submission or decompressed_whole(content, MAX_PING_BYTES)
    sections = [
        (tuple(name.split(".")), _bytes(values.pop(name))) for name in list(values) if "." in name
    ]
    _check_values([body, *(text for _, text in sections)])
    return _Parts(body, sections, _meta(message, values))


def _check_values(texts: Sequence[bytes]) -> None:
    # Before they are held one by one; the ping as a whole is looked at like any other later.
    if sum(map(len, texts)) > MAX_VALUES and has_too_many_values(b"".join(texts)):
        raise DecodeError("more values than are read of a ping")


def _named_values(message: Message) -> Iterator[tuple[str, _FieldValue]]:
    for encoded in message.fields:
        field = Field.FromString(encoded)
        values = getattr(field, _VALUES[field.value_type])
        if values:
            # Fields are lists in the format, but the pipelines wrote one value.
            yield _text(field.name), values[0]


def _bytes(value: _FieldValue) -> bytes:
    """Return a value as JSON text; texts and bytes are such already."""
    return value if isinstance(value, bytes) else msgspec.json.encode(value)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _meta(message: Message, values: Mapping[str, _FieldValue]) -> Mapping[str, _Value]:
    """Return what the server knew of a ping, under the names of 2016's `meta`."""
    named = {
        name: _text(value) if isinstance(value, bytes) else value for name, value in values.items()
    }
    day = _EPOCH + timedelta(days=message.timestamp // _NANOSECONDS_A_DAY)
    return {
        "Timestamp": message.timestamp,
        "Type": _text(message.type),
        "Hostname": _text(message.hostname),
        "submissionDate": f"{day:%Y%m%d}",
        **meta_of_uri(named.get("uri")),
        **named,
    }


def _assembled(
    parts: _Parts,
    members: Callable[[Any], _Members],
    value: Callable[[bytes], Any],
    is_read: Callable[[tuple[str, ...]], bool] = lambda _: True,
) -> _Members:
    """Put a ping together.

    Args:
        parts: Its parts.
        members: Decodes a JSON object one level deep, or whole.
        value: Decodes any JSON value, or holds it as the text it is.
        is_read: Tells which sections are put in place; the others are decoded for their faults.
    """
    ping = members(parts.body) if parts.body else {}
    for path, text in parts.sections:
        section = value(text)
        # One that may nest too deep is put in place: only the decoder of the whole ping tells.
        if not is_read(path) and not may_nest_too_deep(text):
            continue
        node = ping
        for key in path[:-1]:
            inner = node.get(key)
            if isinstance(inner, msgspec.Raw):
                inner = members(inner) if bytes(memoryview(inner)[:1]) == b"{" else None
            # What is no object there, as Hindsight's null, gives way to the section.
            node[key] = node = inner if isinstance(inner, dict) else {}
        node[path[-1]] = section
    # Last, over a member of that name that a client may have sent.
    ping["meta"] = parts.meta
    return ping


def _decoded_members(text: bytes) -> _Members:
    """Decode a JSON object whole.

    Raises:
        ValueError: It is none.
    """
    value = decode_json(text)
    if not isinstance(value, dict):
        raise ValueError("no JSON object")  # noqa: TRY004  As for what is no JSON.
    return value
