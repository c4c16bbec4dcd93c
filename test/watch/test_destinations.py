from __future__ import annotations

import os
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from crash_rate_aggregates.errors import DestinationError
from crash_rate_aggregates.watch.chat_channels import Matrix, Slack, Teams
from crash_rate_aggregates.watch.destinations import KINDS, Destination, read_destinations
from crash_rate_aggregates.watch.mail_channel import Email
from crash_rate_aggregates.watch.service_channels import PagerDuty, Webhook
from test.watch.made_messages import message

SECRET = "hush4711"
URL = f"https://hooks.example.org/{SECRET}?sig={SECRET}"
MATRIX = {"kind": "matrix", "url": "https://m.example.org", "room": "!a:m.org", "token": SECRET}
EMAIL = {"kind": "email", "host": "mail", "from": "a@b.org", "to": ["c@d.org", "e@f.org"]}
SOUND: dict[str, dict[str, Any]] = {
    "slack": {"kind": "slack", "url": URL},
    "matrix": MATRIX,
    "teams": {"kind": "teams", "url": URL},
    "pagerduty": {"kind": "pagerduty", "routing_key": SECRET, "severity": "critical"},
    "email": {**EMAIL, "user": "a", "password": SECRET, "security": "tls", "port": 2525},
    "webhook": {"kind": "webhook", "url": URL, "token": SECRET},
}


class DestinationsTest(unittest.TestCase):
    def read(self, **given: Any) -> Destination:
        """Read one destination, named ops."""
        (destination,) = read_destinations({"ops": given})
        return destination

    def assert_refused(self, sentence: str, **given: Any) -> None:
        """Hold the sentence about a destination, in which no value stands."""
        with self.assertRaisesRegex(DestinationError, f"^{sentence}$") as caught:
            self.read(**given)
        self.assertNotIn(SECRET, repr(caught.exception))
        self.assertEqual((caught.exception.__cause__, caught.exception.__context__), (None, None))

    def test_each_kind(self) -> None:
        """Each kind is read with all that it takes."""
        self.assertEqual(list(SOUND), list(KINDS))
        found = [one.channel for one in read_destinations(SOUND)]
        self.assertEqual(
            found,
            [
                Slack(url=URL),
                Matrix(url="https://m.example.org", room="!a:m.org", token=SECRET),
                Teams(url=URL),
                PagerDuty(routing_key=SECRET, severity="critical"),
                Email(
                    host="mail",
                    sender="a@b.org",
                    to=("c@d.org", "e@f.org"),
                    user="a",
                    password=SECRET,
                    security="tls",
                    port=2525,
                ),
                Webhook(url=URL, token=SECRET),
            ],
        )

    def test_no_secret_is_shown(self) -> None:
        """Neither the text of a destination nor what is shown of its messages has a secret."""
        for one in read_destinations(SOUND):
            self.assertNotIn(SECRET, repr(one))
            shown = one.masked().channel.shown(message())
            self.assertNotIn(SECRET, shown)
            self.assertIn("***", shown)

    def test_secrets_elsewhere(self) -> None:
        """A secret can be in a file or in a variable, which the settings name."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        (folder / "token").write_text(f"{SECRET}\n", encoding="utf-8")
        without = {key: value for key, value in MATRIX.items() if key != "token"}
        wanted = self.read(**MATRIX)
        self.assertEqual(self.read(**without, token_file=str(folder / "token")), wanted)
        with patch.dict(os.environ, {"OPS_TOKEN": SECRET, "HOME": str(folder)}):
            self.assertEqual(self.read(**without, token_variable="OPS_TOKEN"), wanted)
            self.assertEqual(self.read(**without, token_file="~/token"), wanted)
        for places, sentence in (
            ({"token_variable": "NOT_SET"}, "token_variable names a variable that is not set"),
            ({"token_file": "/nowhere"}, "token_file names a file that cannot be read, or is.*"),
            ({"token_file": str(folder)}, "token_file names a file that cannot be read, or is.*"),
            ({"token_file": 3}, "token_file is not a text"),
        ):
            self.assert_refused(f"destination 'ops': {sentence}", **without, **places)
        both = "destination 'ops' has both token and token_file: leave one out"
        self.assert_refused(both, **MATRIX, token_file="x")

    def test_what_is_missing(self) -> None:
        """A kind, and what it needs, must be there."""
        kinds = "slack, matrix, teams, pagerduty, email, webhook"
        self.assert_refused(f"destination 'ops' needs a kind: one of {kinds}")
        self.assert_refused(f"destination 'ops' needs a kind: one of {kinds}", kind=SECRET)
        self.assert_refused("destination 'ops' needs url or url_file or url_variable", kind="slack")
        self.assert_refused(
            "destination 'ops' has a key that its kind slack has not: choose from kind, url, "
            "url_file, url_variable",
            **SOUND["slack"],
            **{SECRET: SECRET},
        )

    def test_what_is_wrong(self) -> None:
        """A value that cannot be used is told by its key and what it takes, and not shown."""
        for given, sentence in (
            ({**SOUND["slack"], "url": SECRET}, "url is not a URL"),
            ({**SOUND["slack"], "url": f"https://a/{SECRET}\n"}, "url is not a URL"),
            ({**MATRIX, "url": f"https://me:{SECRET}@m.org"}, "url is not a URL"),
            ({**MATRIX, "token": f"{SECRET} x"}, "token is not a token"),
            ({**MATRIX, "token": [SECRET]}, "token is not a token"),
            ({**MATRIX, "room": "#general"}, "room is not the id of a room, which begins with `!`"),
            ({**EMAIL, "to": []}, "to is not a list of addresses"),
            ({**EMAIL, "to": "a@b.org"}, "to is not a list of addresses"),
            ({**EMAIL, "to": ["a@b.org\nBcc: x@y.org"]}, "to is not a list of addresses"),
            ({**EMAIL, "from": SECRET}, "from is not an address"),
            ({**EMAIL, "port": 0}, "port is not a whole number from 1 to 65535"),
            ({**EMAIL, "port": True}, "port is not a whole number from 1 to 65535"),
            ({**EMAIL, "port": "25"}, "port is not a whole number from 1 to 65535"),
            ({**EMAIL, "security": SECRET}, "security is not `starttls` or `tls` or `none`"),
            ({**EMAIL, "password": 4711}, "password is not a text"),
        ):
            with self.subTest(sentence=sentence, given=given):
                self.assert_refused(f"destination 'ops': {sentence}", **given)

    def test_names(self) -> None:
        """A name that could be anything else is refused, and not shown."""
        for name in (f"{SECRET} {SECRET}", "", "x" * 65, "a\n"):
            with self.assertRaisesRegex(DestinationError, "a name that is none") as caught:
                read_destinations({name: SOUND["slack"]})
            self.assertNotIn(SECRET, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
