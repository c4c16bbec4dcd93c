"""The user that the embedded server runs as: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crash_rate_aggregates.errors import EmbeddedServerError

_UNPRIVILEGED = "nobody"
# Says the first folder that cannot be entered; all of them in one process, as each takes its time.
_ENTERED = 'for folder; do cd "$folder" 2>/dev/null || { printf %s "$folder"; exit; }; done'
_NEEDED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
_CAN_RUN = 'test -x "$0"'


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Root's server runs as `nobody`, everyone else's as themselves."""

    ids: tuple[int, int] | None
    """User and group, None for our own."""

    @classmethod
    def of_this_process(cls) -> ServerUser:
        """Return the user of the server that this process would start."""
        if os.geteuid() != 0:
            return cls(None)
        user = pwd.getpwnam(_UNPRIVILEGED)
        return cls((user.pw_uid, user.pw_gid))

    @property
    def for_popen(self) -> dict[str, Any]:
        """What Popen needs to run a program as this user."""
        if self.ids is None:
            return {}
        # Without a list of groups it would keep those of root, and with them what they may read.
        return {"user": self.ids[0], "group": self.ids[1], "extra_groups": []}

    @property
    def as_argument(self) -> str:
        """What the watcher is told: `user:group`, nothing for our own."""
        return "" if self.ids is None else ":".join(map(str, self.ids))

    def owns(self, *paths: Path) -> None:
        """Give files to this user."""
        if self.ids is not None:
            for path in paths:
                os.chown(path, *self.ids)

    def can_run(self, program: Path) -> bool:
        """Say if the user may execute a program, whatever the folders above it allow."""
        if self.ids is None:
            return os.access(program, os.X_OK)
        return self._shell(_CAN_RUN, program).returncode == 0

    def check_reach(self, folder: Path) -> None:
        """Refuse a folder that the user cannot enter: no mode of a folder is changed for it.

        Raises:
            EmbeddedServerError: With the topmost folder that is closed.
        """
        if self.ids is None:
            return
        closed = self._shell(_ENTERED, "sh", *reversed(folder.parents), folder).stdout
        if closed:
            raise EmbeddedServerError(
                f"the user {_UNPRIVILEGED!r}, as whom root's server runs, cannot enter "
                f"{closed!r}: name another folder in CRASH_RATE_AGGREGATES_HOME, like "
                "/var/lib/crash-rate-aggregates"
            )

    def _shell(self, script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-c", script, *arguments],
            capture_output=True,
            text=True,
            check=False,
            # Our folder may be one that the user cannot enter, and sh would say so.
            cwd="/",
            **self.for_popen,
        )


def server_environment() -> dict[str, str]:
    """Return what the server's processes need of our environment.

    Not the rest: passwords can stand there, which other processes of the server's user could read,
    and PG… variables, which PostgreSQL's programs would obey.
    """
    return {name: os.environ[name] for name in _NEEDED if name in os.environ}
