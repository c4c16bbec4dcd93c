"""Messages to chats: Slack, Matrix and Teams."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Annotated, Any
from urllib.parse import quote

from crash_rate_aggregates.settable import Secret, Settable, WebUrl
from crash_rate_aggregates.watch.alarm_messages import AlarmMessage
from crash_rate_aggregates.watch.destination_fields import SECRET_URL, TOKEN, WEB_URL
from crash_rate_aggregates.watch.web_requests import WebChannel, WebRequest

_MOST_OF_SLACK = 2900
"""Characters of a text; Slack takes 3,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack(WebChannel):
    """An incoming webhook of Slack, or of a chat that takes the same, like Mattermost."""

    url: Annotated[
        Secret,
        Settable(says="URL of the incoming webhook.", pattern=SECRET_URL, takes="a URL"),
    ] = field(repr=False)

    def request(self, message: AlarmMessage) -> WebRequest:
        """Return the text for notifications, and blocks for the channel."""
        title = f"*{_slack_text(message.title)}*"
        if message.link:
            title += f" <{message.link}|show>"
        details = "\n".join(map(_slack_text, message.details))
        blocks = [
            {"type": "section", "text": {"type": "mrkdwn", "text": title[:_MOST_OF_SLACK]}},
            {
                "type": "context",
                "elements": [{"type": "mrkdwn", "text": details[:_MOST_OF_SLACK]}],
            },
        ]
        text = _slack_text(message.title)
        return WebRequest("POST", self.url, {"text": text, "blocks": blocks})


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix(WebChannel):
    """A room of Matrix, to which the token's user belongs; not one that is encrypted."""

    url: Annotated[
        WebUrl,
        Settable(
            says="The homeserver, like `https://matrix.example.org`.",
            pattern=WEB_URL,
            takes="a URL",
        ),
    ]
    room: Annotated[
        str,
        Settable(
            says="The room's id, like `!abc:example.org`.",
            pattern=r"![!-~]+",
            takes="the id of a room, which begins with `!`",
        ),
    ]
    token: Annotated[
        Secret,
        Settable(says="Access token of the user who writes.", pattern=TOKEN, takes="a token"),
    ] = field(repr=False)

    def request(self, message: AlarmMessage) -> WebRequest:
        """Return the event; the server takes the same transaction id once."""
        transaction = message.fingerprint(self.room)
        room = quote(self.room, safe="")
        path = f"_matrix/client/v3/rooms/{room}/send/m.room.message/{transaction}"
        body = {
            "msgtype": "m.text",
            "body": message.text,
            "format": "org.matrix.custom.html",
            "formatted_body": _html(message),
        }
        headers = {"Authorization": f"Bearer {self.token}"}
        return WebRequest("PUT", f"{self.url.rstrip('/')}/{path}", body, headers, may_repeat=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams(WebChannel):
    """A webhook of Workflows in Microsoft Teams."""

    url: Annotated[
        Secret,
        Settable(says="URL of the workflow.", pattern=SECRET_URL, takes="a URL"),
    ] = field(repr=False)

    def request(self, message: AlarmMessage) -> WebRequest:
        """Return an adaptive card."""
        body: list[dict[str, Any]] = [
            {"type": "TextBlock", "text": message.title, "weight": "Bolder", "wrap": True}
        ]
        body += [
            {"type": "TextBlock", "text": line, "isSubtle": True, "wrap": True, "spacing": "Small"}
            for line in message.details
        ]
        card: dict[str, Any] = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": body,
        }
        if message.link:
            card["actions"] = [{"type": "Action.OpenUrl", "title": "Show", "url": message.link}]
        kind = "application/vnd.microsoft.card.adaptive"
        attachment = {"contentType": kind, "contentUrl": None, "content": card}
        return WebRequest("POST", self.url, {"type": "message", "attachments": [attachment]})


def _slack_text(text: str) -> str:
    """Escape the three characters that steer Slack's texts."""
    return escape(text, quote=False)


def _html(message: AlarmMessage) -> str:
    title = f"<strong>{escape(message.title)}</strong>"
    if message.link:
        title += f' <a href="{escape(message.link)}">show</a>'
    return "<br/>".join((title, *map(escape, message.details)))
