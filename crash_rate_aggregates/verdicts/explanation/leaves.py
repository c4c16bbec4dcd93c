"""Leaves: crashes and hours before and now by all dimensions, the finest groups that there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from crash_rate_aggregates.verdicts.arrays import Floats, Integers

Codes: TypeAlias = npt.NDArray[np.int32]
_LARGEST_KEY = 2**62


@dataclass(frozen=True, slots=True)
class Sums:
    """Crashes and usage hours of n groups in both periods, all float64[n]."""

    crashes_before: Floats
    hours_before: Floats
    crashes_now: Floats
    hours_now: Floats

    def __len__(self) -> int:
        return len(self.crashes_now)

    def where(self, groups: npt.NDArray[Any]) -> Sums:
        """Return those of some groups, by a mask or indices."""
        return Sums(
            self.crashes_before[groups],
            self.hours_before[groups],
            self.crashes_now[groups],
            self.hours_now[groups],
        )

    def by(self, group: npt.NDArray[Any], groups: int) -> Sums:
        """Return the sums over what lies in each of `groups` groups, numbered from 0."""
        return Sums(
            _added(group, self.crashes_before, groups),
            _added(group, self.hours_before, groups),
            _added(group, self.crashes_now, groups),
            _added(group, self.hours_now, groups),
        )

    def minus(self, other: Sums) -> Sums:
        """Return what is left without another's."""
        return Sums(
            self.crashes_before - other.crashes_before,
            self.hours_before - other.hours_before,
            self.crashes_now - other.crashes_now,
            self.hours_now - other.hours_now,
        )

    def total(self) -> Totals:
        """Add up all groups."""
        return Totals(
            float(self.crashes_before.sum()),
            float(self.hours_before.sum()),
            float(self.crashes_now.sum()),
            float(self.hours_now.sum()),
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """Crashes and usage hours of everything that is looked at, in both periods."""

    crashes_before: float
    hours_before: float
    crashes_now: float
    hours_now: float

    @property
    def rate_before(self) -> float:
        """Crashes an hour before; 0 without hours."""
        return self.crashes_before / self.hours_before if self.hours_before > 0 else 0.0

    @property
    def rate_now(self) -> float:
        """Crashes an hour now; 0 without hours."""
        return self.crashes_now / self.hours_now if self.hours_now > 0 else 0.0

    @property
    def expected(self) -> float:
        """Crashes that there would be now at the rate before."""
        return self.hours_now * self.rate_before


@dataclass(frozen=True, slots=True)
class Leaves:
    """The distinct combinations of values of all dimensions."""

    dimensions: tuple[str, ...]
    """Their names."""
    values: tuple[tuple[str | None, ...], ...]
    """Of each dimension, in the order of texts; None, which is a value of its own, first."""
    codes: Codes
    """int32[leaf, dimension]: which of the values a leaf has."""
    sums: Sums
    """Of each leaf."""


def leaves_from_columns(
    columns: Mapping[str, Any],
    crashes_before: npt.ArrayLike,
    hours_before: npt.ArrayLike,
    crashes_now: npt.ArrayLike,
    hours_now: npt.ArrayLike,
) -> Leaves:
    """Make leaves from rows; rows that are equal in all dimensions become one.

    The result does not depend on the order of rows, up to rounding of sums.

    Args:
        columns: By dimension, texts or None of each row: a sequence, an object array or an Arrow
            array, dictionary-encoded too.
        crashes_before: Counts of each row, 0 or more.
        hours_before: Usage hours of each row, 0 or more.
        crashes_now: Likewise, in the period to be explained.
        hours_now: Likewise.

    Raises:
        ValueError: The columns differ in length, or a measure is negative or not a number.
    """
    sums = Sums(*map(_measure, (crashes_before, hours_before, crashes_now, hours_now)))
    coded = [_coded(column) for column in columns.values()]
    if {len(sums.hours_before), len(sums.crashes_now), len(sums.hours_now)} | {
        len(codes) for _, codes in coded
    } != {len(sums.crashes_before)}:
        raise ValueError("columns of leaves differ in length")
    codes = np.column_stack([codes for _, codes in coded])
    key = mixed_radix(list(codes.T), [max(1, len(texts)) for texts, _ in coded])
    _, first, leaf = np.unique(key, return_index=True, return_inverse=True)
    return Leaves(
        tuple(columns),
        tuple(texts for texts, _ in coded),
        codes[first],
        sums.by(leaf, len(first)),
    )


def mixed_radix(codes: Sequence[npt.NDArray[Any]], sizes: Sequence[int]) -> Integers:
    """Return one key for each row, equal where all codes are equal and in their order.

    Args:
        codes: Of each dimension, int[row], at least 0 and under its size.
        sizes: Numbers of values of the dimensions, at least 1.
    """
    key = codes[0].astype(np.int64)
    span = sizes[0]
    for column, size in zip(codes[1:], sizes[1:], strict=True):
        if span > _LARGEST_KEY // size:
            # Many dimensions overflow 64 bits; ranks keep the order and are as few as the rows.
            distinct, key = np.unique(key, return_inverse=True)
            span = len(distinct)
        key = key * size + column
        span *= size
    return key


def _added(group: npt.NDArray[Any], column: Floats, groups: int) -> Floats:
    return np.bincount(group, column, groups).astype(np.float64, copy=False)


def _measure(column: npt.ArrayLike) -> Floats:
    values = np.asarray(column, dtype=np.float64)
    if not (np.isfinite(values) & (values >= 0)).all():
        raise ValueError("crashes and hours are finite and not negative")
    return values


def _coded(column: Any) -> tuple[tuple[str | None, ...], Codes]:
    array = column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column)
    array = pc.cast(array, pa.string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    encoded = array.dictionary_encode(null_encoding="encode")
    texts: list[str | None] = encoded.dictionary.to_pylist()
    order = sorted(range(len(texts)), key=lambda i: (texts[i] is not None, texts[i] or ""))
    rank = np.empty(len(texts), dtype=np.int32)
    rank[order] = np.arange(len(texts), dtype=np.int32)
    codes = rank[encoded.indices.to_numpy(zero_copy_only=False)]
    return tuple(texts[i] for i in order), codes
