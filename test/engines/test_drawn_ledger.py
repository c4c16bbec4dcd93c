"""The ledger of a day: drawn up from what was counted, and balanced."""

from __future__ import annotations

import unittest
from collections import Counter
from collections.abc import Iterable

from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.engines.drawn_ledger import CountedPings, draw_up
from crash_rate_aggregates.engines.kernel import VerdictCounts
from crash_rate_aggregates.errors import LedgerImbalanceError
from crash_rate_aggregates.ledger import CarriedLine, Ledger, LedgerLine
from crash_rate_aggregates.outcomes import Adjustment, DocType, Outcome

DIMENSIONS = (Dimension("os_name", ("a",)), Dimension("country", ("b",)))
BOTH = int(Adjustment.USAGE_CAPPED | Adjustment.BAD_HISTOGRAM)


def counts(read: int, **passed: int) -> VerdictCounts:
    """Make counts of pings of which some passed."""
    return VerdictCounts(read, Counter(), Counter(passed))


def group(
    doc_type: str,
    pings: int,
    *,
    adjustments: int = 0,
    process_type: str | None = None,
    application: str | None = "Firefox",
    carried: str = "1000",
) -> CountedPings:
    """Make counted pings that are alike."""
    return CountedPings(doc_type, adjustments, process_type, application, carried, pings)


def drawn(verdicts: VerdictCounts, counted: Iterable[CountedPings], left_out: int = 0) -> Ledger:
    """Draw up a ledger of pings with two dimensions."""
    return draw_up(verdicts, counted, left_out, DIMENSIONS)


