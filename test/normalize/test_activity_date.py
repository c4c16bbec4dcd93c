"""The activity date: which field decides, what is a date, and how it is clamped."""

from __future__ import annotations

import unittest
from datetime import date
from typing import Any

from crash_rate_aggregates.normalize.client_dates import parse_client_date
from crash_rate_aggregates.outcomes import Adjustment, DocType, Outcome
from test.dataset import DAY, STARTED, VerdictTestCase, crash_ping, main_ping, without

CRASHED = "payload/crashDate"
CREATED = "creationDate"
EARLY, LATE = Adjustment.ACTIVITY_DATE_TOO_EARLY, Adjustment.ACTIVITY_DATE_TOO_LATE
NO_DATES = (
    "",
    "2016-03-1",
    "2016-03-14x",
    "2016-03-14t10",
    "2016-03-14Z",
    "2016-03-14+01:00",
    "2016-03-14\t",
    "2016-03-14\n",
    "2016-03-14\0",
    "2016-03-14\u00a0",
    " 2016-03-14",
    "20160314",
    "2016-3-14",
    "2016/03/14",
    "14-03-2016",
    "2016-02-30",
    "2015-02-29",
    "1900-02-29",
    "2016-13-01",
    "2016-00-10",
    "2016-01-00",
    "2016-04-31",
    "0000-01-01",
    "-016-03-14",
    "+016-03-14",
    "2016-03-1\uff14",
    "\u0968\u0966\u0967\u096c-\u0966\u0969-\u0967\u096a",
    "\u00b2016-03-14",
    "Mon Mar 14 2016",
)


class DatesTest(VerdictTestCase):
    def test_what_is_a_date(self) -> None:
        """Ten characters YYYY-MM-DD and then nothing, T or a space; the rest is not read."""
        for text in (
            "2016-03-14",
            "2016-03-14T",
            "2016-03-14 ",
            "2016-03-14T00:00:00.0+01:00",
            "2016-03-14T23:59:59.9-12:00",
            "2016-03-14T99:99 is not read",
            "2016-03-14 \0\ud800",
        ):
            self.assertEqual(parse_client_date(text), date(2016, 3, 14), ascii(text))

    def test_what_is_no_date(self) -> None:
        """No other text is a date, and a ping that has only this is ignored."""
        for text in NO_DATES:
            with self.subTest(text=text):
                self.assertIsNone(parse_client_date(text))
                expected = (Outcome.BAD_ACTIVITY_DATE, DocType.MAIN)
                self.assertEqual(self.outcome(main_ping(**{STARTED: text})), expected)
                expected = (Outcome.BAD_ACTIVITY_DATE, DocType.CRASH)
                self.assertEqual(self.outcome(crash_ping(**{CRASHED: text})), expected)

    def test_leap_days(self) -> None:
        """29 February exists in 2016 and 2000, not in 2015 and 1900."""
        self.assertEqual(parse_client_date("2016-02-29"), date(2016, 2, 29))
        self.assertEqual(parse_client_date("2000-02-29T"), date(2000, 2, 29))
        self.assertIsNone(parse_client_date("2015-02-29"))
        self.assertIsNone(parse_client_date("1900-02-29"))

    def test_first_and_last_year(self) -> None:
        """Years run from 0001 to 9999; there is no year 0000."""
        self.assertEqual(parse_client_date("0001-01-01"), date(1, 1, 1))
        self.assertEqual(parse_client_date("9999-12-31"), date(9999, 12, 31))
        self.assertIsNone(parse_client_date("0000-12-31"))


