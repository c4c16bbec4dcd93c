"""The pings of one sample day, in the order in which they are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from crash_rate_aggregates.sample_pings.world_2016.bulk import Bulk, small_bulk
from crash_rate_aggregates.sample_pings.world_2016.clients import (
    Client,
    draw_client,
    draw_crash_activity,
    draw_main_activity,
    draw_session_seconds,
)
from crash_rate_aggregates.sample_pings.world_2016.dirt import DUPLICATES, soiled
from crash_rate_aggregates.sample_pings.world_2016.documents import (
    Ids,
    crash_ping,
    main_ping,
    new_id,
)
from crash_rate_aggregates.sample_pings.world_2016.habits import client_id
from crash_rate_aggregates.sample_pings.world_2016.populations import (
    GMPLUGIN_RATE,
    GPU_RATE,
    Regression,
    early_factor,
    regression,
)

_HOURS = 1000 * 3600
_CHILD_PROCESSES = ("plugin", "gmplugin", "gpu")
_PINGS_OF_CHILDREN = 0.7
"""Share of content crashes whose own crash ping arrives: the two sources never agree."""


@dataclass(frozen=True, slots=True)
class Make:
    """How pings are to be made."""

    draw_bulk: Callable[[Random], Bulk] = small_bulk
    """What a session's pings carry beside the fields that count."""
    crash_factor: float = 1.0
    """Of all crash rates."""


USUAL = Make()


def pings_of_day(day: date, pings: int, seed: int, make: Make = USUAL) -> Iterator[bytes]:
    """Give a day's lines, without newlines; the same for the same arguments.

    Args:
        day: Submission date.
        pings: How many lines, main and crash pings together.
        seed: Another seed gives another day.
        make: How large they are, and how many are crash pings.
    """
    random = Random(f"{seed} {day}")
    faulty = regression(day)
    given = 0
    while given < pings:
        for line in _session(day, seed, faulty, make, random):
            if given < pings:
                yield line
                given += 1


def _session(
    day: date, seed: int, faulty: Regression, make: Make, random: Random
) -> Iterator[bytes]:
    """Give the main ping of one session and the crash pings that belong to it."""
    client = draw_client(day, random)
    seconds = draw_session_seconds(random)
    crashes = _crashes(client, seconds * make.crash_factor, faulty, random)
    activity = draw_main_activity(day, random)
    ping_id = new_id(random)
    ids = Ids(ping_id, client_id(client, ping_id, seed))
    bulk = make.draw_bulk(random)
    main = main_ping(client, day, activity, seconds, _keyed(crashes), ids, bulk)
    yield from _sent(main, "main", random)
    for process, metadata in _crash_pings(crashes, random):
        crash_activity = draw_crash_activity(day, random)
        crash_ids = ids._replace(ping=new_id(random))
        crash = crash_ping(client, day, crash_activity, process, metadata, crash_ids, bulk)
        yield from _sent(crash, "crash", random)


def _sent(ping: str, doc_type: str, random: Random) -> Iterator[bytes]:
    line = soiled(ping, random)
    yield line
    if random.random() < DUPLICATES[doc_type]:
        yield line


def _crashes(client: Client, seconds: float, faulty: Regression, random: Random) -> dict[str, int]:
    """Draw the crashes of one session: at most one of a kind, since all are rare."""
    channel = client.channel
    is_faulty = (client.build.build_id, client.os_name) == (faulty.build_id, faulty.os_name)
    is_faulty = is_faulty and channel.name == "nightly"
    factor = early_factor(channel, client.build)
    content_rate = channel.content_rate * factor
    rates = {
        "main": channel.main_rate * factor * (faulty.factor if is_faulty else 1),
        "content": content_rate * (1 - channel.shutdown_share),
        "content_shutdown": content_rate * channel.shutdown_share,
        "plugin": channel.plugin_rate,
        "gmplugin": GMPLUGIN_RATE,
        "gpu": GPU_RATE,
    }
    return {kind: int(random.random() < rate * seconds / _HOURS) for kind, rate in rates.items()}


def _keyed(crashes: dict[str, int]) -> str:
    """Return the keyed histograms that say so, without braces; empty ones are not sent."""
    shutdown = crashes["content_shutdown"]
    counts = {"content": crashes["content"] + shutdown}
    counts |= {process: crashes[process] for process in _CHILD_PROCESSES}
    entries = ",".join(f'"{key}":{_count(count)}' for key, count in counts.items() if count)
    parts = [f'"SUBPROCESS_CRASHES_WITH_DUMP":{{{entries}}}'] if entries else []
    if shutdown:
        parts.append(f'"SUBPROCESS_KILL_HARD":{{"ShutDownKill":{_count(shutdown)}}}')
    return ",".join(parts)


def _count(count: int) -> str:
    return (
        f'{{"range":[1,2],"bucket_count":3,"histogram_type":4,"values":{{"0":{count},"1":0}},'
        f'"sum":{count}}}'
    )


def _crash_pings(crashes: dict[str, int], random: Random) -> Iterator[tuple[str, str]]:
    """Give the JSON texts of process type and metadata of each crash ping."""
    startup = '{"StartupCrash":"0","ProductName":"Firefox"}'
    if crashes["main"]:
        yield ("null" if random.random() < 0.3 else '"main"'), startup
    if crashes["content"] and random.random() < _PINGS_OF_CHILDREN:
        yield '"content"', startup
    if crashes["content_shutdown"] and random.random() < _PINGS_OF_CHILDREN:
        yield '"content"', '{"ipc_channel_error":"ShutDownKill","ProductName":"Firefox"}'
    for process in ("gmplugin", "gpu"):
        if crashes[process]:
            yield f'"{process}"', startup
