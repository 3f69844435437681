"""What is written beside landed pages: the manifest of a snapshot, and its parts."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from warehouse.core.files import pack, page_file, write_durably

FILE_NAME = "manifest.json"
FORMAT_VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Page(_Part):
    """One answer of the source, as a file of the snapshot's folder."""

    file: str
    page: int = Field(ge=1)
    rows: int = Field(ge=0)
    bytes: int = Field(ge=0, description="length of the uncompressed body")
    sha256: str = Field(description="of the uncompressed body")


class Coverage(_Part):
    """What a query covers: what is absent from its answer, inside these bounds, does not exist.

    `origins` and `asylums` are ISO3 codes as asked for; "all" means a row for each country,
    "summed" means the dimension is added up ("-" in the rows). `year_from` and `year_to` are None
    where all years were asked for, and for endpoints without years.
    """

    origins: list[str] | Literal["all", "summed"] = "all"
    asylums: list[str] | Literal["all", "summed"] = "all"
    year_from: int | None = None
    year_to: int | None = None


class Slice(_Part):
    """One query of a snapshot, with all its pages."""

    slice: str = Field(description="pairs, by_origin, by_asylum, all, unhcr_region=N")
    params: dict[str, str]
    page_size: int = Field(ge=1)
    pages: list[Page]
    rows: int = Field(ge=0)
    columns: list[str] = Field(description="of the rows, in the order met")
    added_columns: list[str] = Field(default_factory=list, description="not known to us")
    total: dict[str, int] | None = Field(None, description="the envelope's column sums, if any")
    coverage: Coverage


class ControlDifference(_Part):
    """A control total that the pairs do not add up to, within what is tolerated."""

    side: Literal["origin", "asylum"]
    country: str = Field(description="UNHCR code")
    year: int
    codes: str = Field("", description="code columns, joined by '/'; empty for all together")
    measure: str
    control: int
    pairs: int


class OriginalFile(_Part):
    """What the source gave, kept byte for byte in the folder, where the pages are made from it."""

    file: str
    bytes: int = Field(ge=0)
    sha256: str


class Manifest(_Part):
    """All there is to know of a snapshot without opening its pages."""

    manifest_version: int = FORMAT_VERSION
    endpoint: str
    snapshot_id: str
    source: Literal["api", "starter", "archive", "workbook", "world_bank"]
    source_url: str
    release_id: str | None = Field(default=None, description="if the source says it")
    original: OriginalFile | None = Field(
        default=None, description="if the pages were made from a file"
    )
    started_at: datetime
    finished_at: datetime
    rows: int = Field(ge=0)
    content_sha256: str
    slices: list[Slice]
    control_differences: list[ControlDifference] = Field(default_factory=list)
    restarts: list[str] = Field(default_factory=list, description="why the crawl began again")
    seen_again_at: list[datetime] = Field(default_factory=list)

    @property
    def last_seen_at(self) -> datetime:
        """When the source served this last."""
        return max([self.finished_at, *self.seen_again_at])


def write_page(folder: Path, slice_name: str, number: int, body: bytes, rows: int) -> Page:
    """Write an answer of the source, compressed, as a page of the snapshot in `folder`."""
    name = page_file(slice_name, number)
    write_durably(folder / name, pack(body))
    sha256 = hashlib.sha256(body).hexdigest()
    return Page(file=name, page=number, rows=rows, bytes=len(body), sha256=sha256)


class _Version(BaseModel):
    manifest_version: int = FORMAT_VERSION


class UnreadableError(ValueError):
    """A file that is no manifest."""


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of one snapshot's folder.

    Raises ValueError naming the file when it is not a manifest of a format we know.
    """
    path = folder / FILE_NAME
    try:
        body = path.read_bytes()
        # First, because a later version may have more than this one knows.
        version = _Version.model_validate_json(body).manifest_version
        if version == FORMAT_VERSION:
            return Manifest.model_validate_json(body)
    except ValueError as error:
        raise UnreadableError(
            f"{path}: not a manifest this version can read ({error}). "
            f"Move the folder away and fetch again."
        ) from error
    raise ValueError(
        f"{path}: manifest version {version}, this version reads {FORMAT_VERSION}. "
        f"Upgrade the project."
    )
