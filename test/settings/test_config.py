from __future__ import annotations

import os
import unittest
from contextlib import chdir
from unittest.mock import patch

from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.settings.config import DEFAULT_CONFIG, load_settings
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

    def test_flags_of_no_setting(self) -> None:
        """A command that hands over what is no setting has a defect, which is not passed over."""
        with self.assertRaises(KeyError):
            load_settings({"color": "red"}, None)
        self.assertEqual(load_settings({"jobs": None}, None), load_settings({}, None))


if __name__ == "__main__":
    unittest.main()
