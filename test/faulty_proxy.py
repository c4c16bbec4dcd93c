"""An HTTP proxy before a server, which does to requests and answers what a test says."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import unquote, urlsplit

_OF_ONE_HOP = frozenset({"connection", "date", "server", "transfer-encoding", "content-length"})
_RESET = struct.pack("ii", 1, 0)
_ARRIVAL_SECONDS = 0.02
"""What a reset throws away is what has not arrived yet, so the last bytes get a moment."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done to one request."""

    before: Callable[[], object] = field(default=lambda: None)
    """Runs before the server is asked."""
    status: int = 0
    """Answered in place of the server, if not 0."""
    code: str = ""
    """The code in that answer's body, as S3 writes it."""
    reset_after: int | None = None
    """Bytes of the body after which the connection is reset."""
    cut_to: int | None = None
    """Bytes of the body that are sent as if they were all."""


def slow_down() -> Fault:
    """Answer as S3 does when it has too much to do."""
    return Fault(status=503, code="SlowDown")


def in_turn(*faults: Fault | None, path: str = "") -> Callable[[str], Fault | None]:
    """Give the faults one after the other to requests whose path holds a text; then none."""
    rest = iter(faults)
    return lambda target: next(rest, None) if path in target else None


def always(fault: Fault, path: str = "") -> Callable[[str], Fault | None]:
    """Give one fault to all requests whose path holds a text."""
    return lambda target: fault if path in target else None


class FaultyProxy:
    """A proxy on a port of its own, while its context is open."""

    def __init__(self, server_url: str) -> None:
        self.fault_of: Callable[[str], Fault | None] = lambda _: None
        self.requests: list[tuple[str, str | None]] = []
        """Path with query, and range, of each request."""
        self.connections: list[socket.socket] = []
        handler = type("Handler", (_Handler,), {"proxy": self, "upstream": urlsplit(server_url)})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Listen no more and break all connections; once more does no harm."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        for connection in self.connections:
            with suppress(OSError):  # It is closed already.
                connection.shutdown(socket.SHUT_RDWR)
        self.connections.clear()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    proxy: FaultyProxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        host, port = type(self).upstream.hostname, type(self).upstream.port  # type: ignore[attr-defined]
        self._upstream = HTTPConnection(host, port)
        self.proxy.connections.append(self.connection)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except (OSError, ValueError):  # The client, or a fault, has closed the connection.
            self.close_connection = True

    def finish(self) -> None:
        self._upstream.close()
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True

    def _pass_on(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(self.path)
        self.proxy.requests.append((path, self.headers.get("Range")))
        fault = self.proxy.fault_of(path) or Fault()
        fault.before()
        if fault.status:
            body = f"<Error><Code>{fault.code}</Code></Error>".encode()
            self._answer(fault.status, [("Content-Type", "application/xml")], body, fault)
        else:
            self._answer(*self._asked(sent), fault)

    # Named by http.server.
    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass_on  # noqa: N815

    def _asked(self, sent: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """Ask the server, once more if it has closed a connection that was idle."""
        for _ in range(2):
            try:
                self._upstream.request(self.command, self.path, sent, dict(self.headers.items()))
                answer = self._upstream.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            except (HTTPException, OSError):
                self._upstream.close()
        return 502, [], b""

    def _answer(
        self, status: int, headers: list[tuple[str, str]], body: bytes, fault: Fault
    ) -> None:
        length = next((v for name, v in headers if name.lower() == "content-length"), None)
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _OF_ONE_HOP:
                self.send_header(name, value)
        if self.command == "HEAD" and length is not None:
            self.send_header("Content-Length", length)
        else:
            body = body[: fault.cut_to]
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: fault.reset_after])
        if fault.reset_after is not None:
            self._reset()

    def _reset(self) -> None:
        self.wfile.flush()
        time.sleep(_ARRIVAL_SECONDS)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.connection.close()
        self.close_connection = True
