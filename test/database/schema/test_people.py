"""What readers may know of people, and that values are folded alike before and in the database."""

from __future__ import annotations

import unittest
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql
from psycopg.rows import dict_row

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.normalize.dimension_values import (
    CHANNELS,
    folded_channel,
    folded_os_version,
)
from crash_rate_aggregates.rows import (
    BY_EXPERIMENT,
    BY_PROCESS,
    CLIENTS,
    DAY_TABLES,
    PEOPLE_TABLES,
    DayTable,
)
from test.database.sample_days import SUBMISSION_DATE, DatabaseTestCase
from test.property_tests import examples
from test.servers import fresh_database

_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_VERSIONS = st.text("0123456789.٣½²१ \n-ax", max_size=24)


class FoldsTest(DatabaseTestCase):
    @examples(0.3)
    @given(st.lists(st.one_of(_TEXTS, _VERSIONS, st.sampled_from(CHANNELS)), min_size=1))
    def test_alike(self, texts: list[str]) -> None:
        """Channels and versions of systems are folded as the database folds them."""
        found = self.rows(
            "SELECT crash_channel(one), crash_os_version(one) "
            "FROM unnest(%s::text[]) WITH ORDINALITY AS ones (one, place) ORDER BY place",
            texts,
        )
        self.assertEqual(
            found, [(folded_channel(one), folded_os_version(one)) for one in texts], texts
        )


