"""One deployment for the tests: a stand-in for AWS, a real PostgreSQL, a folder as the host."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import stat
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from test.deploy.playbooks import Played, played, tool_environment
from test.deploy.processes import finished
from test.servers import shared_server_url

ADMIN = "crash_admin"
ROLES = ("crash_rate_owner", "crash_rate_writer", "crash_rate_reader")
TODAY = datetime.now(UTC).date()
ADMIN_PASSWORD = "admin-password-of-the-test"
_WATCH_SECONDS = 0.25


@dataclass
class Deployment:
    """Plays playbooks for one host; remembers all that could be seen meanwhile."""

    folder: Path
    aws: dict[str, str]
    settings: dict[str, Any]
    outputs: list[str] = field(default_factory=list)
    seen_arguments: set[str] = field(default_factory=set)

    @property
    def root(self) -> Path:
        """The host's file system."""
        return self.folder / "root"

    def play(self, playbook: str, *arguments: str, **changes: Any) -> Played:
        """Play one of the playbooks, watched."""
        variables = self.folder / "variables.json"
        variables.write_text(json.dumps(self.settings | changes), encoding="utf-8")
        env = tool_environment(**self.aws, TMPDIR=str(self.folder / "tmp"))
        with _watched(self.seen_arguments):
            result = played(playbook, variables, *arguments, env=env)
        self.outputs.append(result.output)
        return result

    def leaks(self, secrets: Iterable[str], *folders: Path) -> list[str]:
        """Name where a secret can be read by others: outputs, arguments, files."""
        wanted = list(secrets)
        found = [
            f"output {number}"
            for number, output in enumerate(self.outputs)
            if any(secret in output for secret in wanted)
        ]
        found += [
            f"arguments of {arguments[:60]}"
            for arguments in self.seen_arguments
            if any(secret in arguments for secret in wanted)
        ]
        for folder in (self.folder, *folders):
            found += [str(file) for file in _open_files(folder) if _holds(file, wanted)]
        return found


def new_deployment(folder: Path, aws: dict[str, str], database: str) -> Deployment:
    """Prepare a host in an empty folder, with the admin of the server as RDS has one."""
    (folder / "tmp").mkdir()
    folder.chmod(0o755)
    server = conninfo_to_dict(shared_server_url())
    _make_admin()
    settings = {
        "database_host": server["host"],
        "database_port": int(str(server["port"])),
        "database_name": database,
        "database_sslmode": "prefer",
        "database_wait_seconds": 20,
        # The stand-in does not know the throughput of newer disks.
        "database_storage_type": "gp2",
        "job_root": str(folder / "root"),
        "job_start": False,
        "job_python": sys.executable,
        "job_scratch": str(folder / "scratch"),
        "job_settings": {"pings": str(folder / "pings"), "jobs": 1},
    }
    return Deployment(folder, aws, settings)


def days(number: int) -> list[date]:
    """Return the last days before today, the earliest first."""
    return [TODAY - timedelta(days=ago) for ago in range(number, 0, -1)]


def drop_database(name: str) -> None:
    """Remove a database and the roles that `database init` made."""
    with psycopg.connect(shared_server_url(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
        for role in ROLES:
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def run_job(deployment: Deployment, *instead: str, **more: str) -> CompletedProcess[str]:
    """Start the command of the installed unit in the unit's environment.

    Args:
        deployment: Where it is installed.
        instead: Arguments for the program in place of the unit's.
        more: Variables besides the unit's.
    """
    unit = configparser.RawConfigParser(strict=False)
    text = (deployment.root / "etc/systemd/system/crash-rate-aggregates.service").read_text()
    unit.read_string(text)
    variables = re.findall(r'^Environment="?([A-Z_]+)=([^"\n]*)"?$', text, re.MULTILINE)
    python, script, *arguments = shlex.split(unit["Service"]["ExecStart"])
    return finished(
        [python, script, *(instead or arguments)],
        seconds=60,
        cwd="/",
        env={**tool_environment(), **dict(variables), **more},
    )


def _make_admin() -> None:
    """Make a role that may make databases and roles, and is no superuser."""
    with psycopg.connect(shared_server_url(), autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ADMIN]).fetchone()
        if found is None:
            query = "CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}"
            name, password = sql.Identifier(ADMIN), sql.Literal(ADMIN_PASSWORD)
            connection.execute(sql.SQL(query).format(name, password))


@contextmanager
def _watched(seen: set[str]) -> Iterator[None]:
    """Note the arguments of all processes all the time."""
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(_WATCH_SECONDS):
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(file.read_bytes().decode(errors="replace"))
                except OSError:  # It has ended.
                    continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _open_files(folder: Path) -> Iterator[Path]:
    """Give the files that others than their owner may read; installed packages are not ours."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".venv"]
        for name in names:
            file = Path(parent, name)
            if file.is_file() and stat.S_IMODE(file.stat().st_mode) & 0o077:
                yield file


def _holds(file: Path, secrets: list[str]) -> bool:
    content = file.read_bytes()
    return any(secret.encode() in content for secret in secrets)
