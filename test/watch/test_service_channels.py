from __future__ import annotations

import unittest

from crash_rate_aggregates.watch.alarm_messages import News
from crash_rate_aggregates.watch.service_channels import PagerDuty, Webhook
from test.questions.said.made_alarms import MAIN
from test.watch.made_messages import WORDS, known, message
from test.watch.receivers import WebReceiver

LINK = f"https://crashes.example.org/rates/#{MAIN}"


class ServiceChannelsTest(unittest.TestCase):
    """What each service gets, as a server sees it."""

    def setUp(self) -> None:
        self.receiver = WebReceiver(self)

    def test_pagerduty(self) -> None:
        """An alarm is one incident of PagerDuty: triggered, acknowledged and resolved by its id."""
        channel = PagerDuty(routing_key="R0", url=f"{self.receiver.url}/v2/enqueue")
        for news in (News.BEGUN, News.WORSENED, News.ACKNOWLEDGED, News.ENDED):
            channel.deliver(message(news))
        self.assertEqual(
            [(one["event_action"], one["dedup_key"]) for one in self.receiver.bodies],
            [(action, MAIN) for action in ("trigger", "trigger", "acknowledge", "resolve")],
        )
        self.assertEqual(
            self.receiver.bodies[0],
            {
                "routing_key": "R0",
                "event_action": "trigger",
                "dedup_key": MAIN,
                "client": "crash-rate-aggregates",
                "payload": {
                    "summary": f"New alarm: {WORDS}",
                    "source": "crash-rate-aggregates",
                    "severity": "error",
                    "component": "Firefox",
                    "group": "release",
                    "class": "main",
                    "custom_details": {"details": MAIN, "ratio": 2.0},
                },
                "links": [{"href": LINK, "text": "Crash rates"}],
            },
        )
        self.assertTrue(PagerDuty.keeps_state)

    def test_webhook(self) -> None:
        """A webhook gets plain JSON, and a header by which a repetition is known."""
        channel = Webhook(url=f"{self.receiver.url}/hook", token="sesame")
        for news in (News.BEGUN, News.BEGUN, News.ENDED):
            channel.deliver(message(news, acknowledgement=known()))
        first, again, other = self.receiver.received
        self.assertEqual(
            first.body,
            {
                "version": 1,
                "event": "begun",
                "alarm_id": MAIN,
                "title": f"New alarm: {WORDS}",
                "words": WORDS,
                "application": "Firefox",
                "channel": "release",
                "kind": "main",
                "since": "2026-11-24",
                "ratio": 2.0,
                "machines": None,
                "submission_date": "2026-11-28",
                "acknowledged_by": "Ann",
                "note": "bug <7> & more",
                "link": LINK,
            },
        )
        keys = [one.headers["Idempotency-Key"] for one in (first, again, other)]
        self.assertEqual((keys[0] == keys[1], keys[0] == keys[2]), (True, False))
        self.assertEqual(first.headers["Authorization"], "Bearer sesame")

    def test_webhook_without_a_token(self) -> None:
        """Without a token there is no header of one."""
        Webhook(url=self.receiver.url).deliver(message())
        self.assertNotIn("Authorization", self.receiver.received[0].headers)


if __name__ == "__main__":
    unittest.main()
