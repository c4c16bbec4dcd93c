"""Small files that blow up, one kind after the other, each in both workers of a run: some minutes.

CRASH_RATE_AGGREGATES_BOMB_SIZE makes them larger: 1 is read in about a second on an idle machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from test.cli.command_line import COMMAND, environment
from test.cli.tree_memory import TreeMemory
from test.engines.made_days import DAY
from test.servers import fresh_database
from test.sources.formats.bombs import BOMBS

SIZE = int(os.environ.get("CRASH_RATE_AGGREGATES_BOMB_SIZE", "1"))
MIB = 1 << 20
MOST_BYTES = 1024 * MIB
"""Of the command and all its processes together."""


class BombsTest(unittest.TestCase):
    def test_memory(self) -> None:
        """A run over any of them ends by itself, in a day or a sentence, and within 1 GiB."""
        url = fresh_database(self)
        for name in BOMBS:
            with self.subTest(name=name), TemporaryDirectory() as folder:
                content = BOMBS[name](SIZE)
                for copy in ("one", "other"):
                    path = Path(folder, f"submission_date={DAY}", copy, name)
                    path.parent.mkdir(parents=True)
                    path.write_bytes(content)
                run = subprocess.Popen(
                    [
                        *(*COMMAND, "run", "--submission-date", str(DAY), "--pings", folder),
                        *("--allow-damaged", "--allow-empty", "--jobs", "2", "--database", url),
                    ],
                    cwd=folder,
                    env=environment(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                )
                with TreeMemory(run.pid) as memory:
                    _, stderr = run.communicate()
                said = f"{name}: {len(content):,} bytes, {memory.peak_bytes // MIB:,} MiB\n"
                sys.stderr.write(said)
                self.assertIn(run.returncode, (0, 1), stderr)
                self.assertNotIn("Traceback", stderr)
                self.assertNotIn("worker-died", stderr)
                self.assertLess(memory.peak_bytes, MOST_BYTES)


if __name__ == "__main__":
    unittest.main()
