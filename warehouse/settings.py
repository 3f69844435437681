"""The only reader of the environment. Everything else is handed a `Settings`."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

PREFIX = "ASYLUM_"
PROJECT_ROOT = Path(__file__).resolve().parent.parent
PROJECT_NAME = "asylum-warehouse"


# Signs in the path of the data folder by which other files would be read than those meant: none
# of the three has a way to write such a sign so that it is taken as it is.
_MISREAD_IN_PATHS = (
    (r"[?*[]", "DuckDB takes for a pattern of names"),
    (r"[#\\]", "dbt does not take for a part of a name"),
    (r"%[0-9A-Fa-f]{2}", "Dagster takes for another sign"),
)
# A wait longer than this is a slip of the hand, and one much longer cannot be counted down.
_LONGEST_WAIT = 31 * 24 * 60 * 60


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

    data_dir: Path = Field(PROJECT_ROOT / "warehouse" / "data", validate_default=True)
    starter_dir: Path = PROJECT_ROOT / "seeds" / "starter"
    api_url: str = Field("https://api.unhcr.org/population/v1/", pattern=r"^https?://[^\s]+$")
    archive_url: str = Field(
        "https://raw.githubusercontent.com/PopulationStatistics/refugees/",
        pattern=r"^https?://[^\s]+$",
    )
    flows_url: str = Field(
        "https://www.unhcr.org/refugee-statistics/insights/data/UNHCR_Flow_Data.xlsx",
        pattern=r"^https?://[^\s]+$",
    )
    world_bank_url: str = Field(
        "https://api.worldbank.org/v2/country/all/indicator/SP.POP.TOTL",
        pattern=r"^https?://[^\s?#]+$",
        description="without a query: format and page are added",
    )
    max_concurrent_requests: int = Field(2, ge=1, le=2)
    requests_per_second: float = Field(4.0, gt=0, le=4)
    connect_timeout: float = Field(10.0, gt=0, le=_LONGEST_WAIT)
    read_timeout: float = Field(60.0, gt=0, le=_LONGEST_WAIT)
    total_timeout: float = Field(
        300.0, gt=0, le=_LONGEST_WAIT, description="seconds for one page, retries included"
    )
    max_attempts: int = Field(6, ge=1, description="tries for one page")
    retry_wait: float = Field(
        1.0, ge=0, le=_LONGEST_WAIT, description="seconds before the second try, then doubled"
    )
    page_size: int = Field(10_000, ge=1, le=10_000)
    memory_limit: str = "600MB"
    threads: int = Field(
        default_factory=lambda: min(os.cpu_count() or 1, 2),
        ge=1,
        le=256,  # DuckDB starts them all when it opens a file: a slip of the hand would hang there
        description="for DuckDB; more need more memory",
    )
    keep_runs: int = Field(6, ge=1, description="runs in Dagster's record, of some 17 MB each")
    keep_days: int = Field(
        90,
        ge=1,
        le=36_500,  # a hundred years: a date so long ago can still be reckoned with
        description="days for runs, and for files found damaged",
    )
    postgres_url: SecretStr | None = Field(None, description="may hold a password; None: not used")
    postgres_schema: str = Field("asylum", min_length=1)
    postgres_reader: str = Field("asylum_reader", min_length=1)
    postgres_wait: float = Field(
        60.0, ge=0, le=_LONGEST_WAIT, description="seconds for readers to make room"
    )
    superset_postgres_url: SecretStr | None = Field(None, description="as a reader, for Superset")
    # An object store that speaks S3: warehouse/published/lake.py.
    lake_url: str | None = Field(None, pattern=r"^s3://[^\s/@?]+(/[^\s@?]*)?$")
    lake_endpoint: str | None = Field(
        None, pattern=r"^https?://[^\s]+$", description="of a store that is not Amazon's"
    )
    lake_region: str = Field("us-east-1", min_length=1)
    lake_access_key: SecretStr | None = None
    lake_secret_key: SecretStr | None = None
    lake_keep: int = Field(3, ge=2, description="builds kept there, the newest among them")
    # Who hears of a run that failed: warehouse/serve/notify.py.
    notify: Literal["log", "smtp", "webhook"] = "log"
    notify_webhook_url: SecretStr | None = None
    smtp_host: str | None = None
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: str | None = None
    smtp_to: str | None = Field(None, description="addresses, with commas between")
    ui_url: str | None = Field(
        None, pattern=r"^https?://[^\s]+$", description="where people open Dagster's UI"
    )

    @field_validator("data_dir", "starter_dir", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if isinstance(value, str) and not value.strip():
            raise ValueError("an empty value names no folder; name one, or leave it out")
        return value

    @field_validator("data_dir", "starter_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        try:
            found = value.expanduser().absolute()
        except RuntimeError as error:
            raise ValueError("no user of that name has a home folder") from error
        if found.is_file():
            raise ValueError("that is a file, and a folder is needed")
        return found

    @field_validator("data_dir")
    @classmethod
    def _is_read_as_it_is(cls, value: Path) -> Path:
        for signs, meaning in _MISREAD_IN_PATHS:
            if found := sorted(set(re.findall(signs, str(value)))):
                raise ValueError(
                    f"its path {str(value)!r} has {' and '.join(found)}, which {meaning}; "
                    f"choose a folder without"
                )
        return value

    @field_validator("memory_limit")
    @classmethod
    def _is_a_size(cls, value: str) -> str:
        found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?([MG])i?B", value)
        megabytes = float(found[1]) * {"M": 1, "G": 1000}[found[2]] if found else 0
        # With less DuckDB can hardly read a table, and it counts no further than 9 billion GB.
        if not 10 <= megabytes <= 1e9:
            raise ValueError("a size such as 600MB or 2GB is needed, from 10MB to 1000000GB")
        return value

    @field_validator(
        *("api_url", "archive_url", "flows_url", "world_bank_url", "ui_url", "lake_endpoint"),
        mode="before",
    )
    @classmethod
    def _no_user(cls, value: object) -> object:
        if isinstance(value, str) and "@" in value.partition("//")[2].partition("/")[0]:
            raise ValueError(
                "an address with a user or password in it: it would stand in every manifest and "
                "message; give it without"
            )
        return value

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

    @field_validator("notify_webhook_url")
    @classmethod
    def _is_an_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.match(r"^https?://[^\s/]+", value.get_secret_value()):
            raise ValueError("it must begin with http:// or https:// and a host")
        return value

    @model_validator(mode="after")
    def _can_notify(self) -> Settings:
        needed = {
            "log": (),
            "smtp": ("smtp_host", "smtp_from", "smtp_to"),
            "webhook": ("notify_webhook_url",),
        }[self.notify]
        missing = [PREFIX + name.upper() for name in needed if not getattr(self, name)]
        if missing:
            raise ValueError(f"{PREFIX}NOTIFY={self.notify} needs {', '.join(missing)}")
        if bool(self.lake_access_key) != bool(self.lake_secret_key):
            raise ValueError(f"{PREFIX}LAKE_ACCESS_KEY and {PREFIX}LAKE_SECRET_KEY go together")
        if bool(self.smtp_user) != bool(self.smtp_password):
            raise ValueError(f"{PREFIX}SMTP_USER and {PREFIX}SMTP_PASSWORD go together")
        if self.smtp_password and self.smtp_security == "none":
            raise ValueError(
                f"{PREFIX}SMTP_SECURITY=none would send {PREFIX}SMTP_PASSWORD for all to read"
            )
        return self

    def with_address(self, name: Literal["api_url", "archive_url"], given: str | None) -> Settings:
        """These settings with another address of a source, where one is given.

        Raises SettingsError for what is no address. It is not shown: it may hold a password.
        """
        if given is None:
            return self
        try:
            checked = Settings.model_validate({name: given})
        except ValidationError as error:
            raise SettingsError(
                f"what is given for {name} is not an address: http:// or https://, no spaces, no "
                f"user or password."
            ) from error
        return self.model_copy(update={name: getattr(checked, name)})

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

    A secret may stand in a file, as systemd and containers hand them over: ASYLUM_<FIELD>_FILE is
    its path. Raises SettingsError when a variable starting with ASYLUM_ is not one of ours, its
    value cannot be used, or such a file cannot be read. No message holds a secret.
    """
    source = os.environ if environ is None else environ
    given = {
        name[len(PREFIX) :].lower(): value
        for name, value in source.items()
        if name.startswith(PREFIX)
    }
    for field in secrets():
        path = given.pop(f"{field}_file", None)
        if path is not None:
            given[field] = _secret_in(path, field, given)
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        # The error itself shows all values it was given.
        raise SettingsError("; ".join(map(_problem, error.errors())) + ".") from None


