"""Known vulnerabilities of what the project installs: pip-audit on the lock, npm audit on axe-core.

    python .ci/audit.py pip PIP_AUDIT_JSON
    python .ci/audit.py npm NPM_AUDIT_JSON

Ends with 1 for a finding that accepted-findings.csv does not list, or lists until a day that has
passed. Where the database of advisories could not be asked, it says so and ends with 0: a mirror of
packages without advisories is no reason to stop work, and no reason to believe that all is well.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

ACCEPTED = Path(__file__).with_name("accepted-findings.csv")


class Vulnerability(NamedTuple):
    """One advisory on one package."""

    package: str
    advisory: str
    text: str


class NotAskedError(Exception):
    """The database of advisories did not answer."""


def of_pip(report: dict[str, Any]) -> Iterator[Vulnerability]:
    """What pip-audit found. Raises NotAskedError where it could look up nothing."""
    packages = report["dependencies"]
    if packages and all("skip_reason" in one for one in packages):
        raise NotAskedError(packages[0]["skip_reason"])
    for one in packages:
        for found in one.get("vulns", []):
            mended = ", ".join(found.get("fix_versions", [])) or "no version yet"
            text = f"{one['version']}, mended in {mended}"
            yield Vulnerability(one["name"], found["id"], text)


def of_npm(report: dict[str, Any]) -> Iterator[Vulnerability]:
    """What `npm audit` found. Raises NotAskedError where the registry gave no answer."""
    if "vulnerabilities" not in report:
        raise NotAskedError(str(report.get("message") or report.get("error") or report)[:300])
    for name, one in report["vulnerabilities"].items():
        for via in one["via"]:
            if isinstance(via, dict):
                yield Vulnerability(name, via["url"].rpartition("/")[2], via["title"])


def not_accepted(
    found: Iterator[Vulnerability], accepted: list[dict[str, str]], today: date
) -> list[str]:
    """A line for each finding that has to be looked at."""
    until = {(row["package"], row["advisory"]): row["until"] for row in accepted}
    out = []
    for one in found:
        day = until.get((one.package, one.advisory))
        if day is None:
            out.append(f"{one.package} {one.text}: {one.advisory}")
        elif date.fromisoformat(day) < today:
            out.append(f"{one.package} {one.text}: {one.advisory}, accepted until {day}")
    return sorted(set(out))


def main(kind: str, path: str) -> int:
    """Print what has to be looked at."""
    text = Path(path).read_text("utf-8")
    try:
        if not text.strip():
            raise NotAskedError("no report was written")
        found = {"pip": of_pip, "npm": of_npm}[kind](json.loads(text))
        with ACCEPTED.open(encoding="utf-8", newline="") as file:
            lines = not_accepted(found, list(csv.DictReader(file)), datetime.now(UTC).date())
    except NotAskedError as error:
        print(f"audit of {kind}: skipped, the database of advisories could not be asked: {error}")
        return 0
    for line in lines:
        print(f"audit of {kind}: {line}")
    if lines:
        print(f"Upgrade (make lock), or add a line with a day and a reason to {ACCEPTED.name}.")
    else:
        print(f"audit of {kind}: nothing is known of what is installed that is not accepted.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
