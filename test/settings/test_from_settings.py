from __future__ import annotations

import subprocess
import sys
import unittest
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.errors import DimensionsError, UsageError
from crash_rate_aggregates.settings.from_settings import (
    chosen_database,
    chosen_engine,
    required_pings,
)
from test.settings.given import PlacesTest

INTERRUPTED = """
import os, signal, sys, threading
from crash_rate_aggregates.cli.interrupts import answer_interrupts
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import chosen_engine

def interrupt(event, arguments):
    if event == "import" and arguments[0] == "_duckdb":
        os.kill(os.getpid(), signal.SIGINT)

sys.addaudithook(interrupt)
answer_interrupts()
try:
    chosen_engine(load_settings({"engine": "embedded"}, None))
    while True:
        threading.Event().wait(0.05)
except KeyboardInterrupt:
    print("interrupted, DuckDB loaded:", "connect" in dir(sys.modules.get("duckdb")))
"""


class OpenedTest(PlacesTest):
    def test_embedded_engine(self) -> None:
        """The embedded engine gets its jobs, which are DuckDB's threads too, and its limits."""
        settings = self.loaded(
            *("--engine", "embedded", "--jobs", "3", "--scratch", "/x"),
            *("--memory", "2GB", "--scratch-space", "3TB"),
        )
        limits = GroupingLimits("2GB", "3TB", threads=3)
        self.assertEqual(chosen_engine(settings), EmbeddedEngine(3, Path("/x"), limits))

    def test_ctrl_c_while_the_engine_loads(self) -> None:
        """Ctrl-C while DuckDB loads waits for it: in the middle it would abort the process."""
        done = subprocess.run(
            [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False
        )
        self.assertEqual(done.stdout, "interrupted, DuckDB loaded: True\n", done.stderr)

    def test_named_database(self) -> None:
        """The single settings of the database make one connection string."""
        settings = self.loaded(
            "--pg-host", "db.example", "--pg-name", "x", CRASH_RATE_AGGREGATES_PG_PASSWORD="a b'c"
        )
        with chosen_database(settings) as url:
            self.assertEqual(
                conninfo_to_dict(url), {"host": "db.example", "dbname": "x", "password": "a b'c"}
            )

    def test_pings_are_required(self) -> None:
        """Without a place of pings the three ways to name one are told; with one it is that."""
        with self.assertRaisesRegex(
            UsageError, "--pings FOLDER, CRASH_RATE_AGGREGATES_PINGS, or pings in the settings file"
        ):
            required_pings(self.loaded())
        self.assertEqual(required_pings(self.loaded("--pings", "x")), "x")

    def test_dimensions(self) -> None:
        """Flags and the TOML file add dimensions and choose among all, in the order chosen."""
        settings = self.loaded(
            *("--dimension", "locale,channel", "--extra-dimension", "one=a/b"),
            toml='[extra_dimensions]\nlocale = "environment/settings/locale"\n',
        )
        chosen = settings.dimensions.among(DIMENSIONS)
        self.assertEqual([one.name for one in chosen], ["locale", "channel"])
        self.assertEqual(chosen[0].path, ("environment", "settings", "locale"))
        everything = self.loaded("--extra-dimension", "one=/a/b/").dimensions.among(DIMENSIONS)
        self.assertEqual(everything[:-1], DIMENSIONS)
        self.assertEqual((everything[-1].name, everything[-1].path), ("one", ("a", "b")))
        with self.assertRaisesRegex(DimensionsError, "no dimension 'color': choose from build_ver"):
            self.loaded("--dimension", "color").dimensions.among(DIMENSIONS)


if __name__ == "__main__":
    unittest.main()
