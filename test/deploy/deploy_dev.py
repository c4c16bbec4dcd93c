"""dev.yml sets up one machine: units, scratch, rotation, a newer version beside the old one."""

from __future__ import annotations

import gzip
import json
import os
import socket
import tomllib
import unittest
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import psycopg
from psycopg.conninfo import make_conninfo

from crash_rate_aggregates import __version__
from test.dated_pings import write_pings
from test.deploy.deployment import (
    ADMIN,
    ADMIN_PASSWORD,
    Deployment,
    days,
    drop_database,
    new_deployment,
    run_job,
)
from test.deploy.playbooks import ANSIBLE, PROJECT, TOOLS, Played, tool_environment
from test.deploy.processes import finished

SYSTEMD_ANALYZE = "/usr/bin/systemd-analyze"
ON_SYSTEMD = "systemd-analyze is missing: install systemd to check the units"
CLUSTERS = Path("/etc/postgresql")
HAS_CLUSTERS = os.geteuid() == 0 and CLUSTERS.is_dir() and any(CLUSTERS.iterdir())
ON_CLUSTERS = "not root on Debian or Ubuntu with their postgresql: dev.yml makes no server here"
CLUSTER = "crash_rate_aggregates_test"
TARBALL = PROJECT / "dist" / "crash-rate-aggregates-job.tar.gz"
CONFIRMED = {"destroy": "crash-rate-aggregates"}


def passwords(folder: Path) -> dict[str, str]:
    """Return the stored passwords by user."""
    return {file.stem: json.loads(file.read_text())["password"] for file in folder.glob("*.json")}


