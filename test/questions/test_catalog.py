from __future__ import annotations

import re
import unittest
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from crash_rate_aggregates.database.assessments.assessment_rows import (
    AlarmRow,
    ExplanationRow,
    NowcastRow,
    VerdictRow,
)
from crash_rate_aggregates.database.assessments.assessments import Assessment, store_assessment
from crash_rate_aggregates.errors import QuestionNotFoundError
from crash_rate_aggregates.ledger import LedgerLine
from crash_rate_aggregates.questions.asking import CHANNELS
from crash_rate_aggregates.questions.catalog import PARAMETERS, found, questions
from crash_rate_aggregates.rows import BY_EXPERIMENT, BY_PROCESS, CLIENTS, LABELS, DayTable
from test.database.sample_days import Row, day
from test.questions.stored_days import HOURS, QuestionsTestCase

KEYS = {
    "alarms": ("alarm_id",),
    "explanations": ("channel", "label", "kind", "list", "explanation"),
    "nowcast_record": ("channel", "kind", "days_late"),
    "nowcasts": ("activity_date", "channel", "kind"),
    "verdicts": ("channel", "label", "kind"),
    "active_hours_over_time": ("activity_date", "channel"),
    "adjustments": ("submission_date", "adjustment"),
    "applications": ("value",),
    "channels": ("value",),
    "completeness": ("activity_date", "channel"),
    "crash_free_user_days": ("submission_date", "channel", "kind"),
    "crash_rates_by_build": ("build_id",),
    "crash_rates_by_class": ("crash_class",),
    "crash_rates_by_country": ("country", "architecture", "kind"),
    "crash_rates_by_process": ("process",),
    "crash_rates_by_system": ("os_name", "os_version", "kind"),
    "crash_rates_by_version": ("build_version", "build_age"),
    "crash_rates_over_time": ("activity_date", "channel"),
    "experiments": ("experiment", "branch"),
    "few_machines": ("channel", "kind"),
    "labels_to_fill_again": ("submission_date", "application", "channel", "build_id"),
    "ledger_by_reason": ("submission_date", "reason"),
    "pings_a_day": ("submission_date",),
    "releases": ("label",),
    "restatements": ("run_id", "channel"),
}
"""What tells the rows of an answer apart; the others have one row."""
BESIDE: Mapping[DayTable, list[dict[str, Any]]] = {
    BY_PROCESS: [
        {
            "activity_date": date(2016, 3, 13),
            "channel": "nightly",
            "process": process,
            "crash_class": crash_class,
            "source": "crash ping",
            "crashes": 1,
        }
        for process, crash_class in (
            ("main", "none"),
            ("main", "out of memory"),
            ("gpu", "none"),
        )
    ],
    LABELS: [
        {
            "channel": channel,
            "build_id": "20160310000000",
            "learned_label": "48.0 2016-03-10",
            "learned_pings": 1,
        }
        for channel in ("nightly", "beta")
    ],
    CLIENTS: [
        {
            "level": level,
            "channel": channel,
            "kind": kind,
            "active_clients": active,
            "crashed_clients": 9,
            "crashes": 9,
        }
        for level in ("channel", "country")
        for channel, active in (("nightly", 900), ("beta", 900), ("esr", 3), ("aurora", 3))
        for kind in ("main", "content", "any")
    ],
    BY_EXPERIMENT: [
        {
            "experiment": experiment,
            "branch": branch,
            "channel": channel,
            "active_clients": 900,
            "usage_seconds": HOURS,
        }
        for experiment in ("a", "b")
        for branch in ("control", "treatment")
        for channel in ("nightly", "beta")
    ],
}
"""Rows of the tables beside `crash_aggregates`."""
_KINDS = ("main", "content_minus_shutdown")
_OF_NIGHTLY = {"application": "Firefox", "channel": "nightly"}
_FIGURES = dict.fromkeys(("ratio", "lower_limit", "upper_limit"), 1.5)


def said(row: type[Any], **values: Any) -> Any:
    """Return a row of an answer about nightly, in which what is not given is not known."""
    unknown = dict.fromkeys(one.name for one in fields(row))
    return row(**{**unknown, **_OF_NIGHTLY, **values})


