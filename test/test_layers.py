"""The shape of the code base itself: who may import whom, names, and sentences on tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import unittest
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "crash_rate_aggregates"
TESTS = PROJECT / "test"

FLOORS: dict[str, tuple[tuple[str, ...], ...]] = {
    "": (
        ("errors", "settable", "sql_text"),
        ("applications", "dimensions", "stats", "outcomes", "submission_dates"),
        ("crash_kinds", "unforeseen"),
        ("rows", "ledger"),
        ("normalize", "verdicts"),
        ("decode",),
        ("sources", "database"),
        ("questions",),
        ("engines",),
        ("health", "assess"),
        ("job", "redash", "watch"),
        ("settings",),
        ("sample_pings",),
        ("terminal",),
        ("cli",),
        ("fill_database", "__main__"),
    ),
    "database": (
        ("access", "server"),
        ("days", "assessments"),
        ("schema",),
        ("prepare",),
        ("embedded_roles",),
    ),
    "sources": (("interface",), ("stores", "formats"), ("reading", "release_documents")),
    "engines": (
        ("interface", "columns", "scratch", "people_statements"),
        ("group_statements",),
        ("kernel", "split", "sound_batches"),
        ("drawn_ledger",),
        ("embedded", "spark"),
    ),
    "engines.spark": (
        ("configuration",),
        ("executors",),
        ("driver", "spark_grouping"),
        ("spark_day",),
        ("engine",),
    ),
}
"""By package below ours, from the bottom up: what stands on a floor imports from floors below it.

So nothing on a floor imports from its neighbours, and no two parts lie in a circle.
"""
MOST_MODULES = 13
"""Of one folder: about a dozen, as many names as a reader takes in at a glance."""
DOORS = {"__init__.py", "__main__.py", "fill_database.py"}
"""Ways into a folder, which say nothing of their own."""
MOST_LINES = 300
"""Of one module."""
LONG_TABLES = {"errors.py", "heka_pb2.py"}
"""Tables of entries, which are as long as what they list; heka_pb2.py is generated."""
MAY_STAND_TWICE = {"__init__.py", "interface.py", "engine.py"}
"""Names that mean the same wherever they stand: a seam, an engine."""


def floor_of(package: str, part: str) -> int:
    """Return on which floor of a package one of its parts stands."""
    return next(floor for floor, parts in enumerate(FLOORS[package]) if part in parts)


def imported_names(source: str) -> Iterator[str]:
    """Give what a module imports of our package, dotted, wherever in it the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.startswith(f"{PACKAGE.name}."))


def part_in(package: str, dotted: str) -> str | None:
    """Return the part of a package in which a dotted name lies, None if it lies elsewhere."""
    below = ".".join(filter(None, (PACKAGE.name, package))) + "."
    if not dotted.startswith(below) or dotted == f"{PACKAGE.name}.__version__":
        return None
    return dotted.removeprefix(below).partition(".")[0]


def faults_of(module: str, source: str) -> list[str]:
    """Say which imports of a module point sideways or up, by the floors of every package."""
    return [
        f"{part} imports {other}"
        for package in FLOORS
        if (part := part_in(package, module)) not in (None, "__init__")
        for name in imported_names(source)
        if (other := part_in(package, name)) not in (None, part)
        and not floor_of(package, str(other)) < floor_of(package, str(part))
    ]


def dotted_name(module: Path) -> str:
    """Return a module's name as it is imported."""
    return ".".join(module.relative_to(PROJECT).with_suffix("").parts)


def names_in(package: str) -> list[str]:
    """Name the modules and packages directly in a package of ours."""
    folder = PACKAGE.joinpath(*filter(None, package.split(".")))
    names = {module.relative_to(folder).parts[0] for module in folder.rglob("*.py")}
    return sorted({name.removesuffix(".py") for name in names} - {"__init__"})


