"""Which table of BigQuery a file was exported from, told from its path."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crash_rate_aggregates.decode.layouts.glean import application_of
from crash_rate_aggregates.decode.layouts.kinds import LayoutName, PingKind

# `table=main_v5` as folders of Hive are named, `project:dataset.main_v5` as bq writes it.
_START = r"(?:^|[/.:=-])"
# Numbered parts of an export: main_v5_000000000000.
_END = r"(?=$|[^A-Za-z0-9_]|_[0-9])"
_NAMESPACE = r"(?:firefox|thunderbird)[_-](?:desktop|crashreporter)"
_TABLE = re.compile(
    rf"{_START}(?:telemetry_)?(?P<versioned>main|crash)_v(?P<version>[0-9]+){_END}"
    rf"|{_START}telemetry\.(?P<view>main|crash){_END}"
    rf"|{_START}{_NAMESPACE}\.(?P<glean_view>crash){_END}"
)
_DATASET = re.compile(
    rf"{_START}(?P<namespace>{_NAMESPACE})(?:_stable|_live|_derived)?(?=$|[^A-Za-z0-9_])"
)
_GLEAN_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Table:
    """What a path says of the pings of a file."""

    doc_type: str
    """`main` or `crash`."""
    layout: LayoutName
    """`BIGQUERY`, or `GLEAN` for `crash_v1`."""
    application: str | None = None
    """As v4 pings name it, where the path names a dataset of Glean pings."""

    @property
    def kind(self) -> PingKind:
        """The kind of the table's rows."""
        return PingKind(self.layout, self.doc_type, self.application)


def named_table(path: str) -> Table | None:
    """Return the table that a path or URL names, None for none; of several the last counts.

    Tables are named with their version (`main_v5`, `crash_v4`, `crash_v1`, any other too) or with
    their dataset (`telemetry.main`, `firefox_desktop.crash`), as a whole word: a part of a path, of
    a dotted name, or the start of a file's name. So `/data/domain_v5x/` names none.
    """
    matches = list(_TABLE.finditer(path))
    if not matches:
        return None
    found = matches[-1]
    doc_type = found["versioned"] or found["view"] or found["glean_view"]
    is_glean = bool(found["glean_view"]) or (doc_type, found["version"]) == (
        "crash",
        _GLEAN_VERSION,
    )
    if not is_glean:
        return Table(doc_type, LayoutName.BIGQUERY)
    return Table(doc_type, LayoutName.GLEAN, _named_application(path))


def _named_application(path: str) -> str | None:
    datasets = [found["namespace"] for found in _DATASET.finditer(path)]
    return application_of(datasets[-1]) if datasets else None
