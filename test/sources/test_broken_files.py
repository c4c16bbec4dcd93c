"""No file stops the program: whatever its bytes are, it is read to its end or to its damage."""

from __future__ import annotations

import unittest

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.normalize.ping import NormalizedPing
from test.property_tests import examples
from test.sources.formats.parsers import PARSERS, broken_files, read_broken

STARTS = [
    b"\x1e",
    b"mozLz40\0",
    b'{"payload":"',
    b"Obj\x01\x02\x16avro.schema",
    b'[{"',
    b"/submit/firefox-desktop/crash/1/x\n{",
    b"",
]


class BrokenFilesTest(unittest.TestCase):
    def test_sound_files(self) -> None:
        """The files that are broken in the other tests have pings that count."""
        for parser, files in PARSERS.items():
            found = [ping for content in files() for ping in read_broken(content)]
            self.assertTrue(any(isinstance(ping, NormalizedPing) for ping in found), parser)

    def test_broken_files(self) -> None:
        """Files of each format with a few bytes changed are read in any chunks."""
        for parser in PARSERS:
            with self.subTest(parser=parser):
                self._read_many(parser)

    def _read_many(self, parser: str) -> None:
        @examples(0.5)
        @given(broken_files(parser))
        def read(content: bytes) -> None:
            read_broken(content)

        read()

    @examples(0.5)
    @given(st.sampled_from(STARTS), st.binary(max_size=300))
    def test_any_bytes(self, start: bytes, rest: bytes) -> None:
        """Any bytes behind a format's first ones are read."""
        read_broken(start + rest)


if __name__ == "__main__":
    unittest.main()
