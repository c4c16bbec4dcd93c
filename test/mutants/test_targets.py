"""What mutation runs change is there, and its tests too: renaming a module must not lose it."""

from __future__ import annotations

import unittest
from collections import Counter

from test.mutants.targets import HARMLESS, TARGETS, Target, python_files


class TargetsTest(unittest.TestCase):
    def test_modules_and_tests_are_there(self) -> None:
        """Each module and each test that a target names is there; a folder holds some."""
        for target in TARGETS:
            with self.subTest(target=target.name):
                self.assertTrue(target.files())
                self.assertTrue(target.test_files())

    def test_missing_ones_are_named(self) -> None:
        """A module that was renamed is an error that names it."""
        with self.assertRaisesRegex(FileNotFoundError, "/no_such.py of test/mutants/targets.py"):
            python_files("crash_rate_aggregates/job.py", "crash_rate_aggregates/no_such.py")

    def test_each_module_once(self) -> None:
        """No module is changed for two targets, whose scores would count it twice."""
        times = Counter(file for target in TARGETS for file in target.files())
        self.assertEqual([file for file, number in times.items() if number > 1], [])
        self.assertEqual(len({target.workspace for target in TARGETS}), len(TARGETS))

    def test_harmless_kinds_name_modules(self) -> None:
        """A kind of change that is harmless in some modules names those that are changed."""
        files = [file for target in TARGETS for file in target.files()]
        for kind in HARMLESS:
            self.assertTrue(any(kind.files in file for file in files), kind)

    def test_folders(self) -> None:
        """A folder stands for all modules in it; only files of tests are run."""
        target = Target("x", ("normalize",), ("test/normalize", "test/mutants"))
        self.assertIn("crash_rate_aggregates/normalize/rules.py", target.files())
        self.assertIn("test/mutants/test_targets.py", target.test_files())
        self.assertNotIn("test/mutants/targets.py", target.test_files())


if __name__ == "__main__":
    unittest.main()
