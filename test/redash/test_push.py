from __future__ import annotations

import json
import os
import unittest
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

from crash_rate_aggregates.database.prepare import prepare_database
from crash_rate_aggregates.errors import ExitCode, RedashKeyError, RedashRejectedError
from crash_rate_aggregates.questions.catalog import questions
from crash_rate_aggregates.redash.files import read_files
from crash_rate_aggregates.redash.found import found_objects
from crash_rate_aggregates.redash.plan import Step
from crash_rate_aggregates.redash.push import planned, push
from crash_rate_aggregates.redash.redash_access import RedashAccess
from crash_rate_aggregates.redash.redash_objects import Kind, WantedObject
from crash_rate_aggregates.redash.wanted import wanted_objects
from test.cli.test_cli import typed
from test.redash.real_redash import (
    RECORDED_DATABASE,
    clear_live_redash,
    database,
    place,
    server,
)
from test.servers import fresh_database

SMALL = Path(__file__).parent / "small"
HOOK = "http://127.0.0.1:9/hook"
MADE = [
    "make data source Crash-DB",
    "make query fresh",
    "publish query fresh",
    "run query fresh",
    "make chart fresh/days",
    "make dashboard small",
    "make widget small/fresh/days",
    "make widget small/about",
    "make destination Crash rate alerts",
    "make alert behind",
    "make subscription behind",
    "publish dashboard small",
]


def said(steps: Iterable[Step]) -> list[str]:
    """Say the steps in short."""
    return [f"{step.action} {step.kind} {step.key}" for step in steps]


class BreaksOffError(Exception):
    """The push is killed."""


class PushTest(unittest.TestCase):
    """A small set of files, pushed to a real Redash: recorded, or live where one is named."""

    def setUp(self) -> None:
        clear_live_redash()
        self.redash = server(self)
        self.database = database(self.live_database)
        self.wanted = self.small(HOOK)

    def small(self, webhook: str | None) -> list[WantedObject]:
        """Want the small files."""
        place = RedashAccess(database=self.database, webhook=webhook)
        return wanted_objects(read_files(SMALL), questions(), place, today=date(2016, 3, 15))

    def live_database(self) -> str:
        """Return a fresh database with the tables."""
        url = fresh_database(self)
        prepare_database(url)
        return url

    def push(self) -> list[str]:
        """Push and say what was done."""
        return said(push(self.redash, self.wanted).steps)

    def ours(self, kind: Kind) -> Iterator[tuple[int, str]]:
        """Yield numbers and names of ours as they are now."""
        for one in found_objects(self.redash, self.wanted):
            if one.kind is kind:
                yield one.id, one.name

    def test_push_makes_all_and_then_nothing(self) -> None:
        """The first push makes everything, the second writes nothing."""
        self.assertEqual(said(planned(self.redash, self.wanted).steps), MADE)
        self.assertEqual(self.push(), MADE)
        again = push(self.redash, self.wanted)
        self.assertEqual((again.steps, again.notes, again.writes), ((), (), 0))

    def test_broken_push_is_finished(self) -> None:
        """A push that breaks off after each step in turn is finished by the next ones."""
        done: list[Step] = []

        def break_off(step: Step) -> None:
            done.append(step)
            raise BreaksOffError

        for _ in MADE:
            with self.assertRaises(BreaksOffError):
                push(self.redash, self.wanted, break_off)
        self.assertEqual(said(done), MADE)
        self.assertEqual(self.push(), [])

    def test_dashboard_without_tags_is_adopted(self) -> None:
        """A push that broke off between making and tagging a dashboard makes no second one."""
        self.redash.post("dashboards", {"name": "A small dashboard"})
        self.assertNotIn("make dashboard small", self.push())
        self.assertEqual([name for _, name in self.ours(Kind.DASHBOARD)], ["A small dashboard"])

    def test_renames_and_foreign_objects(self) -> None:
        """Renames are taken back, nothing is made twice, and what people added stays."""
        self.push()
        ((query, _),) = self.ours(Kind.QUERY)
        ((dashboard, _),) = self.ours(Kind.DASHBOARD)
        ((source, _),) = self.ours(Kind.DATA_SOURCE)
        self.redash.post(f"queries/{query}", {"name": "My query"})
        shown = self.redash.get(f"dashboards/{dashboard}")
        renamed = {"name": "Mine", "tags": [*shown["tags"], "mine"], "version": shown["version"]}
        self.redash.post(f"dashboards/{dashboard}", renamed)
        options = {**self.redash.get(f"data_sources/{source}")["options"], "password": "--------"}
        self.redash.post(
            f"data_sources/{source}", {"name": "Renamed", "type": "pg", "options": options}
        )
        theirs = {"dashboard_id": dashboard, "visualization_id": None, "text": "Theirs", "width": 1}
        self.redash.post("widgets", {**theirs, "options": {}})
        copy = self.redash.post(f"queries/{query}/fork", {})
        self.assertEqual(
            self.push(),
            ["change data source Crash-DB", "change query fresh", "change dashboard small"],
        )
        self.assertEqual(self.push(), [])
        after = self.redash.get(f"dashboards/{dashboard}")
        self.assertEqual(after["name"], "A small dashboard")
        self.assertIn("mine", after["tags"])
        self.assertEqual(
            sorted(one["text"] for one in after["widgets"]), ["", "Read **me**.", "Theirs"]
        )
        self.assertIn("Copy of", self.redash.get(f"queries/{copy['id']}")["name"])
        (note,) = planned(self.redash, self.wanted).notes
        self.assertIn(f"(number {copy['id']}) is a copy of ours", note)

    def test_archived_query_comes_back(self) -> None:
        """An archived query is restored with its alert, and its charts' widgets."""
        self.push()
        ((query, _),) = self.ours(Kind.QUERY)
        self.redash.delete(f"queries/{query}")
        done = self.push()
        self.assertIn("publish query fresh", done)
        self.assertIn("make alert behind", done)
        self.assertEqual([number for number, _ in self.ours(Kind.QUERY)], [query])
        self.assertEqual(self.push(), [])

    def test_other_webhook(self) -> None:
        """Another webhook is sent, although Redash shows none; without one nothing goes."""
        self.push()
        self.wanted = self.small(f"{HOOK}/other")
        self.assertEqual(self.push(), ["change destination Crash rate alerts"])
        self.wanted = self.small(None)
        self.assertEqual(self.push(), [])

    def test_query_that_fails(self) -> None:
        """A query that PostgreSQL rejects ends the push with what it says."""
        broken = [
            replace(one, fields={**one.fields, "query": "SELECT nothing"})
            if one.kind is Kind.QUERY
            else one
            for one in self.wanted
        ]
        with self.assertRaisesRegex(RedashRejectedError, 'column "nothing" does not exist'):
            push(self.redash, broken)


