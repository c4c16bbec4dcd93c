#!/usr/bin/env python3
"""Judge logs of `python -m unittest -v`: enough tests ran, none failed, skips are allowed ones.

The last line printed is `N passed, N failed, N skipped`. Exit code 1 if the log does not pass.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
_RAN = re.compile(r"^Ran ([0-9]+) tests? in ([0-9.]+)s$", re.MULTILINE)
_RESULT = re.compile(r"^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", re.MULTILINE)
_NUMBER = re.compile(r"([a-z][a-z ]*)=([0-9]+)")
_SKIP = re.compile(r"\bskipped ('.*'|\".*\")$", re.MULTILINE)


def allowed_reasons() -> list[str]:
    """Return what reasons for skipping may contain, one a line; # begins a comment."""
    lines = (HERE / "allowed-skips").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def faults_of_skips(log: str, skipped: int) -> list[str]:
    """Say which skips of the log are not allowed, or not explained."""
    reasons = Counter(_SKIP.findall(log))
    for reason, number in reasons.items():
        sys.stdout.write(f"skipped {number}: {reason}\n")
    allowed = allowed_reasons()
    faults = [
        f"a skip is not allowed by .ci/allowed-skips: {reason}"
        for reason in reasons
        if not any(text in reason for text in allowed)
    ]
    if reasons.total() < skipped:
        faults.append(f"{skipped} tests were skipped and only {reasons.total()} say why")
    return faults


def judge(logs: Sequence[str]) -> tuple[str, list[str]]:
    """Return the last line to print, and what is wrong with the logs together."""
    log = "\n".join(logs)
    ran = sum(int(number) for number, _ in _RAN.findall(log))
    results = _RESULT.findall(log)
    numbers = _NUMBER.findall(" ".join(results))
    counts = Counter({name: int(number) for name, number in numbers})
    failed = counts["failures"] + counts["errors"] + counts["unexpected successes"]
    skipped = counts["skipped"]
    minimum = int((HERE / "minimum-tests").read_text(encoding="utf-8"))
    faults = faults_of_skips(log, skipped)
    if len(results) != len(logs):
        faults.append(f"the tests ended with {len(results)} results instead of {len(logs)}")
    if failed:
        faults.append(f"{failed} failed")
    if ran - skipped < minimum:
        faults.append(f"{ran - skipped} tests passed or failed, at least {minimum} must run")
    passed = max(ran - failed - skipped, 0)
    return f"{passed} passed, {failed} failed, {skipped} skipped", faults


def main() -> int:
    """Judge the logs that the arguments name, and say how long each of them took."""
    paths = [Path(name) for name in sys.argv[1:]]
    logs = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
    for path, log in zip(paths, logs, strict=True):
        for number, seconds in _RAN.findall(log):
            sys.stdout.write(f"{path.name}: {number} tests in {float(seconds) / 60:.1f} minutes\n")
    summary, faults = judge(logs)
    for fault in faults:
        sys.stdout.write(f"not passed: {fault}\n")
    sys.stdout.write(f"{summary}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