class OneMachineTest(unittest.TestCase):
    """dev.yml: the same without AWS, with passwords in files."""

    deployment: ClassVar[Deployment]
    first: ClassVar[Played]
    second: ClassVar[Played]
    rotated: ClassVar[Played]
    before: ClassVar[dict[str, str]]
    pgpass: ClassVar[Path]
    given: ClassVar[str]
    upgraded: ClassVar[CompletedProcess[str]]
    versions: ClassVar[list[Path]]

    @classmethod
    def setUpClass(cls) -> None:
        """Play it twice, and for new passwords."""
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.addClassCleanup(drop_database, "one_machine")
        cls.deployment = new_deployment(folder, {}, "one_machine")
        credentials = folder / "credentials"
        credentials.mkdir(0o700)
        admin = credentials / "admin.json"
        admin.touch(0o600)
        admin.write_text(json.dumps({"user": ADMIN, "password": ADMIN_PASSWORD}))
        write_pings(folder / "pings", *days(7))
        # The server of the tests stands for the one that dev.yml would install.
        cls.deployment.settings |= {
            "database_kind": "given",
            "credentials_folder": str(credentials),
        }
        cls.first, cls.second = cls.deployment.play("dev"), cls.deployment.play("dev")
        cls.before = passwords(credentials)
        cls.rotated = cls.deployment.play("dev", "--tags", "rotate")
        cls.pgpass = cls.deployment.root / "etc/crash-rate-aggregates/pgpass"
        cls.given = cls.pgpass.read_text()
        cls.versions = [cls._current()]
        newer = cls._newer_tarball(folder)
        cls.upgraded = cls._play_schedule(artifact_file=str(newer))
        cls.versions.append(cls._current())

    @classmethod
    def _play_schedule(cls, **changes: Any) -> CompletedProcess[str]:
        """Play the role of the job alone, which takes less time than all of dev.yml."""
        settings = cls.deployment.settings
        found = {"credentials_store": "file", "database_address": settings["database_host"]}
        role = ("--module-name", "include_role", "--args", "name=schedule")
        variables = ("-e", "@group_vars/all.yml", "-e", json.dumps(settings | found | changes))
        return finished(
            [TOOLS / "ansible", "localhost", *role, *variables],
            seconds=60,
            cwd=ANSIBLE,
            env=tool_environment(),
        )

    @classmethod
    def _current(cls) -> Path:
        return (cls.deployment.root / "opt/crash-rate-aggregates/current").resolve()

    @classmethod
    def _newer_tarball(cls, folder: Path) -> Path:
        """Make a tarball of other bytes, whose packages are installed already."""
        newer = folder / "newer.tar.gz"
        newer.write_bytes(gzip.compress(gzip.decompress(TARBALL.read_bytes()), mtime=1))
        target = cls._current().with_name(sha256(newer.read_bytes()).hexdigest()[:12])
        copytree(cls._current() / ".venv", target / ".venv", symlinks=True, copy_function=os.link)
        return newer

    def test_newer_tarball(self) -> None:
        """A new version lies beside the old one, which stays for the way back."""
        self.assertEqual(self.upgraded.returncode, 0, self.upgraded.stdout[-4000:])
        old, new = self.versions
        self.assertNotEqual(old, new)
        for version in self.versions:
            with self.subTest(version=version):
                self.assertEqual((version / "VERSION").read_text(), f"{__version__}\n")

    def test_twice(self) -> None:
        """It ends well, and the second time it changes nothing."""
        self.assertEqual(self.first.failed, 0, self.first.output[-4000:])
        self.assertEqual((self.second.failed, self.second.changed), (0, 0))

    def test_job_runs(self) -> None:
        """The unit's command fills the last 7 days with the new password, in a file of its own."""
        self.assertEqual(self.rotated.failed, 0, self.rotated.output[-4000:])
        password = passwords(self.deployment.folder / "credentials")["writer"]
        self.assertNotEqual(password, self.before["writer"])
        self.assertEqual(self.given, f"*:*:*:crash_rate_writer:{password}\n")
        self.assertEqual(oct(self.pgpass.stat().st_mode & 0o777), "0o600")
        done = run_job(self.deployment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 7)

    def test_run_stays_with_its_version(self) -> None:
        """The job loads its modules by the name of its version, not by the link to the newest."""
        done = run_job(self.deployment, "--version", PYTHONVERBOSE="1")
        self.assertEqual(done.returncode, 0, done.stderr[-4000:])
        self.assertIn(f"{self._current()}/.venv/lib/", done.stderr)
        self.assertNotIn("/current/.venv/", done.stderr)

    def test_scratch(self) -> None:
        """Every command finds the scratch folder in the settings; the unit may write there."""
        scratch = self.deployment.settings["job_scratch"]
        settings = self.deployment.root / "etc/crash-rate-aggregates/crash-rate-aggregates.toml"
        self.assertEqual(tomllib.loads(settings.read_text())["scratch"], scratch)
        unit = self.deployment.root / "etc/systemd/system/crash-rate-aggregates.service"
        self.assertIn(f"\nReadWritePaths={scratch}\n", unit.read_text())

    def test_hidden_pings(self) -> None:
        """Pings that the unit could not see are refused before anything is done."""
        pings = {"job_start": True, "job_settings": {"pings": "/home/me/pings"}}
        done = self._play_schedule(**pings)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("/home/me/pings is hidden from the unit", done.stdout)

    def test_nothing_shows_a_secret(self) -> None:
        """Passwords lie in files of mode 0600 alone."""
        folder = self.deployment.folder / "credentials"
        secrets = {*self.before.values(), *passwords(folder).values()}
        self.assertEqual(len(secrets), 7)
        self.assertEqual(self.deployment.leaks(secrets), [])
        modes = {oct(file.stat().st_mode & 0o777) for file in folder.iterdir()}
        self.assertEqual(modes, {"0o600"})

    @unittest.skipUnless(os.path.exists(SYSTEMD_ANALYZE), ON_SYSTEMD)
    def test_units(self) -> None:
        """Systemd finds no fault in the units, and little that the job is exposed to."""
        units = self.deployment.root / "etc/systemd/system"
        names = [units / f"crash-rate-aggregates.{kind}" for kind in ("service", "timer")]
        verified = finished([SYSTEMD_ANALYZE, "verify", "--man=no", *names], seconds=60)
        self.assertEqual((verified.returncode, verified.stdout + verified.stderr), (0, ""))
        secured = finished(
            [SYSTEMD_ANALYZE, "security", "--offline=true", "--threshold=25", names[0]], seconds=60
        )
        self.assertEqual(secured.returncode, 0, secured.stdout[-2000:])
        next_run = finished([SYSTEMD_ANALYZE, "calendar", "*-*-* 12:00:00 UTC"], seconds=60)
        self.assertRegex(next_run.stdout, r"12:00:00 UTC")


