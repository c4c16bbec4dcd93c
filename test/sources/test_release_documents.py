from __future__ import annotations

import json
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from crash_rate_aggregates.errors import ReleaseListError
from crash_rate_aggregates.sources.release_documents import read_releases

RELEASE = {"product": "firefox", "version": "156.0b3", "date": "2026-09-07"}


class ReleaseDocumentsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))

    def written(self, name: str, text: str) -> str:
        """Write a file and return its path."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def test_files(self) -> None:
        """The releases of all files are read, in the order of the files."""
        one = self.written("one.json", json.dumps({"releases": {"a": RELEASE}}))
        two = self.written(
            "two.json", json.dumps({"releases": {"b": RELEASE | {"version": "9.0"}}})
        )
        self.assertEqual([one.label for one in read_releases([two, one])], ["9.0", "156.0b3"])
        self.assertEqual(read_releases([]), ())

    def test_files_that_are_none(self) -> None:
        """A file that is missing, no JSON or another document is one sentence with its name."""
        for path, said in (
            (str(self.folder / "missing.json"), "cannot read '.*missing.json': No such file"),
            (self.written("cut.json", '{"releases":'), "'.*cut.json' is no JSON: "),
            (self.written("other.json", "[]"), "'.*other.json' is no list of releases"),
        ):
            with self.subTest(path=path), self.assertRaisesRegex(ReleaseListError, said):
                read_releases([path])

    def test_server_that_does_not_answer(self) -> None:
        """No day waits for a server: its list is left out, and a line says so."""
        with self.assertLogs("crash_rate_aggregates", "WARNING") as heard:
            self.assertEqual(read_releases(["http://127.0.0.1:9/firefox.json"]), ())
        self.assertIn("http://127.0.0.1:9/firefox.json is left out: ", heard.output[0])
