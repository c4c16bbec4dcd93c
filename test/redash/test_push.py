from __future__ import annotations

import unittest
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from crash_rate_aggregates.errors import RedashKeyError, RedashRejectedError
from crash_rate_aggregates.job import prepare_database
from crash_rate_aggregates.questions.catalog import questions
from crash_rate_aggregates.redash.files import read_files
from crash_rate_aggregates.redash.found import found_objects
from crash_rate_aggregates.redash.objects import TAG, Kind, WantedObject
from crash_rate_aggregates.redash.plan import Step
from crash_rate_aggregates.redash.push import planned, push
from crash_rate_aggregates.redash.server import RedashServer
from crash_rate_aggregates.redash.wanted import DATA_SOURCE, DESTINATION, Place, wanted_objects
from test.redash.real_redash import database, server
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


def cleared(redash: RedashServer) -> None:
    """Take away what earlier tests left, hand-made widgets with the dashboards too."""
    for one in redash.get("alerts"):
        redash.delete(f"alerts/{one['id']}")
    for path in ("dashboards", "queries", "queries/archive"):
        for one in list(redash.pages(path)):
            if TAG in one["tags"] or one["name"] == "A small dashboard":
                # An archived query keeps its tags, by which the next push would find it.
                redash.post(f"{path.partition('/')[0]}/{one['id']}", {"tags": []} | version(one))
                redash.delete(f"{path.partition('/')[0]}/{one['id']}")
    for path, name in (("data_sources", DATA_SOURCE), ("destinations", DESTINATION)):
        for one in redash.get(path):
            if one["name"] in {name, "Renamed"}:
                redash.delete(f"{path}/{one['id']}")


def version(listed: dict[str, Any]) -> dict[str, Any]:
    """Return the version that a change of a dashboard must name."""
    return {"version": listed["version"]} if "dashboard_filters_enabled" in listed else {}


class BreaksOffError(Exception):
    """The push is killed."""


class PushTest(unittest.TestCase):
    """A small set of files, pushed to a real Redash: recorded, or live where one is named."""

    def setUp(self) -> None:
        self.redash = server(self)
        cleared(self.redash)
        self.wanted = self.small(HOOK)

    def small(self, webhook: str | None) -> list[WantedObject]:
        """Want the small files."""
        place = Place(database(self.live_database), webhook)
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
        self.assertEqual(sorted(one["text"] for one in after["widgets"]), ["", "Read **me**.", "Theirs"])
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
        """Another webhook is sent, although Redash shows none; without one nothing is taken away."""
        self.push()
        self.wanted = self.wanted_with_hook(f"{HOOK}/other")
        self.assertEqual(self.push(), ["change destination Crash rate alerts"])
        self.wanted = self.wanted_with_hook(None)
        self.assertEqual(self.push(), [])

    def wanted_with_hook(self, webhook: str | None) -> list[WantedObject]:
        """Want the same with another webhook."""
        kept = [
            one for one in self.wanted if one.kind not in {Kind.DESTINATION, Kind.SUBSCRIPTION}
        ]
        files = [
            one
            for one in wanted_objects(
                read_files(SMALL), questions(), Place(None, webhook), today=date(2016, 3, 15)
            )
            if one.kind in {Kind.DESTINATION, Kind.SUBSCRIPTION}
        ]
        return [*kept, *files]

    def test_query_that_fails(self) -> None:
        """A query that PostgreSQL rejects ends the push with what it says."""
        broken = [
            one
            if one.kind is not Kind.QUERY
            else WantedObject(
                one.kind,
                one.key,
                one.name,
                {**one.fields, "query": "SELECT nothing"},
                one.published,
                one.run_with,
            )
            for one in self.wanted
        ]
        with self.assertRaisesRegex(RedashRejectedError, 'column "nothing" does not exist'):
            push(self.redash, broken)


class KeyTest(unittest.TestCase):
    def test_wrong_key(self) -> None:
        """A wrong key is one sentence that says so and names the variable to correct."""
        redash = server(self, "wrong")
        with self.assertRaises(RedashKeyError) as caught:
            planned(redash, [])
        self.assertRegex(
            str(caught.exception),
            r"^Redash at \S+ does not know the API key: correct CRASH_RATE_AGGREGATES_REDASH_API_KEY$",
        )


if __name__ == "__main__":
    unittest.main()
