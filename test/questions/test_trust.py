from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from crash_rate_aggregates.ledger import LedgerLine
from test.database.sample_days import Row, day
from test.questions.stored_days import HOURS, QuestionsTestCase


class TrustTest(QuestionsTestCase):
    today = datetime.now(UTC).date()

    def test_completeness(self):
        """What had come in of complete days so far says how complete an incomplete one is."""
        beta = {"channel": "beta"}
        first = date(2016, 3, 1)
        for late in range(9):
            share = {"usage_seconds": 6 * HOURS if late == 0 else HOURS // 2 if late < 5 else 0}
            today = first + timedelta(days=late)
            self.store(
                today,
                Row(beta, share, first),
                *([Row(beta, {"usage_seconds": HOURS}, today)] if late == 8 else []),
            )
        complete, incomplete = self.ask("completeness", channels=["beta"])
        self.assertEqual(complete["submission_dates_stored"], 8)
        self.assertAlmostEqual(complete["usage_share"], 1.0, 12)
        self.assertEqual(incomplete["activity_date"], date(2016, 3, 9))
        self.assertEqual(incomplete["submission_dates_stored"], 1)
        self.assertAlmostEqual(incomplete["usage_share"], 0.75, 12)
        self.assertIsNone(incomplete["main_crash_share"])

    def test_ledger(self):
        """Pings a day, reasons and adjustments are those of each day's last run."""
        rows = [Row({}, {"ping_count": 6, "main_crashes": 2})]
        ledger = (
            *day(*rows).ledger.lines,
            LedgerLine("main", "outcome", "duplicate", 1),
            LedgerLine("crash", "outcome", "duplicate", 1),
            LedgerLine("main", "adjustment", "usage_capped", 5),
        )
        self.store(date(2016, 3, 14), Row({}, {"ping_count": 1}))
        self.store(date(2016, 3, 14), *rows, ledger=ledger)
        (pings,) = self.ask("pings_a_day")
        self.assertEqual(list(pings.values())[1:], [10, 6, 2, 2, 1])
        (reason,) = self.ask("ledger_by_reason")
        self.assertEqual(list(reason.values())[1:], ["duplicate", 2, 0.2])
        (adjustment,) = self.ask("adjustments")
        self.assertEqual(list(adjustment.values())[1:], ["usage_capped", 5, 0.5])

    def test_missing_days(self):
        """A day that is due and not there is missing, until it is there."""
        due = (datetime.now(UTC) - timedelta(hours=36)).date()
        self.assertEqual(self.ask("alert_missing_day")[0]["days_missing"], 14)
        (nothing,) = self.ask("freshness")
        self.assertEqual((nothing["days_behind"], nothing["days_missing"]), (None, 28))
        for earlier in (4, 3, 1, 0):
            self.store(due - timedelta(days=earlier), Row({}, {}))
        (missing,) = self.ask("alert_missing_day")
        self.assertEqual(list(missing.values()), [1, due - timedelta(2), due - timedelta(2)])
        (fresh,) = self.ask("freshness")
        self.assertEqual((fresh["days_behind"], fresh["days_missing"]), (0, 1))
        self.store(due - timedelta(days=2), Row({}, {}))
        self.assertEqual(self.ask("alert_missing_day")[0]["days_missing"], 0)

    def test_days_to_sum_up(self):
        """While stored days are still to be summed up, freshness says so."""
        for number in range(1, 4):
            one = date(2016, 3, number)
            self.store(one, Row({"channel": "beta"}, {"usage_seconds": HOURS}, one))
        self.assertEqual(self.ask("freshness")[0]["days_to_sum_up"], 0)
        self.connection.execute("TRUNCATE crash_aggregates_run_totals")
        self.assertEqual(self.ask("freshness")[0]["days_to_sum_up"], 3)
