"""The TCP port of the embedded server: drawn at its first start, and kept.

So a saved connection, or Redash's data source, finds the server again.
"""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

from crash_rate_aggregates.errors import ServerPortTakenError

HOST = "127.0.0.1"
_DRAWN_FROM = range(15_000, 32_768)
"""Below the ports that systems give to outgoing connections, which come and go."""
_DRAWS = 1000


def choose_port(kept: Path, wanted: int | None) -> int:
    """Return the port to start a server on: the wanted one, else the kept one, else a free one.

    Args:
        kept: The file that holds the port of the first start, from then on.
        wanted: What the setting `postgres_port` says.

    Raises:
        ServerPortTakenError: Another program listens there.
    """
    port = wanted or kept_port(kept)
    if port is None:
        return draw_port()
    if not is_free(port):
        raise ServerPortTakenError(
            f"port {port} of the embedded server is used by another program: end that one, or name "
            "another port in the setting postgres_port"
        )
    return port


def kept_port(file: Path) -> int | None:
    """Return the port in this file, None if there is none."""
    try:
        return int(file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def keep_port(file: Path, port: int) -> None:
    """Write the port down; whole or not at all, as the disk may be full."""
    partial = file.with_name(f"{file.name}.partial")
    partial.write_text(str(port), encoding="ascii")
    partial.rename(file)


def draw_port() -> int:
    """Return a port that is free now.

    Raises:
        ServerPortTakenError: None was found.
    """
    for _ in range(_DRAWS):
        # Not the first free one: two homes that begin at once would both choose it.
        port = secrets.choice(_DRAWN_FROM)
        if is_free(port):
            return port
    raise ServerPortTakenError(
        f"no free port was found from {_DRAWN_FROM[0]} to {_DRAWN_FROM[-1]}: name one in the "
        "setting postgres_port"
    )


def is_free(port: int) -> bool:
    """Say if a server could listen on this port of loopback."""
    with socket.socket() as probe:
        # As PostgreSQL does: connections that were closed a moment ago do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
