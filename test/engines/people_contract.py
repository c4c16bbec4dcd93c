"""What every engine must do beside the aggregates: processes, labels, people and experiments."""

from __future__ import annotations

import unittest
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.engines.interface import DayRequest, Engine
from crash_rate_aggregates.rows import (
    BY_EXPERIMENT,
    BY_PROCESS,
    CLIENT_LEVELS,
    CLIENTS,
    CRASH_AGGREGATES,
    DAY_TABLES,
    LABELS,
    LEVEL_COLUMNS,
    DayTable,
    KnownLabel,
)
from crash_rate_aggregates.stats import STAT_NAMES
from test.engines.made_days import (
    DAY,
    HeardProgress,
    crash_ping,
    day_request,
    lines,
    main_ping,
    write_day,
)
from test.sources.mirrors.glean import glean_ping

Rows = list[dict[str, Any]]
CLIENT = "0a1b2c3d-1111-4000-8000-%012x"
BUILD, NEXT_BUILD = "20180101030418", "20180102030418"
LABEL, NEXT_LABEL = "60.0a1 2018-01-01", "60.0a1 2018-01-02"
TYPE = "payload/processType"
LENGTH = "payload/info/subsessionLength"
_SOME_VALUES = {
    "environment/build/version": "60.0a1",
    "environment/build/buildId": BUILD,
    "environment/system/os": {"name": "Linux", "version": "5.15.0-91"},
    "meta/geoCountry": "FR",
}


def main_of(client: int | None, **values: Any) -> dict[str, Any]:
    """Make a main ping of an hour, from a nightly 60.0a1 on Linux in France."""
    return main_ping(**_SOME_VALUES | _by(client) | values)


def crash_of(client: int | None, **values: Any) -> dict[str, Any]:
    """Make a crash ping of the main process of the same."""
    return crash_ping(**_SOME_VALUES | _by(client) | values)


def _by(client: int | None) -> dict[str, Any]:
    return {} if client is None else {"clientId": CLIENT % client}


def rows_of_day(engine: Engine, request: DayRequest) -> dict[DayTable, Rows]:
    """Return the rows of each table of a day, in an order that does not depend on it."""
    with engine.aggregate_day(request, HeardProgress()) as result:
        found = {
            table: [row for batch in batches for row in batch.to_pylist()]
            for table, batches in result.tables.items()
        }
    return {table: sorted(rows, key=repr) for table, rows in found.items()}


