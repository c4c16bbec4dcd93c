"""Redash over HTTP: one request at a time, with its errors told apart."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_attempt,
    stop_after_delay,
    wait_exponential,
)

from crash_rate_aggregates.errors import (
    BadSettingError,
    RedashKeyError,
    RedashRefusedError,
    RedashRejectedError,
    RedashUnavailableError,
)

_TIMEOUT_SECONDS = 60
_RUN_SECONDS = 300
"""How long a query may run, its time in Redash's queue included."""
_ATTEMPTS = 4
_PAGE = 250
"""The most that Redash gives at once."""
_QUEUED, _STARTED, _FINISHED = 1, 2, 3
_WAIT = wait_exponential(0.2, max=5)
_TRANSIENT = (429, 500, 502, 503, 504)


class RedashServer:
    """A Redash server, as the user whose key it is. Use it in a `with` block.

    Reads are tried again when the server is overloaded; what changes something is not, because a
    lost answer does not tell whether it was done.
    """

    def __init__(
        self, url: str, api_key: str, *, wait: Callable[[RetryCallState], float] = _WAIT
    ) -> None:
        """Connect to nothing yet.

        Args:
            url: Of Redash's start page, like https://redash.example.org.
            api_key: Of an administrator.
            wait: Seconds between two attempts, as tenacity takes it.

        Raises:
            BadSettingError: The URL is none, or no key can look like that.
        """
        if not url.startswith(("http://", "https://")):
            raise BadSettingError(f"the URL of Redash {url!r} does not begin with http(s)://")
        if not (api_key.isascii() and api_key.isprintable() and api_key.strip() == api_key):
            raise BadSettingError("the API key of Redash has characters that no key has")
        # One line a request would bury what is told about steps.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        # Paths are put behind it with a slash of their own.
        self._url = url.rstrip("/")
        self.wait = wait
        self._client = httpx.Client(
            headers={"Authorization": f"Key {api_key}"}, timeout=_TIMEOUT_SECONDS
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.close()

    def session(self) -> dict[str, Any]:
        """Return who we are.

        Raises:
            RedashKeyError: Redash does not know the key, or it is not that of an administrator.
        """
        try:
            session = self.get("session")
        except RedashRejectedError as error:
            # Redash answers a wrong key as if there were nothing at that place.
            raise RedashKeyError(
                f"Redash at {self._url} does not know the API key: correct "
                "CRASH_RATE_AGGREGATES_REDASH_API_KEY"
            ) from error
        if "admin" not in session["user"]["permissions"]:
            raise RedashKeyError(
                f"the API key is that of {session['user']['name']!r}, who is no administrator of "
                f"Redash at {self._url}: only they may change data sources and destinations"
            )
        return dict(session)

    def get(self, path: str, **query: Any) -> Any:
        """Return the answer to a question; asks again while the server is overloaded."""
        attempts = Retrying(
            retry=retry_if_exception_type(RedashUnavailableError),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=self.wait,
            reraise=True,
        )
        return attempts(self._request, "GET", path, params=query)

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield the entries of a list, page by page."""
        page, seen = 1, 0
        while True:
            answer = self.get(path, **query, page=page, page_size=_PAGE)
            yield from answer["results"]
            seen += len(answer["results"])
            # A page beyond the last is an error.
            if seen >= answer["count"] or not answer["results"]:
                return
            page += 1

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Make or change something, once."""
        return self._request("POST", path, json=body)

    def delete(self, path: str) -> None:
        """Delete something, once."""
        self._request("DELETE", path)

    def query_rows(self, query_id: int, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Run a saved query and return its rows as Redash shows them.

        Args:
            query_id: Its number.
            parameters: A value for each of its parameters.

        Raises:
            RedashRejectedError: The query fails; with what PostgreSQL says.
            RedashUnavailableError: There is no result in time.
        """
        # 0: not an earlier result that Redash still has.
        body = {"parameters": parameters, "max_age": 0}
        answer = self.post(f"queries/{query_id}/results", body)
        if "query_result" not in answer:
            job = self._finished(answer["job"]["id"])
            if job["status"] != _FINISHED:
                raise RedashRejectedError(f"query {query_id} failed in Redash: {job.get('error')}")
            answer = self.get(f"query_results/{job['query_result_id']}")
        rows: list[dict[str, Any]] = answer["query_result"]["data"]["rows"]
        return rows

    def _finished(self, job_id: str) -> dict[str, Any]:
        attempts = Retrying(
            retry=retry_if_result(lambda job: job["status"] in {_QUEUED, _STARTED}),
            stop=stop_after_delay(_RUN_SECONDS),
            wait=self.wait,
            retry_error_callback=_too_late,
        )
        job: dict[str, Any] = attempts(lambda: self.get(f"jobs/{job_id}")["job"])
        return job

    def _request(self, method: str, path: str, **content: Any) -> Any:
        try:
            answer = self._client.request(method, f"{self._url}/api/{path}", **content)
        except httpx.ConnectError as error:  # Before its base class: here nothing was sent.
            raise RedashRefusedError(f"no connection to Redash at {self._url}: {error}") from error
        except httpx.TransportError as error:
            raise RedashUnavailableError(
                f"Redash at {self._url} gave no answer to {method} {path}: "
                f"{error or type(error).__name__}"
            ) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise BadSettingError(f"the URL of Redash {self._url!r} is none: {error}") from error
        return self._content(method, path, answer)

    def _content(self, method: str, path: str, answer: httpx.Response) -> Any:
        asked = f"{method} {path}"
        if answer.status_code in _TRANSIENT:
            raise RedashUnavailableError(
                f"Redash at {self._url} answered {asked} with {answer.status_code}{_said(answer)}"
            )
        # Not followed: what is posted would arrive as a mere question.
        if answer.is_redirect:
            raise RedashRefusedError(
                f"Redash at {self._url} sends {asked} on to {answer.headers.get('location')!r}: "
                "give the URL that answers itself"
            )
        if answer.is_error:
            raise RedashRejectedError(
                f"Redash at {self._url} rejected {asked} with {answer.status_code}{_said(answer)}"
            )
        if not answer.content:
            return None
        try:
            return answer.json()
        except ValueError as error:
            raise RedashRefusedError(
                f"what answers at {self._url} is no Redash: {asked} gave no JSON"
            ) from error


def _too_late(_: RetryCallState) -> Any:
    raise RedashUnavailableError(
        f"a query gave no result in Redash within {_RUN_SECONDS} seconds: check its workers"
    ) from None


def _said(answer: httpx.Response) -> str:
    """Return what Redash says about an error, if it says so in JSON."""
    try:
        message = answer.json().get("message")
    except (ValueError, AttributeError):
        return ""
    return f": {message}" if message else ""
