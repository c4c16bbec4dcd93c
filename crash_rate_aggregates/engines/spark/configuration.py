"""How the Spark application is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir


@dataclass(frozen=True, slots=True)
class SparkSettings:
    """What the command line says about Spark."""

    master: str | None = None
    """Like `spark://host:7077`; default: as Spark's own configuration says, else all cores here."""
    conf: Mapping[str, str] = field(default_factory=dict)
    """Any of Spark's settings."""
    archive: str | None = None
    """A packed Python environment for the executors."""
    scratch: Path = field(default_factory=lambda: Path(gettempdir()))
    """Folder on the driver for what is shipped; emptied at the end."""
