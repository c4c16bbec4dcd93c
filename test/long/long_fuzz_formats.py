"""Break files of every format for minutes: no crash, no hang, memory bounded by the file.

SECONDS_A_FORMAT=600 python -m unittest test.long.long_fuzz_formats
"""

from __future__ import annotations

import os
import resource
import sys
import time
import unittest

from hypothesis import HealthCheck, given, settings

from test.sources.formats.parsers import PARSERS, broken_files, read_broken

SECONDS = float(os.environ.get("SECONDS_A_FORMAT", "60"))
SLOWEST_READ_SECONDS = 10
"""For a file of at most 200 KB, on a busy machine."""
MIB = 1 << 20
MEMORY_BYTES = 512 * MIB
"""What the process may grow by: the largest record, decompressed and decoded, and the fuzzer."""


def peak_memory() -> int:
    """Return the most bytes that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class FuzzTest(unittest.TestCase):
    def test_every_format(self) -> None:
        """Each format's files, broken at random for a minute or as long as asked, are all read."""
        for parser in PARSERS:
            with self.subTest(parser=parser):
                before = peak_memory()
                files = self._break(parser)
                sys.stderr.write(f"{parser}: {files} broken files read\n")
                self.assertGreater(files, 100)
                self.assertLess(peak_memory() - before, MEMORY_BYTES)

    def _break(self, parser: str) -> int:
        """Return how many files were read until the time was over."""
        end = time.monotonic() + SECONDS
        files = 0

        @settings(
            max_examples=1000,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(broken_files(parser))
        def read(content: bytes) -> None:
            nonlocal files
            if time.monotonic() < end:
                files += 1
                began = time.process_time()
                read_broken(content)
                self.assertLess(time.process_time() - began, SLOWEST_READ_SECONDS)

        while time.monotonic() < end:
            read()
        return files


if __name__ == "__main__":
    unittest.main()
