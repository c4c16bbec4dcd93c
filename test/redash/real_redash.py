r"""A real Redash for the tests: live where one is named, else its recorded answers.

To record them anew, on a Redash with nothing worth keeping and a PostgreSQL that it reaches:

    REDASH_RECORD=1 REDASH_URL=… REDASH_API_KEY=… CRASH_RATE_AGGREGATES_TEST_DATABASE=… \
        .venv/bin/python -m unittest test.redash.test_push

What is secret or of one machine is replaced before it is stored.
"""

from __future__ import annotations

import json
import os
import unittest
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import vcr
from tenacity import wait_fixed, wait_none

from crash_rate_aggregates.redash.redash_objects import TAG
from crash_rate_aggregates.redash.rest import RedashServer

_URL = os.environ.get("REDASH_URL")
_API_KEY = os.environ.get("REDASH_API_KEY")
_RECORD = os.environ.get("REDASH_RECORD") == "1"
IS_LIVE = bool(_URL and _API_KEY)
"""Whether a real Redash answers, recording or not."""
RECORDED = Path(__file__).parent / "recorded"
RECORDED_URL = "http://redash.test"
RECORDED_DATABASE = "postgresql://reader:secret@database.test:5432/crash_rates"
_HIDDEN = "--------"

needs_live_redash = unittest.skipUnless(IS_LIVE, "REDASH_URL and REDASH_API_KEY name no Redash")
"""Skips a test, or a class of them, where there is no Redash to run it on."""


def place(test: unittest.TestCase) -> tuple[str, str]:
    """Return URL and API key, good until the end of the test: recorded under its name, or live."""
    if not IS_LIVE or _RECORD:
        tape = RECORDED / f"{test.id().rpartition('.')[2]}.yaml"
        if _RECORD:
            tape.unlink(missing_ok=True)
        test.enterContext(_recorder().use_cassette(str(tape)))
    return (str(_URL), str(_API_KEY)) if IS_LIVE else (RECORDED_URL, "recorded")


def recorded(test_name: str) -> Any:
    """Return a context in which Redash answers as it did in that test, in the same order."""
    return _recorder().use_cassette(str(RECORDED / f"{test_name}.yaml"))


def server(test: unittest.TestCase, api_key: str | None = None) -> RedashServer:
    """Return the server at that place, with another API key if one is given."""
    wait = wait_fixed(0.2) if IS_LIVE else wait_none()
    url, known = place(test)
    return test.enterContext(RedashServer(url, api_key or known, wait=wait))


def live_redash() -> RedashServer:
    """Return the live server."""
    return RedashServer(str(_URL), str(_API_KEY), wait=wait_fixed(0.2))


def clear_live_redash() -> None:
    """Take away what earlier tests left in a live Redash; what is recorded begins after that."""
    if not IS_LIVE:
        return
    with live_redash() as redash:
        for one in redash.get("alerts"):
            redash.delete(f"alerts/{one['id']}")
        for kind in ("dashboards", "queries"):
            for one in list(redash.pages(kind)):
                version = {"version": one["version"]} if kind == "dashboards" else {}
                # An archived query keeps its tags, by which the next push would find it.
                redash.post(f"{kind}/{one['id']}", {"tags": [], **version})
                redash.delete(f"{kind}/{one['id']}")
        for one in list(redash.pages("queries/archive", tags=TAG)):
            redash.post(f"queries/{one['id']}", {"tags": []})
        for kind in ("data_sources", "destinations"):
            for one in redash.get(kind):
                redash.delete(f"{kind}/{one['id']}")


def database(live_url: Callable[[], str]) -> str:
    """Return the URL of the data source: what was recorded, or a live one."""
    return live_url() if IS_LIVE else RECORDED_DATABASE


def _recorder() -> vcr.VCR:
    return vcr.VCR(
        record_mode=vcr.record_mode.RecordMode.ALL if _RECORD else vcr.record_mode.RecordMode.NONE,
        match_on=("method", "path", "query", "body"),
        filter_headers=[("authorization", "scrubbed"), "user-agent"],
        before_record_request=_scrubbed_request if IS_LIVE else None,
        before_record_response=_scrubbed_response if IS_LIVE else None,
    )


def _scrubbed_request(request: Any) -> Any:
    request.uri = request.uri.replace(str(_URL).rstrip("/"), RECORDED_URL)
    if request.body:
        request.body = _scrubbed(request.body)
    request.headers.pop("host", None)
    request.headers.pop("content-length", None)
    return request


def _scrubbed_response(response: dict[str, Any]) -> dict[str, Any]:
    response["headers"] = {
        name: value
        for name, value in response["headers"].items()
        if name.lower() in {"content-type", "location"}
    }
    body = response["body"]["string"]
    response["body"]["string"] = _scrubbed(body) if body else body
    return response


def _scrubbed(body: bytes | str) -> bytes:
    try:
        content = json.loads(body)
    except ValueError:
        return body if isinstance(body, bytes) else body.encode()
    return json.dumps(_without_secrets(content)).encode()


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(one) for one in value]
    if isinstance(value, str) and _URL:
        return value.replace(_URL.rstrip("/"), RECORDED_URL)
    if not isinstance(value, dict):
        return value
    clean = {name: _without_secrets(one) for name, one in value.items()}
    if "dbname" in clean:
        clean |= _placeholders(clean)
    for name in {"api_key", "email", "profile_image_url"} & set(clean):
        clean[name] = "scrubbed"
    # Long, and nothing reads it.
    clean.pop("client_config", None)
    return clean


def _placeholders(options: Mapping[str, Any]) -> dict[str, Any]:
    url = urlsplit(RECORDED_DATABASE)
    return {
        "host": url.hostname,
        "port": url.port,
        "user": url.username,
        "password": _HIDDEN if options["password"] == _HIDDEN else url.password,
        "dbname": url.path[1:],
    }
