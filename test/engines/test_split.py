"""How the files of a day are dealt to workers."""

from __future__ import annotations

import unittest

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.engines.split import PACK_BYTES, SHARE_BYTES, split_work
from crash_rate_aggregates.sources.interface import StoredFile
from test.property_tests import examples

sizes = st.one_of(
    st.integers(0, 5), st.integers(0, 2 * PACK_BYTES), st.integers(0, 100 * SHARE_BYTES)
)


def stored(*sizes: int) -> list[StoredFile]:
    """Make listed files of sizes."""
    return [StoredFile(f"part-{number}", size) for number, size in enumerate(sizes)]


class SplitWorkTest(unittest.TestCase):
    @examples(1)
    @given(st.lists(sizes, max_size=60), st.integers(1, 70))
    def test_every_file_is_dealt_once(self, sizes: list[int], jobs: int) -> None:
        """Whatever their sizes and the number of jobs, each file is dealt exactly once."""
        files = stored(*sizes)
        work = split_work(files, jobs)
        dealt = [*work.shared, *(file for pack in work.whole for file in pack)]
        self.assertEqual(
            sorted(dealt, key=lambda file: file.url), sorted(files, key=lambda file: file.url)
        )
        for pack in work.whole:
            self.assertTrue(len(pack) == 1 or sum(file.size for file in pack) <= PACK_BYTES)
        largest = [pack[0].size for pack in work.whole]
        self.assertEqual(largest, sorted(largest, reverse=True))
        for file in work.shared:
            self.assertGreater(file.size, max(SHARE_BYTES, sum(sizes) / jobs))

    def test_no_files(self) -> None:
        """A day without files is no work."""
        work = split_work([], 4)
        self.assertEqual((work.whole, work.shared), ((), ()))

    def test_small_files_are_packed(self) -> None:
        """Small files are packed up to 16 MiB, empty ones too; larger ones stand alone."""
        mib = 1 << 20
        work = split_work(stored(9 * mib, 20 * mib, 8 * mib, 0, 8 * mib, 60 * mib), 1)
        packs = [[file.size // mib for file in pack] for pack in work.whole]
        self.assertEqual((packs, work.shared), ([[60], [20], [9], [8, 8, 0]], ()))

    def test_small_day_is_dealt_to_all(self) -> None:
        """A day of small files is dealt as several packs a worker, not as one."""
        work = split_work(stored(*[10] * 12), 2)
        self.assertEqual([len(pack) for pack in work.whole], [2] * 6)

    def test_large_files_are_shared(self) -> None:
        """A file above a worker's fair share, and above 32 MiB, is shared; one job shares none."""
        files = stored(SHARE_BYTES // 2, SHARE_BYTES + 1, 100)
        self.assertEqual(split_work(files, 2).shared, (files[1],))
        self.assertEqual(split_work(files, 1).shared, ())
        even = stored(*[SHARE_BYTES * 2] * 4)
        self.assertEqual(split_work(even, 4).shared, ())
        self.assertEqual(split_work(even, 5).shared, tuple(even))

    def test_order_of_listing_does_not_matter(self) -> None:
        """The same files in another order are dealt the same."""
        files = stored(5, 100, 5, 3 * PACK_BYTES, 7)
        self.assertEqual(split_work(files, 3), split_work(files[::-1], 3))


if __name__ == "__main__":
    unittest.main()
