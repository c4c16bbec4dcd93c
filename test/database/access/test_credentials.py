from __future__ import annotations

import json
import unittest

from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

import test.property_tests  # noqa: F401  Settings of hypothesis.
from crash_rate_aggregates.database.access.credentials import (
    ManagedSecret,
    S3Secret,
    SecretPlace,
    database_url,
    secret_place,
    secret_settings,
)
from crash_rate_aggregates.database.access.database_access import DatabaseAccess
from crash_rate_aggregates.errors import BadSettingError, DatabaseCredentialsError

PLACE = "s3://team-secrets/crash/db.json"
PASSWORD = "tell-nobody"


def never(place: SecretPlace) -> str:
    """Fail where no secret is to be fetched."""
    raise AssertionError(place)


class SecretPlaceTest(unittest.TestCase):
    def test_places(self) -> None:
        """A place is an object in S3, a name in Secrets Manager, or an ARN with its region."""
        arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:crash/db-AbCdEf"
        for reference, place in (
            (PLACE, S3Secret("team-secrets", "crash/db.json")),
            ("secretsmanager://crash/db", ManagedSecret("crash/db", None)),
            (f"secretsmanager://{arn}", ManagedSecret(arn, "eu-central-1")),
        ):
            with self.subTest(reference=reference):
                self.assertEqual(secret_place(reference), place)

    def test_no_place(self) -> None:
        """Anything else is refused with the two forms that can be meant."""
        for reference in (
            "",
            "s3://",
            "s3://b",
            "s3://bucket/",
            "db.json",
            "https://x/y",
            "s3:/b/k",
            '{"password": "tell-nobody"}',
        ):
            with self.subTest(reference=reference), self.assertRaises(BadSettingError) as caught:
                secret_place(reference)
            self.assertEqual(
                str(caught.exception),
                "the setting database_credentials is no place of a secret: write s3://bucket/key "
                "or secretsmanager://name",
            )


class SecretSettingsTest(unittest.TestCase):
    def test_object_of_2016(self) -> None:
        """The object of 2016, with a password alone, works as it is."""
        self.assertEqual(
            secret_settings('{"password": "tell-nobody"}\n', PLACE), {"password": PASSWORD}
        )

    def test_all_keys(self) -> None:
        """Host, port, user and database count where they are there; nothing else does."""
        secret = {
            "password": PASSWORD,
            "host": "db.internal",
            "port": 5433,
            "user": "writer",
            "database": "crashes",
            "engine": "postgres",
        }
        settings = {
            "password": PASSWORD,
            "host": "db.internal",
            "port": "5433",
            "user": "writer",
            "dbname": "crashes",
        }
        self.assertEqual(secret_settings(json.dumps(secret), PLACE), settings)
        of_rds = {"username": "writer", "password": PASSWORD, "dbname": "crashes", "host": ""}
        self.assertEqual(
            secret_settings(json.dumps(of_rds), PLACE),
            {"user": "writer", "password": PASSWORD, "dbname": "crashes"},
        )

    def test_no_secret_is_shown(self) -> None:
        """What is no such JSON is refused without a word of its content."""
        for text in (
            PASSWORD,
            f'"{PASSWORD}"',
            "{}",
            '{"password": ""}',
            '{"password": 1}',
            '{"password": null}',
            f'{{"password": "{PASSWORD}\\u0000"}}',
            f'{{"password": "{PASSWORD}", "host": ["a"]}}',
            f'{{"password": "{PASSWORD}", "port": true}}',
        ):
            with self.subTest(text=text), self.assertRaises(DatabaseCredentialsError) as caught:
                secret_settings(text, PLACE)
            self.assertIn(PLACE, str(caught.exception))
            self.assertNotIn(PASSWORD, str(caught.exception))


class DatabaseUrlTest(unittest.TestCase):
    def test_nothing_said(self) -> None:
        """Without any setting there is no URL: the embedded server is used."""
        self.assertIsNone(database_url(DatabaseAccess(), never))

    def test_single_settings(self) -> None:
        """Host, name and user go before the URL; what is left out is libpq's to find."""
        access = DatabaseAccess(
            url="postgresql://someone@other:5433/else", host="db", name="crashes", user="writer"
        )
        found = conninfo_to_dict(database_url(access, never) or "")
        self.assertEqual(
            found, {"host": "db", "port": "5433", "dbname": "crashes", "user": "writer"}
        )

    def test_service_of_libpq(self) -> None:
        """A service of libpq's own file stays one."""
        url = database_url(DatabaseAccess(url="service=crashes"), never)
        self.assertEqual(url, "service=crashes")

    def test_secret_decides(self) -> None:
        """What a secret holds counts; the rest comes from the settings."""
        access = DatabaseAccess(host="db", user="someone", name="crashes", credentials=PLACE)
        fetched: list[SecretPlace] = []

        def fetch(place: SecretPlace) -> str:
            fetched.append(place)
            return '{"password": "p w\'d", "user": "writer"}'

        url = database_url(access, fetch)
        self.assertEqual(fetched, [S3Secret("team-secrets", "crash/db.json")])
        self.assertEqual(
            conninfo_to_dict(url or ""),
            {"host": "db", "user": "writer", "dbname": "crashes", "password": "p w'd"},
        )

    @given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
    def test_any_password(self, password: str) -> None:
        """Whatever printable characters a password has, libpq gets it as it is."""
        secret = json.dumps({"password": password})
        url = database_url(DatabaseAccess(host="db", credentials=PLACE), lambda _: secret)
        self.assertEqual(conninfo_to_dict(url or "")["password"], password)
        self.assertNotIn(password * 2, repr(DatabaseAccess(password=password * 2)))
        typed = database_url(DatabaseAccess(password=password), never)
        self.assertEqual(conninfo_to_dict(typed or ""), {"password": password})


if __name__ == "__main__":
    unittest.main()
