"""All expected errors: one tree, each with a slug that docs/messages.md explains.

`cli.main` makes one sentence on stderr of each, and gives the error's exit code. What nobody
foresaw becomes one of them there too: `unforeseen.py`.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller."""

    DONE = 0
    ERROR = 1
    USAGE = 2
    CHECK_FAILED = 3
    WORSE = 3
    """Of `verdict`: what `check` says of days it says of a release."""
    NOTHING_TO_SAY = 4


class CrashRateAggregatesError(Exception):
    """An expected error. Its text is one sentence with the value and the remedy."""

    slug = "error"
    """Names the error in docs/messages.md."""
    remedy = ""
    """What docs/messages.md tells the reader to do."""
    exit_code = ExitCode.ERROR


class UsageError(CrashRateAggregatesError):
    """What was typed or configured cannot be meant."""

    slug = "usage"
    remedy = (
        "Correct the flag, the environment variable or the settings file that the message names."
    )
    exit_code = ExitCode.USAGE


class BadDateError(UsageError):
    """A submission date that is no date, or out of 2000-01-01 to 2199-12-31."""

    slug = "bad-date"
    remedy = "Write the date as 2016-03-14 or 20160314."


class DateRangeError(UsageError):
    """A range of submission dates whose end lies before its start."""

    slug = "date-range-upside-down"
    remedy = "Exchange the two dates."


class BadSettingError(UsageError):
    """A setting with a value that cannot be used."""

    slug = "bad-setting"
    remedy = "See docs/configuration.md for what each setting takes."


class DimensionsError(UsageError):
    """Dimensions that contradict each other or do not exist."""

    slug = "bad-dimensions"
    remedy = "Give each dimension one name and one path; names are listed in docs/table.md."


class ApplicationsError(UsageError):
    """An application in the settings that cannot be understood."""

    slug = "bad-application"
    remedy = "Give each its fields as docs/configuration.md says: [applications.name]."


class ReleaseListError(UsageError):
    """A list of releases that the settings name cannot be read."""

    slug = "release-list"
    remedy = "Name a file or URL of product-details, like firefox.json, in `product_details`."


class AlarmNotLitError(UsageError):
    """An alarm that is to be acknowledged and is not lit."""

    slug = "alarm-not-lit"
    remedy = "Copy the id of an alarm that `watch` shows; one that is over needs none."


class DestinationError(UsageError):
    """A destination of `watch --notify` in the settings that cannot be meant."""

    slug = "bad-destination"
    remedy = "Correct the table `[notify.name]` that the message names, as docs/watch.md says."


class QuestionNotFoundError(UsageError):
    """A question that is not in the catalog."""

    slug = "no-such-question"
    remedy = "See docs/database.md or `question` without a name for those there are."


class OutputError(CrashRateAggregatesError):
    """An answer, or the report of what was done, could not be written to stdout."""

    slug = "output"
    remedy = (
        "Free space where stdout goes, or send it elsewhere. Days that were to be filled are: only "
        "their report is missing."
    )


class MachineError(CrashRateAggregatesError):
    """The operating system refused something: no space, no memory, no rights, too many files."""

    slug = "machine"
    remedy = (
        "Mend what the message names and run the command again; a day that was not stored stays "
        "as it was."
    )


class DefectError(CrashRateAggregatesError):
    """Something went wrong that this program did not foresee."""

    slug = "defect"
    remedy = (
        "Report it with what the same command prints with CRASH_RATE_AGGREGATES_TRACEBACK=1; a day "
        "that was not stored stays as it was."
    )


class SourceError(CrashRateAggregatesError):
    """The pings cannot be read."""

    slug = "source"
    remedy = "Check the place that --pings names."


class PingsNotFoundError(SourceError):
    """The folder or pattern of --pings does not exist."""

    slug = "pings-not-found"
    remedy = "Point --pings at the folder of submission_date=… folders, or at a %Y%m%d pattern."


class NoPingsError(SourceError):
    """The day has no ping at all; what the table holds for it stays."""

    slug = "no-pings"
    remedy = (
        "Wait until the day is complete, or replace it by nothing on purpose with --allow-empty."
    )


class NothingCountedError(SourceError):
    """Pings were read and none of them counts; what the table holds for the day stays."""

    slug = "nothing-counted"
    remedy = (
        "Check that the files are whole, of that day and in a format of docs/sources.md; or "
        "replace the day by nothing on purpose with --allow-empty."
    )


