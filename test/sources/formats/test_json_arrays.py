"""One array of pings in a file: its elements, however it is printed, cut or broken."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import unittest
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.errors import UnknownTableError
from crash_rate_aggregates.outcomes import DocType, Outcome
from crash_rate_aggregates.sources.formats.arrays import array_elements
from crash_rate_aggregates.sources.formats.arrays.array_elements import array_texts
from crash_rate_aggregates.sources.formats.arrays.element_ends import ElementEnd
from crash_rate_aggregates.sources.formats.lines import MAX_PING_BYTES
from crash_rate_aggregates.sources.interface import DamagedStreamError, Unreadable
from test.dataset import crash_ping, full_size_ping, json_text, main_ping
from test.decode.arbitrary_pings import mutated
from test.property_tests import examples
from test.sources.judged import judged_rows
from test.sources.mirrors.bigquery import bigquery_row
from test.sources.mirrors.gcp_files import write_gcp_files
from test.sources.mirrors.json_arrays import SHAPES, json_array
from test.sources.stored import UNREADABLE, chunked, read, taken

A, B, C = b'{"a":1}', b'{"b":[2,{}]}', b'{"c":"\\n"}'
PING = json_text(main_ping())
BOM = b"\xef\xbb\xbf"
MIB = 1 << 20
BREAKS_OFF = "its array breaks off"


def elements(content: bytes) -> tuple[list[bytes | Unreadable], str | None]:
    """Return the pings and the damage of a file, which must not depend on its chunks."""
    found = read(content)
    for size in (1, 2, 3, 7, 100):
        assert read(content, chunk_bytes=size) == found, (content, size)
    return found


class ElementsTest(unittest.TestCase):
    def test_shapes(self) -> None:
        """In whatever shape an array is printed, each element is a ping, in its order."""
        rows = [{"a": "x,]}"}, {"b": ['"', "\\", {}]}, {"c": [[1], {"d": None}]}] * 3
        for shape in SHAPES:
            with self.subTest(shape):
                found, damage = elements(json_array(rows, shape))
                self.assertEqual([json.loads(bytes_of(one)) for one in found], rows)
                self.assertIsNone(damage)

    def test_space_around(self) -> None:
        """White space and a byte order mark change nothing."""
        for content in (b"\n [ %s\t,\r\n%s ] \n", BOM + b"[%s,%s]", b"[%s,%s]\n\n"):
            self.assertEqual(elements(content % (A, B)), ([A, B], None))

    def test_no_elements(self) -> None:
        """An empty array has no pings."""
        for content in (b"[]", b" [ \n]\n"):
            self.assertEqual(elements(content), ([], None))

    def test_elements_that_are_no_object(self) -> None:
        """Whatever else stands in an array whose first element is an object is one ping each."""
        content = b'[%s,5,"a,]\\"b",[1,[2]],null,-1.5e3]' % A
        expected = [A, b"5", b'"a,]\\"b"', b"[1,[2]]", b"null", b"-1.5e3"]
        self.assertEqual(elements(content), (expected, None))
        counts, _ = judged_rows({"0": content})
        self.assertEqual(counts.ignored[Outcome.UNREADABLE, DocType.UNKNOWN], 5)

    def test_brackets_in_strings(self) -> None:
        """Brackets, commas and quotes within strings end no element."""
        for text in ("]", "}", "},{", '\\"', '\\"]},{', "\\\\", '\\\\\\"}', "[[[", "é{"):
            one = f'{{"a":"{text}","{text}":[{{"b":"{text}"}}]}}'.encode()
            self.assertEqual(elements(b"[%s,%s,%s]" % (one, A, one)), ([one, A, one], None))

    def test_commas_too_many(self) -> None:
        """What is empty between two commas, or before the end, is no ping."""
        self.assertEqual(elements(b"[%s,,%s,\n,]" % (A, B)), ([A, B], None))


class NoArrayTest(unittest.TestCase):
    def test_array_as_a_line(self) -> None:
        """An array of objects that is a line among others stays one ping, empty or not."""
        for first in (b"[%s,%s]" % (A, B), b"[]", b" [{}] "):
            self.assertEqual(elements(first + b"\n" + A), ([first.strip(), A], None))

    def test_array_of_no_objects(self) -> None:
        """An array whose first element is no object stays one ping."""
        for content in (b"[1,2]", b"[[%s]]" % A, b'["a",%s]' % A, b"[null]", b"[\n1,\n2\n]"):
            self.assertEqual(elements(content), ([content], None))

    def test_array_as_a_later_line(self) -> None:
        """An array in a later line is one ping."""
        line = b"[%s,%s]" % (A, B)
        self.assertEqual(elements(A + b"\n" + line), ([A, line], None))


class BrokenTest(unittest.TestCase):
    """An array that breaks is damage, unless it was a client's line among pings."""

    def test_cut_array(self) -> None:
        """Of a cut array the whole elements count, a cut one is unreadable, and it is damage."""
        content = b"[%s, %s]" % (A, B)
        for end in range(2, len(content)):
            expected: list[bytes | Unreadable] = [A] if end > len(A) else []
            if end == len(content) - 1:
                expected.append(B)
            elif content[:end].rstrip(b" ,") not in {b"[" + A, b"["}:
                expected.append(UNREADABLE)
            self.assertEqual(elements(content[:end]), (expected, BREAKS_OFF), content[:end])

    def test_cut_pretty_array(self) -> None:
        """A cut array over many lines likewise: its inner lines are no pings."""
        rows = [bigquery_row(full_size_ping())] * 2
        content = json_array(rows, "pretty")
        for end in (len(content) // 4, len(content) - 5):
            found, damage = read(content[:end])
            self.assertEqual((len(found), found[-1], damage), (end // (len(content) // 2) + 1,
                                                               UNREADABLE, BREAKS_OFF))  # fmt: skip

    def test_cut_gzip(self) -> None:
        """Where the stream breaks off, that is the damage, and the elements before count."""
        stored = gzip.compress(json_array([main_ping(id=f"{n}") for n in range(2000)]), 1)
        found, damage = read(stored[: len(stored) // 2])
        self.assertEqual(damage, "it breaks off in the middle of its compressed data")
        self.assertGreater(len(found), 900)
        self.assertEqual(found.count(UNREADABLE), 1)
        self.assertEqual(found[-1], UNREADABLE)

    def test_cut_gzip_between_elements(self) -> None:
        """Damage behind a comma, or behind the array, makes no unreadable ping."""

        def broken_off(*chunks: bytes) -> Iterator[bytes]:
            yield from chunks
            raise DamagedStreamError("cut")

        for content in (b"[%s," % A, b"[%s" % A, b"[%s]" % A, b"[%s]\n" % A):
            for size in (1, 3, 100):
                found = taken(array_texts(broken_off(*chunked(content, size))))
                self.assertEqual(found, ([A], "cut"), content)

    def test_what_follows_is_lines(self) -> None:
        """What stands behind an array, or where a comma is missing, is one ping a line."""
        for content, expected in (
            (b"[\n%s\n]\n%s\n%s" % (A, B, C), [A, B, C]),
            (b"[\n%s\n%s\n%s\n" % (A, B, C), [A, B, C]),
            (b"[%s,\n%s\n%s\n" % (A, B, C), [A, B, C]),
            (b"[%s]]\n%s\n" % (A, B), [A, b"]", B]),
            (b"[%s,}\n%s\n" % (A, B), [A, b"}", B]),
            (b"[%s,x y\n%s\n" % (A, B), [A, b"x", b"y", B]),
        ):
            self.assertEqual(elements(content), (expected, None), content)

    def test_a_clients_line_hides_no_ping(self) -> None:
        """A first line that begins an array, and never ends it, costs itself and fails no day."""
        for first in (b"[{", b'[{"a":1', b'[{"a":"x', b'[{"a":[[', b'[{},{"b":{', b'[{"a":"\\'):
            found, damage = elements(first + b"\n" + PING + b"\n" + PING + b"\n" + A[:3])
            self.assertEqual(damage, None, first)
            self.assertEqual(found[-4:], [UNREADABLE, PING, PING, A[:3]], first)

    def test_a_line_of_the_same_kind_in_gcp_files(self) -> None:
        """In files of gcp-ingestion such a line hides no message."""
        messages = write_gcp_files([main_ping(), main_ping(id="x")])
        counts, _ = judged_rows({"0": b'[{"a":1\n' + messages})
        self.assertEqual((counts.read, counts.passed), (3, {"main": 2}))

    @examples(1)
    @given(
        mutated(st.sampled_from([b"[%s,%s,\n%s]\n" % (A, B, C), b'[{"":"},{"},' + A + b",5]"])),
        st.integers(1, 30),
    )
    def test_chunks_change_nothing(self, content: bytes, size: int) -> None:
        """However a stream is cut into chunks, its pings and its damage are the same."""
        expected = taken(array_texts([content]))
        self.assertEqual(taken(array_texts(chunked(content, size))), expected)


class TwoWaysTest(unittest.TestCase):
    """Elements that are split by msgspec, and those that are followed, are the same."""

    @examples(1)
    @given(
        st.lists(
            st.sampled_from([b'{"k":1}', b'{"k":[{"k":2},{"k":3}]}', b'{"k":"},{\\"k\\""}', b"7"]),
            min_size=2,
            max_size=12,
        ),
        st.sampled_from([b",", b" , ", b",\n  "]),
        st.integers(0, 40),
    )
    def test_both_ways(self, parts: list[bytes], comma: bytes, drop: int) -> None:
        """Whether or not inner objects begin like elements, and with or without a fault in them."""
        content = b"[" + comma.join([A, *parts]) + b"]"
        if drop:
            content = content[:drop] + content[drop + 1 :]
        split = taken(array_texts([content]))
        self.assertEqual(taken(array_texts(chunked(content, 1))), split)
        if not drop:
            self.assertEqual(split, ([A, *parts], None))

    def test_most_are_split(self) -> None:
        """Of an array of rows in chunks of a usual size nearly all are split, not followed."""
        followed: list[int] = []

        def counted() -> ElementEnd:
            followed.append(1)
            return ElementEnd()

        self.enterContext(patch.object(array_elements, "ElementEnd", counted))
        for shape in SHAPES:
            followed.clear()
            content = json_array([bigquery_row(full_size_ping())] * 100, shape)
            found, damage = taken(array_texts(chunked(content, 1 << 18)))
            self.assertEqual((len(found), damage), (100, None))
            self.assertLess(len(followed), 10, shape)


class BoundTest(unittest.TestCase):
    def element(self, size: int) -> Iterator[bytes]:
        """Give an object of a size in chunks."""
        yield b'{"x":"'
        rest = size - 8
        while rest > 0:
            yield b"x" * min(rest, MIB)
            rest -= MIB
        yield b'"}'

    def lengths(self, *sizes: int, chunk_bytes: int | None = None) -> list[int | Unreadable]:
        """Return the lengths of the elements of an array with elements of these sizes."""

        def chunks() -> Iterator[bytes]:
            yield b"[" + A
            for size in sizes:
                yield b",\n"
                yield from self.element(size)
            yield b"]"

        parts = chunked(b"".join(chunks()), chunk_bytes) if chunk_bytes else chunks()
        (_, *found), damage = taken(array_texts(parts))
        self.assertIsNone(damage)
        return [ping if isinstance(ping, Unreadable) else len(ping) for ping in found]

    def test_bound_is_exact(self) -> None:
        """An element of 16 MiB is read; a byte more is one unreadable ping; the next is read."""
        sizes = (MAX_PING_BYTES, MAX_PING_BYTES + 1, 10)
        expected = [MAX_PING_BYTES, UNREADABLE, 10]
        self.assertEqual(self.lengths(*sizes), expected)
        for chunk_bytes in (5 * MIB, 200 * MIB):
            self.assertEqual(self.lengths(*sizes, chunk_bytes=chunk_bytes), expected)

    def test_gigabyte_is_not_held(self) -> None:
        """An element of 1 GiB, and an array of as much, stay within bounds of memory."""
        row = b'{"x":"%s"},' % (b"x" * 9990)
        rows = row * 100

        def chunks() -> Iterator[bytes]:
            yield b"["
            yield from self.element(1 << 30)
            yield b","
            yield from (rows for _ in range(500))
            yield A + b"]"

        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        unreadable = read_elements = 0
        for batch in array_texts(chunks()):
            unreadable += batch.count(UNREADABLE)
            read_elements += len(batch)
        self.assertEqual((unreadable, read_elements), (1, 50_002))
        self.assertLess(tracemalloc.get_traced_memory()[1], 3 * MAX_PING_BYTES)


class KindTest(unittest.TestCase):
    def passed(self, content: bytes, name: str = "0") -> dict[str, int]:
        """Return how many pings of each doc type pass."""
        counts, _ = judged_rows({name: content})
        return dict(counts.passed)

    def test_rows_tell_their_table(self) -> None:
        """Rows of BigQuery are told by their own columns, and by the path."""
        for shape in SHAPES:
            rows = [bigquery_row(main_ping()), bigquery_row(main_ping(payload={}))]
            self.assertEqual(self.passed(json_array(rows, shape)), {"main": 2})
            rows = [bigquery_row(crash_ping(payload={}))] * 2
            self.assertEqual(self.passed(json_array(rows, shape), "crash_v4"), {"crash": 2})

    def test_rows_that_do_not_tell(self) -> None:
        """Rows that could be of either table are an error with the file's name."""
        rows = [bigquery_row(main_ping(payload={}))] * 2
        with self.assertRaisesRegex(UnknownTableError, "'d/part-0' holds rows of BigQuery, "):
            judged_rows({"d/part-0": json_array(rows)})

    def test_first_row_longer_than_the_head(self) -> None:
        """An array whose first element is longer than what files are told by is read as others."""
        ping = main_ping(large="x" * (2 * MIB))
        for shape in SHAPES:
            content = json_array([ping, main_ping()], shape)
            self.assertEqual(self.passed(content), {"main": 2}, shape)


def bytes_of(ping: bytes | Unreadable) -> Any:
    """Return a ping's bytes."""
    assert isinstance(ping, bytes)
    return ping


if __name__ == "__main__":
    unittest.main()
