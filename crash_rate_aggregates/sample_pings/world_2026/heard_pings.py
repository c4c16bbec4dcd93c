"""The pings that the server hears of on a day: of sessions of that day, and of days before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import NamedTuple

from crash_rate_aggregates.sample_pings.world_2026.arrivals import LAG_SHARES
from crash_rate_aggregates.sample_pings.world_2026.crash_causes import KILL, Cause
from crash_rate_aggregates.sample_pings.world_2026.people import Person
from crash_rate_aggregates.sample_pings.world_2026.regressions.looping_machine import (
    session_in_loop,
)
from crash_rate_aggregates.sample_pings.world_2026.release_calendar import Build
from crash_rate_aggregates.sample_pings.world_2026.sessions import Crash, Happenings, Session
from crash_rate_aggregates.sample_pings.world_2026.texts import glean_texts, v4_texts
from crash_rate_aggregates.sample_pings.world_2026.texts.flaws import as_sent, is_sent_twice
from crash_rate_aggregates.sample_pings.world_2026.texts.ingestion_texts import Sent, sent_ping

_CHANCES = 1 << 16
_ARRIVING_CHILDREN = 0.95
"""[chosen] Of child crashes in histograms, those whose own ping comes: the two never agree."""
_WITH_MINIDUMP = 0.85
"""[chosen] Of crashes, those whose pings name a minidump."""
_BY_REPORTER = 0.6
"""[chosen] Of main crashes that are sent once, those that the crash reporter sends."""
_SENT_TWICE = range(131, 149)
"""[rule] Versions whose main crashes both the crash reporter and Firefox send: from September 2024,
when the reporter's application was registered (probe-scraper #803), to the fix in 149."""
_FIRST_SHUTDOWN = 0.005
_DESKTOP_BASELINE = 0.05
_ALSO_ACTIVE = 0.5
_DIRTY_STARTUP = 0.03
_OTHER_ID = (1 << 128) - 1


class HeardPing(NamedTuple):
    """One line, and whose it is."""

    namespace: str
    doc_type: str
    line: bytes


def pings_of_day(happenings: Happenings, day: date) -> Iterator[HeardPing]:
    """Give the pings of a submission date; the same for the same happenings and day."""
    for session, lag in _told_sessions(happenings, day):
        yield from _usage_pings(session, day, has_filling=happenings.bad_release is None)
        for crash in session.crashes:
            # What was heard of at once came on the day itself.
            if crash.is_late or lag == 0:
                yield from _crash_pings(session, crash, day)
    for lag in filter(None, LAG_SHARES):
        for session in happenings.sessions(day, lag):
            for crash in session.crashes:
                if not crash.is_late:
                    yield from _crash_pings(session, crash, day)


def _told_sessions(happenings: Happenings, day: date) -> Iterator[tuple[Session, int]]:
    """Give the sessions whose usage pings come on a day, and how many days they were before."""
    for lag in LAG_SHARES:
        for session in happenings.sessions(day - timedelta(days=lag), lag):
            yield session, lag
    if happenings.has_regressions and (looping := session_in_loop(happenings, day)):
        yield looping, 0


def _usage_pings(session: Session, day: date, *, has_filling: bool) -> Iterator[HeardPing]:
    sent = sent_ping(session.bits, session.day, day)
    if session.person.sender.is_mobile:
        yield from _phone_pings(session, sent, day)
        return
    with_dump, kills = child_counts(session)
    main = v4_texts.main_ping(session, sent, with_dump, kills, has_filling=has_filling)
    yield from _heard("telemetry", "main", main, sent.bits)
    if _chance(session.bits, 0) < _FIRST_SHUTDOWN:
        # [rule] From 57 on it repeats the main ping of a profile's first session.
        other = sent_ping(session.bits ^ _OTHER_ID, session.day, day)
        first = v4_texts.main_ping(session, other, with_dump, kills, has_filling=has_filling)
        first = first.replace('"type":"main"', '"type":"first-shutdown"', 1)
        first = first.replace('"document_type":"main"', '"document_type":"first-shutdown"', 1)
        yield from _heard("telemetry", "first-shutdown", first, other.bits)
    if _chance(session.bits, 1) < _DESKTOP_BASELINE:
        other = sent_ping(session.bits ^ _OTHER_ID, session.day, day)
        baseline = glean_texts.baseline_ping(session, other, "inactive")
        yield from _heard(session.person.sender.namespace, "baseline", baseline, other.bits)


