"""The fast path and the plain path say the same of every line."""

from __future__ import annotations

import json
import unittest
from functools import lru_cache

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.decode.fast import SURPRISES
from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.decode.layouts.kinds import LayoutName, PingKind
from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.normalize.ping import NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge
from test.dataset import DAY, UUID, crash_ping, full_size_ping, json_text, judge_of, main_ping
from test.decode.agreement import AgreementTestCase
from test.decode.arbitrary_pings import (
    KINDS,
    PATHS,
    PATHS_OF,
    mutated,
    pieces,
    ping_texts,
    values,
)
from test.property_tests import examples
from test.sources.mirrors.bigquery import bigquery_row
from test.sources.mirrors.glean import glean_ping

MADE_OF = {
    LayoutName.V4: full_size_ping(),
    LayoutName.BIGQUERY: bigquery_row(full_size_ping()),
    LayoutName.GLEAN: glean_ping(crash_ping(**{"meta/documentId": UUID})),
}


@lru_cache
def judge_of_kind(kind: PingKind) -> PingJudge:
    """Return the judge of files of a kind."""
    return PingJudge(Judge(DAY, DIMENSIONS), kind)


MADE = [json_text(main_ping()), json_text(crash_ping()), json_text(full_size_ping())]
_NEAR = b'{"type":"main","creationDate":"2016-03-14","environment":{"build":{"buildId":"%s"}},%s}'


def near_ping(member: bytes) -> bytes:
    """Write a ping that is counted if only this member is JSON."""
    return _NEAR % (b"20160313030418", member)


class PathsAgreeTest(AgreementTestCase):
    @examples(1.5)
    @given(ping_texts())
    def test_arbitrary_pings(self, text: str) -> None:
        """Of texts shaped like pings: any values, keys twice, escaped keys, odd white space."""
        self.assert_agree(text.encode("utf-8", "surrogatepass"))

    @examples(1)
    @given(mutated(ping_texts().map(lambda text: text.encode("utf-8", "surrogatepass"))))
    def test_mutated_arbitrary_pings(self, text: bytes) -> None:
        """Of texts shaped like pings with a few bytes changed."""
        self.assert_agree(text)

    @examples(2)
    @given(mutated(st.sampled_from(MADE)))
    def test_mutated_made_pings(self, text: bytes) -> None:
        """Of sound pings, small and of 50 KB, with a few bytes changed."""
        self.assert_agree(text)

    @given(st.one_of(st.binary(), st.lists(pieces, max_size=12).map(b"".join)))
    def test_arbitrary_bytes(self, text: bytes) -> None:
        """Of any bytes, and of any pieces of JSON."""
        self.assert_agree(text)

    @examples(3)
    @given(pieces, st.sampled_from(PATHS))
    def test_any_token_anywhere(self, piece: bytes, path: tuple[str, ...]) -> None:
        """Of sound pings with anything as a key or a value, skipped or read, quoted or not."""
        opening = b"".join(b'"%s":{' % key.encode() for key in path[:-1])
        closing = b"}" * (len(path) - 1)
        key = path[-1].encode()
        for member in (
            b'%s"%s":%s%s' % (opening, key, piece, closing),
            b'%s"%s":"%s"%s' % (opening, key, piece, closing),
            b'%s"%s":[{"x":%s}]%s' % (opening, key, piece, closing),
            b'%s"%s%s":1%s' % (opening, key, piece, closing),
            b'"skipped":%s' % piece,
            b'"skipped":"%s"' % piece,
            b'"skipped":[0,{"%s":[%s]}]' % (piece, piece),
            b'"%s":0' % piece,
            b"%s:0" % piece,
        ):
            self.assert_agree(near_ping(member))
        self.assert_agree(piece + MADE[0])
        self.assert_agree(MADE[0] + piece)

    @given(values, st.lists(st.lists(st.sampled_from(["a", "type", "é", "\ufffd", "", '"']),
                                     min_size=1, max_size=3), max_size=3))  # fmt: skip
    def test_any_choice_of_dimensions(self, value: str, paths: list[list[str]]) -> None:
        """Whatever paths the dimensions have, also paths inside each other and twice the same."""
        dimensions = [Dimension(f"d{number}", tuple(path)) for number, path in enumerate(paths)]
        judge = PingJudge(Judge(DAY, dimensions))
        for member in (
            b'"a":%s',
            b'"a":{"a":%s}',
            b'"\xff":%s',
            b'"":{"\xc3\xa9":%s}',
            b'"\\"":%s',
        ):
            text = near_ping(member % value.encode("utf-8", "surrogatepass"))
            self.assert_agree(text, judge)


