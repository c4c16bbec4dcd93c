"""Holds the fast path against the plain one on pings that a grammar changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from crash_rate_aggregates.decode.fast import SURPRISES
from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.ping import Ignored, NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge
from test.dataset import DAY
from test.decode.ping_grammar import PINGS, PingGrammar

_MOST_SHOWN = 20


@dataclass
class Agreement:
    """What came out."""

    cases: int = 0
    fast: int = 0
    """Of them, which the fast path judged by itself."""
    counted: int = 0
    """Of these, which are counted and not ignored."""
    differing: list[bytes] = field(default_factory=list)
    """The first pings on which the paths differ."""

    def __str__(self) -> str:
        return (
            f"{self.cases:,} pings, {self.fast / self.cases:.0%} judged by the fast path, "
            f"{self.counted / self.cases:.0%} so and counted: {len(self.differing)} differ"
        )


class GrammarFuzz:
    """Draws pings of each kind in turn and judges them on both paths."""

    def __init__(self, seed: int) -> None:
        chance = Random(seed)  # noqa: S311  Chance by seed is the purpose.
        judge = Judge(DAY, DIMENSIONS)
        self._kinds = [(PingGrammar(kind, chance), PingJudge(judge, kind)) for kind in PINGS]
        self.found = Agreement()

    def go_on(self, cases: int) -> Agreement:
        """Judge so many more pings."""
        for number in range(cases):
            grammar, judge = self._kinds[number % len(self._kinds)]
            self._hold(grammar.ping(), judge)
        return self.found

    def _hold(self, text: bytes, judge: PingJudge) -> None:
        found = self.found
        found.cases += 1
        plain = judge.judge_plainly(text)
        # As the lines of a block are given to it: every other one, so that both ways are seen.
        line = memoryview(b"1" + text + b"1")[1:-1] if found.cases & 1 else text
        try:
            fields = judge._fast.fields(line)
        except SURPRISES:
            return
        found.fast += 1
        found.counted += isinstance(plain, NormalizedPing)
        if not self._is_same(fields, judge, plain) and len(found.differing) < _MOST_SHOWN:
            found.differing.append(text)

    @staticmethod
    def _is_same(fields: PingFields, judge: PingJudge, plain: NormalizedPing | Ignored) -> bool:
        try:
            return judge._judge.verdict(fields) == plain
        except ValueError:
            # Of fields that the rules cannot read, as a decoder should not give them.
            return False
