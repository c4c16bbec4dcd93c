"""From decompressed bytes to raw pings: lines, and documents that fill a file."""

from __future__ import annotations

import json
import tracemalloc
import unittest
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.sources.formats.json_pings import json_texts
from crash_rate_aggregates.sources.formats.lines import MAX_PING_BYTES, ping_lines
from crash_rate_aggregates.sources.interface import DamagedStreamError, Unreadable
from test.dataset import judge_of, main_ping
from test.property_tests import examples
from test.sources.stored import UNREADABLE, chunked, read, taken

A, B, C = b'{"a":1}', b'{"b":[2,{}]}', b'{"c":"\\n"}'
PRETTY = b'{\n  "a": {\n    "b": [\n      1,\n      {}\n    ]\n  }\n}'
BOM = b"\xef\xbb\xbf"
MIB = 1 << 20


def pings_of(content: bytes) -> list[bytes | Unreadable]:
    """Return the pings of a sound file, which must not depend on how it is cut into chunks."""
    found, damage = read(content)
    assert damage is None, damage
    for size in (1, 2, 3, 7):
        assert read(content, chunk_bytes=size) == (found, None), (content, size)
    return found


def broken_off(*chunks: bytes) -> Iterator[bytes]:
    """Give chunks, then break off."""
    yield from chunks
    raise DamagedStreamError("cut")


class LinesTest(unittest.TestCase):
    def test_lines_end_at_lf(self) -> None:
        """Each line is a ping, in its order, whether or not the last one ends in LF."""
        self.assertEqual(pings_of(A + b"\n" + B + b"\n" + C + b"\n"), [A, B, C])
        self.assertEqual(pings_of(A + b"\n" + B), [A, B])
        self.assertEqual(pings_of(A), [A])

    def test_other_characters_end_no_line(self) -> None:
        """CR alone, form feed, U+2028 and U+0085 end no line."""
        for end in (b"\r", b"\x0b", b"\x0c", b"\x1e", b"\0", "\u2028".encode(), "\x85".encode()):
            self.assertEqual(pings_of(A + end + B + b"\n" + C), [A + end + B, C], end)

    def test_blank_lines_are_no_pings(self) -> None:
        """Empty lines and lines of spaces, tabs and CR are no pings, at the file's start too."""
        blank = b"\n \n\t\n\r\n \t\r\n\n"
        self.assertEqual(pings_of(blank + A + b"\n" + blank + B + b"\n" + blank), [A, B])
        self.assertEqual(pings_of(blank), [])
        self.assertEqual(pings_of(b""), [])
        self.assertEqual(pings_of(b" \t\r"), [])

    def test_what_looks_blank_is_not(self) -> None:
        """A line of other white space, of a zero byte or of a no-break space is a ping."""
        for line in (b"\x0b", b"\x0c", b"\0", b"\xc2\xa0", BOM):
            found = pings_of(A + b"\n" + line + b"\n" + B)
            self.assertEqual(len(found), 3, line)

    def test_space_around_is_stripped(self) -> None:
        """A trailing CR, spaces and tabs around a line change nothing of its verdict."""
        ping = json.dumps(main_ping()).encode()
        judge = judge_of()
        found, _ = read(b" \t" + ping + b" \t\r\n" + ping + b"\r\n" + ping)
        verdicts = {judge.judge_json(one) for one in found if not isinstance(one, Unreadable)}
        self.assertEqual((len(found), verdicts), (3, {judge.judge_json(ping)}))
        batches = list(json_texts([ping + b" \t\r\n" + ping + b"\r\n"]))
        raw = [one for batch in batches for one in batch]
        self.assertEqual(len(raw), 2)
        self.assertEqual({judge.judge_json(bytes(one)) for one in raw}, verdicts)  # type: ignore[arg-type]  # Lines.

    def test_byte_order_mark(self) -> None:
        """A byte order mark is dropped at the start of a file, once, and nowhere else."""
        self.assertEqual(pings_of(BOM + A + b"\n" + BOM + B), [A, BOM + B])
        self.assertEqual(pings_of(BOM + BOM + A), [BOM + A])
        self.assertEqual(pings_of(b"\n" + BOM + A), [BOM + A])
        self.assertEqual(pings_of(BOM + PRETTY), [PRETTY])
        self.assertEqual(pings_of(BOM), [])
        self.assertEqual(pings_of(BOM[:2]), [BOM[:2]])

    def test_lines_that_are_no_ping_are_handed_on(self) -> None:
        """What a line says is judged later: several documents, arrays and no JSON are one each."""
        lines = [A + b" " + B, b"[1,2]", b"5", b"x", b"{", A]
        self.assertEqual(pings_of(b"\n".join(lines)), lines)

    @examples(0.5)
    @given(
        st.lists(st.sampled_from([A, B, b"", b" \r", b"x", b"{", BOM, b'"', PRETTY]), max_size=9),
        st.sampled_from([b"\n", b"\r\n", b"\n\n"]),
        st.integers(1, 40),
        st.booleans(),
    )
    def test_chunks_change_nothing(
        self, parts: list[bytes], end: bytes, size: int, is_damaged: bool
    ) -> None:
        """However a stream is cut into chunks, its pings are the same, cut off or not."""
        content = end.join(parts)
        whole, cut = [content] if content else [], chunked(content, size)
        if is_damaged:
            expected = taken(json_texts(broken_off(*whole)))
            self.assertEqual(expected[1], "cut")
            self.assertEqual(taken(json_texts(broken_off(*cut))), expected)
        else:
            expected = taken(json_texts(whole))
            self.assertEqual(taken(json_texts(cut)), expected)


