from __future__ import annotations

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

_PROJECT = Path(__file__).resolve().parents[2]
_PART = "Intervals of rates"


def simulate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the simulations of one part in a folder of their own."""
    command = [sys.executable, "-m", "simulations", "--jobs", "1", "--part", _PART, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(_PROJECT)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


class MainTest(unittest.TestCase):
    def test_quick(self) -> None:
        """--quick prints the tables of the parts asked for, and writes no page."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        done = simulate(folder, "--quick")
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        self.assertTrue(done.stdout.startswith(f"### {_PART}, simulated\n"))
        self.assertNotIn("Nowcast", done.stdout)
        self.assertEqual([path.name for path in folder.iterdir()], [".cache"])

    def test_resumed(self) -> None:
        """What was drawn is read back; another seed draws anew."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        first = simulate(folder, "--quick").stdout
        file = folder / ".cache" / "simulations-quick-1.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines()
        self.assertEqual(simulate(folder, "--quick").stdout, first)
        self.assertEqual(file.read_text(encoding="utf-8").splitlines(), lines)
        self.assertTrue(json.loads(lines[0])["cell"].startswith(_PART))
        simulate(folder, "--quick", "--seed", "2")
        self.assertTrue((folder / ".cache" / "simulations-quick-2.jsonl").exists())


if __name__ == "__main__":
    unittest.main()
