from __future__ import annotations

import json
import os
import threading
import unittest
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from unittest.mock import patch

from tenacity import wait_none

from crash_rate_aggregates.errors import (
    BadSettingError,
    RedashError,
    RedashKeyError,
    RedashRefusedError,
    RedashRejectedError,
    RedashUnavailableError,
)
from crash_rate_aggregates.redash.rest import RedashServer
from test.cli.test_cli import typed

_Answer = tuple[int, Any]


class FaultyServer:
    """A web server that gives a list of answers, one a request, and keeps what was asked."""

    def __init__(self, test: unittest.TestCase, answers: Sequence[_Answer]) -> None:
        asked: list[str] = []
        left = list(answers)

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked.append(f"{self.command} {self.path}")
                status, content = left.pop(0)
                body = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                if status == 302:
                    self.send_header("Location", "https://other.test/login")
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815  The base class's names.

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        test.addCleanup(server.server_close)
        test.addCleanup(server.shutdown)
        self.asked = asked
        self.url = f"http://127.0.0.1:{server.server_port}"


class FaultsTest(unittest.TestCase):
    def redash(self, *answers: _Answer) -> RedashServer:
        """Return the client of a server with these answers."""
        self.faulty = FaultyServer(self, answers)
        return self.enterContext(RedashServer(self.faulty.url, "key", wait=wait_none()))

    def test_reads_are_tried_again(self) -> None:
        """A read is tried again while the server is overloaded."""
        redash = self.redash((429, {}), (503, b"busy"), (502, b""), (200, {"a": 1}))
        self.assertEqual(redash.get("session"), {"a": 1})
        self.assertEqual(self.faulty.asked, ["GET /api/session"] * 4)

    def test_reads_end(self) -> None:
        """After four attempts the read ends, with what Redash said."""
        redash = self.redash(*[(500, {"message": "Internal Server Error"})] * 5)
        with self.assertRaisesRegex(RedashUnavailableError, "session with 500: Internal Server"):
            redash.get("session")
        self.assertEqual(len(self.faulty.asked), 4)

    def test_writes_are_not_tried_again(self) -> None:
        """A write whose answer is lost may have been done, so it is not sent twice."""
        redash = self.redash((504, {}), (200, {"id": 1}))
        with self.assertRaises(RedashUnavailableError):
            redash.post("queries", {})
        self.assertEqual(self.faulty.asked, ["POST /api/queries"])

    def test_faults_are_told_apart(self) -> None:
        """A rejection, a redirect, and something that is no Redash each say so in one sentence."""
        for answer, error, said in (
            ((400, {"message": "no name"}), RedashRejectedError, "400: no name"),
            ((302, b""), RedashRefusedError, "sends GET session on to 'https://other.test/login'"),
            ((200, b"<html>"), RedashRefusedError, "is no Redash"),
        ):
            with self.subTest(said=said), self.assertRaisesRegex(error, said) as caught:
                self.redash(answer).get("session")
            self.assertNotIn("\n", str(caught.exception))
            self.assertIsInstance(caught.exception, RedashError)

    def test_key_of_a_user(self) -> None:
        """The key of somebody who is no administrator is refused before anything is done."""
        user = {"id": 2, "name": "Ann", "permissions": ["create_query"]}
        with self.assertRaisesRegex(RedashKeyError, "'Ann', who is no administrator"):
            self.redash((200, {"user": user})).session()

    def test_pages_are_joined(self) -> None:
        """A list is read to its end and not beyond, where Redash would reject it."""
        first = {"count": 3, "results": [{"id": 1}, {"id": 2}]}
        redash = self.redash((200, first), (200, {"count": 3, "results": [{"id": 3}]}))
        self.assertEqual([one["id"] for one in redash.pages("queries", tags="t")], [1, 2, 3])
        self.assertEqual(
            self.faulty.asked,
            [f"GET /api/queries?tags=t&page={page}&page_size=250" for page in (1, 2)],
        )

    def test_failed_query(self) -> None:
        """A query that fails in Redash is an error with what the database says."""
        redash = self.redash(
            (200, {"job": {"id": "x", "status": 1}}),
            (200, {"job": {"id": "x", "status": 2}}),
            (200, {"job": {"id": "x", "status": 4, "error": "no such column"}}),
        )
        with self.assertRaisesRegex(
            RedashRejectedError, "query 7 failed in Redash: no such column"
        ):
            redash.query_rows(7, {})

    def test_nobody_there(self) -> None:
        """Where nothing listens, the error names the URL."""
        redash = self.enterContext(RedashServer("http://127.0.0.1:9", "key", wait=wait_none()))
        with self.assertRaisesRegex(RedashRefusedError, "no connection to Redash at http://127"):
            redash.get("session")

    def test_no_url_and_no_key(self) -> None:
        """A text that is no URL, and one that is no key, are refused before they are sent."""
        for url, key in (("redash.test", "key"), ("http://x", "two\nlines"), ("http://x", "ü")):
            with self.subTest(url=url, key=key), self.assertRaises(BadSettingError):
                RedashServer(url, key)


class CommandsTest(unittest.TestCase):
    def setUp(self) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CRASH_RATE")}
        self.enterContext(patch.dict(os.environ, kept, clear=True))

    def test_what_is_missing_is_said(self) -> None:
        """Without URL or key the commands say how to give them, with the exit code of usage."""
        code, _, errors = typed("redash", "plan")
        self.assertEqual(code, 2)
        self.assertIn("--redash-url", errors)
        code, _, errors = typed("redash", "push", "--redash-url", "http://127.0.0.1:9")
        self.assertEqual(code, 2)
        self.assertIn("CRASH_RATE_AGGREGATES_REDASH_API_KEY", errors)


if __name__ == "__main__":
    unittest.main()
