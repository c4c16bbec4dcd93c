"""A storm over the commands: processes are killed while days are filled, dropped and migrated.

In each round one process of one command is killed by SIGKILL at a random moment. Then each day must
be as it was or as the command makes it, nothing may be left over, and the next command must answer
in seconds.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median
from types import MappingProxyType

from crash_rate_aggregates import __version__
from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.attempts import begin_attempt
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.sample_pings.world_2016.world_of_2016 import World2016
from crash_rate_aggregates.sample_pings.writer import write_sample_pings
from test.database.server.homes import home_with_data
from test.job.old_databases import keep_old_database, set_back
from test.job.stored_days import NOTHING, StoredDay, stored_days
from test.job.stormy_commands import Ended, Stage

NEXT_SECONDS = 5.0
"""In which the next command answers, Python's own start included, on a machine that is idle."""
_BUSY = 5
"""Times what an undisturbed one takes then, if that is more: on a machine that others keep busy."""
_PINGS = 300
"""A day: enough for two workers and most outcomes, few enough for a second."""
_VERSIONS = ("one", "other")
"""Folders with pings of the same days, but not the same pings."""
_KEPT_SHARE, _AGAIN_SHARE = 0.2, 0.5
_ASKED = ("rates", "--min-usage-hours", "0")

Stored = dict[date, StoredDay]


@dataclass
class DayFigures:
    """What a storm did, and what came of it."""

    rounds: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    commands: Counter[str] = field(default_factory=Counter)
    """Those in which something was killed."""
    came_out: Counter[str] = field(default_factory=Counter)
    """These commands, by whether anything was stored by them and what they said."""
    faults: list[str] = field(default_factory=list)
    """Each with its round: a day torn, something left over, a command that fails or is late."""
    next_seconds: list[float] = field(default_factory=list)
    """Of each question that came next."""
    gone_seconds: list[float] = field(default_factory=list)
    """From the end of a command until nothing was left of it."""

    def __str__(self) -> str:
        late = sum(seconds > NEXT_SECONDS for seconds in self.next_seconds)
        return (
            f"{self.rounds} rounds, {self.killed.total()} kills ({_told(self.killed)}) in "
            f"{_told(self.commands)}, of which {_told(self.came_out)}: {len(self.faults)} faults; "
            f"next command after {_spread(self.next_seconds)}, {late} later than "
            f"{NEXT_SECONDS:.0f} s; nothing left after {_spread(self.gone_seconds)}"
        )


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))


def _spread(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.2f} s, at most {max(seconds):.2f} s"


