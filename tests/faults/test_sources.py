"""Faults at the API, the flow workbook and the archive: refused and named once, or survived."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.fake_api import FakeApi, Fault, fast_settings, sample_data
from tests.fake_archive import FakeArchive, population
from tests.faults.world import whole_snapshots
from warehouse.build import raw
from warehouse.landing.backfill import backfill
from warehouse.landing.snapshots import NotAllLandedError, crawl
from warehouse.sources.unhcr_api.client import UpstreamError
from warehouse.sources.unhcr_api.endpoints import FLOWS

FOREVER = 10**6
PARTS = [
    *(("population", part) for part in ("pairs", "by_origin", "by_asylum")),
    *(("asylum-decisions", part) for part in ("pairs", "by_origin")),
    *(("idmc", "pairs"), ("regions", "all"), ("footnotes", "all")),
]
HEAD = b"HTTP/1.1 200 OK\r\n"
DRIPS: list[Any] = [
    (b"HTTP/1.1 200 ", b"O" * 500),
    (HEAD + b"X: ", b"x" * 500),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 500),
    (HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08" + bytes(6), b"x" * 500),
]
OF_ANY: list[tuple[str, Any]] = [
    *((kind, None) for kind in ("html", "no status", "empty", "cut", "hang", "reset", "noitems")),
    *((status, None) for status in ("400", "401", "403", "404", "408", "410", "429")),
    *((status, None) for status in ("500", "502", "503", "504")),
    ("429", "3600"),
    ("429", "Wed, 21 Oct 2099 07:28:00 +99999999999"),
    ("301", "http://elsewhere.invalid/"),
    *(("drip", drip) for drip in DRIPS),
]
OF_WORKBOOK = [one for one in OF_ANY if one[0] not in ("noitems", "301", "429")]
OF_ARCHIVE = ["404", "500", "html", "cut", "half", "flipped", "endless", "301"]


def seeded() -> list[tuple[str, str, str, Any, int]]:
    """(endpoint, slice, kind, value, how often): 200 with those of workbook and archive."""
    chance = random.Random(16)
    every = [
        (endpoint, part, kind, value, times)
        for endpoint, part in PARTS
        for kind, value in OF_ANY
        for times in (1, FOREVER)
    ]
    api = chance.sample(every, 200 - 2 * len(OF_WORKBOOK) - 2 * len(OF_ARCHIVE))
    flows = [(FLOWS, "workbook", kind, value, n) for kind, value in OF_WORKBOOK for n in (1, 99)]
    return api + flows


ALL = seeded()
# One in twenty is tried with every `make test`, the others by `make test-faults`.
CASES = [
    pytest.param(one, marks=[] if number % 20 == 0 else pytest.mark.faults, id=f"{number}-{one[2]}")
    for number, one in enumerate(ALL)
]


@pytest.mark.parametrize("case", CASES)
def test_a_fault_at_unhcr_is_survived_or_named_once_and_the_next_crawl_is_whole(
    tmp_path: Path, case: tuple[str, str, str, Any, int]
) -> None:
    endpoint, part, kind, value, times = case
    wanted = ["countries" if endpoint == "regions" else endpoint, "unrwa", endpoint]
    with FakeApi(sample_data()) as api:
        calm = fast_settings(tmp_path, api.url)
        settings = calm.model_copy(
            update={"read_timeout": 0.2, "total_timeout": 0.6, "max_attempts": 3}
        )
        crawl(calm, endpoints=["unrwa"])
        before = whole_snapshots(settings)
        fault = Fault(kind, endpoint=endpoint, times=times, value=value)
        fault.slice = None if endpoint == FLOWS else part
        api.faults.append(fault)
        try:
            crawl(settings, endpoints=list(dict.fromkeys(wanted)))
        except NotAllLandedError as error:
            assert list(error.failed).count(endpoint) == 1
            said = error.failed[endpoint]
        except UpstreamError as error:
            said = str(error)
        else:
            said = ""
        assert fault.met > 0
        assert bool(said) or times == 1, "a fault that stays is never landed"
        if said:
            assert said.count("Traceback") == 0 and said.isprintable()
            assert said.count("http://127.0.0.1") == 1, "named once, with its address"
            assert any(word in said for word in ("ry again", "see whether", "set ASYLUM_")), said
        after = whole_snapshots(settings)
        assert before.keys() <= after.keys()
        api.faults.clear()
        crawl(calm, endpoints=list(dict.fromkeys(wanted)))
        landed = {name.partition("/")[0] for name in whole_snapshots(settings)}
        assert landed == set(wanted)
        assert raw.load(settings).set_aside == []


@pytest.mark.faults
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("kind", OF_ARCHIVE)
def test_a_fault_at_the_archive_is_survived_or_named_once(
    tmp_path: Path, kind: str, times: int
) -> None:
    pytest.importorskip("rdata", reason="the extra `archive` is not installed")
    with FakeArchive(tmp_path / "lists") as archive:
        rows = [population(2023, "CHI", "AUL", 5, asylum_seekers=7)]
        archive.publish("2023-06", "2023-06-30", {"population": rows})
        settings = fast_settings(
            tmp_path / "data", "http://127.0.0.1:9/", archive_url=archive.url, max_attempts=2
        )
        archive.faults = [("population.rda", kind)] * (times * 3)
        try:
            backfill(settings, reference_dir=archive.reference_dir)
        except NotAllLandedError as error:
            [said] = error.failed.values()
            assert said.count(archive.url) == 1
            assert whole_snapshots(settings) == {}
        archive.faults.clear()
        backfill(settings, reference_dir=archive.reference_dir)
        assert len(whole_snapshots(settings)) == 1
