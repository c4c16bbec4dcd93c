from __future__ import annotations

import csv
import json
import os
from datetime import date
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import main
from unittest.mock import patch

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.settings.declared import DECLARED
from test.cli.command_line import COMMAND, command
from test.cli.test_cli import typed
from test.database.sample_days import NIGHTLY, day
from test.questions.said.alarm_database import AlarmDatabaseTestCase
from test.questions.said.made_alarms import (
    FIRST,
    MAIN,
    TIMES,
    VERDICT,
    alarm,
    assess_evenings,
    verdict,
)
from test.settings.given import as_toml
from test.watch.receivers import MailReceiver, WebReceiver

SECRET = "hush4711"
WORDS = f"Firefox release, main crashes: {TIMES}2.00 since 24 November"


class WatchCommandsTest(AlarmDatabaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CRASH_RATE")}
        self.enterContext(patch.dict(os.environ, kept, clear=True))

    def watch(self, *arguments: str) -> tuple[int, str, str]:
        """Type `watch` and more against the test's database."""
        return typed("watch", *arguments, "--database", self.url)

    def notify(self, *arguments: str, **destinations: dict[str, Any]) -> tuple[int, str, str]:
        """Type `watch --notify` with such destinations in the settings file."""
        path = self.folder / "settings.toml"
        path.touch(0o600)
        path.write_text(as_toml(DECLARED["notify"], destinations), encoding="utf-8")
        return self.watch("--notify", "--config", str(path), *arguments)

    def test_alarms(self) -> None:
        """The first line counts the alarms; each has its words, who knows of it, and its id."""
        row = alarm(machines="few machines: 3 of 900")
        assess_evenings(self.connection, (row, verdict()))
        said = self.watch("acknowledge", VERDICT, "--note", "bug 1234567", "--by", "Ann")
        self.assertEqual((said[0], said[2]), (0, ""))
        self.assertTrue(said[1].endswith("acknowledged by Ann, quiet until it ends or worsens\n"))
        code, output, errors = self.watch()
        self.assertEqual((code, errors), (0, ""))
        today = f"{date.today():%-d %B %Y}"  # noqa: DTZ011  As the database's clock here.
        self.assertEqual(
            output.splitlines(),
            [
                "2 alarms on 25 November 2026, 1 of them acknowledged",
                f"  {WORDS}",
                "    few machines: 3 of 900",
                f"    {MAIN}",
                f"  Firefox 156.0b3 after 156.0b2, main crashes: {verdict().words}",
                f"    acknowledged by Ann on {today}: bug 1234567",
                f"    {VERDICT}",
            ],
        )

    def test_no_alarm(self) -> None:
        """Without an alarm the line says so; what ended this evening stands below."""
        assess_evenings(self.connection, (alarm(),), (alarm("ended"),))
        self.assertEqual(
            self.watch()[1].splitlines(),
            [
                "no alarm on 26 November 2026",
                "  Firefox release, main crashes: as usual again, after an alarm since 24 November",
                f"    {MAIN}",
            ],
        )

    def test_nothing_assessed(self) -> None:
        """Before the first assessment each form of the command says what is missing."""
        for arguments in ((), ("--json",), ("acknowledge", MAIN, "--note", "x")):
            code, output, errors = self.watch(*arguments)
            self.assertEqual((code, output), (1, ""))
            self.assertRegex(errors, r"^error: no day is assessed yet: .* \[not-assessed\]\n$")

    def test_a_day_that_is_not_assessed(self) -> None:
        """A newer day that is stored and not assessed is told, with the remedy."""
        assess_evenings(self.connection, ())
        newer = date(2026, 11, 30)
        ensure_partition(self.connection, newer)
        replace_day(self.connection, day(NIGHTLY, submission_date=newer))
        lines = self.watch()[1].splitlines()
        self.assertEqual(lines[0], "no alarm on 25 November 2026")
        self.assertRegex(lines[1], "^30 November 2026 is stored and not assessed yet: `crash")

    def test_without_utf8(self) -> None:
        """Where there is no UTF-8, each sign has a letter in its place."""
        assess_evenings(self.connection, (alarm(), verdict()))
        done = command(
            *("watch", "--database", self.url),
            cwd=self.folder,
            program=("env", "PYTHONIOENCODING=ascii", *COMMAND),
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("main crashes: x2.00 since", done.stdout)
        self.assertIn("(11 ~ 39)", done.stdout)

    def test_for_machines(self) -> None:
        """JSON has the evening and its alarms, CSV a line for each alarm."""
        assess_evenings(self.connection, (alarm(), verdict()))
        self.watch("acknowledge", MAIN, "--note", "bug 7", "--by", "Ann")
        code, output, _ = self.watch("--json")
        document = json.loads(output)
        self.assertEqual((code, document["submission_date"]), (0, str(FIRST)))
        first, second = document["alarms"]
        self.assertEqual((first["alarm_id"], first["state"]), (VERDICT, "worse"))
        self.assertEqual((second["note"], second["acknowledged_by"]), ("bug 7", "Ann"))
        _, output, _ = self.watch("--csv")
        rows = [*csv.DictReader(StringIO(output))]
        self.assertEqual([row["alarm_id"] for row in rows], [VERDICT, MAIN])
        self.assertEqual((rows[1]["words"], rows[1]["ratio"]), (WORDS, "2.0"))

    def test_acknowledge(self) -> None:
        """What is not lit, a note without a word, and flags before the word are refused."""
        assess_evenings(self.connection, (alarm(),))
        for arguments, sentence in (
            (("acknowledge", "x", "--note", "y"), f"no alarm 'x' is lit: choose from {MAIN} "),
            (("acknowledge", MAIN, "--note", " "), "say why: --note"),
            (("--json", "acknowledge", MAIN, "--note", "y"), "type the options behind acknowledge"),
        ):
            code, output, errors = self.watch(*arguments)
            self.assertEqual((code, output), (2, ""))
            self.assertIn(sentence, errors)
        with patch.dict(os.environ, {"LOGNAME": "ben"}):
            self.assertIn("by ben", self.watch("acknowledge", MAIN, "--note", "bug")[1])

    def test_what_does_not_go_together(self) -> None:
        """--dry-run goes with --notify alone, and that with no other form of the answer."""
        for arguments in (("--dry-run",), ("--notify", "--json"), ("--notify", "--csv")):
            self.assertEqual(self.watch(*arguments)[0], 2)
        code, _, errors = self.watch("--notify")
        self.assertEqual(code, 2)
        self.assertRegex(
            errors, r"^error: say whom to tell: \[notify.NAME\] in the settings.*usage"
        )

    def test_notify(self) -> None:
        """A dry run sends nothing and shows all but secrets; then all is sent, and once."""
        web, mail = WebReceiver(self), MailReceiver(self, password=SECRET)
        destinations: dict[str, dict[str, Any]] = {
            "chat": {"kind": "slack", "url": f"{web.url}/{SECRET}"},
            "mail": {
                "kind": "email",
                "host": "127.0.0.1",
                "port": mail.port,
                "security": "none",
                "user": "sender",
                "password": SECRET,
                "from": "a@b.org",
                "to": ["c@d.org"],
            },
        }
        assess_evenings(self.connection, (alarm(),))
        dry = self.notify("--dry-run", "--page-address", "https://p.org", **destinations)
        self.assertEqual((dry[0], dry[2]), (0, ""))
        lines = dry[1].splitlines()
        self.assertEqual(lines[:2], [f"would be sent to chat: New alarm: {WORDS}", "  POST ***"])
        self.assertIn(f"  SMTP 127.0.0.1:{mail.port}, none as sender, password ***", lines)
        self.assertIn(f"  https://p.org/#{MAIN}", lines)
        self.assertEqual((web.received, mail.mails), ([], []))

        sent = self.notify(**destinations)
        wanted = "".join(f"sent to {name}: New alarm: {WORDS}\n" for name in destinations)
        self.assertEqual(sent, (0, wanted, ""))
        self.assertEqual((len(web.received), len(mail.mails)), (1, 1))
        again = self.notify(**destinations)
        self.assertEqual(again, (0, "nothing new on 2026-11-25\n", ""))
        self.assertEqual((len(web.received), len(mail.mails)), (1, 1))
        self.assertNotIn(SECRET, "".join((*map(str, dry), *map(str, sent))))

    def test_a_destination_that_fails(self) -> None:
        """The exit code is 1 if one fails, told without its secret; others get theirs."""
        gone, web = WebReceiver(self, 410), WebReceiver(self)
        assess_evenings(self.connection, (alarm(),))
        code, output, errors = self.notify(
            gone={"kind": "teams", "url": f"{gone.url}/{SECRET}"},
            web={"kind": "webhook", "url": web.url, "token": SECRET},
        )
        self.assertEqual((code, output), (1, f"sent to web: New alarm: {WORDS}\n"))
        self.assertRegex(
            errors, r"^error: gone did not take a message: it answers 410 .*\[notify\]\n$"
        )
        self.assertNotIn(SECRET, errors)
        dumped = self.connection.execute("SELECT n::text FROM crash_notifications n").fetchall()
        self.assertEqual((len(dumped), SECRET in str(dumped)), (1, False))

    def test_a_destination_that_cannot_be_meant(self) -> None:
        """A destination with a wrong value is told before anything is sent."""
        web = WebReceiver(self)
        assess_evenings(self.connection, (alarm(),))
        code, output, errors = self.notify(
            web={"kind": "webhook", "url": web.url}, chat={"kind": "slack", "url": SECRET}
        )
        self.assertEqual((code, output, web.received), (2, "", []))
        self.assertEqual(errors, "error: destination 'chat': url is not a URL [bad-destination]\n")


if __name__ == "__main__":
    main()
