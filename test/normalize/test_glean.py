"""Glean crash pings: what is read of them, which were sent twice, and their second key."""

from __future__ import annotations

import unittest
from hashlib import blake2b, sha256
from typing import Any

import msgspec

from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.decode.layouts.kinds import LayoutName, PingKind
from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.normalize.ping import (
    Ignored,
    NormalizedPing,
    copy_order,
    minidump_key,
)
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.outcomes import Adjustment
from crash_rate_aggregates.stats import STAT_NAMES
from test.dataset import DAY, UUID, crash_ping, json_text, main_ping, raw
from test.decode.agreement import AgreementTestCase
from test.engines.made_days import with_values
from test.sources.mirrors.glean import glean_ping

EMPTY_FILE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
HASH = "00112233445566778899aabbccddeeff" * 2
STRING = "metrics/string/crash."
TIME = "metrics/datetime/crash.time"
LAST_BAD_BUILD, FIRST_GOOD_BUILD = "20260128215502", "20260128215503"


def glean(**values: Any) -> dict[str, Any]:
    """Make a Glean crash ping of the main process, like `crash_ping`; values by their path."""
    return with_values(glean_ping(crash_ping(**{"meta/documentId": UUID})), values)


class GleanTestCase(AgreementTestCase):
    def verdict(
        self, ping: Any, kind: PingKind | None = None, *extra: Dimension
    ) -> NormalizedPing | Ignored:
        """Judge a ping on both paths."""
        judge = PingJudge(Judge(DAY, (*DIMENSIONS, *extra)), kind or PingKind(LayoutName.GLEAN))
        return self.assert_agree(json_text(ping), judge)

    def counted(self, ping: Any, kind: PingKind | None = None, *extra: Dimension) -> NormalizedPing:
        """Return the normalized form of a ping that passes."""
        verdict = self.verdict(ping, kind, *extra)
        assert isinstance(verdict, NormalizedPing), verdict
        return verdict

    def outcome(self, ping: Any, kind: PingKind | None = None) -> tuple[str, str]:
        """Return what a ping that is ignored became."""
        verdict = self.verdict(ping, kind)
        assert isinstance(verdict, Ignored), verdict
        return verdict.outcome, verdict.doc_type

    def stats(self, ping: Any) -> dict[str, int]:
        """Return the stats that are not 0."""
        stats = zip(STAT_NAMES, self.counted(ping).stats, strict=True)
        return {name: value for name, value in stats if value}


