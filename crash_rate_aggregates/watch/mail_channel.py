"""Messages by e-mail."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Annotated, Literal

from crash_rate_aggregates.settable import Secret, Settable
from crash_rate_aggregates.watch.alarm_messages import AlarmMessage
from crash_rate_aggregates.watch.delivering import (
    SECONDS,
    NotTakenError,
    TryAgainError,
    delivered,
)
from crash_rate_aggregates.watch.destination_fields import ADDRESS, HOST

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_PERMANENT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """E-mail by SMTP, one message to all addresses."""

    keeps_state = False
    host: Annotated[str, Settable(says="The server.", pattern=HOST, takes="the name of a host")]
    security: Annotated[
        Literal["starttls", "tls", "none"],
        Settable(says="How the connection is encrypted; `none` sends the password as it is."),
    ] = "starttls"
    port: Annotated[
        int | None,
        Settable(
            says="Its port.", unset="587, with `tls` 465, with `none` 25", least=1, most=65535
        ),
    ] = None
    sender: Annotated[
        str,
        Settable(key="from", says="Who writes.", pattern=ADDRESS, takes="an address"),
    ]
    to: Annotated[
        tuple[str, ...],
        Settable(says="Who is written to.", pattern=ADDRESS, takes="a list of addresses"),
    ]
    user: Annotated[str | None, Settable(says="Who logs in.", unset="nobody does")] = None
    password: Annotated[Secret | None, Settable(says="Of the user.", unset="none")] = field(
        default=None, repr=False
    )

    def deliver(self, message: AlarmMessage, seconds: float = SECONDS) -> None:
        """Send a message.

        Raises:
            NotTakenError: It is not known to be taken.
        """
        delivered(lambda left: self._send(self._mail(message), left), seconds)

    def shown(self, message: AlarmMessage) -> str:
        """Return what would be sent; for eyes only where the secrets are masked."""
        login = f" as {self.user}, password {self.password}" if self.user else ""
        mail = self._mail(message)
        headers = "\n".join(f"{name}: {mail[name]}" for name in ("From", "To", "Subject"))
        where = f"SMTP {self.host}:{self._port}, {self.security}{login}"
        return f"{where}\n{headers}\n\n{mail.get_content()}".rstrip()

    @property
    def _port(self) -> int:
        return self.port or _PORTS[self.security]

    def _mail(self, message: AlarmMessage) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, ", ".join(self.to)
        mail["Subject"] = f"[crash rates] {message.title}"
        mail["Date"] = format_datetime(datetime.now(UTC))
        domain = self.sender.rpartition("@")[2]
        mail["Message-ID"] = f"<{message.fingerprint()}@{domain}>"
        # What is said of one alarm stands together, as answers to a message that nobody has.
        mail["References"] = f"<{message.thread}@{domain}>"
        # No answers of those on leave (RFC 3834).
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail

    def _send(self, mail: EmailMessage, left: float) -> None:
        is_handed_over = False
        try:
            with closing(self._connected(left)) as server:
                if self.user is not None:
                    server.login(self.user, self.password or "")
                server.ehlo_or_helo_if_needed()
                is_handed_over = True
                server.send_message(mail)
                with suppress(OSError, smtplib.SMTPException):  # It is taken, whatever comes now.
                    server.quit()
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            failed = _failure(error, is_handed_over=is_handed_over)
        else:
            return
        # Outside of the handler: servers repeat in their texts what they were sent.
        raise failed

    def _connected(self, left: float) -> smtplib.SMTP:
        trusted = ssl.create_default_context()
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self._port, timeout=left, context=trusted)
        server = smtplib.SMTP(self.host, self._port, timeout=left)
        if self.security == "starttls":
            try:
                server.starttls(context=trusted)
            except BaseException:
                server.close()
                raise
        return server


def _failure(error: Exception, *, is_handed_over: bool) -> NotTakenError:
    """Say what went wrong by numbers and in words of our own."""
    match error:
        case smtplib.SMTPAuthenticationError():
            failed = NotTakenError(f"does not let its user in ({error.smtp_code})")
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _ in error.recipients.values()]
            failed = _refused("its addresses", max(codes))
        case smtplib.SMTPResponseException():
            failed = _refused("the message", error.smtp_code)
        case smtplib.SMTPNotSupportedError():
            failed = NotTakenError("does not speak TLS, or knows no users")
        case ssl.SSLError():
            failed = NotTakenError(f"cannot be trusted ({error.reason})")
        case UnicodeError():
            failed = NotTakenError("has an address, user or password that cannot be sent")
        case _ if is_handed_over:  # Sent again at once it might come twice.
            failed = NotTakenError("broke off, and may have taken the message all the same")
        case _:
            failed = TryAgainError(f"cannot be reached ({_reason(error)})")
    return failed


def _refused(what: str, code: int) -> NotTakenError:
    if code < _PERMANENT:
        return TryAgainError(f"does not take {what} now ({code})")
    return NotTakenError(f"does not take {what} ({code})", is_of_all=what != "the message")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "no answer" if isinstance(error, TimeoutError) else "it hung up"
