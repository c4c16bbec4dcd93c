from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from unittest import mock, skipUnless

from crash_rate_aggregates.database.server import postmaster
from crash_rate_aggregates.database.server.folder import ServerFiles
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.database.server.postmaster import processes_in, running_server
from test.database.server.homes import VERSION, HomeTestCase, home_with_data, left_over_in, value_of

SETPRIV = Path("/usr/bin/setpriv")
WITHOUT_PTRACE = (SETPRIV, "--bounding-set=-sys_ptrace")


class StalePidTest(HomeTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.other_home = home_with_data("other")
        self.addCleanup(self.end, self.other_home)
        self.other = EmbeddedServer(self.other_home)
        self.other_url = self.other.start()
        data = ServerFiles.in_home(self.other_home, VERSION).data
        self.pid_file = self.files.data / "postmaster.pid"
        self.lines = (data / "postmaster.pid").read_text().splitlines()

    def _leave_behind(self, **changed: str) -> None:
        """Leave the pid file of a server that died without it, as after a loss of power."""
        number, _, *rest = self.lines
        lines = [changed.get("number", number), str(self.files.data), *rest]
        self.pid_file.write_text("\n".join(lines))

    def test_foreign_server_is_not_stopped(self):
        """A pid file that names the server of another home is not believed: that one goes on."""
        self._leave_behind()
        self.assertFalse(self.server.status().is_running)
        self.assertFalse(self.server.stop())
        self.assertEqual(value_of(self.other_url, "SELECT 1"), 1)

    def test_foreign_server_is_in_nobodys_way(self):
        """With such a file a home's own server starts, and ends, and the other goes on."""
        self._leave_behind()
        with self.server.running() as url:
            self.assertNotEqual(url, self.other_url)
            self.assertEqual(value_of(url, "SELECT 1"), 1)
        self.assertEqual(left_over_in(self.home), set())
        self.assertEqual(value_of(self.other_url, "SELECT 1"), 1)

    def test_other_programs_are_not_servers(self):
        """The number of another program, of nobody, or of no server is not believed."""
        for number in (str(os.getpid()), "99999999", f"-{self.lines[0]}", "", "x"):
            with self.subTest(number=number):
                self._leave_behind(number=number)
                self.assertIsNone(running_server(self.files.data))
        self.pid_file.write_text("17\n")
        self.assertIsNone(running_server(self.files.data))

    def test_without_proc(self):
        """Where there is no /proc, ps tells name and start, and the file the folder."""
        data = ServerFiles.in_home(self.other_home, VERSION).data
        found = running_server(data)
        self._leave_behind()
        with mock.patch.object(postmaster, "HAS_PROC", False):
            self.assertEqual(running_server(data), found)
            self.assertEqual(processes_in(data), set())
            # The same process and folder, of another time.
            number, folder, started, *rest = self.lines
            for line, expected in ((started, found), (str(int(started) - 600), None)):
                lines = [number, folder, line, *rest]
                (data / "postmaster.pid").write_text("\n".join(lines))
                self.assertEqual(running_server(data), expected)
            for number in (str(os.getpid()), "99999999"):
                self._leave_behind(number=number)
                self.assertIsNone(running_server(self.files.data))

    def test_processes(self):
        """The processes of a data folder are found, and none of another's."""
        data = ServerFiles.in_home(self.other_home, VERSION).data
        found = running_server(data)
        assert found is not None
        self.assertGreater(processes_in(data), {found.pid})
        self.assertEqual(processes_in(self.files.data), set())
        self.assertEqual((found.port, found.state), (int(self.lines[3]), "ready"))


@skipUnless(SETPRIV.exists() and os.geteuid() == 0, "only root has capabilities to lose")
class ContainerTest(HomeTestCase):
    def test_root_without_capability(self):
        """Root that may not look into processes of others, as in a container, uses and ends it."""
        url = self.server.start()
        client = self.starting_client(starter=WITHOUT_PTRACE)
        assert client.stdout is not None
        self.assertEqual(client.stdout.readline().strip(), url)
        client.communicate()
        stop = (
            "import sys; from pathlib import Path; "
            "from crash_rate_aggregates.database.server.launcher import EmbeddedServer; "
            "print(EmbeddedServer(Path(sys.argv[1])).stop())"
        )
        command = [*map(str, WITHOUT_PTRACE), sys.executable, "-c", stop, str(self.home)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "True\n")
        self.assertEqual(left_over_in(self.home), set())
        again = self.starting_client(starter=WITHOUT_PTRACE)
        assert again.stdout is not None
        self.assertEqual(again.stdout.readline().strip(), url)
        again.communicate()
        self.assertEqual(left_over_in(self.home), set())
