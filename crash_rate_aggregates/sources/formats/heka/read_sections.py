"""Which sections of a split ping are read at all: the largest ones are not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from crash_rate_aggregates.decode.layouts.kinds import LAYOUTS, PingKind, field_places
from crash_rate_aggregates.dimensions import Dimension


class ReadSections:
    """The sections with anything that the rules or the dimensions read, in any layout of pings."""

    def __init__(self, dimensions: Sequence[Dimension]) -> None:
        # Of all layouts: what a ping is becomes known only once it is put together.
        read = [field_places(PingKind(name), dimensions) for name in LAYOUTS]
        places = chain.from_iterable(
            chain(*each.fields.values(), *each.dimensions) for each in read
        )
        marks = (layout.mark for layout in LAYOUTS.values())
        containers = (layout.keyed_histograms for layout in LAYOUTS.values())
        paths = chain((place.path for place in places), marks, filter(None, containers))
        self._paths = set(filter(None, paths))
        # Sections are split at any depth: what is read lies below one, or one lies below it.
        self._starts = {path[:end] for path in self._paths for end in range(1, len(path) + 1)}

    def holds(self, path: tuple[str, ...]) -> bool:
        """Tell whether what is read lies in the section at a path, or the section in it."""
        is_within = (path[:end] in self._paths for end in range(1, len(path)))
        return path in self._starts or any(is_within)
