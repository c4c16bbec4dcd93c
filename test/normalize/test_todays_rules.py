"""What today's Firefox sends: content crashes, both kinds of ping, crashes without environment."""

from __future__ import annotations

import unittest
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.applications import Application, ApplicationNames
from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.decode.layouts.kinds import LayoutName, PingKind
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.ledger import CARRIED_FIELDS
from crash_rate_aggregates.normalize.dimension_values import normalized_channel
from crash_rate_aggregates.normalize.ping import Ignored, NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge, _ShownNames
from crash_rate_aggregates.normalize.source_tags import is_automation
from crash_rate_aggregates.outcomes import Adjustment, Outcome
from crash_rate_aggregates.stats import STAT_NAMES
from test.dataset import DAY, UUID, crash_ping, json_text, main_ping
from test.decode.agreement import AgreementTestCase
from test.engines.made_days import with_values
from test.sources.mirrors.glean import glean_ping

KEYED = "payload/keyedHistograms/"
CONTENT = f"{KEYED}SUBPROCESS_CRASHES_WITH_DUMP/content/sum"
KILLS = f"{KEYED}SUBPROCESS_KILL_HARD/ShutDownKill/sum"
VERSION = "environment/build/version"
STRING = "metrics/string/crash."


class TodayTestCase(AgreementTestCase):
    def verdict(self, ping: Any, judge: Judge | None = None) -> NormalizedPing | Ignored:
        """Judge a ping on both paths."""
        layout = LayoutName.GLEAN if "ping_info" in ping else LayoutName.V4
        judging = PingJudge(judge or Judge(DAY, DIMENSIONS), PingKind(layout))
        return self.assert_agree(json_text(ping), judging)

    def counted(self, ping: Any, judge: Judge | None = None) -> NormalizedPing:
        """Return the normalized form of a ping that passes."""
        verdict = self.verdict(ping, judge)
        assert isinstance(verdict, NormalizedPing), verdict
        return verdict

    def stat(self, ping: Any, name: str) -> int:
        """Return one stat of a ping that passes."""
        return dict(zip(STAT_NAMES, self.counted(ping).stats, strict=True))[name]

    def dimensions(self, ping: Any, judge: Judge | None = None) -> dict[str, str]:
        """Return the dimensions of a ping that passes."""
        values: dict[str, str] = msgspec.json.decode(self.counted(ping, judge).dimensions)
        return values


class NotAtShutdownTest(TodayTestCase):
    def test_histograms(self) -> None:
        """Before 58 kills are taken from each ping's own crashes, never more than there are."""
        for version, content, kills, right in (
            ("57.0.4", 3, 1, 2),
            ("57.0.4", 3, 0, 3),
            ("57.0.4", 3, 3, 0),
            ("57.0.4", 3, 20, 0),
            ("57.0.4", 0, 20, 0),
            ("45.0a1", 5, 2, 3),
            # From 58 on crash pings tell.
            ("58.0a1", 3, 1, 0),
            ("152.0", 3, 20, 0),
        ):
            with self.subTest(version=version, content=content, kills=kills):
                ping = main_ping(**{VERSION: version, CONTENT: content, KILLS: kills})
                self.assertEqual(self.stat(ping, "content_crashes_not_at_shutdown"), right)
                self.assertEqual(self.stat(ping, "content_crashes"), content)
                self.assertEqual(self.stat(ping, "content_shutdown_crashes"), kills)

    def test_without_version(self) -> None:
        """Where no version is to be read, the build id tells whether crash pings do."""
        for build, right in (("20170920235959", 3), ("20170921000000", 0)):
            for version in (None, "", "x"):
                ping = main_ping(
                    **{VERSION: version, CONTENT: 3, "environment/build/buildId": build}
                )
                self.assertEqual(self.stat(ping, "content_crashes_not_at_shutdown"), right)

    def test_crash_pings(self) -> None:
        """From 58 on, a content crash ping that is no kill at shutdown counts one."""
        for version, process, error, right in (
            ("58.0", "content", None, 1),
            ("152.0", "content", None, 1),
            ("152.0", "content", "KillHard after IsNotifiedShutdownSuccess.", 1),
            ("152.0", "content", "ShutDownKill", 0),
            ("152.0", "main", None, 0),
            ("152.0", "gpu", None, 0),
            ("57.0", "content", None, 0),
        ):
            values = {
                VERSION: version,
                "payload/processType": process,
                "payload/metadata/ipc_channel_error": error,
            }
            with self.subTest(**values):
                self.assertEqual(
                    self.stat(crash_ping(**values), "content_crashes_not_at_shutdown"), right
                )

    @given(st.integers(0, 9), st.integers(0, 9), st.sampled_from(["40.0", "57.0", "58.0", "152.0"]))
    def test_law(self, content: int, kills: int, version: str) -> None:
        """It is never below 0, and never above the content crashes of the ping."""
        ping = main_ping(**{VERSION: version, CONTENT: content, KILLS: kills})
        found = self.stat(ping, "content_crashes_not_at_shutdown")
        self.assertTrue(0 <= found <= content)


