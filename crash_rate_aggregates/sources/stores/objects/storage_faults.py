"""From what obstore raises to one sentence of ours. obstore tells most of it in its text only.

The text can hold signatures and keys (Azure's URLs, Amazon's answer to a bad signature): of it only
the HTTP status, the server's error code and the operating system's reason are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from obstore.exceptions import BaseError, InvalidPathError
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from crash_rate_aggregates.errors import (
    BucketNotFoundError,
    SourceError,
    StorageCredentialsError,
    StorageDeniedError,
    StorageError,
    StorageUnreachableError,
)
from crash_rate_aggregates.sources.interface import changed_file
from crash_rate_aggregates.sources.stores.objects.bucket import Bucket
from crash_rate_aggregates.sources.stores.objects.waiting import interruptible

STORAGE_FAULTS = (BaseError, FileNotFoundError, PermissionError)
"""What obstore raises when object storage does not do what it was asked for."""

_NOT_FOUND = 404
_UNAUTHORIZED = 401
_FORBIDDEN = 403
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500
_CHANGED = frozenset({_NOT_FOUND, 412, 416})
"""Also what If-Match, and a range beyond the end, are answered with."""
_Result = TypeVar("_Result")
# A server that breaks off at one byte so often will again.
_STARTS = 4
_PAUSE_SECONDS = 0.1
_STATUS = re.compile(r"status code: ([0-9]{3})")
_CODE = re.compile(r"<Code>([A-Za-z0-9_.]+)</Code>")
_RETRIES = re.compile(r"after ([0-9]+) retries")
_REASON = re.compile(
    r'credential provider: ([^\n]{1,300})|(?:message|error): "([^"\n]{1,200})"|'
    r"(dns error|operation timed out)"
)
_PATH = re.compile(r'[Pp]ath "([^"\n]*)"')
_USER = re.compile("//[^/]*@")
_REQUEST = "Error performing"
_CREDENTIALS = re.compile(r"credential provider|token request")
_REQUESTED = re.compile(r"Error performing [A-Z]+ ([^\s?]+)")
_BAD_CREDENTIALS = re.compile(
    r"Expired|Token|InvalidAccessKeyId|SignatureDoesNotMatch|AuthenticationFailed|"
    r"InvalidAuthentication|AuthorizationFailure|RequestTimeTooSkewed|MissingSecurityHeader"
)
_OTHER_REGION = re.compile(
    r"PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocation|incorrectly configured region"
)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What an exception's text tells. Its first part names the request, with the object's name."""

    text: str

    def _found(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.search(self.text)
        return next(filter(None, match.groups()), None) if match else None

    @property
    def status(self) -> int:
        """The HTTP status, 0 if there was no answer."""
        return int(self._found(_STATUS) or 0)

    @property
    def code(self) -> str:
        return self._found(_CODE) or ""

    def asked_for_credentials(self, bucket: Bucket) -> bool:
        """Whether it was not the bucket that was asked, but a server that gives credentials."""
        requested = self._found(_REQUESTED)
        is_of_bucket = requested is None or bucket.name in requested
        # Outside of a cloud obstore asks the metadata service of instances, which is not there.
        return not is_of_bucket or _CREDENTIALS.search(self.text) is not None

    @property
    def has_no_answer(self) -> bool:
        """Whether the server did not answer, or only that it cannot now, until obstore gave up."""
        # No status: the request met no server, or silence.
        if not self.status:
            return _REQUEST in self.text
        return self.status == _TOO_MANY_REQUESTS or self.status >= _SERVER_ERRORS

    @property
    def shown(self) -> str:
        """What may be shown of it."""
        if self.status:
            return f"{self.status} {self.code}".strip()
        return self._found(_REASON) or "no answer"

    @property
    def retries(self) -> str:
        found = self._found(_RETRIES)
        return f" after {found} retries" if found and found != "0" else ""


def is_broken_stream(error: BaseException) -> bool:
    """Tell whether an answer began well and broke off, which obstore does not always retry."""
    fault = _Fault(str(error))
    return isinstance(error, BaseError) and not (
        fault.status or _REQUEST in fault.text or isinstance(error, InvalidPathError)
    )


def retrying_broken(call: Callable[[], _Result]) -> _Result:
    """Call again while the answer breaks off, a few times and after short pauses."""
    retrying = Retrying(
        stop=stop_after_attempt(_STARTS),
        wait=wait_random_exponential(multiplier=_PAUSE_SECONDS),
        retry=retry_if_exception(is_broken_stream),
        reraise=True,
    )
    return retrying(lambda: interruptible(call))


def listing_error(error: BaseException, bucket: Bucket, folder: str) -> StorageError:
    """Say why a folder of the bucket cannot be listed."""
    fault = _Fault(str(error))
    if isinstance(error, InvalidPathError):
        named = _PATH.search(fault.text)
        return StorageError(
            f"below {folder!r} lies an object with an empty part, a . or a .. in its name"
            f"{f' ({named[1]!r})' if named else ''}, which cannot be read: rename or remove it"
        )
    return _refused(fault, bucket, f"list {folder!r}") or _missing(fault, bucket, folder)


def _missing(fault: _Fault, bucket: Bucket, folder: str) -> StorageError:
    if fault.status == _NOT_FOUND:
        return BucketNotFoundError(
            f"there is no {bucket.url!r}{_at(bucket)} ({fault.shown}): correct the bucket in "
            "--pings, or say where it is with --storage-endpoint"
        )
    return _unknown(fault, f"list {folder!r}")


def reading_error(error: BaseException, bucket: Bucket, url: str) -> SourceError:
    """Say why an object cannot be read."""
    fault = _Fault(str(error))
    if fault.status in _CHANGED or isinstance(error, FileNotFoundError):
        # 412 is If-Match's, 416 that the object has become shorter than the range.
        became = "removed" if fault.status == _NOT_FOUND else "overwritten"
        return changed_file(url, became)
    return _refused(fault, bucket, f"read {url!r}") or _unknown(fault, f"read {url!r}")


def _refused(fault: _Fault, bucket: Bucket, task: str) -> StorageError | None:
    """Return the error of a server that does not answer, or not to us."""
    shown = fault.shown
    # First: a wrong region is answered by 301 or 400, which alone would say something else.
    if _OTHER_REGION.search(fault.text):
        return StorageError(
            f"cannot {task}: the bucket is in another region ({shown}); name it with "
            "--storage-region"
        )
    if fault.asked_for_credentials(bucket):
        return StorageCredentialsError(
            f"cannot {task}: no credentials were found ({shown}); give them as docs/sources.md "
            "says, or use --storage-anonymous if the bucket is public"
        )
    if fault.status == _UNAUTHORIZED or _BAD_CREDENTIALS.search(fault.code):
        return StorageCredentialsError(
            f"cannot {task}: the credentials are not accepted ({shown}); renew them, then run the "
            "day again"
        )
    if fault.status == _FORBIDDEN:
        return StorageDeniedError(
            f"cannot {task}: access is denied ({shown}); give the job's user permission to list "
            "the bucket and to read its objects"
        )
    if fault.has_no_answer:
        return StorageUnreachableError(
            f"cannot {task}{_at(bucket)}: {shown}{fault.retries}; check --storage-endpoint, the "
            "network and the state of the service, then run the day again"
        )
    return None


def _at(bucket: Bucket) -> str:
    """Say which server was asked, without a user name and password before it."""
    return f" at {_USER.sub('//', bucket.endpoint)}" if bucket.endpoint else ""


def _unknown(fault: _Fault, task: str) -> StorageError:
    return StorageError(
        f"cannot {task}: object storage answers {fault.shown}; its manual says what that means"
    )