@unittest.skipUnless(HAS_CLUSTERS, ON_CLUSTERS)
class LocalServerTest(unittest.TestCase):
    """The part of dev.yml that makes the database, in this machine's own PostgreSQL."""

    deployment: ClassVar[Deployment]
    where: ClassVar[dict[str, Any]]
    psql: ClassVar[list[str]]
    runs: ClassVar[dict[str, Played]]
    found: ClassVar[dict[str, str]]
    secrets: ClassVar[set[str]]

    @classmethod
    def setUpClass(cls) -> None:
        """Play it as a check, twice, as a check, and without the passwords; then undo it."""
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.deployment = new_deployment(folder, {}, "local")
        cls.where = {
            "host": "127.0.0.1",
            "port": cls._start_cluster(folder),
            "dbname": "local",
        }
        cls.deployment.settings |= {
            "database_host": "",
            "database_port": cls.where["port"],
            # The service of this machine starts servers that are not ours.
            "database_start": False,
            "credentials_folder": str(folder / "credentials"),
            # Known by its certificate, as RDS is.
            "database_sslmode": "verify-full",
            "database_ca_url": (folder / "server.crt").as_uri(),
            # In a folder that is not there yet, as dist/ may be missing.
            "database_ca_file": str(folder / "dist" / "ca.pem"),
        }
        cls.runs, cls.found, cls.secrets = {}, {}, set()
        cls.play("before", "--check")
        cls.play("first")
        cls.play("second")
        cls.play("check", "--check")
        for file in (folder / "credentials").iterdir():
            file.unlink()
        cls.play("without passwords")
        cls.runs["destroy"] = cls.deployment.play("dev_destroy", **CONFIRMED)
        cls.found["destroy"] = cls._databases_and_roles()

    @classmethod
    def play(cls, name: str, *arguments: str) -> None:
        """Play dev.yml, look at what is there then, and log in with what is stored."""
        run = cls.runs[name] = cls.deployment.play("dev", "--tags", "database", *arguments)
        if run.failed:
            raise AssertionError(run.output[-4000:])
        cls.found[name] = cls._databases_and_roles()
        if name != "before":
            stored = passwords(cls.deployment.folder / "credentials")
            cls.secrets |= set(stored.values())
            for role in ("writer", "reader"):
                login = {"user": f"crash_rate_{role}", "password": stored[role]}
                with psycopg.connect(make_conninfo("", **cls.where, **login)) as connection:
                    connection.execute("SELECT FROM crash_aggregates")

    @classmethod
    def _start_cluster(cls, folder: Path) -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        version = max((one.name for one in CLUSTERS.iterdir()), key=int)
        cls.psql = ["runuser", "-u", "postgres", "--", "psql", "-XAt", "--port", str(port)]
        create = ("pg_createcluster", "--start-conf", "manual", "--port", str(port))
        cls._run(*create, "--datadir", str(folder / "data"), version, CLUSTER)
        cls.addClassCleanup(cls._run, "pg_dropcluster", "--stop", version, CLUSTER)
        for name, setting in cls._make_certificate(folder).items():
            cls._run("pg_conftool", version, CLUSTER, "set", name, setting)
        cls._run("pg_ctlcluster", version, CLUSTER, "start")
        return port

    @classmethod
    def _make_certificate(cls, folder: Path) -> dict[str, str]:
        """Make a certificate of 127.0.0.1; return the settings of a server that shows it."""
        certificate, key = folder / "server.crt", folder / "server.key"
        request = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
        name = ("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
        cls._run(*request, *name, "-out", str(certificate), "-keyout", str(key))
        cls._run("chown", "postgres", str(key))
        return {"ssl_cert_file": str(certificate), "ssl_key_file": str(key), "ssl": "on"}

    @classmethod
    def _run(cls, *command: str) -> str:
        done = finished(command, seconds=60, cwd="/")
        if done.returncode:
            raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    @classmethod
    def _databases_and_roles(cls) -> str:
        query = """SELECT datname AS name FROM pg_database WHERE datname = 'local'
            UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'crash%' ORDER BY name"""
        return cls._run(*cls.psql, "--command", query)

    def test_runs(self) -> None:
        """Each ends well; a check, and the second run, change nothing."""
        for name, run in self.runs.items():
            with self.subTest(run=name):
                self.assertEqual(run.failed, 0, run.output[-4000:])
        self.assertEqual([self.runs[name].changed for name in ("second", "check")], [0, 0])

    def test_makes_and_removes(self) -> None:
        """A check makes nothing; then there are a database and four roles; then nothing again."""
        made = "crash_admin\ncrash_rate_owner\ncrash_rate_reader\ncrash_rate_writer\nlocal\n"
        wanted = dict.fromkeys(self.runs, made) | {"before": "", "destroy": ""}
        self.assertEqual(self.found, wanted)

    def test_nothing_shows_a_secret(self) -> None:
        """No output and no process's arguments hold a password."""
        outputs = self.deployment.outputs
        self.assertEqual(len(outputs), 6)
        self.assertEqual(len(self.secrets), 8)
        self.assertEqual(self.deployment.leaks(self.secrets), [])


if __name__ == "__main__":
    unittest.main()
