"""deploy.yml makes all that AWS needs, twice the same; no secret shows; destroy.yml removes it."""

from __future__ import annotations

import json
import re
import unittest
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import boto3
import psycopg
from psycopg.conninfo import make_conninfo

from test.dated_pings import write_pings
from test.deploy.deployment import (
    ADMIN,
    ADMIN_PASSWORD,
    Deployment,
    days,
    drop_database,
    new_deployment,
    run_job,
)
from test.deploy.playbooks import AWS_SECRET, PROJECT, Played, stand_in_for_aws

ACCOUNT = "123456789012"
ARTIFACTS = f"crash-rate-aggregates-artifacts-{ACCOUNT}"
CREDENTIALS = f"crash-rate-aggregates-credentials-{ACCOUNT}"
NOTHING: dict[str, Any] = {
    "buckets": [],
    "groups": {},
    "databases": [],
    "subnets": [],
    "secrets": [],
}
USERS = ("admin", "owner", "writer", "reader")


def certificates(folder: Path) -> dict[str, str]:
    """Return the settings of a server known by its certificates, as RDS is, from a file here."""
    (folder / "bundle.pem").write_text("certificates")
    return {
        "database_sslmode": "verify-full",
        "database_ca_url": (folder / "bundle.pem").as_uri(),
        "database_ca_file": str(folder / "rds-ca.pem"),
    }