class DamagedFileError(SourceError):
    """A file breaks off or does not decompress; the day stays as it was."""

    slug = "damaged-file"
    remedy = "Fetch the file again, or count what is readable with --allow-damaged."


class UnreadableFileError(SourceError):
    """A file cannot be read, is no regular file, or is compressed in a way that is not read."""

    slug = "unreadable-file"
    remedy = (
        "Give the job's user permission to read the file, repair the disk, move away what is no "
        "file, or compress the file by gzip or zstd instead, as the message says; then run the day "
        "again."
    )


class ObjectChangedError(SourceError):
    """A file or object was overwritten, replaced or removed after it was listed."""

    slug = "object-changed"
    remedy = "Run the day again once nothing writes to it any more; the day stays as it was."


class StorageError(SourceError):
    """Object storage answers with an error; the day stays as it was."""

    slug = "storage"
    remedy = "Look up the code of the message in the manual of the object storage."


class BucketNotFoundError(StorageError):
    """The bucket or container of --pings does not exist there."""

    slug = "bucket-not-found"
    remedy = "Correct the bucket in --pings, or say where it is with --storage-endpoint."


class StorageCredentialsError(StorageError):
    """There are no credentials, or the object storage does not accept them (any more)."""

    slug = "storage-credentials"
    remedy = (
        "Renew or name the credentials as docs/sources.md says; public buckets need none with "
        "--storage-anonymous."
    )


class StorageDeniedError(StorageError):
    """The credentials are good, and may not list or read there."""

    slug = "storage-denied"
    remedy = "Give the job's user permission to list the bucket and to read its objects."


class StorageUnreachableError(StorageError):
    """No answer, or only failures of the server, after all retries."""

    slug = "storage-unreachable"
    remedy = (
        "Check --storage-endpoint, the network and the state of the service; run the day again."
    )


class ObjectBrokeOffError(StorageError):
    """An object broke off again and again at the same byte."""

    slug = "object-broke-off"
    remedy = "Check the network and the server, then run the day again."


class UnknownTableError(SourceError):
    """An export of BigQuery, or a Parquet file, does not tell what pings it holds."""

    slug = "unknown-table"
    remedy = (
        "Name the table in the file's path, like main_v5, crash_v4 or crash_v1, and export the "
        "columns that docs/rules.md lists; keep other tables out of the day's folder."
    )


class EngineError(CrashRateAggregatesError):
    """The day could not be computed."""

    slug = "engine"
    remedy = "Run the day again; nothing was changed."


class WorkerDiedError(EngineError):
    """A worker process ended without a result, as the kernel's out-of-memory killer does."""

    slug = "worker-died"
    remedy = "Run with fewer --jobs or on a machine with more memory; nothing was changed."


class ScratchError(EngineError):
    """The scratch folder cannot be made or written."""

    slug = "scratch"
    remedy = (
        "Give the job's user permission to write there, or name another folder in the setting "
        "`scratch`; nothing was changed."
    )


class ScratchFullError(ScratchError):
    """The scratch folder has no room left."""

    slug = "scratch-full"
    remedy = "Free space, or name another folder in the setting `scratch`; nothing was changed."


class SparkSetupError(EngineError):
    """Spark cannot be started: pyspark, Java or SPARK_HOME is missing or does not fit."""

    slug = "spark-setup"
    remedy = "Install what the message names; docs/spark.md lists what Spark needs."


class ExecutorMismatchError(EngineError):
    """Spark's executors lack what the driver has, or have another version of it."""

    slug = "executor-mismatch"
    remedy = "Give the executors the driver's Python and wheels, as with --spark-archive."


class LedgerImbalanceError(EngineError):
    """The ledger does not balance: a defect of this program, found before any harm."""

    slug = "ledger-imbalance"
    remedy = "Report it with the numbers in the message; the day was not replaced."


class DatabaseError(CrashRateAggregatesError):
    """PostgreSQL cannot be used."""

    slug = "database"
    remedy = "Check the server, its log and the URL in --database; nothing was changed."


class DatabaseRefusedError(DatabaseError):
    """No connection to PostgreSQL."""

    slug = "database-refused"
    remedy = "Check the URL, the password and that the server runs."


