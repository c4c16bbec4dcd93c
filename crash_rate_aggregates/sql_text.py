"""Text on its way into SQL: statements of .sql files, and values as PostgreSQL can hold them."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

# By text and by jsonb alike. A paired surrogate is one character in Python, so none of these.
_REFUSED = re.compile("[\x00\ud800-\udfff]")


@cache
def sql_text(package: str, path: str) -> str:
    """Return the text of a .sql file, which stands in a package beside the modules that use it.

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


def storable(text: str) -> str:
    """Return a client's text with U+FFFD for each U+0000 and each lone surrogate."""
    return _REFUSED.sub("\ufffd", text)
