"""Carry the embedded server's data over to a newer PostgreSQL, by dump and restore.

All databases and roles, with their passwords. The new data is made aside and put in its place when
it is whole, so an upgrade that fails or is killed changes nothing.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import IO

from crash_rate_aggregates.database.server.ending import STARTING, stop_server
from crash_rate_aggregates.database.server.file_locks import locked
from crash_rate_aggregates.database.server.folder import (
    USER,
    ServerFiles,
    folder_errors,
    make_folder,
    versions_in,
    write_private,
)
from crash_rate_aggregates.database.server.initializing import remove_half_made
from crash_rate_aggregates.database.server.ports import keep_port, kept_port
from crash_rate_aggregates.database.server.postmaster import running_server
from crash_rate_aggregates.database.server.programs import (
    Programs,
    find_programs_of,
    within_reach,
)
from crash_rate_aggregates.database.server.server_user import ServerUser, server_environment
from crash_rate_aggregates.database.server.starting import used_server
from crash_rate_aggregates.errors import EmbeddedServerError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What was carried over."""

    old_version: int
    new_version: int
    old_folder: Path
    """Where the old data stays; nothing uses it any more."""
    was_kept: bool
    """Whether the server was to outlive its clients."""


def upgrade_data(home: Path, programs: Programs, old_bin: Path | None) -> Upgrade | None:
    """Carry the newest older data over to the version of these programs.

    Args:
        home: The program's home.
        programs: Of the new version.
        old_bin: Folder with the old version's programs; None to look for them.

    Returns:
        None if there is no older data, or data of the new version already.

    Raises:
        EmbeddedServerError: The old programs are gone, or a server fails; all is as it was.
    """
    new = ServerFiles.in_home(home, programs.major)
    if older_files(new) is None:
        return None
    with folder_errors(new):
        make_folder(new)
        with locked(new.start_lock, fcntl.LOCK_EX, waiting_for=STARTING):
            # Asked again: another upgrade may have ended just now.
            old = older_files(new)
            if old is None:
                return None
            was_kept = old.kept.exists()
            remove_half_made(new)
            programs = within_reach(programs, new, ServerUser.of_this_process())
            _carry_over(old, new, programs, _programs_of(old, programs, old_bin))
            return Upgrade(old.major, new.major, _set_aside(old), was_kept)


def older_files(new: ServerFiles) -> ServerFiles | None:
    """Return the folder whose data is to be carried over to a new version, None if there is none.

    Args:
        new: Folder of the new version, which need not be there.
    """
    if new.data.exists():
        return None
    older = [files for major, files in versions_in(new.home).items() if major < new.major]
    return older[-1] if older else None


def _programs_of(old: ServerFiles, programs: Programs, old_bin: Path | None) -> Programs:
    if running_server(old.data) is not None:
        return programs  # Not needed: it runs, perhaps with programs that are gone from the disk.
    return find_programs_of(old.major, old.home, old_bin)


def _carry_over(
    old: ServerFiles, new: ServerFiles, programs: Programs, old_programs: Programs
) -> None:
    password = old.password.read_text()
    aside = ServerFiles(Path(mkdtemp(prefix=new.HALF_MADE, dir=new.folder)))
    aside.folder.chmod(0o755)
    _log.info("carrying %s over to PostgreSQL %d", old.folder, new.major)
    # Alone: what another command stored in the old data meanwhile would be lost.
    with used_server(old, old_programs, alone=True) as source:
        with used_server(aside, programs, password=password) as target:
            _copy(programs, password, source.port, target.port)
        stop_server(aside)
        port = kept_port(old.port)
        if port is not None:
            keep_port(new.port, port)  # Saved connections go on.
        write_private(new.password, password)
        aside.data.rename(new.data)
    shutil.rmtree(aside.folder)


def _copy(programs: Programs, password: str, source: int, target: int) -> None:
    """Pipe everything from one server to another.

    Raises:
        EmbeddedServerError: With what PostgreSQL's programs say.
    """
    env = {**server_environment(), "PGPASSWORD": password}
    reach = ["--host=127.0.0.1", f"--username={USER}", "--no-password"]
    # The new version's programs know how to read the old one's server; not the other way round.
    dump = [str(programs.folder / "pg_dumpall"), *reach, f"--port={source}", "--database=postgres"]
    restore = [str(programs.folder / "psql"), *reach, f"--port={target}", "--dbname=postgres"]
    restore += ["--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1"]
    with TemporaryFile() as said:
        with (
            subprocess.Popen(dump, stdout=subprocess.PIPE, stderr=said, env=env) as dumping,
            subprocess.Popen(restore, stdin=subprocess.PIPE, stderr=said, env=env) as restoring,
        ):
            assert dumping.stdout is not None  # noqa: S101  For the type checker.
            assert restoring.stdin is not None  # noqa: S101  Likewise.
            with suppress(BrokenPipeError), restoring.stdin:  # psql says why it ended.
                _pass_on(dumping.stdout, restoring.stdin)
            dumping.stdout.close()
        if dumping.returncode or restoring.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise EmbeddedServerError(
                f"the data could not be carried over: {lines[0] if lines else 'no reason given'}; "
                "mend that in the old data, which stays as it was, or free disk space"
            )
    analyze = [str(programs.folder / "vacuumdb"), *reach, f"--port={target}"]
    subprocess.run([*analyze, "--all", "--analyze-only", "--quiet"], env=env, check=False)


def _pass_on(dump: IO[bytes], restore: IO[bytes]) -> None:
    """Pass a dump on without the line that makes the role that initdb has made already."""
    for line in dump:
        if line != f"CREATE ROLE {USER};\n".encode():
            restore.write(line)
        if line.startswith(b"\\connect"):  # Roles come before the first database.
            break
    shutil.copyfileobj(dump, restore)


def _set_aside(old: ServerFiles) -> Path:
    """Rename the old folder: a program of before would fill it again, beside the new one."""
    stop_server(old)
    names = (f"{old.folder.name}-upgraded{number}" for number in ("", *map(str, range(2, 100))))
    free = next(old.home / name for name in names if not (old.home / name).exists())
    old.folder.rename(free)
    return free
