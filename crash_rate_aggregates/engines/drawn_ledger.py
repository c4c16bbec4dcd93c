"""Draw up a day's ledger and hold that it balances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.engines.kernel import VerdictCounts
from crash_rate_aggregates.errors import LedgerImbalanceError
from crash_rate_aggregates.ledger import (
    CARRIED_FIELDS,
    CarriedLine,
    Ledger,
    LedgerKind,
    LedgerLine,
)
from crash_rate_aggregates.outcomes import OTHERS, Adjustment, DocType, Outcome

MAX_PROCESS_TYPES = 50
"""Named process types in a ledger; a client can send any text, so the rarest are put together."""
MAX_DOC_TYPES = 20
"""Likewise of what pings of other doc types say they are."""
MAX_APPLICATIONS = 50
"""Likewise of applications."""
_ALWAYS = (DocType.MAIN.value, DocType.CRASH.value)
"""Of these it is said too that there are none."""


class CountedPings(NamedTuple):
    """Counted pings that are alike for the ledger, as the group stage counted them."""

    doc_type: str
    adjustments: int
    process_type: str | None
    application: str | None
    carried: str
    """One digit a dimension, then one each of `CARRIED_FIELDS`: 1 where the pings have a value."""
    pings: int


def draw_up(
    counts: VerdictCounts,
    counted: Iterable[CountedPings],
    left_out: int,
    dimensions: Sequence[Dimension],
) -> Ledger:
    """Return the day's ledger.

    Args:
        counts: What became of pings before the group stage.
        counted: All that the group stage counts, each once.
        left_out: v4 crash pings that it left out for Glean ones.
        dimensions: Those that pings may have carried, in order.

    Raises:
        LedgerImbalanceError: read ≠ counted + ignored + duplicate + left out + unreadable.
    """
    counted = list(counted)
    lines = [
        *_outcomes(counts, counted, left_out),
        *_adjustments(counted),
        *_process_types(counted),
        *_doc_types(counts),
    ]
    ledger = Ledger(tuple(sorted(lines)), tuple(_carried(counted, dimensions)))
    if faults := ledger.faults_of_reading(counts.read):
        raise LedgerImbalanceError(
            f"the ledger does not balance: {'; '.join(faults)}: this is a defect, please report "
            "it; the day was not replaced"
        )
    return ledger


def _outcomes(
    counts: VerdictCounts, counted: Iterable[CountedPings], left_out: int
) -> list[LedgerLine]:
    pings: Counter[tuple[str, Outcome]] = Counter()
    for (reason, ignored_type), number in counts.ignored.items():
        pings[ignored_type.value, reason] += number
    for group in counted:
        pings[group.doc_type, Outcome.COUNTED] += group.pings
    pings[DocType.CRASH.value, Outcome.ALSO_SENT_AS_GLEAN] += left_out
    # Nobody counts duplicates: they are what passed the rules and nothing else became of.
    for doc_type, passed in counts.passed.items():
        others = (Outcome.COUNTED, Outcome.ALSO_SENT_AS_GLEAN)
        pings[doc_type, Outcome.DUPLICATE] = passed - sum(pings[doc_type, one] for one in others)
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
    return [
        LedgerLine(DocType.CRASH.value, LedgerKind.PROCESS_TYPE.value, name, number)
        for name, number in _most(pings, MAX_PROCESS_TYPES).items()
    ]


def _doc_types(counts: VerdictCounts) -> list[LedgerLine]:
    named = _most(counts.other_doc_types, MAX_DOC_TYPES)
    return [
        LedgerLine(DocType.OTHER.value, LedgerKind.DOC_TYPE.value, name, number)
        for name, number in named.items()
    ]


def _carried(
    counted: Iterable[CountedPings], dimensions: Sequence[Dimension]
) -> Iterator[CarriedLine]:
    """Yield how many pings of each application and doc type there are, and had each dimension."""
    of_application: Counter[str] = Counter()
    for group in counted:
        if group.application is not None:
            of_application[group.application] += group.pings
    named = _most(of_application, MAX_APPLICATIONS)
    names = [*(dimension.name for dimension in dimensions), *CARRIED_FIELDS]
    pings: Counter[tuple[str | None, str, str | None]] = Counter()
    for group in counted:
        name = group.application
        shown = name if name is None or name in named else OTHERS
        # Those that had none too: that it is 0 is what is asked for.
        for doc_type in dict.fromkeys((*_ALWAYS, group.doc_type)):
            number = group.pings if doc_type == group.doc_type else 0
            pings[shown, doc_type, None] += number
            for carried, digit in zip(names, group.carried, strict=True):
                pings[shown, doc_type, carried] += number * (digit == "1")
    for (application, doc_type, dimension_name), number in pings.items():
        yield CarriedLine(application, doc_type, dimension_name, number)


def _most(pings: Counter[str], most: int) -> Counter[str]:
    """Return the most frequent by name, and the rest as one."""
    by_frequency = sorted(pings, key=lambda name: (name == OTHERS, -pings[name], name))
    named: Counter[str] = Counter()
    for rank, name in enumerate(by_frequency):
        named[name if rank < most else OTHERS] += pings[name]
    return named
