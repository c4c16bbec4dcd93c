"""Parquet, Avro and BigQuery's NDJSON with a few bytes changed give pings, or a known error."""

from __future__ import annotations

import subprocess
import sys
import unittest


def fates(form: str, first: int, count: int) -> str:
    """Return what became of mutants by number; see `test.sources.formats.fuzzed_files`."""
    command = [
        sys.executable,
        "-m",
        "test.sources.formats.fuzzed_files",
        form,
        str(first),
        str(count),
    ]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode:
        at = first + len(process.stdout)
        raise AssertionError(f"{form} {at}: exit {process.returncode}\n{process.stderr[-3000:]}")
    return process.stdout


class FuzzedFilesTest(unittest.TestCase):
    def test_parquet(self) -> None:
        """No exception but of damage or of an unknown table leaves the reader of Parquet."""
        found = fates("parquet", 0, 150)
        self.assertEqual(len(found), 150)
        self.assertLessEqual({"d", "r"}, set(found))

    def test_avro(self) -> None:
        """Nor does one leave the reader of Avro, but of a codec that is not read."""
        found = fates("avro", 0, 300)
        self.assertEqual(len(found), 300)
        self.assertLessEqual({"d", "r"}, set(found))

    def test_json(self) -> None:
        """Nor does one leave the reader of BigQuery's NDJSON, plain, gzip and zstd."""
        found = fates("json", 0, 150)
        self.assertEqual(len(found), 150)
        self.assertLessEqual({"d", "r"}, set(found))


if __name__ == "__main__":
    unittest.main()
