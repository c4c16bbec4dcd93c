"""gzip and zstd: many members, padding, damage at every byte, names that lie."""

from __future__ import annotations

import bz2
import gzip
import lzma
import unittest
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.errors import UnreadableFileError
from crash_rate_aggregates.sources.formats.compression import (
    decompressed,
    salvaged,
)
from crash_rate_aggregates.sources.formats.zstd_windows import MAX_WINDOW_BYTES, window_bytes
from crash_rate_aggregates.sources.interface import DamagedStreamError, Unreadable
from test.property_tests import examples
from test.sources.stored import (
    COMPRESSIONS,
    PACKED,
    SKIPPABLE,
    UNREADABLE,
    chunked,
    read,
    zstd_compress,
)

LINES = [b'{"line":%d,"rest":"%s"}' % (number, bytes([97 + number]) * 70) for number in range(6)]
TEXT = b"\n".join(LINES) + b"\n"
GZIP, ZSTD = gzip.compress(TEXT), zstd_compress(TEXT)
CUT_OFF = "it breaks off in the middle of its compressed data"


class SoundFilesTest(unittest.TestCase):
    def assert_lines(self, content: bytes, times: int = 1) -> None:
        """Hold that a file has all lines so many times, however it is read."""
        for name in ("part-0", "part-0.json.gz", "part-0.zst"):
            for size in (1, 3, 1 << 18):
                self.assertEqual(read(content, name, size), (LINES * times, None), (name, size))

    def test_plain_and_compressed(self) -> None:
        """Plain, gzip and zstd are told apart by the content, whatever the name says."""
        for content in (TEXT, GZIP, ZSTD, b"\xef\xbb\xbf" + TEXT, b"\n \n" + TEXT):
            self.assert_lines(content)

    def test_many_members_and_frames(self) -> None:
        """Members and frames follow each other, empty ones too, and may split a line."""
        for compress in COMPRESSIONS[1:]:
            empty = compress(b"")
            self.assert_lines(compress(TEXT) * 5, times=5)
            self.assert_lines(empty + compress(TEXT) + empty + empty + compress(TEXT), times=2)
            self.assert_lines(b"".join(compress(piece) for piece in chunked(TEXT, 50)))

    def test_gzip_with_all_header_fields(self) -> None:
        """A gzip header may carry extra data, a name, a comment and its own checksum."""
        parts = {4: b"\4\0abcd", 8: b"name\0", 16: b"comment\0"}
        for flags in range(0, 32, 2):
            header = b"\x1f\x8b\x08%c\0\0\0\0\0\xff" % flags
            header += b"".join(part for flag, part in parts.items() if flags & flag)
            header += (zlib.crc32(header) & 0xFFFF).to_bytes(2, "little") if flags & 2 else b""
            self.assert_lines((header + GZIP[10:]) * 2, times=2)

    def test_stored_blocks(self) -> None:
        """Gzip without compression is read, and every level of it."""
        for level in range(10):
            self.assert_lines(gzip.compress(TEXT, level))

    def test_zero_padding(self) -> None:
        """Zero bytes after a member are padding, as tape blocks have it, between members too."""
        for packed in (GZIP, ZSTD):
            self.assert_lines(packed + bytes(511))
            self.assert_lines(packed + bytes(3) + packed + bytes(1), times=2)

    def test_skippable_frames(self) -> None:
        """Zstd frames without data are skipped, wherever they stand, all 16 kinds."""
        self.assert_lines(SKIPPABLE + ZSTD)
        self.assert_lines(ZSTD + SKIPPABLE + SKIPPABLE + ZSTD + SKIPPABLE, times=2)
        for number in range(16):
            self.assert_lines(bytes([0x50 + number]) + SKIPPABLE[1:] + ZSTD)

    def test_zstd_without_checksum_or_size(self) -> None:
        """Zstd frames need neither a checksum nor a content size, as streams have none."""
        self.assert_lines(zstd_compress(TEXT, checksum=False))
        self.assert_lines(zstd_compress(TEXT[:100], TEXT[100:]))

    def test_compressions_that_are_not_read(self) -> None:
        """bzip2 and xz are an error that names them and the remedy, however they were made."""
        packed = [("bzip2", bz2.compress(text, level)) for text in (TEXT, b"") for level in (1, 9)]
        packed += [("xz", lzma.compress(TEXT)), ("xz", gzip.compress(lzma.compress(TEXT)))]
        for name, content in packed:
            with self.assertRaisesRegex(
                UnreadableFileError,
                f"^'d/0' is compressed by {name}, which is not read: compress it by gzip or zstd",
            ):
                read(content, "d/0")

    def test_line_like_a_compression(self) -> None:
        """A line that begins like a compression that is not read is a ping like any other."""
        for start in (b"BZh91AY&SY", b"\xfd7zXZ\0"):
            self.assertEqual(read(start + b"\n" + TEXT), ([start, *LINES], None))
        self.assertEqual(read(b"BZh0\n"), ([b"BZh0"], None))

    def test_empty_files(self) -> None:
        """A file of no bytes, or that decompresses to none, holds no ping and is sound."""
        for content in (b"", gzip.compress(b""), zstd_compress(b""), SKIPPABLE):
            self.assertEqual(read(content), ([], None))

    def test_output_is_bounded(self) -> None:
        """A few KiB that stand for 64 MiB are given in chunks of at most 256 KiB."""
        for compress in COMPRESSIONS[1:]:
            packed = compress(bytes(64 << 20))
            self.assertLess(len(packed), 1 << 17)
            sizes = [len(chunk) for chunk in decompressed(iter([packed]), name="x")]
            self.assertEqual((sum(sizes), max(sizes)), (64 << 20, 1 << 18))


