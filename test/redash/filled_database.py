"""A real database with three days, in which every shipped query has something to answer."""

from __future__ import annotations

import unittest
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from test.engines.made_days import DAY, crash_ping, lines, main_ping, write_day
from test.job.days_in_postgres import filled, made_job
from test.servers import fresh_database

DAYS = (DAY - timedelta(2), DAY - timedelta(1), DAY)
CHANNELS = ("release", "nightly", "strange")
SYSTEMS = ({"name": "Linux", "version": "4.4"}, {"name": "Darwin"})


def filled_database(test: type[unittest.TestCase]) -> str:
    """Return the URL: on each day, channel and system 6 sessions of 25 hours and 2 crashes."""
    url = fresh_database(test)
    folder = Path(test.enterClassContext(TemporaryDirectory()))
    for day in DAYS:
        session = {
            "payload/info/subsessionStartDate": str(day),
            "payload/info/subsessionLength": 90_000,
        }
        pings = []
        for channel in CHANNELS:
            for system in SYSTEMS:
                of = {"application/channel": channel, "environment/system/os": system}
                pings += [main_ping(**session, **of)] * 6
                pings += [crash_ping(**{"payload/crashDate": str(day)}, **of)] * 2
        # One more for the ledger, one for the adjustments.
        pings.append(main_ping(**{"environment/build/buildId": "1"}))
        pings.append(main_ping(**{"payload/info/subsessionLength": None}))
        write_day(folder / "pings", {"1.json": lines(pings)}, day)
    # The last day twice, so that there is a restatement.
    filled(made_job(folder / "pings", url, folder), *DAYS, DAYS[-1])
    return url