class PlacesTest(GleanTestCase):
    def test_dimensions(self) -> None:
        """Build, channel and version are those of the crash, the rest is the client's."""
        ping = glean(
            **{
                "client_info/architecture": "x86_64",
                "client_info/os": "Windows",
                "client_info/os_version": "10.0",
                "metadata/geo/country": "DE",
            }
        )
        self.assertEqual(
            self.counted(ping).dimensions,
            '{"build_version":"48.0a1","build_id":"20160313030418","channel":"nightly",'
            '"application":"Firefox","os_name":"Windows_NT","os_version":"10.0",'
            '"architecture":"x86-64","country":"DE"}',
        )

    def test_names_as_v4_pings_have_them(self) -> None:
        """Systems, architectures and applications are named as in v4 pings; others stand."""
        for path, dimension, names in (
            (
                "client_info/os",
                "os_name",
                {"Windows": "Windows_NT", "Darwin": "Darwin", "Linux": "Linux", "Mac": "Darwin"},
            ),
            (
                "client_info/architecture",
                "architecture",
                {"x86_64": "x86-64", "x86": "x86", "aarch64": "aarch64"},
            ),
            (
                "metadata/document_namespace",
                "application",
                {
                    "firefox-desktop": "Firefox",
                    "firefox-crashreporter": "Firefox",
                    "firefox_desktop": "Firefox",
                    "thunderbird-desktop": "Thunderbird",
                },
            ),
        ):
            for stored, shown in names.items():
                dimensions = self.counted(glean(**{path: stored})).dimensions
                self.assertIn(f'"{dimension}":"{shown}"', dimensions)

    def test_application_from_the_file(self) -> None:
        """What the file says stands in where the ping says no namespace that is known."""
        kind = PingKind(LayoutName.GLEAN, "crash", "Firefox")
        ping = glean(**{"metadata/document_namespace": None})
        self.assertIn('"application":"Firefox"', self.counted(ping, kind).dimensions)
        self.assertNotIn("application", self.counted(ping).dimensions)
        ping = glean(**{"metadata/document_namespace": "thunderbird-desktop"})
        self.assertIn('"application":"Thunderbird"', self.counted(ping, kind).dimensions)

    def test_bare_ping(self) -> None:
        """A ping as the client made it, without anything of a server, counts."""
        ping = glean()
        for name in ("metadata", "document_id", "submission_timestamp"):
            ping.pop(name, None)
        counted = self.counted(ping)
        self.assertEqual((counted.id, counted.doc_type), (None, "crash"))
        with_meta = self.counted({**ping, "meta": {"documentId": UUID, "geoCountry": "FR"}})
        self.assertIn('"country":"FR"', with_meta.dimensions)
        self.assertEqual(with_meta.id, bytes.fromhex(UUID.replace("-", "")))

    def test_activity_date(self) -> None:
        """The day is that of the crash on the client's calendar, else of the ping's end."""
        for values, day in (
            ({TIME: "2016-03-13T23:59:59.999-08:00"}, "2016-03-13"),
            ({TIME: "2016-03-13T23:59-08:00"}, "2016-03-13"),
            ({TIME: "2016-03-13+01:00"}, None),
            ({TIME: None}, "2016-03-14"),
            ({TIME: None, "metrics/datetime/raw_crash_time": "2016-03-12T01:00Z"}, "2016-03-12"),
            ({TIME: None, "metrics/datetime/crash_time": "2016-03-11 01:00:00 UTC"}, "2016-03-11"),
        ):
            ping = glean(**values)
            with self.subTest(values=values):
                if day is None:
                    self.assertEqual(self.outcome(ping), ("bad_activity_date", "crash"))
                else:
                    self.assertEqual(self.counted(ping).activity_date.isoformat(), day)
        late = self.counted(glean(**{TIME: "2016-03-15T00:00+02:00"}))
        self.assertEqual(late.adjustments, Adjustment.ACTIVITY_DATE_TOO_LATE)

    def test_doc_type(self) -> None:
        """The server's doc type decides, else the crash metrics; other Glean pings are others."""
        for values, outcome in (
            ({"metadata/document_type": "metrics"}, ("other_doc_type", "other")),
            ({"metadata/document_type": 5}, ("other_doc_type", "unknown")),
            ({"metadata/document_type": None, "metrics": {}}, ("other_doc_type", "unknown")),
        ):
            self.assertEqual(self.outcome(glean(**values)), outcome)
        self.assertEqual(self.counted(glean(**{"metadata/document_type": None})).doc_type, "crash")
        kind = PingKind(LayoutName.GLEAN, "crash")
        ping = glean(**{"metadata/document_type": None, "metrics": {}})
        self.assertEqual(self.counted(ping, kind).process_type, "absent")

    def test_build_of_the_client(self) -> None:
        """Where the crash names no build, version or channel, the client's stand for them."""
        names = ("app_build", "app_display_version", "app_channel")
        ping = glean(
            **dict.fromkeys((STRING + name for name in names), None),
            **{
                "client_info/app_build": "20240213172118",
                "client_info/app_display_version": "115.8.0",
                "client_info/app_channel": "esr",
            },
        )
        dimensions = msgspec.json.decode(self.counted(ping).dimensions)
        self.assertEqual(
            [dimensions[name] for name in ("build_id", "build_version", "channel")],
            ["20240213172118", "115.8.0", "esr"],
        )
        # A view's columns go before the client's, and the metrics before both.
        for name in names:
            ping[f"crash_{name}"] = ping["client_info"][name].replace("115", "116")
        dimensions = msgspec.json.decode(self.counted(ping).dimensions)
        self.assertEqual(dimensions["build_version"], "116.8.0")
        ping["client_info"]["app_build"] = "2016120047"
        self.assertEqual(dimensions["build_id"], "20240213172118")
        del ping["crash_app_build"]
        self.assertEqual(self.outcome(ping), ("bad_build_id", "crash"))

    def test_processes(self) -> None:
        """A crash counts by its process as a v4 crash ping does."""
        for process, error, stat in (
            ("main", None, "main_crashes"),
            ("content", None, "content_crash_pings"),
            ("content", "ShutDownKill", "content_shutdown_crash_pings"),
            ("utility", None, "other_process_crash_pings"),
        ):
            ping = glean(
                **{
                    STRING + "process_type": process,
                    STRING + "ipc_channel_error": error,
                    STRING + "minidump_sha256_hash": HASH,
                }
            )
            self.assertEqual(self.stats(ping), {stat: 1})


