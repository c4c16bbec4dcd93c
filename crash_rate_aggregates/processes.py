"""What crashed: process types, classes of crashes, and the two sources that tell of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

MAIN_PROCESS: Final = "main"
CONTENT_PROCESS: Final = "content"
UTILITY_PROCESS: Final = "utility"
PROCESS_TYPES: Mapping[str, str] = {
    MAIN_PROCESS: "The browser itself.",
    CONTENT_PROCESS: "Web pages.",
    "gpu": "Drawing.",
    "rdd": "Decoding of media.",
    "socket": "Network connections.",
    UTILITY_PROCESS: "Small services, each by the actors that it runs.",
    "gmplugin": "Media plugins, like those for protected films.",
    "vr": "Virtual reality.",
    "forkserver": "Starts the other processes on Linux.",
    "plugin": "NPAPI plugins like Flash, until Firefox 85.",
}
"""By name, as pings have it (xpcom/geckoprocesstypes of mozilla-firefox/firefox), what each does.
Others stand by whatever name they send."""


class CrashClass(StrEnum):
    """What kind of crash it was: a kill at shutdown, else the first that fits, in this order."""

    OUT_OF_MEMORY = "out of memory"
    BACKGROUND_TASK = "background task"
    SHUTDOWN_HANG = "shutdown hang"
    SHUTDOWN_KILL = "shutdown kill"
    NONE = "none"


CRASH_CLASS_DESCRIPTIONS: Mapping[CrashClass, str] = {
    CrashClass.OUT_OF_MEMORY: "An allocation failed: the crash says of how many bytes.",
    CrashClass.BACKGROUND_TASK: "In a background task, with no window.",
    CrashClass.SHUTDOWN_HANG: "Ended by Firefox itself, as shutting down or the quota manager took "
    "too long.",
    CrashClass.SHUTDOWN_KILL: "A child process that was killed at shutdown: in no rate.",
    CrashClass.NONE: "None of these.",
}
"""One sentence for each class. The first three, in this order, are Mozilla's (looker-hub,
crash_counts)."""


class CrashSource(StrEnum):
    """What told of a crash. The same crash is in both: sources are never added."""

    CRASH_PING = "crash ping"
    HISTOGRAM = "histogram"


CRASH_SOURCE_DESCRIPTIONS: Mapping[CrashSource, str] = {
    CrashSource.CRASH_PING: "One ping a crash.",
    CrashSource.HISTOGRAM: "SUBPROCESS_CRASHES_WITH_DUMP of main pings, which has no classes.",
}
