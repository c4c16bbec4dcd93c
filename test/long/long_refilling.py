"""A day of real size, refilled 20 times while readers poll it: takes some minutes."""

from __future__ import annotations

import sys

from benchmarks.made_days import made_day
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.vacuum import vacuum_day
from test.database.days.refilling import refill, stored_bytes
from test.database.sample_days import SUBMISSION_DATE, DatabaseTestCase


class RefillingAtRealSizeTest(DatabaseTestCase):
    def test_readers_and_size(self):
        """For 20 refills of 250,000 rows readers see whole days and the size stays bounded.

        No read waits for a lock for a second: it would fail.
        """
        made = made_day(SUBMISSION_DATE)
        rows = replace_day(self.connection, made).aggregates
        self.assertGreater(rows, 240_000)
        vacuum_day(self.connection, SUBMISSION_DATE)
        once = stored_bytes(self.connection)
        readers = refill(self.connection, self.url, made, times=20)
        after = stored_bytes(self.connection)
        print(f"{once / 1e6:.0f} MB, after 20 refills {after / 1e6:.0f} MB", file=sys.stderr)  # noqa: T201  The figure of the proof.
        for reader in readers:
            print(f"{reader.level.name}: {reader.reads} reads", file=sys.stderr)  # noqa: T201  Likewise.
            self.assertEqual(reader.seen, {(rows, rows)})
            self.assertGreater(reader.reads, 20)
        self.assertLess(after, 4 * once)
