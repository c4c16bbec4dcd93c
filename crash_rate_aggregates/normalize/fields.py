"""The few fields of a ping that the rules read, wherever its kind of ping carries them."""

from __future__ import annotations

from typing import Any, Final, NamedTuple


class PingFields(NamedTuple):
    """What the rules read; None is absent or null.

    Values are as JSON has them: str, bool, `NumberLiteral`, list or dict.
    `decode.layouts` says where each lies in each kind of ping.
    """

    meta_doc_type: Any = None
    """What the server, or the file, says the ping is."""
    type: Any = None
    """What the ping itself says it is."""
    submission_date: Any = None
    build_id: Any = None
    subsession_start_date: Any = None
    crash_date: Any = None
    creation_date: Any = None
    document_id: Any = None
    """The id by which the server knows the ping."""
    id: Any = None
    """The id that the client gave it."""
    process_type: Any = None
    ipc_channel_error: Any = None
    application: Any = None
    version: Any = None
    minidump_hash: Any = None
    """SHA-256 of the minidump, in hexadecimal digits."""
    has_crash_environment: Any = None
    """False in a v4 crash ping whose environment is that of its submission."""
    crash_version: Any = None
    """As the crash itself named it, like the next two."""
    crash_build_id: Any = None
    crash_channel: Any = None
    application_version: Any = None
    """Of the application that sent the ping."""
    application_build_id: Any = None
    source_tags: Any = None
    """What the header X-Source-Tags says: a text, or a list of its tags."""
    subsession_length: Any = None
    with_dump: Any = None
    kill_hard: Any = None
    active_ticks: Any = None
    """Ticks of 5 seconds in which somebody used the application."""
    client_id: Any = None
    display_version: Any = None
    """The version as people say it, `156.0b3` where `version` is 156.0."""
    experiments: Any = None
    """Pairs of an experiment's name and the client's branch, sorted."""
    active_experiment: Any = None
    """The one experiment of 2016's pings, and below its branch."""
    active_experiment_branch: Any = None
    oom_allocation_size: Any = None
    background_task: Any = None
    shutdown_timeout: Any = None
    startup_crash: Any = None
    utility_actors: Any = None
    """What the utility process did, a text or a list of texts."""
    keyed_histograms: Any = None
    """False where the container of the two histograms is there and no object."""
    is_glean: bool = False
    """The Glean crash ping, which replaced the v4 one."""
    dimensions: tuple[Any, ...] = ()
    """One str, bool or None a dimension."""


DERIVED_FIELDS: Final = frozenset({"keyed_histograms", "is_glean", "dimensions"})
"""Those that lie at no place of their own: what they say follows from the layout."""
FIELDS_OF_CRASHES: Final = frozenset(
    {
        *("crash_version", "crash_build_id", "crash_channel"),
        *("application_version", "application_build_id"),
    }
)
"""Those that are read only where the environment does not tell the build of a crash."""
CRASH_PING_FIELDS: Final = frozenset(
    {
        *("crash_date", "process_type", "ipc_channel_error", "minidump_hash"),
        *("has_crash_environment", "oom_allocation_size", "background_task"),
        *("shutdown_timeout", "startup_crash", "utility_actors"),
    }
)
"""Those that the rules read of crash pings alone."""
PLACED_FIELDS: Final = tuple(name for name in PingFields._fields if name not in DERIVED_FIELDS)
"""Those that layouts name the places of."""
