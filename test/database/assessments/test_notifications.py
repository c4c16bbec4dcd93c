from __future__ import annotations

import secrets
import unittest

from psycopg.conninfo import make_conninfo

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.assessments.acknowledgements import (
    acknowledge,
    acknowledgements,
)
from crash_rate_aggregates.database.assessments.notifications import (
    sending_once,
    sent_notifications,
)
from crash_rate_aggregates.database.schema.roles import init_roles, named_roles
from crash_rate_aggregates.errors import DatabaseError
from test.database.schema.test_roles import drop_roles
from test.servers import fresh_database


class NotificationsTest(unittest.TestCase):
    """A writer and a reader of one database."""

    def setUp(self) -> None:
        url = fresh_database(self)
        roles = named_roles(f"test_{secrets.token_hex(4)}")
        self.addCleanup(drop_roles, url, roles)
        with connect(url) as connection:
            init_roles(connection, roles, {"writer": "x", "reader": "x"})
        self.writer, self.reader = (
            self.enterContext(connect(make_conninfo(url, user=role, password="x")))
            for role in (roles.writer, roles.reader)
        )

    def states(self) -> list[str]:
        """Return what is recorded, as the reader sees it."""
        return [one.state for one in sent_notifications(self.reader)]

    def test_recorded_after_it_was_sent(self) -> None:
        """A message is recorded when the block ends, not if it fails, and then due no more."""
        with (
            self.assertRaises(ZeroDivisionError),
            sending_once(self.writer, "a", ["begun"], "ops") as is_due,
        ):
            raise ZeroDivisionError
        self.assertEqual((is_due, self.states()), (True, []))
        with sending_once(self.writer, "a", ["begun", "worsened"], "ops") as is_due:
            self.assertEqual((is_due, self.states()), (True, []))
        self.assertEqual(self.states(), ["begun", "worsened"])
        with sending_once(self.writer, "a", ["begun"], "ops") as is_due:
            self.assertFalse(is_due)
        with sending_once(self.writer, "a", ["begun"], "other") as is_due:
            self.assertTrue(is_due)

    def test_the_newest_acknowledgement(self) -> None:
        """Of several acknowledgements the newest holds, and none is lost."""
        for note, ratio in (("bug 1", 2.0), ("bug 2", None)):
            acknowledge(self.writer, "a", "Ann", note, ratio)
        with self.reader.transaction():
            (found,) = acknowledgements(self.reader).values()
        self.assertEqual((found.note, found.ratio), ("bug 2", None))
        count = self.reader.execute("SELECT count(*) FROM crash_acknowledgements").fetchone()
        self.assertEqual(count, (2,))

    def test_the_reader_only_reads(self) -> None:
        """The reader acknowledges and sends nothing, and the writer takes nothing back."""
        with self.assertRaisesRegex(DatabaseError, "a was not acknowledged: cannot execute"):
            acknowledge(self.reader, "a", "Ann", "bug 1", 2.0)
        with (
            self.assertRaisesRegex(DatabaseError, "could not be recorded: cannot execute INSERT"),
            sending_once(self.reader, "a", ["begun"], "ops"),
        ):
            self.fail("it would have been sent")
        for table in ("crash_acknowledgements", "crash_notifications"):
            with self.assertRaisesRegex(Exception, "permission denied"):
                self.writer.execute(f"DELETE FROM {table}")


if __name__ == "__main__":
    unittest.main()
