"""What people call builds, and when releases were first used, is learned from the stored days."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from crash_rate_aggregates.database.days.delete_days import delete_days
from crash_rate_aggregates.database.days.releases import known_labels
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.schema.retention import drop_month, stored_months
from crash_rate_aggregates.normalize.release_list import Release
from crash_rate_aggregates.rows import CRASH_AGGREGATES, LABELS, REPLACED_TABLES, KnownLabel
from test.database.sample_days import DatabaseTestCase, Row, batch, day

FIRST = date(2016, 3, 1)
ONE, TWO, THREE = (f"2016021{number}030418" for number in (1, 2, 3))
LEARNED = (
    "SELECT channel, label, source, first_day::text, first_day_1_percent::text, "
    "first_day_10_percent::text, first_day_50_percent::text FROM crash_releases ORDER BY 1, 2"
)
BUILDS = "SELECT channel, build_id, label, source FROM crash_release_builds ORDER BY build_id"


@dataclass(frozen=True)
class Said:
    """What a day has of a build."""

    seconds: int = 0
    label: str | None = None
    """As most pings of the day say."""
    pings: int = 0
    counted_as: str | None = None


@dataclass(frozen=True)
class BuildsOfDay:
    """Builds of Firefox beta by id, on the day of so many after the first."""

    number: int
    builds: Mapping[str, Said] = field(default_factory=dict)

    @property
    def date(self) -> date:
        """The submission date, on which all of it was active."""
        return FIRST + timedelta(days=self.number)


def some_days(count: int, chance: random.Random) -> list[BuildsOfDay]:
    """Draw days on which builds come up, and are called in several ways."""
    return [
        BuildsOfDay(
            number * 20,
            {
                build: Said(
                    chance.choice([1, 10, 100, 1000]),
                    chance.choice([None, "a", "b", "c"]),
                    chance.randrange(4),
                )
                for build in (ONE, TWO, THREE)
                if chance.random() < 0.7
            },
        )
        for number in range(count)
    ]


class ReleasesTest(DatabaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.connection.execute("TRUNCATE crash_release_builds, crash_releases")

    def store(self, *days: BuildsOfDay, releases: tuple[Release, ...] = ()) -> None:
        """Store days, in this order, with a list of releases at hand."""
        for one in days:
            ensure_partition(self.connection, one.date)
            rows = [
                Row(
                    {"application": "Firefox", "channel": "beta", "build_version": "47.0"}
                    | {"build_id": build},
                    {"ping_count": 1, "usage_seconds": said.seconds},
                    one.date,
                )
                for build, said in one.builds.items()
            ]
            labels = [
                {
                    "application": "Firefox",
                    "channel": "beta",
                    "build_id": build,
                    "label": said.counted_as,
                    "learned_label": said.label,
                    "learned_pings": said.pings if said.label else 0,
                }
                for build, said in one.builds.items()
            ]
            tables: dict[Any, Iterable[pa.RecordBatch]] = {
                CRASH_AGGREGATES: [batch(rows)],
                LABELS: [pa.RecordBatch.from_pylist(labels, schema=LABELS.schema)],
            }
            made = day(*rows, submission_date=one.date)
            replace_day(self.connection, replace(made, tables=tables, releases=releases))

    def test_label_of_several_days(self) -> None:
        """A build goes by what most pings of all days say, of equally many the first by text."""
        self.store(BuildsOfDay(0, {ONE: Said(1, "47.0b2", 3)}))
        self.assertEqual(self.rows(BUILDS), [("beta", ONE, "47.0b2", "pings")])
        self.store(BuildsOfDay(1, {ONE: Said(1, "47.0b1", 2), TWO: Said(1)}))
        self.assertEqual(self.rows(BUILDS), [("beta", ONE, "47.0b2", "pings")])
        self.store(BuildsOfDay(2, {ONE: Said(1, "47.0b1", 1)}))
        self.assertEqual(self.rows(BUILDS), [("beta", ONE, "47.0b1", "pings")])
        self.assertEqual(
            known_labels(self.connection),
            (KnownLabel("Firefox", "beta", ONE, "47.0b1", is_learned=True),),
        )
        # Filled again, the last day has no part in it any more.
        self.store(BuildsOfDay(2, {ONE: Said(1)}))
        self.assertEqual(self.rows(BUILDS), [("beta", ONE, "47.0b2", "pings")])

    def test_listed_labels(self) -> None:
        """What pings say goes before a list of releases, which stays where they say nothing."""
        self.connection.execute(
            "INSERT INTO crash_release_builds VALUES "
            "('Firefox', 'beta', %s, 'listed', 'product-details'), "
            "('Firefox', 'beta', %s, 'listed too', 'product-details')",
            (ONE, TWO),
        )
        self.store(BuildsOfDay(0, {ONE: Said(1, "47.0b1", 1), TWO: Said(1)}))
        self.assertEqual(
            self.rows(BUILDS),
            [("beta", ONE, "47.0b1", "pings"), ("beta", TWO, "listed too", "product-details")],
        )
        self.assertEqual(
            {one.build_id: one.is_learned for one in known_labels(self.connection)},
            {ONE: True, TWO: False},
        )
        self.assertEqual(
            [row[1:3] for row in self.rows(LEARNED)],
            [("47.0b1", "pings"), ("listed too", "product-details")],
        )

    def test_builds_that_a_list_names(self) -> None:
        """A list of releases names builds of which no ping says a name, and no others."""
        listed = (Release("Firefox", "47.0b1", date(2016, 2, 14), 47),)
        self.store(
            BuildsOfDay(0, {ONE: Said(1, "47.0b9", 1), TWO: Said(1), "20160301030418": Said(1)}),
            releases=listed,
        )
        named = [("beta", ONE, "47.0b9", "pings"), ("beta", TWO, "47.0b1", "product-details")]
        self.assertEqual(self.rows(BUILDS), named)
        self.store(BuildsOfDay(1, {TWO: Said(1, "47.0b2", 1)}), releases=listed)
        self.assertEqual(self.rows(BUILDS)[1], ("beta", TWO, "47.0b2", "pings"))

    def test_days_to_fill_again(self) -> None:
        """A day that counted people by another name than the one learned later is named."""
        self.store(
            BuildsOfDay(0, {ONE: Said(1, "47.0b2", 1), TWO: Said(1, "47.0b9", 1, "47.0b9")}),
            BuildsOfDay(1, {ONE: Said(1, "47.0b1", 5, "47.0b2")}),
        )
        query = (
            "SELECT submission_date::text, build_id, counted_as, label "
            "FROM crash_labels_to_fill_again ORDER BY 1, 2"
        )
        self.assertEqual(
            self.rows(query),
            [
                ("2016-03-01", ONE, None, "47.0b1"),
                ("2016-03-02", ONE, "47.0b2", "47.0b1"),
            ],
        )
        self.store(BuildsOfDay(0, {ONE: Said(1, "47.0b2", 1, "47.0b1")}))
        self.assertEqual(self.rows(query), [("2016-03-02", ONE, "47.0b2", "47.0b1")])

    def test_first_days(self) -> None:
        """Day 0 is that of 1% of the channel's hours, over all builds of a release."""
        before = Said(10_000, "46.0b9", 1)
        self.store(
            BuildsOfDay(0, {ONE: before, TWO: Said(50, "47.0b1", 1), THREE: Said(0, "47.0b1", 1)}),
            # 60 and 45 are more than 1% of 10,105 together, and none is alone.
            BuildsOfDay(1, {ONE: before, TWO: Said(60), THREE: Said(45)}),
            BuildsOfDay(2, {ONE: before, TWO: Said(900), THREE: Said(300)}),
            BuildsOfDay(3, {ONE: before, TWO: Said(9_000), THREE: Said(1_000)}),
        )
        self.assertEqual(
            self.rows(LEARNED),
            [
                ("beta", "46.0b9", "pings", *["2016-03-01"] * 4),
                ("beta", "47.0b1", "pings", *(f"2016-03-0{number}" for number in (1, 2, 3, 4))),
            ],
        )

    def test_name_alone(self) -> None:
        """Builds that nobody names are one release by their version."""
        self.store(BuildsOfDay(0, {ONE: Said(10), TWO: Said(990)}))
        self.assertEqual(self.rows(LEARNED), [("beta", "47.0", "version", *["2016-03-01"] * 4)])

    def test_old_builds(self) -> None:
        """Hours of builds older than 83 days make no release, but are hours of the channel."""
        new = "20160601030418"
        self.store(BuildsOfDay(100, {ONE: Said(300, "47.0b1", 1), new: Said(200, "49.0b1", 1)}))
        self.assertEqual(
            self.rows(LEARNED), [("beta", "49.0b1", "pings", *["2016-06-09"] * 3, None)]
        )

    def test_without_builds(self) -> None:
        """An application that names no builds has releases by their version."""
        self.store(BuildsOfDay(0, {"1234": Said(10)}))
        self.assertEqual(self.rows(LEARNED), [("beta", "47.0", "version", *["2016-03-01"] * 4)])

    def test_renamed(self) -> None:
        """A release whose builds go by another name now is none any more."""
        self.store(BuildsOfDay(0, {ONE: Said(10, "odd", 1)}))
        self.store(BuildsOfDay(1, {ONE: Said(10, "47.0b1", 2)}))
        self.assertEqual(self.rows(LEARNED), [("beta", "47.0b1", "pings", *["2016-03-01"] * 4)])

    def test_any_order(self) -> None:
        """In whatever order days are stored, and stored again, the same is learned."""
        for seed in range(6):
            chance = random.Random(seed)  # noqa: S311  Not for secrets.
            days = some_days(5, chance)
            found = []
            for _ in range(3):
                self.connection.execute(
                    f"TRUNCATE crash_aggregates_runs, {', '.join(REPLACED_TABLES)}, "
                    "crash_release_builds, crash_releases RESTART IDENTITY CASCADE"
                )
                chance.shuffle(days)
                self.store(*days, *days[:2])
                found.append((self.rows(LEARNED), self.rows(BUILDS)))
            with self.subTest(seed=seed):
                self.assertEqual(found, [found[0]] * 3)

    def test_kept_by_retention(self) -> None:
        """When its month is dropped a release stays what it was, while its builds are in use."""
        self.store(BuildsOfDay(0, {ONE: Said(10, "47.0b1", 1)}))
        self.store(BuildsOfDay(40, {ONE: Said(10)}))
        learned = self.rows(LEARNED)
        (march,) = (one for one in stored_months(self.connection) if one.first == FIRST)
        drop_month(self.connection, march)
        self.store(BuildsOfDay(41, {ONE: Said(10)}), BuildsOfDay(40, {ONE: Said(20)}))
        self.assertEqual(self.rows(LEARNED), learned)
        self.assertEqual(learned[0][3], "2016-03-01")

    def test_kept(self) -> None:
        """What was learned stays when its days are dropped, and when later ones are stored."""
        self.store(BuildsOfDay(0, {ONE: Said(10, "47.0b1", 1)}))
        learned, builds = self.rows(LEARNED), self.rows(BUILDS)
        with self.connection.transaction():
            delete_days(self.connection, REPLACED_TABLES, FIRST, FIRST)
        self.assertEqual((self.rows(LEARNED), self.rows(BUILDS)), (learned, builds))
        later = "20160701030418"
        self.store(BuildsOfDay(130, {ONE: Said(10), later: Said(10, "50.0b1", 1)}))
        self.assertEqual(self.rows(LEARNED)[0], learned[0])
        self.assertEqual([row[1] for row in self.rows(LEARNED)], ["47.0b1", "50.0b1"])
        self.assertEqual([row[2] for row in self.rows(BUILDS)], ["47.0b1", "50.0b1"])
