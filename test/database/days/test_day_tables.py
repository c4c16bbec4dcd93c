"""A day can fill any number of tables: here two, from an engine, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.runs import DayToStore
from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.errors import DatabaseError, EngineError, LedgerImbalanceError
from crash_rate_aggregates.rows import CRASH_AGGREGATES
from test.database.sample_days import NIGHTLY, SUBMISSION_DATE, DatabaseTestCase, batch, day
from test.engines.made_days import (
    GROUPS,
    HeardProgress,
    crash_ping,
    day_request,
    lines,
    main_ping,
    write_day,
)

HOSTILE = "tab\t, line feed\n, return\r, \\N, \\. and \\"


def groups(*rows: tuple[str, int, str | None, int]) -> pa.RecordBatch:
    """Return rows of the second table as an engine hands them over."""
    names = ("doc_type", "adjustments", "process_type", "pings")
    of_all: dict[str, Any] = {"application": None, "carried": ""}
    return pa.RecordBatch.from_pylist(
        [of_all | dict(zip(names, row, strict=True)) for row in rows], schema=GROUPS.schema
    )


class TwoTablesTest(DatabaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(self.connection.execute, "DROP TABLE made_up_groups")
        self.connection.execute(
            "CREATE TABLE made_up_groups (submission_date date NOT NULL, doc_type text NOT NULL, "
            "adjustments integer NOT NULL, process_type text, application text, "
            "carried text NOT NULL, pings bigint NOT NULL)"
        )

    def both(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Return what the two tables hold of the day."""
        found = self.rows(
            "SELECT doc_type, adjustments, process_type, pings FROM made_up_groups "
            "WHERE submission_date = %s ORDER BY 1, 2, 3",
            SUBMISSION_DATE,
        )
        return self.stored(), found

    def computed(self, *pings: dict[str, Any]) -> tuple[int, int]:
        """Compute a day of pings by the embedded engine and store it in both tables.

        Return how many pings the ledger counts, and how many aggregates were stored.
        """
        folder = Path(self.enterContext(TemporaryDirectory()))
        request = day_request(write_day(folder / "pings", {"1.gz": lines(pings)}))
        request = replace(request, tables=(CRASH_AGGREGATES, GROUPS))
        engine = EmbeddedEngine(1, folder / "scratch", GroupingLimits("512MB", "1GB", 1))
        with engine.aggregate_day(request, HeardProgress()) as result:
            facts = replace(day().facts, pings_read=result.pings_read)
            made = DayToStore(SUBMISSION_DATE, result.tables, result.ledger, (), facts)
            run = replace_day(self.connection, made)
        return result.ledger.by_outcome()["counted"], run.aggregates

    def test_filled_and_replaced(self) -> None:
        """Both tables hold the day from the engine, and another one when it is replaced."""
        crash = {"payload/processType": HOSTILE}
        pings = [main_ping(), main_ping(), crash_ping(**crash), crash_ping()]
        self.assertEqual(self.computed(*pings), (4, 1))
        aggregates, found = self.both()
        self.assertEqual(len(aggregates), 1)
        expected = [("crash", 0, "absent", 1), ("crash", 0, HOSTILE, 1), ("main", 0, None, 2)]
        self.assertEqual(found, expected)
        self.assertEqual(self.computed(main_ping()), (1, 1))
        aggregates, found = self.both()
        self.assertEqual((len(aggregates), found), (1, [("main", 0, None, 1)]))

    def test_other_days_stay(self) -> None:
        """In the second table too only the submission date is replaced."""
        self.connection.execute(
            "INSERT INTO made_up_groups (submission_date, doc_type, adjustments, carried, pings) "
            "VALUES ('2016-03-13', 'main', 0, '', 7), ('2016-03-14', 'main', 0, '', 8)"
        )
        self.computed(main_ping())
        self.assertEqual(
            self.rows("SELECT submission_date::text, pings FROM made_up_groups ORDER BY 1"),
            [("2016-03-13", 7), ("2016-03-14", 1)],
        )

    def test_failure_in_either_keeps_both(self) -> None:
        """What goes wrong in the last table leaves the old rows of the first one too."""
        stored = replace(day(NIGHTLY), tables={CRASH_AGGREGATES: [batch([NIGHTLY])], GROUPS: []})
        replace_day(self.connection, stored)
        before = self.both()

        def broken() -> Iterator[pa.RecordBatch]:
            yield groups(("main", 0, None, 3))
            raise EngineError("a worker died")

        with self.assertRaisesRegex(EngineError, "^a worker died$"):
            replace_day(
                self.connection,
                replace(stored, tables={CRASH_AGGREGATES: [batch([NIGHTLY])], GROUPS: broken()}),
            )
        self.assertEqual(self.both(), before)
        self.connection.execute("ALTER TABLE made_up_groups ADD CHECK (pings < 10)")
        with self.assertRaisesRegex(DatabaseError, "^2016-03-14 was not replaced: .*check"):
            replace_day(
                self.connection,
                replace(
                    stored,
                    tables={
                        CRASH_AGGREGATES: [batch([NIGHTLY])],
                        GROUPS: [groups(("main", 0, None, 10))],
                    },
                ),
            )
        self.assertEqual(self.both(), before)
        self.assertEqual(self.rows("SELECT count(*) FROM crash_aggregates_runs"), [(1,)])

    def test_lost_row(self) -> None:
        """A row of the second table that the server did not keep is noticed, and named."""
        self.addCleanup(self.connection.execute, "DROP FUNCTION lose_group CASCADE")
        self.connection.execute(
            "CREATE FUNCTION lose_group() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN IF new.pings = 1 THEN RETURN NULL; END IF; RETURN new; END$$"
        )
        self.connection.execute(
            "CREATE TRIGGER lose BEFORE INSERT ON made_up_groups "
            "FOR EACH ROW EXECUTE FUNCTION lose_group()"
        )
        rows = groups(("main", 0, None, 3), ("crash", 0, "gpu", 1))
        with self.assertRaises(LedgerImbalanceError) as caught:
            replace_day(
                self.connection,
                replace(
                    day(NIGHTLY), tables={CRASH_AGGREGATES: [batch([NIGHTLY])], GROUPS: [rows]}
                ),
            )
        self.assertEqual(
            str(caught.exception),
            "made_up_groups of 2016-03-14 does not balance: rows 2, stored 1; "
            "the day was not replaced, report this",
        )
        self.assertEqual(self.both(), ([], []))
