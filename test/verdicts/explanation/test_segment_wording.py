from __future__ import annotations

import unittest
from dataclasses import replace

from crash_rate_aggregates.verdicts.explanation.explanation import Segment, explain
from crash_rate_aggregates.verdicts.explanation.ranked_processes import RankedProcess
from crash_rate_aggregates.verdicts.explanation.segment_wording import (
    explanation_lines,
    process_line,
    process_lines,
    segment_line,
    segment_name,
)
from test.verdicts.explanation.small_leaves import squared

_SEGMENT = Segment(
    {"country": "DE", "os_version": "Windows_NT 10.0"},
    crashes=1258,
    expected=133.8,
    excess=1124.2,
    share=1.1236,
    ratio=9.403,
    lower=7.192,
    upper=12.294,
    z=18.756,
    is_new=False,
)
_PROCESS = RankedProcess("content", "none", 540, 120, 420, 0.421, 0.348, 0.502, 4.5, 3.12, 6.49)


class SegmentWordingTest(unittest.TestCase):
    def test_a_segment(self) -> None:
        """A line has the segment, its crashes and expected ones, its share and its ratio."""
        self.assertEqual(
            segment_line(_SEGMENT),
            "Windows_NT 10.0 in DE: 1,258 crashes instead of 134, 112% of the excess, "
            "\N{MULTIPLICATION SIGN}9.4 (7.2 … 12.3)",
        )

    def test_a_new_build(self) -> None:
        """What had no past says so."""
        new = replace(_SEGMENT, values={"build_id": "20161101030204"}, is_new=True)
        self.assertEqual(
            segment_line(new),
            "build 20161101030204: 1,258 crashes instead of 134, 112% of the excess, "
            "\N{MULTIPLICATION SIGN}9.4 (7.2 … 12.3), new",
        )

    def test_without_a_whole_excess(self) -> None:
        """Where crashes did not rise as a whole no share is said."""
        self.assertEqual(
            segment_line(replace(_SEGMENT, share=None)),
            "Windows_NT 10.0 in DE: 1,258 crashes instead of 134, "
            "\N{MULTIPLICATION SIGN}9.4 (7.2 … 12.3)",
        )

    def test_small_and_large_ratios(self) -> None:
        """Ratios below 2 have two decimals, from 100 on none."""
        line = segment_line(replace(_SEGMENT, ratio=1.254, lower=1.1, upper=130.4))
        self.assertTrue(line.endswith("\N{MULTIPLICATION SIGN}1.25 (1.10 … 130)"), line)

    def test_names_of_segments(self) -> None:
        """Versions and systems stand first and the country last; absent values are said."""
        names: dict[str, dict[str, str | None]] = {
            "156.0b3 x86-64 in DE": {"country": "DE", "architecture": "x86-64", "label": "156.0b3"},
            "Windows_NT e10s true": {"e10s_enabled": "true", "os_name": "Windows_NT"},
            "nightly without os version in unknown countries": {
                "country": "??",
                "os_version": None,
                "channel": "nightly",
            },
            "memory low": {"memory": "low"},
        }
        for name, values in names.items():
            self.assertEqual(segment_name(values), name)

    def test_no_segment(self) -> None:
        """Where none stands out the only line says so."""
        self.assertEqual(
            explanation_lines(explain(squared((100,) * 4), 1)), ["no segment stands out"]
        )
        self.assertEqual(process_lines([]), ["no process stands out"])

    def test_an_explanation(self) -> None:
        """Each segment has a line."""
        line = (
            "Windows in DE: 300 crashes instead of 100, 100% of the excess, "
            "\N{MULTIPLICATION SIGN}3.0 (2.3 … 3.9)"
        )
        self.assertEqual(explanation_lines(explain(squared(), 1)), [line])

    def test_a_process(self) -> None:
        """A process's line is a segment's, with the interval of its share."""
        figures = "540 crashes instead of 120, 42% of the excess (35 … 50), "
        ratio = "\N{MULTIPLICATION SIGN}4.5 (3.1 … 6.5)"
        self.assertEqual(process_lines([_PROCESS]), [f"content: {figures}{ratio}"])
        memory = replace(_PROCESS, crash_class="out of memory")
        self.assertEqual(process_line(memory), f"content out of memory: {figures}{ratio}")
        unsure = replace(_PROCESS, share_lower=None, share_upper=None, ratio=None, upper=None)
        self.assertEqual(
            process_line(unsure), "content: 540 crashes instead of 120, 42% of the excess"
        )


if __name__ == "__main__":
    unittest.main()
