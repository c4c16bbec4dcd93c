"""What a mutation run says in docs/testing.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from benchmarks.page import table
from test.mutants.mutation_run import Mutant
from test.mutants.targets import HARMLESS, PACKAGE, TARGETS, Target


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no test noticed."""

    mutant: Mutant
    change: Sequence[str]
    """Lines with a minus or plus before them."""

    @property
    def function(self) -> str:
        """The function, with its class if it is a method."""
        return function_of(self.mutant.name)

    @property
    def harmless(self) -> str | None:
        """Why nobody needs to care, if it is of such a kind."""
        new = [line for line in self.change if line.startswith("+")] or self.change
        for kind in HARMLESS:
            is_there = kind.files in self.mutant.file
            if is_there and any(re.search(kind.lines, line) for line in new):
                return kind.reason
        return None


@dataclass(frozen=True, slots=True)
class Result:
    """What came out for one target."""

    target: Target
    mutants: int
    survivors: Sequence[Survivor]
    seconds: float


def function_of(name: str) -> str:
    """Return `Class.method` or `function` from mutmut's name of a mutant."""
    mangled = name.rpartition(".")[2].rpartition("__mutmut_")[0]
    return mangled.removeprefix("xǁ").removeprefix("x_").replace("ǁ", ".")


def shown(results: Sequence[Result]) -> str:
    """Return the section: a table, targets that were left out, harmless kinds, other survivors."""
    rows = [_row(result) for result in results]
    survivors = [one for result in results for one in result.survivors]
    seconds = sum(result.seconds for result in results)
    everything = Target("all", (), ())
    rows.append(_row(Result(everything, sum(r.mutants for r in results), survivors, seconds)))
    head = ["target", "modules", "changed", "noticed", "not noticed", "harmless"]
    parts = [table([*head, "score", "minutes"], rows), *_unmeasured(results)]
    return "\n\n".join([*parts, *_harmless(survivors), *_missed(survivors)])


def _row(result: Result) -> list[str]:
    harmless = sum(one.harmless is not None for one in result.survivors)
    missed = len(result.survivors) - harmless
    modules = ", ".join(f"`{module}`" for module in result.target.modules)
    noticed = result.mutants - len(result.survivors)
    counts = [str(n) for n in (result.mutants, noticed, missed, harmless)]
    score = _score(result.mutants, missed)
    return [result.target.name, modules, *counts, score, f"{result.seconds / 60:.0f}"]


def _score(mutants: int, missed: int) -> str:
    return f"{1 - missed / mutants:.1%}" if mutants else "-"


def _unmeasured(results: Sequence[Result]) -> Iterator[str]:
    measured = {result.target.name for result in results}
    names = [target.name for target in TARGETS if target.name not in measured]
    if names:
        yield f"Not measured: {', '.join(names)}."


def _harmless(survivors: Sequence[Survivor]) -> Iterator[str]:
    reasons = Counter(one.harmless for one in survivors if one.harmless)
    if reasons:
        lines = "\n".join(f"- {number} times: {why}" for why, number in reasons.most_common())
        yield f"Harmless are:\n\n{lines}"


def _missed(survivors: Sequence[Survivor]) -> Iterator[str]:
    missed = [one for one in survivors if one.harmless is None]
    for file, in_file in groupby(missed, lambda one: one.mutant.file):
        lines = [
            line
            for function, group in groupby(in_file, lambda one: one.function)
            for line in (f"@@ {function} @@", *_distinct(group))
        ]
        name = file.removeprefix(f"{PACKAGE}/")
        yield "\n".join((f"`{name}`:", "", "```diff", *lines, "```"))


def _distinct(survivors: Iterator[Survivor]) -> Iterator[str]:
    """Yield the changes; the lines that are taken away once for those that follow each other."""
    for old, group in groupby(survivors, lambda one: [x for x in one.change if x[0] == "-"]):
        yield from old
        for one in group:
            yield from (line for line in one.change if line[0] == "+")
