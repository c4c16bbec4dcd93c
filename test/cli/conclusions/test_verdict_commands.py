from __future__ import annotations

import json
from datetime import timedelta

from crash_rate_aggregates.errors import ExitCode
from test.assess.made_world import World, WorldTestCase, released, version
from test.cli.test_cli import typed

BAD = version(5)
"""The newest release, 7 days old on the last evening."""


class VerdictCommandsTest(WorldTestCase):
    """Days of a release whose main crashes are doubled on Windows, assessed by the command."""

    world = World(worse={BAD: 2.0}, only_in="Windows_NT")
    assessed: tuple[int, str, str]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        evening = released(5) + timedelta(days=6)
        cls.assessed = typed("assess", "--from", str(evening), "--database", cls.url)

    def ask(self, *arguments: str) -> tuple[int, str, str]:
        return typed(*arguments, "--database", self.url)

    def test_assess(self) -> None:
        """Each day of the range is assessed in order, and it is said how many are worse."""
        code, out, err = self.assessed
        self.assertEqual((code, err), (0, ""))
        lines = out.splitlines()
        days = [released(5) + timedelta(days=number) for number in (6, 7)]
        self.assertEqual([line.split(" assessed: ")[0] for line in lines], [*map(str, days)])
        self.assertRegex(lines[0], r"assessed: 2 verdicts of worse, \d alarms?, \d+\.\d s$")

    def test_worse(self) -> None:
        """A release that is worse is told in two lines with its figures; the exit code is 3."""
        code, out, err = self.ask("verdict", BAD)
        self.assertEqual((code, err), (ExitCode.WORSE, ""))
        first, second, *also = out.splitlines()
        self.assertRegex(
            first,
            rf"^{BAD} \(release\), main crashes: worse by 7\d% \(\d+ … \d+\) since 27 July, "
            rf"compared with {version(4)}$",
        )
        self.assertRegex(
            second,
            r"^  [\d,]+ main crashes in [\d.]+ million hours, [\d,]+ in [\d.]+ million of "
            rf"{version(4)}; day 7, (same days|equal age), as of 2026-08-03, run 64$",
        )
        self.assertRegex(also[0], "^  also main and content crashes worse by ")

    def test_newest(self) -> None:
        """Without a version it is about the newest release of each channel."""
        self.assertEqual(self.ask("verdict"), self.ask("verdict", BAD))

    def test_json(self) -> None:
        """For machines it is one object with all methods, each figure by its name."""
        code, out, _ = self.ask("verdict", BAD, "--kind", "main", "--json")
        said = json.loads(out)
        self.assertEqual((code, said["evening"]), (3, str(self.world.last)))
        self.assertEqual({one["kind"] for one in said["verdicts"]}, {"main"})
        decisive = [one for one in said["verdicts"] if one["is_decisive"]]
        self.assertEqual([one["state"] for one in decisive], ["worse"])

    def test_against(self) -> None:
        """Another version to compare with, or another change, is computed at once."""
        code, out, _ = self.ask("verdict", BAD, "--against", version(3), "--kind", "main")
        self.assertEqual(code, ExitCode.WORSE)
        self.assertIn(f"compared with {version(3)}", out)
        code, out, _ = self.ask("verdict", version(4), "--change", "50%", "--kind", "main")
        self.assertEqual(code, ExitCode.DONE)
        self.assertIn("no change above 50%", out)

    def test_unknown(self) -> None:
        """A version that nobody uses is refused, with those that can be asked for."""
        for arguments in (
            ("verdict", "9.0"),
            ("compare", BAD, "9.0"),
            ("explain", "--version", "9.0"),
        ):
            code, out, err = self.ask(*arguments)
            self.assertEqual((code, out), (1, ""), arguments)
            self.assertRegex(err, rf"^error: .*'9\.0'.*{BAD}.* \[release-not-found\]\n$")

    def test_wrong_change(self) -> None:
        """What is no change is a mistake of the command line."""
        code, _, err = self.ask("verdict", BAD, "--change", "much")
        self.assertEqual(code, ExitCode.USAGE)
        self.assertIn("'much' is no change: write it like 20% or 0.2.", err)

    def test_compare(self) -> None:
        """Two versions stand beside each other in every kind, by both methods."""
        code, out, _ = self.ask("compare", BAD, version(4))
        self.assertEqual(code, ExitCode.WORSE)
        rows = [" ".join(line.split()) for line in out.splitlines()]
        self.assertRegex("\n".join(rows), r"(?m)^main crashes same days 8\.01 4\.40 1\.73 \(1\.")
        self.assertRegex(out, r"(?m)^  main crashes +equal age ")

    def test_explain(self) -> None:
        """It is said for whom a release is worse, as it was stored."""
        code, out, _ = self.ask("explain", "--version", BAD, "--kind", "main")
        self.assertEqual(code, 0)
        lines = out.splitlines()
        self.assertEqual(lines[0], f"{BAD} (release), main crashes:")
        self.assertRegex(lines[1], r"^  for whom: Windows_NT: [\d,]+ crashes instead of [\d,]+, ")

    def test_explain_days(self) -> None:
        """A channel's days are explained beside the week before them."""
        day = str(released(5) + timedelta(days=1))
        code, out, err = self.ask("explain", "--from", day, "--kind", "main")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("  for whom: ", out)

    def test_explain_all(self) -> None:
        """Without a version all is explained that is worse; a release and days are not mixed."""
        code, out, _ = self.ask("explain", "--kind", "main")
        self.assertEqual(code, 0)
        self.assertIn(self.ask("explain", "--version", BAD, "--kind", "main")[1], out)
        code, _, err = self.ask("explain", "--version", BAD, "--from", "2026-07-28")
        self.assertEqual(code, ExitCode.USAGE)
        self.assertIn("--version explains a release, --from a channel: say one of them", err)

    def test_against_what(self) -> None:
        """Another version to compare with needs one that is compared."""
        code, _, err = self.ask("explain", "--against", version(4))
        self.assertEqual(code, ExitCode.USAGE)
        self.assertIn("--against is about one version: name it with --version", err)


class NothingSaidTest(WorldTestCase):
    """A database with days, of which none is assessed."""

    world = World(days=9)

    def test_not_assessed(self) -> None:
        """It is said that no day is assessed, and what does so."""
        code, out, err = typed("verdict", "--database", self.url)
        self.assertEqual((code, out), (1, ""))
        self.assertRegex(
            err, r"no day is assessed yet: .*`crash-rate-aggregates assess`.*\[not-assessed\]"
        )

    def test_too_little(self) -> None:
        """Where nothing can be said of a release yet, the exit code is 4."""
        self.assertEqual(typed("assess", "--database", self.url)[0], 0)
        code, _, _ = typed("verdict", "--database", self.url)
        self.connection.execute("TRUNCATE crash_assessments CASCADE")
        self.assertEqual(code, ExitCode.NOTHING_TO_SAY)
