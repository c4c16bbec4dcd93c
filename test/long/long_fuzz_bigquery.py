"""Minutes of changed Parquet and Avro files and BigQuery NDJSON."""

from __future__ import annotations

import unittest

from test.sources.formats.test_fuzzed_files import fates

FILES = 10_000


class LongFuzzTest(unittest.TestCase):
    def test_parquet(self) -> None:
        """Of thousands of changed files none ends the process or raises another error."""
        self.assertEqual(len(fates("parquet", 1_000, FILES)), FILES)

    def test_avro(self) -> None:
        """Nor does one of changed Avro."""
        self.assertEqual(len(fates("avro", 1_000, FILES)), FILES)

    def test_json(self) -> None:
        """Nor does one of changed NDJSON."""
        self.assertEqual(len(fates("json", 1_000, FILES)), FILES)


if __name__ == "__main__":
    unittest.main()
