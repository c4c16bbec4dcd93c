"""The settings: flag > environment > TOML file > default. docs/configuration.md lists them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from crash_rate_aggregates.dimensions import Dimension, checked_dimensions
from crash_rate_aggregates.errors import BadSettingError, DimensionsError

ENVIRONMENT_PREFIX = "CRASH_RATE_AGGREGATES_"
CONFIG_VARIABLE = f"{ENVIRONMENT_PREFIX}CONFIG"
DEFAULT_CONFIG = "crash-rate-aggregates.toml"


def default_home() -> Path:
    """Return where the embedded server keeps its data.

    For root /var/lib: the server runs as an unprivileged user that cannot reach /root.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/crash-rate-aggregates")
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "crash-rate-aggregates"


def _usable_cores() -> int:
    """Return the cores that this process may use, at least 1."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity.
        return os.cpu_count() or 1


_Names: TypeAlias = Annotated[tuple[str, ...] | None, NoDecode]
_MAY_HOLD_SECRETS = frozenset(
    {
        "database",
        "storage_endpoint",
        "owner_password",
        "writer_password",
        "reader_password",
        "redash_api_key",
        "redash_database",
        "redash_webhook",
    }
)


def _usual_engine() -> Literal["embedded", "spark"]:
    """Return the engine of a program that says none: spark-submit is not typed for another."""
    return "spark" if "PYSPARK_GATEWAY_PORT" in os.environ else "embedded"


class Settings(BaseSettings):
    """All settings of the program; each can be given in four places."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, extra="forbid", frozen=True, env_ignore_empty=True
    )
    config_file: ClassVar[Path | None] = None

    pings: str | None = Field(
        None,
        description="Folder or URL (`s3://`, `gs://`, `az://`, `file://`) that holds the pings of "
        "each day, or a pattern with %Y%m%d; see [sources](sources.md).",
    )
    doc_types: _Names = Field(None, description="Doc types to read, by paths of 2016.")
    applications: _Names = Field(None, description="Applications to read, by paths of 2016.")
    channels: _Names = Field(None, description="Channels to read, by paths of 2016.")
    storage_endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^/@?#\s]+(/[^@?#\s]*)?$",
        description="URL of the object storage, like that of an S3-compatible server; default: "
        "the cloud's own.",
    )
    storage_region: str | None = Field(
        None, pattern=r"^[a-z0-9-]+$", description="Region of an S3 bucket, like `us-west-2`."
    )
    storage_anonymous: bool = Field(False, description="Read public buckets, without credentials.")
    storage_retries: int = Field(
        10, ge=0, le=100, description="Times that a request to object storage is tried again."
    )
    storage_timeout: float = Field(
        60,
        gt=0,
        le=3600,
        description="Seconds of silence after which object storage is asked again.",
    )
    database: str | None = Field(
        None, description="libpq URL of the PostgreSQL server; without it the embedded one is used."
    )
    database_credentials: str | None = Field(
        None,
        description="Where AWS keeps the password: `s3://bucket/key` or `secretsmanager://name`; "
        "see [operations](operations.md#credentials).",
    )
    pg_host: str | None = Field(None, description="Host of the PostgreSQL server.")
    pg_name: str | None = Field(None, description="Name of the database.")
    pg_username: str | None = Field(None, description="Name of the role.")
    pg_password: SecretStr | None = Field(
        None, description="Its password; better in `database_credentials` or `~/.pgpass`."
    )
    home: Path = Field(
        default_factory=default_home, description="Folder of the embedded server and of scratch."
    )
    postgres_bin: Path | None = Field(
        None, description="Folder with other PostgreSQL programs for the embedded server."
    )
    engine: Literal["embedded", "spark"] = Field(
        default_factory=_usual_engine,
        description="What computes a day, `embedded` or `spark`; default: embedded, and spark "
        "where spark-submit starts the program.",
    )
    spark_master: str | None = Field(
        None,
        description="Spark's master, like spark://host:7077; default: what Spark's own "
        "configuration says, else all cores of this machine.",
    )
    spark_conf: dict[str, str] = Field(
        default_factory=dict, description="Settings of Spark, name = value."
    )
    spark_archive: str | None = Field(
        None, description="Packed Python environment for Spark's executors."
    )
    jobs: int = Field(
        default_factory=_usable_cores,
        ge=1,
        le=1024,
        description="Worker processes of the embedded engine; default: all cores.",
    )
    scratch: Path | None = Field(
        None,
        description="Folder for rows between stages; default: in the temporary folder.",
    )
    memory: str = Field(
        "1GB",
        pattern=r"^[0-9]+ ?(MB|GB|MiB|GiB)$",
        description="Memory limit of the embedded engine's group stage.",
    )
    scratch_space: str = Field(
        "200GB",
        pattern=r"^[0-9]+ ?(MB|GB|TB|MiB|GiB|TiB)$",
        description="Most that the group stage may spill to disk.",
    )
    dimensions: _Names = Field(
        None, description="Names of the dimensions to use, comma-separated; default: all."
    )
    extra_dimensions: dict[str, str] = Field(
        default_factory=dict,
        description='Further dimensions, name = "path/in/the/ping".',
    )

    keep_weeks: int = Field(
        26, ge=1, le=10_000, description="Weeks of submission dates that `retention` keeps."
    )
    role_prefix: str = Field(
        "crash_rate",
        pattern=r"^[a-z_][a-z0-9_]{0,50}$",
        description="Begins the names of the roles of `database init`.",
    )
    owner_password: SecretStr | None = Field(
        None, description="Password that `database init` gives to the owner, if any."
    )
    writer_password: SecretStr | None = Field(
        None, description="Likewise to the writer, which runs the job."
    )
    reader_password: SecretStr | None = Field(
        None, description="Likewise to the reader, for Redash and people."
    )
    redash_url: str | None = Field(None, description="Start page of Redash.")
    redash_api_key: SecretStr | None = Field(
        None, description="API key of an administrator of Redash, always the same one."
    )
    redash_database: SecretStr | None = Field(
        None,
        description="libpq URL of the database for the data source Crash-DB: the reader role, as "
        "Redash reaches the server.",
    )
    redash_webhook: SecretStr | None = Field(
        None, description="URL that the alerts of Redash are sent to, if any."
    )

    @field_validator("dimensions", "doc_types", "applications", "channels", mode="before")
    @classmethod
    def _split_names(cls, value: Any) -> Any:
        """Take names in one text with commas, or in several such texts."""
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
            return value
        return tuple(name for text in texts for name in text.split(","))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags first, then the environment, then the TOML file."""
        del dotenv_settings, file_secret_settings
        toml = TomlConfigSettingsSource(settings_cls, cls.config_file)
        return init_settings, env_settings, toml

    def role_passwords(self) -> dict[str, str]:
        """Return the passwords that are set, of `owner`, `writer` and `reader`."""
        passwords = {
            "owner": self.owner_password,
            "writer": self.writer_password,
            "reader": self.reader_password,
        }
        return {kind: one.get_secret_value() for kind, one in passwords.items() if one is not None}

    def chosen_dimensions(self, base: Sequence[Dimension]) -> tuple[Dimension, ...]:
        """Return the dimensions of a run: those of the code, extra ones, or the chosen of both.

        Raises:
            DimensionsError: A chosen name is unknown, or names clash.
        """
        extra = [
            Dimension(name, tuple(path.strip("/").split("/")), "Added in the settings.")
            for name, path in self.extra_dimensions.items()
        ]
        known = checked_dimensions([*base, *extra])
        if self.dimensions is None:
            return known
        by_name = {dimension.name: dimension for dimension in known}
        for name in self.dimensions:
            if name not in by_name:
                raise DimensionsError(
                    f"there is no dimension {name!r}: choose from {', '.join(by_name)}, or add it "
                    "under extra_dimensions"
                )
        return tuple(by_name[name] for name in dict.fromkeys(self.dimensions))


def load_settings(flags: Mapping[str, Any], config: str | None) -> Settings:
    """Read all four places.

    Args:
        flags: What was typed; None stands for not given.
        config: The TOML file; default: the environment's, else the current folder's if it exists.

    Raises:
        BadSettingError: A file or value cannot be used; names it.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    path = _config_file(config)
    kind = type("Settings", (Settings,), {"config_file": path, "__module__": __name__})
    try:
        settings: Settings = kind(**given)
    except ValidationError as error:
        raise BadSettingError(_first_fault(error)) from error
    except (OSError, ValueError) as error:
        raise BadSettingError(f"the settings file {str(path)!r} cannot be used: {error}") from error
    return settings


def _config_file(config: str | None) -> Path | None:
    named = config or os.environ.get(CONFIG_VARIABLE)
    if named and not Path(named).is_file():
        raise BadSettingError(
            f"the settings file {named!r} does not exist: correct --config or {CONFIG_VARIABLE}"
        )
    default = Path(DEFAULT_CONFIG)
    return Path(named) if named else default if default.is_file() else None


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    name = ".".join(str(part) for part in fault["loc"])
    shown = "" if name in _MAY_HOLD_SECRETS else f" {fault['input']!r}"
    return f"setting {name}{shown}: {fault['msg'].lower()}; see docs/configuration.md"
