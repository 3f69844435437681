"""How fast, and how much memory: ratios against a floor measured in the same run.

    make bench                                   # on what is landed in warehouse/data
    make bench ARGS="--api-url URL"              # fetches from URL first, into a folder of its own
    make bench ARGS="--releases FOLDER"          # and what releases cost: releases.py

Full scale needs a full fetch (`asylum run --source api`), or an address that answers like the API.
Each figure is the median of --repeat runs, each run a process of its own. README.md in this folder
says what is measured and what came out.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import releases

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ASYLUM = Path(sys.executable).parent / "asylum"


def measured(arguments, data, **environ):
    """Run a command; (seconds, peak MiB of any one of its processes, its standard output)."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(a) for a in arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ, ASYLUM_DATA_DIR=str(data), **environ),
    )
    peak = [0]
    watcher = threading.Thread(target=watch, args=(process.pid, peak), daemon=True)
    watcher.start()
    out, err = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode:
        sys.exit(f"{' '.join(map(str, arguments))} failed:\n{out}\n{err}")
    return seconds, peak[0] / 2**20, out


def watch(pid, peak):
    """Keep the highest resident size seen of a process and its children."""
    try:
        parent = psutil.Process(pid)
        while True:
            for one in [parent, *parent.children(recursive=True)]:
                try:
                    peak[0] = max(peak[0], one.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue
            time.sleep(0.02)
    except psutil.NoSuchProcess:
        return


def median(values):
    return statistics.median(values)


def load_product(data):
    code = (
        "import json, time; from warehouse.build import raw; "
        "from warehouse.releases.assign import assign; from warehouse.settings import "
        "load_settings; s = load_settings(); t = time.perf_counter(); r = raw.load(s); assign(s); "
        "print(json.dumps({'seconds': time.perf_counter() - t, 'rows': sum(r.rows.values())}))"
    )
    _, peak, out = measured([sys.executable, "-c", code], data)
    return json.loads(out) | {"peak": peak}


def plan_of(target):
    """Statements of the dbt project as last compiled, parents first: [kind, name, SQL]."""
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    compiled = {path.stem: path for path in (target / "compiled").rglob("*.sql")}
    done, plan = set(), []

    def visit(key):
        node = nodes.get(key)
        if key in done or node is None:
            return
        done.add(key)
        for parent in node["depends_on"].get("nodes", []):
            visit(parent)
        name = f'"{node["schema"]}"."{node["alias"]}"'
        if node["resource_type"] == "seed":
            path = (ROOT / "dbt_project" / node["original_file_path"]).resolve()
            types = ", ".join(f"'{c}': '{t}'" for c, t in node["config"]["column_types"].items())
            select = f"select * from read_csv('{path}', header = true, types = {{{types}}})"
            plan.append(["table", name, select])
        elif node["resource_type"] in {"model", "test"}:
            kind = "test" if node["resource_type"] == "test" else node["config"]["materialized"]
            if kind == "ephemeral":
                return  # a part of the statements that read it
            for hook in node["config"].get("pre-hook", []):
                plan.append(["hook", name, hook["sql"]])
            if kind == "table_function":
                kind, name = "macro", f"{name}({', '.join(node['config']['parameters'])})"
            plan.append([kind, name, compiled[Path(node["path"]).stem].read_text()])

    for key in nodes:
        visit(key)
    return plan


def floor_of(what, data):
    """The command that does the same as plain scripts."""
    return [sys.executable, HERE / "floor.py", what, data / "landing", data / "build.duckdb"]


def clear(data):
    for path in data.iterdir():
        if path.name.startswith(("build.duckdb", "asylum.duckdb", "published.duckdb", "floor")):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(data / "exports", ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--api-url", help="fetch from here first; measures the crawl too")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--archive-url", help="measure ten releases too, from this archive")
    where.add_argument("--releases", type=Path, help="the same, from a folder of parquet files")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
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
    plan = data / "plan.json"
    plan.write_text(json.dumps(plan_of(data / "dbt")))
    plains = []
    for _ in range(options.repeat):
        clear(data)
        load, _, _ = measured(floor_of("load", data), data)
        clear(data)
        load_product(data)  # the tables of the manifests too, which the plan reads
        build, _, _ = measured([*floor_of("build", data), plan], data)
        plains.append(load + build)
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


def show(rows):
    from rich.console import Console  # noqa: PLC0415 - only for the table
    from rich.table import Table  # noqa: PLC0415

    table = Table("what", "median", "against", "peak of a process")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
