from __future__ import annotations

import unittest
from typing import Any

from crash_rate_aggregates.watch.alarm_messages import News
from crash_rate_aggregates.watch.chat_channels import Matrix, Slack, Teams
from test.questions.said.made_alarms import MAIN
from test.watch.made_messages import WORDS, known, message
from test.watch.receivers import WebReceiver

LINK = f"https://crashes.example.org/rates/#{MAIN}"


class ChatChannelsTest(unittest.TestCase):
    """What each chat gets, as a server sees it."""

    def setUp(self) -> None:
        self.receiver = WebReceiver(self)

    def test_slack(self) -> None:
        """Slack gets a text for notifications and blocks, with what steers its texts escaped."""
        channel = Slack(url=f"{self.receiver.url}/services/T/B/x")
        channel.deliver(message(machines="few machines", acknowledgement=known()))
        (received,) = self.receiver.received
        self.assertEqual((received.method, received.path), ("POST", "/services/T/B/x"))
        self.assertEqual(received.headers["Content-Type"], "application/json")
        details = f"few machines\nacknowledged by Ann: bug &lt;7&gt; &amp; more\n{MAIN}"
        self.assertEqual(
            received.body,
            {
                "text": f"New alarm: {WORDS}",
                "blocks": [
                    {
                        "type": "section",
                        "text": {"type": "mrkdwn", "text": f"*New alarm: {WORDS}* <{LINK}|show>"},
                    },
                    {"type": "context", "elements": [{"type": "mrkdwn", "text": details}]},
                ],
            },
        )

    def test_slack_without_a_page(self) -> None:
        """Without an address of the page there is no link; long words are cut where Slack ends."""
        channel = Slack(url=self.receiver.url)
        channel.deliver(message(page_address=None, words="x" * 4000))
        text = self.receiver.bodies[0]["blocks"][0]["text"]["text"]
        self.assertEqual((len(text), "show" in text), (2900, False))

    def test_matrix(self) -> None:
        """Matrix gets an event by the token, with a transaction id that the same message keeps."""
        channel = Matrix(url=f"{self.receiver.url}/", room="!a:b.org", token="sesame")
        for news in (News.BEGUN, News.BEGUN, News.ENDED):
            channel.deliver(message(news, acknowledgement=known()))
        first, again, other = self.receiver.received
        self.assertEqual(first.method, "PUT")
        self.assertRegex(
            first.path,
            r"^/_matrix/client/v3/rooms/%21a%3Ab\.org/send/m\.room\.message/[0-9a-f]{32}$",
        )
        self.assertEqual((again.path, other.path == first.path), (first.path, False))
        self.assertEqual(first.headers["Authorization"], "Bearer sesame")
        self.assertEqual(
            first.body,
            {
                "msgtype": "m.text",
                "body": f"New alarm: {WORDS}\nacknowledged by Ann: bug <7> & more\n{MAIN}\n{LINK}",
                "format": "org.matrix.custom.html",
                "formatted_body": f'<strong>New alarm: {WORDS}</strong> <a href="{LINK}">show</a>'
                f"<br/>acknowledged by Ann: bug &lt;7&gt; &amp; more<br/>{MAIN}",
            },
        )
        self.assertEqual(other.body["body"].partition(":")[0], "Over")

    def test_teams(self) -> None:
        """Teams gets an adaptive card, with a button where there is a page."""
        channel = Teams(url=f"{self.receiver.url}/workflows/x?sig=y")
        channel.deliver(message(News.WORSENED))
        channel.deliver(message(page_address=None))
        first, second = (one["attachments"] for one in self.receiver.bodies)
        self.assertEqual(self.receiver.received[0].path, "/workflows/x?sig=y")
        self.assertEqual(self.receiver.bodies[0]["type"], "message")
        (attachment,) = first
        self.assertEqual(attachment["contentType"], "application/vnd.microsoft.card.adaptive")
        card: dict[str, Any] = attachment["content"]
        self.assertEqual((card["type"], card["version"]), ("AdaptiveCard", "1.4"))
        self.assertEqual([one["text"] for one in card["body"]], [f"Worse: {WORDS}", MAIN])
        self.assertEqual(
            card["actions"], [{"type": "Action.OpenUrl", "title": "Show", "url": LINK}]
        )
        self.assertNotIn("actions", second[0]["content"])

    def test_shown(self) -> None:
        """What would be sent is shown as method, URL, headers and JSON."""
        channel = Matrix(url="https://matrix.example.org", room="!a:b", token="***")
        lines = channel.shown(message()).splitlines()
        self.assertTrue(lines[0].startswith("PUT https://matrix.example.org/_matrix/client/v3/"))
        self.assertEqual(lines[1:4], ["Authorization: Bearer ***", "{", '  "msgtype": "m.text",'])


if __name__ == "__main__":
    unittest.main()
