from __future__ import annotations

import os
import unittest
from contextlib import chdir
from unittest.mock import patch

from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.settings.config import DEFAULT_CONFIG, _readers, load_settings
from test.settings.given import PlacesTest


class SettingsFileTest(PlacesTest):
    def test_which_file(self) -> None:
        """--config goes before the variable, and that before the file of the current folder."""
        folder = self.path.parent
        for name in ("flag.toml", "variable.toml", DEFAULT_CONFIG):
            (folder / name).write_text(f'pings = "{name}"', encoding="utf-8")
        variable = {"CRASH_RATE_AGGREGATES_CONFIG": str(folder / "variable.toml")}
        self.enterContext(chdir(folder))
        with patch.dict(os.environ, variable):
            self.assertEqual(load_settings({}, "flag.toml").day.pings, "flag.toml")
            self.assertEqual(load_settings({}, None).day.pings, "variable.toml")
        self.assertEqual(load_settings({}, None).day.pings, DEFAULT_CONFIG)
        (folder / DEFAULT_CONFIG).unlink()
        self.assertIsNone(load_settings({}, None).day.pings)

    def test_tilde_in_the_variable(self) -> None:
        """The variable that names the file can begin with `~`, as in a unit file."""
        self.path.write_text("jobs = 3", encoding="utf-8")
        variables = {
            "HOME": str(self.path.parent),
            "CRASH_RATE_AGGREGATES_CONFIG": f"~/{self.path.name}",
        }
        with patch.dict(os.environ, variables):
            self.assertEqual(load_settings({}, None).day.jobs, 3)

    def test_a_file_that_is_not_there(self) -> None:
        """A file that is named and missing is told with both ways to name one."""
        with self.assertRaisesRegex(
            BadSettingError,
            r"^the settings file '/nowhere\.toml' does not exist: correct --config or CRASH_RATE",
        ):
            load_settings({}, "/nowhere.toml")

    def test_a_file_that_cannot_be_read(self) -> None:
        """What is no TOML, or no UTF-8, is told with the file and the place in it."""
        for content, reason in ((b"jobs = ]", "line 1"), (b"a = '\xff'", "position 5")):
            self.path.write_bytes(content)
            with (
                self.subTest(content=content),
                self.assertRaisesRegex(
                    BadSettingError, rf"^the settings file '{self.path}' cannot be used: .*{reason}"
                ),
            ):
                load_settings({}, str(self.path))

    def test_a_key_that_is_none(self) -> None:
        """A key that no setting has is told, with the one that is nearly it."""
        for toml, remedy in (
            ("storage_retires = 3", "write storage_retries"),
            ("[colors]\nred = 1", "docs/configuration.md lists them all"),
        ):
            key = "colors" if "[" in toml else "storage_retires"
            with (
                self.subTest(toml=toml),
                self.assertRaisesRegex(
                    BadSettingError, f"^there is no setting '{key}', as in '{self.path}': {remedy}$"
                ),
            ):
                self.loaded(toml=toml)

    def test_a_bad_variable_names_no_file(self) -> None:
        """A bad environment variable is told by its name, also where there is no file."""
        with self.assertRaisesRegex(
            BadSettingError, "^setting jobs 'x' of CRASH_RATE_AGGREGATES_JOBS is not"
        ):
            self.loaded(CRASH_RATE_AGGREGATES_JOBS="x")

    def test_a_value_of_no_setting(self) -> None:
        """The value of a misspelt key, which may be a password, is not shown."""
        for toml in (
            'databse = "postgresql://me:hush@db/crashes"',
            "pg_pasword = 'hush'",
            '[redash]\napi_key = "hush"',
        ):
            with self.subTest(toml=toml), self.assertRaises(BadSettingError) as caught:
                self.loaded(toml=toml)
            self.assertRegex(str(caught.exception), "^there is no setting '[a-z_]+', as in")
            self.assertNotIn("hush", str(caught.exception))

    def test_a_secret_that_others_may_read(self) -> None:
        """A file with a secret that others may read is warned of once, with the remedy."""
        self.path.write_text("jobs = 3\npg_password = 'hush'", encoding="utf-8")
        for mode, readers in ((0o644, "every user of this machine"), (0o604, "every user of this")):
            self.path.chmod(mode)
            with self.subTest(mode=mode), self.assertLogs() as logs:
                self.assertEqual(load_settings({}, str(self.path)).day.jobs, 3)
            (line,) = logs.output
            self.assertIn(f"'{self.path}' holds a secret (pg_password), and {readers}", line)
            self.assertTrue(line.endswith(f"may read it: chmod 600 {self.path}"), line)
        self.path.chmod(0o600)
        with self.assertNoLogs():
            load_settings({}, str(self.path))

    def test_what_is_a_secret_in_a_file(self) -> None:
        """Secrets in URLs and among Spark's settings count; what holds none may be read by all."""
        secrets = (
            'database = "postgresql://me:hush@db/x"',
            'database = "host=db password=hush"',
            '[spark_conf]\n"spark.hadoop.fs.s3a.secret.key" = "hush"',
            '[notify.ops]\nkind = "slack"\nurl = "https://hooks.example.org/hush"',
            '[notify.ops]\nkind = "pagerduty"\nrouting_key = "hush"',
        )
        harmless = (
            'database = "postgresql://me@db:5432/x"',
            'pings = "s3://bucket/a@b"\nredash_url = "https://redash.example.org:8443/x"',
            'spark_conf = {"spark.executor.memory" = "2g"}',
            '[notify.ops]\nkind = "slack"\nurl_file = "/run/secrets/slack"',
            '[notify.ops]\nkind = "email"\nhost = "mail"\npassword_variable = "MAIL"',
            "jobs = 3",
        )
        for toml in (*secrets, *harmless):
            self.path.write_text(toml, encoding="utf-8")
            self.path.chmod(0o644)
            with self.subTest(toml=toml):
                if toml in secrets:
                    with self.assertLogs():
                        load_settings({}, str(self.path))
                else:
                    with self.assertNoLogs():
                        load_settings({}, str(self.path))

    def test_who_may_read(self) -> None:
        """Its group may read only a file of root, whose group the job's user may be in."""
        for mode, owner, readers in (
            (0o100600, 1000, ""),
            (0o100640, 1000, "its group"),
            (0o100640, 0, ""),
            (0o100644, 0, "every user of this machine"),
            (0o100622, 1000, ""),
        ):
            status = os.stat_result((mode, 0, 0, 1, owner, 1000, 0, 0, 0, 0))
            with self.subTest(mode=oct(mode), owner=owner):
                self.assertEqual(_readers(status), readers)

    def test_flags_of_no_setting(self) -> None:
        """A command that hands over what is no setting has a defect, which is not passed over."""
        with self.assertRaises(KeyError):
            load_settings({"color": "red"}, None)
        self.assertEqual(load_settings({"jobs": None}, None), load_settings({}, None))


if __name__ == "__main__":
    unittest.main()
