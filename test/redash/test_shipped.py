from __future__ import annotations

import re
import unittest
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from crash_rate_aggregates.applications import KNOWN_APPLICATIONS
from crash_rate_aggregates.crash_kinds import CRASH_KINDS
from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.errors import BadSettingError, RedashFilesError
from crash_rate_aggregates.questions.catalog import questions
from crash_rate_aggregates.redash.files import read_files, shipped_files
from crash_rate_aggregates.redash.query_text import value_to_run_with
from crash_rate_aggregates.redash.redash_access import RedashAccess
from crash_rate_aggregates.redash.redash_objects import KEY_OPTION, Kind, WantedObject
from crash_rate_aggregates.redash.wanted import wanted_objects
from test.engines.made_days import DAY
from test.job.days_in_postgres import rows
from test.redash.filled_database import filled_database

TODAY = DAY + timedelta(1)
READER = "postgresql://reader:secret@db.test:5433/crash_rates?sslmode=require"
HOOK = "https://hooks.test/T0/secret"
_MUSTACHE = re.compile(r"{{ ([a-z_.]+) }}")


def shipped(database: str | None = READER, webhook: str | None = HOOK) -> list[WantedObject]:
    """Return what the program ships."""
    place = RedashAccess(database=database, webhook=webhook)
    return wanted_objects(read_files(shipped_files()), questions(), place, today=TODAY)


def of_kind(kind: Kind) -> dict[str, WantedObject]:
    """Return the shipped objects of a kind by key."""
    return {one.key: one for one in shipped() if one.kind is kind}


def rendered(text: str, values: Mapping[str, Any]) -> str:
    """Write the values of parameters into a query's text, as Redash does."""

    def value_of(match: re.Match[str]) -> str:
        name, _, part = match[1].partition(".")
        value = values[name]
        if part:
            return str(value[part])
        return ",".join(f"'{one}'" for one in value) if isinstance(value, list) else str(value)

    return _MUSTACHE.sub(value_of, text)


