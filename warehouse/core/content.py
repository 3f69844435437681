"""Equality of what a source answered, whatever the order of pages and rows or their compression.

Nothing here knows of files or of UNHCR: rows in, digests out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

DIGEST_SIZE = 32
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(row: Mapping[str, Any]) -> str:
    """One row as JSON that is the same for equal rows: keys sorted, no spaces, plain Unicode."""
    return _CANONICAL.encode(row)


def row_digest(slice_name: str, row: Mapping[str, Any]) -> bytes:
    """sha256 of one row, prefixed with the slice it came in: 32 bytes."""
    text = f"{slice_name}\n{canonical(row)}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def content_sha256(digests: Iterable[bytes]) -> str:
    """sha256 (hex) of a snapshot: over the sorted digests of all its rows, one after the other."""
    whole = hashlib.sha256()
    for digest in sorted(digests):
        whole.update(digest)
    return whole.hexdigest()


def split_digests(packed: bytes | bytearray) -> list[bytes]:
    """The digests in a string of bytes that holds one after the other."""
    return [bytes(packed[at : at + DIGEST_SIZE]) for at in range(0, len(packed), DIGEST_SIZE)]
