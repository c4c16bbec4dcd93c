"""The kernel beside decompression alone: one process, one core, file by file in turn."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from isal import igzip_lib

from benchmarks.sums import DAY
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.kernel import Kernel, collect_garbage_rarely
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.sources.interface import StoredFile
from crash_rate_aggregates.sources.reading import read_pings
from crash_rate_aggregates.sources.stores.urls import open_store

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_INPUT_BYTES = 1 << 18
_OUTPUT_BYTES = 1 << 18


def main(folder: str, output: str, files: str) -> None:
    """Write the CPU seconds that the first so many files took, each way."""
    collect_garbage_rarely()
    store = open_store(folder)
    _judge(folder, store.list_day(DAY)[0])  # What starting up costs is not the kernel's speed.
    seconds = {"decompress": 0.0, "kernel": 0.0}
    for number, file in enumerate(store.list_day(DAY)[: int(files)]):
        ways: list[tuple[str, Callable[[], None]]] = [
            ("decompress", partial(_decompress, Path(file.url))),
            ("kernel", partial(_judge, folder, file)),
        ]
        for name, way in ways if number % 2 else reversed(ways):
            began = time.process_time()
            way()
            seconds[name] += time.process_time() - began
    Path(output).write_text(json.dumps(seconds), encoding="utf-8")


def _judge(folder: str, file: StoredFile) -> None:
    """Do all that a worker does but write the rows."""
    kernel = Kernel(Judge(DAY, DIMENSIONS), bytes(32))
    for batch in read_pings(open_store(folder), file, DIMENSIONS):
        kernel.judge(batch)
    kernel.take_rows()


def _decompress(path: Path) -> None:
    """Take the file's bytes in the same steps as the program, and drop them: the floor."""
    decompressor = (
        igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        if path.suffix == ".gz"
        else zstd.ZstdDecompressor()
    )
    for data in _chunks(path):
        decompressor.decompress(data, _OUTPUT_BYTES)
        while not decompressor.needs_input and not decompressor.eof:
            decompressor.decompress(b"", _OUTPUT_BYTES)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as stream:
        while data := stream.read(_INPUT_BYTES):
            yield data


if __name__ == "__main__":
    main(*sys.argv[1:])
