"""The shape of the code base itself: who may import whom, names, and sentences on tests."""

from __future__ import annotations

import ast
import subprocess
import sys
import unittest
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "crash_rate_aggregates"

LAYERS = (
    ("errors", "sql_files", "storable_text"),
    ("dimensions", "stats", "outcomes"),
    ("rows", "ledger"),
    ("normalize",),
    ("decode",),
    ("sources", "database"),
    ("questions",),
    ("engines",),
    ("health",),
    ("job",),
    ("settings",),
    ("sample_pings", "redash"),
    ("terminal",),
    ("cli",),
    ("fill_database", "__main__"),
)
"""From the bottom up. A module imports from layers below its own, and from its own name."""
LEVELS = {name: level for level, layer in enumerate(LAYERS) for name in layer}


def imported_parts(source: str) -> Iterator[str]:
    """Name the parts of our package that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == PACKAGE.name and len(parts) > 1 and parts[1] != "__version__":
                yield parts[1]


def faults_of(part: str, source: str) -> list[str]:
    """Say which imports of a module that belongs to `part` point sideways or up."""
    return [
        f"{part} imports {other}"
        for other in imported_parts(source)
        if other != part and not LEVELS[other] < LEVELS[part]
    ]


def part_of(module: Path) -> str:
    """Return the name below the package to which a module belongs."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def top_names() -> list[str]:
    """Name the modules and packages directly below ours."""
    return sorted({part_of(module) for module in PACKAGE.rglob("*.py")} - {"__init__"})


def modules_loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter holds after a statement."""
    program = f"{statement}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


class LayersTest(unittest.TestCase):
    def test_every_part_has_a_layer(self) -> None:
        """Each module and package of the program stands in the list of layers."""
        self.assertEqual([name for name in top_names() if name not in LEVELS], [])

    def test_imports_point_downward(self) -> None:
        """No module imports from its own layer or one above, its own package apart."""
        faults = [
            f"{module.relative_to(PROJECT)}: {fault}"
            for module in sorted(PACKAGE.rglob("*.py"))
            if module != PACKAGE / "__init__.py"
            for fault in faults_of(part_of(module), module.read_text(encoding="utf-8"))
        ]
        self.assertEqual(faults, [])

    def test_upward_and_sideways_imports_are_found(self) -> None:
        """An import from above, or from a neighbour, is found in either form, in functions too."""
        up = "def f():\n    from crash_rate_aggregates import cli"
        sideways = "import crash_rate_aggregates.database.days.runs"
        down = "from crash_rate_aggregates.errors import SourceError"
        self.assertEqual(faults_of("sources", up), ["sources imports cli"])
        self.assertEqual(faults_of("sources", sideways), ["sources imports database"])
        self.assertEqual(faults_of("sources", down), [])

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
        self.assertEqual([name for name in top_names() if name in taken - ours - {"__main__"}], [])

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
