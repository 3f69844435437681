"""Seconds and memory of publishing a published file to a PostgreSQL started for this alone.

    python benchmarks/postgres.py DATA_DIR

DATA_DIR holds asylum.duckdb. The server is on loopback and writes without waiting for the disk, so
this is the time of the work, not of a disk. A reader asks all the while, and its longest wait is
how long a swap is felt.
"""

from __future__ import annotations

import resource
import statistics
import sys
import threading
import time
from pathlib import Path

import psycopg
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.postgres_server import PostgresServer, find_binaries
from warehouse.published.postgresql import publish
from warehouse.settings import Settings

TIMES = 3


def ask_until(ended: threading.Event, address: SecretStr, waits: list[float]) -> None:
    """Ask for one figure, again and again, and note how long each answer took."""
    with psycopg.connect(address.get_secret_value(), autocommit=True) as con:
        while not ended.is_set():
            started = time.perf_counter()
            con.execute(
                "select asylum_seekers_stock from asylum.mart_origin_yearly "
                "where origin_unhcr_code = 'CHI' and reference_year = 2020"
            ).fetchall()
            waits.append(time.perf_counter() - started)
            time.sleep(0.005)


def main() -> None:
    binaries = find_binaries()
    if binaries is None or len(sys.argv) != 2:
        sys.exit(f"{__doc__}\nNeeds a PostgreSQL server: apt-get install postgresql")
    settings = Settings(data_dir=Path(sys.argv[1]))
    server = PostgresServer(binaries)
    try:
        address = server.database()
        first = publish(settings, address)
        ended, waits = threading.Event(), list[float]()
        reader = threading.Thread(target=ask_until, args=(ended, address, waits))
        reader.start()
        again = [publish(settings, address, force=True).seconds for _ in range(TIMES)]
        ended.set()
        reader.join()
        nothing = publish(settings, address).seconds
        with server.connect(address) as con:
            size = con.execute("select pg_database_size(current_database())").fetchall()[0][0]
    finally:
        server.stop()
    rows = sum(first.rows.values())
    about = [count for table, count in first.rows.items() if table.startswith("about")]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for line in (
        f"{len(first.rows)} tables, {rows:,} rows (of them {len(about)} and {sum(about)} about the "
        f"others), {size / 1e6:,.0f} MB in PostgreSQL",
        f"first {first.seconds:.1f} s, replaced {statistics.median(again):.1f} s "
        f"(median of {TIMES}), nothing new {nothing:.2f} s",
        f"a reader's answer {statistics.median(waits) * 1e3:.1f} ms (median), "
        f"{max(waits):.2f} s (longest)",
        f"memory of the publisher {memory:.0f} MiB",
    ):
        print(line)


if __name__ == "__main__":
    main()
