"""Pings of chosen days, for tests that run the whole program."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from test.engines.made_days import crash_ping, lines, main_ping, write_day


def write_pings(folder: Path, *days: date) -> None:
    """Write 2 main pings and a crash for each day."""
    for day in days:
        active = {"payload/info/subsessionStartDate": day.isoformat()}
        crash = crash_ping(**{"payload/crashDate": day.isoformat()})
        pings = [main_ping(**active), main_ping(**active), crash]
        for ping in pings:
            ping["meta"]["submissionDate"] = day.strftime("%Y%m%d")
        write_day(folder, {"1.json": lines(pings)}, day)
