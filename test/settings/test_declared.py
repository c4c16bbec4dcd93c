from __future__ import annotations

import unittest
from dataclasses import fields

import click

from crash_rate_aggregates import cli
from crash_rate_aggregates.settable import Secret, Url
from crash_rate_aggregates.settings.composed import Settings
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.declared import DECLARED, GROUPS, NO_DEFAULT
from test.settings.given import PlacesTest
from test.test_layers import PACKAGE, imported_names, modules_loaded_by, part_in

HEAVY = {
    *("pydantic", "msgspec", "tomllib"),
    *("psycopg", "pyarrow", "duckdb", "obstore", "httpx", "pyspark", "boto3"),
}


def flags_of(command: click.Command) -> set[str]:
    """Return all flags of a command and of those below it."""
    own = {text for option in command.params for text in (*option.opts, *option.secondary_opts)}
    if isinstance(command, click.Group):
        own.update(*(flags_of(below) for below in command.commands.values()))
    return own


class DeclaredTest(PlacesTest):
    def test_names_are_those_that_users_type(self) -> None:
        """A setting has one name in all places, and these are all settings."""
        self.assertEqual(
            " ".join(sorted(DECLARED)),
            "applications channels count_automation csv_escape database database_credentials "
            "dimensions doc_types engine extra_dimensions home jobs keep_weeks memory "
            "min_clients notify owner_password page_address pg_host pg_name pg_password "
            "pg_username pings postgres_bin postgres_port product_details reader_password "
            "redash_api_key redash_database redash_url redash_webhook role_prefix scratch "
            "scratch_space spark_archive spark_conf spark_master storage_anonymous "
            "storage_endpoint storage_region storage_retries storage_timeout writer_password",
        )
        jobs = DECLARED["jobs"]
        self.assertEqual(
            (jobs.key, jobs.flag, jobs.variable), ("jobs", "--jobs", "CRASH_RATE_AGGREGATES_JOBS")
        )
        self.assertEqual(DECLARED["doc_types"].flag, "--doc-type")

    def test_every_flag_is_on_a_command(self) -> None:
        """Each setting that has a flag has it on one command at least."""
        flags = flags_of(cli.cli)
        missing = [one.key for one in DECLARED.values() if one.flag and one.flag not in flags]
        self.assertEqual(missing, [])

    def test_secrets_have_no_flag(self) -> None:
        """What `ps` may show to nobody has no flag; only the password of 2016 has its old one."""
        secrets = {one.key: one.flag for one in DECLARED.values() if one.is_secret}
        self.assertEqual(
            secrets,
            {
                "pg_password": "--pg-password",
                "owner_password": None,
                "writer_password": None,
                "reader_password": None,
                "redash_api_key": None,
                "redash_database": None,
                "redash_webhook": None,
                "notify": None,
            },
        )

    def test_secrets_are_not_printed(self) -> None:
        """Neither secrets nor what may have one in it stand in the text of the settings."""
        private = [
            one for one in DECLARED.values() if one.kind in (Secret, Url) or one.key == "spark_conf"
        ]
        variables = {one.variable: f"k=hush-{one.key}" for one in private}
        settings = self.loaded(**variables)
        self.assertEqual(settings.redash.api_key, "k=hush-redash_api_key")
        self.assertNotIn("hush", repr(settings))
        self.assertEqual(len(private), 10)

    def test_defaults_that_depend_are_told_in_words(self) -> None:
        """A default that another machine or place decides has words for it in the docs."""
        untold = [one.key for one in DECLARED.values() if one.usually == NO_DEFAULT]
        self.assertEqual(
            untold,
            [
                *("pings", "database_credentials", "spark_conf", "spark_archive"),
                *("extra_dimensions", "redash_url", "redash_api_key"),
            ],
        )
        self.assertEqual(DECLARED["storage_anonymous"].usually, "`false`")
        self.assertEqual(DECLARED["keep_weeks"].usually, "`26`")
        self.assertEqual(DECLARED["jobs"].usually, "all cores")

    def test_what_is_taken_in_words(self) -> None:
        """Type and bounds of a setting are words, for docs and messages."""
        words = {
            "jobs": "a whole number from 1 up to 1024",
            "storage_timeout": "a number above 0 up to 3600",
            "engine": "`embedded` or `spark`",
            "storage_anonymous": "`true` or `false`",
            "home": "the path of a folder",
            "memory": "a size from 100MB on in MB, GB, MiB or GiB, like `1GB`",
        }
        self.assertEqual({key: DECLARED[key].takes for key in words}, words)

    def test_parts_keep_what_nobody_sets(self) -> None:
        """Without any setting each part's options are what the part itself says."""
        loaded = load_settings({}, None)
        self.assertEqual(
            {group: getattr(loaded, group) for group in GROUPS},
            {group: options() for group, options in GROUPS.items()},
        )
        self.assertEqual(list(GROUPS), [one.name for one in fields(Settings)])


class ImportsTest(unittest.TestCase):
    def test_help_loads_nothing_heavy(self) -> None:
        """The command line with all its flags loads no driver, no engine and no checks."""
        loaded = modules_loaded_by("import crash_rate_aggregates.cli")
        self.assertEqual(loaded & HEAVY, set())
        self.assertEqual(modules_loaded_by("import click, msgspec") & HEAVY, {"msgspec"})

    def test_settings_know_no_face(self) -> None:
        """Whoever opens a database from settings, a page too, loads no command line."""
        loaded = modules_loaded_by("import crash_rate_aggregates.settings.from_settings")
        self.assertEqual(loaded & {"click", "rich"}, set())

    def test_parts_know_no_settings(self) -> None:
        """A part says what can be set of it, and does not ask what is set."""
        knowing = {
            module.relative_to(PACKAGE).parts[0]
            for module in PACKAGE.rglob("*.py")
            for name in imported_names(module.read_text(encoding="utf-8"))
            if part_in("", name) == "settings"
        }
        self.assertEqual(knowing, {"settings", "cli"})


if __name__ == "__main__":
    unittest.main()
