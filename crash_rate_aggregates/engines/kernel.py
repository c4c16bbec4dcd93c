"""The kernel: raw pings in, Arrow rows and counted verdicts out. The same code on every engine."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import pyarrow as pa

from crash_rate_aggregates.applications import Application
from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.decode.layouts.kinds import PingKind
from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.engines.columns import rows_of
from crash_rate_aggregates.engines.interface import DayRequest
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.ping import UNREADABLE, Ignored, NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.outcomes import OTHERS, DocType, Outcome
from crash_rate_aggregates.sources.interface import PingBatch, RawPing, Unreadable

MAX_DOC_TYPES = 10_000
_ROWS_AT_ONCE = 20_000
_PINGS_BITS = 40
"""Of a ping's number; the others are its task's: a million million pings, eight million tasks."""
_GARBAGE_THRESHOLDS = (100_000, 20, 100)


def collect_garbage_rarely() -> None:
    """Let Python look for reference cycles rarely, in a process that judges.

    Judging makes none, and its rows wait by the ten thousand: after each 700 new objects, as is
    usual, Python would look through ever more of them, for up to a tenth of a worker's time.
    """
    gc.set_threshold(*_GARBAGE_THRESHOLDS)


@dataclass(slots=True)
class VerdictCounts:
    """How many pings were read, and what became of those that are no rows."""

    read: int = 0
    """As the source counted them, before judging."""
    ignored: Counter[tuple[Outcome, DocType]] = field(default_factory=Counter)
    """Pings that fell to rules 1 to 7."""
    passed: Counter[str] = field(default_factory=Counter)
    """Rows by doc type: counted, or duplicates of a counted one."""
    other_doc_types: Counter[str] = field(default_factory=Counter)
    """Pings of other doc types by what they say they are, at most `MAX_DOC_TYPES` names a task."""

    def add(self, other: VerdictCounts) -> None:
        """Add what another task counted."""
        self.read += other.read
        self.ignored.update(other.ignored)
        self.passed.update(other.passed)
        self.other_doc_types.update(other.other_doc_types)

    def ignore(self, ping: Ignored) -> None:
        """Count a ping that is no row."""
        self.ignored[ping.outcome, ping.doc_type] += 1
        if ping.says is not None:
            # Bounded, as each of a hostile day's pings may say another one.
            named = self.other_doc_types
            is_named = ping.says in named or len(named) < MAX_DOC_TYPES
            named[ping.says if is_named else OTHERS] += 1


def judge_of(request: DayRequest) -> Judge:
    """Return the judge of a day, the same from task to task: it keeps texts that it has made."""
    return _judge_of(
        request.submission_date,
        request.dimensions,
        request.applications,
        counts_automation=request.counts_automation,
    )


@lru_cache(maxsize=1)
def _judge_of(
    submission_date: date,
    dimensions: tuple[Dimension, ...],
    applications: tuple[Application, ...],
    *,
    counts_automation: bool,
) -> Judge:
    return Judge(submission_date, dimensions, applications, counts_automation=counts_automation)


class Kernel:
    """Judge batches of raw pings of one submission date and keep the rows until they are taken."""

    def __init__(self, judge: Judge, client_key: bytes, task: int = 0) -> None:
        """Make a kernel.

        Args:
            judge: By whose rules pings are judged.
            client_key: Of the run, 16 to 64 bytes.
            task: Number of the task, the same whenever it is repeated and of no other task.
        """
        self._judge = judge
        self._client_key = client_key
        self._next_number = task << _PINGS_BITS
        self._judges: dict[PingKind, PingJudge] = {}
        self._passed: list[NormalizedPing] = []
        self.counts = VerdictCounts()

    def __len__(self) -> int:
        return len(self._passed)

    def judge(self, batch: PingBatch) -> None:
        """Judge one batch."""
        self.counts.read += len(batch.pings)
        judge = self._judge_of(batch.kind)
        # This loop is where the program spends its time: texts, nearly all, take no further call.
        judge_json = judge.judge_json
        for raw in batch.pings:
            verdict = (
                judge_json(raw) if isinstance(raw, (bytes, memoryview)) else verdict_of(judge, raw)
            )
            if isinstance(verdict, Ignored):
                self.counts.ignore(verdict)
            else:
                self.counts.passed[verdict.doc_type] += 1
                self._passed.append(verdict)

    def judged(self, batches: Iterable[PingBatch]) -> Iterator[pa.RecordBatch]:
        """Judge all batches and yield their rows by `PING_SCHEMA`, some ten thousand at once."""
        for batch in batches:
            self.judge(batch)
            if len(self) >= _ROWS_AT_ONCE:
                yield self.take_rows()
        # What is left, perhaps nothing: a day without pings is no case of its own for who writes.
        yield self.take_rows()

    def take_rows(self) -> pa.RecordBatch:
        """Return the rows since the last call, by `PING_SCHEMA`, and forget them."""
        rows = rows_of(self._passed, self._next_number, self._client_key)
        self._next_number += len(self._passed)
        self._passed = []
        return rows

    def _judge_of(self, kind: PingKind) -> PingJudge:
        if kind not in self._judges:
            self._judges[kind] = PingJudge(self._judge, kind)
        return self._judges[kind]


def verdict_of(judge: PingJudge, raw: RawPing) -> NormalizedPing | Ignored:
    """Return the verdict on a raw ping of any form. Texts, the most, are not sent through here."""
    if isinstance(raw, (bytes, memoryview)):
        return judge.judge_json(raw)
    if isinstance(raw, PingFields):
        return judge.judge_fields(raw)
    if isinstance(raw, Mapping):
        return judge.judge_raw(raw)
    assert raw is Unreadable.PING  # noqa: S101  For the type checker: nothing else is left.
    return UNREADABLE