SAID = Assessment(
    date(2016, 3, 14),
    datetime(2016, 3, 15, 4, 0, tzinfo=UTC),
    "0.1.0",
    1,
    1,
    1.0,
    (
        *(
            said(
                NowcastRow,
                kind=kind,
                activity_date=date(2016, 3, 13),
                days_late=1,
                state="provisional",
                crashes=20,
                usage_hours=900,
                rate=20,
                final_lower_limit=16,
                final_upper_limit=24,
            )
            for kind in _KINDS
        ),
        *(
            said(
                VerdictRow,
                label="49.0",
                kind=kind,
                method="equal age",
                is_decisive=True,
                state="worse",
                words="worse by 50%",
                first_day=date(2016, 3, 10),
                age=4,
                change=0.2,
                alpha=0.1,
                **_FIGURES,
            )
            for kind in _KINDS
        ),
        *(
            said(
                ExplanationRow,
                label="49.0",
                kind="main",
                list=name,
                place=1,
                segment={},
                words=name,
            )
            for name in ("segments", "processes")
        ),
        *(
            said(
                AlarmRow,
                alarm_id=f"firefox/nightly/{kind}/2016-03-13",
                kind=kind,
                measure="rate",
                begun=date(2016, 3, 13),
                state="begun",
                words="x",
                activity_date=date(2016, 3, 13),
                **_FIGURES,
            )
            for kind in _KINDS
        ),
    ),
)
"""What was said about a day."""
ONE_ROW = ("alert_alarms", "alert_missing_day", "freshness")


class CatalogTest(unittest.TestCase):
    def test_every_question(self):
        """Each question has a title, a description in sentences and known parameters."""
        for name, question in questions().items():
            with self.subTest(question=name):
                self.assertEqual(question.name, name)
                self.assertRegex(question.title, r"^[A-Z][^.]+$")
                self.assertRegex(question.description, r"^[A-Z].*\.$")
                self.assertLessEqual(
                    set(re.findall(r"%\(([^)]*)\)", question.query)), set(PARAMETERS)
                )
                self.assertTrue(question.query.startswith(("SELECT", "WITH")))

    def test_percent_signs(self):
        """A query has no percent sign but those of parameters: any program can bind them."""
        for name, question in questions().items():
            self.assertNotIn("%", re.sub(r"%\([a-z_]+\)s", "", question.query), name)

    def test_alerts(self):
        """Questions of alerts take no parameter, so that they fire."""
        for name in ONE_ROW:
            self.assertEqual(questions()[name].parameters, (), name)
        self.assertEqual(sorted([*KEYS, *ONE_ROW]), sorted(questions()))

    def test_names(self):
        """A question is found by its name, also with dashes; else those there are are told."""
        self.assertEqual(found("pings-a-day").name, "pings_a_day")
        with self.assertRaisesRegex(QuestionNotFoundError, "^there is no question 'x': choose"):
            found("x")


class EveryQuestionTest(QuestionsTestCase):
    def test_channels(self):
        """The channels that are asked for unless others are named are those that exist."""
        self.assertEqual(
            {
                one
                for (one,) in self.rows(
                    "SELECT crash_channel(c) FROM unnest(%s::text[]) c", [*CHANNELS]
                )
            },
            set(CHANNELS),
        )

    def test_nothing_stored(self):
        """Every question can be asked before the first day: alerts have their row, others none."""
        for name in questions():
            with self.subTest(question=name):
                self.assertEqual(len(self.ask(name)), 1 if name in ONE_ROW else 0)

    def test_one_row_a_point(self):
        """Every answer has one row for each of its points: charts add up what comes twice."""
        rows = [
            Row(
                {
                    "channel": channel,
                    "build_version": version,
                    "build_id": build_id,
                    "os_name": "Linux",
                    "os_version": version,
                    "country": country,
                    "architecture": "x86",
                },
                {"usage_seconds": HOURS, "main_crashes": 3, "content_crashes": 2},
                date(2016, 3, 13),
            )
            for channel in ("nightly", "beta", "a", "b")
            for version in ("48.0", "49.0")
            for build_id in ("20160310000000", "20160311000000", "20100101000000")
            for country in ("DE", "FR")
        ]
        ledger = (
            *day(*rows).ledger.lines,
            LedgerLine("main", "outcome", "duplicate", 3),
            LedgerLine("crash", "outcome", "duplicate", 4),
            LedgerLine("main", "adjustment", "usage_capped", 1),
        )
        for number in (14, 15, 15):
            self.store(date(2016, 3, number), *rows, ledger=ledger)
        self.fill(date(2016, 3, 16), rows[0], tables=BESIDE)
        # With these the activity date of 13 March is complete, so that its nowcast has a record.
        for number in (13, 17, 18, 19, 20):
            self.store(date(2016, 3, number), rows[0])
        store_assessment(self.connection, SAID)
        for name, keys in KEYS.items():
            with self.subTest(question=name):
                points = [tuple(row[key] for key in keys) for row in self.ask(name)]
                self.assertGreater(len(points), 0)
                self.assertEqual(len(points), len(set(points)))
