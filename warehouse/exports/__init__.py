"""Files made from the marts for people who do not open the database."""

from __future__ import annotations

from pathlib import Path

from warehouse.settings import Settings


def export_all(settings: Settings) -> list[Path]:
    """Make all exports from one published file, and return their paths.

    Raises PublishedMissingError when nothing is published. When it is killed in between, each file
    is the old or the new one, and `exported_fingerprint` is None until it has run to its end.
    """
    from warehouse.exports import charts, datapackage, tables  # noqa: PLC0415 - they import this package
    from warehouse.published.read import open_published, read_about  # noqa: PLC0415

    with open_published(settings) as con:
        tables.forget_fingerprint(settings)
        paths = tables.write_tables(con, settings)
        paths += charts.write_charts(con, settings)
        paths.append(datapackage.write_datapackage(con, settings))
        tables.keep_fingerprint(settings, read_about(con)["build_fingerprint"])
    return paths
