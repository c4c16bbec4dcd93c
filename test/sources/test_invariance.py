"""How pings lie in files changes nothing: neither verdicts nor rows."""

from __future__ import annotations

import unittest
from collections.abc import Mapping, Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.kernel import Kernel, VerdictCounts
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.outcomes import DocType, Outcome
from crash_rate_aggregates.sources.reading import read_pings
from test.dataset import (
    DAY,
    LENGTH,
    STARTED,
    UUID,
    crash_ping,
    full_size_ping,
    json_text,
    main_ping,
)
from test.property_tests import examples
from test.sources.stored import COMPRESSIONS, MemoryStore

# No line completes another one to a JSON text: such neighbours at a file's start are one document.
LINES = [
    json_text(full_size_ping()),
    json_text(main_ping(id=UUID)),
    json_text(main_ping(id=UUID.upper(), **{LENGTH: 5})),
    json_text(main_ping(**{STARTED: "2015-01-01"})),
    json_text(crash_ping(**{"payload/processType": "gpu"})) + b" \r",
    json_text(main_ping(type="core", meta=None)),
    json_text(main_ping(**{"meta/submissionDate": "20160315"})),
    b'{"type":"main"',
    b"[1,2]",
    b"\xff",
    b"{} {}",
    b"",
    b" \t\r",
]
PINGS = 11


def judged(contents: Mapping[str, bytes], chunk_bytes: int) -> tuple[VerdictCounts, list[str]]:
    """Return the verdicts on files, and the rows in an order of their own."""
    kernel, store = Kernel(Judge(DAY, DIMENSIONS), bytes(32)), MemoryStore(contents, chunk_bytes)
    for file in store.list_day(date.min):
        for batch in read_pings(store, file, DIMENSIONS):
            kernel.judge(batch)
    rows = kernel.take_rows().drop_columns(["ping"])  # Numbered as they come.
    return kernel.counts, sorted(map(str, rows.to_pylist()))


class InvarianceTest(unittest.TestCase):
    def test_one_file(self) -> None:
        """The lines make 11 pings: 5 rows and one of each other verdict, 4 unreadable."""
        counts, rows = judged({"a": b"\n".join(LINES)}, 1 << 18)
        self.assertEqual((counts.read, len(rows)), (PINGS, 5))
        self.assertEqual(counts.passed, {"main": 4, "crash": 1})
        self.assertEqual(
            counts.ignored,
            {
                (Outcome.OTHER_DOC_TYPE, DocType.OTHER): 1,
                (Outcome.OTHER_SUBMISSION_DATE, DocType.MAIN): 1,
                (Outcome.UNREADABLE, DocType.UNKNOWN): 4,
            },
        )

    @examples(0.5)
    @given(
        st.permutations(LINES),
        st.lists(st.integers(0, len(LINES)), max_size=4),
        st.lists(st.sampled_from(COMPRESSIONS), min_size=5, max_size=5),
        st.integers(100, 1 << 17),
    )
    def test_splitting_shuffling_and_recompressing(
        self,
        lines: Sequence[bytes],
        cuts: list[int],
        compressions: list[type[bytes]],
        chunk_bytes: int,
    ) -> None:
        """However lines are shuffled, dealt to files and compressed, verdicts and rows stay."""
        edges = sorted({0, len(lines), *cuts})
        files = {
            str(start): compress(b"".join(line + b"\n" for line in lines[start:end]))
            for start, end, compress in zip(edges, edges[1:], compressions, strict=False)
        }
        self.assertEqual(judged(files, chunk_bytes), judged({"a": b"\n".join(LINES)}, 1 << 18))


if __name__ == "__main__":
    unittest.main()
