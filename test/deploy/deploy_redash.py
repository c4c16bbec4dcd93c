"""The playbook pushes dashboards once, and nothing the second time."""

from __future__ import annotations

import json
import os
import re
import unittest
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from unittest.mock import patch

from test.cli.test_cli import typed
from test.deploy.deployment import Deployment
from test.deploy.playbooks import Played, stand_in_for_aws
from test.redash.real_redash import RECORDED_DATABASE, RECORDED_URL, recorded
from test.redash.test_push import HOOK, SMALL

API_KEY = "key-of-the-administrator"
SETTINGS = {
    "URL": RECORDED_URL,
    "API_KEY": API_KEY,
    "DATABASE": RECORDED_DATABASE,
    "WEBHOOK": HOOK,
}


def pushed_twice() -> list[str]:
    """Return what the command writes on a real Redash that held nothing, and then once more."""
    settings = {f"CRASH_RATE_AGGREGATES_REDASH_{name}": text for name, text in SETTINGS.items()}
    files = ("--json", "--files", str(SMALL))
    with (
        patch.dict(os.environ, settings),
        recorded("test_push_makes_all_and_then_nothing"),
    ):
        # In the order in which it was recorded.
        codes_and_outputs = [typed("redash", do, *files)[:2] for do in ("plan", "push", "push")]
    if any(code for code, _ in codes_and_outputs):
        raise AssertionError(codes_and_outputs)
    return [output for _, output in codes_and_outputs[1:]]


COMMAND = """#!/bin/sh
umask 077
printf '%s\\n' "$@" > {folder}/seen
for one; do case $one in --config=*) cat "${{one#--config=}}" >> {folder}/seen;; esac; done
cat {folder}/answer
"""
"""Notes its arguments and its settings, and writes what it is told to."""


class RedashTest(unittest.TestCase):
    """deploy.yml --tags redash, with a command that writes what `redash push` wrote."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        (self.folder / "tmp").mkdir()
        command = self.folder / "command"
        command.write_text(COMMAND.format(folder=quote(str(self.folder))))
        command.chmod(0o755)
        settings = {
            "redash_url": RECORDED_URL,
            "redash_command": str(command),
            "database_host": "db.example.org",
            "database_sslmode": "prefer",
            "credentials_store": "file",
            "credentials_folder": str(self.folder / "credentials"),
        }
        aws = self.enterContext(stand_in_for_aws())
        self.deployment = Deployment(self.folder, aws, settings)

    def play(self, answer: str, *arguments: str) -> Played:
        """Play it with a command that writes so."""
        (self.folder / "answer").write_text(answer)
        run = self.deployment.play("deploy", "--tags", "redash", *arguments)
        self.assertEqual(run.failed, 0, run.output[-4000:])
        return run

    def seen(self) -> list[str]:
        """Return the command's arguments and its settings."""
        return (self.folder / "seen").read_text().splitlines()

    def test_changed(self) -> None:
        """It says changed where the push wrote something; a check plans; no password shows."""
        first, again = pushed_twice()
        self.assertEqual([json.loads(answer)["writes"] for answer in (first, again)], [11, 0])
        self.play(again)  # Makes the credentials too.
        self.assertEqual(self.play(first).changed, 1)
        *arguments, _, settings = self.seen()
        self.assertEqual(arguments, ["redash", "push", "--json", f"--redash-url={RECORDED_URL}"])
        found = re.fullmatch(
            'redash_database = "host=db.example.org port=5432 dbname=crash_rate_aggregates '
            'user=crash_rate_reader password=([A-Za-z0-9]{40}) sslmode=require"',
            settings,
        )
        assert found is not None
        self.assertEqual(self.play(again).changed, 0)
        self.assertEqual(self.play(first, "--check").changed, 1)
        self.assertEqual(self.seen()[1], "plan")
        self.assertEqual(self.deployment.leaks([found[1]]), [])


if __name__ == "__main__":
    unittest.main()
