from __future__ import annotations

import unittest

from benchmarks.page import PAGE, table, with_section

TWO = """# Page
<!-- measured: one -->
old
<!-- end -->
by hand
<!-- measured: two -->
2
<!-- end -->
"""


class PageTest(unittest.TestCase):
    def test_a_section_is_replaced_alone(self) -> None:
        """A benchmark writes between its own markers and leaves all else as it is."""
        self.assertEqual(with_section(TWO, "one", "new\n"), TWO.replace("old", "new"))
        self.assertEqual(with_section(TWO, "two", r"\1"), TWO.replace("\n2\n", "\n\\1\n"))

    def test_a_section_must_be_there_once(self) -> None:
        """Without its markers, or with them twice, nothing is written."""
        with self.assertRaisesRegex(ValueError, "0 sections named 'three'"):
            with_section(TWO, "three", "new")
        with self.assertRaisesRegex(ValueError, "2 sections named 'one'"):
            with_section(TWO + TWO, "one", "new")

    def test_the_page_has_the_section(self) -> None:
        """docs/benchmarks.md has the section that `make benchmark` writes."""
        self.assertIn("\nnew\n", with_section(PAGE.read_text(encoding="utf-8"), "engines", "new"))

    def test_table(self) -> None:
        """All columns but the first stand to the right."""
        self.assertEqual(table(["a", "b"], [["1", "2"]]), "| a | b |\n| --- | ---: |\n| 1 | 2 |")
