"""Files that are either whole or not there: written, flushed to the disk, renamed."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path


def page_file(slice_name: str, page: int, suffix: str = ".json.gz") -> str:
    """The name of a page's file: `unhcr_region=5`, page 1 is unhcr_region-5-0001.json.gz."""
    return f"{re.sub(r'[^A-Za-z0-9_]+', '-', slice_name)}-{page:04d}{suffix}"


def pack(body: bytes) -> bytes:
    """Compress; equal bodies give equal bytes (no time, no name in the header)."""
    return gzip.compress(body, 6, mtime=0)


def unpack(path: Path) -> bytes:
    """The body in a page's file, whether compressed or not."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def write_durably(path: Path, data: bytes) -> None:
    """Write a new file and wait until it is on the disk."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
