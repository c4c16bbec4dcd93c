from __future__ import annotations

import json
import os
import subprocess
import sys
import unittest
from unittest.mock import patch

import boto3

from crash_rate_aggregates.database.access.credentials import ManagedSecret, S3Secret
from crash_rate_aggregates.database.access.secret_stores import fetch_secret
from crash_rate_aggregates.errors import DatabaseCredentialsError
from test.aws_server import REGION, put_object, put_secret, start_aws

TEXT = '{"password": "tell-nobody"}'


class FetchSecretTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        start_aws(cls)

    def refused(self, place: S3Secret | ManagedSecret) -> str:
        with self.assertRaises(DatabaseCredentialsError) as caught:
            fetch_secret(place)
        self.assertNotIn("tell-nobody", str(caught.exception))
        self.assertIsNone(caught.exception.__cause__)
        return str(caught.exception)

    def test_object(self) -> None:
        """An object in S3 is read as text, with or without a byte order mark."""
        put_object("secrets", "crash/db.json", TEXT.encode())
        put_object("secrets", "bom.json", TEXT.encode("utf-8-sig"))
        self.assertEqual(fetch_secret(S3Secret("secrets", "crash/db.json")), TEXT)
        self.assertEqual(fetch_secret(S3Secret("secrets", "bom.json")), TEXT)

    def test_managed_secret(self) -> None:
        """A secret is found by its name in the region of the environment, and by its ARN."""
        arn = put_secret("crash/db", SecretString=TEXT)
        self.assertEqual(fetch_secret(ManagedSecret("crash/db", None)), TEXT)
        with patch.dict(os.environ):
            del os.environ["AWS_REGION"]
            self.assertEqual(fetch_secret(ManagedSecret(arn, REGION)), TEXT)
            self.assertEqual(
                self.refused(ManagedSecret("crash/db", None)),
                "secretsmanager://crash/db: AWS cannot be asked (NoRegionError): give the machine "
                "a role, or set AWS_PROFILE and AWS_REGION",
            )

    def test_absent(self) -> None:
        """A bucket, an object or a secret that is not there is named with AWS's own word."""
        put_object("there", "a", b"")
        for place, shown, code in (
            (S3Secret("there", "b"), "s3://there/b", "NoSuchKey"),
            (S3Secret("elsewhere", "b"), "s3://elsewhere/b", "NoSuchBucket"),
            (ManagedSecret("b", None), "secretsmanager://b", "ResourceNotFoundException"),
        ):
            with self.subTest(place=place):
                self.assertEqual(
                    self.refused(place),
                    f"{shown}: there is no such secret ({code}): correct --database-credentials, "
                    "or store it",
                )

    def test_denied(self) -> None:
        """What the role may not read is said so, with what to allow."""
        put_object("locked", "db.json", TEXT.encode())
        deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject"}
        policy = {"Statement": [{**deny, "Resource": "arn:aws:s3:::locked/*"}]}
        boto3.client("s3").put_bucket_policy(Bucket="locked", Policy=json.dumps(policy))
        self.assertRegex(
            self.refused(S3Secret("locked", "db.json")),
            r"^s3://locked/db.json: it may not be read \((403|AccessDenied)\): let the job's role "
            "read this one secret$",
        )

    def test_no_text(self) -> None:
        """Bytes that are no UTF-8, and a secret of bytes, are refused."""
        put_object("secrets", "bytes", b"\xff\xfe")
        put_secret("bytes", SecretBinary=b"\xff")
        self.assertEqual(
            self.refused(S3Secret("secrets", "bytes")),
            "s3://secrets/bytes: it is no text: store JSON",
        )
        self.assertEqual(
            self.refused(ManagedSecret("bytes", None)),
            "secretsmanager://bytes: it is no text: store JSON",
        )

    def test_no_credentials(self) -> None:
        """A machine without any role or key is told what to give it."""
        with patch.dict(os.environ):
            del os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
            self.assertRegex(
                self.refused(S3Secret("secrets", "crash/db.json")),
                r"AWS cannot be asked \(NoCredentialsError\): give the machine a role",
            )

    def test_without_boto3(self) -> None:
        """An installation without the extra says which one is missing."""
        program = (
            "import sys; sys.modules['boto3'] = None\n"
            "from crash_rate_aggregates.database.access.secret_stores import fetch_secret\n"
            "from crash_rate_aggregates.database.access.credentials import S3Secret\n"
            "fetch_secret(S3Secret('b', 'k'))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )
        self.assertRegex(done.stderr, r"need boto3: install crash-rate-aggregates\[aws\]\n$")


if __name__ == "__main__":
    unittest.main()
