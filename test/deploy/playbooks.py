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

PROJECT = Path(__file__).resolve().parents[2]
TOOLS = PROJECT / ".venv-deploy" / "bin"
ANSIBLE = PROJECT / "ansible"
AWS_SECRET = "secret-key-of-the-stand-in"
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
        if not name.startswith(("AWS_", "ANSIBLE_", "CRASH_RATE_AGGREGATES_", "PG"))
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
            while (found := _LISTENS.search(log.read_text(encoding="utf-8"))) is None:
                if process.poll() is not None:
                    raise AssertionError(log.read_text(encoding="utf-8"))
            yield {
                "AWS_ENDPOINT_URL": found[1],
                "AWS_ACCESS_KEY_ID": "KEYOFTHESTANDIN00000",
                "AWS_SECRET_ACCESS_KEY": AWS_SECRET,
                "AWS_REGION": "us-east-1",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
            }
        finally:
            process.terminate()
            process.wait()


def played(playbook: str, variables: Path, *arguments: str, env: dict[str, str]) -> Played:
    """Run a playbook from the project's folder, verbosely; nothing is asserted."""
    done = subprocess.run(
        [
            TOOLS / "ansible-playbook",
            f"ansible/{playbook}.yml",
            "-vvv",
            "--diff",
            "-e",
            f"@{variables}",
            *arguments,
        ],
        cwd=PROJECT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    output = done.stdout + done.stderr
    numbers = [tuple(map(int, line[1:])) for line in _RECAP.findall(output)]
    failed = sum(unreachable + failed for _, unreachable, failed in numbers)
    return Played(output, sum(line[0] for line in numbers), failed or done.returncode)
