"""Judge one ping: the fast path where it is sure, else the plain one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crash_rate_aggregates.decode.fast import SURPRISES, FastDecoder
from crash_rate_aggregates.decode.layouts.kinds import (
    LAYOUTS,
    V4_PINGS,
    PingKind,
    field_places,
    layout_of,
)
from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.ping import UNREADABLE, Ignored, NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.outcomes import Outcome

_SPACE = b" \t\n\r"


class PingJudge:
    """Judge the pings of one kind of file: JSON texts, decoded pings, or their fields.

    A ping of another layout, astray among them, is known by its mark and judged by that.
    """

    def __init__(self, judge: Judge, kind: PingKind = V4_PINGS) -> None:
        self._judge = judge
        self._expected = kind.layout
        # Of a stray ping the file says nothing: it is judged by what its layout alone says.
        kinds = {name: PingKind(name) for name in LAYOUTS} | {kind.layout: kind}
        self._places = {name: field_places(each, judge.dimensions) for name, each in kinds.items()}
        self._fast = FastDecoder(self._places[kind.layout])

    def judge_json(self, line: bytes | memoryview) -> NormalizedPing | Ignored:
        """Return the verdict on one JSON text."""
        if self._fast.is_usable:
            try:
                fields = self._fast.fields(line)
            except SURPRISES:
                return self.judge_plainly(line)
            # Outside the `try`: an error of the rules is a defect, and no surprise in the ping.
            return self._judge.verdict(fields)
        return self.judge_plainly(line)

    def judge_plainly(self, line: bytes | memoryview) -> NormalizedPing | Ignored:
        """Return the verdict by the plain path alone: the reference for the fast one."""
        text = bytes(line)
        # No object is no ping, whatever else it is: told without a decoder's dear exception.
        if not text.lstrip(_SPACE).startswith(b"{"):
            return UNREADABLE
        try:
            raw = decode_json(text)
        except ValueError:
            return UNREADABLE
        return self.judge_raw(raw)

    def judge_raw(self, raw: Any) -> NormalizedPing | Ignored:
        """Return the verdict on a decoded ping; what is no object is unreadable."""
        if not isinstance(raw, Mapping):
            return UNREADABLE
        places = self._places[layout_of(raw, self._expected)]
        # Most of what comes here falls to the first rules. Then nothing else need be looked for,
        # and a line that is hardly a ping costs no more than a ping does.
        first = self._judge.verdict(places.telling_fields_of(raw))
        if isinstance(first, Ignored) and first.outcome is not Outcome.BAD_ACTIVITY_DATE:
            return first
        return self._judge.verdict(places.fields_of(raw))

    def judge_fields(self, fields: PingFields) -> NormalizedPing | Ignored:
        """Return the verdict on fields that a columnar format has picked."""
        return self._judge.verdict(fields)
