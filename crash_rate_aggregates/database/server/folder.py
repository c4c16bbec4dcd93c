"""What the embedded server keeps on disk."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from crash_rate_aggregates.errors import EmbeddedServerError, ServerVersionError

USER = "crash_rate_aggregates"
"""Role and database of the embedded server."""
_FOLDER = re.compile(r"postgresql-([0-9]+)")


@dataclass(frozen=True, slots=True)
class ServerFiles:
    """The folder of one embedded server."""

    folder: Path
    """`postgresql-<major version>` in the program's home."""

    HALF_MADE: ClassVar[str] = "new-"
    """Begins the name of what is not whole yet: whoever finds it at a start may remove it."""

    @classmethod
    def in_home(cls, home: Path, major: int) -> ServerFiles:
        """Name the folder of a major version of PostgreSQL; nothing is made."""
        return cls(home.absolute() / f"postgresql-{major}")

    @property
    def home(self) -> Path:
        """The program's home, which can hold the folders of several versions."""
        return self.folder.parent

    @property
    def major(self) -> int:
        """The major version of PostgreSQL that it is of."""
        return int(self.folder.name.partition("-")[2])

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder, owned by the server's user; it exists when it is whole."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """Where the server writes what it has to say."""
        return self.folder / "server.log"

    @property
    def kept(self) -> Path:
        """Exists while the server is to outlive its clients."""
        return self.folder / "kept"

    @property
    def password(self) -> Path:
        """Holds the password; only the client's user can read it."""
        return self.folder / "password"

    @property
    def port(self) -> Path:
        """Holds the TCP port of the first start, once that was successful."""
        return self.folder / "port"

    @property
    def clients_lock(self) -> Path:
        """Shared by the clients; had by the watcher alone when it ends the server."""
        return self.folder / "clients.lock"

    @property
    def start_lock(self) -> Path:
        """Had by the one who starts or stops the server, and by initdb."""
        return self.folder / "start.lock"

    @property
    def watcher_lock(self) -> Path:
        """Had by the watcher as long as it lives; taken under the start lock."""
        return self.folder / "watcher.lock"

    @property
    def server_lock(self) -> Path:
        """Had by every process of the server, so that nothing of it lives if it is free."""
        return self.folder / "server.lock"

    def url(self, port: int, database: str) -> str:
        """Return a URL of the server, password included."""
        return f"postgresql://{USER}:{self.password.read_text()}@127.0.0.1:{port}/{database}"


def versions_in(home: Path) -> dict[int, ServerFiles]:
    """Return the folders with data in a home by major version, the oldest first."""
    found = {
        int(name[1]): ServerFiles(folder)
        for folder in home.absolute().glob("postgresql-*")
        # Not what an upgrade has set aside, like postgresql-16-upgraded.
        if (name := _FOLDER.fullmatch(folder.name)) is not None
    }
    # A start that failed leaves a folder with locks and a log alone.
    return {major: files for major, files in sorted(found.items()) if files.data.exists()}


def refuse_other_versions(files: ServerFiles) -> None:
    """Refuse to begin with an empty database beside the data of another version.

    Raises:
        ServerVersionError: It names both and says what leads on.
    """
    versions = versions_in(files.home)
    if not versions or files.major in versions:
        return
    newest, other = versions.popitem()
    way_on = (
        "`crash-rate-aggregates database upgrade` carries it over"
        if newest < files.major
        else "install those of its version again, or name their folder in postgres_bin"
    )
    raise ServerVersionError(
        f"the data in {str(other.folder)!r} is of PostgreSQL {newest} and the programs here are of "
        f"PostgreSQL {files.major}: {way_on}"
    )


def make_folder(files: ServerFiles) -> None:
    """Make the server's folder, which its user must be able to enter.

    Raises:
        EmbeddedServerError: It cannot be made.
    """
    try:
        files.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServerError(
            f"cannot make {str(files.folder)!r}: {error.strerror}; name a folder of yours in "
            "CRASH_RATE_AGGREGATES_HOME"
        ) from error


def new_password() -> str:
    """Draw a password that needs no quoting in a URL."""
    return secrets.token_urlsafe(24)


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read."""
    # A file that is there would keep its mode, and whoever has it open could read on.
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


@contextmanager
def folder_errors(files: ServerFiles) -> Iterator[None]:
    """Name what the system refuses in the server's folder.

    Raises:
        EmbeddedServerError: For an OSError inside.
    """
    try:
        yield
    except OSError as error:
        raise EmbeddedServerError(
            f"the embedded server cannot use {str(error.filename or files.folder)!r}: "
            f"{error.strerror or error}; free disk space, set the rights of the folder right, or "
            "name another folder in CRASH_RATE_AGGREGATES_HOME"
        ) from error


def server_failure(files: ServerFiles, what: str) -> EmbeddedServerError:
    """Return an error with the last thing that the server said."""
    try:
        lines = files.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    # The last line is mostly that it was shut down; why stands before it.
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()] or lines
    said = telling[-1] if telling else "it said nothing"
    return EmbeddedServerError(
        f"{what}: {said}; read {str(files.log)!r}, free disk space or name another folder in "
        "CRASH_RATE_AGGREGATES_HOME, or use your own server with --database"
    )
