"""Judge one ping: the fast path where it is sure, else the plain one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crash_rate_aggregates.decode.fast import SURPRISES, FastDecoder
from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.normalize.fields import fields_of
from crash_rate_aggregates.normalize.ping import UNREADABLE, Ignored, NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge


class PingJudge:
    """Judge pings as JSON text, or as the mappings of formats that are not JSON."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._fast = FastDecoder(judge.dimensions)

    def judge_json(self, line: bytes | memoryview) -> NormalizedPing | Ignored:
        """Return the verdict on one JSON text."""
        if self._fast.is_usable:
            try:
                fields = self._fast.fields(line)
            except SURPRISES:
                return self.judge_plainly(line)
            return self._judge.verdict(fields)
        return self.judge_plainly(line)

    def judge_plainly(self, line: bytes | memoryview) -> NormalizedPing | Ignored:
        """Return the verdict by the plain path alone: the reference for the fast one."""
        try:
            raw = decode_json(bytes(line))
        except ValueError:
            return UNREADABLE
        return self.judge_raw(raw)

    def judge_raw(self, raw: Any) -> NormalizedPing | Ignored:
        """Return the verdict on a decoded ping; what is no object is unreadable."""
        if not isinstance(raw, Mapping):
            return UNREADABLE
        return self._judge.verdict(fields_of(raw, self._judge.dimensions))
