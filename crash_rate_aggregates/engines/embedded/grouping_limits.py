"""What can be set about the group stage of the embedded engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from crash_rate_aggregates.settable import Settable

# Six digits are more than any machine has; DuckDB counts bytes in 64 bits and chokes on twenty.


@dataclass(frozen=True, slots=True)
class GroupingLimits:
    """What the group stage of the embedded engine may use."""

    memory: Annotated[
        str,
        Settable(
            says="Memory limit of the embedded engine's group stage; beyond it spills to disk.",
            # With less DuckDB ends in the middle of a day, after all pings are read.
            pattern=r"0*[1-9][0-9]{2,5} ?(MB|MiB)|0*[1-9][0-9]{0,5} ?(GB|GiB)",
            takes="a size from 100MB on in MB, GB, MiB or GiB, like `1GB`",
        ),
    ] = "1GB"
    scratch_space: Annotated[
        str,
        Settable(
            says="Most that the group stage may spill to disk.",
            pattern=r"[0-9]{1,6} ?(MB|GB|TB|MiB|GiB|TiB)",
            takes="a size in MB, GB, TB, MiB, GiB or TiB, like `200GB`",
        ),
    ] = "200GB"
    threads: int = 1
    """Of DuckDB. Nothing to set: as many as the engine has workers, which are idle then."""
