"""One ping, one verdict, in whichever format it is stored."""

from __future__ import annotations

import json
import unittest
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.errors import UnknownTableError
from crash_rate_aggregates.normalize.client_dates import parse_client_date
from crash_rate_aggregates.outcomes import DocType, Outcome
from test.dataset import (
    KILL_HARD,
    LENGTH,
    STARTED,
    UUID,
    WITH_DUMP,
    crash_ping,
    full_size_ping,
    json_text,
    main_ping,
)
from test.property_tests import examples
from test.real_pings import needs_real_pings, real_documents
from test.sources.judged import judged_rows, without
from test.sources.mirrors.avro import CODECS, crash_avro, glean_avro, main_avro
from test.sources.mirrors.bigquery import (
    bigquery_lines,
    bigquery_row,
    crash_parquet,
    main_parquet,
)
from test.sources.mirrors.glean import (
    BASELINE_SCHEMA,
    baseline_ping,
    baseline_row,
    glean_parquet,
    glean_ping,
    glean_row,
    json_lines,
)
from test.sources.mirrors.json_arrays import SHAPES, json_array
from test.sources.mirrors.nested import nested
from test.sources.stored import PACKED

_TEXTS = st.sampled_from(["", "??", "é", "\\", '"', "a b", "x" * 201, "0"])
_TICKS = st.integers(-1, 20_000)
_COUNTS = st.integers(0, 5)


_NIL = "00000000-0000-0000-0000-000000000000"