class DamagedFilesTest(unittest.TestCase):
    def assert_salvaged(self, content: bytes, reason: str, name: str = "part-0") -> int:
        """Hold that a file is damaged, that whole lines before count; return how many."""
        found, damage = read(content, name)
        self.assertRegex(str(damage), reason)
        whole = [ping for ping in found if not isinstance(ping, Unreadable)]
        self.assertEqual(whole, (LINES * 2)[: len(whole)])
        self.assertIn(found[len(whole) :], ([], [UNREADABLE]))
        return len(whole)

    def test_truncated_at_every_byte(self) -> None:
        """A file cut at any byte is damaged, and gives all whole lines that it still holds."""
        for packed, suffix in ((GZIP, ".gz"), (ZSTD, ".zst")):
            salvaged_lines = []
            for end in range(1, len(packed)):
                reason = CUT_OFF if end >= 4 else f"{CUT_OFF}|its name says compressed"
                salvaged_lines.append(self.assert_salvaged(packed[:end], reason, "part-0" + suffix))
            self.assertEqual(salvaged_lines, sorted(salvaged_lines))
            self.assertEqual(salvaged_lines[-1], len(LINES))

    def test_truncated_in_a_second_member(self) -> None:
        """The first member's lines count, and the cut in the second one is seen at every byte."""
        for packed in (GZIP, ZSTD, SKIPPABLE):
            first = ZSTD if packed is SKIPPABLE else packed
            for end in range(1, len(packed)):
                lines = self.assert_salvaged(first + packed[:end], f"{CUT_OFF}|does not decompress")
                self.assertGreaterEqual(lines, len(LINES))

    def test_wrong_checksum(self) -> None:
        """A wrong checksum, or gzip's wrong length, is damage; what lies well before it counts."""
        for packed, places in ((GZIP, (-1, -5)), (ZSTD, (-1,))):
            for place in places:
                content = bytearray(packed)
                content[place] ^= 1
                lines = self.assert_salvaged(bytes(content), "does not decompress: .*checksum")
                self.assertGreaterEqual(lines, len(LINES) - 2)

    def test_any_wrong_byte(self) -> None:
        """A wrong byte anywhere is damage, or the file reads as it was: nothing false is sound."""
        for packed in (GZIP, ZSTD):
            for place in range(4, len(packed)):
                content = bytearray(packed)
                content[place] ^= 0xFF
                found, damage = read(bytes(content))
                if damage is None:
                    self.assertEqual(found, LINES, place)

    def test_what_follows_a_member(self) -> None:
        """Anything but zero bytes and further members after a member is damage."""
        for rest in (b"x", b"{}\n", b"\0\0x", ZSTD[:3], b"\n"):
            self.assertEqual(self.assert_salvaged(GZIP + rest, CUT_OFF + "|not decompress"), 6)
            self.assertEqual(self.assert_salvaged(ZSTD + rest, CUT_OFF + "|not decompress"), 6)
        self.assertEqual(self.assert_salvaged(GZIP + ZSTD, "does not decompress"), 6)
        self.assertEqual(self.assert_salvaged(ZSTD + GZIP, "does not decompress"), 6)

    def test_name_that_lies(self) -> None:
        """A file named .gz or .zst that is neither compressed nor JSON is damaged at its start."""
        for content in (
            b"PK\3\4",
            b"BZh9",
            b"<html>",
            bytes(100),
            b"\x1f",
            ZSTD[:3],
            b"x\n" + TEXT,
        ):
            for name in ("a.gz", "a.json.zst"):
                self.assertEqual(
                    read(content, name), ([], "its name says compressed, its content is not")
                )
        self.assertEqual(read(b"x\n" + TEXT, "a.json"), ([b"x", *LINES], None))

    def test_other_reading_with_other_chunks(self) -> None:
        """Salvaging reads twice and gives each byte once, also if the chunks differ."""
        text = b"".join(b"%07d\n" % number for number in range(400_000))
        packed = gzip.compress(text, 1)
        cut = packed[: len(packed) * 9 // 10]
        for first, second in ((1 << 18, 1 << 17), (len(cut), 999), (50_000, len(cut))):
            sizes = iter([first, second])
            given_bytes = b""
            with self.assertRaisesRegex(DamagedStreamError, CUT_OFF):
                for chunk in salvaged(lambda: iter(chunked(cut, next(sizes))), name="a.gz"):  # noqa: B023  Called at once.
                    given_bytes += chunk
            self.assertTrue(text.startswith(given_bytes))
            self.assertGreater(len(given_bytes), len(text) * 8 // 10)


class SalvageTest(unittest.TestCase):
    """What is salvaged of a damaged file, byte for byte."""

    text = b"".join(sha256(b"%d" % number).hexdigest().encode() + b"\n" for number in range(3000))

    def salvaged(self, content: bytes, *sizes: int) -> bytes:
        """Read a file in chunks of a size, its second reading in chunks of another."""
        each = iter(sizes)
        found = b""
        with suppress(DamagedStreamError):
            for chunk in salvaged(lambda: iter(chunked(content, next(each))), name="a"):
                found += chunk
        return found

    @examples(0.5)
    @given(
        st.sampled_from([*PACKED.values(), lambda text: gzip.compress(text, 1)]),
        st.integers(1, 200_000),
        st.floats(0, 1),
        st.sampled_from(["cut", "other byte", "byte more", "byte less"]),
        st.lists(st.integers(1, 100_000), min_size=2, max_size=2),
    )
    def test_chunks_do_not_matter(
        self,
        compress: Callable[[bytes], bytes],
        member: int,
        place: float,
        damage: str,
        sizes: list[int],
    ) -> None:
        """However a damaged file comes in chunks, the same bytes are salvaged of it."""
        packed = b"".join(compress(piece) for piece in chunked(self.text, max(member, 10_000)))
        at = int(place * (len(packed) - 1))
        before, byte, after = packed[:at], packed[at], packed[at + 1 :]
        content = {
            "cut": before,
            "other byte": before + bytes([byte ^ 0x55]) + after,
            "byte more": before + b"\x55" + packed[at:],
            "byte less": before + after,
        }[damage]
        whole = self.salvaged(content, 1 << 18, 1 << 18)
        self.assertEqual(self.salvaged(content, *sizes), whole)

    def test_nothing_sound_is_lost(self) -> None:
        """Up to 64 bytes before a bit that is wrong everything is salvaged."""
        packed = bytearray(gzip.compress(self.text, 1))
        packed[len(packed) // 2] ^= 0xFF
        gunzip = zlib.decompressobj(31)
        sound = gunzip.decompress(bytes(packed[: len(packed) // 2]))
        found = self.salvaged(bytes(packed), 1 << 18, 1 << 18)
        self.assertEqual(found[: len(sound)], sound[: len(found)])
        self.assertGreaterEqual(len(found), len(sound) - 64)


class ZstdWindowsTest(unittest.TestCase):
    """Frames that state how far they refer back: as `zstd --long=31` writes them of a stream."""

    def stated(self, text: bytes, window: int) -> bytes:
        """Compress to a frame without its size that states a window of 2**window bytes."""
        frame = bytearray(zstd_compress(text[:1], text[1:]))
        self.assertEqual(frame[4] & 0xE0, 0)
        frame[5] = window - 10 << 3
        return bytes(frame)

    def test_stated_window(self) -> None:
        """The window is read from a frame's header, of either form; a cut header states none."""
        self.assertEqual(window_bytes(self.stated(TEXT, 31)), 2 << 30)
        self.assertEqual(window_bytes(self.stated(TEXT, 10)[:5] + b"\x07"), 1024 + 7 * 128)
        self.assertEqual(window_bytes(ZSTD), len(TEXT) - 256)
        for end in range(6):
            self.assertEqual(window_bytes(self.stated(TEXT, 31)[:end]), 0)
        self.assertEqual(window_bytes(SKIPPABLE), 0)

    def test_large_windows_of_small_frames(self) -> None:
        """A window of up to 2 GiB is read, where the frame fills at most 128 MiB of it."""
        for window in (20, 27, 28, 31):
            for content in (self.stated(TEXT, window), SKIPPABLE + self.stated(TEXT, window) * 2):
                found, damage = read(content, "a.zst")
                self.assertEqual((found[:6], damage), (LINES, None))

    def test_window_that_is_filled(self) -> None:
        """A frame that fills more of a larger window is an error that names window and remedy."""
        text = bytes(MAX_WINDOW_BYTES)
        sizes = map(len, decompressed(iter([self.stated(text, 31)]), name="d/0"))
        self.assertEqual(sum(sizes), MAX_WINDOW_BYTES)
        self.assertEqual(sum(map(len, decompressed(iter([zstd_compress(text, b"x")]), name="x"))),
                         MAX_WINDOW_BYTES + 1)  # fmt: skip
        with self.assertRaisesRegex(
            UnreadableFileError,
            "^'d/0' is zstd with a window of 2,048 MiB, of which at most 128 MiB are held: compr",
        ):
            list(decompressed(iter([self.stated(text + b"x", 31)]), name="d/0"))

    def test_window_beyond_all(self) -> None:
        """A window over 2 GiB is damage: nothing writes one."""
        found, damage = read(self.stated(TEXT, 32), "d/0")
        self.assertEqual(found, [])
        self.assertRegex(str(damage), "does not decompress: .*too much memory")


class ChunksTest(unittest.TestCase):
    @examples(0.5)
    @given(
        st.lists(st.sampled_from(LINES), max_size=8),
        st.sampled_from(["", *PACKED]),
        st.integers(1, 60),
        st.integers(0, 30),
        st.integers(1, 99),
    )
    def test_members_and_chunks_change_nothing(
        self, lines: list[bytes], suffix: str, member: int, dropped: int, size: int
    ) -> None:
        """However a file is cut into members and chunks, wherever it ends, it reads the same."""
        text = b"".join(line + b"\n" for line in lines)
        compress = PACKED.get(suffix, bytes)
        packed = b"".join(compress(piece) for piece in chunked(text, member))
        content = packed[: len(packed) - dropped] if dropped else packed
        self.assertEqual(read(content, "a" + suffix, size), read(content, "a" + suffix))
        if not dropped:
            self.assertEqual(read(content, "a" + suffix, size), (lines, None))

    def test_chunks_are_taken_as_they_are_needed(self) -> None:
        """A file is never held whole: a chunk is asked for when the last one is used up."""
        text = bytes(number * number % 251 for number in range(1 << 15))
        packed = gzip.compress(text, 0)
        asked = []

        def chunks() -> Iterator[bytes]:
            for number, chunk in enumerate(chunked(packed * 50, len(packed))):
                asked.append(number)
                yield chunk

        given = 0
        for piece in decompressed(chunks(), name="a.gz"):
            given += len(piece)
            # At most 256 KiB of what is stored, eight of these members, are held.
            self.assertLessEqual(len(asked), given // len(text) + 10)
        self.assertEqual(given, 50 * len(text))


if __name__ == "__main__":
    unittest.main()
