"""Writes pings as Heka's records, in both layouts and every packing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from itertools import cycle
from typing import Any

import cramjam

from crash_rate_aggregates.sources.formats.heka.heka_pb2 import Field, Header, Message
from test.dataset import json_text

_MESSAGE_META = ("Timestamp", "Type", "Hostname")
_SPLIT_PAYLOADS = ("main", "saved-session")
_SPLIT_SECTIONS = (
    "UIMeasurements",
    "addonDetails",
    "childPayloads",
    "chromeHangs",
    "fileIOReports",
    "gc",
    "histograms",
    "info",
    "keyedHistograms",
    "lateWrites",
    "log",
    "simpleMeasurements",
    "slowSQL",
    "threadHangStats",
)


class HekaLayout(Enum):
    """How a ping is split over a message."""

    GO = "what is left of the JSON in Message.payload, until January 2017"
    HINDSIGHT = "what is left of the JSON in the field `submission`, with null for what is not"


def snappy(message: bytes) -> bytes:
    """Compress as the pipeline did: one raw block, without a frame."""
    return bytes(cramjam.snappy.compress_raw(message))


PACKINGS: Mapping[str, Sequence[Callable[[bytes], bytes]]] = {
    "plain": (bytes,),
    "snappy": (snappy,),
    "mixed": (bytes, snappy),
}
"""What is done to message after message, in turn."""


def write_heka(
    pings: Sequence[Mapping[str, Any]],
    *,
    day: date,
    layout: HekaLayout = HekaLayout.HINDSIGHT,
    packing: str = "plain",
) -> bytes:
    """Write a file of records.

    Args:
        pings: v4 pings, with `meta` or without.
        day: When they were received; a ping without meta.submissionDate gets it by that.
        layout: How each is split.
        packing: A key of `PACKINGS`.
    """
    packed = zip(pings, cycle(PACKINGS[packing]), strict=False)
    return b"".join(record(pack(message_of(ping, day, layout))) for ping, pack in packed)


def record(message: bytes) -> bytes:
    """Frame a message that is packed already."""
    header = Header(message_length=len(message)).SerializeToString()
    return bytes((0x1E, len(header))) + header + b"\x1f" + message


def message_of(ping: Mapping[str, Any], day: date, layout: HekaLayout) -> bytes:
    """Split a ping into the fields of a message."""
    meta = dict(ping.get("meta") or {})
    received = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    message = Message(
        uuid=bytes(16),
        timestamp=meta.get("Timestamp", int(received.timestamp()) * 10**9),
        type=str(meta.get("Type", "telemetry")).encode(),
        hostname=str(meta.get("Hostname", "host")).encode(),
    )
    body = {key: value for key, value in ping.items() if key != "meta"}
    fields = [scalar_field(key, meta[key]) for key in meta if key not in _MESSAGE_META]
    for parent, child in list(_split_places(ping)):
        fields.append(_section_field(f"{parent}.{child}", body[parent][child], layout))
        body[parent] = _without_section(body[parent], child, layout)
    if layout is HekaLayout.GO:
        message.payload = _escaped(json_text(body))
    else:
        fields.append(
            Field(name=b"submission", value_type=Field.BYTES, value_bytes=[json_text(body)])
        )
    message.fields.extend(field.SerializeToString() for field in fields)
    return message.SerializeToString()


def scalar_field(name: str, value: Any) -> Field:
    """Write what the server knew."""
    field = Field(name=name.encode())
    if isinstance(value, bool):
        field.value_type, field.value_bool[:] = Field.BOOL, [value]
    elif isinstance(value, int):
        field.value_type, field.value_integer[:] = Field.INTEGER, [value]
    elif isinstance(value, float):
        field.value_type, field.value_double[:] = Field.DOUBLE, [value]
    elif value is not None:
        field.value_string.append(str(value).encode())
    return field


def _split_places(ping: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name the sections that get fields of their own."""
    environment, payload = ping.get("environment"), ping.get("payload")
    if isinstance(environment, dict):
        yield from (("environment", key) for key in environment)
    if isinstance(payload, dict) and ping.get("type") in _SPLIT_PAYLOADS:
        yield from (("payload", key) for key in payload if key in _SPLIT_SECTIONS)


def _section_field(name: str, value: Any, layout: HekaLayout) -> Field:
    text = json_text(value)
    if layout is HekaLayout.GO:
        return Field(name=name.encode(), value_string=[_escaped(text)])
    return Field(name=name.encode(), value_type=Field.BYTES, value_bytes=[text])


def _without_section(parent: Mapping[str, Any], child: str, layout: HekaLayout) -> dict[str, Any]:
    rest = dict(parent)
    if layout is HekaLayout.GO:
        del rest[child]
    else:
        rest[child] = None
    return rest


def _escaped(text: bytes) -> bytes:
    """Escape each slash, as the Go pipeline's encoder did."""
    return text.replace(b"/", b"\\/")
