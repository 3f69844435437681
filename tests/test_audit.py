"""What CI makes of the reports of pip-audit and npm audit."""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from warehouse.settings import PROJECT_ROOT

TODAY = date(2026, 11, 26)
ONE = {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1"}]}]}
OF_NPM = {"vulnerabilities": {"a": {"via": ["b", {"url": "https://x/X-1", "title": "bad"}]}}}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", PROJECT_ROOT / ".ci" / "audit.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("kind", "report"), [("of_pip", ONE), ("of_npm", OF_NPM)])
@pytest.mark.parametrize(
    ("until", "lines"), [(None, 1), ("2026-11-26", 0), ("2026-11-25", 1), ("2027-01-01", 0)]
)
def test_a_finding_is_accepted_until_a_day(
    audit: ModuleType, kind: str, report: dict[str, Any], until: str | None, lines: int
) -> None:
    accepted = [{"package": "a", "advisory": "X-1", "until": until, "reason": "r"}] if until else []
    found = getattr(audit, kind)(report)
    assert len(audit.not_accepted(found, accepted, TODAY)) == lines


@pytest.mark.parametrize(
    ("kind", "report", "code"),
    [
        ("pip", "", 0),
        ("pip", {"dependencies": [{"name": "a", "skip_reason": "not found"}]}, 0),
        ("npm", {"message": "405 Method Not Allowed"}, 0),
        ("npm", {"vulnerabilities": {}}, 0),
        ("pip", ONE, 1),
        ("npm", OF_NPM, 1),
    ],
)
def test_a_database_that_cannot_be_asked_is_said_and_a_finding_stops(  # noqa: PLR0917
    audit: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    report: Any,
    code: int,
) -> None:
    path = tmp_path / "report.json"
    path.write_text(report if isinstance(report, str) else json.dumps(report))
    assert audit.main(kind, str(path)) == code
    said = capsys.readouterr().out
    assert ("skipped" in said) == (code == 0 and "vulnerabilities" not in report)
