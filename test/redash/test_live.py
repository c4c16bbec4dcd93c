"""All that is shipped, on a live Redash: REDASH_URL and REDASH_API_KEY name it.

The Redash and the tests' PostgreSQL must reach each other on this machine. What the Redash holds is
cleared first.
"""

from __future__ import annotations

import json
import threading
import unittest
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any, ClassVar

import psycopg

from crash_rate_aggregates.questions.catalog import questions
from crash_rate_aggregates.redash.files import read_files, shipped_files
from crash_rate_aggregates.redash.found import found_objects
from crash_rate_aggregates.redash.push import Pushed, push
from crash_rate_aggregates.redash.redash_access import RedashAccess
from crash_rate_aggregates.redash.redash_objects import Kind, WantedObject
from crash_rate_aggregates.redash.rest import RedashServer
from crash_rate_aggregates.redash.wanted import wanted_objects
from test.job.days_in_postgres import rows
from test.redash.filled_database import filled_database
from test.redash.real_redash import clear_live_redash, live_redash, needs_live_redash

SQL_OF_2016 = (
    "SELECT sum(main_crashes) / sum(usage_hours) FROM crash_aggregates "
    "WHERE dimensions->>'channel' = 'nightly' AND submission_date = '2016-03-14'"
)
_NO_DAY_IS_MISSING = """
    INSERT INTO crash_aggregates_runs (
        submission_date, started_at, finished_at, program_version, engine, pings_source, dimensions,
        pings_read, bytes_read, files_read, aggregates, seconds, rules_version
    )
    SELECT
        now()::date - days, now(), now(), '1', 'none', 'none', '[]', 0, 0, 0, 0, 0, 1
    FROM generate_series(0, 20) AS days
"""
_PATIENCE_SECONDS = 60


class Webhook:
    """A real web server that keeps what it is sent."""

    def __init__(self) -> None:
        received: Queue[dict[str, Any]] = Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                received.put(json.loads(self.rfile.read(length)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self.received = received
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self, name: str) -> Mapping[str, Any]:
        """Wait for the next message about an alert."""
        while True:
            alert: dict[str, Any] = self.received.get(timeout=_PATIENCE_SECONDS)["alert"]
            if alert["name"] == name:
                return alert

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


@needs_live_redash
class ShippedOnLiveRedashTest(unittest.TestCase):
    url: ClassVar[str]
    redash: ClassVar[RedashServer]
    wanted: ClassVar[list[WantedObject]]
    first: ClassVar[Pushed]
    second: ClassVar[Pushed]
    webhook: ClassVar[Webhook]

    @classmethod
    def setUpClass(cls) -> None:
        """Push what is shipped, twice."""
        clear_live_redash()
        cls.url = filled_database(cls)
        cls.webhook = Webhook()
        cls.addClassCleanup(cls.webhook.close)
        cls.wanted = wanted_objects(
            read_files(shipped_files()),
            questions(),
            RedashAccess(database=cls.url, webhook=cls.webhook.url),
            today=datetime.now(UTC).date(),
        )
        cls.redash = cls.enterClassContext(live_redash())
        cls.first = push(cls.redash, cls.wanted)
        cls.second = push(cls.redash, cls.wanted)

    def numbers(self, kind: Kind) -> dict[str, int]:
        """Return the numbers of ours of a kind by key."""
        found = found_objects(self.redash, self.wanted)
        numbers = {one.key: one.id for one in found if one.kind is kind}
        self.assertTrue(numbers, kind)
        return numbers

    def test_second_push_writes_nothing(self) -> None:
        """The first push makes every object, the second does nothing at all."""
        made = {(step.kind, step.key) for step in self.first.steps if step.action == "make"}
        self.assertEqual(made, {(one.kind, one.key) for one in self.wanted})
        self.assertEqual((self.second.steps, self.second.writes), ((), 0))

    def test_each_query_returns_rows(self) -> None:
        """Each query has rows."""
        dates = {"start": "2016-03-01", "end": "2016-03-31"}
        defaults = {
            "dates": dates,
            "application": "Firefox",
            "channels": ["release", "nightly"],
            "channel": "nightly",
        }
        empty = []
        for key, number in self.numbers(Kind.QUERY).items():
            query = self.redash.get(f"queries/{number}")
            names = [one["name"] for one in query["options"]["parameters"]]
            values = {name: defaults[name] for name in names}
            if not self.redash.query_rows(number, values):
                empty.append(key)
        self.assertEqual(empty, [])

    def test_sql_of_2016(self) -> None:
        """The statement of 2016 on Crash-DB gives what PostgreSQL gives."""
        (source,) = self.numbers(Kind.DATA_SOURCE).values()
        query = {"name": "2016", "query": SQL_OF_2016, "data_source_id": source, "options": {}}
        number = self.redash.post("queries", {**query, "schedule": None, "tags": []})["id"]
        (row,) = self.redash.query_rows(number, {})
        self.assertEqual(list(row.values()), list(rows(self.url, SQL_OF_2016)[0]))
        self.assertEqual(list(row.values()), [4 / 300])

    def test_dashboards_show_their_charts(self) -> None:
        """Both dashboards are published and hold a widget for each wanted one."""
        for key, number in self.numbers(Kind.DASHBOARD).items():
            shown = self.redash.get(f"dashboards/{number}")
            wanted = [
                one
                for one in self.wanted
                if one.kind is Kind.WIDGET and one.fields["dashboard_id"].key == key
            ]
            self.assertFalse(shown["is_draft"])
            self.assertEqual(len(shown["widgets"]), len(wanted))

    def test_alert_fires_and_clears(self) -> None:
        """The alert of a missing day reaches the webhook, and says so when no day is missing."""
        name = "Crash rates: a submission date is missing"
        number = self.numbers(Kind.QUERY)["alert_missing_day"]
        self.redash.post(f"queries/{number}/refresh", {})
        fired = self.webhook.next(name)
        self.assertEqual(fired["state"], "triggered")
        self.assertIn("14 submission dates of crash rates are missing", fired["title"])
        with psycopg.connect(self.url) as connection:
            connection.execute(_NO_DAY_IS_MISSING)
        self.redash.post(f"queries/{number}/refresh", {})
        self.assertEqual(self.webhook.next(name)["state"], "ok")


if __name__ == "__main__":
    unittest.main()
