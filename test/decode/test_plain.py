"""What is JSON and how it is read, each sentence of the rules with exact values."""

from __future__ import annotations

import unittest
from typing import Any

from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.normalize.values import IntegerLiteral, NumberLiteral, value_at
from crash_rate_aggregates.outcomes import DocType, Outcome
from test.dataset import UUID, VerdictTestCase, json_text, judge_of, main_ping, raw

UNREADABLE = (Outcome.UNREADABLE, DocType.UNKNOWN)
COUNTED = (Outcome.COUNTED, DocType.MAIN)


class JsonTest(unittest.TestCase):
    def test_numbers_keep_their_literal(self) -> None:
        """A number is its literal, of any length, and known as an integer by how it is written."""
        for literal in ("0", "-0", "-12", "3600", "9" * 5000):
            value = decode_json(literal.encode())
            self.assertEqual((type(value), str(value)), (IntegerLiteral, literal))
        for literal in ("1.0", "1e3", "-0.0", "1E-7", "1e999", "0." + "9" * 5000):
            value = decode_json(literal.encode())
            self.assertEqual((type(value), str(value)), (NumberLiteral, literal))

    def test_last_of_duplicate_keys_wins_whole(self) -> None:
        """Of duplicate keys the last value replaces the first: objects are not merged."""
        self.assertEqual(decode_json(b'{"a":{"x":"1"},"a":{"y":"2"}}'), {"a": {"y": "2"}})
        self.assertEqual(decode_json(b'{"a":"1","\\u0061":"2"}'), {"a": "2"})
        self.assertEqual(decode_json(b'{"\xff":"1","\xfe":"2"}'), {"\ufffd": "2"})

    def test_not_utf_8(self) -> None:
        """Bytes that are no UTF-8 become U+FFFD in keys and values; the rest stays JSON."""
        self.assertEqual(decode_json(b'{"k\xff":"v\xe2\x82"}'), {"k\ufffd": "v\ufffd"})
        self.assertEqual(decode_json(b'["\xe2"]'), ["\ufffd"])
        with self.assertRaises(ValueError):
            decode_json(b"[1\xff]")

    def test_utf_16_and_utf_32_are_not_guessed(self) -> None:
        """JSON is UTF-8: other encodings are no JSON, as a byte order mark inside a file is not."""
        for encoding in ("utf-16", "utf-16-le", "utf-32-be", "utf-8-sig"):
            with self.assertRaises(ValueError, msg=encoding):
                decode_json('{"a":1}'.encode(encoding))

    def test_path_through_no_object(self) -> None:
        """A path that meets something other than an object, or null, is absent."""
        value: Any
        for value in (None, [], "a", "1", {"a": None}, {"a": [{"b": 1}]}, {"a": "b"}, {}):
            self.assertIsNone(value_at(value, ("a", "b")), value)
        self.assertEqual(value_at({"a": {"b": 0}}, ("a", "b")), 0)


