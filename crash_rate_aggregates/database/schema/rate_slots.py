"""The parts of SQL that stand wherever crash rates are computed, made from the kinds of crashes.

functions.sql, views.sql and the questions have `{name}` where such a part goes. The parts hand sums
on by name, so that each formula stands once: in functions.sql.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from crash_rate_aggregates.crash_kinds import CrashKind, kinds_of, stats_of, summed
from crash_rate_aggregates.stats import STATS, Stat

_BREAK = ",\n"
_RATE = ("crashes", "usage_hours", "burst_factor", "log_sd", "min_usage_hours")
_NOTE = ("crashes", "knows_crash_pings", "usage_hours", "min_usage_hours")
_KNOWS = "knows_crash_pings"
_STORED = "is_stored"
_VARIATION = "LEFT JOIN crash_current_variation AS variation USING (application, channel)"
_IN_COLUMNS = (("per_1000_hours", "rate"), ("lower_limit", "lower"), ("upper_limit", "upper"))


def rate_slots(stats: Sequence[Stat] = STATS, *, seconds: str = "usage_seconds") -> dict[str, str]:
    """Return the text of each slot.

    For questions and views, in the order in which they need them:

    - `hours`: usage hours, summed over the rows of a group. Sums of sums are made by the same slot.
    - `sums`: these and the stats of the kinds, likewise.
    - `variation`: the join that tells each row how much its channel's crashes vary.
    - `sums_of_days`: `sums`, where each row is a day of one channel of the group and has its
      `variation`, and what that makes of the group.
    - `variances_of_day`: what it makes of a row that is a group by itself.
    - `kinds`: the function that makes kinds of crashes of these, one row each, with the burst
      factor and the standard deviation of each. Beside these it takes a column
      `knows_crash_pings`, whether there could be crash pings.
    - `rate`: the function that makes the rate of a kind, with its interval.
    - `note`: why a kind has no rate, where it has none.
    - `rate_of_dates`, `note_of_dates`: the same of activity dates, which need a column `is_stored`,
      whether the submission date of the same day is stored.
    - `headlines`: names of the kinds that stand in columns of their own, for `kind IN (…)`.
    - `rates_in_columns`: rate and limits of these, where the rows of a group are its kinds.

    For functions.sql and the comments in views.sql:

    - `kind_parameters`, `kind_values`, `kinds_in_words`: parameters of crash_kinds, the rows that
      it makes of them, and the names of the kinds.
    - `counts`, `counts_in_words`: the kinds that crash pings tell as columns, and their names.
    - `variations`: burst factor and standard deviation of a day of each kind as columns, where the
      rows of a group are its kinds.

    Args:
        stats: In the order of the columns.
        seconds: The stat of which hours are made: those in columns `usage_hours`.
    """
    kinds = kinds_of(stats)
    of_kinds = stats_of(kinds, stats)
    used = [stat.name for stat in of_kinds]
    hours = [*_hours(next(stat for stat in STATS if stat.name == seconds))]
    sums = [*hours, *_sums(of_kinds)]
    variances = [*_variances(kinds)]
    given = [*used, _KNOWS, "usage_hours", *(name for name, _ in variances)]
    headlines = [kind for kind in kinds if kind.column]
    counts = [kind for kind in kinds if kind.needs_crash_pings]
    return {
        "hours": _BREAK.join(hours),
        "sums": _BREAK.join(sums),
        "variation": _VARIATION,
        "sums_of_days": _BREAK.join([*sums, *(f"sum({of}) AS {name}" for name, of in variances)]),
        "variances_of_day": _BREAK.join(f"{of} AS {name}" for name, of in variances),
        "kinds": f"{_call('crash_kinds', given)} AS kinds",
        "rate": f"{_call('crash_rate', _RATE)} AS rate",
        "note": _call("crash_rate_note", _NOTE),
        "rate_of_dates": f"{_call('crash_rate', [*_RATE, _STORED])} AS rate",
        "note_of_dates": _call("crash_rate_note", [*_NOTE, _STORED]),
        "headlines": ", ".join(f"'{kind.name}'" for kind in headlines),
        "rates_in_columns": _BREAK.join(_in_columns(headlines)),
        "kind_parameters": _BREAK.join(_parameters(kinds, used)),
        "kind_values": _BREAK.join(_values(kinds)),
        "variations": _BREAK.join(_variations(kinds)),
        "kinds_in_words": _in_words(kinds),
        "counts": _BREAK.join(f"{kind.crashes} AS {kind.name}" for kind in counts),
        "counts_in_words": _in_words(counts),
    }


def with_slots(text: str, slots: Mapping[str, str]) -> str:
    """Return the text with what stands for its `{name}`, indented as the line that has the slot.

    Other braces stay, as SQL needs them, and so does a name that is no slot.
    """

    def filled(match: re.Match[str]) -> str:
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        indentation = " " * (len(line) - len(line.lstrip()))
        return slots.get(match[1], match[0]).replace("\n", f"\n{indentation}")

    return re.sub(r"\{([a-z_]+)\}", filled, text)


def _hours(seconds: Stat) -> Iterable[str]:
    # Whole numbers below 2^53 are exact as doubles, whatever the order of rows; sums of hours would
    # differ in their last digits, and PostgreSQL's sums of bigint take twice the time.
    total = summed(seconds, f"{seconds.name}::double precision")
    yield f"{total} AS {seconds.name}"
    yield f"{total} / 3600 AS usage_hours"


def _sums(stats: Iterable[Stat]) -> Iterable[str]:
    for stat in stats:
        yield f"{summed(stat, f'{stat.name}::double precision')} AS {stat.name}"


def _variances(kinds: Iterable[CrashKind]) -> Iterable[tuple[str, str]]:
    """Yield what a day of a channel adds to the variance of each kind: a name, and SQL for it."""
    # In columns, as one row for each kind and day would cost ten times as much.
    for kind in kinds:
        weight = f"crash_weight({kind.crashes}, usage_hours)"
        bursts = f"coalesce({kind.name}_burst_factor, crash_assumed_burst_factor())"
        day_sd = f"coalesce({kind.name}_day_sd, crash_assumed_day_sd())"
        yield f"{kind.name}_burst_variance", f"{bursts} * {weight}"
        yield f"{kind.name}_day_variance", f"({day_sd} * {weight}) ^ 2"


def _variations(kinds: Iterable[CrashKind]) -> Iterable[str]:
    for kind in kinds:
        for value in ("burst_factor", "day_sd"):
            yield f"max({value}) FILTER (WHERE kind = '{kind.name}') AS {kind.name}_{value}"


def _call(function: str, names: Iterable[str]) -> str:
    """Call a function with columns of the same names as its parameters."""
    given = ",\n    ".join(f"{name} => {name}" for name in names)
    return f"{function}(\n    {given}\n)"


def _in_columns(kinds: Iterable[CrashKind]) -> Iterable[str]:
    for kind in kinds:
        for value, column in _IN_COLUMNS:
            yield f"max({value}) FILTER (WHERE kind = '{kind.name}') AS {kind.column}_{column}"
    yield "max(note) AS note"


def _parameters(kinds: Iterable[CrashKind], stats: Sequence[str]) -> Iterable[str]:
    yield from (f"{stat} double precision" for stat in stats)
    yield f"{_KNOWS} boolean"
    yield "usage_hours double precision DEFAULT NULL"
    for name, _ in _variances(kinds):
        yield f"{name} double precision DEFAULT NULL"


def _values(kinds: Iterable[CrashKind]) -> Iterable[str]:
    """Yield a row for each kind: its crashes in all, and what its days add to its variance."""
    for place, kind in enumerate(kinds, 1):
        crashes = kind.crashes
        if kind.needs_crash_pings:
            crashes = f"CASE WHEN {_KNOWS} THEN {crashes} END"
        variances = ", ".join(name for name, _ in _variances([kind]))
        yield f"({place}, '{kind.name}', {crashes}, {variances})"


def _in_words(kinds: Sequence[CrashKind]) -> str:
    names = [
        kind.name if kind.label == kind.name else f"{kind.name} ({kind.label})" for kind in kinds
    ]
    return f"{', '.join(names[:-1])} and {names[-1]}"
