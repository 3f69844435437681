"""The ten questions of docs/lake.md: Spark and DuckDB answer alike, from the files of the store."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import SecretStr

from tests.s3_server import ACCESS_KEY, SECRET_KEY, s3_server
from warehouse.published.lake import POINTER, publish
from warehouse.settings import PROJECT_ROOT, Settings

SPARK_PYTHON = PROJECT_ROOT / ".venv-spark" / "bin" / "python"
QUESTIONS = re.findall(
    r"^### ([^\n]+)\n\n```sql\n(.*?)^```$",
    (PROJECT_ROOT / "docs" / "lake.md").read_text("utf-8"),
    re.DOTALL | re.MULTILINE,
)
# A master and two workers, each a process of its own, with one core.
ASK_SPARK = """
import json, sys
from pyspark.sql import SparkSession
asked = json.load(sys.stdin)
spark = (
    SparkSession.builder.master("local-cluster[2,1,512]")
    .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "4")
    .config("spark.executor.memory", "512m").config("spark.driver.host", "127.0.0.1")
    .getOrCreate()
)
for table, folder in asked["tables"].items():
    spark.read.parquet(folder).createOrReplaceTempView(table)
print("ANSWERS" + json.dumps(
    [[list(row) for row in spark.sql(text).collect()] for text in asked["questions"]], default=str
))
spark.stop()
"""


def comparable(rows: list[Any]) -> list[list[Any]]:
    """Dates as text, decimals and floats alike."""
    return [
        [v if v is None or isinstance(v, (int, float)) else str(v) for v in row] for row in rows
    ]


@pytest.mark.spark
@pytest.mark.timeout(900)
def test_spark_and_duckdb_answer_ten_questions_alike(
    published_starter: Settings, tmp_path: Path
) -> None:
    pytest.importorskip("obstore", reason="the extra `lake` is not installed")
    pytest.importorskip("nanio", reason="nanio, of the extra `dev`, is not installed")
    if not SPARK_PYTHON.exists() or shutil.which("java") is None:
        pytest.skip("Spark needs Java, and .venv-spark, which `make test-spark` makes")
    with s3_server(tmp_path / "s3", "figures") as server:
        publish(
            published_starter.model_copy(
                update={
                    "lake_endpoint": server.endpoint,
                    "lake_access_key": SecretStr(ACCESS_KEY),
                    "lake_secret_key": SecretStr(SECRET_KEY),
                }
            ),
            "s3://figures/asylum",
        )
    home = tmp_path / "s3" / "figures" / "asylum"
    now = json.loads((home / POINTER).read_bytes())
    questions = [text for _, text in QUESTIONS]
    assert len(questions) == 10
    tables = {
        name: str(home / now["folder"] / name)
        for name in now["tables"]
        if any(re.search(rf"\b{name}\b", text) for text in questions)
    }
    with duckdb.connect() as con:
        for name, folder in tables.items():
            is_parted = bool(now["tables"][name]["partitioned_by"])
            con.execute(
                f"create view {name} as select * from "
                f"read_parquet('{folder}/**/*.parquet', hive_partitioning = {is_parted})"
            )
        by_duckdb = [comparable(con.execute(text).fetchall()) for text in questions]
    asked = json.dumps({"tables": tables, "questions": questions})
    ended = subprocess.run(
        [str(SPARK_PYTHON), "-c", ASK_SPARK],
        input=asked,
        env={"SPARK_LOCAL_IP": "127.0.0.1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    by_spark = json.loads(ended.stdout.partition("ANSWERS")[2].splitlines()[0])
    assert all(by_duckdb), "each question has an answer"
    for (question, _), ours, theirs in zip(QUESTIONS, by_duckdb, by_spark, strict=True):
        assert comparable(theirs) == ours, question
