"""Real servers on loopback that messages are sent to: one speaks HTTP, one enough of SMTP."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any
from unittest import TestCase


@dataclass(frozen=True)
class Received:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Answer:
    """What a web receiver does with a request."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    """Whether it takes the request and gives no answer."""
    says: bytes = b"ok"


class WebReceiver:
    """Keeps all requests; answers them by a list, and all further ones with 200."""

    def __init__(self, test: TestCase, *answers: Answer | int) -> None:
        """Listen until the test is over."""
        self.received: list[Received] = []
        self.answers = [one if isinstance(one, Answer) else Answer(one) for one in answers]
        over = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                one = Received(self.command, self.path, dict(self.headers), json.loads(body))
                receiver.received.append(one)
                given = receiver.answers.pop(0) if receiver.answers else Answer()
                if given.hangs:
                    over.wait()
                    return
                self.send_response(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(given.says)))
                self.end_headers()
                self.wfile.write(given.says)

            do_POST = do_PUT = answer  # noqa: N815  The base class's names.

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        test.addCleanup(server.server_close)
        test.addCleanup(server.shutdown)
        test.addCleanup(over.set)
        self.url = f"http://127.0.0.1:{server.server_port}"

    @property
    def bodies(self) -> list[Any]:
        """What the requests held."""
        return [one.body for one in self.received]


class MailReceiver:
    """An SMTP server that keeps mails; it refuses what it is told to, by the command's word."""

    def __init__(
        self,
        test: TestCase,
        refuses: Mapping[str, Sequence[str]] | None = None,
        password: str = "",
    ) -> None:
        """Listen until the test is over.

        Args:
            test: Of it.
            refuses: Answers to the first commands of a word, as to `RCPT`; `""` hangs up.
            password: Of the user `sender`, who must log in; "" where nobody must.
        """
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.connections = 0
        self.refuses = {word: list(answers) for word, answers in (refuses or {}).items()}
        self.login = base64.b64encode(f"\0sender\0{password}".encode()).decode() if password else ""
        receiver = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                receiver.connections += 1
                with suppress(ConnectionError):  # As a client ends that wanted to speak TLS.
                    _Talk(receiver, self).run()

        server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        test.addCleanup(server.server_close)
        test.addCleanup(server.shutdown)
        self.port = int(server.server_address[1])


class _Talk:
    """One connection, as RFC 5321 has it."""

    def __init__(self, receiver: MailReceiver, handler: StreamRequestHandler) -> None:
        self._receiver, self._handler = receiver, handler
        self._may_send = not receiver.login

    def run(self) -> None:
        self._say("220 receiver")
        while line := self._handler.rfile.readline():
            text = line.decode("latin-1").strip()  # Of a client that speaks TLS: anything.
            word = text.partition(" ")[0].upper()
            answer = self._answer(word, text)
            if answer:
                self._say(answer)
            if word == "QUIT" or not answer:
                return

    def _answer(self, word: str, line: str) -> str:
        refusals = self._receiver.refuses.get(word)
        if refusals:
            return refusals.pop(0)
        if word == "EHLO":
            return "250-receiver\r\n250 AUTH PLAIN" if self._receiver.login else "250 receiver"
        if word == "AUTH":
            self._may_send = line.rsplit(maxsplit=1)[-1] == self._receiver.login
            return "235 welcome" if self._may_send else f"535 not {line}"
        if word == "MAIL" and not self._may_send:
            return "530 log in"
        if word == "RCPT":
            self._receiver.recipients.append(line.partition(":")[2].strip("<>"))
        if word == "DATA":
            self._say("354 go on")
            self._receive()
        return "221 farewell" if word == "QUIT" else "250 well"

    def _receive(self) -> None:
        lines = []
        while (line := self._handler.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        self._receiver.mails.append(mail)

    def _say(self, text: str) -> None:
        self._handler.wfile.write(f"{text}\r\n".encode())