class KindsAgreeTest(AgreementTestCase):
    def assert_agree_on(self, kind: PingKind, text: bytes) -> None:
        """Hold that both paths of a kind's judge give one verdict, however its dimensions are."""
        self.assert_agree(text, judge_of_kind(kind))

    @examples(1.5)
    @given(st.data(), st.sampled_from(KINDS))
    def test_arbitrary_pings_of_each_kind(self, data: st.DataObject, kind: PingKind) -> None:
        """Of texts shaped like pings of each kind, and of others astray among them."""
        text = data.draw(ping_texts(kind))
        self.assert_agree_on(kind, text.encode("utf-8", "surrogatepass"))

    @examples(1)
    @given(st.data(), st.sampled_from(KINDS))
    def test_mutated_pings_of_each_kind(self, data: st.DataObject, kind: PingKind) -> None:
        """Of texts shaped like pings of each kind with a few bytes changed."""
        texts = ping_texts(kind).map(lambda text: text.encode("utf-8", "surrogatepass"))
        self.assert_agree_on(kind, data.draw(mutated(texts)))

    @examples(0.5)
    @given(st.sampled_from(KINDS), st.data(), values)
    def test_any_value_anywhere_of_each_kind(
        self, kind: PingKind, data: st.DataObject, value: str
    ) -> None:
        """Of sound pings of each kind with any value at any place that is read."""
        ping = json_text(MADE_OF[kind.layout])
        path = data.draw(st.sampled_from(PATHS_OF[kind]))
        opening = "".join(f"{json.dumps(key)}:{{" for key in path[:-1])
        member = f"{opening}{json.dumps(path[-1])}:{value}{'}' * (len(path) - 1)}"
        text = ping[:-1] + b"," + member.encode("utf-8", "surrogatepass") + b"}"
        self.assert_agree_on(kind, text)

    def test_each_layout_is_judged_in_files_of_each(self) -> None:
        """A sound ping gives the same verdict in a file of any layout that says nothing else."""
        for expected in LayoutName:
            judge = judge_of_kind(PingKind(expected))
            for layout, ping in MADE_OF.items():
                with self.subTest(file=expected, ping=layout):
                    verdict = self.assert_agree(json_text(ping), judge)
                    self.assertEqual(
                        verdict, judge_of_kind(PingKind(layout)).judge_plainly(json_text(ping))
                    )
                    self.assertIsInstance(verdict, NormalizedPing)

    def test_usual_pings_of_each_kind_are_judged_fast(self) -> None:
        """In a file of its own kind a sound ping needs no help."""
        for layout, ping in MADE_OF.items():
            fast = judge_of_kind(PingKind(layout))._fast
            self.assertTrue(fast.is_usable)
            self.assertTrue(fast.fields(json_text(ping)).build_id)


class FastPathTest(unittest.TestCase):
    def is_fast(self, text: bytes) -> bool:
        """Tell whether the fast path judges a text by itself."""
        try:
            judge_of()._fast.fields(text)
        except SURPRISES:
            return False
        return True

    def test_usual_pings_are_judged_fast(self) -> None:
        """Small and large pings need no help, with white space, nulls and non-ASCII text too."""
        for text in (
            *MADE,
            MADE[0].replace(b",", b" ,\r\t "),
            near_ping(b'"id":null,"meta":{"docType":null,"geoCountry":"\xc3\xa9\\u00e9"}'),
            near_ping(b'"type":"crash","payload":{"processType":"\\ud83d\\ude00"}'),
            near_ping(b'"skipped":"\xff"'),
        ):
            self.assertTrue(self.is_fast(text), text[:300])

    def test_surprises_go_to_the_plain_path(self) -> None:
        """Numbers at the place of a string, containers that are none and bad JSON are not."""
        for member in (
            b'"id":1',
            b'"meta":null',
            b'"meta":[]',
            b'"id":{}',
            b'"id":"\xff"',
            b'"id":',
        ):
            self.assertFalse(self.is_fast(near_ping(member)), member)
        self.assertFalse(judge_of((Dimension("x", ("payload",)),))._fast.is_usable)
        self.assertTrue(judge_of(DIMENSIONS)._fast.is_usable)


if __name__ == "__main__":
    unittest.main()
