"""A day of pings as the server hears of it: forms, shares and copies, and nothing heard twice."""

from __future__ import annotations

import json
import unittest
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from crash_rate_aggregates.sample_pings.world_2026.arrivals import LAG_SHARES
from crash_rate_aggregates.sample_pings.world_2026.crash_causes import CrashClass
from crash_rate_aggregates.sample_pings.world_2026.heard_pings import (
    HeardPing,
    child_counts,
    pings_of_day,
)
from crash_rate_aggregates.sample_pings.world_2026.sessions import Happenings
from crash_rate_aggregates.sample_pings.world_2026.texts.flaws import FLAWS, flaw_of
from crash_rate_aggregates.sample_pings.world_2026.texts.ingestion_texts import sent_ping
from test.sample_pings.world_2026.sample_days import DAY, documents, sample_day

# Exact for the seed: another number says that the world was drawn otherwise.
STREAMS = {
    "firefox-crashreporter/crash": 30,
    "firefox-desktop/baseline": 801,
    "firefox-desktop/crash": 639,
    "org-mozilla-fenix/baseline": 685,
    "org-mozilla-fenix/crash": 1,
    "org-mozilla-firefox-beta/baseline": 928,
    "org-mozilla-firefox-beta/crash": 8,
    "org-mozilla-firefox/baseline": 3504,
    "org-mozilla-firefox/crash": 7,
    "telemetry/crash": 4,
    "telemetry/first-shutdown": 90,
    "telemetry/main": 17807,
    "thunderbird-crashreporter/crash": 3,
    "thunderbird-desktop/baseline": 35,
    "thunderbird-desktop/crash": 2,
}
UNREADABLE = 7