def secrets() -> list[str]:
    """The fields whose values nobody is to see."""
    return [name for name, info in Settings.model_fields.items() if "SecretStr" in str(info)]


def _secret_in(path: str, field: str, given: Mapping[str, str]) -> str:
    name = PREFIX + field.upper()
    if field in given:
        raise SettingsError(f"{name} and {name}_FILE are both set; only one can count.")
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE={path!r} cannot be read: {error}") from error


def _problem(problem: Any) -> str:
    """One problem in words; the value only of a variable that is known and no secret."""
    said = str(problem["msg"]).removeprefix("Value error, ")
    if not problem["loc"]:
        return said
    field = str(problem["loc"][0])
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(field, Settings.model_fields, n=1)
        there = ", ".join(PREFIX + name.upper() for name in near or Settings.model_fields)
        said = f"there is no such setting; {'the nearest is' if near else 'there are'} {there}"
    elif problem["type"] == "string_pattern_mismatch":  # each of them is one of an address
        other = "s3://bucket/folder" if field == "lake_url" else "https://example.org"
        example = Settings.model_fields[field].default or other
        said = f"an address such as {example} is needed"
    shown = (
        field in Settings.model_fields
        and field not in secrets()
        and "@" not in str(problem["input"])
    )
    value = f"={problem['input']!r}" if shown else ""
    return f"{PREFIX}{field.upper()}{value}: {said}"


def installed(package: str) -> str | None:
    """The version of a package that is installed here; None where it is not."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def project_version() -> str:
    """The version of this project as installed."""
    return installed(PROJECT_NAME) or "not installed"
