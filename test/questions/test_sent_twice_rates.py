"""Rates leave out half of the main crashes that were sent twice."""

from __future__ import annotations

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.questions.rates import crash_rates
from test.database.sample_days import Row, day
from test.questions.stored_days import QuestionsTestCase


def crashes(channel: str, main: int, twice: int, content: int = 0) -> Row:
    """Make an aggregate of 1,000 hours."""
    return Row(
        {"channel": channel},
        {
            "ping_count": 1,
            "usage_seconds": 3_600_000,
            "main_crashes": main,
            "main_crashes_sent_twice": twice,
            "content_crashes": content,
            "content_crashes_not_at_shutdown": content,
        },
    )


class SentTwiceRatesTest(QuestionsTestCase):
    def test_half_is_left_out(self) -> None:
        """Of 10 main crashes, 4 of them sent twice, 8 count: in the rate, its limits and M+C-S."""
        replace_day(self.connection, day(crashes("nightly", 10, 4, content=3)))
        (rates,) = crash_rates(self.connection)
        main = rates.kinds["main"]
        self.assertEqual((main.crashes, main.per_1000_hours), (8, 8.0))
        self.assert_interval((main.per_1000_hours, main.lower, main.upper), 8, 1000)
        both = rates.kinds["main_and_content_minus_shutdown"]
        self.assertEqual((both.crashes, both.per_1000_hours), (11, 11.0))

    def test_odd_number(self) -> None:
        """Of an odd number one copy did not arrive: 3 pings are 2 crashes, and 1 is one."""
        for twice, counted in ((0, 3), (1, 3), (2, 2), (3, 2)):
            replace_day(self.connection, day(crashes("nightly", 3, twice)))
            (rates,) = crash_rates(self.connection)
            main = rates.kinds["main"]
            self.assertEqual((main.crashes, main.per_1000_hours), (counted, counted))

    def test_halves_of_sums(self) -> None:
        """The half is that of a group's sum: copies that fell into two rows are found there."""
        replace_day(self.connection, day(crashes("beta", 1, 1), crashes("nightly", 1, 1)))
        self.assertEqual(
            [one.kinds["main"].crashes for one in crash_rates(self.connection)], [1, 1]
        )
        (everything,) = crash_rates(self.connection, [])
        main = everything.kinds["main"]
        self.assertEqual((main.crashes, main.per_1000_hours), (1, 0.5))

    def test_all_sent_twice(self) -> None:
        """A group whose main crashes were all sent twice keeps half of them."""
        replace_day(self.connection, day(crashes("nightly", 6, 6)))
        (rates,) = crash_rates(self.connection)
        main = rates.kinds["main"]
        self.assertEqual(main.crashes, 3)
        self.assert_interval((main.per_1000_hours, main.lower, main.upper), 3, 1000)
