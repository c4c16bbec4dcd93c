"""How the files of a day are dealt to workers."""

from __future__ import annotations

import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.engines.split import PACK_BYTES, SHARE_BYTES, shared_blocks, split_work
from crash_rate_aggregates.errors import DamagedFileError
from crash_rate_aggregates.sources.interface import StoredFile, Unreadable
from test.dataset import full_size_ping, json_text, main_ping
from test.engines.made_days import day_request, write_day
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


class SharedBlocksTest(unittest.TestCase):
    def test_blocks_hold_all_pings(self) -> None:
        """A shared file's pings travel in blocks of a few MiB, each once and in order."""
        root = Path(self.enterContext(TemporaryDirectory()))
        small, large = json_text(main_ping()), json_text(full_size_ping())
        lines = [large, b"x", small] * 200
        request = day_request(write_day(root, {"a": b"\n".join(lines)}))
        blocks = list(shared_blocks(request, request.files[0], []))
        self.assertEqual([bytes_of(ping) for block in blocks for ping in block.pings], lines)
        sizes = [sum(len(bytes_of(ping)) for ping in block.pings) for block in blocks]
        self.assertEqual(len(sizes), 3)
        self.assertLess(max(sizes), 6 << 20)

    def test_damage(self) -> None:
        """A shared file that breaks off fails the day, or is listed after its sound pings."""
        root = write_day(Path(self.enterContext(TemporaryDirectory())), {"a.gz": b"{}\n" * 1000})
        path = next(root.glob("*/a.gz"))
        path.write_bytes(path.read_bytes()[:-3])
        request = day_request(root)
        with self.assertRaisesRegex(DamagedFileError, f"{path}' is damaged: it breaks off"):
            list(shared_blocks(request, request.files[0], []))
        damaged = []  # type: ignore[var-annotated]  # What it holds is held below.
        request = day_request(root, allow_damaged=True)
        (block,) = shared_blocks(request, request.files[0], damaged)
        self.assertEqual([bytes_of(ping) for ping in block.pings], [b"{}"] * 1000)
        self.assertEqual([file.file for file in damaged], [str(path)])


def bytes_of(ping: object) -> bytes:
    """Return a ping's bytes; one that travels is no view into a chunk."""
    assert isinstance(ping, bytes), ping
    assert not isinstance(ping, Unreadable)
    return ping


if __name__ == "__main__":
    unittest.main()
