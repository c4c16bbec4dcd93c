"""A real Redash for the tests: live where one is named, else its recorded answers.

`make redash-recordings REDASH_URL=… REDASH_API_KEY=…` records them anew, on a Redash without anything
worth keeping: the tests make and archive objects. What is secret or of one machine is replaced
before it is stored.
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

from crash_rate_aggregates.redash.server import RedashServer

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


def server(test: unittest.TestCase, api_key: str | None = None) -> RedashServer:
    """Return the server until the end of the test: recorded under the test's name, or live."""
    wait = wait_fixed(0.2) if IS_LIVE else wait_none()
    if not IS_LIVE or _RECORD:
        name = f"{test.id().rpartition('.')[2]}.yaml"
        tape = _recorder().use_cassette(str(RECORDED / name))
        test.enterContext(tape)
    if IS_LIVE:
        found = RedashServer(str(_URL), api_key or str(_API_KEY), wait=wait)
    else:
        found = RedashServer(RECORDED_URL, api_key or "recorded", wait=wait)
    return test.enterContext(found)


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