class BothKindsTest(TodayTestCase):
    def glean(self, **values: Any) -> dict[str, Any]:
        """Make a Glean crash ping of 130."""
        return with_values(glean_ping(crash_ping(**{VERSION: "130.0"})), values)

    def test_pair(self) -> None:
        """Crashes without a hash pair by application, build and process, from 128 on."""
        v4 = self.counted(crash_ping(**{VERSION: "130.0"}))
        glean = self.counted(self.glean())
        self.assertIsNotNone(v4.pair)
        self.assertEqual(v4.pair, glean.pair)
        self.assertEqual((v4.is_glean, glean.is_glean), (False, True))
        self.assertIsNotNone(self.counted(crash_ping(**{VERSION: "128.0"})).pair)
        # No process is the main one.
        self.assertEqual(self.counted(self.glean(**{STRING + "process_type": None})).pair, v4.pair)

    def test_others(self) -> None:
        """Another application, build or process is another pair."""
        pairs = {
            self.counted(ping).pair
            for ping in (
                self.glean(),
                self.glean(**{STRING + "process_type": "content"}),
                self.glean(**{STRING + "app_build": "20240901093000"}),
                self.glean(**{"metadata/document_namespace": "thunderbird-desktop"}),
            )
        }
        self.assertEqual(len(pairs - {None}), 4)

    def test_none(self) -> None:
        """A minidump, an older version, Android or an unknown application: there is no pair."""
        for ping in (
            self.glean(**{STRING + "minidump_sha256_hash": "1" * 64}),
            self.glean(**{STRING + "app_display_version": "127.0"}),
            self.glean(**{STRING + "app_display_version": "x"}),
            self.glean(**{"metadata/document_namespace": "org-mozilla-firefox"}),
            self.glean(**{"metadata/document_namespace": "waterfox"}),
            crash_ping(**{VERSION: "127.0"}),
            main_ping(**{VERSION: "130.0"}),
        ):
            self.assertIsNone(self.counted(ping).pair)