class FormsTest(unittest.TestCase):
    pings: list[HeardPing]
    mains: list[dict[str, Any]]
    crashes: list[dict[str, Any]]
    baselines: list[dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.pings = list(sample_day())
        cls.mains = list(documents(cls.pings, "main"))
        crashes = list(documents(cls.pings, "crash"))
        cls.crashes = [ping for ping in crashes if "metrics" in ping]
        cls.baselines = list(documents(cls.pings, "baseline"))

    def test_streams(self) -> None:
        """Namespaces and doc types are those of the applications, in exact numbers for a seed."""
        found = Counter(f"{ping.namespace}/{ping.doc_type}" for ping in self.pings)
        self.assertEqual(dict(found), STREAMS)

    def test_sound(self) -> None:
        """All but 3 of 10,000 lines are JSON objects: what was cut is not."""
        unreadable = sum(not readable(ping.line) for ping in self.pings)
        self.assertEqual(unreadable, UNREADABLE)
        self.assertAlmostEqual(unreadable / len(self.pings), FLAWS["cut"][0], delta=0.0003)

    def test_server_says_what_it_is(self) -> None:
        """Each ping says its namespace, doc type, id and time of submission."""
        for ping in self.pings[:2_000]:
            if b'"metadata"' in ping.line and flawless(ping):
                found = json.loads(ping.line)
                self.assertEqual(found["metadata"]["document_namespace"], ping.namespace)
                self.assertEqual(found["metadata"]["document_type"], ping.doc_type)
                self.assertEqual(found["submission_timestamp"][:10], str(DAY))
                self.assertEqual(len(found["document_id"]), 36)

    def test_beta_has_its_number_in_one_place(self) -> None:
        """A beta's number stands in displayVersion alone, in neither version nor Glean pings."""
        betas = [
            ping["environment"]["build"]
            for ping in self.mains
            if ping["application"]["channel"] == "beta"
        ]
        labels = Counter(build["displayVersion"] for build in betas)
        self.assertIn("162.0b1", labels)
        self.assertIn("162.0b2", labels)
        self.assertIn("161.0", labels)
        self.assertFalse([build for build in betas if "b" in build["version"]])
        versions = {
            ping["metrics"]["string"].get("crash.app_display_version", "")
            for ping in self.crashes
            if ping["metadata"]["document_namespace"] == "firefox-desktop"
        }
        self.assertFalse([version for version in versions if "b" in version])

    def test_build_ids_differ_by_system(self) -> None:
        """One version has another build id on each system."""
        ids = defaultdict(set)
        for ping in self.mains:
            build = ping["environment"]["build"]
            if build["displayVersion"] == "160.0.1" and build["buildId"].startswith("2026"):
                system = ping["environment"]["system"]["os"]["name"]
                ids[system].add(build["buildId"])
        self.assertEqual(
            {system: len(found) for system, found in ids.items()}, dict.fromkeys(ids, 1)
        )
        self.assertEqual(len({one for found in ids.values() for one in found}), 3)

    def test_no_fields_of_2016(self) -> None:
        """There is no e10s, no activeExperiment and no meta; Windows 11 is told by its build."""
        for ping in self.mains:
            self.assertNotIn("meta", ping)
            self.assertNotIn("e10sEnabled", ping["environment"]["settings"])
            self.assertNotIn("activeExperiment", ping["environment"]["addons"])
        windows = Counter(
            ping["environment"]["system"]["os"]["windowsBuildNumber"] >= 22_000
            for ping in self.mains
            if ping["environment"]["system"]["os"]["name"] == "Windows_NT"
        )
        self.assertAlmostEqual(windows[True] / windows.total(), 0.39 / 0.80, delta=0.05)

    def test_experiments(self) -> None:
        """Branches stand in v4 pings, and with the same slugs in Glean's."""
        v4 = Counter(
            (slug, told["branch"])
            for ping in self.mains
            for slug, told in ping["environment"]["experiments"].items()
        )
        self.assertEqual(
            {slug for slug, _ in v4},
            {"sample-content-cache", "sample-new-tab", "sample-video-decoding"},
        )
        glean = {
            (slug, told["branch"])
            for ping in self.crashes
            for slug, told in ping["ping_info"].get("experiments", {}).items()
        }
        self.assertTrue(glean)
        self.assertLessEqual(glean, v4.keys())

    def test_android(self) -> None:
        """Firefox for Android has baseline pings, of which that at the end has a duration."""
        of_phone = [ping for ping in self.baselines if ping["normalized_os"] == "Android"]
        for ping in of_phone:
            has_duration = "glean.baseline.duration" in ping["metrics"].get("timespan", {})
            self.assertEqual(has_duration, ping["ping_info"]["reason"] == "inactive")
            self.assertNotIn("counter", ping["metrics"])
            self.assertRegex(
                ping["client_info"]["build_date"], r"^2026-\d\d-\d\dT\d\d:\d\d:08\+00:00$"
            )
        reasons = Counter(ping["ping_info"]["reason"] for ping in of_phone)
        self.assertEqual(set(reasons), {"inactive", "active", "dirty_startup"})

    def test_kills_leave_dumps_on_nightly_alone(self) -> None:
        """Shutdown kills are counted on every channel, and sent as crash pings on nightly alone."""
        channels = {
            ping["normalized_channel"]
            for ping in self.crashes
            if ping["metrics"]["string"].get("crash.ipc_channel_error")
        }
        self.assertEqual(channels, {"nightly"})
        killed = Counter(
            ping["application"]["channel"]
            for ping in self.mains
            if "SUBPROCESS_KILL_HARD" in ping["payload"]["keyedHistograms"]
        )
        self.assertGreater(killed["release"], 100)
        self.assertGreater(killed["nightly"], 10)

    def test_automation(self) -> None:
        """Three of a thousand clients are tests of Mozilla's, which say so."""
        tagged = sum("x_source_tags" in ping["metadata"]["header"] for ping in self.mains)
        self.assertAlmostEqual(tagged / len(self.mains), 0.003, delta=0.002)

    def test_old_esr_does_not_say_app_build(self) -> None:
        """Crash pings of ESR 115 leave build and version to client_info, and no others do."""
        without = {
            ping["client_info"]["app_display_version"].partition(".")[0]
            for ping in self.crashes
            if "crash.app_build" not in ping["metrics"]["string"]
        }
        self.assertEqual(without, {"115"})


def readable(line: bytes) -> bool:
    """Tell whether a line is a JSON object to a decoder that takes bytes that are no UTF-8."""
    try:
        return isinstance(json.loads(line.decode("utf-8", "replace")), dict)
    except ValueError:
        return False


def flawless(ping: HeardPing) -> bool:
    """Tell whether a ping is the JSON that was meant."""
    try:
        stamp = json.loads(ping.line)["submission_timestamp"]
    except (ValueError, KeyError):
        return False
    return str(stamp).startswith("202")


class SentTwiceTest(unittest.TestCase):
    """Crashes of old versions, of days enough to have some."""

    crashes: list[dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        happenings = Happenings(3, 15_000, has_regressions=False)
        cls.crashes = [
            ping
            for age in range(4)
            for ping in documents(
                list(pings_of_day(happenings, DAY - timedelta(days=age))), "crash"
            )
        ]

    def test_both_kinds(self) -> None:
        """ESR 128 sends each crash as v4 ping too, with the minidump's hash of the Glean ping."""
        v4 = [ping for ping in self.crashes if "metrics" not in ping]
        self.assertGreater(len(v4), 3)
        self.assertEqual({ping["application"]["version"] for ping in v4}, {"128.14.0"})
        hashes = {
            ping["metrics"]["string"].get("crash.minidump_sha256_hash")
            for ping in self.crashes
            if "metrics" in ping
        }
        sent = [ping["payload"].get("minidumpSha256Hash") for ping in v4]
        self.assertTrue(any(sent))
        self.assertLessEqual({one for one in sent if one}, hashes)

    def test_main_crashes(self) -> None:
        """Main crashes of ESR 140 come from crash reporter and Firefox, those of later once."""
        senders: dict[str, Counter[str]] = defaultdict(Counter)
        for ping in self.crashes:
            told = ping.get("metrics", {}).get("string", {})
            if told.get("crash.process_type") == "main" and "crash.app_build" in told:
                kind = "140" if told["crash.app_display_version"].startswith("140.") else "later"
                if told.get("crash.minidump_sha256_hash"):
                    senders[kind][told["crash.minidump_sha256_hash"]] += 1
        # Copies of one ping are left out by id elsewhere; here 0.3% of them may stand.
        self.assertEqual(set(senders["140"].values()), {2})
        self.assertLess(sum(number > 1 for number in senders["later"].values()), 3)


class HeardOnceTest(unittest.TestCase):
    def test_every_session_and_crash_is_heard_of(self) -> None:
        """Over the days on which a day's pings come, each usage ping and crash is heard of once."""
        happenings = Happenings(5, 400)
        expected = [session for lag in LAG_SHARES for session in happenings.sessions(DAY, lag)]
        heard = Counter[str]()
        for age in range(max(LAG_SHARES) + 1):
            day = DAY + timedelta(days=age)
            # Whole lines stand for pings: copies of one are equal.
            lines = {ping.line for ping in pings_of_day(happenings, day)}
            heard.update(found for line in lines for found in [document_id(line)] if found)
        usage = Counter(sent_ping(session.bits, DAY, DAY).id for session in expected)
        missing = {one: number for one, number in usage.items() if heard[one] != number}
        flawed = {
            sent_ping(session.bits, DAY, DAY).id
            for session in expected
            if flaw_of(session.bits) == "cut"
        }
        self.assertEqual(missing.keys(), flawed)
        mobile = [
            crash
            for session in expected
            for crash in session.crashes
            if crash.cause.process == "main" or session.person.sender.is_mobile
        ]
        for crash in mobile:
            found = [heard[sent_ping(crash.bits ^ number, DAY, DAY).id] for number in (0, 1)]
            self.assertIn(sum(found), (1, 2))

    def test_histograms_count_what_left_a_dump(self) -> None:
        """A main ping counts each child crash by its process, kills apart where they leave none."""
        happenings = Happenings(5, 6_000)
        for session in happenings.sessions(DAY, 0):
            with_dump, kills = child_counts(session)
            causes = [crash.cause for crash in session.crashes]
            killed = sum(cause.crash_class is CrashClass.SHUTDOWN_KILL for cause in causes)
            children = sum(cause.process != "main" for cause in causes)
            self.assertEqual(kills, killed)
            in_dumps = session.person.sender.creates_kill_reports
            self.assertEqual(with_dump.total(), children if in_dumps else children - killed)

    def test_same_seed_same_lines(self) -> None:
        """The same seed gives the same lines, another seed or day others."""
        first = list(pings_of_day(Happenings(1, 60), DAY))
        self.assertEqual(first, list(pings_of_day(Happenings(1, 60), DAY)))
        self.assertNotEqual(first, list(pings_of_day(Happenings(2, 60), DAY)))
        self.assertNotEqual(first, list(pings_of_day(Happenings(1, 60), DAY + timedelta(days=1))))

    def test_worse_keeps_other_lines(self) -> None:
        """Where a version is made worse, no line is lost but main pings of that version."""
        plain = Happenings(1, 2_000)
        worse = Happenings(1, 2_000, worse={"160.0.1": 50.0})
        before = Counter(ping.line for ping in pings_of_day(plain, DAY))
        after = Counter(ping.line for ping in pings_of_day(worse, DAY))
        lost = (before - after).elements()
        for line in lost:
            self.assertIn(b'"displayVersion":"160.0.1"', line)
            self.assertIn(b'"document_type":"main"', line)
        self.assertGreater((after - before).total(), 50)


class FlawsTest(unittest.TestCase):
    def test_shares(self) -> None:
        """Of many pings each flaw has its share, and most have none."""
        found = Counter(flaw_of(number << 64) for number in range(1 << 20))
        for name, (share, _) in FLAWS.items():
            self.assertAlmostEqual(found[name] / (1 << 20), share, places=5)

    def test_each_changes_something(self) -> None:
        """Each flaw changes a main ping of Windows 10, or a Glean crash ping."""
        pings = list(pings_of_day(Happenings(1, 4_000), DAY))
        mains = [ping.line.decode() for ping in pings if ping.doc_type == "main" and flawless(ping)]
        ping = next(line for line in mains if '"version":"10.0"' in line)
        for name, (_, change) in FLAWS.items():
            with self.subTest(name):
                self.assertNotEqual(change(ping), ping.encode())


def document_id(line: bytes) -> str | None:
    """Return a line's document id, None for one that was cut."""
    _, found, after = line.rpartition(b'"document_id":"')
    return after[:36].decode() if found else None


if __name__ == "__main__":
    unittest.main()
