"""The JSON text of v4 main and crash pings as Firefox and Thunderbird send them today."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from random import Random

from crash_rate_aggregates.sample_pings.world_2026.people import Person
from crash_rate_aggregates.sample_pings.world_2026.release_calendar import Build
from crash_rate_aggregates.sample_pings.world_2026.sessions import Crash, Session
from crash_rate_aggregates.sample_pings.world_2026.texts.crash_annotations import (
    SHUTDOWN_KILL,
    crash_annotations,
)
from crash_rate_aggregates.sample_pings.world_2026.texts.ingestion_texts import Sent, ingestion

_HISTOGRAMS = ("GC_MS", "CYCLE_COLLECTOR_MAX_PAUSE", "FX_TAB_SWITCH_TOTAL_E10S_MS", "MEMORY_TOTAL")
_FILLERS = 64


def main_ping(
    session: Session,
    sent: Sent,
    with_dump: Mapping[str, int],
    kills: int,
    *,
    has_filling: bool = True,
) -> str:
    """Return the main ping of a session.

    Args:
        session: What it tells of.
        sent: Its id and days.
        with_dump: Child crashes that left a dump, by process.
        kills: Content processes that were killed at shutdown.
        has_filling: Whether it has histograms that no rule reads, a quarter of its text.
    """
    person, day = session.person, sent.day
    ticks = session.active_ticks
    histograms = _keyed(
        ("SUBPROCESS_CRASHES_WITH_DUMP", with_dump),
        ("SUBPROCESS_KILL_HARD", {SHUTDOWN_KILL: kills} if kills else {}),
    )
    return (
        f"{_head(sent, person, session.build, 'main')},{_environment(person, session.build)},"
        f'"payload":{{"ver":4,"simpleMeasurements":{{"firstPaint":900,"activeTicks":{ticks}}},'
        f'"info":{{"reason":"shutdown","revision":"synthetic","timezoneOffset":0,'
        f'"subsessionCounter":1,"profileSubsessionCounter":{session.bits % 900 + 1},'
        f'"subsessionStartDate":"{day}T{sent.clock[:2]}:00:00.0+00:00","subsessionLength":'
        f'{session.seconds}}},"processes":{{"parent":{{"scalars":{{{_active_scalar(session)}'
        f'"browser.engagement.total_uri_count":{ticks // 9}}}}}}},'
        f"{_FILLING[session.bits % _FILLERS] if has_filling else _NO_FILLING},"
        f'"keyedHistograms":{{{histograms}}}}},'
        f"{ingestion(sent, person, 'telemetry', 'main', _uri(person, session.build))}}}"
    )


def crash_ping(person: Person, build: Build, crash: Crash, sent: Sent, minidump: str | None) -> str:
    """Return the v4 crash ping of a crash, which old versions send beside the Glean one."""
    day = sent.day
    metadata = {
        "ProductName": person.sender.application,
        "Version": build.version,
        "BuildID": build_id(person, build),
        "ReleaseChannel": person.sender.channel,
        **crash_annotations(crash),
    }
    digest = f'"minidumpSha256Hash":"{minidump}",' if minidump else ""
    return (
        f"{_head(sent, person, build, 'crash')},{_environment(person, build)},"
        f'"payload":{{"version":1,"crashDate":"{day}","crashTime":"{day}T{sent.clock[:2]}:00:00'
        f'.000Z","crashId":"{sent.id}",{digest}"hasCrashEnvironment":true,'
        f'"processType":"{crash.cause.process}","metadata":{json.dumps(metadata)}}},'
        f"{ingestion(sent, person, 'telemetry', 'crash', _uri(person, build))}}}"
    )


def build_id(person: Person, build: Build) -> str:
    """Return the id of a build on somebody's system."""
    return build.stamp + person.machine.build_second


def _active_scalar(session: Session) -> str:
    """Return the scalar of active ticks with a comma; [rule] one that was never set is not sent."""
    if not (session.active_ticks and session.person.sender.has_active_scalar):
        return ""
    return f'"browser.engagement.active_ticks":{session.active_ticks},'


def _head(sent: Sent, person: Person, build: Build, doc_type: str) -> str:
    return (
        f'{{"type":"{doc_type}","id":"{sent.id}","creationDate":"{sent.at}.000Z",'
        f'"version":4,"clientId":"{person.client_id}","application":{{'
        f'"architecture":"{person.machine.v4_architecture}","buildId":"{build_id(person, build)}",'
        f'"name":"{person.sender.application}","version":"{build.version}","displayVersion":'
        f'"{build.label}","vendor":"Mozilla","platformVersion":"{build.version}",'
        f'"channel":"{person.sender.channel}"}}'
    )


def _environment(person: Person, build: Build) -> str:
    machine = person.machine
    windows = f',"windowsBuildNumber":{machine.windows_build}' if machine.windows_build else ""
    experiments = ",".join(
        f'"{slug}":{{"branch":"{branch}","type":"nimbus-nimbus"}}'
        for slug, branch in person.experiments
    )
    return (
        f'"environment":{{"build":{{"applicationName":"{person.sender.application}",'
        f'"architecture":"{machine.v4_architecture}","buildId":"{build_id(person, build)}",'
        f'"version":"{build.version}","displayVersion":"{build.label}","vendor":"Mozilla"}},'
        f'"settings":{{"locale":"en-US","fissionEnabled":true,"telemetryEnabled":true,'
        f'"update":{{"channel":"{person.sender.channel}"}}}},"profile":{{"creationDate":19900}},'
        f'"partner":{{"partnerNames":[]}},"system":{{"memoryMB":16303,"cpu":{{"count":8}},'
        f'"os":{{"name":"{machine.v4_name}","version":"{machine.version}"{windows},"locale":'
        f'"en-US"}},"gfx":{{"adapters":[{{"vendorID":"0x8086","GPUActive":true}}]}}}},"addons":{{'
        f'"activeAddons":{{}},"theme":{{}}}},"experiments":{{{experiments}}}}}'
    )


def _uri(person: Person, build: Build) -> str:
    sender = person.sender
    return (
        f'"uri":{{"app_name":"{sender.application}","app_update_channel":"{sender.channel}",'
        f'"app_version":"{build.version}","app_build_id":"{build_id(person, build)}"}},'
    )


def _keyed(*histograms: tuple[str, Mapping[str, int]]) -> str:
    """Return keyed histograms without braces; empty ones are not sent."""
    return ",".join(
        f'"{name}":{{{",".join(_counts(counts))}}}' for name, counts in histograms if counts
    )


def _counts(counts: Mapping[str, int]) -> Iterable[str]:
    for key, count in counts.items():
        yield (
            f'"{key}":{{"range":[1,2],"bucket_count":3,"histogram_type":4,"values":{{"0":{count},'
            f'"1":0}},"sum":{count}}}'
        )


def _filling(number: int) -> str:
    """Return histograms that no rule reads, as most of a main ping is."""
    random = Random(number)
    histograms = {}
    for name in _HISTOGRAMS:
        buckets = {str(2**power): random.randrange(1, 400) for power in range(random.randrange(16))}
        histograms[name] = {
            "bucket_count": 50,
            "histogram_type": 0,
            "sum": sum(buckets.values()) * 7,
            "range": [1, 100_000],
            "values": buckets,
        }
    return f'"histograms":{json.dumps(histograms, separators=(",", ":"))}'


_NO_FILLING = '"histograms":{}'
_FILLING = tuple(map(_filling, range(_FILLERS)))