class EnvironmentTest(TodayTestCase):
    METADATA = "payload/metadata/"

    def test_none(self) -> None:
        """Without an environment the crash's own build counts, else the application's."""
        values: dict[str, Any] = {
            "environment": None,
            "application/version": "131.0",
            "application/buildId": "20240910000000",
        }
        self.assert_build(crash_ping(**values), "131.0", "20240910000000", "nightly")
        values |= {
            self.METADATA + "Version": "130.0",
            self.METADATA + "BuildID": "20240901093000",
            self.METADATA + "ReleaseChannel": "release",
        }
        self.assert_build(crash_ping(**values), "130.0", "20240901093000", "release")

    def test_of_another_build(self) -> None:
        """HasCrashEnvironment false says that the environment is that of the submission."""
        values = {
            "payload/hasCrashEnvironment": False,
            self.METADATA + "Version": "129.0",
            self.METADATA + "BuildID": "20240801093000",
        }
        self.assert_build(crash_ping(**values), "129.0", "20240801093000", "nightly")
        values["payload/hasCrashEnvironment"] = True
        self.assertEqual(self.counted(crash_ping(**values)).adjustments, 0)

    def test_rules_go_by_that_build(self) -> None:
        """Its version, else its build id, tell whether a content crash counts ping by ping."""
        for version, build, right in (
            ("57.0", "20170921000000", 0),
            ("58.0", "20170920235959", 1),
            (None, "20170920235959", 0),
            (None, "20170921000000", 1),
        ):
            for environment in ("57.0", "58.0"):
                ping = crash_ping(
                    **{
                        VERSION: environment,
                        "payload/processType": "content",
                        "payload/hasCrashEnvironment": False,
                        self.METADATA + "Version": version,
                        self.METADATA + "BuildID": build,
                        "application/version": None,
                    }
                )
                with self.subTest(version=version, build=build, environment=environment):
                    self.assertEqual(self.stat(ping, "content_crashes_not_at_shutdown"), right)

    def test_pair_of_that_build(self) -> None:
        """It pairs with the Glean ping of its own build, not with that of its environment's."""
        own = {VERSION: "130.0", "environment/build/buildId": "20240901093000"}
        other = {
            "payload/hasCrashEnvironment": False,
            self.METADATA + "Version": "130.0",
            self.METADATA + "BuildID": "20240901093000",
        }
        pair = self.counted(crash_ping(**own)).pair
        assert pair is not None
        self.assertEqual(len(pair), 16)
        self.assertEqual(self.counted(crash_ping(**other)).pair, pair)

    def test_beside_other_adjustments(self) -> None:
        """The build of the crash is told beside what else was put right."""
        ping = crash_ping(
            **{
                "environment": None,
                "application/buildId": "20240910000000",
                "payload/crashDate": "2016-04-01",
            }
        )
        self.assertEqual(
            self.counted(ping).adjustments,
            Adjustment.OTHER_BUILDS_ENVIRONMENT | Adjustment.ACTIVITY_DATE_TOO_LATE,
        )

    def test_nothing_at_all(self) -> None:
        """A crash that names no build is ignored, and a main ping never takes another's."""
        for ping in (
            crash_ping(environment=None),
            main_ping(environment=None, **{"application/buildId": "20240801093000"}),
        ):
            verdict = self.verdict(ping)
            assert isinstance(verdict, Ignored)
            self.assertEqual(verdict.outcome, Outcome.BAD_BUILD_ID)

    def assert_build(self, ping: Any, version: str, build_id: str, channel: str) -> None:
        """Hold the build of a crash that its environment does not tell."""
        found = self.dimensions(ping)
        self.assertEqual(
            [found[name] for name in ("build_version", "build_id", "channel")],
            [version, build_id, channel],
        )
        self.assertEqual(self.counted(ping).adjustments, Adjustment.OTHER_BUILDS_ENVIRONMENT.value)


class AutomationTest(TodayTestCase):
    TAGS = "metadata/header/x_source_tags"

    def test_outcome(self) -> None:
        """A ping of Mozilla's automation is ignored, unless the settings say that it counts."""
        for ping in (
            main_ping(**{self.TAGS: "automation"}),
            crash_ping(**{self.TAGS: "perf, automation"}),
        ):
            verdict = self.verdict(ping)
            assert isinstance(verdict, Ignored)
            self.assertEqual(verdict.outcome, Outcome.AUTOMATION)
            counting = Judge(DAY, DIMENSIONS, counts_automation=True)
            self.assertEqual(
                self.counted(ping, counting).adjustments, Adjustment.AUTOMATION_COUNTED
            )
            late = {
                "payload/info/subsessionStartDate": "2016-04-01",
                "payload/crashDate": "2016-04-01",
            }
            self.assertEqual(
                self.counted(with_values(ping, late), counting).adjustments,
                Adjustment.AUTOMATION_COUNTED | Adjustment.ACTIVITY_DATE_TOO_LATE,
            )
        for judge in (None, Judge(DAY, DIMENSIONS, counts_automation=True)):
            self.assertEqual(self.counted(main_ping(**{self.TAGS: "perf"}), judge).adjustments, 0)

    def test_tags(self) -> None:
        """Only the whole tag counts, in a text with commas or in a list."""
        tags: Any
        for tags, right in (
            ("automation", True),
            (" automation ,x", True),
            ("x,automation", True),
            (["automation"], True),
            ("my-automation", False),
            ("automations", False),
            ("Automation", False),
            ("", False),
            ([], False),
            ([["automation"]], False),
            ({"automation": 1}, False),
            (True, False),
            (None, False),
        ):
            with self.subTest(tags=tags):
                self.assertEqual(is_automation(tags), right)


