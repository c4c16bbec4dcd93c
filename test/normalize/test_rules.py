"""Rules 1 to 7, each with exact values; the first that fits decides."""

from __future__ import annotations

import unittest
from datetime import date
from typing import Any

from crash_rate_aggregates.outcomes import Adjustment, DocType, Outcome
from test.dataset import (
    LENGTH,
    STARTED,
    WITH_DUMP,
    VerdictTestCase,
    crash_ping,
    main_ping,
    raw,
    without,
)

MAIN, CRASH, OTHER, UNKNOWN = DocType.MAIN, DocType.CRASH, DocType.OTHER, DocType.UNKNOWN
COUNTED = Outcome.COUNTED
BUILD_ID = "environment/build/buildId"
NO_STRINGS: tuple[Any, ...] = (0, 20160314, 1.5, True, False, {}, [], ["main"])


class DocTypeTest(VerdictTestCase):
    def test_main_and_crash_are_counted(self) -> None:
        """A sound main ping and a sound crash ping are counted under their doc type."""
        self.assertEqual(self.outcome(main_ping()), (COUNTED, MAIN))
        self.assertEqual(self.outcome(crash_ping()), (COUNTED, CRASH))

    def test_meta_doc_type_wins_over_type(self) -> None:
        """meta.docType decides where it is present, whatever the ping's own type says."""
        self.assertEqual(self.outcome(main_ping(type="crash")), (COUNTED, MAIN))
        self.assertEqual(self.outcome(main_ping(type=None)), (COUNTED, MAIN))
        ping = main_ping(**{"meta/docType": "saved_session"})
        self.assertEqual(self.outcome(ping), (Outcome.OTHER_DOC_TYPE, OTHER))

    def test_absent_meta_doc_type_falls_back_to_type(self) -> None:
        """Where meta or its docType is absent, null or no object, the ping's type decides."""
        self.assertEqual(self.outcome(without(main_ping(), "meta")), (COUNTED, MAIN))
        self.assertEqual(self.outcome(without(main_ping(), "meta/docType")), (COUNTED, MAIN))
        self.assertEqual(self.outcome(main_ping(**{"meta/docType": None})), (COUNTED, MAIN))
        meta: Any
        for meta in (None, [], "crash", 7, [{"docType": "crash"}], {}):
            with self.subTest(meta=meta):
                self.assertEqual(self.outcome(main_ping(meta=meta)), (COUNTED, MAIN))

    def test_other_strings_are_other_doc_types(self) -> None:
        """A doc type counts only if it is exactly `main` or `crash`; other strings are `other`."""
        for doc_type in (
            "Main",
            "main ",
            " main",
            "",
            "core",
            "crash\0",
            "\u0441rash",
            "main" * 99,
        ):
            with self.subTest(doc_type=doc_type):
                expected = (Outcome.OTHER_DOC_TYPE, OTHER)
                self.assertEqual(self.outcome(main_ping(**{"meta/docType": doc_type})), expected)
                self.assertEqual(self.outcome(main_ping(type=doc_type, meta=None)), expected)

    def test_no_string_is_an_unknown_doc_type(self) -> None:
        """A doc type that is absent or no string is `unknown` in the ledger."""
        expected = (Outcome.OTHER_DOC_TYPE, UNKNOWN)
        self.assertEqual(self.outcome({}), expected)
        for doc_type in NO_STRINGS:
            with self.subTest(doc_type=doc_type):
                self.assertEqual(self.outcome(main_ping(**{"meta/docType": doc_type})), expected)
                self.assertEqual(self.outcome(main_ping(type=doc_type, meta=None)), expected)


