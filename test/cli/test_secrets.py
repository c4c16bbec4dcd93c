from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
import unittest
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Self
from unittest.mock import patch

import click
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from crash_rate_aggregates import cli
from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.database.server.programs import find_programs
from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.settable import Secret
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.declared import DECLARED, Declared
from test.cli.marked import (
    MARKER,
    MAY_HOLD_SECRETS,
    NUMBER,
    Given,
    by_file,
    by_flag,
    by_variable,
    commands,
    groups_of,
    misspelt,
    wrong_forms,
)
from test.engines.made_days import DAY, lines, main_ping, write_day
from test.questions.said.made_alarms import MAIN, alarm, assess_evenings

SECRETS = (MARKER.encode(), str(NUMBER).encode())
REQUIRED = {
    "folder": "made",
    "statement": "SELECT 1",
    "submission_date": str(DAY),
    "alarm_id": MAIN,
    "note": "bug 1234567",
    "version": "9.0",
    "against": "8.0",
}
"""For parameters without which a command does nothing, by their names."""
FURTHER: Mapping[str, tuple[str, ...]] = {
    "run": ("--submission-date", str(DAY)),
    "backfill": ("--min-submission-date", str(DAY), "--max-submission-date", str(DAY)),
    "question": ("freshness",),
    "retention": ("--yes",),
    "verdict": ("9.0",),
    "explain": ("--version", "9.0"),
    "sample-pings": ("--pings-per-day", "1"),
    "watch": ("--notify",),
}
"""So that a command does what it is for, and soon."""
WAYS: Mapping[str, Callable[[Declared, Any], Given]] = {
    # What has no flag goes by the environment.
    "flag": lambda setting, value: (by_flag if setting.flag else by_variable)(setting, value),
    "variable": by_variable,
    "file": by_file,
}
RIGHTLY_WITHOUT = {
    "extra_dimensions": "paths in pings, which are recorded with every run",
    "database_credentials": "only names a place; test_daily_and_check has what is fetched there",
    "pings": "takes no URL with a secret in it",
    "storage_endpoint": "takes no URL with a secret in it",
    "spark_archive": "takes no URL with a secret in it",
    "redash_url": "takes no URL with a secret in it",
    "page_address": "takes no URL with a secret in it",
}
"""Settings that cannot hold a secret in right form, and why."""


ENDS_WITH = {
    ("daily",): 1,
    ("check",): 3,
    ("redash", "push"): 1,
    ("verdict",): 1,
    ("compare",): 1,
    ("explain",): 1,
}
"""Exit codes that are not 0: there are no pings of yesterday, `EmptyRedash` takes nothing, and
nobody uses the releases that are asked for."""


