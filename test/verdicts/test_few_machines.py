from __future__ import annotations

import unittest

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.verdicts.few_machines import (
    ClientDays,
    Machines,
    MachinesVerdict,
    burst_factor,
    few_or_many,
    machines_line,
)
from test import property_tests

_USUAL = (300.0, 80.0, 60.0, 40.0, 0.0)
"""Crashes of a day by clients that crash once, twice, 3 to 5, 6 to 20 times, more often."""
_CRASHED = (300.0, 40.0, 20.0, 5.0, 0.0)
"""How many such clients there are: 365."""


def _days(
    *crashes: tuple[float, ...], crashed: tuple[float, ...] = _CRASHED, active: float = 10_000
) -> ClientDays:
    days = len(crashes)
    return ClientDays(np.full(days, active), np.array([crashed] * days), np.array(crashes))


_BEFORE = _days(*[_USUAL] * 14)
_ONE = np.array([1.0])


class FewMachinesTest(unittest.TestCase):
    def test_one_machine(self) -> None:
        """500 more crashes by one client are few machines."""
        now = _days((300, 80, 60, 40, 500), crashed=(300, 40, 20, 5, 1))
        found = few_or_many(_BEFORE, now)
        self.assertEqual((found.machines, found.crashes), (Machines.FEW, 980))
        self.assertAlmostEqual(found.excess or 0, 500, places=9)
        self.assertAlmostEqual(found.share_of_often or 0, 1, places=9)
        self.assertAlmostEqual(found.more_often or 0, 1 / 365, places=9)
        self.assertAlmostEqual(found.rise_of_clients or 0, 1 / 365, places=9)

    def test_many_machines(self) -> None:
        """500 more crashes by as many clients are many machines."""
        now = _days((800, 80, 60, 40, 0), crashed=(800, 40, 20, 5, 0))
        found = few_or_many(_BEFORE, now)
        self.assertEqual(found.machines, Machines.MANY)
        self.assertAlmostEqual(found.share_of_often or 0, 0, places=9)
        self.assertAlmostEqual(found.rise_of_clients or 0, 500 / 365, places=9)

    def test_in_between(self) -> None:
        """A third of the excess by clients with 6 crashes or more is neither."""
        found = few_or_many(_BEFORE, _days((400, 180, 60, 140, 0)))
        self.assertEqual(found.machines, Machines.UNCLEAR)
        self.assertAlmostEqual(found.share_of_often or 0, 1 / 3, places=9)

    def test_many_clients_that_crash_often(self) -> None:
        """Where a tenth of the crashing clients begin to crash often they are not few."""
        crashes = (300.0, 80.0, 60.0, 440.0, 0.0)
        for clients, machines in ((41, Machines.FEW), (42, Machines.UNCLEAR)):
            with self.subTest(clients=clients):
                now = _days(crashes, crashed=(264, 40, 20, clients, 0))
                self.assertEqual(few_or_many(_BEFORE, now).machines, machines)

    def test_more_clients_that_crash_at_all(self) -> None:
        """Where a quarter more clients crash they are not few, whoever crashes most."""
        crashes = (300.0, 80.0, 60.0, 440.0, 0.0)
        for clients, machines in ((391, Machines.FEW), (392, Machines.UNCLEAR)):
            with self.subTest(clients=clients):
                now = _days(crashes, crashed=(clients, 40, 20, 5, 0))
                self.assertEqual(few_or_many(_BEFORE, now).machines, machines)

    def test_the_edges(self) -> None:
        """Half of the excess is not over half, a quarter not under it."""
        for now, machines in (
            ((350, 80, 60, 90, 0), Machines.UNCLEAR),
            ((349, 80, 60, 91, 0), Machines.FEW),
            ((375, 80, 60, 65, 0), Machines.UNCLEAR),
            ((376, 80, 60, 64, 0), Machines.MANY),
        ):
            with self.subTest(now=now):
                # One active client keeps whole numbers whole, so that no rounding decides.
                same = ClientDays(_ONE, np.array([_CRASHED]), np.array([now], dtype=float))
                before = ClientDays(_ONE, np.array([_CRASHED]), np.array([_USUAL]))
                self.assertEqual(few_or_many(before, same).machines, machines)

    def test_more_active_clients_let_expect_more(self) -> None:
        """Twice the clients with twice the crashes are no excess, of which nothing can be said."""
        doubled, crashed = (tuple(2 * count for count in one) for one in (_USUAL, _CRASHED))
        found = few_or_many(_BEFORE, _days(doubled, crashed=crashed, active=20_000))
        self.assertAlmostEqual(found.excess or 0, 0, places=9)
        self.assertAlmostEqual(found.rise_of_clients or 0, 0, places=9)

    def test_a_wild_day_before_hides_nothing(self) -> None:
        """One machine with 9,000 crashes on a day before changes nothing that is expected."""
        wild = (300.0, 80.0, 60.0, 40.0, 9000.0)
        now = _days((300, 80, 60, 40, 500), crashed=(300, 40, 20, 5, 1))
        before = _days(*[_USUAL] * 13, wild)
        self.assertEqual(few_or_many(before, now), few_or_many(_BEFORE, now))

    def test_few_days_before_are_summed(self) -> None:
        """With under a week before, what is expected is their mean by active client."""
        more = (500.0, 80.0, 60.0, 40.0, 0.0)
        found = few_or_many(_days(_USUAL, more), _days((900, 80, 60, 40, 0)))
        self.assertAlmostEqual(found.excess or 0, 500, places=9)

    def test_of_fewer_than_five_clients_nothing_is_told(self) -> None:
        """Where 4 clients crashed, now or before, only the crashes are told; 5 are enough."""
        only = MachinesVerdict(crashes=90)
        four, five = (0, 0, 0, 0, 4), (0, 0, 0, 0, 5)
        self.assertEqual(few_or_many(_BEFORE, _days((0, 0, 0, 0, 90), crashed=four)), only)
        before = _days((4, 0, 0, 0, 0), crashed=(4, 0, 0, 0, 0))
        self.assertEqual(few_or_many(before, _days((0, 0, 0, 0, 90), crashed=five)), only)
        told = few_or_many(_BEFORE, _days((0, 0, 0, 0, 9000), crashed=five))
        self.assertEqual(told.machines, Machines.FEW)

    def test_the_first_crashes_at_all(self) -> None:
        """Where nobody crashed before, who crashes now can still be many."""
        before = _days((0, 0, 0, 0, 0), crashed=(0, 0, 0, 0, 0))
        found = few_or_many(before, _days((200, 20, 0, 0, 0), crashed=(200, 10, 0, 0, 0)))
        self.assertEqual((found.machines, found.rise_of_clients), (Machines.MANY, None))

    def test_what_people_read(self) -> None:
        """The word, whose share of the excess, and how many clients more."""
        many = _days((800, 80, 60, 40, 0), crashed=(800, 40, 20, 5, 0))
        fewer = _days((200, 80, 60, 40, 0))
        lines = {
            "few machines: 100% of the excess by clients with 6 crashes or more a day, "
            "clients that crashed +0%": few_or_many(_BEFORE, _days((300, 80, 60, 40, 500))),
            "many machines: 0% of the excess by clients with 6 crashes or more a day, "
            "clients that crashed +137%": few_or_many(_BEFORE, many),
            "90 crashes of fewer than 5 clients": MachinesVerdict(90),
            "cannot say whether few machines or many": few_or_many(_BEFORE, fewer),
        }
        for line, verdict in lines.items():
            self.assertEqual(machines_line(verdict), line)