class SubmissionDateTest(VerdictTestCase):
    def outcome_for(self, stated: object, day: date = date(2016, 3, 14)) -> Outcome:
        """Return the outcome of a ping with this meta.submissionDate."""
        outcome, doc_type = self.outcome(main_ping(**{"meta/submissionDate": stated}), day)
        self.assertEqual(doc_type, MAIN)
        return outcome

    def test_both_ways_to_write_the_folders_day(self) -> None:
        """YYYYMMDD and YYYY-MM-DD of the folder's day pass; null and absent do too."""
        for stated in ("20160314", "2016-03-14", None):
            self.assertEqual(self.outcome_for(stated), COUNTED, stated)
        self.assertEqual(self.outcome(main_ping()), (COUNTED, MAIN))

    def test_no_date(self) -> None:
        """What is no real date in one of the two forms is a bad submission date."""
        bad = (
            "",
            "2016-0314",
            "201603-14",
            "2016-3-14",
            "160314",
            "2016/03/14",
            "20160314 ",
            " 20160314",
            "20160314\n",
            "2016-03-14T00:00",
            "2016031",
            "201603140",
            "20160230",
            "20150229",
            "20161301",
            "20160100",
            "00000101",
            "0000-01-01",
            "+2016314",
            "2016-W11-1",
            "\u0662\u0660\u0661\u0666\u0660\u0663\u0661\u0664",
            "\uff12\uff10\uff11\uff16\uff10\uff13\uff11\uff14",
            "\u00b20160314",
        )
        for stated in (*bad, *NO_STRINGS):
            with self.subTest(stated=stated):
                self.assertEqual(self.outcome_for(stated), Outcome.BAD_SUBMISSION_DATE)

    def test_bounds_of_submission_dates(self) -> None:
        """Submission dates run from 2000-01-01 to 2199-12-31; beyond they are no dates."""
        for stated in ("19991231", "1999-12-31", "22000101", "2200-01-01", "99991231"):
            self.assertEqual(self.outcome_for(stated), Outcome.BAD_SUBMISSION_DATE, stated)
        for stated in ("20000101", "2199-12-31"):
            self.assertEqual(self.outcome_for(stated), Outcome.OTHER_SUBMISSION_DATE, stated)
        self.assertEqual(self.outcome_for("20000101", date(2000, 1, 1)), COUNTED)
        self.assertEqual(self.outcome_for("21991231", date(2199, 12, 31)), COUNTED)

    def test_another_day(self) -> None:
        """A real date that is not the folder's day is another submission date."""
        for stated in ("20160313", "2016-03-15", "20170314", "20160229", "20000229"):
            self.assertEqual(self.outcome_for(stated), Outcome.OTHER_SUBMISSION_DATE, stated)


class BuildIdTest(VerdictTestCase):
    def test_fourteen_ascii_digits(self) -> None:
        """Any 14 ASCII digits are a build id: they need not be a date."""
        for build_id in ("20160313030418", "00000000000000", "99999999999999"):
            self.assertEqual(self.outcome(main_ping(**{BUILD_ID: build_id})), (COUNTED, MAIN))

    def test_anything_else(self) -> None:
        """Other strings, other types and none at all are bad build ids."""
        bad = (
            "",
            "2016031303041",
            "201603130304180",
            "2016031303041 ",
            " 20160313030418",
            "20160313030418\n",
            "2016031303041x",
            "-2016031303041",
            "2016031303041\u0661",
            "\uff12\uff10\uff11\uff16\uff10\uff13\uff11\uff13\uff10\uff13\uff10\uff14\uff11\uff18",
            None,
            20160313030418,
        )
        for build_id in (*bad, *NO_STRINGS):
            with self.subTest(build_id=build_id):
                expected = (Outcome.BAD_BUILD_ID, CRASH)
                self.assertEqual(self.outcome(crash_ping(**{BUILD_ID: build_id})), expected)

    def test_path_through_no_object(self) -> None:
        """A build id is absent where environment or build is absent or no object."""
        for path in ("environment", "environment/build", BUILD_ID):
            self.assertEqual(self.outcome(without(main_ping(), path))[0], Outcome.BAD_BUILD_ID)
        for path in ("environment", "environment/build"):
            for value in (None, "20160313030418", 1, [], [{"buildId": "20160313030418"}], True):
                with self.subTest(path=path, value=value):
                    ping = main_ping(**{path: value})
                    self.assertEqual(self.outcome(ping), (Outcome.BAD_BUILD_ID, MAIN))


