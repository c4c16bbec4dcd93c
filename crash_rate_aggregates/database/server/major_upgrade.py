"""Carry the embedded server's data over to a newer PostgreSQL, by dump and restore.

All databases and roles, with their passwords. The new data is made aside and put in its place when
it is whole, so an upgrade that fails or is killed changes nothing.
"""

from __future__ import annotations

import fcntl
import logging
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
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
            copy_all(programs, password, source.port, target.port)
        stop_server(aside)
        port = kept_port(old.port)
        if port is not None:
            keep_port(new.port, port)  # Saved connections go on.
        write_private(new.password, password)
        aside.data.rename(new.data)
    shutil.rmtree(aside.folder)


def copy_all(programs: Programs, password: str, source: int, target: int) -> None:
    """Pipe all databases and roles from one server to another, which has none yet.

    Args:
        programs: Of the newer version.
        password: Of the role of both.
        source: Port of the server that has the data.
        target: Port of the other.

    Raises:
        EmbeddedServerError: With what PostgreSQL's programs say.
    """
    env = {**server_environment(), "PGPASSWORD": password}
    reach = ["--host=127.0.0.1", f"--username={USER}", "--no-password"]
    # The new version's programs know how to read the old one's server; not the other way round.
    dump = [str(programs.folder / "pg_dumpall"), *reach, f"--port={source}", "--database=postgres"]
    restore = [str(programs.folder / "psql"), *reach, f"--port={target}", "--dbname=postgres"]
    restore += ["--no-psqlrc", "--quiet", "--echo-errors", "--output=/dev/null"]
    with TemporaryFile() as dump_says, TemporaryFile() as restore_says:
        with (
            Popen(dump, stdout=PIPE, stderr=dump_says, env=env) as dumping,
            Popen(restore, stdin=dumping.stdout, stderr=restore_says, env=env) as restoring,
        ):
            assert dumping.stdout is not None  # noqa: S101  For the type checker.
            dumping.stdout.close()  # Or it would not learn that psql has ended.
        faults = unexpected_errors(_text(restore_says))
        if dumping.returncode or restoring.returncode or faults:
            lines = [*faults, *_text(dump_says).splitlines(), *_text(restore_says).splitlines()]
            raise EmbeddedServerError(
                f"the data could not be carried over: {lines[0] if lines else 'no reason given'}; "
                "mend that in the old data, which stays as it was, or free disk space"
            )
    # A restore brings no statistics by itself, and without them questions are planned blindly.
    analyze = [str(programs.folder / "vacuumdb"), *reach, f"--port={target}"]
    subprocess.run([*analyze, "--all", "--analyze-only", "--quiet"], env=env, check=False)


def unexpected_errors(said: str) -> list[str]:
    """Return the errors of a restore that lose something, each as its first line.

    Args:
        said: What `psql --echo-errors` says, with each error's statement behind it.
    """
    entries = (entry.partition("STATEMENT:  ") for entry in _ERROR.split(said)[1:])
    return [error.splitlines()[0] for error, _, statement in entries if not _IS_EXPECTED(statement)]


_ERROR = re.compile(r"^(?=ERROR:|FATAL:|PANIC:)", re.MULTILINE)
_IS_EXPECTED = re.compile(
    # The role that initdb has made already.
    rf"CREATE ROLE {USER};|"
    # Rights to functions of PostgreSQL itself, which take other arguments in another version.
    r"(GRANT|REVOKE) [^;\n]* ON FUNCTION pg_catalog\."
).match


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip()


def _set_aside(old: ServerFiles) -> Path:
    """Rename the old folder: a program of before would fill it again, beside the new one."""
    stop_server(old)
    names = (f"{old.folder.name}-upgraded{number}" for number in ("", *map(str, range(2, 100))))
    free = next(old.home / name for name in names if not (old.home / name).exists())
    old.folder.rename(free)
    return free
