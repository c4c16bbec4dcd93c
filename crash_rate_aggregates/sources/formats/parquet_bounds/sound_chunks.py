"""What the footer says of the columns of a row group is looked at by Arrow before pyarrow shows it.

Where Arrow finds it unsound, or encrypted, opening the columns to read them is an error. pyarrow's
`RowGroupMetaData.column` has no way to say so, and the process aborts.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress

import pyarrow.parquet as pq

_SIZE = 1 << 62
"""What no column ends behind."""


class _UnreadError(Exception):
    """Reading has begun."""


class _Unread(io.RawIOBase):
    """A file that has a size and no bytes."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return place + {io.SEEK_SET: 0, io.SEEK_END: _SIZE}[whence]

    def tell(self) -> int:
        return _SIZE

    def read(self, size: int = -1) -> bytes:
        raise _UnreadError(size)


def check_chunks(file: pq.ParquetFile, group: int, paths: Sequence[str]) -> None:
    """Have Arrow open some columns of a row group, of which nothing is read.

    Args:
        file: Of the group.
        group: Its number.
        paths: Names of the stored columns.

    Raises:
        ArrowException, OSError: What the footer says of one is not sound, or it is encrypted.
    """
    # Buffered, all columns are open before the first is read.
    unread = pq.ParquetFile(_Unread(), metadata=file.metadata, buffer_size=1)
    with suppress(_UnreadError, StopIteration):
        next(unread.iter_batches(1, row_groups=[group], columns=paths, use_threads=False))
