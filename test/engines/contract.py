"""What every engine must do: the tests that each engine's own test class inherits."""

from __future__ import annotations

import gzip
import json
import random
from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from datetime import date
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pyarrow as pa

from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.engines.interface import Engine
from crash_rate_aggregates.errors import DamagedFileError, UnreadableFileError
from crash_rate_aggregates.ledger import DamagedFile
from crash_rate_aggregates.outcomes import Adjustment
from crash_rate_aggregates.rows import CRASH_AGGREGATES
from crash_rate_aggregates.stats import row_of
from test.engines import glean_contract, people_contract
from test.engines.made_days import (
    GROUPS,
    HeardProgress,
    crash_ping,
    day_folder,
    day_request,
    lines,
    main_ping,
    write_day,
)

UUID = "0a1b2c3d-0000-4000-8000-00000000000%x"
CHANNEL = (Dimension("channel", ("application", "channel")),)


class Computed(NamedTuple):
    """A day as an engine gave it, in an order that does not depend on it."""

    aggregates: list[tuple[Any, ...]]
    ledger: list[tuple[str, str, str, int]]
    pings_read: int
    damaged: list[DamagedFile]


def stats(**named: int) -> tuple[int, ...]:
    """Write an aggregate's stats in the order of the columns; those not named are 0."""
    return row_of(named)


def mixed_pings() -> list[dict[str, Any] | bytes]:
    """Make a day with each outcome, adjustment and process type."""
    length, started = "payload/info/subsessionLength", "payload/info/subsessionStartDate"
    copy = {"meta/documentId": UUID % 1}
    with_dump = "payload/keyedHistograms/SUBPROCESS_CRASHES_WITH_DUMP"
    content = {"payload/processType": "content"}
    return [
        *[main_ping()] * 3,
        main_ping(**{f"{with_dump}/content/values": {"0": 2}, f"{with_dump}/gpu/sum": 3}),
        *[main_ping(**copy)] * 4,
        *[crash_ping(**copy)] * 2,
        crash_ping(**{"payload/processType": "main"}),
        crash_ping(**content),
        crash_ping(**content, **{"payload/metadata/ipc_channel_error": "ShutDownKill"}),
        *[crash_ping(**{"payload/processType": "gpu"})] * 2,
        *[b"{", b"[]", b'{"type": "main"'],
        main_ping(**{"meta/docType": "saved-session"}),
        main_ping(**{"meta/docType": 5}),
        main_ping(**{"meta/submissionDate": "yesterday"}),
        *[crash_ping(**{"meta/submissionDate": "20160313"})] * 2,
        crash_ping(**{"environment/build/buildId": "2016"}),
        main_ping(**{started: "14.3.2016"}),
        main_ping(**{length: "3600"}),
        main_ping(**{started: "2016-03-01"}),
        main_ping(**{started: "2016-04-01"}),
        main_ping(**{length: 1_000_000}),
        main_ping(**{length: -5}),
        main_ping(**{length: None}),
        main_ping(**{f"{with_dump}/content": 7}),
        main_ping(**{"application/channel": "x" * 201}),
    ]


