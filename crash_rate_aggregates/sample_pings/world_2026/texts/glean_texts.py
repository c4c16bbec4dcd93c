"""The JSON text of Glean's `crash` and `baseline` pings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from crash_rate_aggregates.sample_pings.world_2026.people import Person
from crash_rate_aggregates.sample_pings.world_2026.release_calendar import Build
from crash_rate_aggregates.sample_pings.world_2026.sessions import Crash, Session
from crash_rate_aggregates.sample_pings.world_2026.texts.crash_annotations import crash_annotations
from crash_rate_aggregates.sample_pings.world_2026.texts.ingestion_texts import Sent, ingestion
from crash_rate_aggregates.sample_pings.world_2026.texts.v4_texts import build_id

_dumps = json.JSONEncoder(separators=(",", ":")).encode


def crash_ping(
    person: Person,
    build: Build,
    crash: Crash,
    sent: Sent,
    minidump: str | None,
    *,
    reason: str,
    namespace: str,
) -> str:
    """Return the Glean ping of a crash.

    Args:
        person: Who sends it.
        build: That crashed.
        crash: What crashed, and why.
        sent: Its id and days.
        minidump: SHA-256 of its minidump in hexadecimal digits; None for none.
        reason: `crash`, or `event_found` where Firefox finds it on its next start.
        namespace: Of the application, or of its crash reporter.
    """
    is_reporter = namespace == person.sender.reporter
    client_id = person.reporter_id if is_reporter else person.glean_id
    return _ping(
        *(person, build, sent, "crash", reason, namespace, client_id),
        metrics=_crash_metrics(person, build, crash, sent, minidump),
    )


def baseline_ping(session: Session, sent: Sent, reason: str) -> str:
    """Return a baseline ping; only that with the reason `inactive` knows how long a session was."""
    person = session.person
    metrics: dict[str, Any] = {}
    if reason == "inactive":
        duration = {"value": session.seconds, "time_unit": "second"}
        metrics["timespan"] = {"glean.baseline.duration": duration}
    if not person.sender.is_mobile:
        metrics["counter"] = {"browser.engagement.active_ticks": session.active_ticks}
        metrics["uuid"] = {"legacy_telemetry.client_id": person.client_id}
    return _ping(
        *(person, session.build, sent, "baseline", reason, person.sender.namespace),
        person.glean_id,
        metrics=metrics,
    )


def _ping(
    person: Person,
    build: Build,
    sent: Sent,
    doc_type: str,
    reason: str,
    namespace: str,
    client_id: str,
    *,
    metrics: dict[str, Any],
) -> str:
    day, machine = sent.day, person.machine
    windows = f',"windows_build_number":{machine.windows_build}' if machine.windows_build else ""
    experiments = ",".join(
        f'"{slug}":{{"branch":"{branch}","extra":{{"type":"nimbus-nimbus"}}}}'
        for slug, branch in person.experiments
    )
    experiments = f',"experiments":{{{experiments}}}' if experiments else ""
    hour = sent.clock[:5]
    return (
        f'{{"ping_info":{{"seq":{sent.bits % 900},"start_time":"{day}T{hour}+00:00","end_time":'
        f'"{day}T{hour}+00:00","reason":"{reason}"{experiments}}},"client_info":{{'
        f'"telemetry_sdk_build":"66.0.0","client_id":"{client_id}","os":"{machine.glean_name}",'
        f'"os_version":"{machine.version}","architecture":"{machine.glean_architecture}",'
        f'"app_build":"{_client_build(person, build)}","app_channel":"{person.sender.channel}",'
        f'"app_display_version":"{_client_version(person, build)}","locale":"en-US"'
        f"{windows}{_build_date(person, build)}}},"
        f'"metrics":{_dumps(metrics)},'
        f"{ingestion(sent, person, namespace, doc_type, '')}}}"
    )


def _client_build(person: Person, build: Build) -> str:
    """Return client_info.app_build: on Android it is a number that counts up."""
    return (
        f"20{build.major:03}{build.stamp[4:8]}"
        if person.sender.is_mobile
        else build_id(person, build)
    )


def _build_date(person: Person, build: Build) -> str:
    """Return the member that says on Android when a build was made, since its number does not."""
    if not person.sender.is_mobile:
        return ""
    found = build_id(person, build)
    day, time = f"{found[:4]}-{found[4:6]}-{found[6:8]}", f"{found[8:10]}:{found[10:12]}"
    return f',"build_date":"{day}T{time}:{found[12:]}+00:00"'


def _client_version(person: Person, build: Build) -> str:
    """Return client_info.app_display_version: with the beta's number on Android alone."""
    return build.label if person.sender.is_mobile else build.version


def _crash_metrics(
    person: Person, build: Build, crash: Crash, sent: Sent, minidump: str | None
) -> dict[str, Any]:
    day = sent.day
    string = {"crash.process_type": crash.cause.process}
    if person.sender.says_app_build:
        # Despite its name app_display_version is Version, without the number of a beta.
        string["crash.app_build"] = build_id(person, build)
        string["crash.app_channel"] = person.sender.channel
        string["crash.app_display_version"] = _client_version(person, build)
    if minidump:
        string["crash.minidump_sha256_hash"] = minidump
    metrics: dict[str, Any] = {
        "datetime": {"crash.time": f"{day}T{sent.clock}.000+00:00"},
        "boolean": {"crash.startup": crash.cause.is_startup},
        "timespan": {"crash.uptime": {"value": sent.bits % 9_000_000, "time_unit": "millisecond"}},
        "string": string,
    }
    for name, text in crash_annotations(crash).items():
        if name in _METRICS:
            kind, metric, converted = _METRICS[name]
            metrics.setdefault(kind, {})[metric] = converted(text)
    return metrics


def _async_shutdown(text: str) -> dict[str, Any]:
    told = json.loads(text)
    return {
        "phase": told["phase"],
        "conditions": _dumps(told["conditions"]),
        "broken_add_blockers": told["brokenAddBlockers"],
    }


# [rule] toolkit/crashreporter/client/app/src/net/ping/glean.rs. StartupCrash is told in any case.
_METRICS: Mapping[str, tuple[str, str, Callable[[str], Any]]] = {
    "OOMAllocationSize": ("quantity", "memory.oom_allocation_size", int),
    "BackgroundTaskName": ("string", "crash.background_task_name", str),
    "ipc_channel_error": ("string", "crash.ipc_channel_error", str),
    "UtilityActorsName": (
        *("string_list", "crash.utility_actors_name"),
        lambda text: text.split(","),
    ),
    "AsyncShutdownTimeout": ("object", "crash.async_shutdown_timeout", _async_shutdown),
    "QuotaManagerShutdownTimeout": (
        *("object", "crash.quota_manager_shutdown_timeout"),
        str.splitlines,
    ),
}
"""By annotation: the kind and name of its metric, and how its text becomes the metric's value."""
