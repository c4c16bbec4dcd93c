"""Parquet that is damaged or encrypted is said to be so: it does not end the process."""

from __future__ import annotations

import unittest
from base64 import b64decode, b64encode
from io import BytesIO

import pyarrow.parquet as pq
from pyarrow.parquet.encryption import (
    CryptoFactory,
    EncryptionConfiguration,
    KmsClient,
    KmsConnectionConfig,
)

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.sources.interface import DamagedStreamError, StoredFile
from crash_rate_aggregates.sources.reading import read_pings
from test.dataset import crash_ping
from test.sources.formats.test_parquet_rows import mains
from test.sources.mirrors.bigquery import crash_parquet, main_parquet
from test.sources.stored import MemoryStore


class OneKey(KmsClient):  # type: ignore[misc]  # pyarrow has no types.
    """Wraps keys by nothing."""

    def wrap_key(self, key_bytes: bytes, _: str) -> bytes:
        """Return the key."""
        return b64encode(key_bytes)

    def unwrap_key(self, wrapped_key: bytes, _: str) -> bytes:
        """Return the key."""
        return b64decode(wrapped_key)


def encrypted(stored: bytes, column: str) -> bytes:
    """Write a Parquet file anew with one column encrypted and a footer in plain text."""
    factory = CryptoFactory(lambda _: OneKey())
    keys = EncryptionConfiguration(
        footer_key="footer", column_keys={"column": [column]}, plaintext_footer=True
    )
    properties = factory.file_encryption_properties(KmsConnectionConfig(), keys)
    table, new = pq.read_table(BytesIO(stored)), BytesIO()
    with pq.ParquetWriter(new, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)
    return new.getvalue()


class DamageTest(unittest.TestCase):
    def read_rows(self, stored: bytes) -> tuple[int, str | None]:
        """Return how many rows come before the damage, and what it says; None for none."""
        rows = 0
        store = MemoryStore({"main_v5": stored}, 1 << 18)
        try:
            for batch in read_pings(store, StoredFile("main_v5", len(stored)), DIMENSIONS):
                rows += len(batch.pings)
        except DamagedStreamError as damage:
            return rows, str(damage)
        return rows, None

    def test_no_footer(self) -> None:
        """A file that breaks off has no footer, so none of its rows can be read."""
        stored = main_parquet(mains(10))
        for end in (4, 8, len(stored) // 2, len(stored) - 1):
            rows, damage = self.read_rows(stored[:end])
            self.assertEqual(rows, 0)
            self.assertRegex(str(damage), "^it is no sound Parquet: ")

    def test_bad_page(self) -> None:
        """The row groups before a page that does not decompress are given first."""
        stored = bytearray(
            main_parquet(mains(60), row_group_size=20, compression="gzip", use_dictionary=False)
        )
        metadata = pq.read_metadata(BytesIO(stored)).row_group(1)
        column = next(
            metadata.column(number)
            for number in range(metadata.num_columns)
            if metadata.column(number).path_in_schema == "document_id"
        )
        start = column.data_page_offset
        stored[start + 40 : start + column.total_compressed_size] = bytes(
            column.total_compressed_size - 40
        )
        rows, damage = self.read_rows(bytes(stored))
        self.assertEqual(rows, 20)
        self.assertRegex(str(damage), "^it is no sound Parquet: ")

    def test_footer_of_another_type(self) -> None:
        """A footer that gives a text's sizes to booleans is damage; pyarrow aborts to show it."""
        # In Thrift: field 1 is the type, 6 for texts; field 3 says optional; field 4 is the name.
        text, boolean = b"\x15\x0c\x25\x02\x18\x07channel", b"\x15\x00\x25\x02\x18\x07channel"
        stored = crash_parquet([crash_ping()])
        self.assertEqual(stored.count(text), 1)
        rows, damage = self.read_rows(stored.replace(text, boolean))
        self.assertEqual(rows, 0)
        self.assertRegex(str(damage), "^it is no sound Parquet: .* does not support BOOLEAN")

    def test_encrypted_column(self) -> None:
        """A column that is encrypted is said to be so, though the footer can be read."""
        rows, damage = self.read_rows(encrypted(main_parquet(mains(3)), "document_id"))
        self.assertEqual(rows, 0)
        self.assertRegex(str(damage), "^it is no sound Parquet: .*[Dd]ecrypt")


if __name__ == "__main__":
    unittest.main()
