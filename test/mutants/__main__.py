"""Try all targets, or those that are named, and write docs/testing.md: `make mutants`."""

from __future__ import annotations

import os
import sys
from time import monotonic

from benchmarks.page import write_section
from test.mutants.mutation_run import change, mutants_of
from test.mutants.report import Result, Survivor, shown
from test.mutants.targets import PROJECT, TARGETS, Target
from test.servers import shared_server_url

PAGE = PROJECT / "docs" / "testing.md"


def result_of(target: Target) -> Result:
    """Try a target."""
    began = monotonic()
    mutants = mutants_of(target, shared_server_url(), os.cpu_count() or 1)
    survivors = [Survivor(one, change(target, one)) for one in mutants if not one.is_caught]
    return Result(target, len(mutants), survivors, monotonic() - began)


def main() -> int:
    """Write the page after all targets; print it after some, as their numbers are not the whole."""
    names = sys.argv[1:]
    unknown = set(names) - {target.name for target in TARGETS}
    if unknown:
        known = ", ".join(repr(target.name) for target in TARGETS)
        sys.stderr.write(f"there is no target {', '.join(sorted(unknown))}: choose of {known}\n")
        return 2
    text = shown([result_of(target) for target in TARGETS if not names or target.name in names])
    if names:
        sys.stdout.write(f"{text}\n")
    else:
        write_section("mutants", text, PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
