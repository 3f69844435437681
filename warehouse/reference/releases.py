"""Releases of UNHCR: their list, the digests of their content, and the reviews.

The seeds `releases`, `release_contents` and `release_reviews`. The files of the archive
(`release_files`) are read where endpoints are known: warehouse/sources/unhcr_archive/client.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warehouse.reference.seeds import REFERENCE_DIR, ReferenceListError, read_seed

_RELEASE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]*")
Contents = dict[tuple[str, str], str]


@dataclass(frozen=True)
class NamedRelease:
    """What UNHCR published at one time; `commit` is where the archive keeps it."""

    release_id: str
    title: str
    published_on: date
    reference_date: date
    commit: str = ""


@dataclass(frozen=True)
class Review:
    """What was decided, for everybody, on a dataset of a release as it was published."""

    is_accepted: bool
    why: str
    reviewed_on: date


def named_releases(folder: Path = REFERENCE_DIR) -> list[NamedRelease]:
    """All releases, in the order of publication. Raises ReferenceListError naming the line."""
    out = []
    for where, row in read_seed("releases", folder):
        try:
            out.append(
                NamedRelease(
                    _release_id(row["release_id"]),
                    row["title"],
                    date.fromisoformat(row["published_on"]),
                    date.fromisoformat(row["reference_date"]),
                    row["package_commit"],
                )
            )
        except (KeyError, ValueError) as error:
            raise ReferenceListError(f"{where}: {error!s}") from error
    return sorted(out, key=lambda one: (one.published_on, one.release_id))


def release_contents(folder: Path = REFERENCE_DIR) -> tuple[Contents, frozenset[tuple[str, str]]]:
    """The digests of what is in the releases, by release and endpoint; and the files of the archive
    that are known to lack figures which the release has.
    """
    rows = [row for _, row in read_seed("release_contents", folder)]
    contents = {(row["release_id"], row["endpoint"]): row["content_digest"] for row in rows}
    incomplete = {
        (row["release_id"], row["endpoint"]) for row in rows if row["is_complete"] == "false"
    }
    return contents, frozenset(incomplete)


def release_reviews(
    releases: Collection[str], endpoints: Collection[str], folder: Path = REFERENCE_DIR
) -> dict[tuple[str, str], Review]:
    """The reviews by release and endpoint, which must be among those given.

    Raises ReferenceListError naming the line.
    """
    out = {}
    for where, row in read_seed("release_reviews", folder):
        if row["release_id"] not in releases:
            raise ReferenceListError(
                f"{where}: release {row['release_id']!r} is not in releases.csv."
            )
        if row["endpoint"] not in endpoints:
            raise ReferenceListError(f"{where}: {row['endpoint']!r} is no dataset of the API.")
        if row["decision"] not in {"accepted", "held"}:
            raise ReferenceListError(
                f"{where}: decision is accepted or held, not {row['decision']!r}."
            )
        try:
            reviewed_on = date.fromisoformat(row["reviewed_on"])
        except ValueError as error:
            raise ReferenceListError(f"{where}: reviewed_on: {error}") from error
        out[row["release_id"], row["endpoint"]] = Review(
            row["decision"] == "accepted", row["why"], reviewed_on
        )
    return out


def _release_id(text: str) -> str:
    """A name that is part of folders and addresses."""
    if not _RELEASE_ID.fullmatch(text):
        raise ValueError(f"{text!r} is not a release id: only digits, letters, `.` and `-`")
    return text
