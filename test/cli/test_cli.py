from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import unittest
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from unittest.mock import patch

import click

from crash_rate_aggregates import cli
from crash_rate_aggregates.crash_kinds import CRASH_KINDS
from crash_rate_aggregates.dimensions import DIMENSION_NAMES
from test.cli.command_line import PROJECT, command
from test.engines.made_days import crash_ping, day_folder, lines, main_ping, write_day
from test.job.days_in_postgres import rows
from test.servers import fresh_database

NEXT_DAY = date(2016, 3, 15)
SQL_OF_2016 = (
    "SELECT sum(main_crashes) / sum(usage_hours) FROM crash_aggregates "
    "WHERE dimensions->>'channel' = 'nightly' AND submission_date = '2016-03-14'"
)
BETA = {"application/channel": "beta"}


def typed(*arguments: str) -> tuple[int, str, str]:
    """Run a command in this process: its exit code, stdout and stderr."""
    terminated = signal.getsignal(signal.SIGTERM)
    try:
        with redirect_stdout(StringIO()) as stdout, redirect_stderr(StringIO()) as stderr:
            code = cli.main(arguments)
    finally:
        signal.signal(signal.SIGTERM, terminated)
    return code, stdout.getvalue(), stderr.getvalue()


def words(table: str) -> list[list[str]]:
    """Return the words of each line of a table."""
    return [line.split() for line in table.splitlines() if line.strip()]