class DrawUpTest(unittest.TestCase):
    def test_every_kind_of_line(self) -> None:
        """Outcomes, adjustments and process types are counted by doc type, in a fixed order."""
        verdicts = counts(12, main=5, crash=4)
        verdicts.ignored[Outcome.OTHER_DOC_TYPE, DocType.OTHER] = 2
        verdicts.other_doc_types["event"] = 2
        verdicts.ignored[Outcome.UNREADABLE, DocType.UNKNOWN] = 1
        counted = [
            group("main", 1),
            group("main", 2, adjustments=BOTH),
            group("crash", 1, adjustments=int(Adjustment.BAD_HISTOGRAM), process_type="gpu"),
            group("crash", 1, process_type="gpu"),
            group("crash", 2, process_type="absent"),
        ]
        expected = (
            LedgerLine("crash", "adjustment", "bad_histogram", 1),
            LedgerLine("crash", "outcome", "counted", 4),
            LedgerLine("crash", "process_type", "absent", 2),
            LedgerLine("crash", "process_type", "gpu", 2),
            LedgerLine("main", "adjustment", "bad_histogram", 2),
            LedgerLine("main", "adjustment", "usage_capped", 2),
            LedgerLine("main", "outcome", "counted", 3),
            LedgerLine("main", "outcome", "duplicate", 2),
            LedgerLine("other", "doc_type", "event", 2),
            LedgerLine("other", "outcome", "other_doc_type", 2),
            LedgerLine("unknown", "outcome", "unreadable", 1),
        )
        self.assertEqual(drawn(verdicts, counted), Ledger(expected))
        self.assertEqual(drawn(verdicts, reversed(counted)), Ledger(expected))

    def test_groups_add_up(self) -> None:
        """An adjustment is counted over all groups of a doc type that have it."""
        capped = int(Adjustment.USAGE_CAPPED)
        counted = [
            group("main", 2, adjustments=BOTH),
            group("main", 3, adjustments=capped, carried="0100"),
            group("main", 4, adjustments=capped, application=None),
        ]
        lines = [one for one in drawn(counts(9, main=9), counted).lines if one.kind == "adjustment"]
        self.assertEqual(
            lines,
            [
                LedgerLine("main", "adjustment", "bad_histogram", 2),
                LedgerLine("main", "adjustment", "usage_capped", 9),
            ],
        )

    def test_left_out(self) -> None:
        """v4 crash pings left out for Glean ones are no duplicates, and the ledger balances."""
        ledger = drawn(counts(9, crash=9), [group("crash", 4, process_type="main")], left_out=3)
        self.assertEqual(
            ledger.lines,
            (
                LedgerLine("crash", "outcome", "also_sent_as_glean", 3),
                LedgerLine("crash", "outcome", "counted", 4),
                LedgerLine("crash", "outcome", "duplicate", 2),
                LedgerLine("crash", "process_type", "main", 4),
            ),
        )

    def test_carried(self) -> None:
        """Of each application it is told how many pings had each dimension, 0 where none had.

        Likewise of a client's id and of active ticks.
        """
        ledger = drawn(
            counts(12, main=5, crash=7),
            [
                group("main", 2, carried="1111"),
                group("main", 3, carried="1010"),
                group("crash", 3, carried="0100", application=None),
                group("crash", 4, carried="0100", application=None),
            ],
        )
        self.assertCountEqual(
            ledger.carried,
            [
                CarriedLine("Firefox", "main", None, 5),
                CarriedLine("Firefox", "main", "os_name", 5),
                CarriedLine("Firefox", "main", "country", 2),
                CarriedLine("Firefox", "crash", None, 0),
                CarriedLine("Firefox", "crash", "os_name", 0),
                CarriedLine("Firefox", "crash", "country", 0),
                CarriedLine(None, "main", None, 0),
                CarriedLine(None, "main", "os_name", 0),
                CarriedLine(None, "main", "country", 0),
                CarriedLine(None, "crash", None, 7),
                CarriedLine(None, "crash", "os_name", 0),
                CarriedLine(None, "crash", "country", 7),
                CarriedLine("Firefox", "main", "client id", 5),
                CarriedLine("Firefox", "main", "active ticks", 2),
                *(
                    CarriedLine(application, doc_type, name, 0)
                    for application, doc_type in (
                        *(("Firefox", "crash"), (None, "main"), (None, "crash")),
                    )
                    for name in ("client id", "active ticks")
                ),
            ],
        )

    def test_carried_by_baseline_pings(self) -> None:
        """An application whose usage ping is another has lines of it too."""
        ledger = drawn(
            counts(3, baseline=3), [group("baseline", 3, application="Focus", carried="0010")]
        )
        found = {
            (line.doc_type, line.dimension): line.pings
            for line in ledger.carried
            if line.application == "Focus"
        }
        names = (None, "os_name", "country", "client id", "active ticks")
        self.assertEqual(
            found,
            {("main", name): 0 for name in names}
            | {("crash", name): 0 for name in names}
            | {("baseline", name): 3 if name in (None, "client id") else 0 for name in names},
        )

    def test_many_applications(self) -> None:
        """The 50 most frequent applications are named; the rest is one."""
        counted = [group("main", 2 if n else 1, application=f"app-{n:02}") for n in range(60)]
        total = sum(one.pings for one in counted)
        pings = {
            line.application: line.pings
            for line in drawn(counts(total, main=total), counted).carried
            if line.doc_type == "main" and line.dimension is None
        }
        self.assertEqual(pings, {f"app-{n:02}": 2 for n in range(1, 51)} | {"all others": 19})

    def test_frequent_application_of_small_groups(self) -> None:
        """How frequent an application is, is told by all its groups together."""
        counted = [group("main", 2, application=f"app-{n:02}") for n in range(50)]
        counted += [group(of, 1, application="app-99") for of in ("main", "crash", "main")]
        ledger = drawn(counts(103, main=102, crash=1), counted)
        names = {line.application for line in ledger.carried}
        self.assertEqual(names, {"app-99", "all others", *(f"app-{n:02}" for n in range(49))})

    def test_many_doc_types(self) -> None:
        """The 20 most frequent other doc types are named; the rest is summed."""
        verdicts = counts(59)
        for n in range(30):
            verdicts.other_doc_types[f"type-{n:02}"] = 2 if n else 1
        verdicts.ignored[Outcome.OTHER_DOC_TYPE, DocType.OTHER] = 59
        lines = [
            (line.name, line.pings) for line in drawn(verdicts, []).lines if line.kind == "doc_type"
        ]
        self.assertEqual(lines, [("all others", 19), *((f"type-{n:02}", 2) for n in range(1, 21))])

    def test_empty_day(self) -> None:
        """A day without pings has an empty ledger."""
        self.assertEqual(drawn(VerdictCounts(), []), Ledger())

    def test_imbalance_is_an_error(self) -> None:
        """A ping that was read and is nowhere, or is counted without having been read, is found."""
        counted = [group("main", 2)]
        for verdicts in (counts(3, main=2), counts(1, main=2), counts(2, main=1)):
            with self.assertRaisesRegex(LedgerImbalanceError, f"read {verdicts.read}, outcomes"):
                drawn(verdicts, counted)

    def test_all_that_does_not_balance(self) -> None:
        """The message tells each fault, and what became of the day."""
        with self.assertRaises(LedgerImbalanceError) as raised:
            drawn(counts(3, main=1), [group("main", 2)])
        self.assertEqual(
            str(raised.exception),
            "the ledger does not balance: -1 main pings duplicate; pings read 3, outcomes 1: this "
            "is a defect, please report it; the day was not replaced",
        )

    def test_process_type_of_that_name(self) -> None:
        """A process type that is called as the rest is takes no place of another."""
        names = [f"type-{n:02}" for n in range(50)]
        counted = [group("crash", 1, process_type=name) for name in names]
        counted += [group("crash", 9, process_type="all others")]
        lines = [
            (line.name, line.pings)
            for line in drawn(counts(59, crash=59), counted).lines
            if line.kind == "process_type"
        ]
        self.assertEqual(lines, [("all others", 9), *((name, 1) for name in names)])

    def test_many_process_types(self) -> None:
        """The 50 most frequent process types are named, by name where equal; the rest is summed."""
        counted = [group("crash", 2 if n else 1, process_type=f"type-{n:02}") for n in range(60)]
        total = sum(one.pings for one in counted)
        lines = [
            (line.name, line.pings)
            for line in drawn(counts(total, crash=total), counted).lines
            if line.kind == "process_type"
        ]
        named = [(f"type-{number:02}", 2) for number in range(1, 51)]
        self.assertEqual(lines, [("all others", 19), *named])


if __name__ == "__main__":
    unittest.main()
