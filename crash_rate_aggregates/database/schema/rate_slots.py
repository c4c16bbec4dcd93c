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
_WITH_HOURS = "FILTER (WHERE usage_hours > 0)"
_RATE = ("crashes", "usage_hours", "dispersion", "min_usage_hours")
_NOTE = ("crashes", "knows_crash_pings", "usage_hours", "min_usage_hours")
_KNOWS = "knows_crash_pings"
_IN_COLUMNS = (("per_1000_hours", "rate"), ("lower_limit", "lower"), ("upper_limit", "upper"))


def rate_slots(stats: Sequence[Stat] = STATS, *, seconds: str = "usage_seconds") -> dict[str, str]:
    """Return the text of each slot.

    For questions and views, in the order in which they need them:

    - `hours`: usage hours, summed over the rows of a group. Sums of sums are made by the same slot.
    - `sums`: these and the stats of the kinds, likewise.
    - `sums_of_days`: these, where each row is a day of the group, and what tells how much the days
      vary; only days with usage hours tell it.
    - `sums_of_recent_days`: what tells how much the days in the window `recent` vary, beside each.
    - `kinds`: the function that makes kinds of crashes of `sums`, one row each. Beside these it
      takes a column `knows_crash_pings`, whether there could be crash pings.
    - `dispersed_kinds`: likewise of one of the two others, with the dispersion of each kind.
    - `rate`: the function that makes the rate of a kind, with its interval.
    - `note`: why a kind has no rate, where it has none.
    - `headlines`: names of the kinds that stand in columns of their own, for `kind IN (…)`.
    - `rates_in_columns`: rate and limits of these, where the rows of a group are its kinds.

    For functions.sql and the comments in views.sql:

    - `kind_parameters`, `kind_values`, `kinds_in_words`: parameters of crash_kinds, the rows that
      it makes of them, and the names of the kinds.
    - `counts`, `counts_in_words`: the kinds that crash pings tell as columns, and their names.

    Args:
        stats: In the order of the columns.
        seconds: The stat of which hours are made: those in columns `usage_hours`.
    """
    kinds = kinds_of(stats)
    of_kinds = stats_of(kinds, stats)
    used = [stat.name for stat in of_kinds]
    hours = [*_hours(next(stat for stat in STATS if stat.name == seconds))]
    sums = [*hours, *_sums(of_kinds)]
    given = [*used, _KNOWS, *_day_names(kinds, used)]
    headlines = [kind for kind in kinds if kind.column]
    counts = [kind for kind in kinds if kind.needs_crash_pings]
    return {
        "hours": _BREAK.join(hours),
        "sums": _BREAK.join(sums),
        "sums_of_days": _BREAK.join([*sums, *_day_sums(kinds, of_kinds)]),
        "sums_of_recent_days": _BREAK.join(_day_sums(kinds, of_kinds, " OVER recent")),
        "kinds": f"{_call('crash_kinds', [*used, _KNOWS])} AS kinds",
        "dispersed_kinds": f"{_call('crash_kinds', given)} AS kinds",
        "rate": f"{_call('crash_rate', _RATE)} AS rate",
        "note": _call("crash_rate_note", _NOTE),
        "headlines": ", ".join(f"'{kind.name}'" for kind in headlines),
        "rates_in_columns": _BREAK.join(_in_columns(headlines)),
        "kind_parameters": _BREAK.join(_parameters(kinds, used)),
        "kind_values": _BREAK.join(_values(kinds, used)),
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


def _day_sums(kinds: Iterable[CrashKind], stats: Sequence[Stat], over: str = "") -> Iterable[str]:
    """Yield what `crash_dispersion` needs, of days with usage hours alone."""
    yield f"count(*) {_WITH_HOURS}{over} AS days"
    yield f"sum(usage_hours){over} AS day_hours"
    for stat in stats:
        expression = f"{stat.name}::double precision"
        yield f"{summed(stat, expression, _WITH_HOURS, over)} AS day_{stat.name}"
    names = {stat.name for stat in stats}
    for kind in kinds:
        # In columns, as one row for each kind and day would cost ten times as much.
        crashes = kind.crashes if kind.crashes in names else f"({kind.crashes})"
        yield f"sum({crashes} ^ 2 / nullif(usage_hours, 0)){over} AS {kind.name}_squares"


def _day_names(kinds: Iterable[CrashKind], stats: Iterable[str]) -> Iterable[str]:
    yield from ("days", "day_hours")
    yield from (f"day_{stat}" for stat in stats)
    yield from (f"{kind.name}_squares" for kind in kinds)


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
    for name in _day_names(kinds, stats):
        yield f"{name} {'bigint' if name == 'days' else 'double precision'} DEFAULT NULL"


def _values(kinds: Iterable[CrashKind], stats: Iterable[str]) -> Iterable[str]:
    """Yield a row for each kind: its crashes in all, those of days with hours, and the squares."""
    of_days = re.compile(rf"\b({'|'.join(stats)})\b")
    for place, kind in enumerate(kinds, 1):
        crashes = kind.crashes
        if kind.needs_crash_pings:
            crashes = f"CASE WHEN {_KNOWS} THEN {crashes} END"
        of_day = of_days.sub(r"day_\1", kind.crashes)
        yield f"({place}, '{kind.name}', {crashes}, {of_day}, {kind.name}_squares)"


def _in_words(kinds: Sequence[CrashKind]) -> str:
    names = [
        kind.name if kind.label == kind.name else f"{kind.name} ({kind.label})" for kind in kinds
    ]
    return f"{', '.join(names[:-1])} and {names[-1]}"
