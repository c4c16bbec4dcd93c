"""Pack this package for the executors, so that they need nothing of it installed."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import crash_rate_aggregates

# Executors read nothing else of the package: they ask neither a database nor Redash.
_SHIPPED = (".py", ".sql")


def packed_package(folder: Path) -> Path:
    """Write the package as it runs here into a zip in `folder` and return its path."""
    package = Path(crash_rate_aggregates.__file__).parent
    path = folder / f"{package.name}.zip"
    # Reproducible builds date their files before 1980, which ZIP cannot say.
    with ZipFile(path, "w", ZIP_DEFLATED, strict_timestamps=False) as archive:
        for file in sorted(package.rglob("*")):
            if file.suffix in _SHIPPED:
                archive.write(file, file.relative_to(package.parent))
    return path
