"""Which modules are changed, and which tests have to notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
PACKAGE = "crash_rate_aggregates"


@dataclass(frozen=True, slots=True)
class Target:
    """Modules that belong together, and the tests that hold what they do."""

    name: str
    """What a reader calls them."""
    modules: tuple[str, ...]
    """Files, or folders with all that is in them, below the package."""
    tests: tuple[str, ...]
    """Files, or folders, below the project."""

    @property
    def workspace(self) -> Path:
        """The folder of its run; `mutmut browse` there shows the mutants."""
        return PROJECT / ".mutants" / self.name.replace(" ", "-")

    def files(self) -> list[str]:
        """Return the modules as files, by their path from the project on."""
        return python_files(*(f"{PACKAGE}/{module}" for module in self.modules))

    def test_files(self) -> list[str]:
        """Return the files of the tests likewise."""
        return [file for file in python_files(*self.tests) if Path(file).name.startswith("test_")]


def python_files(*paths: str) -> list[str]:
    """Return files of Python, and those below folders, by their path from the project on.

    Raises:
        FileNotFoundError: One is not there: it was renamed, and `TARGETS` was not.
    """
    found: set[Path] = set()
    for path in map(PROJECT.joinpath, paths):
        if not path.exists():
            raise FileNotFoundError(f"{path} of test/mutants/targets.py is not there")
        found |= set(path.rglob("*.py")) if path.is_dir() else {path}
    return sorted(str(file.relative_to(PROJECT)) for file in found if file.name != "__init__.py")


TARGETS = (
    Target(
        "rules",
        ("normalize", "submission_dates.py"),
        ("test/normalize", "test/test_submission_dates.py"),
    ),
    Target(
        "fast path",
        ("decode/fast.py", "decode/judging.py", "decode/plain.py", "decode/remembered.py"),
        ("test/decode/test_paths_agree.py", "test/decode/test_plain.py", "test/normalize"),
    ),
    Target("nesting", ("decode/nesting.py",), ("test/decode/test_nesting.py",)),
    Target(
        "layouts",
        ("decode/layouts",),
        (
            "test/normalize",
            "test/decode/layouts",
            "test/sources/formats/test_gcp_files.py",
            "test/sources/test_mirrors.py",
        ),
    ),
    Target(
        "ledger and balance",
        ("ledger.py", "engines/drawn_ledger.py", "database/days/balance.py"),
        (
            "test/test_ledger.py",
            "test/engines/test_drawn_ledger.py",
            "test/database/days/test_balance.py",
            "test/database/days/test_day_tables.py",
            "test/database/days/test_replace_day.py",
        ),
    ),
    Target(
        "replacing a day",
        ("database/days/replace_day.py", "database/days/copy_text.py"),
        (
            "test/database/days/test_day_tables.py",
            "test/database/days/test_replace_day.py",
            "test/database/days/test_replace_day_faults.py",
            "test/database/days/test_summaries.py",
        ),
    ),
    Target(
        "questions",
        ("questions",),
        ("test/questions",),
    ),
    Target(
        "SQL for Redash",
        ("redash/query_text.py",),
        ("test/redash/test_plan.py", "test/redash/test_query_text.py"),
    ),
)
"""No module stands in two of them. Their tests need no Spark, and a minute at most."""


@dataclass(frozen=True, slots=True)
class Harmless:
    """A kind of change that no test can notice, or none should."""

    reason: str
    lines: str
    """Regular expression that is found in the new line, or in the old one where nothing is new."""
    files: str = ""
    """Part of the path of the modules that it is true of; empty: of all."""


HARMLESS = (
    Harmless(
        "lengths are equal by construction: `strict` would only notice a mistake of ours",
        r"strict=(None|False)|zip\(.*, \)",
    ),
    Harmless("a codec has one name, in any case", r'"(UTF-8|ASCII)"'),
    Harmless(
        "a ping that is no JSON is unreadable, whatever the error says: nobody sees it",
        r"raise ValueError\(",
        "decode/nesting",
    ),
    Harmless(
        "at that length no text has so many: the look that follows says the same",
        r"len\(line\) < (SHORT_TEXT|MAX_VALUES)",
        "decode/nesting",
    ),
    Harmless(
        "a bracket is one of four, whatever else is compared with it",
        r'bracket in "XX\{\[XX"',
        "decode/nesting",
    ),
    Harmless(
        "what a text is decoded to is known before it is asked for",
        r'self\._result: Any = ""',
        "decode/nesting",
    ),
    Harmless(
        "nothing is counted there before: to set is to add",
        r"\[ignored_type\.value, reason\] = number|ALSO_SENT_AS_GLEAN\] = left_out",
        "drawn_ledger",
    ),
    Harmless(
        "what is equal was asked for before",
        r"since <= major <= _SENT_ONCE_SINCE_VERSION",
        "versions",
    ),
    Harmless(
        "an INSERT gives back the row that it made: there is no other case",
        r"raise psycopg\.DataError\(",
        "replace_day",
    ),
    Harmless(
        "a cache that finds nothing is slower and gives the same",
        r"self\._cache|known = None",
        "dimension_values",
    ),
    Harmless(
        "a cache that finds nothing is slower and gives the same",
        r"name = (self\._shown\.get\(None\)|None)|self\._shown\[said\] = None",
        "rules",
    ),
    Harmless("None says no as False does", r"was_sent_twice = None", "rules"),
    Harmless(
        "what is told at once for nearly all is told the same in the usual way",
        r"type\(None\) is str",
        "dimension_values",
    ),
    Harmless(
        "what is told at once for nearly all is told the same in the usual way",
        r"type\(None\) is not dict",
        "normalize/values",
    ),
    Harmless("no application is called nothing", r'said = ""', "dimension_values"),
    Harmless("a count below 0 is none, however far below", r"is_short else -2", "histograms"),
    Harmless(
        "a NULL where none may be was refused before",
        r"\(field\.nullable\) or True",
        "copy_text",
    ),
    Harmless("a text ends below 2 GiB, with or without a sign", r'cast\("I"\)', "copy_text"),
    Harmless(
        "PostgreSQL reads words without quotes in any case",
        r'"(insert into|INSERT INTO CRASH_|delete from|DELETE FROM CRASH_|select %|where |copy {)',
        "database/days",
    ),
)
"""They are counted apart; a mutant of another kind that survives is listed."""
