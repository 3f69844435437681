"""The only reader of the environment. Everything else is handed a `Settings`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_core import ErrorDetails

PREFIX = "ASYLUM_"
PROJECT_ROOT = Path(__file__).resolve().parent.parent
PROJECT_NAME = "asylum-warehouse"


class SettingsError(Exception):
    """A variable of the environment that cannot be used; the message says which and why."""


class Settings(BaseModel):
    """Where things are and how hard to try. Each field is the variable ASYLUM_<FIELD>.

    All paths are absolute: a relative one in the environment is taken from the working directory
    once, when the settings are read.
    """

    # No input in errors: one of these is a secret.
    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True
    )

    data_dir: Path = PROJECT_ROOT / "warehouse" / "data"
    starter_dir: Path = PROJECT_ROOT / "seeds" / "starter"
    api_url: str = Field("https://api.unhcr.org/population/v1/", pattern=r"^https?://[^\s]+$")
    archive_url: str = Field(
        "https://raw.githubusercontent.com/PopulationStatistics/refugees/",
        pattern=r"^https?://[^\s]+$",
    )
    max_concurrent_requests: int = Field(2, ge=1, le=2)
    requests_per_second: float = Field(4.0, gt=0, le=4)
    connect_timeout: float = Field(10.0, gt=0)
    read_timeout: float = Field(60.0, gt=0)
    total_timeout: float = Field(300.0, gt=0, description="seconds for one page, retries included")
    max_attempts: int = Field(6, ge=1, description="tries for one page")
    retry_wait: float = Field(1.0, ge=0, description="seconds before the second try, then doubled")
    page_size: int = Field(10_000, ge=1, le=10_000)
    memory_limit: str = Field("900MB", pattern=r"^\d+(\.\d+)? ?(MB|GB|MiB|GiB)$")
    threads: int = Field(4, ge=1)
    postgres_url: SecretStr | None = Field(None, description="may hold a password; None: not used")
    postgres_schema: str = Field("asylum", min_length=1)
    postgres_reader: str = Field("asylum_reader", min_length=1)
    postgres_wait: float = Field(60.0, ge=0, description="seconds for readers to make room")
    superset_postgres_url: SecretStr | None = Field(None, description="as a reader, for Superset")

    @field_validator("data_dir", "starter_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("api_url", "archive_url")
    @classmethod
    def _one_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/") + "/"

    @field_validator("postgres_url", "superset_postgres_url", mode="after")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        given = value.get_secret_value().strip() if value else ""
        if not given:
            return None
        if not given.startswith(("postgresql://", "postgres://")):
            raise ValueError(
                "an address begins with postgresql://; what it is instead is not shown"
            )
        return SecretStr(given)

    @property
    def landing_dir(self) -> Path:
        """What the sources answered, an immutable folder a snapshot."""
        return self.data_dir / "landing"

    @property
    def build_db(self) -> Path:
        """The database only the build opens."""
        return self.data_dir / "build.duckdb"

    @property
    def published_db(self) -> Path:
        """The database readers open."""
        return self.data_dir / "asylum.duckdb"

    @property
    def exports_dir(self) -> Path:
        """Files made from the published tables."""
        return self.data_dir / "exports"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own storage: runs, events, schedules."""
        return self.data_dir / "dagster"

    @property
    def dbt_dir(self) -> Path:
        """The dbt project."""
        return PROJECT_ROOT / "dbt_project"

    @property
    def dbt_target_dir(self) -> Path:
        """Where dbt writes its manifest and results."""
        return self.data_dir / "dbt"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment (or from `environ`).

    Raises SettingsError when a variable starting with ASYLUM_ is not one of ours, or its value
    cannot be used.
    """
    source = os.environ if environ is None else environ
    given = {
        name[len(PREFIX) :].lower(): value
        for name, value in source.items()
        if name.startswith(PREFIX)
    }
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        known = ", ".join(PREFIX + name.upper() for name in Settings.model_fields)
        problems = "; ".join(
            f"{PREFIX}{str(problem['loc'][0]).upper()}={_shown(problem)}: {problem['msg']}"
            for problem in error.errors()
        )
        # Not `from error`: that one carries what was given, and it may be a secret.
        raise SettingsError(f"{problems}. Known variables: {known}") from None


def _shown(problem: ErrorDetails) -> str:
    """What was given; nothing of a secret, which may stand under a name that is not ours, too."""
    name = str(problem["loc"][0])
    field = Settings.model_fields.get(name)
    is_secret = field is None or SecretStr in get_args(field.annotation)
    return "(not shown)" if is_secret else repr(problem["input"])
