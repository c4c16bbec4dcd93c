"""Run mutmut on a copy of the project, then look at what survived once more.

mutmut forks a process for each mutant from one that has imported everything, and runs the tests
that called the mutated function. That is fast, and misses what is computed at import, or cached by
the first caller. So each mutant that survives is tried again: in a process of its own, by all tests
of its target.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import monotonic

from test.mutants.targets import PACKAGE, PROJECT, Target

_COPIED = (PACKAGE, "test", "docs", "benchmarks", "deploy")
_SURVIVED = 0
_UNTESTED = 33
"""Exit codes by which mutmut says so; with all others tests failed, or did not end in time."""
_TIMES_LONGER = 10
_START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one function."""

    file: str
    """From the project on."""
    name: str
    """As mutmut calls it."""
    is_caught: bool


def mutants_of(target: Target, server_url: str, processes: int) -> list[Mutant]:
    """Make the mutants of a target and try each.

    Args:
        target: What is changed, and the tests.
        server_url: The PostgreSQL of the tests.
        processes: So many mutants are tried at once.

    Raises:
        CalledProcessError: mutmut failed, which shows why: mostly a test fails without any mutant.
        RuntimeError: A mutant was not tried.
    """
    make_workspace(target)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(processes)]
    subprocess.run(command, cwd=target.workspace, env=_environment(target, server_url), check=True)
    tried = list(_tried(target))
    limit = _usual_seconds(target, server_url) * _TIMES_LONGER + _START_SECONDS
    survivors = [one for one in tried if not one.is_caught]
    with ThreadPoolExecutor(processes) as pool:
        passes = pool.map(lambda one: _passes(target, server_url, one.name, limit), survivors)
        missed = {one.name for one, passed in zip(survivors, passes, strict=True) if passed}
    return [replace(one, is_caught=one.name not in missed) for one in tried]


def make_workspace(target: Target) -> None:
    """Copy what the tests need, and write what mutmut is to do."""
    shutil.rmtree(target.workspace, ignore_errors=True)
    for name in _COPIED:
        shutil.copytree(
            PROJECT / name, target.workspace / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    # Before Python starts with it in its path: it never looks again into a folder that was missing.
    (target.workspace / "mutants").mkdir()
    settings = {
        "source_paths": [PACKAGE],
        "only_mutate": target.files(),
        "also_copy": [name for name in _COPIED if name != PACKAGE],
        "pytest_add_cli_args_test_selection": target.test_files(),
        # Workers are forked from a process in which no test ran: no cache of it hides a mutant.
        "process_isolation": ["forkserver"],
        "timeout_constant": ["3"],
    }
    lines = [f"{name} = {f'{chr(10)}    '.join(values)}\n" for name, values in settings.items()]
    (target.workspace / "setup.cfg").write_text("[mutmut]\n" + "".join(lines), encoding="utf-8")


def _environment(target: Target, server_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "CRASH_RATE_AGGREGATES_TEST_DATABASE": server_url,
        # Processes that tests start find the mutated package too.
        "PYTHONPATH": str(target.workspace / "mutants"),
        "HYPOTHESIS_PROFILE": "quick",
    }


def _tried(target: Target) -> Iterator[Mutant]:
    for file in target.files():
        results = target.workspace / "mutants" / f"{file}.meta"
        found = json.loads(results.read_text(encoding="utf-8"))["exit_code_by_key"]
        for name, exit_code in found.items():
            if exit_code is None:
                raise RuntimeError(f"{name} was not tried: run make mutants again")
            yield Mutant(file, name, exit_code not in {_SURVIVED, _UNTESTED})


def _usual_seconds(target: Target, server_url: str) -> float:
    """Return how long a target's tests take without any mutant.

    Raises:
        RuntimeError: They do not pass.
    """
    before = monotonic()
    if not _passes(target, server_url, "", None):
        raise RuntimeError(f"the tests of {target.name!r} fail without any mutant")
    return monotonic() - before


def _passes(target: Target, server_url: str, mutant: str, limit: float | None) -> bool:
    modules = [file.removesuffix(".py").replace("/", ".") for file in target.test_files()]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "unittest", "--failfast", *modules],
            cwd=target.workspace / "mutants",
            env={**_environment(target, server_url), "MUTANT_UNDER_TEST": mutant},
            capture_output=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def change(target: Target, mutant: Mutant) -> list[str]:
    """Return the lines that a mutant takes away, each with a minus before it, and what it adds."""
    shown = subprocess.run(
        [sys.executable, "-m", "mutmut", "show", mutant.name],
        cwd=target.workspace,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [line for line in shown if line[:1] in {"-", "+"} and line[:3] not in {"---", "+++"}]
