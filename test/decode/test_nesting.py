"""One explicit limit of nesting on every path, and never a crash."""

from __future__ import annotations

import json
import unittest
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.decode.nesting import (
    MAX_VALUES,
    NESTING_LIMIT,
    has_too_many_values,
    loads_nested,
    may_nest_too_deep,
    nests_too_deep,
)
from crash_rate_aggregates.decode.plain import _DECODER, decode_json
from crash_rate_aggregates.outcomes import DocType, Outcome
from test.dataset import KILL_HARD, VerdictTestCase, main_ping, raw
from test.decode.arbitrary_pings import mutated, pieces, ping_texts
from test.property_tests import examples

COUNTED = (Outcome.COUNTED, DocType.MAIN)
UNREADABLE = (Outcome.UNREADABLE, DocType.UNKNOWN)


def arrays(levels: int, inside: str = "") -> str:
    """Nest arrays."""
    return "[" * levels + inside + "]" * levels


def objects(levels: int) -> str:
    """Nest objects around null."""
    return '{"a":' * levels + "null" + "}" * levels


class NestingLimitTest(VerdictTestCase):
    def test_limit_is_exact(self) -> None:
        """A ping with 32,768 levels counts, one with 32,769 is unreadable, wherever they are."""
        self.assertEqual(NESTING_LIMIT, 32_768)
        for nested in (arrays, objects):
            for path, above in (("x", 1), (f"{KILL_HARD}/x", 4)):
                with self.subTest(nested=nested.__name__, path=path):
                    sound = main_ping(**{path: raw(nested(NESTING_LIMIT - above))})
                    self.assertEqual(self.outcome(sound), COUNTED)
                    deep = main_ping(**{path: raw(nested(NESTING_LIMIT - above + 1))})
                    self.assertEqual(self.outcome(deep), UNREADABLE)

    def test_spaces_and_strings_do_not_hide_levels(self) -> None:
        """Levels count however the line is spaced; brackets in strings are no levels."""
        for levels, outcome in ((NESTING_LIMIT - 1, COUNTED), (NESTING_LIMIT, UNREADABLE)):
            spaced = "[ " * levels + '"]]"' + "\t]" * levels
            self.assertEqual(self.outcome(main_ping(x=raw(spaced))), outcome)
        brackets = raw(json.dumps('"[{\\' * 40_000))
        self.assertEqual(self.outcome(main_ping(x=brackets)), COUNTED)

    def test_many_brackets_side_by_side(self) -> None:
        """100,000 objects beside each other are not deep."""
        self.assertEqual(self.outcome(main_ping(x=[{}] * 100_000)), COUNTED)

    def test_too_many_values(self) -> None:
        """A ping has at most 500,000 commas and opening brackets, shallow or deep, on each path."""
        self.assertEqual(MAX_VALUES, 500_000)
        for one in ("0,", "[],", "[[[[[[[[[]]]]]]]]],", '{"a":{"a":{"a":0}}},'):
            counted = one.count(",") + one.count("[") + one.count("{")
            for more, outcome in ((-9, COUNTED), (9, UNREADABLE)):
                pieces = (MAX_VALUES + more * 10) // counted
                ping = main_ping(x=raw("[" + one * pieces + "0]"))
                with self.subTest(one=one, pieces=pieces):
                    self.assertEqual(self.outcome(ping), outcome)

    def test_values_are_counted_exactly(self) -> None:
        """500,000 commas and opening brackets are no more than that, one more is."""
        most = b"," * (MAX_VALUES - 2) + b"{["
        for text, too_many in ((most, False), (most + b" ]}", False), (most + b",", True)):
            self.assertEqual(has_too_many_values(text), too_many)

    def test_hostile_depths(self) -> None:
        """100,000 and 1,000,000 brackets, closed or not, cost their own ping only."""
        many = 100_000
        for text in (arrays(many), "[" * many, "]" * many, '{"a":' * many, "[" * 10 * many):
            self.assertEqual(self.outcome(text.encode()), UNREADABLE)
            self.assertEqual(self.outcome(main_ping(x=raw(text))), UNREADABLE)

    def test_deep_and_broken(self) -> None:
        """Below the limit too, deep text that is no JSON is unreadable."""
        for inside in ("x", "1 2", ",", "NaN", '"\x01"', "01"):
            self.assertEqual(self.outcome(main_ping(x=raw(arrays(20_000, inside)))), UNREADABLE)
        self.assertEqual(self.outcome(main_ping(x=raw(arrays(20_000) + "]"))), UNREADABLE)

    def test_top_level(self) -> None:
        """The limit holds for the document itself, on the way through every decoder."""
        value = decode_json(arrays(NESTING_LIMIT).encode())
        depth = 0
        while value:
            value, depth = value[0], depth + 1
        self.assertEqual(depth, NESTING_LIMIT - 1)
        with self.assertRaises(ValueError):
            decode_json(arrays(NESTING_LIMIT + 1).encode())

    def test_cheap_look(self) -> None:
        """A line up to 64 KiB needs no look, and text over the limit never passes the cheap one."""
        self.assertFalse(may_nest_too_deep(b"[" * 2 * NESTING_LIMIT))
        for levels in (NESTING_LIMIT + 1, NESTING_LIMIT + 100):
            for text in (arrays(levels), objects(levels), "[{}," + arrays(levels) + ",[]]"):
                self.assertTrue(may_nest_too_deep(text.encode()))
                self.assertTrue(nests_too_deep(text))
        self.assertFalse(nests_too_deep(arrays(NESTING_LIMIT)))

    def test_cheap_look_is_exact(self) -> None:
        """It counts opening brackets but those at the end, where closing ones would have to be."""
        other = b" " * (NESTING_LIMIT + 1)
        for text, may in (
            (b"[" * NESTING_LIMIT + other, False),
            (b"[" * (NESTING_LIMIT + 1) + other, True),
            (other + b"[" * (NESTING_LIMIT + 1), False),
        ):
            self.assertEqual(may_nest_too_deep(text), may)

    def test_levels_beside_others(self) -> None:
        """What was closed before, at the side, neither adds levels nor takes any away."""
        for levels, too_deep in ((NESTING_LIMIT - 1, False), (NESTING_LIMIT, True)):
            text = "[" + "[],{}," * 9 + arrays(levels) + "]"
            self.assertEqual(nests_too_deep(text), too_deep)


