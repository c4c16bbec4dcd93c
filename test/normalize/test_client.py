"""Who sent a ping, and in which experiments."""

from __future__ import annotations

import unittest
from typing import Any

from test.dataset import UUID, crash_ping, json_text, main_ping, raw
from test.normalize.test_todays_rules import TodayTestCase
from test.sources.judged import judged_rows
from test.sources.mirrors.bigquery import bigquery_row
from test.sources.mirrors.glean import baseline_ping, glean_ping, glean_row

NIL = "00000000-0000-0000-0000-000000000000"
KNOWN = "c0ffeec0-ffee-c0ff-eec0-ffeec0ffeec0"
EXPERIMENTS = "environment/experiments"
ACTIVE = "environment/addons/activeExperiment"


class ClientTest(TodayTestCase):
    def test_case(self) -> None:
        """An id is the same in upper and in lower case, in every kind of ping."""
        for text in (UUID, UUID.upper(), UUID[:18] + UUID[18:].upper()):
            for ping in (
                *(main_ping(clientId=text), crash_ping(clientId=text)),
                *(
                    glean_ping(crash_ping(clientId=text)),
                    baseline_ping(**{"client_info/client_id": text}),
                ),
            ):
                self.assertEqual(self.counted(ping).client, UUID)

    def test_nobody(self) -> None:
        """Firefox's id of forgotten clients, the nil UUID, what is empty or no text is none."""
        value: Any
        for value in (KNOWN, KNOWN.upper(), NIL, "", None, 5, True, [UUID], {"id": UUID}):
            self.assertIsNone(self.counted(main_ping(clientId=value)).client, value)
        self.assertIsNone(self.counted(main_ping()).client)
        self.assertIsNone(self.counted(glean_ping(crash_ping(clientId=KNOWN))).client)

    def test_other_texts(self) -> None:
        """Another text is an id too, cut to 200 code points."""
        self.assertEqual(self.counted(main_ping(clientId="Odd ")).client, "odd ")
        self.assertEqual(self.counted(main_ping(clientId="x" * 300)).client, "x" * 200)

    def test_surrogates(self) -> None:
        """A lone surrogate in an id is told from U+FFFD, and makes a row."""
        odd = main_ping(clientId=raw(r'"\ud800"'))
        _, rows = judged_rows({"0": b"\n".join(map(json_text, [odd, main_ping(clientId="�")]))})
        self.assertEqual(len({(row["client_high"], row["client_low"]) for row in rows}), 2)


class ExperimentsTest(TodayTestCase):
    def experiments(self, **values: Any) -> dict[str, str]:
        """Return the experiments of a main ping with these values, by name their branches."""
        found = self.counted(main_ping(**values)).experiments
        self.assertEqual(list(found), sorted(found))
        return dict(found)

    def test_four_sources(self) -> None:
        """Pings of today and of 2016, BigQuery's rows and Glean's pings all tell them."""
        expected = (("a", "x"), ("b", "y"))
        today = {EXPERIMENTS: {"b": {"branch": "y", "type": "nimbus"}, "a": {"branch": "x"}}}
        self.assertEqual(self.counted(main_ping(**today)).experiments, expected)
        self.assertEqual(self.experiments(**{ACTIVE: {"id": "a", "branch": "x"}}), {"a": "x"})
        crash = crash_ping(**today)
        for ping in (glean_ping(crash), glean_row(crash) | {"metadata": {}}, bigquery_row(crash)):
            _, rows = judged_rows({"0": json_text(ping)})
            pairs = [(one["experiment"], one["branch"]) for one in rows[0]["experiments"]]
            self.assertEqual(tuple(pairs), expected)

    def test_both_kinds(self) -> None:
        """Today's and that of 2016 both count; of the same name today's branch does."""
        for name, expected in (("old", {"new": "y", "old": "x"}), ("new", {"new": "y"})):
            found = self.experiments(
                **{EXPERIMENTS: {"new": {"branch": "y"}}, ACTIVE: {"id": name, "branch": "x"}}
            )
            self.assertEqual(found, expected)

    def test_what_is_none(self) -> None:
        """Without a name or a branch, or with one that is no text, it is no experiment."""
        branch: Any
        for branch in (None, "", 5, True, [], {}):
            self.assertEqual(self.experiments(**{EXPERIMENTS: {"a": {"branch": branch}}}), {})
            self.assertEqual(self.experiments(**{ACTIVE: {"id": "a", "branch": branch}}), {})
        value: Any
        for value in ({"": {"branch": "x"}}, {}, [], "a", 5, {"a": {}}, {"a": None}):
            self.assertEqual(self.experiments(**{EXPERIMENTS: value}), {}, value)
        self.assertEqual(self.experiments(**{ACTIVE: {"branch": "x"}}), {})

    def test_bounds(self) -> None:
        """Names and branches are cut to 200 code points; of 150 the first 100 by name count."""
        long = self.experiments(**{EXPERIMENTS: {"é" * 201: {"branch": "x" * 300}}})
        self.assertEqual(long, {"é" * 200: "x" * 200})
        many = {f"e{number:03}": {"branch": "b"} for number in range(150)}
        self.assertEqual(
            self.experiments(**{EXPERIMENTS: many}), {f"e{number:03}": "b" for number in range(100)}
        )


if __name__ == "__main__":
    unittest.main()
