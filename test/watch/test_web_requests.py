from __future__ import annotations

import logging
import socket
import unittest
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic

from crash_rate_aggregates.watch.chat_channels import Matrix, Slack
from test.watch.made_messages import message
from test.watch.not_taken import SECRET, NotTakenTestCase
from test.watch.receivers import Answer, WebReceiver


class DeliveryTest(NotTakenTestCase):
    """A server that does not take a message at once."""

    def slack(self, *answers: Answer | int) -> Slack:
        """Return the channel to a server with these answers."""
        self.receiver = WebReceiver(self, *answers)
        return Slack(url=f"{self.receiver.url}/{SECRET}")

    def matrix(self, *answers: Answer | int) -> Matrix:
        """Likewise, of a server that knows repetitions."""
        self.receiver = WebReceiver(self, *answers)
        return Matrix(url=self.receiver.url, room="!a:b", token=SECRET)

    def test_tried_again(self) -> None:
        """What may pass is tried again, three times in all, and each attempt sends the same."""
        self.slack(503, 500).deliver(message())
        self.assertEqual(len(self.receiver.received), 3)
        self.assertEqual(self.receiver.bodies[0], self.receiver.bodies[2])
        self.assert_not_taken(self.slack(502, 503, 504, 200), "answers 504 Gateway Timeout")
        self.assertEqual(len(self.receiver.received), 3)

    def test_asked_to_wait(self) -> None:
        """As long as a server asks for is waited, in seconds or until a date."""
        began = monotonic()
        self.slack(Answer(429, {"Retry-After": "0.5"})).deliver(message())
        self.assertGreater(monotonic() - began, 0.5)
        soon = format_datetime(datetime.now(UTC) - timedelta(seconds=5), usegmt=True)
        self.slack(Answer(429, {"Retry-After": soon})).deliver(message())
        self.assertEqual(len(self.receiver.received), 2)
        self.slack(Answer(429, {"Retry-After": "soon"})).deliver(message())

    def test_asked_to_wait_too_long(self) -> None:
        """Who is asked to wait longer than there is time does not wait at all."""
        began = monotonic()
        channel = self.slack(Answer(429, {"Retry-After": "60"}))
        self.assert_not_taken(channel, "answers 429 Too Many Requests")
        self.assertLess(monotonic() - began, 5)
        self.assertEqual(len(self.receiver.received), 1)

    def test_rejected(self) -> None:
        """A rejection is not tried again; whether others would fare alike depends on the code."""
        for status, reason, is_of_all in (
            (400, "answers 400 Bad Request: it rejects the message", False),
            (413, "answers 413 .*: it rejects the message", False),
            (403, "answers 403 Forbidden: its address or secret is not right.*", True),
            (410, "answers 410 Gone: its address or secret is not right.*", True),
            (302, "answers 302 Found: it is somewhere else", True),
            (499, "answers 499: it rejects the message", False),
        ):
            with self.subTest(status=status):
                answer = Answer(status, {"Location": f"/{SECRET}"}, says=SECRET.encode())
                self.assert_not_taken(self.slack(answer), reason, is_of_all=is_of_all)
                self.assertEqual(len(self.receiver.received), 1)

    def test_no_answer(self) -> None:
        """A lost answer is asked for again only where the same twice is taken for one."""
        hangs = Answer(hangs=True)
        self.matrix(hangs).deliver(message(), seconds=1.5)
        self.assertEqual(len(self.receiver.received), 2)
        self.assertEqual(len({one.path for one in self.receiver.received}), 1)
        self.assert_not_taken(self.matrix(*[hangs] * 4), "gave no answer", seconds=1.5)
        began = monotonic()
        lost = "gave no answer, and may have taken the message all the same"
        self.assert_not_taken(self.slack(*[hangs] * 4), lost, seconds=1.0)
        self.assertEqual(len(self.receiver.received), 1)
        self.assertLess(monotonic() - began, 4)

    def test_nobody_there(self) -> None:
        """Where nobody listens it is tried three times, and the reason is told."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        channel = Slack(url=f"http://127.0.0.1:{port}/{SECRET}")
        self.assert_not_taken(channel, r"cannot be reached \(.*Connection refused\)")

    def test_an_address_that_is_none(self) -> None:
        """What looks like a URL and is none is told without showing it."""
        for url in (f"http://127.0.0.1:99999999/{SECRET}", f"http://[{SECRET}/"):
            reason = "has an address or a secret that cannot be sent to|cannot be reached .*"
            self.assert_not_taken(Slack(url=url), f"({reason})")

    def test_nothing_is_logged(self) -> None:
        """The client's own log, which has URLs in it, is silent."""
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger("test").info("something")
            self.slack().deliver(message())
        self.assertNotIn(SECRET, "\n".join(logs.output))


if __name__ == "__main__":
    unittest.main()
