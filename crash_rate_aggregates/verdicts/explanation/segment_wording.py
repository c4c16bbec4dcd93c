"""What people read of an explanation: one line a segment or process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from crash_rate_aggregates.outcomes import CrashClass
from crash_rate_aggregates.verdicts.explanation.explanation import Explanation, Segment
from crash_rate_aggregates.verdicts.explanation.ranked_processes import RankedProcess

_TIMES: Final = "\N{MULTIPLICATION SIGN}"
_DECIMALS: Final = ((100, 0), (2, 1))
"""From which ratio on so many decimals are said; 2 below."""
NOTHING: Final = "no segment stands out"
NO_PROCESS: Final = "no process stands out"
_ORDER: Final = (
    "application",
    "channel",
    "label",
    "version",
    "build_version",
    "build_id",
    "os_name",
    "os_version",
    "architecture",
)
"""What comes first in a line; other dimensions follow, and the country stands last."""
_PHRASES: Final[Mapping[str, str]] = {
    "build_id": "build {}",
    "country": "in {}",
    "e10s_enabled": "e10s {}",
    "e10s_cohort": "e10s cohort {}",
    "experiment_id": "experiment {}",
    "experiment_branch": "branch {}",
    **dict.fromkeys(_ORDER[:5], "{}"),
    **dict.fromkeys(_ORDER[6:], "{}"),
}
"""By dimension, how its value is said; of others the name goes before it."""


def segment_name(values: Mapping[str, str | None]) -> str:
    """Return what a segment is called: `Windows_NT 10.0 in DE`.

    Args:
        values: By names of dimensions; None where pings do not have it.
    """
    names = sorted(values, key=_place)
    return " ".join(_phrase(name, values[name]) for name in names)


def segment_line(segment: Segment) -> str:
    """Return a segment's line, with its crashes, their share of the excess and their ratio."""
    new = ", new" if segment.is_new else ""
    return f"{segment_name(segment.values)}: {_figures(segment)}{new}"


def process_line(row: RankedProcess) -> str:
    """Return a process's line, as a segment's; the share has its interval."""
    special = row.crash_class not in {None, CrashClass.NONE}
    return f"{row.process}{f' {row.crash_class}' if special else ''}: {_figures(row)}"


def explanation_lines(explanation: Explanation) -> Sequence[str]:
    """Return a line for each segment, or the one that there is none."""
    return [segment_line(segment) for segment in explanation.segments] or [NOTHING]


def process_lines(rows: Sequence[RankedProcess]) -> Sequence[str]:
    """Return a line for each process and class, or the one that there is none."""
    return [process_line(row) for row in rows] or [NO_PROCESS]


def _place(name: str) -> tuple[int, str]:
    if name in _ORDER:
        return _ORDER.index(name), name
    return len(_ORDER) + (name == "country"), name


def _phrase(name: str, value: str | None) -> str:
    words = name.replace("_", " ")
    if value is None:
        return f"without {words}"
    if name == "country" and value == "??":
        return "in unknown countries"
    return _PHRASES.get(name, f"{words} {{}}").format(value)


def _figures(of: Segment | RankedProcess) -> str:
    parts = [f"{of.crashes:,.0f} crashes instead of {of.expected:,.0f}"]
    if of.share is not None:
        parts.append(f"{100 * of.share:.0f}% of the excess{_share_limits(of)}")
    if of.ratio is not None and of.upper is not None:
        parts.append(f"{_TIMES}{_ratio(of.ratio)} ({_ratio(of.lower)} … {_ratio(of.upper)})")
    return ", ".join(parts)


def _share_limits(of: Segment | RankedProcess) -> str:
    if isinstance(of, Segment) or of.share_lower is None or of.share_upper is None:
        return ""
    return f" ({100 * of.share_lower:.0f} … {100 * of.share_upper:.0f})"


def _ratio(value: float) -> str:
    # Of 1.15 the second digit matters; of 115 the first behind the point does not.
    decimals = next((places for least, places in _DECIMALS if value >= least), 2)
    return f"{value:,.{decimals}f}"