class LongLinesTest(unittest.TestCase):
    def line(self, size: int) -> Iterator[bytes]:
        """Give a JSON line of a size in chunks, each made when it is asked for."""
        yield b'{"x":"'
        rest = size - 8
        while rest > 0:
            yield b"x" * min(rest, MIB)
            rest -= MIB
        yield b'"}'

    def lengths(self, *sizes: int) -> list[int | Unreadable]:
        """Return the lengths of the pings of a file with lines of these sizes."""

        def chunks() -> Iterator[bytes]:
            for size in sizes:
                yield from self.line(size)
                yield b"\n"

        found, damage = taken(json_texts(chunks()))
        self.assertIsNone(damage)
        return [ping if isinstance(ping, Unreadable) else len(ping) for ping in found]

    def test_bound_is_exact(self) -> None:
        """A line of 16 MiB is read; one byte more is one unreadable ping; the next is read."""
        self.assertEqual(MAX_PING_BYTES, 16 * MIB)
        expected = [MAX_PING_BYTES, UNREADABLE, 10]
        self.assertEqual(self.lengths(MAX_PING_BYTES, MAX_PING_BYTES + 1, 10), expected)
        self.assertEqual(self.lengths(MAX_PING_BYTES + 1, 10), [UNREADABLE, 10])
        self.assertEqual(self.lengths(10, MAX_PING_BYTES + 1), [10, UNREADABLE])

    def test_bound_does_not_depend_on_chunks(self) -> None:
        """A line over the bound is unreadable however large chunks are, even if it is blank."""
        for content in (
            b"\n%s\n%s\n" % (b"".join(self.line(MAX_PING_BYTES + 1)), A),
            b"%s\n%s\n" % (b" " * (MAX_PING_BYTES + 1), A),
        ):
            for size in (MIB // 4, 5 * MIB):
                found = taken(ping_lines(chunked(content, size)))
                self.assertEqual(found, ([UNREADABLE, A], None))

    def test_gigabyte_line_is_not_held(self) -> None:
        """A line of 1 GiB is one unreadable ping; memory stays bounded; what follows is read."""

        def chunks() -> Iterator[bytes]:
            yield A + b"\n"
            yield from (bytes(MIB) for _ in range(1024))
            yield b"\n" + B

        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        self.assertEqual(taken(json_texts(chunks())), ([A, UNREADABLE, B], None))
        self.assertLess(tracemalloc.get_traced_memory()[1], 40 * MIB)


class DocumentTest(unittest.TestCase):
    def test_one_document_over_many_lines(self) -> None:
        """A file whose first line is no JSON but whose whole is one document is one ping."""
        self.assertEqual(pings_of(PRETTY), [PRETTY])
        self.assertEqual(pings_of(b"\r\n \n" + PRETTY.replace(b"\n", b"\r\n") + b"\n\n"),
                         [PRETTY.replace(b"\n", b"\r\n")])  # fmt: skip
        self.assertEqual(pings_of(b"[\n1,\n%s\n]" % A), [b"[\n1,\n%s\n]" % A])

    def test_a_first_line_that_is_json(self) -> None:
        """A file whose first line is JSON is one ping a line, whatever follows."""
        self.assertEqual(pings_of(A + b"\n" + PRETTY), [A, *map(bytes.strip, PRETTY.split(b"\n"))])
        self.assertEqual(pings_of(b"5\n" + A), [b"5", A])

    def test_neither(self) -> None:
        """A file whose first line and whole are no JSON is one ping a line, good or bad."""
        self.assertEqual(pings_of(b"x\n" + A + b"\n" + B), [b"x", A, B])
        self.assertEqual(pings_of(A[:-1] + b"\n" + A + b"\n" + B), [A[:-1], A, B])
        two = PRETTY + b"\n" + PRETTY
        self.assertEqual(pings_of(two), [line.strip() for line in two.split(b"\n")])

    def test_bound_is_exact(self) -> None:
        """A document of 16 MiB over many lines is one ping; with a byte more its lines are."""
        self.assertEqual(MAX_PING_BYTES, 16 * MIB)

        def chunks(size: int) -> Iterator[bytes]:
            yield b"{\n"
            yield from (b" " * (MIB - 1) + b"\n" for _ in range(15))
            yield b" " * (size - 15 * MIB - 3) + b"}"

        found, _ = taken(json_texts(chunks(MAX_PING_BYTES)))
        self.assertEqual([len(bytes_of(ping)) for ping in found], [MAX_PING_BYTES])
        found, _ = taken(json_texts(chunks(MAX_PING_BYTES + 1)))
        self.assertEqual(found, [b"{", b"}"])


def bytes_of(ping: bytes | Unreadable) -> bytes:
    """Return a ping's bytes."""
    assert isinstance(ping, bytes)
    return ping


class DamageTest(unittest.TestCase):
    def salvaged(self, content: bytes) -> list[bytes | Unreadable]:
        """Return the pings before the damage, however the stream is cut."""
        expected = taken(json_texts(broken_off(*chunked(content, len(content) or 1))))
        for size in (1, 2, 3, 7):
            found = taken(json_texts(broken_off(*chunked(content, size))))
            self.assertEqual(found, expected)
        self.assertEqual(expected[1], "cut")
        return expected[0]

    def test_cut_last_line(self) -> None:
        """Pings before the damage count; the cut last line is one unreadable ping."""
        self.assertEqual(self.salvaged(A + b"\n" + B + b"\n" + C[:4]), [A, B, UNREADABLE])
        # Nobody knows whether a line without its end was whole.
        self.assertEqual(self.salvaged(A + b"\n" + B), [A, UNREADABLE])
        self.assertEqual(self.salvaged(A), [UNREADABLE])
        self.assertEqual(self.salvaged(A[:3]), [UNREADABLE])
        for spaced in (A, b'{ "a" : 1 }', b"{ }"):
            found = self.salvaged(b"x\n" + spaced + b"\n" + B[:4])
            self.assertEqual(found, [b"x", spaced, UNREADABLE])

    def test_cut_between_lines(self) -> None:
        """Damage after a line's end, or after blank lines, makes no unreadable ping."""
        self.assertEqual(self.salvaged(A + b"\n" + B + b"\n"), [A, B])
        self.assertEqual(self.salvaged(A + b"\n \r\n\t"), [A])
        self.assertEqual(self.salvaged(b""), [])
        self.assertEqual(self.salvaged(b"\n \n"), [])

    def test_cut_document(self) -> None:
        """A document over many lines that breaks off is one unreadable ping."""
        for end in range(1, len(PRETTY)):
            self.assertEqual(self.salvaged(PRETTY[:end]), [UNREADABLE], end)

    def test_damage_in_a_long_line(self) -> None:
        """Damage within a line over 16 MiB is that one unreadable ping."""
        long = (b" " * MIB for _ in range(40))
        self.assertEqual(taken(ping_lines(broken_off(*long))), ([UNREADABLE], "cut"))


if __name__ == "__main__":
    unittest.main()