class ObjectsTest(unittest.TestCase):
    def test_data_source(self) -> None:
        """The data source is Crash-DB with the parts of the reader's URL."""
        (source,) = of_kind(Kind.DATA_SOURCE).values()
        self.assertEqual(
            dict(source.fields),
            {
                "name": "Crash-DB",
                "type": "pg",
                "options": {
                    "host": "db.test",
                    "port": 5433,
                    "user": "reader",
                    "password": "secret",
                    "dbname": "crash_rates",
                    "sslmode": "require",
                },
                "connects": True,
            },
        )

    def test_unreadable_url_is_not_shown(self) -> None:
        """A URL without a host or that cannot be read is an error that does not show it."""
        for url in (
            "postgresql://u:secret@h:x/d",
            "postgresql://u:se@cret@h/d",
            "postgresql://u:12/secret@h/d",
            "host=h;password=secret dbname=d",
            "host=a,b port=1,2 dbname=secret",
            "dbname=secret",
            "secret",
        ):
            with self.assertRaises(BadSettingError) as caught:
                shipped(url)
            self.assertRegex(str(caught.exception), "^the setting redash_database ")
            self.assertNotIn("cret", str(caught.exception))

    def test_both_dashboards(self) -> None:
        """Two dashboards are shipped, with their parameters in order."""
        found = {
            one.name: one.fields["options"]["globalParamOrder"]
            for one in of_kind(Kind.DASHBOARD).values()
        }
        self.assertEqual(
            found,
            {
                "Can I trust it?": ["dates", "application", "channels"],
                "Crash rates": ["dates", "application", "channels", "channel"],
            },
        )

    def test_every_chart_is_shown_once(self) -> None:
        """Each chart stands on exactly one dashboard."""
        shown = [
            one.fields["visualization_id"].key
            for one in of_kind(Kind.WIDGET).values()
            if one.fields["visualization_id"]
        ]
        self.assertEqual(sorted(shown), sorted(of_kind(Kind.CHART)))

    def test_widgets_do_not_overlap(self) -> None:
        """Each cell of a dashboard's grid of 12 columns holds one widget at most."""
        taken: set[tuple[str, int, int]] = set()
        for one in of_kind(Kind.WIDGET).values():
            at = one.fields["options"]["position"]
            columns = range(at["col"], at["col"] + at["sizeX"])
            self.assertLessEqual(columns.stop, 12, one.key)
            for row in range(at["row"], at["row"] + at["sizeY"]):
                cells = {(one.fields["dashboard_id"].key, row, column) for column in columns}
                self.assertFalse(taken & cells, one.key)
                taken |= cells

    def test_parameters_follow_the_dashboard(self) -> None:
        """Every parameter of a query is set above the dashboard that shows its chart."""
        dashboards = of_kind(Kind.DASHBOARD)
        mapped: set[str] = set()
        for one in of_kind(Kind.WIDGET).values():
            order = dashboards[one.fields["dashboard_id"].key].fields["options"]["globalParamOrder"]
            for name, mapping in one.fields["options"]["parameterMappings"].items():
                self.assertIn(name, order, one.key)
                self.assertEqual((mapping["type"], mapping["mapTo"]), ("dashboard-level", name))
                mapped.add(name)
        self.assertEqual(mapped, {"dates", "application", "channels", "channel"})

    def test_charts_leave_gaps_and_name_their_axes(self) -> None:
        """No chart draws a missing value as 0; each begins at 0 and names both axes."""
        plots = [one for one in of_kind(Kind.CHART).values() if one.fields["type"] == "CHART"]
        self.assertGreater(len(plots), 15)
        for one in plots:
            options = one.fields["options"]
            with self.subTest(chart=one.key):
                self.assertIs(options["missingValuesAsZero"], False)
                self.assertEqual(options["yAxis"][0]["rangeMin"], 0)
                self.assertTrue(options["xAxis"]["title"]["text"])
                self.assertRegex(
                    options["yAxis"][0]["title"]["text"],
                    "^(Crashes per 1,000 usage hours|Usage hours|Pings|% of .*)$",
                )

    def test_rates_have_intervals_and_hours(self) -> None:
        """Every chart of a rate shows its interval, and its query has a chart of usage hours."""
        charts = of_kind(Kind.CHART)
        rates = 0
        for key, one in charts.items():
            title = one.fields["options"].get("yAxis", [{"title": {}}])[0]["title"].get("text", "")
            if title.startswith("Crashes per"):
                mapping = one.fields["options"]["columnMapping"]
                self.assertIn("yError", mapping.values(), key)
                self.assertIn("95% interval and its middle", one.name)
                self.assertIn(f"{key.partition('/')[0]}/usage_hours", charts)
                rates += 1
        self.assertGreater(rates, 5)

    def test_rates_say_which_kind(self) -> None:
        """A chart of a rate has in its name what people call its kind; each such kind has one."""
        labels = {f"{kind.column}_middle": kind.label for kind in CRASH_KINDS if kind.column}
        drawn = set()
        for key, one in of_kind(Kind.CHART).items():
            for column in one.fields["options"].get("columnMapping", {}):
                if column.endswith("_middle"):
                    self.assertRegex(
                        one.name, rf"(?<![\w+-]){re.escape(labels[column])}(?![\w+-])", key
                    )
                    drawn.add(column)
        self.assertEqual(drawn, set(labels))

    def test_alerts_really_fire(self) -> None:
        """The query of an alert has no parameter and is refreshed by Redash; the alert is sent."""
        queries = of_kind(Kind.QUERY)
        alerts = of_kind(Kind.ALERT)
        self.assertEqual(list(alerts), ["alarms", "missing_day"])
        for one in alerts.values():
            fields = queries[one.fields["query_id"].key].fields
            self.assertEqual(fields["options"], {"parameters": []})
            self.assertEqual(
                fields["schedule"],
                {"interval": 3600, "time": None, "day_of_week": None, "until": None},
            )
            self.assertEqual(one.fields["options"]["selector"], "first")
        self.assertEqual(list(of_kind(Kind.SUBSCRIPTION)), list(alerts))

    def test_no_webhook(self) -> None:
        """Without a webhook there are alerts, and nothing is said about where they go."""
        kinds = {one.kind for one in shipped(webhook=None)}
        self.assertIn(Kind.ALERT, kinds)
        self.assertFalse(kinds & {Kind.DESTINATION, Kind.SUBSCRIPTION})

    def test_webhook_is_told_apart(self) -> None:
        """Another webhook differs in eight digits that do not give it away."""
        (one,) = of_kind(Kind.DESTINATION).values()
        digits = one.fields["options"][KEY_OPTION]
        self.assertRegex(digits, "^[0-9a-f]{8}$")
        other = shipped(webhook=f"{HOOK}2")
        (changed,) = (one for one in other if one.kind is Kind.DESTINATION)
        self.assertNotEqual(changed.fields["options"][KEY_OPTION], digits)


class EditedFilesTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory())) / "files"
        copytree(str(shipped_files()), self.folder)

    def wanted(self) -> list[WantedObject]:
        """Read the edited copy."""
        return wanted_objects(read_files(self.folder), questions(), RedashAccess(), today=TODAY)

    def test_edited_copy(self) -> None:
        """A copy of the files can be edited and read instead."""
        file = self.folder / "dashboards" / "crash_rates.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('"Crash rates"', '"Our rates"'), encoding="utf-8")
        self.assertIn("Our rates", [one.name for one in self.wanted()])

    def test_faults_are_named(self) -> None:
        """An entry that cannot be meant is an error with the file or key, and what is wrong."""
        board = 'name = "D"\n[[rows]]\nheight = 1\n'
        for name, text, said in (
            ("alerts/a.toml", "name = ", "a.toml"),
            ("alerts/a.toml", 'name = "A"', "a.toml.*query.*required"),
            ("queries/q.toml", 'question = "freshness"\ncolor = 1', "q.toml.*color.*not permitted"),
            ("queries/q.toml", 'question = "weather"', "'q'.*'weather'"),
            ("queries/q.toml", 'question = "pings_a_day"\nrefresh = 60', "'q'.*parameters"),
            (
                "dashboards/d.toml",
                f'{board}widgets = [{{ chart = "freshness/x", width = 1 }}]',
                "'d'.*'freshness/x'",
            ),
            (
                "dashboards/d.toml",
                f'{board}widgets = [{{ text = "x", width = 1 }}]',
                "'d'.*without a key",
            ),
        ):
            with self.subTest(text=text):
                file = self.folder / name
                file.write_text(text, encoding="utf-8")
                self.addCleanup(file.unlink, missing_ok=True)
                with self.assertRaisesRegex(RedashFilesError, f"(?s){said}"):
                    self.wanted()
                file.unlink()

    def test_placeholder_without_parameter(self) -> None:
        """A question whose placeholder nothing gives is an error that names it."""
        file = self.folder / "parameters.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("first_date =", "start ="), encoding="utf-8")
        with self.assertRaisesRegex(RedashFilesError, "'first_date'"):
            self.wanted()

    def test_default_range(self) -> None:
        """The default range counts from today, where no browser resolves it."""
        dates = read_files(self.folder).parameters["dates"]
        self.assertEqual(
            value_to_run_with(dates, today=date(2016, 3, 15)),
            {"start": "2015-12-16", "end": "2016-03-15"},
        )