def _phone_pings(session: Session, sent: Sent, day: date) -> Iterator[HeardPing]:
    namespace = session.person.sender.namespace
    reason = "dirty_startup" if _chance(session.bits, 0) < _DIRTY_STARTUP else "inactive"
    baseline = glean_texts.baseline_ping(session, sent, reason)
    yield from _heard(namespace, "baseline", baseline, sent.bits)
    if _chance(session.bits, 1) < _ALSO_ACTIVE:
        other = sent_ping(sent.bits ^ _OTHER_ID, session.day, day)
        active = glean_texts.baseline_ping(session, other, "active")
        yield from _heard(namespace, "baseline", active, other.bits)


def child_counts(session: Session) -> tuple[Counter[str], int]:
    """Return what the histograms of a session's main ping say: crashes with a dump, and kills.

    [rule] A kill leaves a dump, and so counts as a content crash too, only where
    dom.ipc.tabs.createKillHardCrashReports is on.
    """
    with_dump = Counter[str]()
    kills = 0
    for crash in session.crashes:
        is_kill = crash.cause is KILL
        kills += is_kill
        if crash.cause.process != "main" and _leaves_dump(session.person, crash.cause):
            with_dump[crash.cause.process] += 1
    return with_dump, kills


def _leaves_dump(person: Person, cause: Cause) -> bool:
    return cause is not KILL or person.sender.creates_kill_reports


def _crash_pings(session: Session, crash: Crash, day: date) -> Iterator[HeardPing]:
    """Give all pings of one crash: as Glean, as v4 where both are sent, and twice where it was."""
    person, build, cause = session.person, session.build, crash.cause
    sender = person.sender
    if not _leaves_dump(person, cause):
        return
    is_main = cause.process == "main"
    if not is_main and not sender.is_mobile and _chance(crash.bits, 0) >= _ARRIVING_CHILDREN:
        return
    minidump = _minidump(crash) if _chance(crash.bits, 1) < _WITH_MINIDUMP else None
    for number, (namespace, reason) in enumerate(_ways(person, build, crash)):
        sent = sent_ping(crash.bits ^ number, session.day, day)
        ping = glean_texts.crash_ping(
            *(person, build, crash, sent, minidump), reason=reason, namespace=namespace
        )
        yield from _heard(namespace, "crash", ping, sent.bits)
    if sender.sends_v4_crashes:
        sent = sent_ping(crash.bits ^ _OTHER_ID, session.day, day)
        ping = v4_texts.crash_ping(person, build, crash, sent, minidump)
        yield from _heard("telemetry", "crash", ping, sent.bits)


def _ways(person: Person, build: Build, crash: Crash) -> Iterator[tuple[str, str]]:
    """Give namespace and reason of each Glean ping of a crash."""
    sender = person.sender
    if crash.cause.process != "main" or sender.reporter is None:
        yield sender.namespace, "crash"
        return
    is_twice = build.major in _SENT_TWICE
    by_reporter = _chance(crash.bits, 2) < _BY_REPORTER
    if is_twice or by_reporter:
        yield sender.reporter, "crash"
    if is_twice or not by_reporter:
        yield sender.namespace, "event_found"


def _minidump(crash: Crash) -> str:
    return sha256(crash.bits.to_bytes(16, "big")).hexdigest()


def _chance(bits: int, number: int) -> float:
    """Return the numbered chance of a ping's bits, from 0 up to 1."""
    # By a product: its bits stand for the id and the flaws too.
    mixed = (bits ^ (bits >> 61)) * (0x9E3779B97F4A7C15 + 2 * number)
    return (mixed >> 40) % _CHANCES / _CHANCES


def _heard(namespace: str, doc_type: str, ping: str, bits: int) -> tuple[HeardPing, ...]:
    heard = HeardPing(namespace, doc_type, as_sent(ping, bits))
    return (heard, heard) if is_sent_twice(doc_type, bits) else (heard,)