MIXED_LEDGER = [
    ("crash", "outcome", "bad_build_id", 1),
    ("crash", "outcome", "counted", 6),
    ("crash", "outcome", "duplicate", 1),
    ("crash", "outcome", "other_submission_date", 2),
    ("crash", "process_type", "absent", 1),
    ("crash", "process_type", "content", 2),
    ("crash", "process_type", "gpu", 2),
    ("crash", "process_type", "main", 1),
    ("main", "adjustment", "activity_date_too_early", 1),
    ("main", "adjustment", "activity_date_too_late", 1),
    ("main", "adjustment", "bad_histogram", 1),
    ("main", "adjustment", "dimension_shortened", 1),
    ("main", "adjustment", "negative_subsession_length", 1),
    ("main", "adjustment", "no_subsession_length", 1),
    ("main", "adjustment", "usage_capped", 1),
    ("main", "outcome", "bad_activity_date", 1),
    ("main", "outcome", "bad_submission_date", 1),
    ("main", "outcome", "bad_subsession_length", 1),
    ("main", "outcome", "counted", 12),
    ("main", "outcome", "duplicate", 3),
    ("other", "doc_type", "saved-session", 1),
    ("other", "outcome", "other_doc_type", 1),
    ("unknown", "outcome", "other_doc_type", 1),
    ("unknown", "outcome", "unreadable", 3),
]
NIGHTLY = '{"channel":"nightly"}'
MIXED_AGGREGATES = [
    (date(2016, 3, 7), NIGHTLY, *stats(ping_count=1, usage_seconds=3600)),
    (
        date(2016, 3, 14),
        NIGHTLY,
        *stats(
            ping_count=10,
            # Seven of an hour, one capped at 25 hours, one negative, one without a length.
            usage_seconds=7 * 3600 + 90_000,
            main_crashes=2,
            content_crashes=2,
            content_crashes_not_at_shutdown=2,
            gpu_crashes=3,
            content_crash_pings=1,
            content_shutdown_crash_pings=1,
            other_process_crash_pings=2,
        ),
    ),
    (
        date(2016, 3, 14),
        json.dumps({"channel": "x" * 200}, separators=(",", ":")),
        *stats(ping_count=1, usage_seconds=3600),
    ),
]