class AnswersTest(unittest.TestCase):
    """Every shipped query on a real database with three days."""

    url: ClassVar[str]

    @classmethod
    def setUpClass(cls) -> None:
        """Fill the days."""
        cls.url = filled_database(cls)

    def answer(self, query: WantedObject) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Ask what Redash asks with the defaults."""
        text = rendered(query.fields["query"], query.run_with or {})
        with connect(self.url) as connection:
            cursor = connection.execute(text.encode())
            return [column.name for column in cursor.description or ()], cursor.fetchall()

    def test_charts_name_columns_of_the_answer(self) -> None:
        """Each column that a chart names is in the answer of its query."""
        queries = of_kind(Kind.QUERY)
        columns = {key: self.answer(query)[0] for key, query in queries.items()}
        for key, chart in of_kind(Kind.CHART).items():
            named = set(named_columns(chart))
            self.assertTrue(named, key)
            self.assertEqual(named - set(columns[key.partition("/")[0]]), set(), key)

    def test_queries_answer_one_row_a_point(self) -> None:
        """No two rows fall on one point of a chart: Redash would add them up."""
        queries = of_kind(Kind.QUERY)
        drawn = 0
        for key, chart in of_kind(Kind.CHART).items():
            mapping = chart.fields["options"].get("columnMapping", {})
            places = [name for name, use in mapping.items() if use in {"x", "series"}]
            if places:
                names, found = self.answer(queries[key.partition("/")[0]])
                points = [tuple(row[names.index(name)] for name in places) for row in found]
                self.assertEqual(len(points), len(set(points)), key)
                drawn += len(points)
        self.assertGreater(drawn, 50)

    def test_rates(self) -> None:
        """Two crashes in 150 hours on each of two systems: 13.33 by channel and day."""
        names, found = self.answer(of_kind(Kind.QUERY)["crash_rates_over_time"])
        release = [dict(zip(names, row, strict=True)) for row in found if "release" in row]
        self.assertEqual([row["activity_date"] for row in release][-1], DAY)
        self.assertEqual({round(row["main_rate"], 2) for row in release}, {13.33})
        self.assertEqual({row["usage_hours"] for row in release}, {300})

    def test_ends_of_bars(self) -> None:
        """Both ends of a bar are the limits of the interval, which is not symmetric to its rate."""
        names, found = self.answer(of_kind(Kind.QUERY)["crash_rates_over_time"])
        bars = [dict(zip(names, row, strict=True)) for row in found if "release" in row]
        with connect(self.url) as connection:
            limits = connection.execute(
                "SELECT lower_limit, upper_limit, per_1000_hours FROM crash_rates_by_day "
                "WHERE kind = 'main' AND channel = 'release' ORDER BY activity_date"
            ).fetchall()
        self.assertEqual(len(bars), len(limits))
        for bar, (lower, upper, rate) in zip(bars, limits, strict=True):
            self.assertAlmostEqual(bar["main_middle"] - bar["main_half_width"], lower)
            self.assertAlmostEqual(bar["main_middle"] + bar["main_half_width"], upper)
            self.assertGreater(bar["main_middle"], rate)

    def test_alert_queries_answer_one_row(self) -> None:
        """The queries of alerts answer one row, with the column that the alert looks at."""
        queries = of_kind(Kind.QUERY)
        alerts = of_kind(Kind.ALERT).values()
        self.assertEqual(len(alerts), 2)
        for one in alerts:
            names, found = self.answer(queries[one.fields["query_id"].key])
            self.assertEqual(len(found), 1)
            self.assertIn(one.fields["options"]["column"], names)

    def test_choices_are_those_of_the_database(self) -> None:
        """The channels and applications to choose from are those that days are folded to."""
        files = read_files(shipped_files())
        for name in ("channels", "channel"):
            options = files.parameters[name].options
            folded = rows(
                self.url, "SELECT crash_channel(name) FROM unnest(%s::text[]) AS name",
                [*options, "strange"],
            )  # fmt: skip
            self.assertEqual([row[0] for row in folded], [*options, "other"])
        options = files.parameters["application"].options
        self.assertEqual(
            list(options), [*(one.name for one in KNOWN_APPLICATIONS), "other", "unknown"]
        )
        self.assertEqual(list(files.colors["channels"]), list(files.parameters["channels"].options))


def named_columns(chart: WantedObject) -> Iterator[str]:
    """Name the columns that a chart, counter or table uses."""
    options = chart.fields["options"]
    yield from options.get("columnMapping", {})
    yield from (column["name"] for column in options.get("columns", ()))
    if "counterColName" in options:
        yield options["counterColName"]


if __name__ == "__main__":
    unittest.main()
