"""The pings that are measured: files of full-size sample pings, made once for each generator.

A folder named by a fingerprint of the generator holds part-00 … as gzip -6 and as zstd -3. A day
of so many files is a folder of hard links, as a collector would leave it.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import sys
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from inspect import getsource
from pathlib import Path
from types import ModuleType

from benchmarks.full_size import environment, histograms, payload, pieces
from benchmarks.full_size import full_bulk as full_size
from benchmarks.sums import DAY
from crash_rate_aggregates.sample_pings.world_2016 import (
    bulk,
    clients,
    day_files,
    dirt,
    documents,
    populations,
)
from crash_rate_aggregates.sample_pings.world_2016.day_files import Make, pings_of_day

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FILE_PINGS = 2_000
"""Near 94 MB of JSON a file, so that 16 are 1.5 GB."""
_MAKE = Make(full_size.full_bulk, crash_factor=2.0)
"""Twice the crashes: about 30 main pings to a crash ping."""
_MODULES: tuple[ModuleType, ...] = (
    *(environment, full_size, histograms, payload, pieces),
    *(bulk, clients, day_files, dirt, documents, populations),
)
_GZIP_LEVEL = 6
_GZIP_WINDOW = 31
_ZSTD_LEVEL = 3
FORMATS = ("gz", "zst")


@dataclass(frozen=True, slots=True)
class Day:
    """One stored day that a system reads."""

    folder: Path
    """Holds submission_date=YYYY-MM-DD with the files."""
    files: tuple[Path, ...]
    stored_bytes: int
    json_bytes: int
    pings: int

    @property
    def pattern(self) -> str:
        """All files, as a glob."""
        return f"{self.folder}/submission_date={DAY}/*"


def fingerprint() -> str:
    """Name what is made: by the code that makes it and by how much."""
    amounts = (DAY, FILE_PINGS, _MAKE.crash_factor, _GZIP_LEVEL, _ZSTD_LEVEL)
    digest = hashlib.sha256(repr(amounts).encode())
    for module in _MODULES:
        digest.update(getsource(module).encode())
    return digest.hexdigest()[:12]


def make_files(folder: Path, count: int, jobs: int) -> None:
    """Make the first so many files, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [number for number in range(count) if not _size_file(folder, number).exists()]
    if missing:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            list(pool.map(partial(_make_file, folder), missing))


def day_of(folder: Path, count: int, compression: str, few_pings: int | None = None) -> Day:
    """Lay the first so many files out as a day, linked, not copied.

    Args:
        folder: That `make_files` filled.
        count: Files of the day.
        compression: `gz` or `zst`.
        few_pings: So many in each file, which is made anew, instead of whole files.
    """
    pings = few_pings or FILE_PINGS
    target = folder / f"{compression}-{count}-of-{pings}"
    stored = target / f"submission_date={DAY}"
    shutil.rmtree(target, ignore_errors=True)
    stored.mkdir(parents=True)
    files = []
    json_bytes = 0
    for number in range(count):
        link = stored / f"part-{number:02}.ndjson.{compression}"
        if few_pings is None:
            os.link(_packed_file(folder, number, compression), link)
            json_bytes += int(_size_file(folder, number).read_text())
        else:
            text = _text(number, few_pings)
            link.write_bytes(_pack(text, compression))
            json_bytes += len(text)
        files.append(link)
    sizes = sum(file.stat().st_size for file in files)
    return Day(target, tuple(files), sizes, json_bytes, count * pings)


def _make_file(folder: Path, number: int) -> None:
    text = _text(number, FILE_PINGS)
    for compression in FORMATS:
        partial_file = folder / f"partial-{number:02}.{compression}"
        partial_file.write_bytes(_pack(text, compression))
        partial_file.rename(_packed_file(folder, number, compression))
    _size_file(folder, number).write_text(str(len(text)))


def _text(number: int, pings: int) -> bytes:
    return b"".join(line + b"\n" for line in pings_of_day(DAY, pings, number, _MAKE))


def _pack(text: bytes, compression: str) -> bytes:
    if compression == "zst":
        return zstd.compress(text, _ZSTD_LEVEL)
    packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    return packer.compress(text) + packer.flush()


def _packed_file(folder: Path, number: int, compression: str) -> Path:
    return folder / f"part-{number:02}.ndjson.{compression}"


def _size_file(folder: Path, number: int) -> Path:
    """Written last: it stands for a file that is complete, and holds the size of its JSON."""
    return folder / f"part-{number:02}.size"


if __name__ == "__main__":
    make_files(Path(sys.argv[1]) / fingerprint(), int(sys.argv[2]), int(sys.argv[3]))
