"""How the Spark application is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from typing import Annotated

from crash_rate_aggregates.settable import Place, Settable


@dataclass(frozen=True, slots=True)
class SparkSettings:
    """How the Spark application is started."""

    master: Annotated[
        str | None,
        Settable(
            key="spark_master",
            says="Spark's master, like `spark://host:7077`.",
            unset="as Spark is configured, else all cores of this machine",
        ),
    ] = None
    conf: Annotated[
        Mapping[str, str],
        # Keys of clouds and key stores are set in this way.
        Settable(key="spark_conf", says="Settings of Spark."),
    ] = field(default_factory=dict, repr=False)
    archive: Annotated[
        Place | None,
        Settable(key="spark_archive", says="Packed Python environment for Spark's executors."),
    ] = None
    scratch: Path = field(default_factory=lambda: Path(gettempdir()))
    """Folder on the driver for what is shipped; emptied at the end. The setting is the engines'."""