class EmptyRedash(BaseHTTPRequestHandler):
    """Holds nothing, and takes nothing but what is sent to a hook."""

    def log_message(self, *_: Any) -> None:
        """Keep silent."""

    def do_GET(self) -> None:
        """Let in whoever has the key."""
        is_known = self.headers["Authorization"] == f"Key {MARKER}"
        if self.path == "/api/session":
            user = b'{"user": {"id": 1, "name": "me", "permissions": ["admin"]}}'
            self._answer(200 if is_known else 404, user)
        else:
            self._answer(200, b'{"results": [], "count": 0}' if "page=" in self.path else b"[]")

    def do_POST(self) -> None:
        """Refuse, as for a database that Redash cannot reach; take an alarm."""
        self.rfile.read(int(self.headers["Content-Length"]))
        is_hook = self.path == f"/hook/{MARKER}"
        self._answer(200 if is_hook else 400, b'{"message": "no such host"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Processes:
    """Looks at the arguments of all other processes, again and again."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        own = str(os.getpid())
        known: dict[str, bytes] = {}
        while not self._is_over.wait(0.02):
            running = {name for name in os.listdir("/proc") if name.isdecimal()} - {own}
            # Read again until it stays: a child has its parent's arguments until it runs its own.
            for name in running - known.keys():
                with suppress(OSError):  # It has ended.
                    shown = Path(f"/proc/{name}/cmdline").read_bytes()
                    if shown in self.seen:
                        known[name] = shown
                    self.seen.add(shown)


@contextmanager
def captured(logs: StringIO) -> Iterator[tuple[StringIO, StringIO]]:
    """Catch stdout and stderr, and in `logs` what the program's logging would say."""
    terminated = signal.getsignal(signal.SIGTERM)
    handler = logging.StreamHandler(logs)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        with redirect_stdout(StringIO()) as stdout, redirect_stderr(StringIO()) as stderr:
            yield stdout, stderr
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        signal.signal(signal.SIGTERM, terminated)


def needed_arguments(path: tuple[str, ...], command: click.Command) -> Iterator[str]:
    """Give what must be typed for a command, and what lets it do something."""
    for option in command.params:
        if option.required:
            if isinstance(option, click.Option):
                yield option.opts[0]
            yield REQUIRED[str(option.name)]
    yield from FURTHER.get(path[-1], ())


def typed_for(command: click.Command, given: Given) -> Given:
    """Leave out flags that a command does not have."""
    known = {name for option in command.params for name in option.opts}
    pairs = zip(given.arguments[::2], given.arguments[1::2], strict=True)
    kept = tuple(part for flag, value in pairs if flag in known for part in (flag, value))
    return replace(given, arguments=kept)


def in_order(round_number: int) -> list[tuple[tuple[str, ...], click.Command]]:
    """Return the commands of a round: those that take long, filling days, in one of them only.

    What drops days comes in the last, and at its end what stops the server.
    """
    by_last_word = sorted(commands(), key=lambda one: one[0][-1] == "stop")
    filling = [path for path, command in by_last_word if "day" in groups_of(command)]
    rounds = {path: number % len(WAYS) for number, path in enumerate(filling)}
    rounds |= {("retention",): len(WAYS) - 1, ("database", "stop"): len(WAYS) - 1}
    return [one for one in by_last_word if rounds.get(one[0], round_number) == round_number]


class SecretsTest(unittest.TestCase):
    """A server, a database with a day in it, and a Redash; each command run with each secret."""

    folder: ClassVar[Path]
    server: ClassVar[EmbeddedServer]
    redash: ClassVar[str]
    logs: ClassVar[StringIO]

    @classmethod
    def setUpClass(cls) -> None:
        """Start the server with a role whose password is the marker, and let it log everything."""
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.folder.chmod(0o755)  # Root's server runs as another user.
        cls.server = EmbeddedServer(cls.folder / "home")
        cls.addClassCleanup(cls.server.stop)
        with psycopg.connect(cls.server.start(), autocommit=True) as connection:
            verifier = connection.pgconn.encrypt_password(
                MARKER.encode(), b"marked", b"scram-sha-256"
            )
            role = sql.SQL("CREATE ROLE marked SUPERUSER LOGIN PASSWORD {}")
            connection.execute(role.format(sql.Literal(verifier.decode())))
            connection.execute("ALTER SYSTEM SET log_statement = 'all'")
            connection.execute("SELECT pg_reload_conf()")
        with connect(cls.server.url()) as connection:
            migrate(connection)
            assess_evenings(connection, (alarm(),))
        write_day(cls.folder / "pings", {"1.json": lines([main_ping()])})
        redash = ThreadingHTTPServer(("127.0.0.1", 0), EmptyRedash)
        threading.Thread(target=redash.serve_forever, daemon=True).start()
        cls.addClassCleanup(redash.server_close)
        cls.addClassCleanup(redash.shutdown)
        cls.redash = f"http://127.0.0.1:{redash.server_port}"
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CRASH_RATE")}
        config = {"CRASH_RATE_AGGREGATES_CONFIG": str(cls.folder / "settings.toml")}
        cls.enterClassContext(patch.dict(os.environ, {**kept, **config}, clear=True))
        cls.enterClassContext(chdir(cls.folder))
        (cls.folder / "settings.toml").touch(0o600)
        cls.logs = StringIO()

    def marked_url(self) -> str:
        """Return the URL of the role whose password is the marker."""
        named = conninfo_to_dict(self.server.url())
        return f"postgresql://marked:{MARKER}@{named['host']}:{named['port']}/{named['dbname']}"

    def harmless(self) -> dict[str, Any]:
        """Return settings with which all commands work, and by which nothing is secret."""
        return {
            "pings": str(self.folder / "pings"),
            "jobs": 1,
            "scratch": str(self.folder),
            "home": str(self.folder / "home"),
            "redash_url": self.redash,
        }

    def run_with(
        self, path: tuple[str, ...], command: click.Command, given: Given, others: dict[str, Any]
    ) -> int:
        """Run a command; hold that it shows no secret."""
        toml = "".join(by_file(DECLARED[key], value).toml for key, value in others.items())
        (self.folder / "settings.toml").write_text(toml + given.toml, encoding="utf-8")
        arguments = (*path, *needed_arguments(path, command), *given.arguments)
        with patch.dict(os.environ, dict(given.variables)), captured(self.logs) as outputs:
            code = cli.main(arguments)
        shown = "".join(output.getvalue() for output in (*outputs, self.logs))
        for secret in SECRETS:
            self.assertNotIn(secret.decode(), shown, f"{' '.join(path)} with {given.says}")
        self.logs.truncate(0)
        if code:
            last = outputs[1].getvalue().strip().splitlines()[-1]
            self.assertRegex(last, r"^(error: .* \[[a-z-]+\]|Error: .*|Usage: .*)$")
        return code

    def right_values(self) -> dict[str, Any]:
        """Return a secret for each setting that can hold one in right form."""
        by_key = {
            "database": self.marked_url(),
            "redash_database": self.marked_url(),
            "redash_webhook": f"https://hooks.example.org/{MARKER}",
            "spark_conf": {"spark.hadoop.fs.s3a.secret.key": MARKER},
            "notify": {"ops": {"kind": "webhook", "url": f"{self.redash}/hook/{MARKER}"}},
        }
        of_kind = {one.key: MARKER for one in MAY_HOLD_SECRETS if one.kind == Secret}
        return {**of_kind, **by_key}

    def test_every_setting_is_marked(self) -> None:
        """Each setting that may hold a secret gets one in right form, or cannot have one."""
        marked = {*self.right_values(), *RIGHTLY_WITHOUT}
        self.assertEqual(marked, {one.key for one in MAY_HOLD_SECRETS})

    def test_in_right_form(self) -> None:
        """Secrets that are used stand in no output, log, argument of a process, file or table."""
        with Processes() as processes:
            self.server.start()
            for number, way in enumerate(WAYS):
                given = self.all_right(way)
                for path, command in in_order(number):
                    if path[-1] == "stop":
                        self.assert_log_is_free_of_secrets()
                    code = self.run_with(path, command, typed_for(command, given), self.harmless())
                    self.assertEqual(code, ENDS_WITH.get(path, 0), path)
        for shown in (b"spawn_main", b"postgres: marked", b"pgserver"):
            self.assertTrue(any(shown in one for one in processes.seen), shown)
        self.assert_free_of_secrets(*processes.seen)
        self.server.start()
        self.assert_free_of_secrets(self.dumped())
        self.assert_no_file_holds_secrets()

    def all_right(self, way: str) -> Given:
        """Give a secret to all settings at once."""
        one_by_one = [WAYS[way](DECLARED[k], value) for k, value in self.right_values().items()]
        return Given(
            f"all by {way}",
            tuple(part for one in one_by_one for part in one.arguments),
            tuple(named for one in one_by_one for named in one.variables),
            "".join(one.toml for one in one_by_one),
        )

    def test_in_wrong_form(self) -> None:
        """A secret that a setting does not take is refused in a sentence that does not show it."""
        self.server.start()
        others = {**self.harmless(), "database": self.server.url(), "pings": "nowhere"}
        runs: dict[tuple[str, ...], int] = {}
        for setting in MAY_HOLD_SECRETS:
            without = {key: value for key, value in others.items() if key != setting.key}
            forms = [*wrong_forms(setting), *misspelt(setting), *self.wrong_places(setting)]
            for by_one_way in (
                [one for one in forms if one.arguments],
                [one for one in forms if one.variables],
                [one for one in forms if one.toml],
            ):
                for given, (path, command) in self.paired(setting, by_one_way):
                    runs[path] = runs.get(path, 0) + self.run_with(path, command, given, without)
        self.assertGreater(len(runs), 10)
        self.assert_free_of_secrets(self.dumped())
        self.assert_no_file_holds_secrets()

    def paired(
        self, setting: Declared, forms: Sequence[Given]
    ) -> Iterator[tuple[Given, tuple[tuple[str, ...], click.Command]]]:
        """Pair each form with a command at least, and each command that meets it with a form."""
        everything = list(commands())
        # One that is refused as it is read meets all commands, else those that use the setting.
        users = [one for one in everything if setting.group in groups_of(one[1])]
        of_form = [
            everything if not given.arguments and self.is_refused(given) else users
            for given in forms
        ]
        for number in range(max(len(forms), len(everything)) if forms else 0):
            given, meeting = forms[number % len(forms)], of_form[number % len(forms)]
            yield given, meeting[number % len(meeting)]

    def wrong_places(self, setting: Declared) -> Iterator[Given]:
        """Give URLs that are sound but for where they lead."""
        if setting.key == "database":
            url = self.marked_url()
            for wrong in (f"{url}_x", url.replace("marked", "nobody"), f"{url}?port=1"):
                yield from (by_flag(setting, wrong), by_variable(setting, wrong))

    def is_refused(self, given: Given) -> bool:
        """Tell whether what stands in the environment or the file is refused as it is read."""
        (self.folder / "settings.toml").write_text(given.toml, encoding="utf-8")
        with patch.dict(os.environ, dict(given.variables)):
            try:
                load_settings({}, None)
            except BadSettingError:
                return True
        return False

    def dumped(self) -> bytes:
        """Return all that the database holds."""
        dump = find_programs(None).folder / "pg_dump"
        url = f"--dbname={self.server.url()}"
        return subprocess.run([dump, url], capture_output=True, check=True).stdout

    def assert_free_of_secrets(self, *texts: bytes) -> None:
        """Hold that no secret stands in any of them; those that have one are shown."""
        self.assertEqual([text for text in texts if any(one in text for one in SECRETS)], [])

    def assert_log_is_free_of_secrets(self) -> None:
        """Hold it of what the server logs, which is every statement, and lost at the next start."""
        (log,) = (one.read_bytes() for one in self.folder.glob("home/*/server.log"))
        # That roles are made is seen, by a verifier from which nobody learns the password.
        self.assertTrue(b"LOG:  statement: " in log and b"PASSWORD 'SCRAM-SHA-256$" in log)
        self.assert_free_of_secrets(log)

    def assert_no_file_holds_secrets(self) -> None:
        """Hold it of the server's data, with its record of every change, and of all else."""
        own = self.folder / "settings.toml"  # By which the secrets were given.
        files = [one for one in self.folder.rglob("*") if one.is_file() and one != own]
        self.assertGreater(len(files), 1000)
        holding = [str(file) for file in files for secret in SECRETS if secret in file.read_bytes()]
        self.assertEqual(holding, [])


if __name__ == "__main__":
    unittest.main()
