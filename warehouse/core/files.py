"""Atomic files: written, flushed, renamed, so a reader never sees a half-written file."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def page_file(slice_name: str, page: int) -> str:
    """The name of a page's file: `unhcr_region=5`, page 1 is unhcr_region-5-0001.json.gz."""
    return f"{re.sub(r'[^A-Za-z0-9_]+', '-', slice_name)}-{page:04d}.json.gz"


def pack(body: bytes) -> bytes:
    """Compress; equal bodies give equal bytes (no time, no name in the header)."""
    return gzip.compress(body, 6, mtime=0)


def unpack(path: Path) -> bytes:
    """The body in a page's file, whether compressed or not."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def write_durably(path: Path, data: bytes) -> None:
    """Write a new file and wait until it is on the disk.

    Raises OSError that names the file, also where the disk is full or a limit is reached.
    """
    with path.open("xb") as file, named(path):
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def add_durably(path: Path, text: str, temporary: Path) -> None:
    """Give a folder a file more, or another in place of one, whole: written in the folder
    `temporary` of the same file system, and moved.
    """
    draft = temporary / f"{path.parent.parent.name}-{path.parent.name}-{path.name}"
    write_durably(draft, f"{text}\n".encode())
    draft.replace(path)
    sync_folder(path.parent)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Let an error of the system name the file: that of a full disk does not."""
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(temporary: Path, target: Path) -> None:
    """Put `temporary`, a finished file of the same file system, in the place of `target`.

    Its content is on disk before the name changes, and the name before this returns. Readers that
    hold the old file open keep it.
    """
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(target)
    sync_folder(target.parent)


@contextmanager
def all_in_place_of(folder: Path) -> Iterator[Path]:
    """A folder to write files to. When all are whole, each takes the place of the one of its name
    in `folder`: an error on the way, or a full disk, costs no old file.

    For folders that one process writes at a time: what a killed one left is removed first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prefix = f".{folder.name}-"
    for left in folder.parent.glob(f"{prefix}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=folder.parent) as staging:
        yield Path(staging)
        for path in sorted(Path(staging).iterdir()):
            replace(path, folder / path.name)


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8 and swap it in; the folder is created if missing.

    For files that one process writes at a time: what a killed one leaves, the next one overwrites.
    Raises OSError that names `target`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        replace(temporary, target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
    finally:
        temporary.unlink(missing_ok=True)