def stored_somehow(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Store lines plain, as gzip or as zstd, in one piece or as two members."""
    cut = content.rfind(b"\n", 0, len(content) // 2) + 1
    pieces = [content[:cut], content[cut:]] if cut and chance.random() < 0.5 else [content]
    match chance.choice(("", ".gz", ".zst")):
        case ".gz":
            return ".gz", b"".join(gzip.compress(piece) for piece in pieces)
        case ".zst":
            return ".zst", b"".join(
                pa.compress(piece, codec="zstd", asbytes=True) for piece in pieces
            )
    return "", content


class EngineContract(glean_contract.GleanContract, people_contract.PeopleContract):
    """Inherit this by module, `contract.EngineContract`, so that it is not run by itself."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.pings = self.folder / "pings"

    @abstractmethod
    def engine(self, jobs: int) -> Engine:
        """Make the engine under test with so many workers."""

    def compute(
        self,
        dimensions: Sequence[Dimension] = CHANNEL,
        *,
        jobs: int = 2,
        allow_damaged: bool = False,
        pings: Path | None = None,
    ) -> Computed:
        """Compute `DAY` and hold that progress heard of every file and ping."""
        request = day_request(pings or self.pings, tuple(dimensions), allow_damaged=allow_damaged)
        progress = HeardProgress()
        with self.engine(jobs).aggregate_day(request, progress) as result:
            aggregates = [
                tuple(row.values())
                for batch in result.tables[CRASH_AGGREGATES]
                for row in batch.to_pylist()
            ]
        self.assertEqual(
            (progress.files, progress.pings, progress.stored_bytes),
            (len(request.files), result.pings_read, sum(file.size for file in request.files)),
        )
        return Computed(
            sorted(aggregates),
            [(line.doc_type, line.kind, line.name, line.pings) for line in result.ledger.lines],
            result.pings_read,
            list(result.damaged),
        )

    def test_mixed_day_is_exact(self) -> None:
        """Each outcome, adjustment, process type and sum of a day with all of them is exact."""
        write_day(self.pings, {"1.json": lines(mixed_pings())})
        computed = self.compute()
        self.assertEqual(computed.ledger, MIXED_LEDGER)
        self.assertEqual(computed.aggregates, MIXED_AGGREGATES)
        self.assertEqual((computed.pings_read, computed.damaged), (len(mixed_pings()), []))

    def test_any_tables(self) -> None:
        """A day gives the rows of each table that is asked for, by its schema."""
        write_day(self.pings, {"1.json": lines(mixed_pings())})
        request = day_request(self.pings, CHANNEL, tables=(GROUPS, CRASH_AGGREGATES))
        with self.engine(1).aggregate_day(request, HeardProgress()) as result:
            found = {table: list(batches) for table, batches in result.tables.items()}
        self.assertEqual(tuple(found), (GROUPS, CRASH_AGGREGATES))
        for table, batches in found.items():
            self.assertEqual({batch.schema for batch in batches}, {table.schema})
        groups, aggregates = (
            [row for batch in batches for row in batch.to_pylist()] for batches in found.values()
        )
        self.assertCountEqual([tuple(row.values()) for row in aggregates], MIXED_AGGREGATES)
        pings: Counter[tuple[str, int, str | None]] = Counter()
        for row in groups:
            pings[row["doc_type"], row["adjustments"], row["process_type"]] += row["pings"]
        # Those of today have tests of their own.
        later = {
            *(Adjustment.AUTOMATION_COUNTED, Adjustment.OTHER_BUILDS_ENVIRONMENT),
            *(Adjustment.ACTIVE_TIME_CAPPED, Adjustment.BAD_ACTIVE_TICKS),
        }
        self.assertEqual(
            pings,
            {
                ("crash", 0, "absent"): 1,
                ("crash", 0, "content"): 2,
                ("crash", 0, "gpu"): 2,
                ("crash", 0, "main"): 1,
                ("main", 0, None): 5,
                **{("main", one.value, None): 1 for one in Adjustment if one not in later},
            },
        )

    def test_files_do_not_matter(self) -> None:
        """Shuffled, split and compressed in any way, a day gives the same table and ledger."""
        pings = mixed_pings()
        for seed in range(3):
            chance = random.Random(seed)  # noqa: S311  Not for secrets.
            chance.shuffle(pings)
            parts = 1 + chance.randrange(6)
            root = self.folder / str(seed)
            for part in range(parts):
                suffix, stored = stored_somehow(lines(pings[part::parts]), chance)
                (day_folder(root) / f"part-{part}.json{suffix}").write_bytes(stored)
            with self.subTest(seed=seed, parts=parts):
                computed = self.compute(pings=root, jobs=1 + seed)
                self.assertEqual(computed.ledger, MIXED_LEDGER)
                self.assertEqual(computed.aggregates, MIXED_AGGREGATES)

    def test_smallest_copy_counts(self) -> None:
        """Of copies in different files the one with the smallest BLAKE2b-128 counts, for one."""
        lengths = [10, 20, 30, 40, 50, 60]
        copies = [
            main_ping(**{"payload/info/subsessionLength": length, "meta/documentId": UUID % 10})
            for length in lengths
        ]
        copies[2]["meta"]["documentId"] = (UUID % 10).upper()
        write_day(self.pings, {f"{n}.gz": lines([copy]) for n, copy in enumerate(copies)})

        def order(length: int) -> bytes:
            canonical: list[Any] = [
                "main",
                "2016-03-14",
                NIGHTLY,
                None,
                0,
                stats(ping_count=1, usage_seconds=length),
                *(None, None, [], [], None),
            ]
            text = json.dumps(canonical, separators=(",", ":"))
            return blake2b(text.encode(), digest_size=16).digest()

        computed = self.compute(jobs=3)
        winner = stats(ping_count=1, usage_seconds=min(lengths, key=order))
        self.assertEqual(computed.aggregates, [(date(2016, 3, 14), NIGHTLY, *winner)])
        self.assertEqual(
            computed.ledger,
            [("main", "outcome", "counted", 1), ("main", "outcome", "duplicate", 5)],
        )

    def test_what_is_no_copy(self) -> None:
        """Ignored copies, other doc types, no id and the nil id make no duplicate."""
        same = {"meta/documentId": UUID % 2}
        own_id = {"id": UUID % 3}
        nil = {"meta/documentId": "00000000-0000-0000-0000-000000000000"}
        write_day(
            self.pings,
            {
                "1": lines([main_ping(**same), crash_ping(**same), main_ping(**own_id)]),
                "2": lines([main_ping(**same, **{"environment/build/buildId": "0"})]),
                "3": lines([*[main_ping(**nil)] * 2, *[crash_ping()] * 2, main_ping(id="")]),
                "4": lines([main_ping(**{"meta/documentId": "", "id": UUID % 3})]),
            },
        )
        self.assertEqual(
            self.compute().ledger,
            [
                ("crash", "outcome", "counted", 3),
                ("crash", "process_type", "absent", 3),
                ("main", "outcome", "bad_build_id", 1),
                ("main", "outcome", "counted", 5),
                ("main", "outcome", "duplicate", 1),
            ],
        )

    def test_empty_day(self) -> None:
        """A day without files, and one with an empty file, is computed to nothing."""
        day_folder(self.pings)
        self.assertEqual(self.compute(), Computed([], [], 0, []))
        write_day(self.pings, {"empty": b"", "blank.gz": b"\n \r\n"})
        self.assertEqual(self.compute(), Computed([], [], 0, []))

    def test_damaged_file(self) -> None:
        """A cut file fails the day by its name, or is listed and counted up to the cut."""
        # Level 0 stores bytes as they are: the cut is in the tenth ping, past gzip's 8 last bytes.
        whole = gzip.compress(lines([main_ping()] * 10), 0)
        write_day(self.pings, {"sound.gz": lines([crash_ping()] * 2)})
        cut = day_folder(self.pings) / "cut.json.gz"
        cut.write_bytes(whole[:-28])
        with self.assertRaisesRegex(DamagedFileError, r"cut\.json\.gz' is damaged: .*--allow-dam"):
            self.compute()
        computed = self.compute(allow_damaged=True)
        self.assertEqual([damaged.file for damaged in computed.damaged], [str(cut)])
        self.assertIn("breaks off", computed.damaged[0].reason)
        self.assertEqual(
            computed.ledger,
            [
                ("crash", "outcome", "counted", 2),
                ("crash", "process_type", "absent", 2),
                ("main", "outcome", "counted", 9),
                ("unknown", "outcome", "unreadable", 1),
            ],
        )

    def test_file_vanishes(self) -> None:
        """A file that is gone when it is read fails the day by its name."""
        write_day(self.pings, {"1.json": lines([main_ping()]), "gone.json": lines([main_ping()])})
        request = day_request(self.pings)
        (day_folder(self.pings) / "gone.json").unlink()
        with (
            self.assertRaisesRegex(UnreadableFileError, r"^cannot read '.*gone\.json': No such"),
            self.engine(2).aggregate_day(request, HeardProgress()),
        ):
            self.fail("a day without its pings")

    def test_dimensions_chosen_and_added(self) -> None:
        """Only the given dimensions are kept, in their order, with values of any added path."""
        dimensions = (
            Dimension("e10s", ("environment", "settings", "e10sEnabled")),
            Dimension("locale", ("environment", "settings", "locale")),
            Dimension("memory", ("environment", "system", "memoryMB")),
            *CHANNEL,
        )
        known = {"environment/settings/locale": "fr", "environment/settings/e10sEnabled": False}
        memory = {"environment/system/memoryMB": 4096}
        write_day(self.pings, {"1": lines([main_ping(**known, **memory), main_ping()])})
        self.assertEqual(
            [row[1] for row in self.compute(dimensions).aggregates],
            [
                '{"channel":"nightly"}',
                '{"e10s":"false","locale":"fr","memory":"4096","channel":"nightly"}',
            ],
        )

    def test_one_path_inside_another(self) -> None:
        """A dimension at an object's path is left out; one below it is kept all the same."""
        dimensions = (
            Dimension("build", ("environment", "build")),
            Dimension("version", ("environment", "build", "version")),
        )
        write_day(self.pings, {"1": lines([main_ping()] * 2)})
        self.assertEqual(
            self.compute(dimensions).aggregates,
            [(date(2016, 3, 14), '{"version":"48.0a1"}', *stats(ping_count=2, usage_seconds=7200))],
        )

    def test_many_dimensions(self) -> None:
        """A run with 41 dimensions keeps all 41 values of a ping."""
        added = tuple(Dimension(f"extra_{n}", ("payload", "extra", str(n))) for n in range(29))
        values = {"/".join(dimension.path): dimension.name for dimension in (*DIMENSIONS, *added)}
        values["environment/build/buildId"] = "20160313030418"
        write_day(self.pings, {"1": lines([main_ping(**values)])})
        ((_, text, *_),) = self.compute((*DIMENSIONS, *added)).aggregates
        expected = {dimension.name: dimension.name for dimension in (*DIMENSIONS, *added)}
        self.assertEqual(json.loads(text), {**expected, "build_id": "20160313030418"})
        self.assertEqual(len(expected), 41)
