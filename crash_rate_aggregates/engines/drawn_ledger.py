"""Draw up a day's ledger and hold that it balances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from crash_rate_aggregates.engines.kernel import VerdictCounts
from crash_rate_aggregates.errors import LedgerImbalanceError
from crash_rate_aggregates.ledger import Ledger, LedgerKind, LedgerLine
from crash_rate_aggregates.outcomes import OTHER_PROCESS_TYPES, Adjustment, DocType, Outcome

MAX_PROCESS_TYPES = 50
"""Named process types in a ledger; a client can send any text, so the rarest are put together."""


class CountedPings(NamedTuple):
    """Counted pings that are alike for the ledger, as the group stage counted them."""

    doc_type: str
    adjustments: int
    process_type: str | None
    pings: int


def draw_up(counts: VerdictCounts, counted: Iterable[CountedPings]) -> Ledger:
    """Return the day's ledger.

    Raises:
        LedgerImbalanceError: read ≠ counted + ignored + duplicate + unreadable.
    """
    counted = list(counted)
    lines = [*_outcomes(counts, counted), *_adjustments(counted), *_process_types(counted)]
    ledger = Ledger(tuple(sorted(lines)))
    if faults := ledger.faults_of_reading(counts.read):
        raise LedgerImbalanceError(
            f"the ledger does not balance: {'; '.join(faults)}: this is a defect, please report "
            "it; the day was not replaced"
        )
    return ledger


def _outcomes(counts: VerdictCounts, counted: Iterable[CountedPings]) -> list[LedgerLine]:
    pings: Counter[tuple[str, Outcome]] = Counter()
    for (reason, ignored_type), number in counts.ignored.items():
        pings[ignored_type.value, reason] += number
    for group in counted:
        pings[group.doc_type, Outcome.COUNTED] += group.pings
    # Nobody counts duplicates: they are what passed the rules and is not among the counted.
    for doc_type, passed in counts.passed.items():
        pings[doc_type, Outcome.DUPLICATE] = passed - pings[doc_type, Outcome.COUNTED]
    return [
        LedgerLine(doc_type, LedgerKind.OUTCOME.value, outcome.value, number)
        for (doc_type, outcome), number in pings.items()
        if number
    ]


def _adjustments(counted: Iterable[CountedPings]) -> list[LedgerLine]:
    pings: Counter[tuple[str, Adjustment]] = Counter()
    for group in counted:
        # Bits: a ping that was adjusted in several ways counts in each line.
        for adjustment in Adjustment:
            if group.adjustments & adjustment:
                pings[group.doc_type, adjustment] += group.pings
    return [
        LedgerLine(doc_type, LedgerKind.ADJUSTMENT.value, str(adjustment.name).lower(), number)
        for (doc_type, adjustment), number in pings.items()
    ]


def _process_types(counted: Iterable[CountedPings]) -> list[LedgerLine]:
    pings: Counter[str] = Counter()
    for group in counted:
        if group.process_type is not None:
            pings[group.process_type] += group.pings
    # By name among equals: which are put together must not depend on the order of files.
    by_frequency = sorted(pings, key=lambda name: (-pings[name], name))
    named: Counter[str] = Counter()
    for rank, name in enumerate(by_frequency):
        named[name if rank < MAX_PROCESS_TYPES else OTHER_PROCESS_TYPES] += pings[name]
    return [
        LedgerLine(DocType.CRASH.value, LedgerKind.PROCESS_TYPE.value, name, number)
        for name, number in named.items()
    ]
