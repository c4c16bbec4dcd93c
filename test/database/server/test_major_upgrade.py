from __future__ import annotations

from unittest import TestCase

from crash_rate_aggregates.database.embedded_roles import (
    embedded_url,
    ensure_embedded_roles,
    init_embedded_roles,
)
from crash_rate_aggregates.database.schema.roles import named_roles
from crash_rate_aggregates.database.server.folder import ServerFiles
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.database.server.major_upgrade import copy_all, unexpected_errors
from crash_rate_aggregates.database.server.ports import draw_port
from crash_rate_aggregates.database.server.postmaster import running_server
from crash_rate_aggregates.database.server.programs import find_programs, find_programs_of
from crash_rate_aggregates.errors import EmbeddedServerError, ServerVersionError
from test.database.server.carrying_over import CarryingOverTestCase
from test.database.server.homes import VERSION, HomeTestCase, empty_home, left_over_in, value_of


class OtherVersionTest(TestCase):
    def _refusal(self, major: int) -> str:
        """Return what is said to a home that has data of this version alone."""
        home = empty_home()
        ServerFiles.in_home(home, major).data.mkdir(parents=True)
        with (
            self.assertRaises(ServerVersionError) as caught,
            EmbeddedServer(home).running(),
        ):
            pass
        self.assertEqual([one.name for one in home.iterdir()], [f"postgresql-{major}"])
        waiting = EmbeddedServer(home).status().waiting_for_upgrade
        self.assertEqual(waiting, home / f"postgresql-{major}" if major < VERSION else None)
        return str(caught.exception).replace(str(home), "HOME")

    def test_older_data(self):
        """Beside older data no empty database is begun: one sentence names both, and the remedy."""
        self.assertEqual(
            self._refusal(9),
            "the data in 'HOME/postgresql-9' is of PostgreSQL 9 and the programs here are of "
            "PostgreSQL 18: `crash-rate-aggregates database upgrade` carries it over",
        )

    def test_newer_data(self):
        """Nor beside newer data, which only newer programs read."""
        self.assertEqual(
            self._refusal(99),
            "the data in 'HOME/postgresql-99' is of PostgreSQL 99 and the programs here are of "
            "PostgreSQL 18: install those of its version again, or name their folder in "
            "postgres_bin",
        )

    def test_nothing_to_carry_over(self):
        """A home without older data is left as it is, and not made."""
        home = empty_home()
        self.assertIsNone(EmbeddedServer(home).upgrade())
        self.assertFalse(home.exists())

    def test_old_programs_are_gone(self):
        """Without the old programs nothing happens; it is said what to install and to name."""
        home = empty_home()
        ServerFiles.in_home(home, 9).data.mkdir(parents=True)
        with self.assertRaisesRegex(EmbeddedServerError, "PostgreSQL 9 are gone.*--old-bin"):
            EmbeddedServer(home).upgrade()
        self.assertEqual(list(home.glob("postgresql-18/data")), [])


class CopyTest(HomeTestCase):
    def test_dump_that_fails(self):
        """What could not be dumped is an error, although the restore went well."""
        with self.server.running():
            port = running_server(self.files.data)
            assert port is not None
            with self.assertRaisesRegex(EmbeddedServerError, "carried over: pg_dumpall: error: "):
                copy_all(
                    find_programs(None), self.files.password.read_text(), draw_port(), port.port
                )

    def test_errors_that_lose_nothing(self):
        """The role that is there already is no error, nor rights to PostgreSQL's own functions."""
        said = (
            'ERROR:  role "crash_rate_aggregates" already exists\n'
            "STATEMENT:  CREATE ROLE crash_rate_aggregates;\n"
            "ERROR:  function pg_catalog.f(boolean) does not exist\n"
            "STATEMENT:  REVOKE ALL ON FUNCTION pg_catalog.f(boolean) FROM PUBLIC;\n"
            "WARNING:  no privileges could be revoked\n"
            'ERROR:  role "other" already exists\n'
            "STATEMENT:  CREATE ROLE other;\n"
            "ERROR:  function public.f(boolean) does not exist\n"
            "STATEMENT:  GRANT ALL ON FUNCTION public.f(boolean) TO reader;\n"
            "FATAL:  no space left on device\n"
        )
        self.assertEqual(
            unexpected_errors(said),
            [
                'ERROR:  role "other" already exists',
                "ERROR:  function public.f(boolean) does not exist",
                "FATAL:  no space left on device",
            ],
        )


class MajorUpgradeTest(CarryingOverTestCase):
    def test_kept_server(self):
        """Roles, databases and rows are carried over; password, port and that it is kept stay."""
        # The wheel brings the version before too.
        url = self.fill(find_programs_of(16, self.home, None).folder)
        self.assertEqual(self.server.status().waiting_for_upgrade, self.home / "postgresql-16")
        done = self.server.upgrade()
        assert done is not None
        self.assertEqual((done.old_version, done.new_version, done.was_kept), (16, 18, True))
        self.assertEqual(done.old_folder, self.home / "postgresql-16-upgraded")
        self.assertTrue((done.old_folder / "data").is_dir())
        self.assertEqual(self.server.url(), url)
        self.assert_carried_over(url)
        self.assertIsNone(self.server.upgrade())
        self.server.stop()
        self.assertEqual(left_over_in(self.home), set())

    def test_roles_of_the_program(self):
        """Our roles keep passwords, rights and limits; the next run closes the other databases."""
        roles = named_roles("crash_rate")
        old_bin = find_programs_of(16, self.home, None).folder
        init_embedded_roles(EmbeddedServer(self.home, postgres_bin=old_bin).start(), roles)
        self.assertIsNotNone(self.server.upgrade())
        ensure_embedded_roles(self.server.url(), roles)
        reader = embedded_url(self.server.url(), roles, "reader")
        for query, value in (
            ("SELECT count(*) FROM crash_aggregates", 0),
            ("SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user", 11),
            ("SELECT has_function_privilege('lo_create(oid)', 'EXECUTE')", False),
            ("SELECT has_database_privilege('postgres', 'CONNECT')", False),
        ):
            self.assertEqual(value_of(reader, query), value, query)
        self.server.stop()
        self.assertEqual(left_over_in(self.home), set())
