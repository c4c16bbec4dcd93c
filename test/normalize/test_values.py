"""Values of a ping by their path, whatever holds them."""

from __future__ import annotations

import unittest
from collections import UserDict
from types import MappingProxyType
from typing import Any

from crash_rate_aggregates.normalize.values import value_at


class ValueAtTest(unittest.TestCase):
    def test_objects(self) -> None:
        """An object of any kind is looked into, not only a decoder's own."""
        for kind in (dict, MappingProxyType, UserDict):
            ping = kind({"a": kind({"b": 0})})
            self.assertEqual(value_at(ping, ("a", "b")), 0)
            self.assertIsNone(value_at(ping, ("a", "c")))
            self.assertIs(value_at(ping, ()), ping)

    def test_path_through_no_object(self) -> None:
        """What lies in a text, a list, a number or nothing is absent."""
        inside: Any
        for inside in ("b", ["b"], 1, True, None):
            self.assertIsNone(value_at({"a": inside}, ("a", "b")))


if __name__ == "__main__":
    unittest.main()