def modules_loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter holds after a statement."""
    program = f"{statement}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


class LayersTest(unittest.TestCase):
    def test_every_part_has_a_floor(self) -> None:
        """The floors name each module and package of the program, and nothing that is not there."""
        for package, floors in FLOORS.items():
            with self.subTest(package=package):
                named = sorted(name for floor in floors for name in floor)
                self.assertEqual(names_in(package), named)

    def test_contributing_tells_the_tree(self) -> None:
        """The table in CONTRIBUTING names every part of the program, from the bottom up."""
        page = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
        section = page.partition("## Where things are\n")[2].partition("\n## ")[0]
        heads = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
        told = [name.rstrip("/") for head in heads for name in re.findall(r"`([^`]+)`", head)]
        self.assertEqual(sorted(told), names_in(""))
        floors = [floor_of("", name) for name in told]
        self.assertEqual(floors, sorted(floors))

    def test_imports_point_downward(self) -> None:
        """No module imports from its own floor or one above, its own part apart."""
        faults = [
            f"{module.relative_to(PROJECT)}: {fault}"
            for module in sorted(PACKAGE.rglob("*.py"))
            if module != PACKAGE / "__init__.py"
            for fault in faults_of(dotted_name(module), module.read_text(encoding="utf-8"))
        ]
        self.assertEqual(faults, [])

    def test_upward_and_sideways_imports_are_found(self) -> None:
        """An import from above, or from a neighbour, is found in either form, in functions too."""
        ours = "crash_rate_aggregates"
        up = "def f():\n    from crash_rate_aggregates import cli"
        sideways = "import crash_rate_aggregates.database.days"
        down = "from crash_rate_aggregates.errors import SourceError"
        self.assertEqual(faults_of(f"{ours}.sources.reading", up), ["sources imports cli"])
        self.assertEqual(
            faults_of(f"{ours}.sources.reading", sideways), ["sources imports database"]
        )
        self.assertEqual(
            faults_of(f"{ours}.database.access.locks", sideways), ["access imports days"]
        )
        self.assertEqual(faults_of(f"{ours}.database.schema.roles", sideways), [])
        self.assertEqual(faults_of(f"{ours}.sources.reading", down), [])

    def test_no_circle_of_modules(self) -> None:
        """No module needs itself by way of others, inside a part neither."""
        modules = {dotted_name(module): module for module in PACKAGE.rglob("*.py")}
        needs = {
            name: {
                found
                for imported in imported_names(module.read_text(encoding="utf-8"))
                for found in (imported, imported.rpartition(".")[0])
                if found in modules
            }
            for name, module in modules.items()
        }
        while needs:
            free = {name for name, others in needs.items() if not others & needs.keys() - {name}}
            self.assertNotEqual(free, set(), f"these lie in a circle: {sorted(needs)}")
            needs = {name: others for name, others in needs.items() if name not in free}

    def test_folders_and_modules_stay_small(self) -> None:
        """No folder holds more modules than a reader takes in, no module grows too long."""
        modules = [module for module in PACKAGE.rglob("*.py") if module.name not in DOORS]
        folders = Counter(module.parent for module in modules)
        crowded = [folder for folder, number in folders.items() if number > MOST_MODULES]
        long = [
            module.name
            for module in PACKAGE.rglob("*.py")
            if module.name not in LONG_TABLES
            and len(module.read_text(encoding="utf-8").splitlines()) > MOST_LINES
        ]
        self.assertEqual((crowded, long), ([], []))

    def test_one_name_means_one_thing(self) -> None:
        """No two modules of the program share a name, but for those that mean the same."""
        names = Counter(module.name for module in PACKAGE.rglob("*.py"))
        twice = {name for name, number in names.items() if number > 1}
        self.assertEqual(twice - MAY_STAND_TWICE, set())

    def test_tests_mirror_the_tree(self) -> None:
        """A folder of tests is named like the part it tests, or is one of the few others."""
        others = {
            "benchmarks",
            "deploy",
            "job",
            "long",
            "mutants",
            "redash/recorded",
            "simulations",
        }
        folders = {str(file.parent.relative_to(TESTS)) for file in TESTS.rglob("*.py")}
        parts = {str(file.parent.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.py")}
        parts |= {
            str(file.parent.relative_to(PROJECT))
            for file in PROJECT.joinpath("simulations").rglob("*.py")
        }
        self.assertEqual(folders - parts - others - {"sources/mirrors"}, set())

    def test_no_relative_imports(self) -> None:
        """Imports name the whole path, so that the layers can be read from them."""
        relative = [
            str(module.relative_to(PROJECT))
            for module in sorted(PACKAGE.rglob("*.py"))
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.level
        ]
        self.assertEqual(relative, [])

    def test_no_module_hides_another(self) -> None:
        """No module has the name of a standard or installed one.

        fill_database.py runs as a script, and then its folder comes first on the path.
        """
        taken = set(sys.stdlib_module_names) | set(packages_distributions())
        ours = {PACKAGE.name, "test", "docs"}
        self.assertEqual([name for name in names_in("") if name in taken - ours - {"__main__"}], [])

    def test_the_program_needs_no_spark(self) -> None:
        """The command line, the job and what checks for Spark load no pyspark."""
        loaded = modules_loaded_by(
            "import crash_rate_aggregates.cli, crash_rate_aggregates.job, "
            "crash_rate_aggregates.engines.embedded.engine, "
            "crash_rate_aggregates.engines.spark.engine"
        )
        self.assertNotIn("pyspark", loaded)

    def test_workers_stay_small(self) -> None:
        """What worker processes load, the command line included, is neither DuckDB nor psycopg."""
        loaded = modules_loaded_by(
            "import crash_rate_aggregates.cli, crash_rate_aggregates.engines.embedded.worker_tasks"
        )
        self.assertEqual(loaded & {"duckdb", "psycopg"}, set())


class TestsOfTestsTest(unittest.TestCase):
    def test_every_test_says_what_it_holds(self) -> None:
        """Each test method has a docstring that states the behaviour as a sentence."""
        silent = [
            f"{file.relative_to(PROJECT)}: {node.name}"
            for file in sorted((PROJECT / "test").rglob("*.py"))
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef)
            and node.name.startswith("test_")
            and not (ast.get_docstring(node) or "").endswith((".", "?", "!"))
        ]
        self.assertEqual(silent, [])

    def test_every_test_folder_is_found(self) -> None:
        """Each folder with tests is a package: discovery passes over others in silence."""
        folders = {file.parent for file in (PROJECT / "test").rglob("test_*.py")}
        self.assertEqual([str(f) for f in sorted(folders) if not (f / "__init__.py").is_file()], [])


if __name__ == "__main__":
    unittest.main()