def outcome_of(decode: Any, text: str) -> str:
    """Return what a decoder makes of a text, with the types of numbers."""
    try:
        return repr(decode(text)) + "".join(type(decode(text)).__name__)
    except ValueError:
        return "no JSON"


class NestedDecoderTest(unittest.TestCase):
    def assert_like_json(self, text: str) -> None:
        """Hold that the decoder without recursion does as the standard library's."""
        nested = outcome_of(lambda text: loads_nested(text, _DECODER.decode), text)
        self.assertEqual(nested, outcome_of(_DECODER.decode, text))

    @examples(0.5)
    @given(ping_texts())
    def test_valid_text(self, text: str) -> None:
        """On shallow text both decoders give the same value."""
        self.assert_like_json(text)

    @examples(1)
    @given(mutated(ping_texts().map(lambda text: text.encode("utf-8", "surrogatepass"))))
    def test_mutated_text(self, text: bytes) -> None:
        """On text with a few bytes changed both give the same value, or both refuse it."""
        self.assert_like_json(text.decode("utf-8", "replace"))

    @examples(4)
    @given(st.lists(pieces, max_size=9).map(b"".join))
    def test_any_tokens(self, text: bytes) -> None:
        """On any row of tokens both give the same value, or both refuse it."""
        self.assert_like_json(text.decode("utf-8", "replace"))

    @examples(4)
    @given(st.text(alphabet='{}[],:"\\0a1 \n-eu', max_size=14))
    def test_any_characters_of_json(self, text: str) -> None:
        """On any row of JSON's own characters both give the same value, or both refuse it."""
        self.assert_like_json(text)


if __name__ == "__main__":
    unittest.main()
