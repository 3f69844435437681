"""Reads published file and exports as a reader does, to compare them with what they should be."""

from __future__ import annotations

import json

from warehouse.core.database import identifier
from warehouse.exports import dictionary
from warehouse.exports.datapackage import FILE_NAME
from warehouse.exports.tables import exported_fingerprint
from warehouse.published.read import open_published, published_fingerprint, read_columns
from warehouse.releases.calendar import HeldRelease
from warehouse.settings import Settings


def published_rows(settings: Settings) -> dict[str, int]:
    """Rows of each table of the published file, counted, by name.

    Raises PublishedMissingError when it does not open.
    """
    with open_published(settings) as con:
        return {
            name: con.execute(f"select count(*) from {identifier(name)}").fetchall()[0][0]
            for name in read_columns(con)
        }


def newest_release(settings: Settings) -> HeldRelease:
    """The newest release in the published file.

    Raises PublishedMissingError when it does not open.
    """
    with open_published(settings) as con:
        rows = con.execute(
            "select release_id, reference_date, in_force_from from dim_release "
            "where is_newest_held order by release_id desc limit 1"
        ).fetchall()
    return HeldRelease(*rows[0])


def stands_for(settings: Settings, fingerprint: str) -> bool:
    """Whether published file and exports are there, whole, and of the build of `fingerprint`, and
    PostgreSQL holds it, too, where one is configured.
    """
    return (
        published_fingerprint(settings) == fingerprint
        and exported_fingerprint(settings) == fingerprint
        and _no_export_is_missing(settings)
        and _stands_in_postgres(settings)
    )


def _stands_in_postgres(settings: Settings) -> bool:
    if settings.postgres_url is None:
        return True
    from warehouse.published import postgresql  # noqa: PLC0415 - an extra

    return postgresql.stands_for(settings)


def _no_export_is_missing(settings: Settings) -> bool:
    package = settings.exports_dir / FILE_NAME
    try:
        resources = json.loads(package.read_bytes())["resources"]
        paths = [dictionary.FILE_NAME, *(resource["path"] for resource in resources)]
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return False  # whatever is wrong with it, the next export writes another
    return all((settings.exports_dir / path).exists() for path in paths)
