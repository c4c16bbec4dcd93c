"""Heka's framing: records in a stream, and what damage to one costs."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
import unittest
from collections.abc import Iterator

import cramjam
from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.sources.formats.heka.heka_pb2 import Header, Message
from crash_rate_aggregates.sources.formats.heka.records import begins_with_record, messages
from crash_rate_aggregates.sources.formats.lines import MAX_PING_BYTES
from crash_rate_aggregates.sources.interface import DamagedStreamError, Unreadable
from crash_rate_aggregates.sources.reading import FORMATS
from test.dataset import DAY, main_ping
from test.property_tests import examples
from test.sources.mirrors.heka import record, snappy, write_heka
from test.sources.stored import chunked, read

MIB = 1 << 20
# Bodies with all the bytes that mark records, and whole records, inside.
INNER = record(Message(uuid=b"i", timestamp=1, payload=b"{}").SerializeToString())


def encoded(body: bytes) -> bytes:
    """Write a message with a body."""
    return Message(uuid=bytes(16), timestamp=1, payload=body).SerializeToString()


def bodies(content: bytes, chunk_bytes: int = 1 << 18) -> list[bytes | None]:
    """Return the body of each message, None for what is unreadable."""
    return [
        None if found is None else found.payload
        for found in messages(chunked(content, chunk_bytes))
    ]


RECORDS = [record(encoded(body)) for body in (b"first", b"second" * 20, INNER * 3, b"last")]
FIRST, SECOND, THIRD, LAST = [b"first", b"second" * 20, INNER * 3, b"last"]
FILE = b"".join(RECORDS)


class FramingTest(unittest.TestCase):
    def test_all_records_however_cut(self) -> None:
        """Records come whole and in order, in chunks of any size."""
        for size in (1, 2, 3, 5, 17, 1000):
            self.assertEqual(bodies(FILE, size), [FIRST, SECOND, THIRD, LAST])
        self.assertEqual(bodies(b""), [])

    def test_snappy_is_not_flagged(self) -> None:
        """A compressed record is told from a plain one by what it decodes to."""
        content = RECORDS[0] + record(snappy(encoded(b"x" * 1000))) + RECORDS[3]
        self.assertEqual(bodies(content), [FIRST, b"x" * 1000, LAST])

    def test_other_header_fields(self) -> None:
        """Header fields that sign a message, and an id that is no UUID, do not matter."""
        message = Message(
            uuid=b"cb83aba5-a564-43a4-ad8a-bacf2e770d5c", timestamp=1
        ).SerializeToString()
        header = Header(message_length=len(message)).SerializeToString() + b"\x18\x01\x22\x01x"
        content = bytes((0x1E, len(header))) + header + b"\x1f" + message
        self.assertEqual(bodies(content + RECORDS[3]), [b"", LAST])

    def test_a_line_end_behind_a_record(self) -> None:
        """Line ends between and behind records are no pings."""
        self.assertEqual(bodies(b"\n".join(RECORDS) + b"\r\n"), [FIRST, SECOND, THIRD, LAST])

    def test_format_is_told_by_the_framing(self) -> None:
        """A record's header tells the format, whatever the file's name is."""
        self.assertLess(
            [known.name for known in FORMATS].index("Heka"), len(FORMATS) - 1, "JSON takes all"
        )
        content = write_heka([main_ping()], day=DAY)
        for name in ("part-0", "x.json", "x.gz"):
            (ping,), damage = read(gzip.compress(content), name)
            assert isinstance(ping, bytes)
            self.assertEqual((json.loads(ping)["type"], damage), ("main", None))
        for other in (
            b"",
            b"\x1e",
            b'\x1e{"a":1}\n',
            b"{}",
            INNER[1:],
            b"\x1e\x02\x08\x05 ",
            b"PAR1",
        ):
            self.assertFalse(begins_with_record(other), other)

    def test_a_frame_alone_is_no_record(self) -> None:
        """A line that is framed like a record, and does not decode, is a ping among others."""
        good = json.dumps(main_ping()).encode()
        frame = b"\x1e\x02\x08\x01\x1fX"
        behind_the_head = b"\x1e\x05\x08\x80\x80\x80\x08\x1f"  # It says 16 MiB.
        for line in (frame, frame * 2, behind_the_head):
            self.assertEqual(read(b"\n".join((line, good, good))), ([line, good, good], None))
        self.assertTrue(begins_with_record(behind_the_head + bytes(MIB)))

    def test_crafted_frames_take_no_time(self) -> None:
        """The format of a file full of frames that hold each other is told at once."""
        size = 500_000
        overlapping = Header(message_length=size).SerializeToString()
        start = bytes((0x1E, len(overlapping))) + overlapping + b"\x1f"
        began = time.process_time()
        begins_with_record(b"x" + start * (2 * size // len(start)))
        self.assertLess(time.process_time() - began, 5)

    def test_a_file_whose_first_record_is_bad(self) -> None:
        """Two records in a row, one of them sound, tell the format where the first one is bad."""
        self.assertTrue(begins_with_record(b"x" + FILE[1:]))
        self.assertTrue(begins_with_record(record(b"\xff" * 9) + RECORDS[0]))
        self.assertFalse(begins_with_record(b'{"a":"' + INNER + b'"}'))


class DamageTest(unittest.TestCase):
    def test_cut_last_record(self) -> None:
        """A record that breaks off is one unreadable ping, wherever it was cut."""
        for end in range(len(FILE) - len(RECORDS[3]) + 1, len(FILE)):
            self.assertEqual(bodies(FILE[:end]), [FIRST, SECOND, THIRD, None])
        self.assertEqual(bodies(FILE[: -len(RECORDS[3])]), [FIRST, SECOND, THIRD])

    def test_each_flipped_byte_costs_one_record(self) -> None:
        """Whichever byte of a record's framing is another, only that record is unreadable."""
        start = len(RECORDS[0])
        for place in range(5):
            for value in {0, 1, 0x1E, 0x1F, 0xFF, FILE[start + place] ^ 4} - {FILE[start + place]}:
                with self.subTest(place=place, value=value):
                    damaged = bytearray(FILE)
                    damaged[start + place] = value
                    self.assertEqual(bodies(bytes(damaged)), [FIRST, None, THIRD, LAST])

    def test_damaged_messages(self) -> None:
        """A message that does not decode costs itself, even if it holds whole records."""
        bad = record(b"\xff" * 9 + INNER + b"\xff" * 9)
        content = RECORDS[0] + bad + bad + RECORDS[3]
        self.assertEqual(bodies(content), [FIRST, None, None, LAST])
        self.assertEqual(bodies(content, 1), [FIRST, None, None, LAST])

    def test_bytes_between_records(self) -> None:
        """Bytes between two records, as many as they are, are one unreadable ping."""
        for garbage in (b"x", b"\x1e", b"\x1e\x02\x08\x05\x1f", bytes(100_000), b"\x1e\x1f" * 999):
            content = garbage + RECORDS[0] + garbage + RECORDS[3] + garbage
            self.assertEqual(bodies(content), [None, FIRST, None, LAST, None], garbage[:9])

    def test_required_fields(self) -> None:
        """A message without the fields that every one has is unreadable."""
        self.assertEqual(bodies(record(b"") + RECORDS[3]), [None, LAST])

    def test_damage_of_the_compressed_file(self) -> None:
        """In a damaged gzip file, records before the damage count; the cut one is unreadable."""
        content = write_heka([main_ping()] * 500, day=DAY)
        stored = gzip.compress(content, 0)
        pings, damage = read(stored[: len(stored) // 2])
        self.assertRegex(damage or "", "breaks off")
        self.assertGreater(len(pings), 200)
        self.assertEqual(pings[-1], Unreadable.PING)
        self.assertNotIn(Unreadable.PING, pings[:-1])

    @examples(2)
    @given(
        st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), max_size=3),
        st.sampled_from([1, 7, 4096]),
    )
    def test_damage_is_the_same_however_cut(self, flips: list[tuple[int, int]], size: int) -> None:
        """A damaged file gives the same pings in chunks of any size, at most one a byte."""
        damaged = bytearray(FILE)
        for place, value in flips:
            damaged[place] = value
        self.assertEqual(bodies(bytes(damaged), size), bodies(bytes(damaged)))


