"""How fast, and how much memory: ratios against a floor measured in the same run.

    make bench                                   # on what is landed in warehouse/data
    make bench ARGS="--api-url URL"              # fetches from URL first, into a folder of its own
    make bench ARGS="--releases FOLDER"          # and what releases cost: releases.py
    make bench ARGS="--releases FOLDER --growth 1 10"  # and what larger ones cost: growth.py

Full scale needs a full fetch (`asylum run --source api`), or an address that answers like the API.
Each figure is the median of --repeat runs, each run a process of its own. README.md in this folder
says what is measured and what came out.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

import growth
import releases
from processes import ASYLUM, ROOT, clear, floor_of, load_product, measured, plainly


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--api-url", help="fetch from here first; measures the crawl too")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--archive-url", help="measure ten releases too, from this archive")
    where.add_argument("--releases", type=Path, help="the same, from a folder of parquet files")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--growth", type=int, nargs="+", default=[], help="so many times as large")
    options = parser.parse_args()
    if options.growth and not options.releases:
        parser.error("--growth needs --releases")
    with tempfile.TemporaryDirectory(prefix="asylum-bench-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        report(options, data)


def report(options, data):
    rows = []
    source = ["--source", "starter"]
    if options.api_url:
        seconds, peak, _ = measured(
            [ASYLUM, "fetch", "--source", "api", "--api-url", options.api_url], data
        )
        rows.append(("crawl", f"{seconds:.1f} s", "", f"{peak:.0f} MiB"))
        source = ["--source", "api", "--api-url", options.api_url]
    else:
        landed = Path(os.environ.get("ASYLUM_DATA_DIR", ROOT / "warehouse" / "data")) / "landing"
        if not landed.exists():
            sys.exit(f"{landed}: nothing is landed. Run `asylum run` first, or give --api-url.")
        shutil.copytree(landed, data / "landing")

    product, floor = [], []
    for _ in range(options.repeat):
        clear(data)
        product.append(load_product(data))
        clear(data)
        _, _, out = measured(floor_of("load", data), data)
        floor.append(json.loads(out)["seconds"])
    count = product[0]["rows"]
    ours, plain = median([p["seconds"] for p in product]), median(floor)
    rows.append(
        (
            f"landed pages to raw, {count:,} rows",
            f"{ours:.2f} s",
            f"{ours / plain:.2f} x the plain script's {plain:.2f} s",
            f"{max(p['peak'] for p in product):.0f} MiB",
        )
    )

    whole, peaks = [], []
    for _ in range(options.repeat):
        clear(data)
        seconds, peak, _ = measured([ASYLUM, "run", "--source", "starter"], data)
        whole.append(seconds)
        peaks.append(peak)
    again, _, _ = measured([ASYLUM, "run", *source], data)
    crawl = json.loads((data / "last_run.json").read_text())["seconds"]["landing"]
    rows.append(
        (
            "a second run with nothing new",
            f"{again - crawl:.1f} s",
            f"after a crawl of {crawl:.1f} s" if options.api_url else "after landing",
            "",
        )
    )
    plains = [plainly(data)[0] for _ in range(options.repeat)]
    rows.append(
        (
            "landed pages to exports, through Dagster",
            f"{median(whole):.1f} s",
            f"{median(whole) / median(plains):.2f} x the plain scripts' {median(plains):.1f} s",
            f"{max(peaks):.0f} MiB",
        )
    )

    show(rows)
    if options.releases or options.archive_url:
        with tempfile.TemporaryDirectory(prefix="asylum-bench-") as folder:
            releases.show(releases.measure(options, Path(folder)))
    growth.show(options.releases, options.growth)


def show(rows):
    from rich.console import Console  # noqa: PLC0415 - only for the table
    from rich.table import Table  # noqa: PLC0415

    table = Table("what", "median", "against", "peak of a process")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