class BurstFactorTest(unittest.TestCase):
    def test_by_hand(self) -> None:
        """Each day 80 clients crash once and 10 twice: 120 squares by 100 crashes."""
        days = np.arange(14)
        self.assertAlmostEqual(burst_factor([120] * 14, [100] * 14, days) or 0, 1.2, places=12)

    def test_weeks_are_weighed_by_their_crashes(self) -> None:
        """Within a week squares and crashes are added, not the days' ratios averaged."""
        squares, crashes = [300, *[100] * 6] * 2, [100, *[100] * 6] * 2
        self.assertAlmostEqual(burst_factor(squares, crashes, np.arange(14)) or 0, 9 / 7, places=12)

    def test_one_machine_on_one_day_does_not_decide(self) -> None:
        """A client with 5,000 crashes on one of 56 days leaves phi as it was."""
        squares, crashes = np.full(56, 120.0), np.full(56, 100.0)
        squares[20] += 5000**2
        crashes[20] += 5000
        self.assertAlmostEqual(burst_factor(squares, crashes, np.arange(56)) or 0, 1.2, places=12)

    def test_too_little_is_known(self) -> None:
        """Without two weeks of 50 crashes there is no factor."""
        self.assertIsNone(burst_factor([], [], []))
        self.assertIsNone(burst_factor([120] * 7, [100] * 7, np.arange(7)))
        self.assertIsNone(burst_factor([8] * 56, [7] * 56, np.arange(56)))
        self.assertIsNotNone(burst_factor([120] * 2, [100] * 2, [0, 7]))

    def test_gaps_between_days(self) -> None:
        """Weeks are by the days' numbers, counted back from the last one."""
        factor = burst_factor([200, 100, 100, 400], [100] * 4, [30, 24, 23, 17])
        # The week of days 24 to 30 has 3/2, that of days 17 to 23 has 5/2.
        self.assertAlmostEqual(factor or 0, 2, places=12)

    @property_tests.examples(0.5)
    @given(
        st.lists(st.lists(st.integers(1, 30), min_size=10, max_size=30), min_size=14, max_size=20)
    )
    def test_never_below_one(self, clients: list[list[int]]) -> None:
        """Whatever clients do, phi is 1 or more, and at most the most crashes of one."""
        squares = [sum(count**2 for count in day) for day in clients]
        factor = burst_factor(squares, [sum(day) for day in clients], np.arange(len(clients)))
        if factor is not None:
            self.assertGreaterEqual(factor, 1)
            self.assertLessEqual(factor, max(max(day) for day in clients))


if __name__ == "__main__":
    unittest.main()
