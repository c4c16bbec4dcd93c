from __future__ import annotations

import signal
import socket
import subprocess

from psycopg.conninfo import conninfo_to_dict

from crash_rate_aggregates.database.server.file_locks import is_held
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.database.server.ports import draw_port, keep_port, kept_port
from crash_rate_aggregates.errors import ServerPortTakenError
from test.database.server.homes import HomeTestCase, left_over_in, value_of, wait_until


def port_in(url: str) -> int:
    """Return the port of a URL."""
    return int(str(conninfo_to_dict(url)["port"]))


class PortTest(HomeTestCase):
    def _listen(self, port: int) -> None:
        """Be another program that listens on a port until the test ends."""
        program = socket.socket()
        self.addCleanup(program.close)
        program.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        program.bind(("127.0.0.1", port))
        program.listen()

    def test_port_stays(self):
        """A home keeps the port of its first start, which lies below those that come and go."""
        with self.server.running() as url:
            first = port_in(url)
        self.assertEqual(left_over_in(self.home), set())
        with self.server.running() as url:
            self.assertEqual(port_in(url), first)
        self.assertIn(first, range(15_000, 32_768))

    def test_taken_port(self):
        """A port that another program has is named, with the setting that names another."""
        with self.server.running() as url:
            port = port_in(url)
        self.assertEqual(left_over_in(self.home), set())
        self._listen(port)
        with (
            self.assertRaisesRegex(ServerPortTakenError, f"^port {port} .*setting postgres_port$"),
            self.server.running(),
        ):
            pass
        self.assertEqual(left_over_in(self.home), set())
        wanted = draw_port()
        with EmbeddedServer(self.home, port=wanted).running() as url:
            self.assertEqual((port_in(url), value_of(url, "SHOW port")), (wanted, str(wanted)))
            self.assertEqual(self.server.url(), url)

    def test_taken_setting(self):
        """A port of the settings that another program has is an error too."""
        wanted = draw_port()
        self._listen(wanted)
        with (
            self.assertRaisesRegex(ServerPortTakenError, f"port {wanted} "),
            EmbeddedServer(self.home, port=wanted).running(),
        ):
            pass

    def _stopped_as_it_starts(self) -> subprocess.Popen[str]:
        """Return a client that holds still while it starts the server, which may be up or not."""
        for _ in range(10):
            client = self.starting_client()
            wait_until(lambda: is_held(self.files.watcher_lock))
            client.send_signal(signal.SIGSTOP)
            if is_held(self.files.start_lock):
                return client
            client.kill()  # It was done by then.
            self.assertEqual(left_over_in(self.home), set())
        raise AssertionError("no start was slow enough")

    def test_first_command_killed_early(self):
        """Of two commands at once, the first is killed while it starts the server: no harm done."""
        first = self._stopped_as_it_starts()
        second = self.starting_client()
        assert second.stderr is not None
        self.assertIn("waiting for another command that starts", second.stderr.readline())
        first.kill()
        assert second.stdout is not None
        url = second.stdout.readline().strip()
        self.assertEqual(value_of(url, "SELECT 1"), 1)
        third, again = self.client()
        self.assertEqual(url, again)
        for client in (first, second, third):
            client.communicate()

    def test_what_is_kept(self):
        """The port is written down whole, and a file that holds none is as good as no file."""
        keep_port(self.files.port, 12_345)
        self.assertEqual(kept_port(self.files.port), 12_345)
        self.files.port.write_text("")
        self.assertIsNone(kept_port(self.files.port))
