"""Pings as JSON text, and their verdicts, for the tests of the judging stages."""

from __future__ import annotations

import unittest
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.normalize.ping import Ignored, NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.outcomes import Adjustment, DocType, Outcome
from crash_rate_aggregates.stats import STAT_NAMES
from test.engines.made_days import DAY, crash_ping, main_ping

UUID = "0a1b2c3d-4e5f-4000-8000-00000000000f"
LENGTH = "payload/info/subsessionLength"
STARTED = "payload/info/subsessionStartDate"
WITH_DUMP = "payload/keyedHistograms/SUBPROCESS_CRASHES_WITH_DUMP"
KILL_HARD = "payload/keyedHistograms/SUBPROCESS_KILL_HARD"


def raw(text: str | bytes) -> msgspec.Raw:
    """Stand for a value that Python's own encoders do not write, like 1e3 or a lone surrogate."""
    return msgspec.Raw(text.encode() if isinstance(text, str) else text)


def json_text(ping: Any) -> bytes:
    """Write a ping as JSON; bytes are a text already."""
    return ping if isinstance(ping, bytes) else msgspec.json.encode(ping)


def without(ping: dict[str, Any], *paths: str) -> dict[str, Any]:
    """Take away what lies at paths like `application/channel` and return the ping."""
    for path in paths:
        *parents, last = path.split("/")
        place = ping
        for key in parents:
            place = place[key]
        del place[last]
    return ping


def full_size_ping() -> dict[str, Any]:
    """Make a main ping with about 50 KB that no rule reads, and all that they read."""
    histograms = {
        f"HISTOGRAM_{number}": {
            "range": [1, 10_000],
            "bucket_count": 50,
            "histogram_type": 0,
            "values": {str(bucket): bucket * number for bucket in range(20)},
            "sum": number * 1.5,
        }
        for number in range(180)
    }
    addons = {f"{{{UUID}}}{number}": {"name": 'é "x" \\ /', "blocklisted": False, "scope": None}
              for number in range(30)}  # fmt: skip
    return main_ping(
        **{
            "id": UUID,
            "clientId": UUID,
            "meta/documentId": UUID,
            "meta/submissionDate": "20160314",
            "meta/geoCountry": "DE",
            "environment/addons/activeAddons": addons,
            "environment/addons/activeExperiment": {"id": "e10s@mozilla.org", "branch": "control"},
            "environment/build/architecture": "x86-64",
            "environment/settings": {"e10sEnabled": True, "e10sCohort": "test"},
            "environment/system/os": {
                "name": "Windows_NT",
                "version": "10.0",
                "servicePackMajor": 0,
            },
            "payload/histograms": histograms,
            WITH_DUMP: {"content": {"values": {"0": 2, "1": 0}, "sum": 2}},
            KILL_HARD: {"ShutDownKill": {"values": {"0": 1, "1": 0}, "sum": 1}},
        }
    )


@lru_cache
def judge_of(dimensions: tuple[Dimension, ...] = DIMENSIONS, day: date = DAY) -> PingJudge:
    """Return the judge of a day; making one takes a millisecond."""
    return PingJudge(Judge(day, dimensions))


class VerdictTestCase(unittest.TestCase):
    """Judges on both paths, which must agree."""

    def verdict(
        self, ping: Any, dimensions: tuple[Dimension, ...] = DIMENSIONS, day: date = DAY
    ) -> NormalizedPing | Ignored:
        """Judge a ping or a JSON text."""
        text, judge = json_text(ping), judge_of(dimensions, day)
        plain = judge.judge_plainly(text)
        self.assertEqual(judge.judge_json(text), plain, text[:2000])
        return plain

    def outcome(self, ping: Any, day: date = DAY) -> tuple[Outcome, DocType]:
        """Return what a ping became, and the doc type that the ledger counts it under."""
        verdict = self.verdict(ping, day=day)
        if isinstance(verdict, Ignored):
            return verdict.outcome, verdict.doc_type
        return Outcome.COUNTED, DocType(verdict.doc_type)

    def counted(
        self, ping: Any, dimensions: tuple[Dimension, ...] = DIMENSIONS, day: date = DAY
    ) -> NormalizedPing:
        """Return the normalized form of a ping that passes."""
        verdict = self.verdict(ping, dimensions, day)
        assert isinstance(verdict, NormalizedPing), verdict
        return verdict

    def stats(self, ping: Any) -> Mapping[str, int]:
        """Return the stats that are not 0."""
        stats = zip(STAT_NAMES, self.counted(ping).stats, strict=True)
        return {name: value for name, value in stats if value}

    def adjustments(self, ping: Any) -> Adjustment:
        """Return what was put right."""
        return Adjustment(self.counted(ping).adjustments)


__all__ = [
    "DAY",
    "KILL_HARD",
    "LENGTH",
    "STARTED",
    "UUID",
    "WITH_DUMP",
    "VerdictTestCase",
    "crash_ping",
    "full_size_ping",
    "json_text",
    "judge_of",
    "main_ping",
    "raw",
    "without",
]