class DatabaseCredentialsError(DatabaseError):
    """The secret that --database-credentials names cannot be fetched or used."""

    slug = "database-credentials"
    remedy = "Check the place, what is stored there, and that the job's user or role may read it."


class SchemaError(DatabaseError):
    """The tables are not there, or are those of another version of the program."""

    slug = "schema"
    remedy = (
        "Bring them up to date with `database init` or a `run`, as the owner of the tables; use a "
        "newer program if they are newer. A question changes nothing."
    )


class QueryError(DatabaseError):
    """PostgreSQL rejected a statement."""

    slug = "query-rejected"
    remedy = "Correct the statement; docs/table.md lists the tables and columns."


class DayNotStoredError(DatabaseError):
    """The table holds no run of a submission date."""

    slug = "day-not-stored"
    remedy = "Fill the day with `run` or `backfill`, or leave out the date to see the latest."


class NotAssessedError(DatabaseError):
    """No stored day was assessed, so no verdict is stored."""

    slug = "not-assessed"
    remedy = "Assess the stored days: `crash-rate-aggregates assess`."


class ReleaseNotFoundError(DatabaseError):
    """No stored day has enough usage of that release."""

    slug = "release-not-found"
    remedy = "Name a release of `question releases`, and its application and channel."


class LockTimeoutError(DatabaseError):
    """Another session kept a lock for too long."""

    slug = "lock-timeout"
    remedy = "End the session that holds the lock (see pg_stat_activity), then run the day again."


class EmbeddedServerError(DatabaseError):
    """The embedded server cannot be made or started."""

    slug = "embedded-server"
    remedy = "Read the server's log that the message names, or use your own server with --database."


class ServerPortTakenError(EmbeddedServerError):
    """Another program listens on the embedded server's port."""

    slug = "server-port-taken"
    remedy = "End that program, or name another port in the setting `postgres_port`."


class ServerVersionError(EmbeddedServerError):
    """The data of the embedded server is of another version of PostgreSQL than its programs."""

    slug = "server-version"
    remedy = (
        "Carry older data over with `database upgrade`; for newer data install the newer programs."
    )


class NothingStoredError(EmbeddedServerError):
    """A home of the embedded server that does not exist; a question makes none."""

    slug = "nothing-stored"
    remedy = "Fill a day with `run`, or correct --home, or name a database with --database."


class RedashFilesError(UsageError):
    """A file that describes queries, charts, dashboards or alerts cannot be meant."""

    slug = "redash-files"
    remedy = "Correct the entry that the message names; docs/redash.md says what each means."


class RedashError(CrashRateAggregatesError):
    """Redash cannot be used."""

    slug = "redash"
    remedy = "Check the URL in --redash-url and Redash's own log; `redash push` goes on from there."


class RedashRefusedError(RedashError):
    """No answer, or not that of a Redash."""

    slug = "redash-refused"
    remedy = "Check the URL in --redash-url, and that Redash runs."


class RedashKeyError(RedashError):
    """Redash does not know the API key, or its user may not do what is needed."""

    slug = "redash-key"
    remedy = "Give the API key of an administrator, from the user's page in Redash."


class RedashRejectedError(RedashError):
    """Redash rejected a request, or a query failed in it."""

    slug = "redash-rejected"
    remedy = "Read what Redash says; what was done until then stays, and `redash push` goes on."


class RedashUnavailableError(RedashError):
    """Redash was overloaded, broke down or did not answer in time, more than once."""

    slug = "redash-unavailable"
    remedy = "Try again later; what was done until then stays, and `redash push` goes on."


class NotificationError(CrashRateAggregatesError):
    """A destination of `watch --notify` did not take a message; the others got theirs."""

    slug = "notify"
    remedy = (
        "Mend what the message names; the next `watch --notify` sends what was not taken, and "
        "nothing twice."
    )


class CheckFailedError(CrashRateAggregatesError):
    """`check` found a day that is missing, not whole, or of unusual volume, or a new alarm."""

    slug = "check-failed"
    remedy = (
        "See what docs/operations.md says of a day that is missing, wrong or late; of an alarm, "
        "docs/watch.md."
    )
    exit_code = ExitCode.CHECK_FAILED


class InterruptedRunError(CrashRateAggregatesError):
    """Ctrl-C or a termination signal; the message says whether the day was stored before."""

    slug = "interrupted"
    remedy = "Run the day again when you like, unless the message says that it is stored."
