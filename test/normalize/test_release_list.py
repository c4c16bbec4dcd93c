from __future__ import annotations

import unittest
from datetime import date
from typing import Any

from crash_rate_aggregates.errors import ReleaseListError
from crash_rate_aggregates.normalize.release_list import Release, label_of_build, releases_of


def listed(product: str, version: Any, day: Any) -> dict[str, Any]:
    """Return one release as product-details has it."""
    return {"product": product, "version": version, "date": day, "category": "major"}


DOCUMENT = {
    "releases": {
        "firefox-156.0b2": listed("firefox", "156.0b2", "2026-09-04"),
        "firefox-156.0b3": listed("firefox", "156.0b3", "2026-09-07"),
        "firefox-156.0": listed("firefox", "156.0", "2026-09-15"),
        "firefox-140.5.0esr": listed("firefox", "140.5.0esr", "2026-09-15"),
        "fenix-156.0": listed("fenix", "156.0", "2026-09-15"),
    }
}


class ReleaseListTest(unittest.TestCase):
    def test_releases_of_a_document(self) -> None:
        """Releases come with what people call the application; what is no release is left out."""
        broken = {
            "a": listed("other", "1.0", "2026-09-04"),
            "b": listed("firefox", "one", "2026-09-04"),
            "c": listed("firefox", "1.0", "yesterday"),
            "d": [],
            "e": listed("thunderbird", "156.0", "2026-09-15"),
        }
        self.assertEqual(
            releases_of({"releases": broken}, "x"),
            (Release("Thunderbird", "156.0", date(2026, 9, 15), 156),),
        )

    def test_no_list_of_releases(self) -> None:
        """Another document is refused with its name."""
        documents: tuple[Any, ...] = ([], {}, {"releases": []}, None, "releases")
        for document in documents:
            with (
                self.subTest(document=document),
                self.assertRaisesRegex(ReleaseListError, "^'x.json' is no list of releases"),
            ):
                releases_of(document, "x.json")

    def test_label_of_a_build(self) -> None:
        """A build is the first release of its kind within ten days after it was made."""
        releases = releases_of(DOCUMENT, "x")
        for channel, version, build_id, label in (
            ("beta", "156.0", "20260902093000", "156.0b2"),
            ("beta", "156.0", "20260904093000", "156.0b2"),
            ("aurora", "156.0", "20260905093000", "156.0b3"),
            ("beta", "156.0", "20260908093000", "156.0"),
            ("release", "156.0", "20260908093000", "156.0"),
            ("esr", "140.5.0", "20260908093000", "140.5.0esr"),
            ("release", "156.0", "20260904093000", None),
            ("release", "156.0", "20260916093000", None),
            ("release", "157.0", "20260908093000", None),
            ("esr", "156.0", "20260908093000", None),
            ("nightly", "156.0a1", "20260902093000", None),
            ("beta", "156.0", "20260231093000", None),
            ("beta", "156.0", "2026", None),
            ("beta", "x", "20260902093000", None),
            (None, "156.0", "20260902093000", None),
        ):
            with self.subTest(channel=channel, version=version, build_id=build_id):
                self.assertEqual(
                    label_of_build(releases, "Firefox", channel, version, build_id), label
                )
        found = label_of_build(
            releases, "Firefox for Android", "release", "156.0", "20260910000000"
        )
        self.assertEqual(found, "156.0")
