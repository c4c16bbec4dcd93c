"""Applications in the database: by them summaries are folded, and folded anew when they change."""

from __future__ import annotations

import unittest
from datetime import date

from crash_rate_aggregates.applications import KNOWN_APPLICATIONS, Application
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.stored_applications import store_applications
from crash_rate_aggregates.database.days.summaries import summarize_stored_days
from crash_rate_aggregates.database.prepare import prepare_database
from test.database.sample_days import SUBMISSION_DATE, DatabaseTestCase, Row, day

WATERFOX = Application("Waterfox", ("Waterfox Classic", "net.waterfox"))


class StoredApplicationsTest(DatabaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.connection.execute("TRUNCATE crash_applications")

    def store(self, *names: str | None) -> None:
        """Store a day with a row of each name, the first ones with more rows."""
        rows = [
            Row({"application": name} if name is not None else {}, {"ping_count": 1})
            for name in names
        ]
        replace_day(self.connection, day(*rows))

    def folded(self) -> dict[str, int]:
        """Return the pings of each application in a summary."""
        return dict(
            self.rows(
                "SELECT application, sum(ping_count)::integer FROM crash_aggregates_by_channel "
                "GROUP BY application"
            )
        )

    def test_names(self) -> None:
        """Whatever pings call it, an application has one name; an unknown one keeps its own."""
        store_applications(self.connection, (*KNOWN_APPLICATIONS, WATERFOX))
        self.store("Firefox", "Fenix", "Waterfox Classic", "net_waterfox", "Odd", "", None)
        self.assertEqual(
            self.folded(),
            {"Firefox": 1, "Firefox for Android": 1, "Waterfox": 2, "Odd": 1, "": 1, "unknown": 1},
        )

    def test_too_many(self) -> None:
        """Beyond the 20 most frequent, unknown names are other; known ones never are."""
        store_applications(self.connection, KNOWN_APPLICATIONS)
        self.store("Thunderbird", *(f"odd {number:02}" for number in range(25)))
        found = self.folded()
        self.assertEqual((found.pop("other"), found.pop("Thunderbird")), (5, 1))
        self.assertEqual(found, {f"odd {number:02}": 1 for number in range(20)})

    def test_folded_anew(self) -> None:
        """Days that were folded without an application are summed up again with it, and once."""
        store_applications(self.connection, KNOWN_APPLICATIONS)
        self.store("Firefox", "Waterfox Classic")
        self.assertEqual(self.folded(), {"Firefox": 1, "Waterfox Classic": 1})
        self.assertEqual(summarize_stored_days(self.connection), [])
        store_applications(self.connection, (WATERFOX,))
        self.assertEqual(summarize_stored_days(self.connection), [SUBMISSION_DATE])
        self.assertEqual(self.folded(), {"Firefox": 1, "Waterfox": 1})
        self.assertEqual(summarize_stored_days(self.connection), [])
        totals = self.rows("SELECT sum(ping_count)::integer FROM crash_aggregates_run_totals")
        self.assertEqual(totals, [(2,)])

    def test_none_is_taken_away(self) -> None:
        """A job that does not know an application leaves it, so that two jobs undo nothing."""
        prepare_database(self.url, (*KNOWN_APPLICATIONS, WATERFOX))
        self.store("Waterfox Classic")
        prepare_database(self.url)
        self.assertEqual(self.folded(), {"Waterfox": 1})
        self.assertEqual(
            self.rows(
                "SELECT identifiers, usage_ping FROM crash_applications WHERE name = 'Waterfox'"
            ),
            [(["Waterfox", "Waterfox Classic", "net-waterfox"], "main")],
        )

    def test_changed(self) -> None:
        """An application that is known otherwise is set right, and its days are folded anew."""
        store_applications(self.connection, (WATERFOX,))
        self.store("Waterfox Current")
        store_applications(self.connection, (Application("Waterfox", ("Waterfox Current",)),))
        self.assertEqual(summarize_stored_days(self.connection), [SUBMISSION_DATE])
        self.assertEqual(self.folded(), {"Waterfox": 1})

    def test_retention(self) -> None:
        """A day that is replaced by nothing leaves no trace of how it was folded."""
        self.store("Firefox")
        replace_day(self.connection, day(submission_date=date(2016, 3, 14)))
        self.assertEqual(
            self.rows("SELECT count(*)::integer FROM crash_aggregates_folded_days"), [(1,)]
        )


if __name__ == "__main__":
    unittest.main()
