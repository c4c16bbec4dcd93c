"""Write sample days into folders as a collector would: several gzip files a day."""

from __future__ import annotations

import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import mkdtemp

from isal import igzip_lib

from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.sample_pings.day_files import pings_of_day

FILES_PER_DAY = 6
_MARKER = "_SYNTHETIC"
_README = """These pings are synthetic.

`crash-rate-aggregates sample-pings` made them by chance from a seed, with shares and rates that
were published about Firefox in 2016 and 2017. No ping in here was sent by anybody.
"""


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written."""

    folder: Path
    days: int
    pings_per_day: int

    def __str__(self) -> str:
        return f"{self.days} days of {self.pings_per_day:,} synthetic pings in {str(self.folder)!r}"


def write_sample_pings(
    folder: Path,
    *,
    min_submission_date: date,
    max_submission_date: date,
    pings_per_day: int,
    seed: int,
    jobs: int = 1,
) -> SampleSummary:
    """Write folder/submission_date=YYYY-MM-DD/*.ndjson.gz for each day, each day at once.

    The same arguments write the same bytes, and a day does not depend on the others. Days that
    this function wrote before are replaced.

    Raises:
        UsageError: A day's folder holds something else; or the folder cannot be written.
    """
    days = [
        min_submission_date + timedelta(days=number)
        for number in range((max_submission_date - min_submission_date).days + 1)
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "README.txt").write_text(_README, encoding="utf-8")
        write = partial(_write_day, folder, pings_per_day, seed)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(jobs, len(days)), mp_context=context) as pool:
            list(pool.map(write, days))
    except OSError as error:
        raise UsageError(
            f"cannot write sample pings to {str(folder)!r}: {error.strerror}; name another folder"
        ) from error
    return SampleSummary(folder, len(days), pings_per_day)


def _write_day(folder: Path, pings: int, seed: int, day: date) -> None:
    target = folder / f"submission_date={day}"
    if target.exists() and not (target / _MARKER).exists():
        raise UsageError(
            f"{str(target)!r} holds pings that sample-pings did not write: name another folder"
        )
    partial_folder = Path(mkdtemp(prefix="_partial-", dir=folder))
    partial_folder.chmod(0o755)
    (partial_folder / _MARKER).touch()
    lines = pings_of_day(day, pings, seed)
    for number in range(FILES_PER_DAY):
        share = pings // FILES_PER_DAY + (number < pings % FILES_PER_DAY)
        text = b"".join(line + b"\n" for line in islice(lines, share))
        packed = igzip_lib.compress(text, 1, flag=igzip_lib.COMP_GZIP)
        (partial_folder / f"part-{number}.ndjson.gz").write_bytes(packed)
    if target.exists():
        shutil.rmtree(target)
    partial_folder.rename(target)
