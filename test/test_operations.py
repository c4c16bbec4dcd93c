"""docs/operations.md: its sums are right, and the commands that it names are there."""

from __future__ import annotations

import re
import unittest
from math import prod
from pathlib import Path

from crash_rate_aggregates.cli.entry import cli

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "operations.md").read_text("utf-8")
_PRICE = re.compile(r"^\| `(\w+)` \| .* \| \$?([0-9.,]+) \|$", re.MULTILINE)
_COSTS = re.compile(
    r"^(?:database|host|address|redash|its address|requests)  +(.*\S)$", re.MULTILINE
)
_COMMAND = re.compile(r"^job ([a-z]+)((?: --.*)?)$|`job ([a-z]+)((?: --[^`]*)?)`", re.MULTILINE)


def value(expression: str) -> float:
    """Return what a sum of products and quotients of numbers makes."""
    terms = expression.replace("/ 1000", "* 0.001").split("+")
    return sum(prod(float(factor) for factor in term.split("*")) for term in terms)


class CostsTest(unittest.TestCase):
    def test_sums(self) -> None:
        """Each line of the costs holds at each of its equal signs, and the sum is theirs."""
        prices = dict(_PRICE.findall(PAGE))
        lines = _COSTS.findall(PAGE)
        self.assertEqual(len(lines), 6)
        results = []
        for line in lines:
            symbols, *steps = line.split(" = ")
            numbers = re.sub(r"[A-Z]\w*", lambda name: prices[name[0]].replace(",", ""), symbols)
            for step in steps:
                self.assertAlmostEqual(value(step), value(numbers), delta=0.005)
            results.append(float(steps[-1]))
        (total,) = re.findall(r"^sum +([0-9.]+)$", PAGE, re.MULTILINE)
        self.assertAlmostEqual(sum(results), float(total), places=2)


class CommandsTest(unittest.TestCase):
    def test_commands_of_the_job(self) -> None:
        """Each command after `job` is one of the program, and takes the flags that stand there."""
        found = [
            (one or other, flags or more) for one, flags, other, more in _COMMAND.findall(PAGE)
        ]
        self.assertGreater(len(found), 8)
        for name, flags in found:
            with self.subTest(command=name):
                command = cli.commands[name]
                known = {flag for one in command.params for flag in one.opts}
                self.assertLessEqual(set(re.findall(r"--[a-z-]+", flags)), known)


if __name__ == "__main__":
    unittest.main()
