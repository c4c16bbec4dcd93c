"""From what --pings says to the store that holds it."""

from __future__ import annotations

import re

from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.sources.interface import Store
from crash_rate_aggregates.sources.stores.day_folders import DayPattern
from crash_rate_aggregates.sources.stores.local_files import LocalFiles
from crash_rate_aggregates.sources.stores.objects.bucket import SCHEMES, Bucket
from crash_rate_aggregates.sources.stores.objects.object_store import ObjectStore
from crash_rate_aggregates.sources.stores.objects.storage_options import (
    USUAL_STORAGE,
    StorageOptions,
)
from crash_rate_aggregates.sources.stores.profile_archive import ProfileArchive, is_profile_archive
from crash_rate_aggregates.sources.stores.selection import EVERYTHING, PathSelection

_URL = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+)://([^/]*)/*(.*)", re.DOTALL)
_BUCKET = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]+")


def open_store(
    pings: str,
    storage: StorageOptions = USUAL_STORAGE,
    selection: PathSelection = EVERYTHING,
) -> Store:
    """Return the store that --pings names. It connects when it is used.

    Raises:
        BadSettingError: The place is no folder and no URL that can be read; no secret is shown.
    """
    url = _URL.fullmatch(pings)
    if url is None:
        selection.check_pattern(pings)
        # A person's profile is read as it lies, without a flag that says so.
        if is_profile_archive(pings):
            return ProfileArchive(pings)
        return LocalFiles(DayPattern(pings), selection)
    scheme, authority, path = url[1].lower(), url[2], url[3]
    if scheme == "file":
        return open_store(_local_path(authority, path), storage, selection)
    if scheme not in SCHEMES:
        raise BadSettingError(
            f"--pings begins with {scheme}://, which cannot be read: name a folder, or a URL that "
            f"begins with {', '.join(f'{known}://' for known in SCHEMES)} or file://"
        )
    bucket = Bucket(scheme, _bucket_name(scheme, authority, path), storage)
    prefix = _prefix(path)
    selection.check_pattern(prefix)
    return ObjectStore(bucket, DayPattern(prefix), selection)


def _prefix(path: str) -> str:
    parts = list(filter(None, path.split("/")))
    # obstore has no such paths, and its error would come late and say less.
    if not {".", ".."}.isdisjoint(parts):
        raise BadSettingError(
            f"the prefix {path!r} in --pings has a . or .. between its slashes: write the names of "
            "the objects as they begin"
        )
    return "/".join(parts)


def _local_path(authority: str, path: str) -> str:
    if authority not in {"", "localhost"}:
        raise BadSettingError(
            f"--pings is a file:// URL that begins with {authority!r} instead of a slash: write "
            "file:///folder, with three slashes"
        )
    return f"/{path}"


def _bucket_name(scheme: str, authority: str, path: str) -> str:
    """Return the bucket; a secret in the URL is refused, for it would be stored with the run."""
    if "@" in authority or "?" in authority + path:
        raise BadSettingError(
            f"the {scheme}:// URL of --pings holds a user name, password or query: give "
            "credentials in the environment, as docs/sources.md says, and only bucket and prefix "
            "in the URL"
        )
    if not _BUCKET.fullmatch(authority):
        raise BadSettingError(
            f"{authority!r} in --pings is no name of a bucket: write {scheme}://bucket/prefix"
        )
    return authority