class SubsessionLengthTest(VerdictTestCase):
    def test_integer_literals_of_any_length(self) -> None:
        """An integer literal passes, negative or with 5,000 digits, and null is absent."""
        for literal in ("0", "-0", "-1", "3600", "9" * 5000, "-" + "9" * 5000, "null"):
            with self.subTest(literal=literal[:9]):
                self.assertEqual(self.outcome(main_ping(**{LENGTH: raw(literal)})), (COUNTED, MAIN))

    def test_anything_else_is_bad(self) -> None:
        """A fraction, exponent, string, boolean or container is bad, in a crash ping too."""
        bad = (
            "1.0",
            "-0.0",
            "1e3",
            "1E3",
            "10e-1",
            "true",
            "false",
            '"3600"',
            '""',
            "{}",
            "[]",
            "[1]",
        )
        for literal in bad:
            with self.subTest(literal=literal):
                ping = main_ping(**{LENGTH: raw(literal)})
                self.assertEqual(self.outcome(ping), (Outcome.BAD_SUBSESSION_LENGTH, MAIN))
                ping = crash_ping(**{LENGTH: raw(literal)})
                self.assertEqual(self.outcome(ping), (Outcome.BAD_SUBSESSION_LENGTH, CRASH))

    def test_no_number_in_json(self) -> None:
        """What JSON does not know as a number makes the whole ping unreadable."""
        for literal in (
            "+1",
            "01",
            "-",
            "--1",
            "1.",
            ".5",
            "0x10",
            "1_000",
            "NaN",
            "-Infinity",
            "\u0967",
        ):
            with self.subTest(literal=literal):
                ping = main_ping(**{LENGTH: raw(literal)})
                self.assertEqual(self.outcome(ping), (Outcome.UNREADABLE, UNKNOWN))


class OrderTest(VerdictTestCase):
    def test_first_rule_decides(self) -> None:
        """Of a ping that breaks all rules the first one decides; mended one by one, the next."""
        ping = main_ping(
            **{
                "meta/docType": "core",
                "meta/submissionDate": "20160230",
                BUILD_ID: "x",
                STARTED: "never",
                LENGTH: "long",
            }
        )
        self.assertEqual(self.outcome(b"x"), (Outcome.UNREADABLE, UNKNOWN))
        self.assertEqual(self.outcome(ping), (Outcome.OTHER_DOC_TYPE, OTHER))
        ping["meta"]["docType"] = "main"
        self.assertEqual(self.outcome(ping), (Outcome.BAD_SUBMISSION_DATE, MAIN))
        ping["meta"]["submissionDate"] = "20160315"
        self.assertEqual(self.outcome(ping), (Outcome.OTHER_SUBMISSION_DATE, MAIN))
        ping["meta"]["submissionDate"] = "20160314"
        self.assertEqual(self.outcome(ping), (Outcome.BAD_BUILD_ID, MAIN))
        ping["environment"]["build"]["buildId"] = "20160313030418"
        self.assertEqual(self.outcome(ping), (Outcome.BAD_ACTIVITY_DATE, MAIN))
        ping["payload"]["info"]["subsessionStartDate"] = "2016-03-14"
        self.assertEqual(self.outcome(ping), (Outcome.BAD_SUBSESSION_LENGTH, MAIN))
        ping["payload"]["info"]["subsessionLength"] = 3600
        self.assertEqual(self.outcome(ping), (COUNTED, MAIN))

    def test_adjustments_add_up(self) -> None:
        """A ping in which four things are put right is counted with all four adjustments."""
        ping = main_ping(
            **{
                STARTED: "2016-03-01",
                LENGTH: 90_001,
                "application/channel": "x" * 201,
                f"{WITH_DUMP}/content": {"sum": -1},
            }
        )
        self.assertEqual(
            self.adjustments(ping),
            Adjustment.ACTIVITY_DATE_TOO_EARLY
            | Adjustment.USAGE_CAPPED
            | Adjustment.DIMENSION_SHORTENED
            | Adjustment.BAD_HISTOGRAM,
        )


if __name__ == "__main__":
    unittest.main()