class DecidingFieldTest(VerdictTestCase):
    def activity_date(self, ping: object) -> date:
        """Return the activity date of a ping that passes."""
        return self.counted(ping).activity_date

    def test_main_ping(self) -> None:
        """Of a main ping subsessionStartDate decides; a crashDate in it is not read."""
        ping = main_ping(**{STARTED: "2016-03-12T01", CRASHED: "2016-03-11", CREATED: "2016-03-10"})
        self.assertEqual(self.activity_date(ping), date(2016, 3, 12))

    def test_crash_ping(self) -> None:
        """Of a crash ping crashDate decides; a subsessionStartDate in it is not read."""
        ping = crash_ping(**{STARTED: "2016-03-12", CRASHED: "2016-03-11", CREATED: "2016-03-10"})
        self.assertEqual(self.activity_date(ping), date(2016, 3, 11))

    def test_creation_date_where_it_is_absent(self) -> None:
        """CreationDate decides where the field is absent, null or behind no object."""
        made = {CREATED: "2016-03-10T09:00"}
        for ping in (
            main_ping(**{STARTED: None}, **made),
            without(main_ping(**made), STARTED),
            without(main_ping(**made), "payload/info"),
            main_ping(payload="2016-03-12", **made),
            main_ping(payload={"info": ["2016-03-12"], "crashDate": "2016-03-12"}, **made),
            crash_ping(**{CRASHED: None}, **made),
            crash_ping(payload=None, **made),
            without(crash_ping(**made), "payload"),
        ):
            with self.subTest(ping=ping):
                self.assertEqual(self.activity_date(ping), date(2016, 3, 10))

    def test_first_present_decides_even_if_bad(self) -> None:
        """A field that is there and no date is not replaced by a sound creationDate."""
        value: Any
        for value in ("", "2016-02-30", 0, 20160314, False, [], {}, ["2016-03-14"]):
            with self.subTest(value=value):
                expected = Outcome.BAD_ACTIVITY_DATE
                self.assertEqual(self.outcome(main_ping(**{STARTED: value}))[0], expected)
                self.assertEqual(self.outcome(crash_ping(**{CRASHED: value}))[0], expected)

    def test_no_date_at_all(self) -> None:
        """A ping without any of the fields has no activity date, nor with a bad creationDate."""
        self.assertEqual(
            self.outcome(without(main_ping(), STARTED, CREATED))[0], Outcome.BAD_ACTIVITY_DATE
        )
        value: Any
        for value in (None, "yesterday", 1457913600000, {}):
            ping = without(crash_ping(**{CREATED: value}), CRASHED)
            self.assertEqual(
                self.outcome(ping), (Outcome.BAD_ACTIVITY_DATE, DocType.CRASH), str(value)
            )


class ClampingTest(VerdictTestCase):
    def clamped(self, stated: str, day: date = DAY) -> tuple[str, Adjustment]:
        """Return the activity date that counts, and the adjustment."""
        ping = self.counted(main_ping(**{STARTED: stated}), day=day)
        return ping.activity_date.isoformat(), Adjustment(ping.adjustments)

    def test_seven_days_and_eight(self) -> None:
        """Activity 7 days before submission counts as it is, 8 days before on the 7th day."""
        none = Adjustment(0)
        self.assertEqual(self.clamped("2016-03-14"), ("2016-03-14", none))
        self.assertEqual(self.clamped("2016-03-07T00:00"), ("2016-03-07", none))
        self.assertEqual(self.clamped("2016-03-06T23:59:59"), ("2016-03-07", EARLY))
        self.assertEqual(self.clamped("0001-01-01"), ("2016-03-07", EARLY))

    def test_after_submission(self) -> None:
        """Activity after the submission date counts on it, by a day or by 8,000 years."""
        self.assertEqual(self.clamped("2016-03-15T00:00:00.0+13:00"), ("2016-03-14", LATE))
        self.assertEqual(self.clamped("9999-12-31"), ("2016-03-14", LATE))

    def test_over_leap_day(self) -> None:
        """The 7 days run over 29 February where there is one."""
        self.assertEqual(self.clamped("2016-02-29", date(2016, 3, 7))[0], "2016-02-29")
        self.assertEqual(self.clamped("2016-02-28", date(2016, 3, 7)), ("2016-02-29", EARLY))
        self.assertEqual(
            self.clamped("2015-02-28", date(2015, 3, 7)), ("2015-02-28", Adjustment(0))
        )
        self.assertEqual(self.clamped("2015-02-27", date(2015, 3, 7)), ("2015-02-28", EARLY))
        self.assertEqual(
            self.clamped("2016-02-29", date(2016, 2, 29)), ("2016-02-29", Adjustment(0))
        )

    def test_over_new_year(self) -> None:
        """The 7 days run over New Year."""
        self.assertEqual(
            self.clamped("2016-12-31", date(2017, 1, 7)), ("2016-12-31", Adjustment(0))
        )
        self.assertEqual(self.clamped("2016-12-30", date(2017, 1, 7)), ("2016-12-31", EARLY))
        self.assertEqual(self.clamped("2017-01-01", date(2016, 12, 31)), ("2016-12-31", LATE))

    def test_at_the_bounds_of_submission_dates(self) -> None:
        """The first and the last submission date clamp like any other."""
        self.assertEqual(self.clamped("1999-12-24", date(2000, 1, 1)), ("1999-12-25", EARLY))
        self.assertEqual(self.clamped("2200-01-01", date(2199, 12, 31)), ("2199-12-31", LATE))


if __name__ == "__main__":
    unittest.main()