def some(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Choose values by name, each of them or not at all."""
    return st.fixed_dictionaries({}, optional=choices)


def _counts(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(
        st.sampled_from(keys), st.builds(lambda n: {"sum": n, "values": {"0": n, "1": 0}}, _COUNTS)
    )


_SHARED = {
    "meta/documentId": st.sampled_from([UUID, UUID.upper(), "other"]),
    "meta/submissionDate": st.sampled_from(["20160314", "20160315"]),
    "meta/geoCountry": st.sampled_from(["DE", "??"]),
    "clientId": st.sampled_from([UUID, UUID.upper(), _NIL, "", "odd", "c0ffeec0-" + UUID[9:]]),
    "environment/experiments": st.dictionaries(
        _TEXTS, some(branch=_TEXTS, type=st.just("nimbus")), max_size=3
    ),
    "application/channel": _TEXTS,
    "environment/build/version": _TEXTS,
    "environment/build/buildId": st.sampled_from(["20160313030418", "2016", "20990101000000"]),
    "environment/build/architecture": st.sampled_from(["x86-64", "x86", "aarch64"]),
    "environment/system/os": st.sampled_from(
        [{"name": "Windows_NT", "version": "10.0"}, {"name": "Darwin"}, {"name": "Linux"}]
    ),
}
_LEGACY = {
    "environment/settings/e10sEnabled": st.booleans(),
    "environment/settings/e10sCohort": _TEXTS,
    "environment/addons/activeExperiment": some(id=_TEXTS, branch=_TEXTS),
    "environment/build/displayVersion": _TEXTS,
}
_DATES = st.sampled_from(["2016-03-14", "2016-03-01", "2016-04-01T00:00:00.0+01:00", "14.3.2016"])
main_pings = st.builds(
    lambda values: main_ping(**values),
    some(
        **_SHARED,
        **_LEGACY,
        **{
            LENGTH: st.integers(-10, 100_000),
            STARTED: _DATES,
            WITH_DUMP: _counts("content", "plugin", "gmplugin", "gpu", "other"),
            KILL_HARD: _counts("ShutDownKill", "other"),
            "payload/processes/parent/scalars": some(**{"browser.engagement.active_ticks": _TICKS}),
            "payload/simpleMeasurements": some(activeTicks=_TICKS),
        },
    ),
)
_CRASH = {
    "payload/processType": st.sampled_from(["main", "content", "gpu", "utility"]),
    "payload/metadata": some(
        ipc_channel_error=st.sampled_from(["ShutDownKill", "x"]),
        OOMAllocationSize=st.sampled_from(["0", "4096"]),
        BackgroundTaskName=st.sampled_from(["", "task"]),
        AsyncShutdownTimeout=st.sampled_from(["", '{"phase":1}']),
        QuotaManagerShutdownTimeout=st.sampled_from(["", "x"]),
        StartupCrash=st.sampled_from(["0", "1"]),
        UtilityActorsName=st.sampled_from(["js-oracle", "b, a", "a, b, a", "unknown"]),
    ),
}
_V4_CRASH = {
    "environment/build/buildId": st.sampled_from(["20160313030418", "2016", None]),
    "payload/hasCrashEnvironment": st.booleans(),
    "payload/metadata/Version": _TEXTS,
    "payload/metadata/BuildID": st.sampled_from(["20160310030418", "x"]),
    "payload/metadata/ReleaseChannel": st.sampled_from(["beta", "beta-cdntest"]),
    "payload/minidumpSha256Hash": st.sampled_from(["a" * 64, "B" * 64, "odd"]),
    "application/version": _TEXTS,
    "application/buildId": st.sampled_from(["20160310030419", "y"]),
    "metadata/header/x_source_tags": st.sampled_from(["automation", "x, automation", "x"]),
}
"""What says which build crashed where the environment does not, and who sent the ping."""
_CRASH_DATES = st.sampled_from(["2016-03-14", "2016-03-01", "2016-04-01", "14.3.2016"])
crash_pings = st.builds(
    lambda values: crash_ping(**values),
    some(**_SHARED | _LEGACY | _CRASH | _V4_CRASH | {"payload/crashDate": _CRASH_DATES}),
)
"""With a crash date; without one a Glean ping says its `ping_info.end_time`."""

_BASELINES = st.builds(
    lambda seconds, values: baseline_ping(seconds, **values),
    st.sampled_from([0, 1, 90_001, 10**12]),
    some(
        **{
            "document_id": st.sampled_from([UUID, "other"]),
            "metadata/geo/country": st.sampled_from(["DE", "??"]),
            "client_info/client_id": st.sampled_from([UUID, UUID.upper(), _NIL, ""]),
            "client_info/app_build": st.sampled_from(["20160313030418", "2016031309", None]),
            "client_info/app_channel": _TEXTS,
            "metrics/timespan/glean.baseline.duration/time_unit": st.sampled_from(
                ["nanosecond", "second", "minute", "parsec"]
            ),
            "metrics/counter": some(**{"browser.engagement.active_ticks": _TICKS}),
            "ping_info/experiments": st.dictionaries(_TEXTS, some(branch=_TEXTS), max_size=3),
            "ping_info/start_time": st.sampled_from(["2016-03-01", "2016-03-14T01:02", "x"]),
        }
    ),
)


class MirrorsTest(unittest.TestCase):
    def assert_all(self, pings: list[dict[str, Any]], **forms: bytes) -> None:
        """Hold that files by name give the verdicts and rows of the pings as canonical JSON."""
        counts, rows = judged_rows({"pings": b"\n".join(map(json_text, pings))})
        for name, stored in forms.items():
            found, found_rows = judged_rows({name: stored})
            self.assertEqual((found, found_rows), (counts, rows), name)

    @examples(0.3)
    @given(st.lists(main_pings, min_size=1, max_size=4))
    def test_main_pings(self, pings: list[dict[str, Any]]) -> None:
        """Main pings as JSON, as GCP nests them, and as both exports of main_v5."""
        lines = bigquery_lines(pings)
        self.assert_all(
            pings,
            nested=json_lines(map(nested, pings)),
            main_v5=lines,
            **{
                "told by columns": main_parquet(pings),
                "main_v5.parquet": main_parquet(pings),
                "main_v5.gz": PACKED[".gz"](lines),
                "main_v5.zst": PACKED[".zst"](lines),
                "main_v5.avro": main_avro(pings),
                **{shape: json_array(map(bigquery_row, pings), shape) for shape in SHAPES},
            },
        )

    @examples(0.3)
    @given(st.lists(crash_pings, min_size=1, max_size=4))
    def test_crash_pings(self, pings: list[dict[str, Any]]) -> None:
        """Crash pings likewise, as both exports of crash_v4."""
        self.assert_all(
            pings,
            nested=json_lines(map(nested, pings)),
            crash_v4=bigquery_lines(pings),
            **{
                "told by columns": crash_parquet(pings),
                "crash_v4.parquet": crash_parquet(pings),
                "told by Avro's columns": crash_avro(pings),
                "crash_v4.avro": crash_avro(pings, "deflate"),
                "array/crash_v4": json_array(map(bigquery_row, pings)),
            },
        )

    @examples(0.3)
    @given(
        st.lists(
            st.builds(
                lambda values: crash_ping(**values),
                some(**_SHARED, **_CRASH, **{"payload/crashDate": _CRASH_DATES}),
            ),
            min_size=1,
            max_size=4,
        )
    )
    def test_glean_crash_pings(self, pings: list[dict[str, Any]]) -> None:
        """Glean crash pings give the aggregates of the v4 ones, but name each process.

        And they know which main crashes were sent twice, which v4 pings do not say.
        """
        counts, rows = judged_rows({"pings": b"\n".join(map(json_text, pings))})
        differ = (
            *("process_type", "main_crashes_sent_twice", "copy_high", "copy_low"),
            *("is_glean", "pair_high", "pair_low"),
        )
        glean_rows = [glean_row(ping) for ping in pings]
        folder = "firefox_desktop_stable.crash_v1"
        found = [
            judged_rows({name: stored})
            for name, stored in {
                "glean": json_lines(map(glean_ping, pings)),
                f"{folder}/0.json": json_lines(glean_rows),
                f"{folder}/0.parquet": glean_parquet(glean_rows),
                f"{folder}/0.avro": glean_avro(glean_rows),
                f"{folder}/array.json": json_array(glean_rows, "pretty"),
                "array of pings": json_array(map(glean_ping, pings)),
            }.items()
        ]
        for found_counts, found_rows in found:
            self.assertEqual(found_counts, counts)
            self.assertEqual(without(found_rows, *differ), without(rows, *differ))
            self.assertEqual(found_rows, found[0][1])

    @examples(0.3)
    @given(st.lists(_BASELINES, min_size=1, max_size=4))
    def test_baseline_pings(self, pings: list[dict[str, Any]]) -> None:
        """Baseline pings as JSON, and as all exports of a dataset's baseline_v1."""
        rows = [baseline_row(ping) for ping in pings]
        folder = "org_mozilla_fenix_stable.baseline_v1"
        self.assert_all(
            pings,
            **{
                f"{folder}/0.json": json_lines(rows),
                f"{folder}/0.parquet": glean_parquet(rows, BASELINE_SCHEMA),
                f"{folder}/0.avro": glean_avro(rows, columns=BASELINE_SCHEMA),
                f"{folder}/array.json": json_array(rows, "pretty"),
                "array of pings": json_array(pings),
            },
        )

    def test_full_size(self) -> None:
        """A main ping with all that is read, and much that is not."""
        pings = [full_size_ping()]
        self.assert_all(
            pings,
            nested=json_lines(map(nested, pings)),
            main=bigquery_lines(pings),
            main_v5=main_parquet(pings),
            **{f"{codec}/main_v5": main_avro(pings, codec) for codec in CODECS},
        )


@needs_real_pings
class RealMirrorsTest(unittest.TestCase):
    def test_real_pings(self) -> None:
        """Each real main or crash ping that counts gives the same row as BigQuery's and GCP's."""
        judged: Counter[str] = Counter()
        for name, text in real_documents():
            try:
                ping = json.loads(text)
                day = parse_client_date(ping["creationDate"])
                assert day is not None
                _, rows = judged_rows({"ping": text}, day=day)
            except (ValueError, TypeError, KeyError):
                continue
            for row in rows:
                judged[row["doc_type"]] += 1
                ping.setdefault("meta", {}).setdefault("submissionDate", f"{day:%Y%m%d}")
                row_of_table = json_array([bigquery_row(ping)], "pretty")
                for form in (json_lines([nested(ping)]), bigquery_lines([ping]), row_of_table):
                    with self.subTest(name=name, form=form[:300]):
                        table = f"{row['doc_type']}_v5"
                        self.assertEqual(judged_rows({table: form}, day=day)[1], [row])
        self.assertGreaterEqual(judged["main"], 100)
        self.assertGreaterEqual(judged["crash"], 4)


class KindOfFileTest(unittest.TestCase):
    def test_rows_that_do_not_tell(self) -> None:
        """BigQuery rows that could be of either table are an error with the file's name."""
        ping = main_ping(payload={})
        with self.assertRaisesRegex(
            UnknownTableError, "'d/part-0' holds rows of BigQuery, .* like main_v5 or crash_v4$"
        ):
            judged_rows({"d/part-0": bigquery_lines([ping, ping])})
        counts, _ = judged_rows({"d/main_v5-0": bigquery_lines([ping, ping])})
        self.assertEqual(counts.passed, {"main": 2})

    def test_one_crafted_ping(self) -> None:
        """A ping that looks like a row of BigQuery costs itself, wherever it stands in a file."""
        crafted = b'{"type":"main","environment":{"build":{"build_id":"x"}}}\n'
        good = b"".join(json_text(ping) + b"\n" for ping in [main_ping(), crash_ping()] * 100)
        for stored in (crafted + good, good + crafted, crafted * 3 + good):
            counts, _ = judged_rows({"part-0": stored})
            self.assertEqual(counts.passed, {"main": 100, "crash": 100})
            unknown = {(Outcome.OTHER_DOC_TYPE, DocType.UNKNOWN): stored.count(crafted)}
            self.assertEqual(counts.ignored, unknown)

    def test_one_crafted_ping_alone(self) -> None:
        """A file of one ping that looks like a row of an unknown table fails no day."""
        crafted = json_text(bigquery_row(main_ping(payload={})))
        counts, _ = judged_rows({"part-0": crafted, "part-1": json_text(main_ping())})
        self.assertEqual((counts.read, counts.passed), (2, {"main": 1}))

    def test_kind_of_most(self) -> None:
        """A file is of the kind of most of its first pings, so that a stray first one is astray."""
        row, silent = bigquery_row(crash_ping()), bigquery_row(crash_ping(payload={}))
        pings = [glean_ping(crash_ping()), row, silent]
        counts, _ = judged_rows({"part-0": b"\n".join(map(json_text, pings))})
        self.assertEqual(counts.passed, {"crash": 3})

    def test_row_told_by_its_neighbours(self) -> None:
        """A row that does not tell is of the table of the first one that does."""
        silent, main, crash = main_ping(payload={}), main_ping(), crash_ping()
        for pings, passed in (
            ([silent, main], {"main": 2}),
            ([silent, crash, silent], {"crash": 3}),
            ([main, crash, silent], {"main": 2, "crash": 1}),
        ):
            counts, _ = judged_rows({"part-0": bigquery_lines(pings)})
            self.assertEqual(counts.passed, passed)

    def test_path_wins_over_columns(self) -> None:
        """Where the path names the table, all rows are of it."""
        counts, _ = judged_rows({"crash_v4-0": bigquery_lines([main_ping(), crash_ping()])})
        self.assertEqual(counts.passed, {"crash": 2})

    def test_path_says_nothing_of_other_layouts(self) -> None:
        """Pings that say what they are do so in a folder with a table's name too."""
        pings = [main_ping(), crash_ping(), main_ping(type="core", meta=None)]
        counts, _ = judged_rows({"crash_v4/part-0": b"\n".join(map(json_text, pings))})
        self.assertEqual(counts.passed, {"main": 1, "crash": 1})

    def test_first_lines_that_are_none(self) -> None:
        """Lines that are cut, no JSON or without a mark do not hide what the file holds."""
        junk = b'{"a":\n\n[1]\n{"type":"x"}\nnull\n'
        stored = junk + bigquery_lines([main_ping(payload={}), main_ping()])
        counts, rows = judged_rows({"part-0": stored})
        self.assertEqual((counts.read, len(rows)), (6, 2))

    def test_mixed_file(self) -> None:
        """Pings of all layouts in one file are judged each by its own, in any order."""
        main, crash = full_size_ping(), crash_ping(**{"meta/documentId": "x"})
        texts = [
            json_text(main),
            json_text(nested(main)),
            bigquery_lines([main]),
            bigquery_lines([crash]),
            json_text(glean_ping(crash)),
            json_text(glean_row(crash)),
        ]
        alone = [judged_rows({"alone": text})[1] for text in texts]
        for shift in range(len(texts)):
            order = texts[shift:] + texts[:shift]
            _, rows = judged_rows({"mixed": b"\n".join(text.strip() for text in order)})
            self.assertEqual([[row] for row in rows], alone[shift:] + alone[:shift])

    def test_single_document(self) -> None:
        """One row over many lines is told by its own columns, and by the path."""
        pretty = json.dumps(bigquery_row(crash_ping()), indent=2).encode()
        self.assertEqual(judged_rows({"0.json": pretty})[0].passed, {"crash": 1})
        pretty = json.dumps(glean_row(crash_ping()), indent=2).encode()
        ((row,),) = (judged_rows({"firefox_desktop_stable/crash_v1-0": pretty})[1],)
        self.assertIn('"application":"Firefox"', row["dimensions"])


if __name__ == "__main__":
    unittest.main()
