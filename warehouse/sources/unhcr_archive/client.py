"""Older releases: which files the archive holds, where they are, and how one is fetched.

What is known of a release is in seeds/reference (releases.csv, release_files.csv): a later release
needs rows there and no code here. What a file holds is rda.py's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.reference.releases import NamedRelease, named_releases
from warehouse.reference.seeds import REFERENCE_DIR, ReferenceListError, read_seed
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import Client, Download, UpstreamError
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, Endpoint

FILES = "release_files"
# More than a file's size by this factor is not worth taking in: it is something else.
_ROOM = 4
_LEAST_ROOM = 1 << 20


class ArchiveError(UpstreamError):
    """The archive gave another file than the one published with the release."""


@dataclass(frozen=True)
class ArchiveFile:
    """One dataset of one release, as published: its size in bytes and sha256 (hex)."""

    name: str
    bytes: int
    sha256: str
    endpoint: Endpoint


@dataclass(frozen=True)
class ArchiveRelease(NamedRelease):
    """A release with its files in the archive."""

    files: tuple[ArchiveFile, ...] = ()


def known_releases(folder: Path = REFERENCE_DIR) -> list[ArchiveRelease]:
    """All releases of the lists in `folder`, in the order of publication, with their files.

    Raises ReferenceListError naming list and line.
    """
    files: dict[str, list[ArchiveFile]] = {}
    for where, row in read_seed(FILES, folder):
        try:
            files.setdefault(row["release_id"], []).append(_file(row))
        except (KeyError, ValueError) as error:
            raise ReferenceListError(f"{where}: {error!s}") from error
    out = [
        ArchiveRelease(**vars(one), files=tuple(files.pop(one.release_id, ())))
        for one in named_releases(folder)
    ]
    if files:
        raise ReferenceListError(
            f"{folder / FILES}.csv: files of {', '.join(sorted(files))}, not in releases.csv."
        )
    return out


def chosen_releases(
    names: Sequence[str] | None, folder: Path = REFERENCE_DIR
) -> list[ArchiveRelease]:
    """The releases of these ids, in the order of publication; all with files for None.

    Raises ValueError naming the unknown ones, and those of which no file is known.
    """
    known = known_releases(folder)
    if names is None:
        return [one for one in known if one.files]
    unknown = sorted(set(names) - {one.release_id for one in known})
    if unknown:
        raise ValueError(
            f"unknown release: {', '.join(unknown)}. "
            f"There are: {', '.join(one.release_id for one in known)}"
        )
    found = [one for one in known if one.release_id in names]
    empty = [one.release_id for one in found if not one.files]
    if empty:
        raise ValueError(
            f"no file is known of release {', '.join(empty)}. Add them to {folder / FILES}.csv."
        )
    return found


def file_url(settings: Settings, release: ArchiveRelease, file: ArchiveFile) -> str:
    """The address of one file."""
    return f"{settings.archive_url}{release.commit}/data/{file.name}"


def fetch(
    client: Client, settings: Settings, release: ArchiveRelease, file: ArchiveFile, path: Path
) -> None:
    """Write one file to `path`, byte for byte as published.

    Asked for once more where size or checksum differ, since a body cut on the way differs too.
    Raises ArchiveError with both values and the address, UpstreamError where the file cannot be
    had; there is then nothing at `path`.
    """
    url = file_url(settings, release, file)
    try:
        for _ in range(2):
            path.unlink(missing_ok=True)
            got = client.download(
                url,
                path,
                what=f"{file.name} of release {release.release_id}",
                source="the archive",
                setting="ASYLUM_ARCHIVE_URL",
                largest=max(_ROOM * file.bytes, _LEAST_ROOM),
            )
            if (got.size, got.sha256) == (file.bytes, file.sha256):
                return
        raise ArchiveError(_difference(url, release, file, got))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _difference(url: str, release: ArchiveRelease, file: ArchiveFile, got: Download) -> str:
    return (
        f"{url}: this is not {file.name} as published with release {release.release_id}: "
        f"sha256 {got.sha256} ({got.size:,} bytes) came, "
        f"{file.sha256} ({file.bytes:,} bytes) is expected. "
        f"It begins with {got.start[:60]!r}. Asked for twice; nothing was landed. "
        f"See whether ASYLUM_ARCHIVE_URL is right. If the published file was replaced, look at "
        f"what changed before its line in {REFERENCE_DIR.name}/{FILES}.csv is."
    )


def _file(row: dict[str, str]) -> ArchiveFile:
    name = row["file_name"]
    stem, _, suffix = name.rpartition(".")
    endpoint = {one.archived: one for one in ENDPOINTS.values()}.get(stem)
    if suffix != "rda" or endpoint is None or not endpoint.is_dataset:
        raise ValueError(f"{name!r} is not a dataset's .rda file")
    return ArchiveFile(name, int(row["bytes"]), row["sha256"], endpoint)
