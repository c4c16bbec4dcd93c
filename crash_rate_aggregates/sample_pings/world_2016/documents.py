"""The JSON text of sample pings in the shape of a v4 ping, about 3 KB each with the small bulk."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import NamedTuple
from uuid import UUID

from crash_rate_aggregates.sample_pings.world_2016.bulk import Bulk
from crash_rate_aggregates.sample_pings.world_2016.clients import Client
from crash_rate_aggregates.sample_pings.world_2016.habits import active_ticks


class Ids(NamedTuple):
    """Of a ping: its own, the document's, and the client's."""

    ping: str
    client: str


def new_id(random: Random) -> str:
    """Draw a document id."""
    return str(UUID(int=random.getrandbits(128), version=4))


def environment(client: Client, bulk: Bulk) -> str:
    """Return the sections that main and crash pings share, without braces."""
    build = client.build
    experiment = f'{{"id":"{client.experiment}","branch":"control"}}' if client.experiment else "{}"
    e10s = "true" if client.e10s else "false"
    return (
        f'"application":{{"architecture":"{client.architecture}","buildId":"{build.build_id}",'
        f'"name":"Firefox","version":"{build.version}","vendor":"Mozilla","platformVersion":'
        f'"{build.version}","xpcomAbi":"{client.architecture}-msvc","channel":'
        f'"{client.channel.name}"}},"environment":{{"build":{{"applicationId":'
        f'"synthetic@example.org","applicationName":"Firefox","architecture":'
        f'"{client.architecture}","buildId":"{build.build_id}","version":"{build.version}",'
        f'"vendor":"Mozilla"}},"settings":{{"blocklistEnabled":true,"e10sEnabled":{e10s},'
        f'"locale":"en-US","telemetryEnabled":true{bulk.settings}}},'
        f'"profile":{{"creationDate":16801}},"partner":{{"partnerNames":[]{bulk.partner}}},'
        f'"system":{{{bulk.system},"os":{{"name":"{client.os_name}","version":'
        f'"{client.os_version}","locale":"en-US"}}}},"addons":{{'
        f'{bulk.addons},"activeExperiment":{experiment}}}}}'
    )


def main_ping(
    client: Client, day: date, activity: date, seconds: int, keyed: str, ids: Ids, bulk: Bulk
) -> str:
    """Return a main ping.

    Args:
        client: Who sends it.
        day: Submission date.
        activity: Client's day.
        seconds: The session's length.
        keyed: JSON members of the keyed histograms that count crashes.
        ids: Its own and the client's.
        bulk: What else it carries.
    """
    measurements = bulk.measurements_with(active_ticks(seconds, ids.ping))
    payload = (
        f'"payload":{{"ver":4,{measurements},'
        f'"keyedHistograms":{{{",".join(filter(None, (keyed, bulk.keyed)))}}},'
        f'"info":{{"reason":"shutdown","revision":"synthetic","timezoneOffset":120,'
        f'"subsessionCounter":1,"profileSubsessionCounter":40,"subsessionStartDate":'
        f'"{activity}T00:00:00.0+02:00","subsessionLength":{seconds}{bulk.info}}}'
        f"{bulk.after_info}}}"
    )
    sections = [environment(client, bulk), payload]
    if bulk.is_payload_first:
        sections.reverse()
    return (
        f'{{"type":"main","id":"{ids.ping}","creationDate":"{activity}T20:11:05.123Z","version":4,'
        f'"clientId":"{ids.client}",{",".join(sections)},'
        f"{meta(client, day, 'main', ids.ping)}}}"
    )


def crash_ping(
    client: Client, day: date, activity: date, process: str, metadata: str, ids: Ids, bulk: Bulk
) -> str:
    """Return a crash ping; `process` is the JSON text of its process type."""
    return (
        f'{{"type":"crash","id":"{ids.ping}","creationDate":"{day}T08:00:00.000Z","version":4,'
        f'"clientId":"{ids.client}",'
        f'{environment(client, bulk)},"payload":{{"version":1,"crashDate":"{activity}","crashTime":'
        f'"{activity}T07:00:00.000Z","hasCrashEnvironment":true,"processType":{process},'
        f'"metadata":{metadata}}},{meta(client, day, "crash", ids.ping)}}}'
    )


def meta(client: Client, day: date, doc_type: str, ping_id: str) -> str:
    """Return what the server adds, without braces."""
    return (
        f'"meta":{{"documentId":"{ping_id}","docType":"{doc_type}","submissionDate":"{day:%Y%m%d}",'
        f'"geoCountry":"{client.country}","geoCity":"??","normalizedChannel":'
        f'"{client.channel.name}","appName":"Firefox","sourceName":"telemetry","sourceVersion":'
        f'"4","sampleId":42}}'
    )
