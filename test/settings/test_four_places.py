from __future__ import annotations

import unittest
from itertools import combinations
from pathlib import Path

from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.settable import Place, Secret, SecretTables, Url, WebUrl
from crash_rate_aggregates.settings import value_kinds
from crash_rate_aggregates.settings.declared import DECLARED, Declared
from test.settings.given import ENVIRONMENT, FILE, FLAG, PlacesTest, as_text, sound_values

SECRET = "4711081547110815"
WRONG_TEXTS = {
    Path: f"~{SECRET}/x",
    value_kinds.NAMES: f"{SECRET},,",
    value_kinds.PAIRS: SECRET,
    value_kinds.TABLES: SECRET,
    SecretTables: SECRET,
    WebUrl: f"https://me:{SECRET}@example.org",
    Place: f"s3://AKIA1:{SECRET}@bucket/prefix",
}
"""Where a text is what is wanted, but not this one."""


def wrong_text(setting: Declared) -> str | None:
    """Return a text that a setting does not take, None if it takes all."""
    if setting.kind in (str, Secret, Url) and setting.note.pattern is None:
        return None
    return WRONG_TEXTS.get(setting.kind, f"{SECRET}!")


class FourPlacesTest(PlacesTest):
    def test_each_place_gives_each_setting(self) -> None:
        """A sound value arrives as it is, by flag, from the environment or from the file."""
        for setting in DECLARED.values():
            for place, value in sound_values(setting).items():
                with self.subTest(setting=setting.key, place=place):
                    found = self.value(setting, {place: value})
                    self.assertEqual(found, value)
                    self.assertIs(type(found), type(value))

    def test_all_values_are_told_apart(self) -> None:
        """No default is the sound value of all places, so the tests here can fail."""
        for setting in DECLARED.values():
            with self.subTest(setting=setting.key):
                values = list(sound_values(setting).values())
                self.assertNotEqual([self.value(setting, {})] * len(values), values)
                self.assertNotEqual(values[:1] * (len(values) - 1), values[1:])

    def test_the_first_place_decides(self) -> None:
        """Of the places that give a setting the first decides; of pairs, key by key."""
        for setting in DECLARED.values():
            values = sound_values(setting)
            for chosen in (*combinations(values, 2), tuple(values)):
                given = {place: values[place] for place in chosen}
                wanted = given[chosen[0]]
                if setting.kind in value_kinds.JOINED:
                    wanted = {k: v for one in reversed(given.values()) for k, v in one.items()}
                with self.subTest(setting=setting.key, places=chosen):
                    self.assertEqual(self.value(setting, given), wanted)

    def test_an_empty_variable_gives_nothing(self) -> None:
        """An empty environment variable leaves the setting to the file."""
        for setting in DECLARED.values():
            with self.subTest(setting=setting.key):
                text = as_text(sound_values(setting)[FILE])
                self.assertNotEqual(text, "")
                from_file = self.value(setting, {FILE: sound_values(setting)[FILE]})
                given = {FILE: sound_values(setting)[FILE], ENVIRONMENT: ""}
                self.assertEqual(self.value(setting, given), from_file)

    def test_a_wrong_text(self) -> None:
        """A text that a setting does not take is one sentence, by flag or in the environment."""
        held = 0
        for setting in DECLARED.values():
            text = wrong_text(setting)
            if text is None:
                continue
            held += 1
            with self.subTest(setting=setting.key, place=ENVIRONMENT):
                with self.assertRaises(BadSettingError) as caught:
                    self.loaded(**{setting.variable: text})
                self.assert_said(caught.exception, setting, f"{text!r} of {setting.variable}")
            if setting.flag is None or setting.kind is bool:
                continue  # Nothing to type, or nothing that could be wrong.
            with self.subTest(setting=setting.key, place=FLAG):
                with self.assertRaises(BadSettingError) as caught:
                    self.loaded(setting.flag, text)
                self.assert_said(caught.exception, setting, f"{text!r} of {setting.flag}")
        self.assertGreater(held, 15)

    def test_a_wrong_value_in_the_file(self) -> None:
        """A number where TOML is to hold something else, or another number, is one sentence."""
        for setting in DECLARED.values():
            with self.subTest(setting=setting.key):
                with self.assertRaises(BadSettingError) as caught:
                    self.loaded(toml=f"{setting.key} = {SECRET}")
                self.assert_said(caught.exception, setting, f"{SECRET} in {str(self.path)!r}")

    def assert_said(self, error: BadSettingError, setting: Declared, given: str) -> None:
        """Hold what a message says, and that it hides what may be a secret."""
        shown = given if setting.is_shown else given.partition(" ")[2]
        self.assertEqual(
            str(error),
            f"setting {setting.key} {shown} is not {setting.takes}: correct it as "
            "docs/configuration.md says",
        )
        self.assertEqual(SECRET in str(error), setting.is_shown)
        self.assertIsNone(error.__context__)

    def test_secrets_in_pairs(self) -> None:
        """A number among Spark's settings, which may be a password, is not shown."""
        with self.assertRaises(BadSettingError) as caught:
            self.loaded(toml=f'[spark_conf]\n"secret.key" = {SECRET}')
        self.assertRegex(str(caught.exception), "^setting spark_conf in ")
        self.assertNotIn(SECRET, str(caught.exception))

    def test_one_pair_in_the_environment(self) -> None:
        """A variable can hold one KEY=VALUE as a flag does, or a JSON object of several."""
        settings = self.loaded(CRASH_RATE_AGGREGATES_SPARK_CONF="spark.executor.memory=2g")
        self.assertEqual(settings.spark.conf, {"spark.executor.memory": "2g"})
        typed = self.loaded("--spark-conf", " a.b = c d").spark.conf
        self.assertEqual(typed, {"a.b": " c d"})
        with self.assertRaisesRegex(BadSettingError, "^setting spark_conf of CRASH_RATE"):
            self.loaded(CRASH_RATE_AGGREGATES_SPARK_CONF='{"a": "b"')

    def test_names_by_commas_and_again(self) -> None:
        """Names can stand with commas in one flag, and the flag more than once."""
        settings = self.loaded("--channel", "nightly, beta", "--channel", "release")
        self.assertEqual(settings.selection.channels, ("nightly", "beta", "release"))

    def test_tilde_is_the_home(self) -> None:
        """`~` begins a path at the user's home also where no shell has seen it."""
        home = Path.home()
        settings = self.loaded(
            "--scratch=~/scratch", toml='home = "~/cra"', CRASH_RATE_AGGREGATES_POSTGRES_BIN="~/bin"
        )
        found = (settings.day.scratch, settings.server.home, settings.server.postgres_bin)
        self.assertEqual(found, (home / "scratch", home / "cra", home / "bin"))

    def test_sizes_that_no_machine_has(self) -> None:
        """A size of twenty digits is refused here, and not by DuckDB after the day was judged."""
        for key in ("memory", "scratch_space"):
            with self.assertRaisesRegex(
                BadSettingError, f"^setting {key} '9+GB' of .* is not a size"
            ):
                self.loaded(str(DECLARED[key].flag), "9" * 20 + "GB")

    def test_texts_that_nothing_takes(self) -> None:
        """NUL, which TOML can hold, is in no text; what is no UTF-8 is in no password or URL."""
        for key in ("pings", "pg_host", "pg_password"):
            with self.subTest(key=key), self.assertRaises(BadSettingError) as caught:
                self.loaded(toml=f'{key} = "{SECRET}\\u0000"')
            self.assertNotIn(SECRET, str(caught.exception))
        for key in ("pg_password", "database"):
            variable = {DECLARED[key].variable: f"{SECRET}\udcff"}
            with self.subTest(key=key), self.assertRaises(BadSettingError) as caught:
                self.loaded(**variable)
            self.assertNotIn(SECRET, str(caught.exception))
        not_utf8 = self.loaded(CRASH_RATE_AGGREGATES_PINGS="/data/\udcff")
        self.assertEqual(not_utf8.day.pings, "/data/\udcff")

    def test_memory_with_which_no_day_ends(self) -> None:
        """So little memory that DuckDB would give up after the day was judged is refused here."""
        for size in ("0GB", "000 MB", "1MB", "99MiB", "-1GB", "1.5GB", "1TB"):
            with self.assertRaisesRegex(BadSettingError, "is not a size from 100MB on"):
                self.loaded(f"--memory={size}")
        for size in ("100MB", "0100 MiB", "1GB", "1 GiB"):
            self.assertEqual(self.loaded("--memory", size).grouping.memory, size)

    def test_the_whole_text_counts(self) -> None:
        """A line feed behind a sound text makes it a wrong one."""
        with self.assertRaisesRegex(BadSettingError, r"^setting memory '1GB\\n' of "):
            self.loaded("--memory", "1GB\n")


if __name__ == "__main__":
    unittest.main()
