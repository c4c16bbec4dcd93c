"""Heka's messages: how a ping that was split over fields is put together again."""

from __future__ import annotations

import gzip
import json
import unittest
from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.decode.fast import SURPRISES
from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.normalize.ping import UNREADABLE as UNREADABLE_PING
from crash_rate_aggregates.sources.formats.heka.heka_pb2 import DESCRIPTOR, Field, Message
from crash_rate_aggregates.sources.formats.heka.read_sections import ReadSections
from crash_rate_aggregates.sources.formats.heka.reassembly import (
    _assembled,
    _decoded_members,
    _members_as_text,
    _Parts,
    _value_as_text,
    ping_of,
)
from test.dataset import (
    DAY,
    LENGTH,
    UUID,
    crash_ping,
    full_size_ping,
    json_text,
    judge_of,
    main_ping,
)
from test.decode.arbitrary_pings import mutated, ping_texts, values
from test.property_tests import examples
from test.sources.mirrors.heka import (
    PACKINGS,
    HekaLayout,
    message_of,
    record,
    scalar_field,
    write_heka,
)
from test.sources.stored import every_section, heka_pings, verdicts
from test.test_layers import PACKAGE

NOON = 1_457_956_800_000_000_000
_SECTIONS = ["environment.build", "payload", "payload.info", "payload.log", "a.b.c"]
_SECTIONS += ["payload.keyedHistograms.X", "payload.log.x"]
SERVER_META = {"Timestamp": NOON, "Type": "telemetry", "Hostname": "host"}
PINGS: list[dict[str, Any]] = [
    full_size_ping(),
    main_ping(**{"meta/documentId": UUID, "payload/info/reason": "a/b", "payload/gc": {}}),
    main_ping(**{LENGTH: -5, "meta/sampleId": 42.0, "meta/telemetryEnabled": True}),
    crash_ping(**{"payload/processType": "content", "payload/metadata": {"RemoteType": "web"}}),
    main_ping(type="core", meta={"docType": "core"}),
]


def message(body: bytes = b"", *fields: Field, **named: Any) -> bytes:
    """Write a message of noon of `DAY`."""
    encoded = [field.SerializeToString() for field in fields]
    stated: dict[str, Any] = {"timestamp": NOON, "fields": encoded} | named
    return Message(uuid=bytes(16), payload=body, **stated).SerializeToString()


def section(name: str, text: bytes) -> Field:
    """Write a field with JSON text."""
    return Field(name=name.encode(), value_type=Field.BYTES, value_bytes=[text])


def ping_in(encoded: bytes) -> Any:
    """Return the decoded ping of one message."""
    (ping,) = heka_pings(record(encoded))
    return ping


