"""The .sql files of the program: each stands in a package beside the modules that use it."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def sql_text(package: str, path: str) -> str:
    """Return the text of a .sql file.

    Args:
        package: Dotted name of the package that holds it.
        path: Below the package's folder, without `.sql`, like `queries/insert_run`.
    """
    return (resources.files(package) / f"{path}.sql").read_text(encoding="utf-8")


def sql_names(package: str, folder: str = "") -> tuple[str, ...]:
    """Return the names of the .sql files in a folder of a package, without `.sql`, sorted."""
    files = (resources.files(package) / folder).iterdir()
    names = sorted(file.name for file in files)
    return tuple(name.removesuffix(".sql") for name in names if name.endswith(".sql"))