class SentTwiceTest(GleanTestCase):
    def is_half(self, **values: Any) -> bool:
        """Tell whether a main crash of 140 counts in main_crashes_sent_twice too."""
        usual = {
            "client_info/app_display_version": None,
            STRING + "app_display_version": "140.0",
        }
        stats = self.stats(glean(**usual | values))
        self.assertEqual(stats["main_crashes"], 1)
        return stats == {"main_crashes": 1, "main_crashes_sent_twice": 1}

    def test_versions_and_builds(self) -> None:
        """All before 149, of 149 the builds before the fix, of later ones none."""
        for version, build, is_half in (
            ("148.0.2", LAST_BAD_BUILD, True),
            ("148.0.2", FIRST_GOOD_BUILD, True),
            ("140.9.0esr", "20270101000000", True),
            ("149.0a1", LAST_BAD_BUILD, True),
            ("149.0a1", FIRST_GOOD_BUILD, False),
            ("149", "20260301000000", False),
            ("150.0", "20260101000000", False),
            ("1490.0", LAST_BAD_BUILD, False),
            ("132.0a1", "20240917000000", True),
            # Before the crash reporter had a Glean ping of its own.
            ("131.0", "20240917000000", False),
            ("128.8.0", "20250301093000", False),
            (None, "20240916235959", False),
            (None, "20240917000000", True),
            ("9" * 5000, LAST_BAD_BUILD, False),
            (None, LAST_BAD_BUILD, True),
            ("", LAST_BAD_BUILD, True),
            ("a148", FIRST_GOOD_BUILD, False),
            (148, FIRST_GOOD_BUILD, False),
        ):
            with self.subTest(version=version, build=build):
                found = self.is_half(
                    **{STRING + "app_display_version": version, STRING + "app_build": build}
                )
                self.assertEqual(found, is_half)

    def test_minidumps(self) -> None:
        """Only a crash without a minidump: no hash, an empty one, or that of the empty file."""
        value: Any
        name = STRING + "minidump_sha256_hash"
        for value in (None, "", EMPTY_FILE, EMPTY_FILE.upper(), 5, {}, raw("1e3")):
            self.assertTrue(self.is_half(**{name: value}), value)
        for value in (HASH, HASH.upper(), "x", EMPTY_FILE[:-1]):
            self.assertFalse(self.is_half(**{name: value}), value)

    def test_other_processes(self) -> None:
        """Crashes of other processes are sent once."""
        for process in ("content", "gpu", "Main", ""):
            stats = self.stats(glean(**{STRING + "process_type": process}))
            self.assertNotIn("main_crashes_sent_twice", stats)
        self.assertTrue(self.is_half(**{STRING + "process_type": None}))

    def test_one_sender(self) -> None:
        """On Android, and from an application that nobody knows, each crash is sent once."""
        for namespace, is_half in (
            ("firefox-desktop", True),
            ("firefox_crashreporter", True),
            ("thunderbird-desktop", True),
            ("org-mozilla-firefox", False),
            ("some-other-gecko", False),
            (None, False),
        ):
            with self.subTest(namespace):
                self.assertEqual(
                    self.is_half(**{"metadata/document_namespace": namespace}), is_half
                )

    def test_v4_pings(self) -> None:
        """v4 crash pings carry one id in both copies, so none of them is half a crash."""
        self.assertEqual(self.stats(crash_ping()), {"main_crashes": 1})


class MinidumpKeyTest(GleanTestCase):
    def test_key(self) -> None:
        """A SHA-256 stands for its first 16 bytes, in any case; another text for its BLAKE2b."""
        key = bytes.fromhex(HASH[:32])
        self.assertEqual(minidump_key(HASH), key)
        self.assertEqual(minidump_key(HASH.upper()), key)
        for text in ("x", HASH[:-1], HASH + " ", EMPTY_FILE + "0", "é", "\ud800"):
            hashed = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            self.assertEqual(minidump_key(text), hashed)

    def test_none(self) -> None:
        """No text, an empty one and the empty file's hash are no key."""
        value: Any
        self.assertEqual(EMPTY_FILE, sha256(b"").hexdigest())
        for value in (None, "", EMPTY_FILE, EMPTY_FILE.upper(), True, [], {}):
            self.assertIsNone(minidump_key(value))

    def test_copy_order(self) -> None:
        """Copies that differ in their minidump differ in their order; which one has none counts."""
        orders = {
            copy_order(self.counted(glean(**{STRING + "minidump_sha256_hash": value})))
            for value in (HASH, HASH.upper(), "f" * 64, None, EMPTY_FILE)
        }
        self.assertEqual(len(orders), 3)
        ping = self.counted(glean(**{STRING + "minidump_sha256_hash": HASH}))
        told = [ping.client, ping.label, ping.experiments, ping.child_crashes, ping.crash]
        form = msgspec.json.encode([*ping[:6], *told, HASH[:32]])
        self.assertEqual(copy_order(ping), blake2b(form, digest_size=16).digest())

    def test_v4_pings(self) -> None:
        """A v4 crash ping has the key of the Glean ping of the same crash; a main ping has none."""
        ping = crash_ping(**{"payload/minidumpSha256Hash": HASH})
        of_glean = glean(**{STRING + "minidump_sha256_hash": HASH})
        self.assertEqual(self.counted(ping).minidump, self.counted(of_glean).minidump)
        self.assertEqual(self.counted(ping).minidump, bytes.fromhex(HASH[:32]))
        ping = main_ping(**{"payload/minidumpSha256Hash": HASH})
        self.assertIsNone(self.counted(ping).minidump)


if __name__ == "__main__":
    unittest.main()