class CommandsTest(unittest.TestCase):
    """The commands as they are typed, about a Redash that holds nothing of ours."""

    def setUp(self) -> None:
        clear_live_redash()
        url, api_key = place(self)
        settings = {"URL": url, "API_KEY": api_key, "DATABASE": RECORDED_DATABASE}
        ours = {f"CRASH_RATE_AGGREGATES_REDASH_{name}": text for name, text in settings.items()}
        self.enterContext(patch.dict(os.environ, ours))

    def test_plan_for_people(self) -> None:
        """The plan is a line for each step and a sum; a change to come ends a check with code 3."""
        code, output, _ = typed("redash", "plan", "--check", "--files", str(SMALL))
        self.assertEqual(code, ExitCode.CHECK_FAILED)
        first, *_, last = output.splitlines()
        self.assertEqual(first, "+ make data source 'Crash-DB'")
        self.assertEqual(last, "10 steps: 7 to make, 2 to publish, 1 to run.")
        self.assertNotIn("secret", output)

    def test_plan_for_machines(self) -> None:
        """--json prints each step with its changes, and how many of them write."""
        code, output, _ = typed("redash", "plan", "--json", "--files", str(SMALL))
        self.assertEqual(code, ExitCode.DONE)
        document = json.loads(output)
        self.assertEqual(document["writes"], 9)
        self.assertEqual(document["notes"], [])
        self.assertEqual(
            document["steps"][2],
            {
                "action": "publish",
                "kind": "query",
                "key": "fresh",
                "name": "Freshness",
                "id": None,
                "changes": [
                    {"field": "is_draft", "before": None, "after": False},
                    {"field": "is_archived", "before": None, "after": False},
                ],
            },
        )


class KeyTest(unittest.TestCase):
    def test_wrong_key(self) -> None:
        """A wrong key is one sentence that says so and names the variable to correct."""
        redash = server(self, "wrong")
        with self.assertRaises(RedashKeyError) as caught:
            planned(redash, [])
        self.assertRegex(
            str(caught.exception),
            r"^Redash at \S+ does not know the API key: correct CRASH_RATE_\w+_REDASH_API_KEY$",
        )


if __name__ == "__main__":
    unittest.main()
