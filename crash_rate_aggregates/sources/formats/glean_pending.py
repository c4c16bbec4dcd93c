"""Pings that an application with Glean has yet to send, as they lie in its `pending_pings`.

One a file, on lines of their own: the path to which it goes, its JSON, and what else the sender
must know, which older files do not have (mozilla/glean glean-core/src/upload/directory.rs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from crash_rate_aggregates.decode.layouts.kinds import LayoutName, PingKind
from crash_rate_aggregates.sources.formats.gcp_files import with_members
from crash_rate_aggregates.sources.formats.json_pings import SPACE, decoded_object
from crash_rate_aggregates.sources.formats.lines import ping_lines
from crash_rate_aggregates.sources.formats.submission_uri import meta_of_uri
from crash_rate_aggregates.sources.interface import FileContent, PingBatch, RawPing

_PATH: Final = re.compile(rb"/submit/[^/\s]+/[^/\s]+/[0-9]+/[^/\s]+(?=\r?\n)")
"""Of a namespace, a doc type, a version and a document id."""
_SENDERS_NAMES: Final = ("headers", "ping_name")
"""Members of the third line, of which each has one."""
_BODY, _SENDERS = 2, 3
"""Numbers of lines."""
_KIND: Final = PingKind(LayoutName.GLEAN)


class GleanPending:
    """A file of Glean's pending pings."""

    name = "Glean pending ping"

    def fits(self, content: FileContent) -> bool:
        """Tell by the path, and by what follows: a client's line may look like a path."""
        path = _PATH.match(content.head)
        if path is None:
            return False
        lines = [line for line in content.head[path.end() :].split(b"\n") if line.strip(SPACE)]
        if not lines or not lines[0].lstrip(SPACE).startswith(b"{"):
            return False
        return all(map(_is_for_sender, lines[1:2])) and not lines[2:]

    def read_pings(self, content: FileContent) -> Iterator[PingBatch]:
        """Yield the one ping with what its path says; what is behind is read as lines of pings.

        Raises:
            DamagedStreamError: From the chunks, after the ping.
        """
        path = _PATH.match(content.head)
        meta = meta_of_uri(path[0].decode("utf-8", "replace")) if path else {}
        number = 0
        for texts in ping_lines(content.chunks):
            pings: list[RawPing] = []
            for text in texts:
                number += 1
                if number == _BODY:
                    pings.append(_with_meta(text, meta))
                elif number > _SENDERS:
                    pings.append(text)
            if pings:
                yield PingBatch(pings, _KIND)


def _is_for_sender(line: bytes) -> bool:
    document = decoded_object(line)
    return document is not None and any(name in document for name in _SENDERS_NAMES)


def _with_meta(text: RawPing, meta: dict[str, str]) -> RawPing:
    if isinstance(text, (bytes, memoryview)):
        return with_members(bytes(text), {"meta": meta})
    return text