class UnreadableTest(VerdictTestCase):
    def test_no_json(self) -> None:
        """What is no JSON text is one unreadable ping, also in a field that no rule reads."""
        ping = json_text(main_ping())
        for text in (
            b"",
            b" ",
            b"x",
            ping[:-1],
            ping[1:],
            ping + b"}",
            ping + b"x",
            ping + b"\0",
            b"\xef\xbb\xbf" + ping,
            b"\x0b" + ping,
            ping + b"\xc2\xa0",
            ping.replace(b":", b"=", 1),
            ping.replace(b'"', b"'"),
            ping[:-1] + b",}",
            b"/* */" + ping,
            ping.decode().encode("utf-16"),
        ):
            with self.subTest(text=text[:40]):
                self.assertEqual(self.outcome(text), UNREADABLE)
        for literal in (
            "NaN", "Infinity", "-Infinity", "nan", "undefined", "None", "True", "01", "-", "1.",
            ".5", "1e", "+1", "0x1", "'x'", '"\x01"', '"\n"', '"\x00"', r'"\x"', r'"\u12"',
            r'"\u12g4"', r'"\U00e9"', '"', "[1,]", "{,}", "{1:2}", "[", "]", "",
        ):  # fmt: skip
            for where in ("skipped", "id", "payload/info/skipped", "environment/build/version"):
                with self.subTest(literal=literal, where=where):
                    self.assertEqual(self.outcome(main_ping(**{where: raw(literal)})), UNREADABLE)

    def test_several_documents_on_a_line(self) -> None:
        """Several documents on a line are one unreadable ping, however they are parted."""
        ping = json_text(main_ping())
        for between in (b"", b" ", b",", b"\t", b"\r", b"\n"):
            self.assertEqual(self.outcome(ping + between + ping), UNREADABLE, between)
        self.assertEqual(self.outcome(ping + b" null"), UNREADABLE)

    def test_no_object(self) -> None:
        """A top-level array or scalar is one unreadable ping, though it is JSON."""
        ping = json_text(main_ping())
        for text in (b"[%s]" % ping, b"[]", b"null", b"true", b"5", b"-1.5e3", b'"main"', b'""'):
            self.assertEqual(self.outcome(text), UNREADABLE, text[:9])

    def test_white_space_around(self) -> None:
        """Spaces, tabs, CR and LF around and inside a document change nothing."""
        ping = json_text(main_ping())
        spaced = (
            b" \t\r\n" + ping.replace(b'":', b'" :\r\n\t ').replace(b",", b"\t,  ") + b"\n\r\t "
        )
        self.assertEqual(self.verdict(spaced), self.verdict(ping))

    def test_last_duplicate_key_decides(self) -> None:
        """Of duplicate keys in a ping the last counts whole, also if it is null or no object."""
        ping = json_text(main_ping(id=UUID))
        for member, outcome in (
            (b'"meta":{"docType":"core"}', Outcome.OTHER_DOC_TYPE),
            (b'"meta":{"docType":"core"},"meta":{}', Outcome.COUNTED),
            (b'"environment":{}', Outcome.BAD_BUILD_ID),
            (b'"environment":null', Outcome.BAD_BUILD_ID),
            (b'"payload":{"info":{"subsessionLength":"x"}}', Outcome.BAD_SUBSESSION_LENGTH),
            (b'"payload":{"info":{"subsessionLength":"x","subsessionLength":1}}', Outcome.COUNTED),
            (b'"p\\u0061yload":{"info":{"subsessionLength":"x"}}', Outcome.BAD_SUBSESSION_LENGTH),
            (b'"payload":[]', Outcome.COUNTED),
        ):
            with self.subTest(member=member):
                self.assertEqual(self.outcome(b"%s,%s}" % (ping[:-1], member))[0], outcome)

    def test_not_utf_8_in_a_ping(self) -> None:
        """A ping with bytes that are no UTF-8 counts; in a build id they make it bad."""
        self.assertEqual(self.outcome(main_ping(x=raw(b'"\xff\xfe"'))), COUNTED)
        self.assertEqual(self.outcome(main_ping(**{"application/name": raw(b'"\xff"')})), COUNTED)
        ping = main_ping(**{"environment/build/buildId": raw(b'"2016031303041\xff"')})
        self.assertEqual(self.outcome(ping)[0], Outcome.BAD_BUILD_ID)

    def test_formats_that_are_not_json(self) -> None:
        """A decoded ping is judged like its JSON text; what is no object is unreadable."""
        judge = judge_of()
        text = json_text(main_ping(id=UUID))
        self.assertEqual(judge.judge_raw(decode_json(text)), judge.judge_plainly(text))
        value: Any
        for value in (None, [], "x", 1):
            self.assertEqual(judge.judge_raw(value).outcome, Outcome.UNREADABLE)  # type: ignore[union-attr]  # Not counted.


if __name__ == "__main__":
    unittest.main()
