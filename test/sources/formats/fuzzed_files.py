"""Files with a few bytes changed, and what becomes of them in a process of their own.

    python -m test.sources.formats.fuzzed_files parquet 0 100

Prints one letter a file: `r` read to its end, `d` damaged, `u` of no known table or codec. Anything
else that happened shows its traceback and ends the process, as a crash of a library does.
"""

from __future__ import annotations

import random
import sys

from crash_rate_aggregates.errors import UnknownTableError, UnreadableFileError
from crash_rate_aggregates.sources.interface import DamagedStreamError
from test.dataset import full_size_ping
from test.engines.made_days import crash_ping, main_ping
from test.sources.judged import judged_rows
from test.sources.mirrors.avro import crash_avro, glean_avro, main_avro
from test.sources.mirrors.bigquery import bigquery_lines, crash_parquet, main_parquet
from test.sources.mirrors.glean import glean_parquet, glean_row
from test.sources.stored import PACKED

_FOOTER_LENGTH_BYTES = 8


def sound_files(form: str) -> list[bytes]:
    """Return sound files of a form, `parquet`, `avro` or `json`, which mutants are made of."""
    mains = [full_size_ping(), *[main_ping(**{"meta/documentId": f"{n}"}) for n in range(30)]]
    crashes = [crash_ping(**{"meta/submissionDate": "20160314"})] * 20
    if form == "json":
        lines = bigquery_lines(mains), bigquery_lines(crashes)
        return [*lines, PACKED[".gz"](lines[0]), PACKED[".zst"](lines[1])]
    glean = [glean_row(crash, "a" * 64) for crash in crashes]
    if form == "avro":
        return [
            main_avro(mains, "null", sync_interval=3000),
            main_avro(mains, "deflate"),
            crash_avro(crashes, "null"),
            glean_avro(glean, "snappy"),
        ]
    return [
        main_parquet(mains),
        main_parquet(mains, compression="none", use_dictionary=False, row_group_size=7),
        main_parquet(mains, compression="zstd", data_page_version="2.0"),
        crash_parquet(crashes, compression="gzip", write_statistics=False),
        glean_parquet(glean, compression="lz4"),
    ]


def mutant(files: list[bytes], seed: int) -> bytes:
    """Return one of the files with up to 8 changes, half of the time in its last part only."""
    chance = random.Random(seed)  # noqa: S311  Not for secrets.
    stored = bytearray(chance.choice(files))
    start = max(4, len(stored) - 4000) if chance.random() < 0.5 else 4
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        place = chance.randrange(start, max(start + 1, len(stored) - _FOOTER_LENGTH_BYTES))
        match chance.choice((0, 0, 0, 1, 1, 2, 3, 4)):
            case 0:
                stored[place : place + 1] = bytes([stored[place] ^ 1 << chance.randrange(8)])
            case 1:
                stored[place : place + 1] = bytes([chance.choice([0, 1, 0x7F, 0x80, 0xFF])])
            case 2:
                stored[place : place + 1] = chance.randbytes(1)
            case 3:
                stored[place : place + chance.randrange(9)] = chance.randbytes(chance.randrange(9))
            case 4:
                length = chance.randrange(20)
                other = chance.randrange(start, len(stored))
                stored[place : place + length] = stored[other : other + length]
    return (
        bytes(stored) if chance.random() < 0.95 else bytes(stored[: chance.randrange(len(stored))])
    )


def fate(stored: bytes) -> str:
    """Read and judge a file; say what became of it by a letter."""
    try:
        judged_rows({"part-0": stored})
    except DamagedStreamError:
        return "d"
    except (UnknownTableError, UnreadableFileError):
        return "u"
    return "r"


def main(form: str, first: str, count: str) -> None:
    """Print the fates of mutants by number."""
    files = sound_files(form)
    for seed in range(int(first), int(first) + int(count)):
        sys.stdout.write(fate(mutant(files, seed)))
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