def not_nothing(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without what is 0 or NULL."""
    return {name: value for name, value in row.items() if value not in (0, None) or value is False}


class PeopleContract(unittest.TestCase):
    """Inherit this by module, so that it is not run by itself."""

    folder: Path
    pings: Path
    maxDiff = None

    @abstractmethod
    def engine(self, jobs: int) -> Engine:
        """Make the engine under test with so many workers."""

    def tables(
        self,
        pings: Sequence[Mapping[str, Any]],
        *wanted: DayTable,
        labels: Iterable[KnownLabel] = (),
        dimensions: tuple[Dimension, ...] = DIMENSIONS,
        files: int = 2,
    ) -> dict[DayTable, Rows]:
        """Compute the wanted tables, default all, of a day of these pings in so many files."""
        stored = {f"{n}.json": lines(pings[n::files]) for n in range(files)}
        request = day_request(
            write_day(self.pings, stored), dimensions, tables=wanted or DAY_TABLES
        )
        return rows_of_day(self.engine(2), replace(request, labels=tuple(labels)))

    def test_labels(self) -> None:
        """A build goes by what it is known by, else by what most of its usage pings say."""

        def named(build: str, label: str | None, pings: int = 1) -> list[dict[str, Any]]:
            values = {"environment/build/buildId": build, "application/channel": "beta"}
            said = {"environment/build/version": "60.0", "environment/build/displayVersion": label}
            return [main_of(None, **values, **said) for _ in range(pings)]

        def known(build: str, label: str, *, is_learned: bool) -> KnownLabel:
            return KnownLabel("Firefox", "beta", build, label, is_learned)

        builds = [f"2018010{number}000000" for number in range(8)]
        found = self.tables(
            [
                *named(builds[0], "60.0b3", 2),
                *named(builds[0], "60.0b1"),
                *named(builds[1], "60.0b9"),
                *named(builds[1], "60.0b10"),
                *named(builds[2], "60.0b4"),
                *named(builds[3], "60.0b5"),
                *named(builds[4], None),
                *named(builds[5], None),
                # What crash pings say is not asked: they may come from another version.
                crash_of(
                    None,
                    **{
                        "environment/build/buildId": builds[4],
                        "environment/build/displayVersion": "61.0",
                        "application/channel": "beta",
                    },
                ),
                crash_of(None, **{"environment/build/buildId": "20180101030418"}),
                main_of(None, **{"environment/build/displayVersion": "60.0a1"}),
            ],
            LABELS,
            labels=[
                known(builds[2], "60.0b4 as learned", is_learned=True),
                known(builds[3], "60.0b5 as listed", is_learned=False),
                known(builds[5], "60.0b6 as listed", is_learned=False),
                known(builds[7], "60.0b7 of no ping", is_learned=True),
                KnownLabel("Firefox", "release", builds[4], "of another channel", is_learned=True),
            ],
        )[LABELS]
        self.assertEqual(
            [tuple(row.values()) for row in found],
            [
                ("Firefox", "beta", builds[0], "60.0b3", "60.0b3", 2),
                ("Firefox", "beta", builds[1], "60.0b10", "60.0b10", 1),
                ("Firefox", "beta", builds[2], "60.0b4 as learned", "60.0b4", 1),
                ("Firefox", "beta", builds[3], "60.0b5", "60.0b5", 1),
                ("Firefox", "beta", builds[4], None, None, 0),
                ("Firefox", "beta", builds[5], "60.0b6 as listed", None, 0),
                ("Firefox", "nightly", BUILD, LABEL, LABEL, 1),
            ],
        )

    def test_people_by_level(self) -> None:
        """People count once at each level, by kind of crash; those without an id do not."""
        windows = {
            "environment/system/os": {"name": "Windows_NT", "version": "10.0"},
            "meta/geoCountry": "DE",
        }
        found = self.tables(
            [
                main_of(1, **windows),
                main_of(1, **windows, **{"environment/build/buildId": NEXT_BUILD, LENGTH: 1800}),
                *[crash_of(1, **windows)] * 2,
                crash_of(1, **windows, **{TYPE: "gpu"}),
                main_of(2),
                crash_of(2, **{TYPE: "content"}),
                crash_of(2, **{TYPE: "content", "payload/metadata/ipc_channel_error": "x"}),
                # Killed at shutdown: no crash of any kind.
                crash_of(
                    2, **{TYPE: "content", "payload/metadata/ipc_channel_error": "ShutDownKill"}
                ),
                main_of(None, **windows),
                crash_of(None, **windows),
            ],
            CLIENTS,
        )[CLIENTS]
        of_one = {
            "main": {"crashed_clients": 1, "crashes": 2, "squares": 4, "clients_2": 1}
            | {"crashes_2": 2, "top_clients": 1, "top_crashes": 2},
            "content": {},
            "any": {"crashed_clients": 1, "crashes": 3, "squares": 9, "clients_3_5": 1}
            | {"crashes_3_5": 3, "top_clients": 1, "top_crashes": 3},
        }
        two = {"crashed_clients": 1, "crashes": 2, "squares": 4, "clients_2": 1} | {
            "crashes_2": 2,
            "top_clients": 1,
            "top_crashes": 2,
            "top_usage_seconds": 3600,
        }
        of_two: dict[str, dict[str, int]] = {"main": {}, "content": two, "any": two}
        both = {
            "any": {"crashed_clients": 2, "crashes": 5, "squares": 13, "clients_2": 1}
            | {"clients_3_5": 1, "crashes_2": 2, "crashes_3_5": 3}
            | {"top_clients": 1, "top_crashes": 3},
            "content": two,
            "main": of_one["main"],
        }
        expected: Rows = []
        for level, divided, active, kinds, seconds in (
            ("channel", {}, 2, both, 5400),
            ("label", {"label": LABEL}, 2, both, 3600),
            ("label", {"label": NEXT_LABEL}, 1, {kind: {} for kind in both}, 0),
            ("os", {"os_name": "Windows_NT"}, 1, of_one, 5400),
            ("os", {"os_name": "Linux"}, 1, of_two, 3600),
            ("os_version", {"os_name": "Windows_NT", "os_version": "10.0"}, 1, of_one, 5400),
            ("os_version", {"os_name": "Linux", "os_version": "5.15"}, 1, of_two, 3600),
            ("country", {"country": "DE"}, 1, of_one, 5400),
            ("country", {"country": "FR"}, 1, of_two, 3600),
            ("label_os", {"label": LABEL, "os_name": "Windows_NT"}, 1, of_one, 3600),
            ("label_os", {"label": LABEL, "os_name": "Linux"}, 1, of_two, 3600),
            (
                "label_os",
                {"label": NEXT_LABEL, "os_name": "Windows_NT"},
                1,
                {kind: {} for kind in both},
                0,
            ),
        ):
            for kind, counts in kinds.items():
                top = {"top_usage_seconds": seconds} if "top_clients" in counts else {}
                expected.append(
                    {"level": level, "application": "Firefox", "channel": "nightly", **divided}
                    | {"kind": kind, "active_clients": active, **top, **counts}
                )
        self.assertCountEqual([not_nothing(row) for row in found], expected)

    def test_how_often(self) -> None:
        """Crashes are counted by how often their client crashed; the top are 1 in 1,000, up."""
        often = {1: 21, 2: 21, 3: 21, 4: 20, 5: 6, 6: 5, 7: 3, 8: 2}
        crashes = [crash_of(client) for client, times in often.items() for _ in range(times)]
        others = [crash_of(client) for client in range(100, 1093)]
        # Of those with 21 crashes the two that were active longest are the top of 1,001.
        active = [main_of(client, **{LENGTH: client * 10}) for client in (1, 2, 3)]
        found = [
            row
            for row in self.tables([*crashes, *others, *active], CLIENTS)[CLIENTS]
            if row["level"] == "channel" and row["kind"] == "main"
        ]
        self.assertEqual(
            [dict(list(row.items())[3 + len(LEVEL_COLUMNS) :]) for row in found],
            [
                {
                    "kind": "main",
                    "active_clients": 3,
                    "crashed_clients": 1001,
                    "crashes": 1092,
                    "squares": 2790,
                    "clients_1": 993,
                    "clients_2": 1,
                    "clients_3_5": 2,
                    "clients_6_20": 2,
                    "clients_more": 3,
                    "crashes_1": 993,
                    "crashes_2": 2,
                    "crashes_3_5": 8,
                    "crashes_6_20": 26,
                    "crashes_more": 63,
                    "top_clients": 2,
                    "top_crashes": 42,
                    "top_usage_seconds": 50,
                }
            ],
        )

    def test_ids_of_glean(self) -> None:
        """A Glean crash ping's client is another than the active one, and counts as crashed."""
        crash = crash_of(7)
        crash["metadata"] = {}
        found = [
            not_nothing(row)
            for row in self.tables([main_of(1), glean_ping(crash)], CLIENTS)[CLIENTS]
            if row["level"] == "channel" and row["kind"] == "main"
        ]
        once = {"crashes_1": 1, "clients_1": 1, "top_clients": 1, "top_crashes": 1}
        self.assertEqual(
            found,
            [
                {"level": "channel", "application": "Firefox", "channel": "nightly", "kind": "main"}
                | {"active_clients": 1, "crashed_clients": 1, "crashes": 1, "squares": 1, **once}
            ],
        )

    def test_experiments(self) -> None:
        """A ping stands in each experiment of its client, who counts once in each branch."""
        first = {"environment/experiments": {"e1": {"branch": "x"}}}
        both = {"environment/experiments": {"e1": {"branch": "x"}, "e2": {"branch": "y"}}}
        other = {"environment/experiments": {"e1": {"branch": "z"}}}
        found = self.tables(
            [
                main_of(1, **both, **{"payload/simpleMeasurements/activeTicks": 12}),
                main_of(1, **first),
                crash_of(1, **first),
                crash_of(2, **first, **{TYPE: "content"}),
                main_of(3, **other),
                main_of(None, **first),
                crash_of(None, **other),
                main_of(4),
            ],
            BY_EXPERIMENT,
            CRASH_AGGREGATES,
        )
        expected = [
            {"experiment": "e1", "branch": "x", "ping_count": 3, "usage_seconds": 10_800}
            | {"active_seconds": 60, "main_crashes": 1, "content_crash_pings": 1}
            | {"content_crashes_not_at_shutdown": 1, "active_clients": 1}
            | {"main_crashed_clients": 1, "content_crashed_clients": 1, "any_crashed_clients": 2},
            {"experiment": "e1", "branch": "z", "ping_count": 1, "usage_seconds": 3600}
            | {"main_crashes": 1, "active_clients": 1},
            {"experiment": "e2", "branch": "y", "ping_count": 1, "usage_seconds": 3600}
            | {"active_seconds": 60, "active_clients": 1},
        ]
        place = {"application": "Firefox", "channel": "nightly", "label": LABEL}
        self.assertEqual(
            [not_nothing(row) for row in found[BY_EXPERIMENT]], [place | one for one in expected]
        )
        (aggregate,) = found[CRASH_AGGREGATES]
        self.assertEqual(
            {name: aggregate[name] for name in STAT_NAMES if aggregate[name]},
            {"ping_count": 5, "usage_seconds": 18_000, "active_seconds": 60, "main_crashes": 2}
            | {"content_crash_pings": 1, "content_crashes_not_at_shutdown": 1},
        )

    def test_processes(self) -> None:
        """Crashes stand by process, class and source; countries beyond 20 are one."""
        countries = [f"{letter}{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUV"]
        hours = [
            main_of(None, **{"meta/geoCountry": country, LENGTH: 60 if country < "C" else 3600})
            for country in countries
        ]
        with_dump = "payload/keyedHistograms/SUBPROCESS_CRASHES_WITH_DUMP"
        utility = {
            TYPE: "utility",
            "payload/metadata": {"UtilityActorsName": "b, a", "OOMAllocationSize": "1"},
            "meta/geoCountry": "AA",
        }
        killed = {TYPE: "content", "payload/metadata/ipc_channel_error": "ShutDownKill"}
        twice = {
            "environment/build/version": "135.0",
            "meta/geoCountry": None,
            "application/channel": "release",
            "payload/metadata/StartupCrash": "1",
        }
        found = self.tables(
            [
                *hours,
                main_of(
                    None,
                    **{f"{with_dump}/rdd/sum": 2, f"{with_dump}/content/sum": 1},
                    **{"meta/geoCountry": "BB", LENGTH: 0},
                ),
                *[crash_of(None, **utility)] * 2,
                crash_of(None, **killed, **{"meta/geoCountry": "VV"}),
                crash_of(None, **{"meta/geoCountry": "VV"}),
                glean_ping(crash_of(None, **twice)),
            ],
            BY_PROCESS,
        )[BY_PROCESS]
        place = {
            "activity_date": DAY,
            "application": "Firefox",
            "channel": "nightly",
            "build_version": "60.0a1",
            "build_id": BUILD,
            "os_name": "Linux",
            "os_version": "5.15",
        }
        ping = {"source": "crash ping", "is_startup": False, "crash_class": "none", "crashes": 1}
        rest = {"country": "other"}
        self.assertCountEqual(
            [not_nothing(row) for row in found],
            [
                {**place, **rest, "source": "histogram", "process": "rdd", "crashes": 2},
                {**place, **rest, "source": "histogram", "process": "content", "crashes": 1},
                {**place, **ping, **rest, "process": "utility", "actors": "a, b"}
                | {"crash_class": "out of memory", "crashes": 2},
                {**place, **ping, "country": "VV", "process": "content"}
                | {"crash_class": "shutdown kill"},
                {**place, **ping, "country": "VV", "process": "main"},
                {**place, **ping, "channel": "release", "build_version": "135.0"}
                | {"process": "main", "is_startup": True, "sent_twice": 1},
            ],
        )

    def test_few_dimensions(self) -> None:
        """What a run does not group by is NULL, and without build ids there are no names."""
        channel = tuple(one for one in DIMENSIONS if one.name == "channel")
        label = {"environment/build/displayVersion": "60.0a1"}
        found = self.tables([main_of(1, **label), crash_of(1)], dimensions=channel)
        self.assertEqual(found[LABELS], [])
        self.assertEqual(
            [not_nothing(row) for row in found[BY_PROCESS]],
            [
                {"activity_date": DAY, "application": "Firefox", "channel": "nightly"}
                | {"process": "main", "crash_class": "none", "is_startup": False}
                | {"source": "crash ping", "crashes": 1}
            ],
        )
        levels = {(row["level"], row["active_clients"]) for row in found[CLIENTS]}
        self.assertEqual(levels, {(level.name, 1) for level in CLIENT_LEVELS})
        self.assertEqual({row["label"] for row in found[CLIENTS]}, {None})

    def test_nothing(self) -> None:
        """A day without pings fills no table."""
        found = self.tables([])
        self.assertEqual(found, {table: [] for table in DAY_TABLES})
