"""Files of gcp-ingestion: one message a line, `{"attributeMap": {…}, "payload": "<base64>"}`.

The payload is the ping's JSON, often compressed. What the server knew stands in the attributes of a
decoded message, and in its `uri` alone of a raw one.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import msgspec

from crash_rate_aggregates.decode.fast import SURPRISES
from crash_rate_aggregates.decode.layouts.ingestion import members_of_attributes
from crash_rate_aggregates.decode.layouts.kinds import LayoutName, PingKind
from crash_rate_aggregates.decode.nesting import has_too_many_values
from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.normalize.values import is_string
from crash_rate_aggregates.sources.formats.compression import decompressed_whole
from crash_rate_aggregates.sources.formats.json_pings import (
    head_documents,
    json_texts,
    told_layout,
)
from crash_rate_aggregates.sources.formats.lines import MAX_PING_BYTES
from crash_rate_aggregates.sources.formats.submission_uri import meta_of_uri
from crash_rate_aggregates.sources.interface import (
    DamagedStreamError,
    FileContent,
    PingBatch,
    RawPing,
    Unreadable,
)

_SPACE: Final = b" \t\n\r"
_LONG_FIRST_LINE = re.compile(rb'\s*\{\s*"(?:attributeMap"|payload"\s*:\s*")')
"""How a file begins whose first line is longer than its head."""
_BATCH_BYTES = 1 << 20
"""Payloads of some lines can decompress to a thousand times as much as the lines take."""
_DECODED_PING_BYTES = 64 << 10
"""What a ping that is no text counts for."""
_TELLING_PINGS = 64
"""So many are decoded to tell a file's kind: each may stand for 16 MiB."""


class _Envelope(msgspec.Struct, frozen=True, gc=False):
    """A line as it usually is; all others are decoded plainly.

    msgspec decodes base64 for `bytes`, four times as fast as the standard library.
    """

    payload: bytes
    attributeMap: dict[str, str] | None = None  # noqa: N815  The name in the file.


_decode_envelope = msgspec.json.Decoder(_Envelope).decode


class GcpFiles:
    """Newline-delimited messages, as gcp-ingestion's sink writes them."""

    name = "gcp-ingestion"

    def fits(self, content: FileContent) -> bool:
        """Tell by the first line that is a JSON object."""
        if b'"payload"' not in content.head:
            return False
        # Not by the word alone: every v4 ping has a `payload`.
        first = next(head_documents(content.head), None)
        if first is None:
            return bool(_LONG_FIRST_LINE.match(content.head))
        return _is_envelope(first)

    def read_pings(self, content: FileContent) -> Iterator[PingBatch]:
        """Read lines; a line that is no message is taken for a ping's own JSON.

        Raises:
            DamagedStreamError: From the chunks, after the pings before the damage.
        """
        kind = PingKind(told_layout(_head_pings(content.head), LayoutName.V4))
        for texts in json_texts(content.chunks):
            for pings in _batched(map(ping_of, texts)):
                yield PingBatch(pings, kind)


def _batched(pings: Iterable[RawPing]) -> Iterator[Sequence[RawPing]]:
    """Deal pings into batches by what they take."""
    batch: list[RawPing] = []
    size = 0
    for ping in pings:
        batch.append(ping)
        size += len(ping) if isinstance(ping, (bytes, memoryview)) else _DECODED_PING_BYTES
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def ping_of(text: RawPing) -> RawPing:
    """Return the ping of one message as JSON text, or decoded where the message is an odd one."""
    if not isinstance(text, (bytes, memoryview)):
        return text
    if has_too_many_values(text):
        return Unreadable.PING
    try:
        envelope = _decode_envelope(text)
        ping = decompressed_whole(envelope.payload, MAX_PING_BYTES)
        return with_members(ping, _members(envelope.attributeMap))
    except DamagedStreamError:
        return Unreadable.PING
    except SURPRISES:
        # Members of other types, a payload that is an object, or no message at all.
        return ping_of_plainly(text)


def ping_of_plainly(text: bytes | memoryview) -> RawPing:
    """Return the ping of one message by the plain decoder alone: the reference for `ping_of`."""
    try:
        document = decode_json(bytes(text))
    except ValueError:
        return Unreadable.PING
    if not isinstance(document, Mapping) or not _is_envelope(document):
        return text
    return _ping_in(document)


def _ping_in(envelope: Mapping[str, Any]) -> Mapping[str, Any] | Unreadable:
    try:
        payload: Any = envelope.get("payload")
        ping = decode_json(_plain_bytes(payload)) if is_string(payload) else payload
        members = _members(envelope.get("attributeMap"))
    except (ValueError, DamagedStreamError):
        return Unreadable.PING
    return {**ping, **members} if isinstance(ping, Mapping) else Unreadable.PING


def _head_pings(head: bytes) -> Iterator[Mapping[str, Any]]:
    """Decode the first pings of a file, as many as tell its kind."""
    for document in islice(head_documents(head), _TELLING_PINGS):
        ping = _ping_in(document) if _is_envelope(document) else document
        if isinstance(ping, Mapping):
            yield ping


def with_members(text: bytes, members: Mapping[str, Any]) -> bytes:
    """Add members at the end of a JSON object's text, so that they hide its own of those names.

    Exact for any bytes: what is no JSON object stays none.
    """
    start = text.rstrip(_SPACE)
    if not members or not start.endswith(b"}"):
        return text
    start = start[:-1].rstrip(_SPACE)
    comma = b"" if start.endswith(b"{") else b","
    # Of two members with one name every decoder here takes the last.
    return b"".join((start, comma, msgspec.json.encode(members)[1:]))


def _is_envelope(document: Mapping[str, Any]) -> bool:
    """Tell a message from a ping, whose `payload` is an object."""
    return "attributeMap" in document or is_string(document.get("payload"))


def _plain_bytes(payload: str) -> bytes:
    """Return the bytes that a payload stands for.

    Raises:
        ValueError: It is no base64.
        DamagedStreamError: They do not decompress, or to more than a ping may have.
    """
    # Strict as msgspec is: by default it passes over bytes that are no base64.
    return decompressed_whole(a2b_base64(payload, strict_mode=True), MAX_PING_BYTES)


def _members(attributes: Any) -> dict[str, Any]:
    """Return what attributes say, as members of the ping."""
    if not isinstance(attributes, Mapping) or not attributes:
        return {}
    members = members_of_attributes(attributes)
    # Never decoded by the server: all that is known of it stands in the address.
    if attributes.get("document_type") is None:
        members["meta"] = {**meta_of_uri(attributes.get("uri")), **members["meta"]}
    # What the server did not know must not hide what the ping says of it.
    return {name: value for name, value in members.items() if value}
