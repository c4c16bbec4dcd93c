from __future__ import annotations

import random
import unittest
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.redash.comparison import is_as_wanted, merged
from crash_rate_aggregates.redash.plan import Change, Step, plan
from crash_rate_aggregates.redash.redash_objects import FoundObject, Kind, WantedObject
from test.redash.model import ALL, SOURCE, after, chart, query, widget

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
    ),
    max_leaves=8,
)


def made(*wanted: WantedObject) -> list[FoundObject]:
    """Return a server on which all that is wanted was made."""
    return after([], plan(wanted, []).steps)


def changed(server: Iterable[FoundObject], kind: Kind, **fields: Any) -> list[FoundObject]:
    """Change fields of all objects of a kind, as a person does in Redash."""
    return [
        replace(one, fields={**one.fields, **fields}) if one.kind is kind else one for one in server
    ]


def said(steps: Iterable[Step]) -> list[str]:
    """Say the steps in short."""
    return [f"{step.action} {step.kind} {step.key}" for step in steps]


class CasesTest(unittest.TestCase):
    def test_all_is_made_in_order(self) -> None:
        """On an empty server each object comes after those it needs; dashboards show up last."""
        self.assertEqual(
            said(plan(reversed(ALL), []).steps),
            [
                "make data source Crash-DB",
                "make query rates",
                "publish query rates",
                "run query rates",
                "make chart rates/line",
                "make dashboard board",
                "make widget board/text",
                "make widget board/rates",
                "make alert jump",
                "publish dashboard board",
            ],
        )

    def test_nothing_to_do(self) -> None:
        """On a server that holds all that is wanted there is nothing to do, and nothing to note."""
        done = plan(ALL, made(*ALL))
        self.assertEqual((done.steps, done.notes, done.writes), ((), (), 0))

    def test_rename_is_taken_back(self) -> None:
        """What was renamed in Redash is known by its key: the name is set right, no more."""
        server = changed(made(*ALL), Kind.DASHBOARD, name="My board")
        (step,) = plan(ALL, server).steps
        self.assertEqual(said([step]), ["change dashboard board"])
        self.assertEqual(step.changes, (Change("name", "My board", "Board"),))

    def test_changed_text_is_run_again(self) -> None:
        """A query whose text was changed gets its text back and a new result."""
        server = changed(made(*ALL), Kind.QUERY, query="SELECT 2")
        self.assertEqual(said(plan(ALL, server).steps), ["change query rates", "run query rates"])

    def test_run_that_broke_off(self) -> None:
        """A query without a result of its text is run, and that is no write."""
        server = [replace(one, has_result=one.kind is not Kind.QUERY) for one in made(*ALL)]
        done = plan(ALL, server)
        self.assertEqual((said(done.steps), done.writes), (["run query rates"], 0))

    def test_archived_query_comes_back(self) -> None:
        """A query that was archived is published again, not made a second time."""
        server = changed(made(*ALL), Kind.QUERY, is_archived=True)
        self.assertEqual(said(plan(ALL, server).steps), ["publish query rates"])

    def test_tags_and_options_of_people_stay(self) -> None:
        """What people added to ours is no difference, and stays when there is another one."""
        server = changed(made(*ALL), Kind.DASHBOARD, tags=["mine", "ours", "ours:board"])
        self.assertEqual(plan(ALL, server).steps, ())
        server = changed(made(*ALL), Kind.DASHBOARD, tags=["mine"], options={"color": "red"})
        (step,) = plan(ALL, server).steps
        self.assertEqual(step.fields["tags"], ["mine", "ours", "ours:board"])
        self.assertEqual(step.fields["options"], {"color": "red", "key": "board"})

    def test_copy_stays(self) -> None:
        """A copy that a person made, tags included, is named and left alone; the oldest is ours."""
        server = made(*ALL)
        original = next(one for one in server if one.kind is Kind.QUERY)
        copy = replace(original, id=99, name="Copy of rates", fields={})
        done = plan(ALL, [copy, *server])
        self.assertEqual(done.steps, ())
        self.assertEqual(
            done.notes, ("query 'Copy of rates' (number 99) is a copy of ours and stays as it is",)
        )

    def test_widget_with_another_chart(self) -> None:
        """Redash cannot change the chart of a widget, so the widget is made anew."""
        two = (*ALL, chart("rates/bars"))
        server = made(*two)
        moved = widget(shown="rates/bars")
        wanted = [moved if one.key == moved.key else one for one in two]
        self.assertEqual(
            said(plan(wanted, server).steps),
            ["delete widget board/rates", "make widget board/rates"],
        )

    def test_no_longer_wanted(self) -> None:
        """Our widgets go when no file names them; queries may be in use elsewhere and are named."""
        server = made(*ALL, query("old"), widget("board/old", None))
        done = plan(ALL, server)
        self.assertEqual(said(done.steps), ["delete widget board/old"])
        (note,) = done.notes
        self.assertRegex(
            note, r"^query 'Query old' \(number 3\) is no longer in the files and stays"
        )

    def test_hidden_secret_is_no_difference(self) -> None:
        """A secret that Redash hides agrees; one that does not connect is sent again."""
        hidden = {"host": "db", "password": "--------"}
        server = changed(made(*ALL), Kind.DATA_SOURCE, options=hidden, connects=True)
        tested = replace(SOURCE, fields={**SOURCE.fields, "connects": True})
        wanted = [tested, *ALL[1:]]
        self.assertEqual(plan(wanted, server).steps, ())
        broken = changed(server, Kind.DATA_SOURCE, connects=False)
        (step,) = plan(wanted, broken).steps
        self.assertEqual(step.changes, (Change("connects", False, True),))
        self.assertEqual(step.fields["options"], {"host": "db", "password": "secret"})

    def test_data_source_that_nobody_described(self) -> None:
        """Without its URL the data source is taken as it is, and missed where it is not there."""
        named = replace(SOURCE, fields={"name": "Crash-DB"})
        wanted = [named, *ALL[1:]]
        self.assertEqual(plan(wanted, made(*ALL)).steps, ())
        with self.assertRaisesRegex(BadSettingError, "'Crash-DB'.*redash_database"):
            plan(wanted, [])

    def test_innermost_difference_is_named(self) -> None:
        """A change names the innermost value that differs."""
        server = made(SOURCE, query(), chart(axis={"type": "line", "min": 0}))
        (step,) = plan([SOURCE, query(), chart(axis={"type": "line", "min": 1})], server).steps
        self.assertEqual(step.changes, (Change("options.axis.min", 0, 1),))