class DeployTest(unittest.TestCase):
    """deploy.yml twice, as a check, with new passwords; then destroy.yml."""

    deployment: ClassVar[Deployment]
    runs: ClassVar[dict[str, Played]]
    secrets: ClassVar[dict[str, str]]
    rotated: ClassVar[dict[str, str]]
    jobs: ClassVar[list[CompletedProcess[str]]]
    redash_group: ClassVar[str]
    after_check: ClassVar[dict[str, Any]]
    made: ClassVar[dict[str, Any]]
    buckets: ClassVar[dict[str, dict[str, Any]]]
    grown: ClassVar[dict[str, Any]]
    left: ClassVar[dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        """Play everything once; the tests look at what came of it."""
        aws = cls.enterClassContext(stand_in_for_aws())
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.addClassCleanup(drop_database, "deployed")
        cls.deployment = new_deployment(folder, aws, "deployed")
        write_pings(folder / "pings", *days(3))
        play = cls.deployment.play
        cls.redash_group = cls._client("ec2").create_security_group(
            GroupName="redash", Description="Redash"
        )["GroupId"]
        cls.deployment.settings["database_client_groups"] = [cls.redash_group]
        cls.runs = {"before": play("deploy", "--check", **certificates(folder))}
        cls.after_check = cls._what_aws_keeps()
        cls._keep_admin()
        cls.runs["first"] = play("deploy")
        cls.secrets = cls._stored_passwords()
        cls.made = cls._what_aws_keeps()
        cls.buckets = {name: cls._bucket(name) for name in (ARTIFACTS, CREDENTIALS)}
        cls.jobs = [run_job(cls.deployment, **aws)]
        cls._grow()
        cls.runs |= {"second": play("deploy"), "check": play("deploy", "--check")}
        cls.grown = cls._what_aws_keeps()
        cls.runs["protected"] = play("destroy", destroy="crash-rate-aggregates")
        cls.deployment.settings["database_deletion_protection"] = False
        cls.runs["rotate"] = play("deploy", "--tags", "rotate")
        cls.rotated = cls._stored_passwords()
        cls.jobs.append(run_job(cls.deployment, **aws))
        cls.runs["unconfirmed"] = play("destroy")
        cls.runs["managed"] = cls._play_managed()
        managed = cls._client("secretsmanager").list_secrets()["SecretList"]
        cls.made["secrets"] = sorted(secret["Name"] for secret in managed)
        cls.runs["managed again"] = cls._play_managed()
        cls.runs["destroy"] = play("destroy", destroy="crash-rate-aggregates")
        cls.runs["destroy secrets"] = play(
            "destroy", destroy="crash-rate-aggregates", credentials_store="secretsmanager"
        )
        cls.left = cls._what_aws_keeps()

    @classmethod
    def _play_managed(cls) -> Played:
        """Keep credentials in Secrets Manager; Ansible knows no endpoint, as on AWS, boto3 does."""
        aws = cls.deployment.aws
        known = {name: value for name, value in aws.items() if name != "AWS_ENDPOINT_URL"}
        for service in ("STS", "SECRETS_MANAGER"):
            known[f"AWS_ENDPOINT_URL_{service}"] = aws["AWS_ENDPOINT_URL"]
        cls.deployment.aws = known
        run = cls.deployment.play(
            "deploy", "--tags", "credentials", credentials_store="secretsmanager"
        )
        cls.deployment.aws = aws
        return run

    @classmethod
    def _client(cls, service: str) -> Any:
        aws = cls.deployment.aws
        return boto3.client(
            service,
            endpoint_url=aws["AWS_ENDPOINT_URL"],
            region_name=aws["AWS_REGION"],
            aws_access_key_id=aws["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=aws["AWS_SECRET_ACCESS_KEY"],
        )

    @classmethod
    def _keep_admin(cls) -> None:
        """Store the password of the server that is there already, as a rerun finds it."""
        client = cls._client("s3")
        client.create_bucket(Bucket=CREDENTIALS)
        client.put_bucket_versioning(
            Bucket=CREDENTIALS, VersioningConfiguration={"Status": "Enabled"}
        )
        body = json.dumps({"user": ADMIN, "password": ADMIN_PASSWORD})
        key = "crash-rate-aggregates/admin.json"
        client.put_object(Bucket=CREDENTIALS, Key=key, Body=body)

    @classmethod
    def _stored_passwords(cls) -> dict[str, str]:
        client = cls._client("s3")
        keys = {user: f"crash-rate-aggregates/{user}.json" for user in USERS}
        return {
            user: json.loads(client.get_object(Bucket=CREDENTIALS, Key=key)["Body"].read())[
                "password"
            ]
            for user, key in keys.items()
        }

    @classmethod
    def _bucket(cls, name: str) -> dict[str, Any]:
        client = cls._client("s3")
        closed = client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        return {
            "versioning": client.get_bucket_versioning(Bucket=name)["Status"],
            "closed": set(closed.values()),
            "sizes": {
                one["Key"]: one["Size"] for one in client.list_objects_v2(Bucket=name)["Contents"]
            },
        }

    @classmethod
    def _grow(cls) -> None:
        """Do what RDS does by itself: a newer minor version and a larger disk."""
        cls._client("rds").modify_db_instance(
            DBInstanceIdentifier="crash-rate-aggregates",
            EngineVersion="17.6",
            AllocatedStorage=110,
            ApplyImmediately=True,
        )

    @classmethod
    def _what_aws_keeps(cls) -> dict[str, Any]:
        groups = cls._client("ec2").describe_security_groups()["SecurityGroups"]
        rds = cls._client("rds")
        return {
            "buckets": sorted(one["Name"] for one in cls._client("s3").list_buckets()["Buckets"]),
            "groups": {
                one["GroupName"]: one for one in groups if one["GroupName"].startswith("crash")
            },
            "databases": rds.describe_db_instances()["DBInstances"],
            "subnets": [
                one["DBSubnetGroupName"]
                for one in rds.describe_db_subnet_groups()["DBSubnetGroups"]
            ],
            "secrets": [
                one["Name"] for one in cls._client("secretsmanager").list_secrets()["SecretList"]
            ],
        }

    def assert_played(self, name: str) -> Played:
        """Fail with the end of a playbook's output if it failed."""
        run = self.runs[name]
        self.assertEqual(run.failed, 0, run.output[-4000:])
        return run

    def test_each_run_ends_well(self) -> None:
        """All playbooks end without a failure, a check before the first run too."""
        for name in set(self.runs) - {"unconfirmed", "protected"}:
            with self.subTest(run=name):
                self.assert_played(name)

    def test_check_before_the_first_run(self) -> None:
        """It says what would be made, and makes nothing."""
        before = self.runs["before"]
        for name in (ARTIFACTS, CREDENTIALS):
            self.assertIn(f"The bucket {name} would be made", before.output)
        self.assertGreater(before.changed, 10)
        self.assertEqual(self.after_check, NOTHING)

    def test_second_run_changes_nothing(self) -> None:
        """The first run changes something; the same again, or as a check, changes nothing."""
        self.assertGreater(self.runs["first"].changed, 10)
        for name in ("second", "check", "managed again", "destroy secrets"):
            wanted = 1 if name == "destroy secrets" else 0
            with self.subTest(run=name):
                self.assertEqual(self.runs[name].changed, wanted, self.runs[name].output[-4000:])

    def test_tarball_is_stored(self) -> None:
        """The bucket keeps versions, is closed to the public, and holds the tarball."""
        self.assertEqual(self.made["buckets"], [ARTIFACTS, CREDENTIALS])
        size = (PROJECT / "dist" / "crash-rate-aggregates-job.tar.gz").stat().st_size
        sizes = {"crash-rate-aggregates-job.tar.gz": size}
        wanted = {"versioning": "Enabled", "closed": {True}, "sizes": sizes}
        self.assertEqual(self.buckets[ARTIFACTS], wanted)
        keys = {f"crash-rate-aggregates/{user}.json" for user in USERS}
        found = self.buckets[CREDENTIALS]
        self.assertEqual(
            (found["versioning"], found["closed"], set(found["sizes"])), ("Enabled", {True}, keys)
        )

    def test_database_is_private(self) -> None:
        """The server is encrypted, not public, backed up, and lets in the named groups alone."""
        (server,) = self.made["databases"]
        self.assertEqual(
            (server["StorageEncrypted"], server["PubliclyAccessible"], server["Engine"]),
            (True, False, "postgres"),
        )
        self.assertEqual(
            (server["BackupRetentionPeriod"], server["DeletionProtection"]), (14, True)
        )
        groups = self.made["groups"]
        job, database = (groups[f"crash-rate-aggregates-{name}"] for name in ("job", "database"))
        (rule,) = database["IpPermissions"]
        self.assertEqual(
            {pair["GroupId"] for pair in rule["UserIdGroupPairs"]},
            {job["GroupId"], self.redash_group},
        )
        self.assertEqual((rule["IpProtocol"], rule["IpRanges"]), ("tcp", []))
        self.assertEqual(job["IpPermissions"], [])
        attached = [group["VpcSecurityGroupId"] for group in server["VpcSecurityGroups"]]
        self.assertEqual(attached, [database["GroupId"]])

    def test_what_rds_changed_stays(self) -> None:
        """A newer minor version and a larger disk than asked for are left as they are."""
        (server,) = self.grown["databases"]
        self.assertEqual((server["EngineVersion"], server["AllocatedStorage"]), ("17.6", 110))

    def test_job_fills_as_the_writer(self) -> None:
        """The unit's command fills the days that are there, as the writer, and names the others."""
        first, second = self.jobs
        self.assertEqual(
            [line[:10] for line in first.stdout.splitlines()],
            [str(day) for day in days(3)],
            first.stderr,
        )
        failed = re.findall(r"^error: (\S+): no pings", first.stderr, re.MULTILINE)
        self.assertEqual(failed, [str(day) for day in days(7)[:4]])
        self.assertEqual(first.returncode, 1)
        # With new passwords the job goes on: it reads the stored one each time.
        self.assertNotIn("database-refused", second.stderr)
        self.assertEqual(second.stderr.count("[no-pings]"), 4)

    def test_rotation(self) -> None:
        """New passwords of owner, writer and reader hold at once, the old ones no more."""
        for user in USERS:
            with self.subTest(user=user):
                self.assertEqual(self.rotated[user] == self.secrets[user], user == "admin")
        where = {
            "host": self.deployment.settings["database_host"],
            "port": self.deployment.settings["database_port"],
            "dbname": "deployed",
        }
        for role in ("writer", "reader"):
            user = f"crash_rate_{role}"
            with psycopg.connect(
                make_conninfo("", **where, user=user, password=self.rotated[role])
            ) as connection:
                self.assertEqual(
                    connection.execute(
                        "SELECT count(DISTINCT submission_date) FROM crash_aggregates"
                    ).fetchone(),
                    (3,),
                )
            with self.assertRaises(psycopg.OperationalError):
                psycopg.connect(make_conninfo("", **where, user=user, password=self.secrets[role]))

    def test_passwords_are_long_and_differ(self) -> None:
        """Each password made has 40 letters and digits, and no two are the same."""
        made = [self.secrets[user] for user in USERS[1:]] + [self.rotated[u] for u in USERS[1:]]
        self.assertEqual(len(set(made)), 6)
        for password in made:
            self.assertRegex(password, "^[A-Za-z0-9]{40}$")

    def test_secrets_manager(self) -> None:
        """The same credentials can be kept in Secrets Manager."""
        names = [f"crash-rate-aggregates/{user}" for user in sorted(USERS)]
        self.assertEqual(self.made["secrets"], names)

    def test_nothing_shows_a_secret(self) -> None:
        """No output, no process's arguments and no file that others may read hold a password."""
        secrets = {*self.secrets.values(), *self.rotated.values(), AWS_SECRET}
        self.assertGreater(len(self.deployment.seen_arguments), 10)
        self.assertEqual(self.deployment.leaks(secrets, PROJECT / "ansible", PROJECT / "dist"), [])
        for job in self.jobs:
            self.assertFalse([one for one in secrets if one in job.stdout + job.stderr])

    def test_protected(self) -> None:
        """As long as the database is protected destroying refuses and removes nothing."""
        protected = self.runs["protected"]
        self.assertEqual((protected.failed, protected.changed), (1, 0))
        self.assertIn("The database is protected", protected.output)

    def test_destroy(self) -> None:
        """Destroying asks for the name first; then nothing is left, in AWS or on the host."""
        unconfirmed = self.runs["unconfirmed"]
        self.assertGreater(unconfirmed.failed, 0)
        self.assertIn("confirm with -e destroy=crash-rate-aggregates", unconfirmed.output)
        self.assertEqual(self.left, NOTHING)
        output = self.runs["destroy"].output
        self.assertLess(output.index("Remove its files"), output.index("Remove the server"))
        files = [one for one in self.deployment.root.rglob("*") if not one.is_dir()]
        self.assertEqual(files, [])


if __name__ == "__main__":
    unittest.main()
