"""The process that starts the embedded server, watches its clients, and ends it after the last.

It is there before the server and is the server's parent. If it is killed itself, the kernel ends
the server (on Linux), or a deputy does (elsewhere); docs/decisions/0014 says why it is so.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

# All else is loaded when the server is launched: a command waits for that.
TYPE_CHECKING = False  # As typing has it, which is slow to load.
if TYPE_CHECKING:
    from crash_rate_aggregates.database.server.folder import ServerFiles

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str], *, has_death_signal: bool = sys.platform == "linux") -> None:
    """Start a server and stay until it has ended.

    Args:
        arguments: The server's folder; the descriptors of the watcher's and of the server's lock,
            both taken already, so that there is no moment at which nobody has them; `user:group`
            of the server in numbers, or nothing; then the server's command.
        has_death_signal: Whether the kernel can send a process a signal when its parent dies.
    """
    folder, watcher_lock, server_lock, user, *command = arguments
    os.set_inheritable(int(watcher_lock), False)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])  # Whoever started us may have blocked some.
    to_deputy = None if has_death_signal else _start_deputy(folder, int(server_lock))
    server = _launch(command, user, dies_with_us=has_death_signal)
    os.close(int(server_lock))  # Held by the processes of the server alone from here on.
    # Loaded while the server starts.
    from crash_rate_aggregates.database.server.ending import end_after_clients  # noqa: PLC0415

    end_after_clients(_files(folder), server, int(watcher_lock))
    if to_deputy is not None:
        os.write(to_deputy, b".")  # All is in order.
        os.wait()


def _launch(command: list[str], user: str, *, dies_with_us: bool) -> int:
    """Start the server and return its process; subprocess would take longer to load than this."""
    watcher = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        if user:
            uid, gid = map(int, user.split(":"))
            # The user last: from there on there is no right to change the others.
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        if dies_with_us:  # Asked for after the change of user, which would clear it.
            _die_with_parent(watcher)
        os.execv(command[0], command)  # noqa: S606  No shell is what is wanted.
    except OSError as error:
        os.write(2, f"error: cannot run {command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _die_with_parent(parent: int) -> None:
    """Have the kernel shut the server down when the watcher dies.

    At once, not in the fast way: nobody would be left to follow up one that hangs. The data is
    safe, the next start recovers.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGQUIT), 0, 0, 0)
    if os.getppid() != parent:  # It died before that.
        os._exit(1)


def _start_deputy(folder: str, server_lock: int) -> int:
    """Start a process that ends the server if this one dies; return what keeps it waiting.

    It shares the watcher's lock, so no new server is started while it ends the old one.
    """
    for_deputy, to_deputy = os.pipe()
    if os.fork():
        os.close(for_deputy)
        return to_deputy
    try:
        os.setsid()
        os.close(to_deputy)
        os.close(server_lock)
        if not os.read(for_deputy, 1):
            from crash_rate_aggregates.database.server.ending import end_server  # noqa: PLC0415

            end_server(_files(folder))
    finally:
        os._exit(0)


def _files(folder: str) -> ServerFiles:
    from pathlib import Path  # noqa: PLC0415

    from crash_rate_aggregates.database.server.folder import ServerFiles  # noqa: PLC0415

    return ServerFiles(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