class LayoutsTest(unittest.TestCase):
    def test_both_layouts_in_every_packing(self) -> None:
        """Pings in both layouts, plain, by snappy and mixed, come back member by member."""
        expected = [
            {**ping, "meta": {**SERVER_META, "submissionDate": "20160314", **ping["meta"]}}
            for ping in PINGS
        ]
        for layout in HekaLayout:
            for packing in PACKINGS:
                content = write_heka(PINGS, day=DAY, layout=layout, packing=packing)
                with self.subTest(layout=layout, packing=packing):
                    self.assertEqual(heka_pings(content), expected)
                    self.assertEqual(heka_pings(gzip.compress(content)), expected)

    def test_verdicts_are_those_of_json(self) -> None:
        """Pings as records are judged as the same pings one a line."""
        lines = b"".join(json_text(ping) + b"\n" for ping in PINGS)
        expected = verdicts(lines, DAY)
        self.assertEqual(len(expected[0]), len(PINGS))
        for layout in HekaLayout:
            found = verdicts(write_heka(PINGS, day=DAY, layout=layout, packing="mixed"), DAY)
            self.assertEqual(found, expected)

    def test_sections_take_the_place_of_null(self) -> None:
        """What `submission` holds in a section's place gives way; what is beside it stays."""
        body = b'{"payload":{"info":null,"ver":4},"environment":null,"x":[1]}'
        fields = [section("submission", body), section("payload.info", b'{"a":1}'),
                  section("environment.build", b"5"), section("x.y.z", b"[]")]  # fmt: skip
        ping = ping_in(message(b"", *fields))
        del ping["meta"]
        self.assertEqual(
            ping,
            {
                "payload": {"info": {"a": 1}, "ver": 4},
                "environment": {"build": 5},
                "x": {"y": {"z": []}},
            },
        )

    def test_a_section_that_is_no_json(self) -> None:
        """A section that is not one JSON text makes the ping unreadable, read by the rules or not.

        Nor can it smuggle in members that its ping does not have.
        """
        sound = section("payload.histograms", b' {"a":[1,2]}\n')
        self.assertEqual(ping_in(message(b"{}", sound))["payload"], {"histograms": {"a": [1, 2]}})
        for text in (b"", b"{", b"{}{}", b"NaN", b'1,"x":2', b'{}},"x":{{}', b"01", b"'a'", b'"'):
            for name in ("payload.log", "environment.build"):
                with self.subTest(text=text, name=name):
                    self.assertIsNone(ping_in(message(b"{}", section(name, text), sound)))

    def test_a_body_that_is_no_object(self) -> None:
        """A message whose JSON is broken, or no object, is one unreadable ping."""
        for body in (b"[]", b"5", b"null", b"{", b"{}{}", b"\xff"):
            self.assertIsNone(ping_in(message(body)))

    def test_bad_utf_8(self) -> None:
        """Bytes that are no UTF-8 become U+FFFD, in bodies, sections, names and values."""
        fields = [
            section("payload.x", b'"\xff"'),
            Field(name=b"geo\xff", value_string=[b"D\xe2"]),
        ]
        ping = ping_of(Message.FromString(message(b'{"k\xff":"v\xff"}', *fields)), every_section)
        assert isinstance(ping, Mapping)
        self.assertEqual(ping["k\ufffd"], "v\ufffd")
        self.assertEqual(ping["payload"], {"x": "\ufffd"})
        self.assertEqual(ping["meta"]["geo\ufffd"], "D\ufffd")

    def test_sections_that_are_not_read_are_left_out(self) -> None:
        """Only what the rules or the dimensions read is put in place; verdicts do not tell."""
        sections = ["environment.build", "environment.settings", "environment.addons.x"]
        sections += ["payload", "payload.info", "payload.info.x", "payload.histograms"]
        sections += ["payload.keyedHistograms.X"]
        usual = ReadSections(DIMENSIONS).holds
        locale = ReadSections([Dimension("locale", ("environment", "settings", "locale"))]).holds
        histogram = ReadSections([Dimension("h", ("payload", "histograms"))]).holds
        paths = [tuple(name.split(".")) for name in sections]
        self.assertEqual([usual(path) for path in paths], [1, 1, 0, 1, 1, 0, 0, 1])
        self.assertEqual([locale(path) for path in paths], [1, 1, 0, 1, 1, 0, 0, 1])
        self.assertEqual([histogram(path) for path in paths], [1, 0, 0, 1, 1, 0, 1, 1])
        self.assertTrue(histogram(("payload", "histograms", "X")))
        ping = ping_of(Message.FromString(message_of(PINGS[0], DAY, HekaLayout.GO)), usual)
        assert isinstance(ping, bytes)
        self.assertEqual(json.loads(ping)["payload"].keys(), {"info", "keyedHistograms"})

    @examples(1)
    @given(
        st.one_of(ping_texts().map(str.encode), mutated(ping_texts().map(str.encode))),
        st.lists(
            st.tuples(
                st.sampled_from(_SECTIONS),
                st.one_of(values.map(lambda text: text.encode("utf-8", "surrogatepass")),
                          mutated(values.map(lambda text: text.encode("utf-8", "surrogatepass")))),
            ),
            max_size=3,
        ),
    )  # fmt: skip
    def test_text_and_plain_decoder_agree(
        self, body: bytes, sections: list[tuple[str, bytes]]
    ) -> None:
        """A ping put together as text is judged as one that the plain decoder put together."""
        parts = _Parts(body, [(tuple(name.split(".")), text) for name, text in sections], {"a": 1})
        try:
            plain = judge_of().judge_raw(_assembled(parts, _decoded_members, decode_json))
        except ValueError:
            plain = UNREADABLE_PING
        try:
            whole = _assembled(parts, _members_as_text, _value_as_text)
            short = _assembled(
                parts, _members_as_text, _value_as_text, ReadSections(DIMENSIONS).holds
            )
        except SURPRISES:
            return
        self.assertEqual(judge_of().judge_json(json_text(whole)), plain)
        self.assertEqual(judge_of().judge_json(json_text(short)), plain)


