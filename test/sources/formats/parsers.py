"""Files to break: for each format that is parsed, some sound ones, real where they are at hand."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator, Mapping, Sequence

from hypothesis import strategies as st

from crash_rate_aggregates.errors import UnknownTableError, UnreadableFileError
from crash_rate_aggregates.normalize.ping import Ignored, NormalizedPing
from test.dataset import DAY, UUID, crash_ping, json_text, main_ping
from test.decode.arbitrary_pings import mutated
from test.real_pings import real_folder
from test.sources.mirrors.avro import CODECS, crash_avro, glean_avro, main_avro
from test.sources.mirrors.bigquery import bigquery_row
from test.sources.mirrors.gcp_files import write_gcp_files, write_raw_gcp_files
from test.sources.mirrors.glean import glean_ping, glean_row
from test.sources.mirrors.glean_pending import pending_ping
from test.sources.mirrors.heka import PACKINGS, HekaLayout, write_heka
from test.sources.mirrors.json_arrays import SHAPES, json_array
from test.sources.mirrors.mozlz4 import mozlz4
from test.sources.stored import verdicts

PINGS = [
    main_ping(**{"meta/documentId": UUID, "meta/geoCountry": "DE"}),
    crash_ping(**{"payload/processType": "content"}),
    main_ping(type="core", meta={"docType": "core"}),
]
_MAX_REAL_BYTES = 200_000


def _heka() -> Iterator[bytes]:
    for layout in HekaLayout:
        for packing in PACKINGS:
            yield write_heka(PINGS, day=DAY, layout=layout, packing=packing)
    yield gzip.compress(write_heka(PINGS, day=DAY))
    yield from _real("*.heka")


def _gcp_files() -> Iterator[bytes]:
    yield write_gcp_files(PINGS)
    yield write_gcp_files(PINGS, pack=bytes)
    yield write_raw_gcp_files(PINGS)
    yield from _real("gcp-ingestion/*.ndjson")


def _avro() -> Iterator[bytes]:
    yield from (main_avro(PINGS[:1], codec, sync_interval=1) for codec in CODECS)
    yield crash_avro(PINGS[1:2] * 20, "null", sync_interval=900)
    yield glean_avro([glean_row(PINGS[1])] * 2)


def _json_arrays() -> Iterator[bytes]:
    rows = [bigquery_row(ping) for ping in PINGS[:2]]
    yield from (json_array(rows, shape) for shape in SHAPES)
    yield gzip.compress(json_array(PINGS))
    yield json_array([glean_ping(PINGS[1])], "pretty") + b"\n" + json_text(PINGS[0])


def _glean_pending() -> Iterator[bytes]:
    ping = glean_ping(crash_ping(**{"meta/documentId": UUID}))
    yield pending_ping(ping)
    yield gzip.compress(pending_ping(ping, None))


def _mozlz4() -> Iterator[bytes]:
    yield from (mozlz4(json_text(ping)) for ping in PINGS)
    yield from (mozlz4(text) for text in _real("mozilla-pipeline-schemas/crash*.json"))


PARSERS: Mapping[str, Callable[[], Iterator[bytes]]] = {
    "Heka": _heka,
    "gcp-ingestion": _gcp_files,
    "mozLz4": _mozlz4,
    "Avro": _avro,
    "JSON array": _json_arrays,
    "Glean pending ping": _glean_pending,
}
"""By format: what yields sound files of it. A new format is one more line here."""


def broken_files(parser: str) -> st.SearchStrategy[bytes]:
    """Files of a format with a few bytes changed, left out or put in."""
    return mutated(st.deferred(lambda: st.sampled_from(list(PARSERS[parser]()))))


def read_broken(content: bytes) -> Sequence[NormalizedPing | Ignored]:
    """Read and judge a file to its end or to its damage; nothing else may be raised.

    But for what a file says of itself: that it holds no table of pings, or is compressed as none is
    read. A file makes at most one ping a byte, and of what it makes nothing is lost in smaller
    chunks.
    """
    found, fate = _fate(content, 1 << 18)
    assert len(found) <= len(content), len(found)
    assert _fate(content, 997) == (found, fate)
    return found


def _fate(
    content: bytes, chunk_bytes: int
) -> tuple[Sequence[NormalizedPing | Ignored], str | None]:
    try:
        return verdicts(content, DAY, chunk_bytes=chunk_bytes)
    except (UnknownTableError, UnreadableFileError) as error:
        return [], str(error)


def _real(pattern: str) -> Iterator[bytes]:
    if os.environ.get("CRASH_RATE_AGGREGATES_REAL_PINGS"):
        for path in sorted(real_folder().rglob(pattern)):
            if path.stat().st_size <= _MAX_REAL_BYTES:
                yield path.read_bytes()