class ReadersTest(DatabaseTestCase):
    maxDiff = None

    def insert(self, table: DayTable, **values: Any) -> None:
        """Insert one row; counts that are not given are 0."""
        counts = {field.name: 0 for field in table.schema if str(field.type) == "int64"}
        row = {"submission_date": SUBMISSION_DATE, "application": "Firefox", **counts, **values}
        self.connection.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table.name),
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(map(sql.Placeholder, row)),
            ),
            row,
        )

    def seen(self, view: str, *names: str) -> list[dict[str, Any]]:
        """Return columns of a view's rows, in their order."""
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        query = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
            columns, sql.Identifier(view), columns
        )
        return self.connection.cursor(row_factory=dict_row).execute(query).fetchall()

    def some_people(self) -> None:
        """Store people of a channel with enough of them, and of one with few."""
        for channel, active, parts in (
            ("release", 350, {"128.0": 200, "127.0": 100, "126.0": 99, "125.0": 1}),
            ("beta", 60, {"129.0b1": 60}),
            ("nightly", 30, {"130.0a1": 30}),
        ):
            self.insert(
                CLIENTS, level="channel", channel=channel, kind="main", active_clients=active
            )
            for label, people in parts.items():
                self.insert(
                    CLIENTS,
                    level="label",
                    channel=channel,
                    label=label,
                    kind="main",
                    active_clients=people,
                    crashed_clients=people // 2,
                    crashes=people,
                )

    def test_few_people_are_folded(self) -> None:
        """Groups below the threshold are other in what divides them, and channels too."""
        self.some_people()
        found = self.seen("crash_clients", "channel", "level", "label", "active_clients")
        self.assertEqual(
            [tuple(row.values()) for row in found],
            [
                ("other", "channel", None, 90),
                ("other", "label", "other", 90),
                ("release", "channel", None, 350),
                ("release", "label", "127.0", 100),
                ("release", "label", "128.0", 200),
                ("release", "label", "other", 100),
            ],
        )

    def test_totals_stay(self) -> None:
        """What is folded adds up to the table, whatever the threshold."""
        self.some_people()
        query = (
            "SELECT level, sum(active_clients), sum(crashed_clients), sum(crashes) FROM {} "
            "GROUP BY 1 ORDER BY 1"
        )
        whole = self.rows(query.format(CLIENTS.name))
        for threshold in (1, 2, 100, 1_000):
            self.connection.execute("UPDATE crash_people SET min_clients = %s", (threshold,))
            self.assertEqual(self.rows(query.format("crash_clients")), whole, threshold)
        self.assertEqual(
            {row["label"] for row in self.seen("crash_clients", "label")}, {None, "other"}
        )
        self.connection.execute("UPDATE crash_people SET min_clients = 1")
        self.assertEqual(len(self.seen("crash_clients", "label")), 9)
        self.connection.execute("UPDATE crash_people SET min_clients = 100")

    def test_each_level(self) -> None:
        """Each level hides what divides it: systems, their versions, countries."""
        self.insert(CLIENTS, level="channel", channel="release", kind="any", active_clients=500)
        names = ("level", "label", "os_name", "os_version", "country")
        parts: tuple[dict[str, str], ...] = (
            {"level": "os", "os_name": "Haiku"},
            {"level": "os_version", "os_name": "Linux", "os_version": "2.4"},
            {"level": "country", "country": "VA"},
        )
        for part in parts:
            self.insert(CLIENTS, channel="release", kind="any", active_clients=99, **part)
        self.assertEqual(
            [tuple(row.values()) for row in self.seen("crash_clients", *names)],
            [
                ("channel", None, None, None, None),
                ("country", None, None, None, "other"),
                ("os", None, "other", None, None),
                ("os_version", None, "other", "other", None),
            ],
        )

    def test_experiments(self) -> None:
        """A branch of few people in a channel and release is other, and its sums stay."""
        for branch, people in (("control", 100), ("treatment", 99), ("other-treatment", 1)):
            self.insert(
                BY_EXPERIMENT,
                experiment="e",
                branch=branch,
                channel="release",
                label="128.0",
                active_clients=people,
                usage_seconds=3600 * people,
                active_seconds=1800 * people,
                main_crashes=people,
            )
        found = self.seen(
            "crash_experiments",
            *("experiment", "branch", "channel", "label", "active_clients"),
            *("usage_hours", "active_hours", "main_crashes"),
        )
        self.assertEqual(
            [tuple(row.values()) for row in found],
            [
                ("e", "control", "release", "128.0", 100, 100.0, 50.0, 100),
                ("other", "other", "other", "other", 100, 100.0, 50.0, 100),
            ],
        )

    def test_names_are_joined(self) -> None:
        """Crashes of a build go by its name as soon as that is learned, else by their version."""
        build = {"channel": "beta", "build_id": "20160313030418", "build_version": "47.0"}
        self.insert(
            BY_PROCESS,
            activity_date=SUBMISSION_DATE,
            process="main",
            source="crash ping",
            **build,
            crashes=3,
        )
        self.addCleanup(self.connection.execute, "TRUNCATE crash_release_builds")
        for label in ("47.0", "47.0b3"):
            self.assertEqual(
                self.seen("crash_process_counts", "label", "crashes"),
                [{"label": label, "crashes": 3}],
            )
            self.connection.execute(
                "INSERT INTO crash_release_builds VALUES "
                "('Firefox', 'beta', '20160313030418', '47.0b3', 'pings') ON CONFLICT DO NOTHING"
            )


class DefaultPrivilegesTest(unittest.TestCase):
    def test_no_default_gives_them(self) -> None:
        """A role that reads all new tables by default, and PUBLIC, cannot read exact people."""
        spy = f"spy_{uuid4().hex}"
        name = sql.Identifier(spy)
        connection = self.enterContext(connect(fresh_database(self)))
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
        self.addCleanup(connection.execute, sql.SQL("DROP ROLE {}").format(name))
        self.addCleanup(connection.execute, sql.SQL("DROP OWNED BY {}").format(name))
        for grantee in (name, sql.SQL("PUBLIC")):
            connection.execute(
                sql.SQL("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {}").format(grantee)
            )
        migrate(connection)
        names = [
            *(table.name for table in DAY_TABLES),
            *("crash_clients", "crash_experiments", "crash_releases"),
        ]
        can_read = {
            one: connection.execute(
                "SELECT has_table_privilege(%s, %s, 'SELECT')", (spy, one)
            ).fetchone()
            for one in names
        }
        self.assertEqual(can_read, {one: (one not in PEOPLE_TABLES,) for one in names})


if __name__ == "__main__":
    unittest.main()
