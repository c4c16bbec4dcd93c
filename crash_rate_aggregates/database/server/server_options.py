"""What can be set about the embedded server."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from crash_rate_aggregates.settable import Settable


def default_home() -> Path:
    """Return where the embedded server keeps its data.

    For root /var/lib: the server runs as an unprivileged user that cannot reach /root.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/crash-rate-aggregates")
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "crash-rate-aggregates"


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The embedded server, which runs where no database is named."""

    home: Annotated[
        Path,
        Settable(
            says="Folder of the embedded server.",
            unset="`~/.local/share/crash-rate-aggregates`, "
            "for root `/var/lib/crash-rate-aggregates`",
        ),
    ] = field(default_factory=default_home)
    postgres_bin: Annotated[
        Path | None,
        Settable(
            says="Folder with other PostgreSQL programs for the embedded server.",
            unset="those that are installed with this program",
        ),
    ] = None
    postgres_port: Annotated[
        int | None,
        Settable(
            says="TCP port of the embedded server on loopback.",
            unset="the one that was drawn at its first start",
            least=1,
            most=65_535,
        ),
    ] = None
