from __future__ import annotations

import unittest

from crash_rate_aggregates.decode.layouts.kinds import LAYOUTS, PingKind, field_places
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.normalize.fields import DERIVED_FIELDS, PLACED_FIELDS, PingFields


class FieldsTest(unittest.TestCase):
    def test_every_field_is_placed_or_derived(self) -> None:
        """Each field of a ping either has places in layouts or follows from others."""
        self.assertEqual({*PLACED_FIELDS, *DERIVED_FIELDS}, set(PingFields._fields))
        self.assertEqual(set(PLACED_FIELDS) & DERIVED_FIELDS, set())

    def test_layouts_name_known_fields(self) -> None:
        """A layout that misspells a field would have it always absent: none does."""
        for name, layout in LAYOUTS.items():
            self.assertEqual(set(layout.fields) - set(PLACED_FIELDS), set(), name)

    def test_places_have_all_fields(self) -> None:
        """Of each kind of ping the places of all fields are known, were there none."""
        for name in LAYOUTS:
            places = field_places(PingKind(name), DIMENSIONS)
            self.assertEqual(tuple(places.fields), PLACED_FIELDS, name)
        glean = field_places(PingKind(list(LAYOUTS)[-1]), ())
        self.assertEqual(list(glean.fields["with_dump"]), [])

    def test_fields_by_name(self) -> None:
        """A whole ping's values land in the fields of their names, dimensions in theirs."""
        ping = {
            "type": "main",
            "id": "one",
            "environment": {"build": {"buildId": "20160313030418"}},
            "application": {"channel": "nightly"},
            "payload": {"keyedHistograms": []},
        }
        channel = next(one for one in DIMENSIONS if one.name == "channel")
        self.assertEqual(
            field_places(PingKind(), (channel,)).fields_of(ping),
            PingFields(
                type="main",
                id="one",
                build_id="20160313030418",
                keyed_histograms=False,
                dimensions=("nightly",),
            ),
        )


if __name__ == "__main__":
    unittest.main()
