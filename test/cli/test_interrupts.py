from __future__ import annotations

import subprocess
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

EXTENSION = """
import os, signal, threading
# As of a library: it was not told to hold signals back, and the main thread was.
threading.Thread(target=signal.pause, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
os.kill(os.getpid(), signal.{number})
for line in range(1000):  # Where Python looks for signals.
    pass
print("loaded", flush=True)
"""
COMMAND = """
import threading
from crash_rate_aggregates.cli.interrupts import answer_interrupts
answer_interrupts()
try:
    import extension
    # Again and again: a signal that another thread gets wakes nothing in this one.
    while True:
        threading.Event().wait(0.05)
except KeyboardInterrupt:
    print("interrupted")
"""
IGNORING = """
import os, signal
from crash_rate_aggregates.cli.interrupts import answer_interrupts
signal.signal(signal.SIGINT, signal.SIG_IGN)
answer_interrupts()
os.kill(os.getpid(), signal.SIGINT)
print("went on")
"""


class InterruptsTest(unittest.TestCase):
    def test_while_an_import_runs(self) -> None:
        """Ctrl-C and SIGTERM let an import end, whichever thread gets them, and then interrupt."""
        for number in ("SIGINT", "SIGTERM"):
            with self.subTest(number=number):
                self.assertEqual(said_by(EXTENSION.format(number=number)), "loaded\ninterrupted\n")

    def test_ignored_in_the_background(self) -> None:
        """Where Ctrl-C is ignored, as of a script's background command, it stays ignored."""
        self.assertEqual(said_by("", IGNORING), "went on\n")


def said_by(extension: str, command: str = COMMAND) -> str:
    """Return the output of a command that imports a module of this text."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "extension.py").write_text(extension)
        done = subprocess.run(
            [sys.executable, "-c", command],
            env={"PYTHONPATH": f"{folder}:{Path.cwd()}"},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    return done.stdout
