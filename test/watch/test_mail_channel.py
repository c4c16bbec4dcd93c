from __future__ import annotations

import unittest
from typing import Any

from crash_rate_aggregates.watch.alarm_messages import News
from crash_rate_aggregates.watch.mail_channel import Email
from test.questions.said.made_alarms import MAIN
from test.watch.made_messages import WORDS, message
from test.watch.not_taken import SECRET, NotTakenTestCase
from test.watch.receivers import MailReceiver


class MailTest(NotTakenTestCase):
    """What a mail server gets, and what it may refuse."""

    def channel(self, **fields: Any) -> Email:
        """Return the channel to the test's server."""
        values: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.receiver.port,
            "security": "none",
            "sender": "crashes@example.org",
            "to": ("ann@example.org", "ben@example.org"),
        }
        return Email(**values | fields)

    def test_a_mail(self) -> None:
        """A mail goes to all addresses, in text, and mails of one alarm belong together."""
        self.receiver = MailReceiver(self)
        for news in (News.BEGUN, News.BEGUN, News.ENDED):
            self.channel().deliver(message(news))
        first, again, other = self.receiver.mails
        self.assertEqual(self.receiver.recipients[:2], ["ann@example.org", "ben@example.org"])
        self.assertEqual(first["Subject"], f"[crash rates] New alarm: {WORDS}")
        self.assertEqual(first["From"], "crashes@example.org")
        self.assertEqual(first["To"], "ann@example.org, ben@example.org")
        self.assertEqual(first["Auto-Submitted"], "auto-generated")
        link = f"https://crashes.example.org/rates/#{MAIN}"
        self.assertEqual(first.get_content().split(), [*f"New alarm: {WORDS}".split(), MAIN, link])
        self.assertEqual(first["Message-ID"], again["Message-ID"])
        self.assertNotEqual(first["Message-ID"], other["Message-ID"])
        self.assertEqual(first["References"], other["References"])

    def test_a_name_with_two_lines(self) -> None:
        """A line feed in a name makes no header of its own."""
        self.receiver = MailReceiver(self)
        self.channel().deliver(message(words="a\nBcc: eve@example.org"))
        (mail,) = self.receiver.mails
        self.assertEqual(mail["Subject"], "[crash rates] New alarm: a Bcc: eve@example.org")
        self.assertIsNone(mail["Bcc"])

    def test_login(self) -> None:
        """A user logs in with the password; a wrong one is told by the code alone."""
        self.receiver = MailReceiver(self, password=SECRET)
        self.channel(user="sender", password=SECRET).deliver(message())
        self.assertEqual(len(self.receiver.mails), 1)
        wrong = self.channel(user="sender", password=f"{SECRET}x")
        self.assert_not_taken(wrong, r"does not let its user in \(535\)")
        self.assert_not_taken(self.channel(), r"does not take the message \(530\)", is_of_all=False)
        self.assertEqual(len(self.receiver.mails), 1)

    def test_not_now(self) -> None:
        """What a server does not take now is tried again, on a new connection."""
        self.receiver = MailReceiver(self, {"MAIL": ["451 later"]})
        self.channel().deliver(message())
        self.assertEqual((len(self.receiver.mails), self.receiver.connections), (1, 2))
        self.receiver = MailReceiver(self, {"MAIL": ["421 later"] * 4})
        self.assert_not_taken(self.channel(), r"does not take the message now \(421\)")
        self.assertEqual(self.receiver.connections, 3)

    def test_refused(self) -> None:
        """Addresses and messages that a server refuses are told by the code, and not repeated."""
        self.receiver = MailReceiver(self, {"RCPT": [f"550 {SECRET}"] * 2})
        self.assert_not_taken(self.channel(), r"does not take its addresses \(550\)")
        self.assertEqual(self.receiver.connections, 1)
        self.receiver = MailReceiver(self, {"DATA": [f"554 {SECRET}"]})
        self.assert_not_taken(self.channel(), r"does not take the message \(554\)", is_of_all=False)

    def test_broken_off(self) -> None:
        """A connection that breaks before the message is tried again, one that breaks in it not."""
        self.receiver = MailReceiver(self, {"EHLO": [""], "HELO": [""]})
        self.channel().deliver(message())
        self.assertEqual(len(self.receiver.mails), 1)
        self.receiver = MailReceiver(self, {"DATA": [""]})
        lost = "broke off, and may have taken the message all the same"
        self.assert_not_taken(self.channel(), lost)
        self.assertEqual(self.receiver.connections, 1)

    def test_after_it_was_taken(self) -> None:
        """What goes wrong after a server has taken a message changes nothing."""
        for farewell in ("", "500 what?"):
            self.receiver = MailReceiver(self, {"QUIT": [farewell]})
            self.channel().deliver(message())
            self.assertEqual((len(self.receiver.mails), self.receiver.connections), (1, 1))

    def test_no_encryption(self) -> None:
        """A server without TLS gets nothing unless the settings say that it needs none."""
        self.receiver = MailReceiver(self)
        for security in ("starttls", "tls"):
            secure = self.channel(security=security, user="sender", password=SECRET)
            self.assert_not_taken(secure, "(does not speak TLS|cannot be trusted).*")
        self.assertEqual(self.receiver.mails, [])

    def test_ports(self) -> None:
        """The port is the usual one of the way of encryption, unless it is set."""
        self.receiver = MailReceiver(self)
        for security, port in (("starttls", 587), ("tls", 465), ("none", 25)):
            shown = self.channel(security=security, port=None).shown(message())
            self.assertEqual(shown.splitlines()[0], f"SMTP 127.0.0.1:{port}, {security}")

    def test_shown(self) -> None:
        """What would be sent is shown with who logs in, and the password as it is given."""
        self.receiver = MailReceiver(self)
        lines = self.channel(user="sender", password="***").shown(message()).splitlines()
        where = f"SMTP 127.0.0.1:{self.receiver.port}, none as sender, password ***"
        self.assertEqual(lines[0], where)
        self.assertEqual(lines[3], f"Subject: [crash rates] New alarm: {WORDS}")


if __name__ == "__main__":
    unittest.main()