class NamesTest(TodayTestCase):
    def test_few_are_kept(self) -> None:
        """However many applications pings name, 1,000 names of up to 200 code points are kept."""
        names = _ShownNames(ApplicationNames(()))
        for said in ("y" * 200, "z" * 201, *(f"{n}" for n in range(2_000))):
            self.assertEqual(names.told(said).name, said[:200])
        self.assertEqual(list(names._told), ["y" * 200, *(f"{n}" for n in range(999))])

    def test_channels(self) -> None:
        """Names of a distribution stand for their channel; others stay as they are."""
        for raw, name in (
            ("nightly-cck-mozillaonline", "nightly"),
            ("release-cck-yandex", "release"),
            ("beta-cdntest", "beta"),
            ("betatest", "beta"),
            ("beta", "beta"),
            ("nightly", "nightly"),
            ("nightlytest", "nightlytest"),
            ("esr", "esr"),
            ("default", "default"),
            ("Beta", "Beta"),
            ("", ""),
        ):
            self.assertEqual(normalized_channel(raw), name)
            found = self.dimensions(main_ping(**{"application/channel": raw}))
            self.assertEqual(found["channel"], name)

    def test_applications(self) -> None:
        """A namespace, an app id and another name are the application that people know."""
        ping = glean_ping(crash_ping())
        for namespace, name in (
            ("firefox-desktop", "Firefox"),
            ("firefox_desktop", "Firefox"),
            ("org-mozilla-fenix", "Firefox for Android"),
            ("org.mozilla.firefox", "Firefox for Android"),
            ("net-thunderbird-android-beta", "Thunderbird for Android"),
            ("some-other-gecko", "some-other-gecko"),
            ("", ""),
        ):
            ping["metadata"]["document_namespace"] = namespace
            self.assertEqual(self.dimensions(ping)["application"], name)
            self.assertEqual(self.counted(ping).application, name)

    def test_channel_of_an_application(self) -> None:
        """An app id of one channel alone tells it, where the ping does not."""
        ping = glean_ping(crash_ping())
        ping["metadata"]["document_namespace"] = "org-mozilla-firefox-beta"
        ping["metrics"]["string"]["crash.app_channel"] = None
        ping["client_info"].pop("app_channel", None)
        self.assertEqual(self.dimensions(ping)["channel"], "beta")
        ping["metrics"]["string"]["crash.app_channel"] = "release"
        self.assertEqual(self.dimensions(ping)["channel"], "release")

    def test_own_application(self) -> None:
        """An application of the settings is known by its identifiers."""
        judge = Judge(DAY, DIMENSIONS, [Application("Waterfox", ("Waterfox Classic",))])
        ping = main_ping(**{"application/name": "Waterfox Classic"})
        self.assertEqual(self.dimensions(ping, judge)["application"], "Waterfox")

    def test_carried(self) -> None:
        """What a ping has of the dimensions, a client's id and active ticks is a digit each."""
        names = [*(one.name for one in DIMENSIONS), *CARRIED_FIELDS]
        for values, expected in (
            ({"application/channel": None}, {"application": "1", "channel": "0"}),
            ({}, {"client id": "0", "active ticks": "0"}),
            ({"clientId": UUID}, {"client id": "1", "active ticks": "0"}),
            (
                {"payload/simpleMeasurements/activeTicks": 0},
                {"client id": "0", "active ticks": "1"},
            ),
        ):
            carried = self.counted(main_ping(**values)).carried
            digits = dict(zip(names, carried, strict=True))
            self.assertEqual({name: digits[name] for name in expected}, expected)

    def test_other_doc_types(self) -> None:
        """A ping of another doc type says which, cut to 200 code points."""
        for says, shown in (("event", "event"), ("x" * 300, "x" * 200), ("\0", "\ufffd")):
            verdict = self.verdict(main_ping(**{"meta/docType": says}))
            self.assertEqual(verdict[-1], shown)


if __name__ == "__main__":
    unittest.main()
