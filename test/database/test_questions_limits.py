from __future__ import annotations

import math

from test.database.days import DatabaseTestCase

KNOWN = {
    0: (0.0, 3.688879454),
    1: (0.025317808, 5.571643391),
    10: (4.795388696, 18.390356042),
    100: (81.363991251, 121.626793792),
}
"""Garwood's limits, to nine places."""


class CrashCountLimitsTest(DatabaseTestCase):
    def limits(self, counts):
        rows = self.rows(
            "SELECT crash_count_lower_limit(n), crash_count_upper_limit(n) "
            "FROM unnest(%s::bigint[]) AS n",
            list(counts),
        )
        return dict(zip(counts, rows, strict=True))

    def test_known_values(self):
        """The limits are the exact ones of Garwood."""
        for count, (lower, upper) in self.limits(list(KNOWN)).items():
            self.assertAlmostEqual(lower, KNOWN[count][0], 8)
            self.assertAlmostEqual(upper, KNOWN[count][1], 8)

    def test_small_counts(self):
        """Up to 300 crashes the limits are exact to nine digits."""
        counts = [*range(1, 21), 50, 99, 100, 150, 200, 250, 299, 300]
        for count, (lower, upper) in self.limits(counts).items():
            with self.subTest(count=count):
                self.assert_close(lower, limit(count - 1, 0.975), 1e-9)
                self.assert_close(upper, limit(count, 0.025), 1e-9)

    def test_large_counts(self):
        """Beyond 300 crashes the limits are exact to five digits."""
        for count, (lower, upper) in self.limits([301, 400, 1_000, 5_000]).items():
            with self.subTest(count=count):
                self.assert_close(lower, limit(count - 1, 0.975), 1e-5)
                self.assert_close(upper, limit(count, 0.025), 1e-5)

    def test_no_counts(self):
        """What is no count has no limits; sums, which are numeric, need no cast."""
        self.assertEqual(
            self.rows(
                "SELECT crash_count_lower_limit(-1), crash_count_upper_limit(1.5), "
                "crash_count_upper_limit(NULL), crash_count_lower_limit(sum(n)) "
                "FROM (VALUES (0::bigint)) AS counts (n)"
            ),
            [(None, None, None, 0.0)],
        )

    def test_comments_name_the_sources(self):
        """The function's comment says where the formula comes from."""
        ((comment,),) = self.rows(
            "SELECT obj_description('crash_count_limit(numeric, boolean)'::regprocedure, 'pg_proc')"
        )
        self.assertIn("Garwood", comment)
        self.assertIn("Wilson and Hilferty", comment)

    def assert_close(self, number, expected, relative):
        self.assertLess(abs(number / expected - 1), relative, (number, expected))


def limit(last_term, wanted):
    """Return by bisection the mean at which P(X <= last_term) is as wanted."""
    low, high = 0.0, 2.0 * last_term + 20.0
    for _ in range(60):
        mean = (low + high) / 2
        logarithm = math.log(mean)
        total = math.fsum(
            math.exp(term * logarithm - mean - math.lgamma(term + 1))
            for term in range(last_term + 1)
        )
        low, high = (mean, high) if total > wanted else (low, mean)
    return low
