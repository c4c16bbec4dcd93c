"""Make a new data folder by initdb; whole or not at all, and what is half made goes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

from crash_rate_aggregates.database.server.ending import end_server
from crash_rate_aggregates.database.server.folder import (
    USER,
    ServerFiles,
    server_failure,
    write_private,
)
from crash_rate_aggregates.database.server.programs import Programs
from crash_rate_aggregates.database.server.server_user import ServerUser, server_environment

_HAS_SYNCFS = 17
"""Since then initdb can sync its whole file system at once."""


def initialize(
    files: ServerFiles, programs: Programs, user: ServerUser, *, password: str, lock: int
) -> None:
    """Make the data folder.

    Args:
        files: Where.
        programs: With initdb, within the user's reach.
        user: Who owns the data.
        password: Of the server's one role.
        lock: Descriptor of the start lock, which is held. initdb gets it too: if we are killed, the
            next command must wait until initdb has ended, or both would write here.

    Raises:
        EmbeddedServerError: initdb failed.
        OSError: The disk is full.
    """
    workplace = Path(mkdtemp(prefix=files.HALF_MADE, dir=files.folder))
    workplace.chmod(0o755)
    password_file = workplace / "password"
    write_private(password_file, password)
    data = workplace / "data"
    data.mkdir(mode=0o700)
    user.owns(data, password_file)
    _run_initdb(files, programs, user, data, lock)
    # Before the data: without its password nobody could ever use it.
    write_private(files.password, password)
    data.rename(files.data)
    shutil.rmtree(workplace)


def remove_half_made(files: ServerFiles) -> None:
    """Remove what was being made when its maker was killed; call it with the start lock held."""
    for half_made in files.folder.glob(f"{files.HALF_MADE}*"):
        # An upgrade that was killed has a server there, which may be ending just now.
        end_server(ServerFiles(half_made))
        shutil.rmtree(half_made)


def _run_initdb(
    files: ServerFiles, programs: Programs, user: ServerUser, data: Path, lock: int
) -> None:
    command = [
        str(programs.folder / "initdb"),
        f"--pgdata={data}",
        f"--username={USER}",
        f"--pwfile={data.with_name('password')}",
        "--auth=scram-sha-256",
        # What a disk returns otherwise than it was written is an error then, and no other number.
        "--data-checksums",
        "--encoding=UTF8",
        # Texts in the order of their bytes: no index depends on the locales of a machine.
        "--locale=C",
    ]
    if sys.platform == "linux" and programs.major >= _HAS_SYNCFS:
        # Else it syncs each of some 1,000 files by itself: seconds on a busy disk.
        command.append("--sync-method=syncfs")
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=server_environment(),
        pass_fds=[lock],
        **user.for_popen,
    )
    if done.returncode:
        files.log.write_text(done.stdout + done.stderr, encoding="utf-8")
        raise server_failure(files, "cannot make the embedded server")
