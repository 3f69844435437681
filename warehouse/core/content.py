"""Equality of what a source answered, whatever the order of pages and rows or their compression.

Nothing here knows of files or of UNHCR: rows in, digests out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import orjson

DIGEST_SIZE = 32
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
# What orjson, which is faster, writes as the standard library does; a float it may not.
_WRITTEN_ALIKE = frozenset({str, int, bool, type(None)})


def canonical(row: dict[str, Any]) -> bytes:
    """One row as JSON that is the same for equal rows: keys sorted, no spaces, in UTF-8."""
    if _WRITTEN_ALIKE.issuperset(map(type, row.values())):
        try:
            return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            pass  # a number of more than 64 bits, or half of a surrogate pair
    return _CANONICAL.encode(row).encode("utf-8", "surrogatepass")


def row_digest(slice_name: str, row: dict[str, Any]) -> bytes:
    """sha256 of one row, prefixed with the slice it came in: 32 bytes."""
    return hashlib.sha256(b"%b\n%b" % (slice_name.encode(), canonical(row))).digest()


def content_sha256(digests: Iterable[bytes]) -> str:
    """sha256 (hex) of a snapshot: over the sorted digests of all its rows, one after the other."""
    whole = hashlib.sha256()
    for digest in sorted(digests):
        whole.update(digest)
    return whole.hexdigest()


def split_digests(packed: bytes | bytearray) -> list[bytes]:
    """The digests in a string of bytes that holds one after the other."""
    return [bytes(packed[at : at + DIGEST_SIZE]) for at in range(0, len(packed), DIGEST_SIZE)]