class LawsTest(unittest.TestCase):
    @given(_VALUES, _VALUES)
    def test_merged_is_as_wanted(self, wanted: Any, found: Any) -> None:
        """What is sent for a difference is as wanted, and keeps what else a mapping held."""
        both = merged(wanted, found)
        self.assertTrue(is_as_wanted(wanted, both))
        if isinstance(wanted, dict) and isinstance(found, dict):
            self.assertLessEqual(set(found), set(both))

    @given(st.randoms(use_true_random=False), st.integers(0, 12))
    def test_next_push_finishes(self, chance: random.Random, done: int) -> None:
        """From any server, a push that breaks off after any step is finished by the next one.

        Afterwards there is nothing to do, and nobody else's object was part of any step.
        """
        server = disturbed(chance)
        others = [one for one in server if one.is_copy]
        first = plan(ALL, server)
        server = after(server, first.steps[:done])
        second = plan(ALL, server)
        server = after(server, second.steps)
        self.assertEqual(plan(ALL, server).steps, ())
        self.assertEqual([one for one in server if one.is_copy], others)
        touched = {(step.kind, step.id) for step in (*first.steps, *second.steps)}
        self.assertFalse(touched & {(one.kind, one.id) for one in others})
        for one in ALL:
            holders = [ours for ours in server if (ours.kind, ours.key) == (one.kind, one.key)]
            self.assertEqual(sum(not ours.is_copy for ours in holders), 1, one)


def disturbed(chance: random.Random) -> list[FoundObject]:
    """Return a server with some of what is wanted, changed by people, and with copies of it."""
    server = [one for one in made(*ALL) if chance.random() < 0.7]
    # Redash takes away with an object what needs it.
    kinds = {(one.kind, one.key) for one in server}
    if (Kind.QUERY, "rates") not in kinds:
        server = [one for one in server if one.kind not in {Kind.CHART, Kind.ALERT}]
    if not any(one.kind is Kind.CHART for one in server):
        server = [one for one in server if one.key != "board/rates"]
    if (Kind.DASHBOARD, "board") not in kinds:
        server = [one for one in server if one.kind is not Kind.WIDGET]
    for one in list(server):
        if chance.random() < 0.3:
            fields = {**one.fields, "name": "Renamed", "theirs": 1, "is_draft": True}
            server[server.index(one)] = replace(one, name="Renamed", fields=fields)
        if chance.random() < 0.3:
            server.append(replace(one, id=one.id + 100, is_copy=True))
    return server


if __name__ == "__main__":
    unittest.main()
