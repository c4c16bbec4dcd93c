"""The section that a mutation run writes."""

from __future__ import annotations

import unittest

from benchmarks.page import with_section
from test.mutants.mutation_run import Mutant
from test.mutants.report import Result, Survivor, function_of, shown
from test.mutants.targets import PROJECT, TARGETS, Target

RULES = "crash_rate_aggregates/normalize/rules.py"
MANGLED = "crash_rate_aggregates.normalize.rules.xǁJudgeǁverdict__mutmut_"


def survivor(number: int, *change: str) -> Survivor:
    """Make a mutant that no test noticed."""
    return Survivor(Mutant(RULES, f"{MANGLED}{number}", is_caught=False), change)


class ReportTest(unittest.TestCase):
    def test_names(self) -> None:
        """A name of mutmut stands for a function, or for a method of a class."""
        self.assertEqual(function_of(f"{MANGLED}7"), "Judge.verdict")
        self.assertEqual(function_of("a.b.x__quoted__mutmut_12"), "_quoted")

    def test_section(self) -> None:
        """A table with the score, what was left out, harmless kinds, and each other survivor."""
        survivors = [
            survivor(1, "-    a = 1", "+    a = 2"),
            survivor(2, "-    a = 1", "+    a = None"),
            survivor(3, "-    zip(a, b, strict=True)", "+    zip(a, b, strict=False)"),
        ]
        result = Result(Target("rules", ("normalize/rules.py",), ()), 40, survivors, 130)
        left_out = ", ".join(one.name for one in TARGETS if one.name != "rules")
        self.assertEqual(
            shown([result, Result(Target("none", ("x.py",), ()), 10, [], 10)]),
            f"""\
| target | modules | changed | noticed | not noticed | harmless | score | minutes |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| rules | `normalize/rules.py` | 40 | 37 | 2 | 1 | 95.0% | 2 |
| none | `x.py` | 10 | 10 | 0 | 0 | 100.0% | 0 |
| all |  | 50 | 47 | 2 | 1 | 96.0% | 2 |

Not measured: {left_out}.

Harmless are:

- 1 times: lengths are equal by construction: `strict` would only notice a mistake of ours

`normalize/rules.py`:

```diff
@@ Judge.verdict @@
-    a = 1
+    a = 2
+    a = None
```""",
        )

    def test_the_page_has_the_section(self) -> None:
        """docs/testing.md has the section that `make mutants` writes."""
        page = (PROJECT / "docs" / "testing.md").read_text(encoding="utf-8")
        self.assertIn("\nnew\n", with_section(page, "mutants", "new"))


if __name__ == "__main__":
    unittest.main()
