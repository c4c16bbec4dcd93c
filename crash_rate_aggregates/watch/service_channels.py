"""Messages to services: PagerDuty, and any that takes JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from crash_rate_aggregates.settable import Secret, Settable, WebUrl
from crash_rate_aggregates.watch.alarm_messages import AlarmMessage, News
from crash_rate_aggregates.watch.destination_fields import SECRET_URL, TOKEN, WEB_URL
from crash_rate_aggregates.watch.web_requests import WebChannel, WebRequest

_ACTIONS = {
    News.BEGUN: "trigger",
    News.WORSENED: "trigger",
    News.ACKNOWLEDGED: "acknowledge",
    News.ENDED: "resolve",
}
_MOST_OF_SUMMARY = 1024
_SOURCE = "crash-rate-aggregates"
WEBHOOK_VERSION = 1
"""Raised when what is there already comes to mean something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDuty(WebChannel):
    """A service of PagerDuty, by Events API v2: an alarm is one incident, from begun to ended."""

    keeps_state = True
    routing_key: Annotated[
        Secret,
        Settable(says="Integration key of the service.", pattern=TOKEN, takes="a key"),
    ] = field(repr=False)
    severity: Annotated[
        Literal["critical", "error", "warning", "info"],
        Settable(says="Of its incidents."),
    ] = "error"
    url: Annotated[
        WebUrl,
        Settable(says="Where events go, for accounts in the EU.", pattern=WEB_URL, takes="a URL"),
    ] = "https://events.pagerduty.com/v2/enqueue"

    def request(self, message: AlarmMessage) -> WebRequest:
        """Return the event; one alarm has one dedup_key, so that no incident is there twice."""
        alarm = message.alarm
        body: dict[str, Any] = {
            "routing_key": self.routing_key,
            "event_action": _ACTIONS[message.news],
            "dedup_key": alarm.alarm_id,
            "client": _SOURCE,
            "payload": {
                "summary": message.title[:_MOST_OF_SUMMARY],
                "source": _SOURCE,
                "severity": self.severity,
                "component": alarm.application,
                "group": alarm.channel,
                "class": alarm.kind,
                "custom_details": {"details": "\n".join(message.details), "ratio": alarm.ratio},
            },
        }
        if message.link:
            body["links"] = [{"href": message.link, "text": "Crash rates"}]
        return WebRequest("POST", self.url, body, may_repeat=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(WebChannel):
    """Any server that takes JSON, of the form below."""

    url: Annotated[
        Secret,
        Settable(says="URL that is posted to.", pattern=SECRET_URL, takes="a URL"),
    ] = field(repr=False)
    token: Annotated[
        Secret | None,
        Settable(
            says="Sent as `Authorization: Bearer …`.",
            pattern=TOKEN,
            takes="a token",
            unset="no such header",
        ),
    ] = field(default=None, repr=False)

    def request(self, message: AlarmMessage) -> WebRequest:
        """Return the event as plain JSON, with a header by which it is known again."""
        alarm, known = message.alarm, message.alarm.acknowledgement
        body = {
            "version": WEBHOOK_VERSION,
            "event": message.news.value,
            "alarm_id": alarm.alarm_id,
            "title": message.title,
            "words": alarm.words,
            "application": alarm.application,
            "channel": alarm.channel,
            "kind": alarm.kind,
            "since": alarm.since.isoformat(),
            "ratio": alarm.ratio,
            "machines": alarm.machines,
            "submission_date": message.evening.isoformat(),
            "acknowledged_by": known.by if known else None,
            "note": known.note if known else None,
            "link": message.link,
        }
        headers = {"Idempotency-Key": message.fingerprint()}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return WebRequest("POST", self.url, body, headers)
