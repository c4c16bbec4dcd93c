"""What docs/testing.md says of the tests, taken from the tests themselves."""

from __future__ import annotations

import ast
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
_TESTS = PROJECT / "test"
_MAKE_TARGET = re.compile(r"^((?:test|mutants|lint)[a-z-]*):[^#\n]*## (.*)$", re.MULTILINE)


def commands() -> list[list[str]]:
    """Return the targets of make that test something, each with what it does."""
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    return [[f"`make {name}`", text] for name, text in _MAKE_TARGET.findall(makefile)]


def folders() -> list[list[str]]:
    """Return the folders with tests that `make test` runs, each with what they prove."""
    found = sorted({file.parent for file in _TESTS.rglob("test_*.py")} - {_TESTS})
    return [[f"`{_shown(folder)}`", _sentence(folder / "__init__.py")] for folder in found]


def long_proofs() -> list[list[str]]:
    """Return the modules that other targets run, each with what it proves."""
    found = [*sorted(_TESTS.glob("long/long_*.py")), *sorted(_TESTS.glob("deploy/deploy_*.py"))]
    return [[f"`{_shown(file)}`", _sentence(file)] for file in found]


def run_as_user() -> str:
    """Name the tests that CI runs as an ordinary user too."""
    script = (PROJECT / ".ci" / "run_as_user").read_text(encoding="utf-8")
    listed = script.partition("TESTED=(\n")[2].partition("\n)")[0].split()
    return "\n".join(f"- `{path}`" for path in listed)


def allowed_skips() -> str:
    """Return the reasons for which a test may be skipped."""
    lines = (PROJECT / ".ci" / "allowed-skips").read_text(encoding="utf-8").splitlines()
    return "\n".join(f"- `{line}`" for line in lines if line and not line.startswith("#"))


def _shown(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def _sentence(module: Path) -> str:
    """Return the first line of a module's docstring.

    Raises:
        ValueError: It has none.
    """
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    if not docstring:
        raise ValueError(f"{_shown(module)} does not say in its docstring what its tests prove")
    return docstring.partition("\n")[0]
