"""The docs say what the code does: generated parts, examples of the rules, links."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
import unittest
from datetime import date
from importlib import import_module
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.normalize.ping import Ignored, NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.outcomes import Adjustment, Outcome
from crash_rate_aggregates.stats import row_of
from test.servers import fresh_database

PROJECT = Path(__file__).resolve().parent.parent
DOCS = PROJECT / "docs"
SUBMISSION_DATE = date(2016, 3, 14)
_EXAMPLES = re.compile(r"^### (\w+)\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
_JSON = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the generator."""
    command = [sys.executable, str(DOCS / "generate_docs.py"), *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


class GeneratedDocsTest(unittest.TestCase):
    def test_generated_parts_are_fresh(self) -> None:
        """Names, columns, settings, commands and errors stand in docs/ as in the code."""
        # As `make docs` runs it, with a server of its own.
        done = generate("--check")
        self.assertEqual((done.stderr, done.returncode), ("", 0))

    def test_stale_part_is_named_and_written(self) -> None:
        """A page that the code has outgrown is named by --check and set right without it."""
        folder = Path(self.enterContext(TemporaryDirectory())) / "docs"
        copytree(DOCS, folder)
        there = ("--folder", str(folder), "--database", fresh_database(self))
        generate(*there)
        page = folder / "table.md"
        fresh = page.read_text(encoding="utf-8")
        page.write_text(fresh.replace("| `channel` |", "| `chanel` |"), encoding="utf-8")
        checked = generate("--check", *there)
        self.assertEqual(
            (checked.stderr, checked.returncode), ("table.md is stale: run make docs\n", 1)
        )
        written = generate(*there)
        self.assertEqual((written.stderr, written.returncode), ("", 0))
        self.assertEqual(page.read_text(encoding="utf-8"), fresh)


class ExamplesOfRulesTest(unittest.TestCase):
    def setUp(self) -> None:
        self._judge = PingJudge(Judge(SUBMISSION_DATE, DIMENSIONS))
        self._counting = PingJudge(Judge(SUBMISSION_DATE, DIMENSIONS, counts_automation=True))
        rules = (DOCS / "rules.md").read_text(encoding="utf-8")
        self._examples = {
            heading: _JSON.findall(text) for heading, text in _EXAMPLES.findall(rules)
        }

    def _verdict(self, example: str, judge: PingJudge | None = None) -> NormalizedPing | Ignored:
        return (judge or self._judge).judge_json(example.encode())

    def test_every_verdict_has_an_example(self) -> None:
        """Each outcome and each adjustment has an example in docs/rules.md, in the code's order."""
        adjustments = [str(adjustment.name).lower() for adjustment in Adjustment]
        self.assertEqual(list(self._examples), [outcome.value for outcome in Outcome] + adjustments)
        self.assertEqual([name for name, found in self._examples.items() if not found], [])

    def test_ignored_examples_are_ignored_so(self) -> None:
        """The example of each reason is ignored for that reason, and one breaks off."""
        # The group stage decides of the first two.
        others = {Outcome.DUPLICATE, Outcome.ALSO_SENT_AS_GLEAN, Outcome.COUNTED}
        for outcome in set(Outcome) - others:
            for example in self._examples[outcome.value]:
                with self.subTest(outcome=outcome.value):
                    verdict = self._verdict(example)
                    self.assertIsInstance(verdict, Ignored)
                    self.assertEqual(getattr(verdict, "outcome", None), outcome)

    def test_copies_share_one_id(self) -> None:
        """The two pings of the example of duplicates pass the rules and have the same id."""
        lines = self._examples["duplicate"][0].splitlines()
        verdicts = [self._verdict(line) for line in lines]
        self.assertEqual([type(verdict) for verdict in verdicts], [NormalizedPing] * 2)
        ids = {getattr(verdict, "id", None) for verdict in verdicts}
        self.assertEqual(ids, {bytes.fromhex("5d1f33c50b9c4d0a9c520f2c0a5a9c10")})

    def test_both_kinds_share_one_pair(self) -> None:
        """The two pings of one crash pass the rules and have the same pair, one of each kind."""
        lines = self._examples["also_sent_as_glean"][0].splitlines()
        v4, glean = (self._verdict(line) for line in lines)
        assert isinstance(v4, NormalizedPing)
        assert isinstance(glean, NormalizedPing)
        self.assertEqual((v4.is_glean, glean.is_glean), (False, True))
        self.assertIsNotNone(v4.pair)
        self.assertEqual(v4.pair, glean.pair)

    def test_counted_examples_are_counted_as_they_are(self) -> None:
        """The counted main ping and crash ping need no adjustment and give these stats."""
        main, crash = (self._verdict(example) for example in self._examples["counted"])
        assert isinstance(main, NormalizedPing)
        assert isinstance(crash, NormalizedPing)
        self.assertEqual((main.adjustments, crash.adjustments), (0, 0))
        of_main = {
            "ping_count": 1,
            "usage_seconds": 3600,
            "content_crashes": 2,
            "content_crashes_not_at_shutdown": 2,
        }
        self.assertEqual(main.stats, row_of(of_main))
        self.assertEqual(crash.stats, row_of({"content_shutdown_crash_pings": 1}))
        self.assertEqual(json.loads(main.dimensions)["country"], "DE")

    def test_adjusted_examples_need_just_that(self) -> None:
        """The example of each adjustment is counted with that adjustment alone."""
        for adjustment in Adjustment:
            name = str(adjustment.name).lower()
            with self.subTest(adjustment=name):
                verdict = self._verdict(self._examples[name][0], self._counting)
                self.assertEqual(getattr(verdict, "adjustments", None), adjustment)

    def test_glean_example_counts_in_both_columns(self) -> None:
        """The Glean ping of the rules is a main crash that was sent twice, of the day it says."""
        rules = (DOCS / "rules.md").read_text(encoding="utf-8")
        section = rules.partition("### Glean crash pings\n")[2].partition("\n## ")[0]
        (example,) = _JSON.findall(section)
        ping = self._verdict(example)
        assert isinstance(ping, NormalizedPing)
        self.assertEqual(ping.activity_date, date(2016, 3, 13))
        twice = {"main_crashes": 1, "main_crashes_sent_twice": 1}
        self.assertEqual(ping.stats, row_of(twice))
        self.assertEqual(json.loads(ping.dimensions)["os_name"], "Windows_NT")


class ExamplesInDocstringsTest(unittest.TestCase):
    def test_they_give_what_they_show(self) -> None:
        """Each example in a docstring of the package gives the value behind it."""
        modules = [
            import_module(".".join(path.relative_to(PROJECT).with_suffix("").parts))
            for path in sorted((PROJECT / "crash_rate_aggregates").rglob("*.py"))
            if "    >>> " in path.read_text(encoding="utf-8")
        ]
        results = [doctest.testmod(module) for module in modules]
        self.assertEqual([one.failed for one in results], [0] * len(modules))
        self.assertGreaterEqual(sum(one.attempted for one in results), 2)


class LinksTest(unittest.TestCase):
    def test_links_between_pages_lead_somewhere(self) -> None:
        """Each relative link in the project's pages names a file that is there."""
        pages = [*PROJECT.glob("*.md"), *DOCS.rglob("*.md")]
        broken = [
            f"{page.relative_to(PROJECT)}: {target}"
            for page in sorted(pages)
            for target in _LINK.findall(page.read_text(encoding="utf-8"))
            if "://" not in target and not (page.parent / target).exists()
        ]
        self.assertEqual(broken, [])


if __name__ == "__main__":
    unittest.main()
