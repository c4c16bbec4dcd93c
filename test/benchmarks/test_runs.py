from __future__ import annotations

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import reference
from benchmarks.data import day_of
from benchmarks.ours.days import compute, read_aggregates
from benchmarks.peers import duckdb_json
from benchmarks.sums import read_groups, wrong_groups
from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits

BURN = "import time\nwhile time.process_time() < 0.5: pass"
LEAVE = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]])"


class AgreementTest(unittest.TestCase):
    def test_one_day_two_ways(self) -> None:
        """The embedded engine equals the plain reference; DuckDB does but for odd pings."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            day = day_of(folder, 2, "gz", few_pings=60)
            self.assertEqual((day.pings, len(day.files)), (120, 2))
            reference.main(str(day.folder), f"{name}/exact", f"{name}/copied", "1")
            engine = EmbeddedEngine(1, folder / "scratch", GroupingLimits("256MB", "1GB", 1))
            compute(engine, str(day.folder), f"{name}/ours")
            duckdb_json.main(day.pattern, f"{name}/duckdb", "1")
            exact = read_groups(folder / "exact")
            copied = read_groups(folder / "copied")
            self.assertGreater(len(exact), 50)
            self.assertEqual(wrong_groups(read_aggregates(folder / "ours"), exact), 0)
            # Of 120 pings at most some 3 are odd, by the dirt of sample pings.
            self.assertLessEqual(wrong_groups(read_groups(folder / "duckdb"), copied), 3)
            self.assertEqual(set(json.loads((folder / "ours.json").read_text())), STAGES)


STAGES = {"start", "judge", "group"}


@unittest.skipUnless(sys.platform == "linux", "make benchmark measures on Linux alone")
class ProcessTreeTest(unittest.TestCase):
    def cost(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Measure a program in a process of its own, which waits for all that it leaves."""
        measure = [sys.executable, "-m", "benchmarks.process_tree", *command]
        return subprocess.run(measure, capture_output=True, text=True, check=False)

    def test_orphans_count(self) -> None:
        """The time of a process that outlives its parent counts too."""
        done = self.cost(sys.executable, "-c", LEAVE, BURN)
        found = re.search(r"cpu_seconds=([0-9.]+)", done.stdout)
        assert found, done
        self.assertGreaterEqual(float(found[1]), 0.5)

    def test_children_whose_end_is_ignored_count(self) -> None:
        """The time of children counts also where their parent ignores that they end."""
        ignoring = (
            "import signal, subprocess, sys\n"
            "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
            "subprocess.Popen([sys.executable, '-c', sys.argv[1]]).wait()\n"
        )
        done = self.cost(sys.executable, "-c", ignoring, BURN)
        found = re.search(r"cpu_seconds=([0-9.]+)", done.stdout)
        assert found, done
        # All but the last moment, which the half second of work is longer than.
        self.assertGreaterEqual(float(found[1]), 0.2)

    def test_failure_is_told(self) -> None:
        """A program that fails is no measurement: its last words are shown."""
        done = self.cost(sys.executable, "-c", "raise SystemExit('out of luck')")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("ended with 1: out of luck", done.stderr)