class CommandsTest(unittest.TestCase):
    """A backfill of two days, the second one damaged, and what can be asked of it then."""

    url: ClassVar[str]
    folder: ClassVar[Path]
    backfill: ClassVar[subprocess.CompletedProcess[str]]

    @classmethod
    def setUpClass(cls) -> None:
        """Fill the table once."""
        cls.url = fresh_database(cls)
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        gpu = {"payload/processType": "gpu"}
        pings: list[dict[str, Any] | bytes] = [
            *[main_ping()] * 4,
            *[main_ping(**BETA)] * 2,
            *[crash_ping()] * 2,
            crash_ping(**gpu),
            main_ping(**{"environment/build/buildId": "1"}),
            b"{",
        ]
        write_day(cls.folder / "pings", {"1.json": lines(pings)})
        (day_folder(cls.folder / "pings", NEXT_DAY) / "cut.gz").write_bytes(b"\x1f\x8b\x08")
        cls.backfill = command(
            *("backfill", "--min-submission-date", "20160314"),
            *("--max-submission-date", "2016-03-15", "--json"),
            cwd=cls.folder,
            PINGS=str(cls.folder / "pings"),
            DATABASE=cls.url,
            JOBS="1",
        )

    def ask(self, *arguments: str) -> tuple[int, str, str]:
        """Type a command about the filled table."""
        return typed(*arguments, "--database", self.url)

    def test_json_summary(self) -> None:
        """--json prints one document with each day's numbers; a failed day makes the code 1."""
        self.assertEqual(self.backfill.returncode, 1)
        done, failed = json.loads(self.backfill.stdout)["days"]
        self.assertGreater(done.pop("seconds"), 0)
        self.assertGreater(done.pop("run_id"), 0)
        stored_bytes = (day_folder(self.folder / "pings") / "1.json").stat().st_size
        counted = {"doc_type": "main", "kind": "outcome", "name": "counted", "pings": 6}
        self.assertIn(counted, done.pop("ledger"))
        self.assertEqual(
            done,
            {
                "submission_date": "2016-03-14",
                "status": "done",
                "aggregates": 2,
                "pings_read": 11,
                "files_read": 1,
                "bytes_read": stored_bytes,
                "damaged": [],
            },
        )
        self.assertEqual(failed["submission_date"], "2016-03-15")
        self.assertEqual((failed["status"], failed["error"]["slug"]), ("failed", "damaged-file"))
        self.assertIn("cut.gz", failed["error"]["message"])
        self.assertRegex(self.backfill.stderr, r"error: 2016-03-15: .*cut\.gz.*\[damaged-file\]\n$")

    def test_sql_of_2016(self) -> None:
        """The statement of 2016 answers as it stands."""
        code, output, _ = self.ask("sql", SQL_OF_2016, "--csv")
        self.assertEqual(code, 0)
        self.assertEqual(output.splitlines()[1:], ["0.5"])

    def test_sql_csv(self) -> None:
        """--csv prints the names of the columns and each row; NULL is empty."""
        query = (
            "SELECT 'a,b' AS text, NULL AS nothing, sum(ping_count) AS pings FROM crash_aggregates"
        )
        _, output, _ = self.ask("sql", query, "--csv")
        self.assertEqual(
            list(csv.reader(StringIO(output))), [["text", "nothing", "pings"], ["a,b", "", "6"]]
        )

    def test_sql_is_read_only(self) -> None:
        """A statement that changes something, or is wrong, is one sentence and code 1."""
        before = rows(self.url)
        for statement in ("DELETE FROM crash_aggregates", "COMMIT; DROP TABLE x", "SELECT nothing"):
            with self.subTest(statement=statement):
                code, output, errors = self.ask("sql", statement)
                self.assertEqual((code, output), (1, ""))
                self.assertRegex(errors, r"error: .*rejected.*\[query-rejected\]\n$")
        self.assertEqual(rows(self.url), before)

    def test_rates(self) -> None:
        """The rates are crashes per 1,000 hours with their intervals, most hours first."""
        code, output, _ = self.ask("rates", "--by", "channel", "--min-usage-hours", "1")
        self.assertEqual(code, 0)
        nightly, beta = (line for line in words(output) if line[0] in ("nightly", "beta"))
        # Two crashes in four hours, of a channel of which nothing is known.
        self.assertEqual(nightly[:5], ["nightly", "4", "500.00", "(2.54", "…"])
        self.assertEqual(nightly[5], "3771.33)")
        self.assertEqual(beta[:3], ["beta", "2", "0.00"])

    def test_rates_csv(self) -> None:
        """--csv prints a row for each group and kind, with all digits; no rate is empty."""
        code, output, _ = self.ask("rates", "--by", "channel", "--csv")
        self.assertEqual(code, 0)
        found = [one for one in csv.DictReader(StringIO(output)) if one["channel"] == "nightly"]
        self.assertEqual([one["kind"] for one in found], [kind.name for kind in CRASH_KINDS])
        self.assertEqual(
            found[0],
            {
                "channel": "nightly",
                "ping_count": "4",
                "usage_hours": "4.0",
                "min_usage_hours": "100.0",
                "kind": "main",
                "crashes": "2",
                "per_1000_hours": "",
                "lower": "",
                "upper": "",
                "burst_factor": "3.0",
                "log_sd": "0.1",
                "note": "few usage hours",
            },
        )

    def test_rates_by_unknown_dimension(self) -> None:
        """A dimension that is not there is a usage error that names those that are."""
        code, _, errors = self.ask("rates", "--by", "color")
        self.assertEqual(code, 2)
        self.assertRegex(errors, r"'color'.*channel.*\[bad-dimensions\]\n$")

    def test_ledger(self) -> None:
        """The ledger shows each outcome by doc type, and process types."""
        code, output, _ = self.ask("ledger")
        self.assertEqual(code, 0)
        self.assertIn("2016-03-14: 11 pings in 1 files", output)
        table = words(output)
        for line in (
            ["counted", "6", "3", "0", "9"],
            ["bad_build_id", "1", "0", "0", "1"],
            ["unreadable", "0", "0", "1", "1"],
            ["absent", "2", "2"],
            ["gpu", "1", "1"],
        ):
            self.assertIn(line, table)

    def test_ledger_of_missing_day(self) -> None:
        """A day that is not stored is an error that says which days are."""
        code, _, errors = self.ask("ledger", "--submission-date", "2016-03-15")
        self.assertEqual(code, 1)
        self.assertRegex(errors, r"2016-03-15 is not stored.*2016-03-14.*\[day-not-stored\]\n$")

    def test_one_bound_alone(self) -> None:
        """One bound alone makes a range to yesterday: a future start is upside down."""
        code, _, errors = self.ask("backfill", "--pings", "x", "--min-submission-date", "21990101")
        self.assertEqual(code, 2)
        self.assertRegex(errors, r"begins on 2199-01-01: .*\[date-range-upside-down\]\n$")

    def test_fill_database_with_appended_dimensions(self) -> None:
        """The script of 2016 runs from anywhere, with entries appended to its two lists."""
        script = self.edited_script('COMPARABLE_DIMENSIONS.append(("meta", "docType"))')
        done = self.run_script(script)
        self.assertEqual(
            done, (2, "COMPARABLE_DIMENSIONS has 13 entries and DIMENSION_NAMES has 12")
        )
        script = self.edited_script(
            'COMPARABLE_DIMENSIONS.append(("meta", "docType"))\nDIMENSION_NAMES.append("doc_type")'
        )
        self.assertEqual(self.run_script(script)[0], 0)
        query = (
            "SELECT dimensions->>'doc_type', sum(ping_count)::int "
            "FROM crash_aggregates GROUP BY 1 ORDER BY 1"
        )
        self.assertEqual(rows(self.script_url, query), [("crash", 0), ("main", 6)])
        used = "SELECT jsonb_array_length(dimensions) FROM crash_aggregates_current_runs"
        self.assertEqual(rows(self.script_url, used), [(len(DIMENSION_NAMES) + 1,)])

    def edited_script(self, appended: str) -> Path:
        """Copy the program and append to the lists in fill_database.py, as a user would."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        package = folder / "checkout" / "crash_rate_aggregates"
        copytree(PROJECT / "crash_rate_aggregates", package)
        script = package / "fill_database.py"
        text = script.read_text(encoding="utf-8")
        main = 'if __name__ == "__main__":'
        self.assertIn(main, text)
        script.write_text(text.replace(main, f"{appended}\n\n{main}"), encoding="utf-8")
        return script

    def run_script(self, script: Path) -> tuple[int, str]:
        """Run the script from another folder: its code and its error's start."""
        self.script_url = fresh_database(self)
        done = command(
            *("--min-submission-date", "20160314", "--max-submission-date", "20160314"),
            *("--pings", self.folder / "pings", "--database", self.script_url, "--jobs", "1"),
            cwd=self.folder,
            program=(sys.executable, str(script)),
        )
        error = re.search(r"^error: ([^:]*)", done.stderr, re.MULTILINE)
        return done.returncode, error[1] if error else ""


class UsageTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CRASH_RATE")}
        self.enterContext(patch.dict(os.environ, kept, clear=True))

    def test_every_command_has_help(self) -> None:
        """--help of each command says what it does, and what each of its options is for."""
        known = list(commands(cli.cli, ()))
        self.assertLess({("run",), ("database", "init")}, {path for path, _ in known})
        for path, found in known:
            with self.subTest(command=path):
                code, output, _ = typed(*path, "--help")
                self.assertEqual(code, 0)
                self.assertTrue(found.help)
                self.assertIn(str(found.help).partition("\n")[0].split()[0], output)
                options = [one for one in found.params if isinstance(one, click.Option)]
                self.assertEqual([one.name for one in options if not one.help], [])

    def test_bad_settings(self) -> None:
        """A setting that cannot be used is code 2 and one sentence that names it."""
        config = self.folder / "settings.toml"
        config.write_text("[spark_conf]\nkey = 1", encoding="utf-8")
        for flags, named in (
            (["--jobs", "0"], "setting jobs '0' of --jobs is not a whole number"),
            (["--dimension", "color"], "no dimension 'color'"),
            (["--spark-conf", "a.b"], "spark_conf of --spark-conf is not pairs like `KEY=VALUE`"),
            (["--config", str(config)], f"setting spark_conf in '{config}' is not"),
            (["--config", str(self.folder / "none.toml")], r"none\.toml' does not exist"),
        ):
            with self.subTest(flags=flags):
                code, output, errors = typed("run", "--pings", "x", *flags)
                self.assertEqual((code, output), (2, ""))
                self.assertRegex(errors, rf"^error: .*{named}.* \[bad-\w+\]\n$")
                self.assertEqual(errors.count("\n"), 1)

    def test_help_of_settings(self) -> None:
        """--help shows what a setting takes, its default and bounds, and marks nothing."""
        for name, shown in (
            ("run", "--jobs INTEGER .*of the embedded engine. [default: all cores; from 1 up to"),
            ("run", "--spark-conf KEY=VALUE Settings of Spark. Can be repeated."),
            ("run", "--storage-anonymous / --no-storage-anonymous Read public buckets"),
            ("run", "--engine [embedded|spark] What computes a day."),
            ("check", "--pg-password TEXT .*All users of the machine can see it."),
            ("retention", "--keep-weeks INTEGER .*[default: 26; from 1 up to 10000]"),
            ("sample-pings", "--jobs INTEGER .*[default: all cores; from 1 up to 1024]"),
        ):
            with self.subTest(command=name, shown=shown):
                _, output, _ = typed(name, "--help")
                pattern = re.escape(shown).replace(re.escape(".*"), ".*")
                self.assertRegex(" ".join(output.split()), pattern)
                self.assertNotIn("`", output)

    def test_spark_home_is_checked_first(self) -> None:
        """A SPARK_HOME that does not exist is one sentence, before a database is asked."""
        os.environ["SPARK_HOME"] = "/nonexistent"
        code, output, errors = typed("run", "--engine", "spark", "--pings", "x")
        self.assertEqual((code, output), (1, ""))
        self.assertRegex(errors, r"^error: SPARK_HOME '/nonexistent' is no.*\[spark-setup\]\n$")

    def test_no_pings_setting(self) -> None:
        """A run without a place of pings says the three ways to name it."""
        code, _, errors = typed("run", "--database", "postgresql://127.0.0.1:1/x")
        self.assertEqual(code, 2)
        self.assertRegex(errors, "--pings FOLDER, CRASH_RATE_AGGREGATES_PINGS")

    def test_bad_dates(self) -> None:
        """A date in another format, and a range upside down, are code 2 with the remedy."""
        for text in ("14.3.2016", "2016-02-30", "19991231"):
            code, _, errors = typed("run", "--pings", "x", "--submission-date", text)
            self.assertEqual(code, 2)
            self.assertRegex(errors, rf"^error: '{text}' is no .*20160314 \[bad-date\]\n$")
        bounds = ("--min-submission-date", "20160315", "--max-submission-date", "20160314")
        code, _, errors = typed("backfill", "--pings", "x", *bounds)
        self.assertEqual(code, 2)
        self.assertRegex(errors, r"^error: .*exchange the two dates \[date-range-upside-down\]\n$")


def commands(
    group: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Walk the commands and their groups."""
    yield path, group
    if isinstance(group, click.Group):
        for name, found in group.commands.items():
            yield from commands(found, (*path, name))


if __name__ == "__main__":
    unittest.main()
