"""What the judge says of a ping."""

from __future__ import annotations

import re
from datetime import date
from hashlib import blake2b, sha256
from typing import Any, NamedTuple

import msgspec

from crash_rate_aggregates.normalize.crashes.crash_details import CrashDetails
from crash_rate_aggregates.normalize.dimension_values import NOTHING_CUT
from crash_rate_aggregates.normalize.values import is_string
from crash_rate_aggregates.outcomes import DocType, Outcome

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NIL = bytes(16)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_EMPTY_FILE = sha256(b"").digest()
_encode = msgspec.json.Encoder().encode


class NormalizedPing(NamedTuple):
    """A ping that passed rules 1 to 7: it counts unless a copy of it does."""

    doc_type: str
    """One of `COUNTED_DOC_TYPES`."""
    activity_date: date
    """The client's day, clamped into [submission date - 7 days, submission date]."""
    dimensions: str
    """JSON object's text, keys in the order of the dimensions, values strings."""
    process_type: str | None
    """Of a crash ping; `absent` where it says none. None for a usage ping."""
    adjustments: int
    """`Adjustment` flags."""
    stats: tuple[int, ...]
    """In the order of `STATS`."""
    client: str | None
    """The client's id as it is: kept for the order of copies, and never longer than the ping."""
    label: str | None
    """The version as people say it, of a main ping that says it."""
    experiments: tuple[tuple[str, str], ...]
    """Names and branches, sorted."""
    child_crashes: tuple[tuple[str, int], ...]
    """Crashes of child processes with a dump that the ping's histogram has, by process, sorted."""
    crash: CrashDetails | None
    """Of a crash ping."""
    id: bytes | None
    """16 bytes, None where the ping has no id."""
    minidump: bytes | None = None
    """16 bytes that stand for a crash's minidump, by which copies are known too."""
    is_glean: bool = False
    """The Glean crash ping: of a crash that was sent as both, it counts."""
    pair: bytes | None = None
    """16 bytes that stand for application, build and process of a crash that may have been sent as
    both, where no minidump tells."""
    application: str | None = None
    """What people call it; None where the ping names none."""
    carried: str = ""
    """One digit a dimension, then one each of `CARRIED_FIELDS`: 1 where the ping has a value."""
    cut: tuple[str | None, ...] = NOTHING_CUT
    """In the order of `CUT_NAMES`."""


class Ignored(NamedTuple):
    """A ping that is not counted, and why."""

    outcome: Outcome
    doc_type: DocType
    says: str | None = None
    """What a ping of another doc type says it is, at most 200 code points."""


_SHOWN = NormalizedPing._fields.index("id")
"""So many fields, the first, are all that a table or the ledger shows of a ping."""
UNREADABLE = Ignored(Outcome.UNREADABLE, DocType.UNKNOWN)


def ping_id(document_id: Any, own_id: Any) -> bytes | None:
    """Return the 16 bytes by which copies are known; None is a ping that has no copies.

    meta.documentId if it is a non-empty string, else the ping's own id. A UUID stands for its
    bytes, the nil UUID for none, another string for its BLAKE2b-128.
    """
    text = document_id if is_string(document_id) and document_id else own_id
    if not is_string(text) or not text:
        return None
    if _UUID.fullmatch(text):
        # By its bytes, as its letters may be of either case.
        value = bytes.fromhex(text.replace("-", ""))
        return None if value == _NIL else value
    # A lone surrogate must not fail here: this text is compared, never stored.
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def minidump_key(digits: Any) -> bytes | None:
    """Return the 16 bytes that stand for a minidump; None for none, and for the empty file's hash.

    The first half of a SHA-256 in hexadecimal digits; another string stands by its BLAKE2b-128.
    """
    if not is_string(digits) or not digits:
        return None
    if not _SHA256.fullmatch(digits):
        return blake2b(digits.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    digest = bytes.fromhex(digits)
    # That hash says that there was no minidump, of any crash: it would make all of them one.
    return None if digest == _EMPTY_FILE else digest[:16]


def pair_key(application: str, build_id: str, process_type: str) -> bytes:
    """Return the 16 bytes that stand for the crashes of one build's process."""
    text = _encode([application, build_id, process_type])
    return blake2b(text, digest_size=16).digest()


def copy_order(ping: NormalizedPing) -> bytes:
    """Return the BLAKE2b-128 of the ping's canonical form; of copies the smallest counts.

    The canonical form is the JSON array [doc type, activity date, dimensions text, process type,
    adjustments, [stats], client, label, [experiments], [child crashes], [details of the crash]],
    all that the tables and the ledger's balance could show of it, and in a ping with a minidump the
    32 digits of its key.
    """
    form = ping[:_SHOWN]
    if ping.minidump is not None:
        form = (*form, ping.minidump.hex())
    return blake2b(_encode(form), digest_size=16).digest()
