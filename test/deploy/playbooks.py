"""Run the playbooks in ansible/ against a server that stands in for AWS, as a person would."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from test.deploy.processes import finished

PROJECT = Path(__file__).resolve().parents[2]
TOOLS = PROJECT / ".venv-deploy" / "bin"
ANSIBLE = PROJECT / "ansible"
AWS_SECRET = "secret-key-of-the-stand-in"
_PLAYBOOK_SECONDS = 240
_STAND_IN_SECONDS = 60
_POLL_SECONDS = 0.1
_RECAP = re.compile(
    r"^(\w+) +: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+)", re.MULTILINE
)
_LISTENS = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")


@dataclass(frozen=True)
class Played:
    """What a playbook did."""

    output: str
    changed: int
    failed: int


def tool_environment(**more: str) -> dict[str, str]:
    """Return an environment in which nothing of this machine decides."""
    kept = {
        name: value
        for name, value in os.environ.items()
        # Without byte code each of Ansible's modules compiles all that it imports anew.
        if not name.startswith(("AWS_", "ANSIBLE_", "CRASH_RATE_AGGREGATES_", "PG"))
        and name != "PYTHONDONTWRITEBYTECODE"
    }
    path = f"{TOOLS}{os.pathsep}{kept['PATH']}"
    quiet = {"NO_COLOR": "1", "ANSIBLE_LOCALHOST_WARNING": "False"}
    return {**kept, "PATH": path, **quiet, **more}


@contextmanager
def stand_in_for_aws() -> Iterator[dict[str, str]]:
    """Start the server on a free port of loopback; give the variables that lead to it."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [TOOLS / "moto_server", "-H", "127.0.0.1", "-p", "0"],
                env=tool_environment(),
                stdout=output,
                stderr=output,
            )
        try:
            yield {
                "AWS_ENDPOINT_URL": _address(process, log),
                "AWS_ACCESS_KEY_ID": "KEYOFTHESTANDIN00000",
                "AWS_SECRET_ACCESS_KEY": AWS_SECRET,
                "AWS_REGION": "us-east-1",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
            }
        finally:
            process.terminate()
            process.wait()


class _NotUpYetError(Exception):
    """The server does not say yet where it listens."""


@retry(
    retry=retry_if_exception_type(_NotUpYetError),
    stop=stop_after_delay(_STAND_IN_SECONDS),
    wait=wait_fixed(_POLL_SECONDS),
    reraise=True,
)
def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    said = log.read_text(encoding="utf-8")
    found = _LISTENS.search(said)
    if found is not None:
        return found[1]
    if process.poll() is not None:
        raise AssertionError(said)
    raise _NotUpYetError(said)


def played(playbook: str, variables: Path, *arguments: str, env: dict[str, str]) -> Played:
    """Run a playbook from the project's folder, verbosely; nothing is asserted."""
    command: list[str | Path] = [
        TOOLS / "ansible-playbook",
        f"ansible/{playbook}.yml",
        "-vvv",
        "--diff",
    ]
    done = finished(
        [*command, "-e", f"@{variables}", *arguments],
        seconds=_PLAYBOOK_SECONDS,
        cwd=PROJECT,
        env=env,
    )
    output = done.stdout + done.stderr
    numbers = [tuple(map(int, line[1:])) for line in _RECAP.findall(output)]
    failed = sum(unreachable + failed for _, unreachable, failed in numbers)
    return Played(output, sum(line[0] for line in numbers), failed or done.returncode)
