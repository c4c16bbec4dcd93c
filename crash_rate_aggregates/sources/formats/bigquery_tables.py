"""Which table of BigQuery a file was exported from, told from its path."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crash_rate_aggregates.decode.layouts.kinds import LayoutName, PingKind

# `table=main_v5` as folders of Hive are named, `project:dataset.main_v5` as bq writes it.
_START = r"(?:^|[/.:=-])"
# Numbered parts of an export: main_v5_000000000000.
_END = r"(?=$|[^A-Za-z0-9_]|_[0-9])"
_NAMESPACE = r"(?:firefox|thunderbird|org[_-]mozilla|net[_-]thunderbird)[a-z_-]*"
_TABLE = re.compile(
    # Clones of main are other doc types: their pings are in main too (mozilla/bigquery-etl
    # sql_generators/stable_views, "main and its clones").
    rf"{_START}(?:telemetry_)?(?P<versioned>main|crash|first_shutdown|saved_session|baseline)"
    rf"_v(?P<version>[0-9]+){_END}"
    rf"|{_START}telemetry\.(?P<view>main|crash|first_shutdown|saved_session){_END}"
    rf"|{_START}(?P<crashes_view>firefox_crashes){_END}"
    rf"|{_START}{_NAMESPACE}\.(?P<glean_view>crash|baseline){_END}",
    re.ASCII,
)
_DATASET = re.compile(
    # A word that a dataset's kind follows is one, whatever it is: an application of one's own, too.
    rf"{_START}(?:(?P<stated>[a-z][a-z0-9_-]*?)_(?:stable|live|derived)|(?P<named>{_NAMESPACE}))"
    r"(?=$|[^A-Za-z0-9_])",
    re.ASCII,
)
_GLEAN_TABLES = frozenset({("crash", "1"), ("baseline", "1")})
_DESKTOP = "firefox-desktop"


@dataclass(frozen=True, slots=True)
class Table:
    """What a path says of the pings of a file."""

    doc_type: str
    """`main`, `crash` or `baseline`, or of a clone of main its own."""
    layout: LayoutName
    """`BIGQUERY`, or `GLEAN` for `crash_v1`, `baseline_v1` and views of them."""
    application: str | None = None
    """Where the path names a dataset of Glean pings: its namespace."""

    @property
    def kind(self) -> PingKind:
        """The kind of the table's rows."""
        return PingKind(self.layout, self.doc_type, self.application)


def named_table(path: str) -> Table | None:
    """Return the table that a path or URL names, None for none; of several the last counts.

    Tables are named with their version (`main_v5`, `crash_v4`, `crash_v1`, `baseline_v1`, any other
    too), with their dataset (`telemetry.main`, `firefox_desktop.crash`), or `firefox_crashes`, as a
    whole word: a part of a path, of a dotted name, or the start of a file's name. So
    `/data/domain_v5x/` names none.
    """
    matches = list(_TABLE.finditer(path))
    if not matches:
        return None
    found = matches[-1]
    if found["crashes_view"]:
        # Of its rows those of the crash reporter alone say nothing of their application, and it is
        # the desktop's.
        return Table("crash", LayoutName.GLEAN, _DESKTOP)
    doc_type = found["versioned"] or found["view"] or found["glean_view"]
    is_glean = bool(found["glean_view"]) or (doc_type, found["version"]) in _GLEAN_TABLES
    if not is_glean:
        return Table(doc_type.replace("_", "-"), LayoutName.BIGQUERY)
    return Table(doc_type, LayoutName.GLEAN, _named_application(path))


def _named_application(path: str) -> str | None:
    datasets = [found["stated"] or found["named"] for found in _DATASET.finditer(path)]
    return datasets[-1] if datasets else None
