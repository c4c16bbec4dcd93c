"""Channels that do not take a message: why, and that nobody is told a secret."""

from __future__ import annotations

import unittest

from crash_rate_aggregates.watch.delivering import NotTakenError
from crash_rate_aggregates.watch.destinations import Channel
from test.watch.made_messages import message

SECRET = "hush4711"
"""Stands in what the channels are given."""


class NotTakenTestCase(unittest.TestCase):
    """Has the assertion."""

    def assert_not_taken(
        self, channel: Channel, reason: str, *, is_of_all: bool = True, seconds: float = 10.0
    ) -> None:
        """Hold why a message is not taken, and that no secret is told."""
        with self.assertRaises(NotTakenError) as caught:
            channel.deliver(message(), seconds)
        self.assertRegex(str(caught.exception), f"^{reason}$")
        self.assertEqual(caught.exception.is_of_all, is_of_all)
        self.assertNotIn(SECRET, repr(caught.exception))
        self.assertEqual((caught.exception.__cause__, caught.exception.__context__), (None, None))
