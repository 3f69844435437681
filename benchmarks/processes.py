"""The product and plain scripts, each in processes of their own: seconds, and peak memory."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from warehouse.settings import load_settings

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ASYLUM = Path(sys.executable).parent / "asylum"


def measured(arguments, data, **variables):
    """Run a command; (seconds, peak MiB of any one of its processes, its standard output)."""
    settings = load_settings()
    limits = {  # plain scripts have what the product has
        "ASYLUM_MEMORY_LIMIT": settings.memory_limit,
        "ASYLUM_THREADS": str(settings.threads),
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(a) for a in arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | limits | variables | {"ASYLUM_DATA_DIR": str(data)},
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


def plainly(data):
    """Seconds and peak MiB of plain scripts that do the same."""
    plan = data / "plan.json"
    plan.write_text(json.dumps(plan_of(data / "dbt")))
    clear(data)
    load, load_peak, _ = measured(floor_of("load", data), data)
    clear(data)
    load_product(data)  # the tables of the manifests too, which the plan reads
    build, build_peak, _ = measured([*floor_of("build", data), plan], data)
    return load + build, max(load_peak, build_peak)
