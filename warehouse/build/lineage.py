"""Lineage of the published tables: the snapshots, the newest release, the schemas."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

# The build's schemas whose tables are published.
SCHEMAS = ("marts", "reference")


class SnapshotUsed(BaseModel):
    """One landed snapshot that the tables were made from."""

    model_config = ConfigDict(extra="forbid")

    endpoint: str
    snapshot_id: str
    release_id: str | None = None
    source: str | None = None
    retrieved_at: datetime | None = None
    rows: int | None = None


class Lineage(BaseModel):
    """The input of `publish`: the newest release, what it was made from, and a fingerprint
    of everything that decides the content (landing and code), by which a later run knows that
    nothing changed.
    """

    model_config = ConfigDict(extra="forbid")

    release: str = Field(min_length=1)
    build_fingerprint: str = Field(min_length=1)
    snapshots: list[SnapshotUsed] = []
    held_back: list[str] = Field([], description="what to say first, a line a dataset")
