"""Dimension values: any scalar as text that PostgreSQL's jsonb takes."""

from __future__ import annotations

import json
import unittest
import unittest.mock
from typing import Any

from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.normalize import dimension_values
from crash_rate_aggregates.normalize.dimension_values import DimensionTexts
from crash_rate_aggregates.outcomes import Adjustment
from crash_rate_aggregates.rows import CUT_NAMES
from test.dataset import VerdictTestCase, full_size_ping, main_ping, raw, without

CHANNEL = (Dimension("channel", ("application", "channel")),)
SHORTENED = Adjustment.DIMENSION_SHORTENED


class DimensionValuesTest(VerdictTestCase):
    def channel(self, value: Any) -> tuple[str | None, Adjustment]:
        """Return a channel as the table will have it (None where it has none), and adjustments."""
        ping = self.counted(main_ping(**{"application/channel": value}), CHANNEL)
        return json.loads(ping.dimensions).get("channel"), Adjustment(ping.adjustments)

    def test_strings_as_they_are(self) -> None:
        """Strings stay as they are: empty, ??, with spaces, quotes, controls, beyond the BMP."""
        texts = ("", "??", "release", " Release ", "null", "true", '"\\/\b\f\n\r\t', "\x01\x1f\x7f")
        for text in (*texts, "\u2028", "日本語", "😀", "e\u0301", "\ufeff", "\ufffd", "\uffff"):
            with self.subTest(text=text):
                self.assertEqual(self.channel(text), (text, Adjustment(0)))

    def test_booleans_and_numbers(self) -> None:
        """Booleans are `true` and `false`; a number is its literal as written."""
        self.assertEqual(self.channel(True), ("true", Adjustment(0)))
        self.assertEqual(self.channel(False), ("false", Adjustment(0)))
        for literal in ("0", "-0", "1", "1.0", "1.50", "1e3", "1E+03", "-0.0e-0", "9" * 200):
            self.assertEqual(self.channel(raw(literal)), (literal, Adjustment(0)), literal)

    def test_left_out(self) -> None:
        """null, an object and an array leave the key out, as absence does."""
        for value in (None, {}, [], {"a": 1}, ["nightly"]):
            self.assertEqual(self.channel(value), (None, Adjustment(0)), value)
        for ping in (
            without(main_ping(), "application/channel"),
            without(main_ping(), "application"),
            main_ping(application=None),
            main_ping(application="nightly"),
            main_ping(application=[{"channel": "nightly"}]),
        ):
            self.assertEqual(self.counted(ping, CHANNEL).dimensions, "{}")

    def test_what_postgresql_refuses(self) -> None:
        """U+0000 and each lone surrogate become U+FFFD; a pair of surrogates is one character."""
        for literal, text in (
            (r'"\u0000"', "\ufffd"),
            (r'"a\u0000b\u0000"', "a\ufffdb\ufffd"),
            (r'"\ud800"', "\ufffd"),
            (r'"\udfff"', "\ufffd"),
            (r'"x\udc00\ud800y"', "x\ufffd\ufffdy"),
            (r'"\ud83d\ud83d\ude00\ude00"', "\ufffd\U0001f600\ufffd"),
            (r'"\ud83d\ude00"', "\U0001f600"),
            (r'"\uD83D\uDE00"', "\U0001f600"),
            (r'"\ud800x\udc00"', "\ufffdx\ufffd"),
        ):
            with self.subTest(literal=literal):
                self.assertEqual(self.channel(raw(literal)), (text, Adjustment(0)))

    def test_not_utf_8(self) -> None:
        """Bytes that are no UTF-8 become U+FFFD, as Python's decoder replaces them."""
        for value, text in (
            (b"\xff", "\ufffd"),
            (b"\xc0\x80", "\ufffd\ufffd"),
            (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
            (b"\xe2\x82", "\ufffd"),
            (b"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"),
            (b"caf\xe9", "caf\ufffd"),
        ):
            with self.subTest(value=value):
                self.assertEqual(self.channel(raw(b'"%s"' % value)), (text, Adjustment(0)))

    def test_200_and_201_code_points(self) -> None:
        """200 code points stay; of 201 and of 12 KB the first 200 stay and it is listed."""
        for character in ("x", "é", "😀"):
            whole = character * 200
            self.assertEqual(self.channel(whole), (whole, Adjustment(0)))
            self.assertEqual(self.channel(whole + "y"), (whole, SHORTENED))
            self.assertEqual(self.channel(character * 12_000), (whole, SHORTENED))
        self.assertEqual(self.channel(raw("9" * 5000)), ("9" * 200, SHORTENED))
        escaped = raw('"' + r"\ud83d\ude00" * 200 + '"')
        self.assertEqual(self.channel(escaped), ("😀" * 200, Adjustment(0)))
        self.assertEqual(
            self.channel(raw('"' + r"\u0000" * 201 + '"')), ("\ufffd" * 200, SHORTENED)
        )

    def test_shortened_is_listed_at_each_ping(self) -> None:
        """A value that is cut is listed for each ping that has it, once a ping."""
        for _ in range(2):
            ping = main_ping(application={"channel": "x" * 201, "name": "y" * 201})
            self.assertEqual(self.adjustments(ping), SHORTENED)

    def test_equal_texts_for_equal_values(self) -> None:
        """A string and a literal that look alike are the same value, in the order of DIMENSIONS."""
        self.assertEqual(self.channel("1.0"), self.channel(raw("1.0")))
        self.assertEqual(self.channel("true"), self.channel(True))
        dimensions = self.counted(full_size_ping()).dimensions
        self.assertEqual(
            dimensions,
            '{"build_version":"48.0a1","build_id":"20160313030418","channel":"nightly",'
            '"application":"Firefox","os_name":"Windows_NT","os_version":"10.0",'
            '"architecture":"x86-64","country":"DE","experiment_id":"e10s@mozilla.org",'
            '"experiment_branch":"control","e10s_enabled":"true","e10s_cohort":"test"}',
        )
        backwards = tuple(reversed(DIMENSIONS))
        self.assertEqual(
            list(json.loads(self.counted(full_size_ping(), backwards).dimensions)),
            [dimension.name for dimension in backwards],
        )

    def test_any_path_can_be_a_dimension(self) -> None:
        """Dimensions may lie anywhere, also where the rules read or where keys are odd."""
        ping = main_ping(
            **{
                "payload/keyedHistograms": {"SUBPROCESS_KILL_HARD": {"x": "y"}},
                "odd": {"": "empty", 'q"\\': "quoted", "\ufffd": "replaced", "é": "accent"},
            }
        )
        for path, value in (
            (("payload", "info", "subsessionLength"), "3600"),
            (("payload", "keyedHistograms", "SUBPROCESS_KILL_HARD", "x"), "y"),
            (("payload", "keyedHistograms"), None),
            (("payload",), None),
            (("type",), "main"),
            (("type", "x"), None),
            (("odd", ""), "empty"),
            (("odd", 'q"\\'), "quoted"),
            (("odd", "\ufffd"), "replaced"),
            (("odd", "é"), "accent"),
            (("odd", "\ud800"), None),
        ):
            with self.subTest(path=path):
                dimensions = self.counted(ping, (Dimension("any", path),)).dimensions
                self.assertEqual(json.loads(dimensions).get("any"), value)

    def test_key_that_is_no_utf_8(self) -> None:
        """A key that is no UTF-8 reads as U+FFFD on both paths."""
        text = b'{"type":"main","creationDate":"2016-03-14","\xff":"found","environment":{"build":'
        text += b'{"buildId":"20160310030214"}}}'
        self.assertEqual(
            self.counted(text, (Dimension("any", ("\ufffd",)),)).dimensions, '{"any":"found"}'
        )


class DimensionTextsTest(unittest.TestCase):
    def test_kept_combinations_are_bounded(self) -> None:
        """Combinations are kept up to a bound, and those with a value that was cut not at all."""
        self.enterContext(unittest.mock.patch.object(dimension_values, "_CACHE_SIZE", 3))
        texts = DimensionTexts(CHANNEL)
        for number in range(10):
            text = texts.text((str(number),))
            self.assertEqual(text[:3], (f'{{"channel":"{number}"}}', "1", False))
            self.assertEqual(dict(zip(CUT_NAMES, text.cut, strict=True))["channel"], "other")
            self.assertLessEqual(len(texts._cache), 3)
        texts._cache.clear()
        text = texts.text(("x" * 201,))
        self.assertEqual(text[:3], (f'{{"channel":"{"x" * 200}"}}', "1", True))
        self.assertEqual(texts._cache, {})


if __name__ == "__main__":
    unittest.main()
