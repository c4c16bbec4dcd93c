"""Which credentials of AWS come from profiles, and how it is said that one cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crash_rate_aggregates.errors import StorageCredentialsError
from crash_rate_aggregates.sources.stores.objects.aws_profiles import profile_credentials
from crash_rate_aggregates.sources.stores.urls import open_store
from test.object_servers import s3_bucket, use_environment
from test.sources.stores.place_contract import DAY

PROFILES = """\
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = hush-default
[nightly]
aws_access_key_id = AKIANIGHTLY
aws_secret_access_key = hush-nightly
"""
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAKEY", "AWS_SECRET_ACCESS_KEY": "hush-key"}


class ProfilesTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = Path(self.enterContext(TemporaryDirectory()))
        (folder / "credentials").write_text(PROFILES, encoding="utf-8")
        (folder / "config").write_text("[profile nightly]\nregion = us-west-2\n", encoding="utf-8")
        self.files = {
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
            "AWS_CONFIG_FILE": str(folder / "config"),
        }

    def key_of(self, environment: Mapping[str, str]) -> str | None:
        """Return the key that a profile gives, None if the rest of the chain is asked."""
        use_environment(self, environment)
        provider: Any = profile_credentials(os.environ)
        return provider and str(provider()["access_key_id"])

    def test_named_profile(self) -> None:
        """AWS_PROFILE chooses a profile, and its region comes with it."""
        named = {**self.files, "AWS_PROFILE": "nightly"}
        self.assertEqual(self.key_of(named), "AKIANIGHTLY")
        provider: Any = profile_credentials(os.environ)
        self.assertEqual(provider.config, {"region": "us-west-2"})

    def test_default_profile(self) -> None:
        """Where nothing else is given, the default profile is used; without files, none."""
        self.assertEqual(self.key_of(self.files), "AKIADEFAULT")
        self.assertIsNone(self.key_of({}))

    def test_what_goes_before_profiles(self) -> None:
        """Keys in the environment go before any profile, a role's token before the default one."""
        self.assertIsNone(self.key_of({**self.files, **KEYS}))
        self.assertIsNone(self.key_of({**self.files, **KEYS, "AWS_PROFILE": "nightly"}))
        self.assertIsNone(self.key_of({**self.files, "AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}))

    def test_profile_that_cannot_be_used(self) -> None:
        """A profile that is not there is one sentence with its name."""
        with self.assertRaisesRegex(
            StorageCredentialsError, r"^the AWS profile 'beta' cannot be used \(.*\): correct"
        ):
            self.key_of({**self.files, "AWS_PROFILE": "beta"})

    def test_without_boto3(self) -> None:
        """A named profile without boto3 is one sentence that says what to install."""
        program = (
            "from crash_rate_aggregates.sources.stores import urls\n"
            "from crash_rate_aggregates.sources.stores.objects import aws_profiles\n"
            "aws_profiles.find_spec = lambda name: None\n"
            "from datetime import date\n"
            "urls.open_store('s3://bucket/x').list_day(date(2016, 3, 14))\n"
        )
        use_environment(self, {**self.files, "AWS_PROFILE": "nightly"})
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )
        self.assertRegex(
            done.stderr.splitlines()[-1],
            "StorageCredentialsError: AWS_PROFILE names the profile 'nightly', and profiles need "
            r"boto3: install crash-rate-aggregates\[aws\]",
        )

    def test_bucket_by_profile(self) -> None:
        """A bucket is listed and read with the keys of a profile."""
        bucket = s3_bucket()
        use_environment(self, {**self.files, "AWS_PROFILE": "nightly"})
        bucket.put("submission_date=2016-03-14/a", b"12")
        store = open_store(bucket.url, bucket.options())
        (file,) = store.list_day(DAY)
        self.assertEqual(b"".join(store.read(file)), b"12")


if __name__ == "__main__":
    unittest.main()