class BoundsTest(unittest.TestCase):
    def test_bound_is_exact(self) -> None:
        """A message of 16 MiB is read; one with a byte more is unreadable."""
        overhead = len(encoded(b"x" * (MIB * 16))) - MIB * 16
        for size, expected in ((MAX_PING_BYTES, 1), (MAX_PING_BYTES + 1, 0)):
            message = encoded(b"x" * (size - overhead))
            self.assertEqual(len(message), size)
            found = list(messages([record(message), RECORDS[3]]))
            self.assertEqual(sum(m is not None for m in found), 1 + expected)
            self.assertEqual(len(found), 2)

    def test_large_records_are_not_held(self) -> None:
        """A record of 200 MiB is passed over in a few MiB of memory."""

        def chunks() -> Iterator[bytes]:
            header = Header(message_length=200 * MIB).SerializeToString()
            yield bytes((0x1E, len(header))) + header + b"\x1f"
            yield from (bytes(MIB) for _ in range(200))
            yield RECORDS[3]

        tracemalloc.start()
        found = [message and message.payload for message in messages(chunks())]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertEqual(found, [None, LAST])
        self.assertLess(peak, 8 * MIB)

    def test_bombs(self) -> None:
        """Snappy that says it makes more than a message may have is not decompressed."""
        bomb = snappy(encoded(b"x" * (33 * MIB)))
        self.assertLess(len(bomb), 2 * MIB)
        lie = b"\x80\x80\x80\x10" + bytes(20)  # It says 32 MiB of 20 bytes.
        self.assertEqual(cramjam.snappy.decompress_raw_len(lie), 32 * MIB)
        content = record(bomb) + record(lie) * 10_000 + RECORDS[3]
        start = time.process_time()
        found = bodies(content)
        self.assertEqual((len(found), found[0], found[-1]), (10_002, None, LAST))
        self.assertLess(time.process_time() - start, 5)

    def test_millions_of_empty_fields(self) -> None:
        """A message of a million fields with nothing in them is decoded one field at a time."""
        message = encoded(b"{}") + b"R\0" * 1_000_000
        self.assertEqual(len(read(record(message))[0]), 1)

    def test_records_within_records(self) -> None:
        """A crafted file of overlapping bad records is read in time that grows with its size."""
        size = 200_000
        overlapping = Header(message_length=size).SerializeToString()
        start = bytes((0x1E, len(overlapping))) + overlapping + b"\x1f"
        began = time.process_time()
        found = bodies(start * (2 * size // len(start)) + RECORDS[3])
        self.assertLess(time.process_time() - began, 10)
        self.assertIn(None, found)


class DamagedStreamTest(unittest.TestCase):
    def test_damage_is_told_after_what_is_sound(self) -> None:
        """Damage of the stream is raised after the records before it."""

        def chunks() -> Iterator[bytes]:
            yield FILE
            yield RECORDS[0][:5]
            raise DamagedStreamError("cut")

        found = []
        with self.assertRaisesRegex(DamagedStreamError, "cut"):
            for message in messages(chunks()):
                found.append(message and message.payload)  # noqa: PERF401  Till it raises.
        self.assertEqual(found, [FIRST, SECOND, THIRD, LAST, None])


if __name__ == "__main__":
    unittest.main()
