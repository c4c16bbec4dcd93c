"""No id of a client is left anywhere: not between the stages, not in the database, not in a log."""

from __future__ import annotations

import hashlib
import logging
import struct
import subprocess
import unittest
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.runs import DayToStore
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.server.programs import find_programs
from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.rows import CLIENTS, DAY_TABLES
from test.database.sample_days import SUBMISSION_DATE, day
from test.engines.made_days import Interposed, day_request, lines, write_day
from test.engines.people_contract import crash_of, main_of
from test.servers import fresh_database
from test.sources.mirrors.glean import baseline_ping, glean_ping

KEY = bytes(range(100, 132))
_HALF = 8
_HASHES = ("blake2b", "blake2s", "md5", "sha1", "sha256", "sha512", "sha3_256")


def ids() -> list[str]:
    """Return the ids of the clients of the day."""
    # Without two bytes that are alike in other values by chance, as zeros would be.
    return [str(UUID(bytes=hashlib.sha256(bytes([n])).digest()[:16])) for n in range(8)]


def digests(client: str) -> Iterator[bytes]:
    """Give the id's bytes, and what anybody could make of it without a key."""
    yield UUID(client).bytes
    for text in (client, client.upper(), client.replace("-", "")):
        for name in _HASHES:
            yield hashlib.new(name, text.encode()).digest()
        yield hashlib.blake2b(text.encode(), digest_size=16).digest()
        yield hashlib.blake2b(text.encode(), digest_size=_HALF).digest()


def tells(client: str) -> Iterator[bytes]:
    """Give every text and every bytes by which the client could be found again."""
    for text in (client, client.replace("-", "")):
        yield from (text.encode(), text.upper().encode())
    for digest in digests(client):
        # Halves, as rows have them, and in the order of bytes of any machine.
        first, second = digest[:_HALF], digest[_HALF : 2 * _HALF]
        yield from (first, first[::-1], digest.hex().encode(), digest.hex().upper().encode())
        if len(second) == _HALF:
            yield from (second, second[::-1])
            yield str(struct.unpack(">q", first)[0]).encode()


FORBIDDEN = [*(tell for client in ids() for tell in tells(client)), KEY, KEY.hex().encode()]


def decoded(file: Path) -> bytes:
    """Return all that a row file holds, without its compression."""
    table = pq.read_table(file).unify_dictionaries()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue()) + str(table.to_pylist()).encode()


class PrivacyTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.searched = 0

    def assert_free(self, content: bytes, name: str) -> None:
        """Hold that no client and no key is in it."""
        self.assertEqual([tell for tell in FORBIDDEN if tell in content], [], name)

    def search_scratch(self) -> None:
        """Look through every file that the engine has between its stages."""
        for file in (self.folder / "scratch").rglob("*"):
            if file.is_file():
                self.assert_free(file.read_bytes(), file.name)
                if file.suffix == ".parquet":
                    self.assert_free(decoded(file), file.name)
                    self.searched += 1

    def test_no_id_is_left(self) -> None:
        """Neither ids, nor hashes of them that need no key, nor the run's key can be found."""
        url = fresh_database(self)
        crashes = [crash_of(None, clientId=client) for client in ids()]
        pings = [
            *(main_of(None, clientId=client) for client in ids()),
            *crashes,
            *(glean_ping(crash) for crash in crashes),
            *(baseline_ping(**{"client_info/client_id": client}) for client in ids()),
            main_of(None, clientId=ids()[0].upper()),
        ]
        root = write_day(
            self.folder / "pings", {"0.json": lines(pings[::2]), "1": lines(pings[1::2])}
        )
        # That the search finds what is there is seen on the pings themselves.
        with self.assertRaises(AssertionError):
            self.assert_free((root / "submission_date=2016-03-14" / "1").read_bytes(), "pings")
        request = replace(day_request(root, tables=DAY_TABLES), client_key=KEY)
        self.assert_free(repr(request).encode() + str(request).encode(), "request")
        engine = EmbeddedEngine(2, self.folder / "scratch", GroupingLimits("512MB", "1GB", 2))
        progress = Interposed(stages={"group": self.search_scratch})
        with (
            self.assertLogs(level=logging.DEBUG) as heard,
            engine.aggregate_day(request, progress) as result,
            connect(url) as connection,
        ):
            logging.getLogger(__name__).debug("the day begins")
            migrate(connection)
            ensure_partition(connection, SUBMISSION_DATE)
            facts = replace(day().facts, pings_read=result.pings_read)
            tables = {table: list(batches) for table, batches in result.tables.items()}
            self.search_scratch()
            replace_day(connection, DayToStore(SUBMISSION_DATE, tables, result.ledger, (), facts))
        self.assertGreaterEqual(self.searched, 4)
        people = [row for part in tables[CLIENTS] for row in part.to_pylist()]
        self.assertIn(8, {row["active_clients"] for row in people})
        self.assert_free("\n".join(heard.output).encode(), "log")
        self.assert_free(self.dumped(url), "database")

    def dumped(self, url: str) -> bytes:
        """Return all that the database holds."""
        dump = find_programs(None).folder / "pg_dump"
        return subprocess.run([dump, f"--dbname={url}"], capture_output=True, check=True).stdout

    def test_keys_differ(self) -> None:
        """Each request has a key of its own, which neither shows nor is equal to another's."""
        root = write_day(self.folder / "pings", {"0.json": b""})
        keys = {day_request(root).client_key for _ in range(3)}
        self.assertEqual((len(keys), {len(key) for key in keys}), (3, {32}))


if __name__ == "__main__":
    unittest.main()
