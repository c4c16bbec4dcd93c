"""How the pings of one large file travel to all workers."""

from __future__ import annotations

import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from crash_rate_aggregates.engines.embedded.blocks import shared_blocks
from crash_rate_aggregates.errors import DamagedFileError
from crash_rate_aggregates.ledger import DamagedFile
from test.dataset import full_size_ping, json_text, main_ping
from test.engines.made_days import day_request, write_day


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
        damaged: list[DamagedFile] = []
        request = day_request(root, allow_damaged=True)
        (block,) = shared_blocks(request, request.files[0], damaged)
        self.assertEqual([bytes_of(ping) for ping in block.pings], [b"{}"] * 1000)
        self.assertEqual([file.file for file in damaged], [str(path)])


def bytes_of(ping: object) -> bytes:
    """Return a ping's bytes; one that travels is no view into a chunk."""
    assert isinstance(ping, bytes), ping
    return ping


if __name__ == "__main__":
    unittest.main()
