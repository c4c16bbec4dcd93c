"""What Firefox notes of a crash, from which its v4 and its Glean pings are both made."""

from __future__ import annotations

import json
from collections.abc import Mapping

from crash_rate_aggregates.sample_pings.world_2026.crash_causes import (
    UTILITY_ACTORS,
    CrashClass,
)
from crash_rate_aggregates.sample_pings.world_2026.sessions import Crash

SHUTDOWN_KILL = "ShutDownKill"
# [chosen] Of the many phases and blockers that there are.
_PHASES = ("profile-before-change", "profile-change-teardown", "AddonManager: Waiting to start")
_BLOCKERS = ("Places: finish writing", "IOUtils: waiting for IO to complete", "Sanitize on exit")
_QUOTA_SHARE = 4
"""[chosen] One of so many shutdown hangs is the quota manager's."""
_QUOTA_LINES = "QuotaManager shutdown timed out\nLSNG: 1 (Idle)\nIndexedDB: 2 (Waiting)"
_LEAST_SIZE = 12
_SIZES = 16


def crash_annotations(crash: Crash) -> Mapping[str, str]:
    """Return a crash's annotations by their names, all of them text.

    [rule] toolkit/crashreporter CrashAnnotations.yaml; the class of a crash is read from them.
    """
    cause, bits = crash.cause, crash.bits
    found = _of_class(cause.crash_class, bits)
    if cause.is_startup:
        found["StartupCrash"] = "1"
    if cause.process == "utility":
        found["UtilityActorsName"] = UTILITY_ACTORS[bits % len(UTILITY_ACTORS)]
    return found


def _of_class(crash_class: CrashClass, bits: int) -> dict[str, str]:
    match crash_class:
        case CrashClass.OUT_OF_MEMORY:
            return {"OOMAllocationSize": str(1 << (_LEAST_SIZE + bits % _SIZES))}
        case CrashClass.BACKGROUND_TASK:
            return {"BackgroundTaskName": "backgroundupdate"}
        case CrashClass.SHUTDOWN_HANG if bits % _QUOTA_SHARE == 0:
            return {"QuotaManagerShutdownTimeout": _QUOTA_LINES}
        case CrashClass.SHUTDOWN_HANG:
            return {"AsyncShutdownTimeout": _async_shutdown(bits)}
        case CrashClass.SHUTDOWN_KILL:
            return {"ipc_channel_error": SHUTDOWN_KILL}
        case CrashClass.NONE:
            return {}


def _async_shutdown(bits: int) -> str:
    blocker = {
        "name": _BLOCKERS[bits % len(_BLOCKERS)],
        "state": "(none)",
        "filename": "resource://gre/modules/AsyncShutdown.sys.mjs",
        "lineNumber": bits % 900 + 1,
    }
    told = {
        "phase": _PHASES[bits % len(_PHASES)],
        "conditions": [blocker],
        "brokenAddBlockers": [f"{_BLOCKERS[0]} finished"] if bits & 1 else [],
    }
    return json.dumps(told)