class StormOfDays:
    """A storm of which a seed decides everything but the clock."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  Chance by seed is the purpose.
        self._stage = _stage("of days")
        self._old_stage = _stage("of older databases")
        today = datetime.now(UTC).date()
        # With today, which `daily` fills if midnight comes.
        self._days = [today - timedelta(days=ago) for ago in (3, 2, 1, 0)]
        self._old_day = today - timedelta(days=800)
        self._made: dict[str, Stored] = {}
        """What each version of the pings stores, undisturbed."""
        self._migrations: dict[str, tuple[Stored, Stored, Stored]] = {}
        """What is stored in older databases: before they are migrated, with today's tables and
        days that are not summed up anew yet, and after all."""
        self._known: Stored = {}
        """What is stored now."""
        self._question_seconds = NEXT_SECONDS
        self.figures = DayFigures()

    def blow(self, kills: int, told: Callable[[DayFigures], None] = lambda _: None) -> DayFigures:
        """Go on until something was killed so many times; tell the figures after each round."""
        self._prepare()
        rounds = (self._fill, self._fill, self._fill, self._drop, self._migrate)
        while self.figures.killed.total() < kills:
            self.figures.rounds += 1
            self._chance.choice(rounds)()
            told(self.figures)
        return self.figures

    def _prepare(self) -> None:
        for version in _VERSIONS:
            for first, last in ((self._days[0], self._days[-1]), (self._old_day, self._old_day)):
                write_sample_pings(
                    self._stage.scratch.parent / version,
                    world=World2016(_PINGS, seed=len(version)),
                    min_submission_date=first,
                    max_submission_date=last,
                )
            self._run(self._stage, self._filling("run", version, self._old_day))
            self._run(self._stage, self._filling("backfill", version, *self._days))
            self._made[version] = _stored(self._stage)
        keep_old_database(self._old_stage.home)
        for kind in ("empty", "older"):
            set_back(self._old_stage.home, to_older=kind == "older", roles_too=True)
            before = _stored(self._old_stage)
            with EmbeddedServer(self._old_stage.home).running() as url, connect(url) as connection:
                migrate(connection)
            between = _stored(self._old_stage)
            self._run(self._old_stage, ["database", "init"])
            self._migrations[kind] = before, between, _stored(self._old_stage)
        self._question_seconds = _usual_seconds(self._stage)
        self._known = _stored(self._stage)
        # Or all that follows would be compared with what is not there.
        assert not self.figures.faults, self.figures.faults

    def _filling(self, name: str, version: str, *days: date) -> list[object]:
        pings = ["--pings", self._stage.scratch.parent / version]
        if name == "daily":
            return [name, "--heal-days", 3, *pings]
        if name == "run":
            return [name, "--submission-date", days[0], *pings]
        return [name, "--min-submission-date", days[0], "--max-submission-date", days[-1], *pings]

    def _fill(self) -> None:
        """Kill something while days are filled, most of them with the other pings."""
        name, version = self._chance.choice(("run", "backfill", "daily")), self._other_version()
        days = self._days[:-1]
        if name == "run":
            days = [self._chance.choice(days)]
        elif name == "daily":
            # Those that it looks at before midnight and after.
            days = self._chance.sample(days[1:], self._chance.randint(1, 2))
            self._leave_open(days)
        new = {day: self._next(version, day) for day in days}
        # Others that an earlier kill left open, and today from midnight on.
        also = {day: self._next(version, day) for day in self._days} if name == "daily" else {}
        self._round(self._stage, self._filling(name, version, *days), {**also, **new}, new)

    def _other_version(self) -> str:
        first = self._known[self._days[0]].digest
        is_one = first == self._made[_VERSIONS[0]][self._days[0]].digest
        return _VERSIONS[is_one]

    def _next(self, version: str, day: date) -> StoredDay:
        return StoredDay(self._made[version][day].digest, self._known.get(day, NOTHING).runs + 1)

    def _leave_open(self, days: Iterable[date]) -> None:
        """Record attempts as of runs that were killed: these days are due then."""
        with (
            EmbeddedServer(self._stage.home).running() as url,
            connect(url) as connection,
        ):
            for day in days:
                begin_attempt(connection, day, datetime.now(UTC), __version__)

    def _drop(self) -> None:
        """Kill something while a month is dropped."""
        if self._old_day not in self._known:
            self._run(self._stage, self._filling("run", _VERSIONS[0], self._old_day))
            self._known = _stored(self._stage)
        new = {self._old_day: NOTHING}
        self._round(self._stage, ["retention", "--keep-weeks", 100, "--yes"], new, new)

    def _migrate(self) -> None:
        """Kill something while tables are made, or those of an older version taken over."""
        chance, stage = self._chance, self._old_stage
        kind = chance.choice(("older", "older", "empty"))
        set_back(stage.home, to_older=kind == "older", roles_too=chance.random() < _AGAIN_SHARE)
        before, between, migrated = self._migrations[kind]
        new = dict(migrated)
        words: list[object] = ["database", "init"]
        if chance.random() < _AGAIN_SHARE:
            day = self._days[0]
            words = self._filling("run", _VERSIONS[0], day)
            new[day] = StoredDay(self._made[_VERSIONS[0]][day].digest, 1)
        known, self._known = self._known, before
        self._round(stage, words, new, new, between)
        self._known = known

    def _round(
        self,
        stage: Stage,
        words: Sequence[object],
        new: Mapping[date, StoredDay],
        surely: Mapping[date, StoredDay],
        between: Mapping[date, StoredDay] = MappingProxyType({}),
    ) -> None:
        """Kill something in a command and hold all that is to hold then.

        Args:
            stage: Where.
            words: The command.
            new: What may be stored instead of some days.
            surely: What of that is stored if the command says that it is done.
            between: What may be stored too if it does not: days that are whole, with their old
                summaries, which the next command makes anew.
        """
        is_kept = self._chance.random() < _KEPT_SHARE
        if is_kept:
            EmbeddedServer(stage.home).start()
        ended = stage.run_and_kill(words, self._chance, self._question_seconds)
        self._note(words, ended)
        self._hold_nothing_left(stage, is_kept=is_kept)
        if ended.killed != "driver":
            self._hold_clean(stage.scratch.glob("*"))
        self._ask(stage)
        after = _stored(stage)
        self._hold_days(after, new, surely if ended.code == 0 else {}, between)
        stored = after == {**after, **surely}
        self.figures.came_out["stored all" if stored else "stored less"] += 1
        if self._chance.random() < _AGAIN_SHARE:
            self._run(stage, words)
            after = _stored(stage)
            self._hold_digests(after, surely)
        if is_kept:
            EmbeddedServer(stage.home).stop()
        self._hold_nothing_left(stage, is_kept=False)
        self._hold_clean(stage.left_by_server())
        self._known = after

    def _note(self, words: Sequence[object], ended: Ended) -> None:
        if ended.killed is not None:
            self.figures.killed[ended.killed] += 1
            self.figures.commands[" ".join(map(str, words[: 1 + (words[0] == "database")]))] += 1
        if ended.fault is not None:
            self._fault(f"{words}, {ended.killed} killed, {ended.fault}")

    def _hold_nothing_left(self, stage: Stage, *, is_kept: bool) -> None:
        began = time.monotonic()
        left = stage.left_over(server_stays=is_kept)
        self.figures.gone_seconds.append(time.monotonic() - began)
        if left:
            self._fault(f"{left} is left over")

    def _hold_clean(self, left: Iterable[object]) -> None:
        if found := list(left):
            self._fault(f"{found} is left on the disk")

    def _ask(self, stage: Stage) -> None:
        """Hold that the next command answers in time, be it that there are no tables yet."""
        asked = stage.run(_ASKED)
        self.figures.next_seconds.append(asked.seconds)
        is_late = asked.seconds > NEXT_SECONDS and asked.seconds > _BUSY * _usual_seconds(stage)
        if is_late or asked.fault or (asked.code and stage is self._stage):
            self._fault(f"the next command took {asked.seconds:.1f} s: {asked}")

    def _hold_days(
        self,
        after: Stored,
        new: Mapping[date, StoredDay],
        surely: Mapping[date, StoredDay],
        between: Mapping[date, StoredDay],
    ) -> None:
        for day in {*self._known, *after, *new}:
            old, stored = self._known.get(day, NOTHING), after.get(day, NOTHING)
            unsure = {old, new.get(day, old), between.get(day, old)}
            allowed = {surely[day]} if day in surely else unsure
            if stored not in allowed:
                self._fault(f"{day} is {stored}, and was {old} and was to be {new.get(day, old)}")

    def _hold_digests(self, stored: Stored, surely: Mapping[date, StoredDay]) -> None:
        for day, wanted in surely.items():
            if stored.get(day, NOTHING).digest != wanted.digest:
                self._fault(f"{day} is {stored.get(day)} after all, and was to be {wanted}")

    def _run(self, stage: Stage, words: Sequence[object]) -> None:
        done = stage.run(words)
        if words[0] != "database":
            self._hold_clean(stage.scratch.glob("*"))
        if done.code or done.fault:
            self._fault(f"undisturbed {words} ended with {done.code}: {done.stderr[-2000:]}")

    def _fault(self, what: str) -> None:
        self.figures.faults.append(f"round {self.figures.rounds}: {what}")


def _stage(name: str) -> Stage:
    home = home_with_data(name)
    return Stage(home, home.parent.parent / f"scratch {name}")


def _usual_seconds(stage: Stage) -> float:
    """Return what a question takes here and now, undisturbed."""
    return median(stage.run(_ASKED).seconds for _ in range(3))


def _stored(stage: Stage) -> Stored:
    with EmbeddedServer(stage.home).running() as url, connect(url) as connection:
        return stored_days(connection)
