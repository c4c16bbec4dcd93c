"""A server that stands in for AWS, for tests of one class."""

from __future__ import annotations

import logging
import os
from unittest import TestCase
from unittest.mock import patch

import boto3
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

REGION = "us-east-1"


def start_aws(test_class: type[TestCase]) -> str:
    """Start the server on a free port of loopback, point this process at it; return its URL."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server.start()
    test_class.addClassCleanup(server.stop)
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    # The keys are looked for nowhere else, and no metadata service is asked.
    given = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "key-of-the-test",
        "AWS_SECRET_ACCESS_KEY": "secret-key-of-the-test",
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    test_class.enterClassContext(patch.dict(os.environ, {**kept, **given}, clear=True))
    return url


def put_object(bucket: str, key: str, body: bytes) -> None:
    """Make a bucket if need be, and an object in it."""
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket=bucket)
    client.put_object(Bucket=bucket, Key=key, Body=body)


def put_secret(name: str, **content: str | bytes) -> str:
    """Make a secret in Secrets Manager; return its ARN."""
    client = boto3.client("secretsmanager", region_name=REGION)
    return str(client.create_secret(Name=name, **content)["ARN"])
