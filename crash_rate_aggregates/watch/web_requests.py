"""Messages by HTTP: one request a message, and what the answers mean."""

from __future__ import annotations

import json
import logging
import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import Any

from crash_rate_aggregates.watch.alarm_messages import AlarmMessage
from crash_rate_aggregates.watch.delivering import (
    ATTEMPTS,
    SECONDS,
    NotTakenError,
    TryAgainError,
    delivered,
)

_CONNECT_SECONDS = 3.0
_TRANSIENT = {429, 500, 502, 503, 504}
_WRONG_PLACE = {401, 403, 404, 410}


@dataclass(frozen=True, slots=True)
class WebRequest:
    """What is sent. Its parts may be secrets."""

    method: str
    url: str = field(repr=False)
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    may_repeat: bool = False
    """Whether the receiver takes the same twice for one."""


class WebChannel(ABC):
    """A way to tell people that is asked by HTTP."""

    __slots__ = ()
    keeps_state = False
    """Whether it wants to know that somebody acknowledged an alarm."""

    @abstractmethod
    def request(self, message: AlarmMessage) -> WebRequest:
        """Return what a message is in the receiver's words."""

    def deliver(self, message: AlarmMessage, seconds: float = SECONDS) -> None:
        """Send a message.

        Raises:
            NotTakenError: It is not known to be taken.
        """
        request = self.request(message)
        delivered(lambda left: _send(request, left, seconds / ATTEMPTS), seconds)

    def shown(self, message: AlarmMessage) -> str:
        """Return what would be sent; for eyes only where the secrets are masked."""
        request = self.request(message)
        headers = "".join(f"\n{name}: {value}" for name, value in request.headers.items())
        body = json.dumps(request.body, indent=2, ensure_ascii=False)
        return f"{request.method} {request.url}{headers}\n{body}"


def _send(request: WebRequest, left: float, share: float) -> None:
    """Send a request once.

    Args:
        request: The whole of it.
        left: Seconds.
        share: Seconds of them after which a request that may be repeated is.
    """
    # Here and not above: what only reads options of channels waits for no client.
    import httpx  # noqa: PLC0415

    # It logs each URL, and some of these are secrets.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    patience = min(left, share) if request.may_repeat else left
    timeout = httpx.Timeout(patience, connect=min(_CONNECT_SECONDS, left))
    # None of their texts is passed on but that of a connection, which names no path and no header.
    lost: NotTakenError
    try:
        with httpx.stream(
            request.method,
            request.url,
            json=request.body,
            headers=request.headers,
            timeout=timeout,
            verify=_trusted(),
        ) as answer:
            status, retry_after = answer.status_code, answer.headers.get("Retry-After")
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        lost = TryAgainError(f"cannot be reached ({str(error) or 'no answer'})")
    except httpx.TransportError:
        lost = _without_answer(request)
    except (httpx.InvalidURL, httpx.HTTPError, UnicodeError, ValueError):
        lost = NotTakenError("has an address or a secret that cannot be sent to")
    else:
        _judge(status, retry_after)
        return
    raise lost


@cache
def _trusted() -> ssl.SSLContext:
    """Return the certificates that are trusted, which take long to load."""
    import httpx  # noqa: PLC0415  As above.

    return httpx.create_ssl_context()


def _without_answer(request: WebRequest) -> NotTakenError:
    if request.may_repeat:
        return TryAgainError("gave no answer")
    # Whether it was taken is not known, so it is not sent again at once.
    return NotTakenError("gave no answer, and may have taken the message all the same")


def _judge(status: int, retry_after: str | None) -> None:
    try:
        answers = f"answers {status} {HTTPStatus(status).phrase}"
    except ValueError:
        answers = f"answers {status}"
    if status in _TRANSIENT:
        raise TryAgainError(answers, _seconds(retry_after))
    if status in _WRONG_PLACE:
        raise NotTakenError(f"{answers}: its address or secret is not right, or not any more")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise NotTakenError(f"{answers}: it is somewhere else")
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise NotTakenError(f"{answers}: it rejects the message", is_of_all=False)


def _seconds(retry_after: str | None) -> float | None:
    """Read a Retry-After, in seconds or as a date (RFC 9110, 10.2.3)."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (at.astimezone(UTC) - datetime.now(UTC)).total_seconds())