class MetaTest(unittest.TestCase):
    def test_types(self) -> None:
        """Each type of value is read; the first value counts, and of equal names the last field."""
        fields = [
            Field(name=b"string", value_string=[b"a", b"b"]),
            Field(name=b"bytes", value_type=Field.BYTES, value_bytes=[b"c"]),
            scalar_field("integer", -5),
            scalar_field("double", 42.0),
            scalar_field("bool", False),
            Field(name=b"none"),
            scalar_field("twice", 1),
            scalar_field("twice", "2"),
        ]
        meta = ping_in(message(b"{}", *fields, type=b"t", hostname=b"h"))["meta"]
        self.assertEqual(
            meta,
            {
                "Timestamp": NOON,
                "Type": "t",
                "Hostname": "h",
                "submissionDate": "20160314",
                "string": "a",
                "bytes": "c",
                "integer": -5,
                "double": 42.0,
                "bool": False,
                "twice": "2",
            },
        )

    def test_own_meta_of_a_ping_gives_way(self) -> None:
        """What a client put into `meta` does not count."""
        meta = ping_in(message(b'{"meta":{"docType":"main","x":1}}'))["meta"]
        self.assertEqual((meta.get("docType"), meta.get("x")), (None, None))

    def test_submission_date(self) -> None:
        """The submission date is the field's, else the UTC date of the message."""
        stated = scalar_field("submissionDate", "20160101")
        self.assertEqual(ping_in(message(b"{}", stated))["meta"]["submissionDate"], "20160101")
        for timestamp, day in (
            (0, "19700101"),
            (-1, "19691231"),
            (1_457_999_999_999_999_999, "20160314"),
            (1_458_000_000_000_000_000, "20160315"),
            (2**63 - 1, "22620411"),
            (-(2**63), "16770921"),
        ):
            meta = ping_in(message(b"{}", timestamp=timestamp))["meta"]
            self.assertEqual(meta["submissionDate"], day)

    def test_fields_that_are_no_protobuf(self) -> None:
        """A message with a field that does not decode is one unreadable ping."""
        self.assertIsNone(ping_in(message(b"{}", fields=[b"\xff"])))


class NeverDecodedTest(unittest.TestCase):
    def raw(self, content: bytes, uri: str) -> Any:
        """Return what comes of a message as the edge wrote it."""
        fields = [section("content", content), scalar_field("uri", uri), scalar_field("DNT", "1")]
        return ping_in(message(b"", *fields, type=b"telemetry.raw"))

    def test_telemetry(self) -> None:
        """The content is the ping, compressed or not; the address says what it is."""
        text = json_text({"type": "main", "clientId": "c"})
        for content in (text, gzip.compress(text)):
            ping = self.raw(
                content, f"/submit/telemetry/{UUID}/main/Firefox/48.0a1/nightly/2016?v=4"
            )
            self.assertEqual(
                ping,
                {
                    "type": "main",
                    "clientId": "c",
                    "meta": {
                        "Timestamp": NOON,
                        "Type": "telemetry.raw",
                        "Hostname": "",
                        "submissionDate": "20160314",
                        "documentNamespace": "telemetry",
                        "documentId": UUID,
                        "docType": "main",
                        "appName": "Firefox",
                        "appVersion": "48.0a1",
                        "appUpdateChannel": "nightly",
                        "appBuildId": "2016",
                        "uri": f"/submit/telemetry/{UUID}/main/Firefox/48.0a1/nightly/2016?v=4",
                        "DNT": "1",
                    },
                },
            )

    def test_other_addresses(self) -> None:
        """Another namespace has its parts in another order; what is no address says nothing."""
        meta = self.raw(b"{}", f"/submit/firefox-desktop/crash/1/{UUID}")["meta"]
        self.assertEqual(
            (meta["documentNamespace"], meta["docType"], meta["documentId"]),
            ("firefox-desktop", "crash", UUID),
        )
        self.assertNotIn("docType", self.raw(b"{}", "main")["meta"])
        self.assertEqual(self.raw(b"{}", f"/submit/telemetry/{UUID}")["meta"]["documentId"], UUID)

    def test_content_that_does_not_decompress(self) -> None:
        """Content that is cut, or makes more than 16 MiB, is one unreadable ping."""
        self.assertIsNone(self.raw(gzip.compress(b'{"type":"main"}')[:-9], "/submit/telemetry/x"))
        large = b'{"x":"' + b"a" * (16 << 20) + b'"}'
        self.assertIsNone(self.raw(gzip.compress(large, 1), "/submit/telemetry/x"))


class GeneratedTest(unittest.TestCase):
    def test_module_says_what_the_proto_file_says(self) -> None:
        """heka_pb2.py has the fields and numbers of heka.proto; else run make protobuf."""
        source = (PACKAGE / "sources/formats/heka/heka.proto").read_text(encoding="utf-8")
        lines = [line.strip() for line in source.splitlines()]
        stated = [
            (words[0], words[1], words[2], int(words[4].strip(";")))
            for words in map(str.split, lines)
            if words and words[0] in ("required", "optional", "repeated")
        ]
        labels = {1: "optional", 2: "required", 3: "repeated"}
        types = {1: "double", 3: "int64", 8: "bool", 12: "bytes", 13: "uint32", 14: "ValueType"}
        file = FileDescriptorProto()
        DESCRIPTOR.CopyToProto(file)
        generated = [
            (labels[field.label], types[field.type], field.name, field.number)
            for message_type in file.message_type
            for field in message_type.field
        ]
        self.assertEqual(generated, stated)
        self.assertEqual(len(stated), 14)


if __name__ == "__main__":
    unittest.main()
