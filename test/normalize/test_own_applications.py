"""Applications that the settings describe."""

from __future__ import annotations

import unittest
from typing import Any

from crash_rate_aggregates.applications import (
    KNOWN_APPLICATIONS,
    Application,
    ApplicationNames,
)
from crash_rate_aggregates.errors import ApplicationsError
from crash_rate_aggregates.normalize.own_applications import with_own_applications


class OwnApplicationsTest(unittest.TestCase):
    def test_none(self) -> None:
        """Without any there are those that everybody has."""
        self.assertEqual(with_own_applications({}), KNOWN_APPLICATIONS)

    def test_added_and_changed(self) -> None:
        """One is added after those of everybody; one of their names takes its place."""
        waterfox = {"identifiers": ["Waterfox Classic"], "usage_ping": "main"}
        found = with_own_applications(
            {"Waterfox": waterfox, "Fennec": {"channels": {"fennec-x": "beta"}}}
        )
        self.assertEqual(found[-1], Application("Waterfox", ("Waterfox Classic",)))
        self.assertEqual(found[-2], Application("Fennec", channels={"fennec-x": "beta"}))
        self.assertEqual(found[:-2], KNOWN_APPLICATIONS[:-1])

    def test_mistakes(self) -> None:
        """A misspelt field and a wrong value are one sentence that names both."""
        given: Any
        for given, said in (
            ({"identifers": []}, "the application 'x' has no 'identifers': choose from channels, "),
            ({"name": "y"}, "the application 'x' has no 'name': choose from "),
            (
                {"identifiers": "x"},
                "the application 'x' cannot be used: Expected `array`",
            ),
            ({"usage_ping": "event"}, "the application 'x' cannot be used: Invalid enum value"),
            ({"sends_both_since": "128"}, "the application 'x' cannot be used: Expected `int"),
        ):
            with self.subTest(given), self.assertRaisesRegex(ApplicationsError, said):
                with_own_applications({"x": given})

    def test_no_two_share_an_identifier(self) -> None:
        """Each identifier of those that everybody has is one application's."""
        identifiers = [one for known in KNOWN_APPLICATIONS for one in known.folded_identifiers]
        self.assertEqual(len(identifiers), len(set(identifiers)))
        names = ApplicationNames()
        for known in KNOWN_APPLICATIONS:
            for identifier in (known.name, *known.identifiers, *known.channels):
                self.assertEqual(names.name_of(identifier), known.name)


if __name__ == "__main__":
    unittest.main()
