"""The ledger of a day: what became of every ping, and whether all else that is known fits it.

The one definition of balance: every ping read has one outcome, and the rows of the table hold as
many main and crash pings as the ledger counts. It is asked for three times, of other sources each:
when a ledger is drawn up, before a day is stored, and of days that are stored.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from crash_rate_aggregates.outcomes import USAGE_DOC_TYPES, DocType, Outcome


class LedgerKind(StrEnum):
    """What a line of the ledger counts."""

    OUTCOME = "outcome"
    ADJUSTMENT = "adjustment"
    PROCESS_TYPE = "process_type"
    DOC_TYPE = "doc_type"


@dataclass(frozen=True, slots=True, order=True)
class LedgerLine:
    """How many pings had one outcome, adjustment or process type, or said another doc type."""

    doc_type: str
    """A `DocType`'s value."""
    kind: str
    """A `LedgerKind`'s value."""
    name: str
    """An outcome, an adjustment in lower case, a process type, or another doc type."""
    pings: int
    """At least 0."""


CLIENT_ID = "client id"
ACTIVE_TICKS = "active ticks"
CARRIED_FIELDS = (CLIENT_ID, ACTIVE_TICKS)
"""What is counted like dimensions: where no ping has one, 0 people or hours say nothing."""


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """How many counted pings of an application and doc type had a value of a dimension."""

    application: str | None
    """What people call it; None where pings name none."""
    doc_type: str
    """One of `COUNTED_DOC_TYPES`."""
    dimension: str | None
    """Or one of `CARRIED_FIELDS`; None for all counted pings, whatever they had."""
    pings: int
    """At least 0."""


@dataclass(frozen=True, slots=True, order=True)
class DamagedFile:
    """A file that broke off or did not decompress: its pings before the damage are counted."""

    file: str
    """As the store names it."""
    reason: str


@dataclass(frozen=True, slots=True)
class RowSums:
    """What the rows of a day in `crash_aggregates` add up to."""

    rows: int = 0
    usage_pings: int = 0
    """Sum of `ping_count`."""
    crash_pings: int = 0
    """Sum of `CRASH_PING_STATS`."""

    def __add__(self, other: RowSums) -> RowSums:
        return RowSums(
            rows=self.rows + other.rows,
            usage_pings=self.usage_pings + other.usage_pings,
            crash_pings=self.crash_pings + other.crash_pings,
        )


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of every ping of a submission date."""

    lines: tuple[LedgerLine, ...] = ()
    """Sorted; no two of the same doc type, kind and name."""
    carried: tuple[CarriedLine, ...] = field(default=(), compare=False)
    """No two of the same application, doc type and dimension."""

    @property
    def pings(self) -> int:
        """Pings in all outcomes: all that were read, each once."""
        return self.by_outcome().total()

    def by_outcome(self) -> Counter[str]:
        """Return the pings of each outcome, over all doc types."""
        pings: Counter[str] = Counter()
        for line in self._outcomes():
            pings[line.name] += line.pings
        return pings

    def counted(self, *doc_types: DocType) -> int:
        """Return the pings of these doc types that are in the table."""
        return sum(
            line.pings
            for line in self._outcomes()
            if line.doc_type in doc_types and line.name == Outcome.COUNTED
        )

    def faults_of_reading(self, pings_read: int) -> list[str]:
        """Say what of the ledger does not fit the pings that the source read; empty if all does.

        Args:
            pings_read: As the source counted them, before judging.
        """
        # Duplicates are what is left of those that passed: below 0 where more count than that.
        negative = [
            f"{line.pings:,} {line.doc_type} pings {line.name}"
            for line in self.lines
            if line.pings < 0
        ]
        return [*negative, *different("pings read", pings_read, "outcomes", self.pings)]

    def faults_against(self, pings_read: int, aggregates: int, rows: RowSums) -> list[str]:
        """Say in words which numbers should be equal and are not; empty if the day balances.

        Args:
            pings_read: As `faults_of_reading` compares them.
            aggregates: As many as the run says there are.
            rows: What the rows themselves add up to.
        """
        return [
            *self.faults_of_reading(pings_read),
            *different("aggregates", aggregates, "rows", rows.rows),
            *self.faults_of_pings(rows.usage_pings, rows.crash_pings),
        ]

    def faults_of_pings(self, usage_pings: int | None, crash_pings: int | None) -> list[str]:
        """Say where as many pings are not counted as rows tell of; None of what they do not tell.

        Args:
            usage_pings: What the rows add up to.
            crash_pings: Likewise.
        """
        sides = (
            ("usage", self.counted(*USAGE_DOC_TYPES), usage_pings),
            ("crash", self.counted(DocType.CRASH), crash_pings),
        )
        return [
            fault
            for name, counted, told in sides
            if told is not None
            for fault in different(
                f"counted {name} pings", counted, f"{name} pings in the rows", told
            )
        ]

    def _outcomes(self) -> list[LedgerLine]:
        # Adjustments and process types are of pings that an outcome counts already.
        return [line for line in self.lines if line.kind == LedgerKind.OUTCOME]


def different(left: str, left_number: int, right: str, right_number: int) -> list[str]:
    """Say two numbers that should be equal and are not, in one phrase; else in none."""
    if left_number == right_number:
        return []
    return [f"{left} {left_number:,}, {right} {right_number:,}"]
