from __future__ import annotations

import json
import os
import pickle
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from textmend import Mender, TextmendError

pytest.importorskip("pyspark")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("Spark needs Java", allow_module_level=True)

from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812

from textmend.integrations.spark import channels_by_source, mend_by_source

# pyspark 4 warns of pandas 3 wherever it is used.
pytestmark = pytest.mark.filterwarnings(
    "ignore:PySpark does not yet fully support pandas:FutureWarning"
)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    # Executors have the Python that PYSPARK_PYTHON names: in CI one of its own, with the wheel.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "50")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="module")
def rows(snippets: Mapping[str, list[str]]) -> list[tuple[int, str | None, str | None]]:
    """Sources of very different sizes, and whatever else comes in real data."""
    several = [("a", text) for text in snippets["a"]]
    several += [("b", text) for text in snippets["b"][:8]]
    several += [("c", text) for text in snippets["c"][:8]]
    several += [("huge", "\n".join(snippets["a"] * 8))]
    odd: list[tuple[str | None, str | None]] = [
        ("a", None), ("a", ""), (None, None), ("none", None), ("empty", ""), ("one", "y met or"),
        (None, "y met or farmers in Sourn Nerlands"),
    ]  # fmt: skip
    return [(number, *row) for number, row in enumerate([*odd, *several])]


def frame(spark: Any, rows: Any) -> Any:
    return spark.createDataFrame(rows, "id long, site string, text string").repartition(4)


def test_each_text_is_mended_by_the_channel_of_its_source(
    spark: Any, rows: list[tuple[int, str | None, str | None]]
) -> None:
    result = mend_by_source(frame(spark, rows), "text", source="site", edits="edits")
    assert result.columns == ["id", "site", "text", "edits"]
    found = {row.id: row for row in result.collect()}
    assert len(found) == len(rows)
    menders = {
        site: Mender().for_source([text for _, at, text in rows if at == site and text])
        for site in ("a", "b", "c", "huge", "one")
    }
    changed = dict.fromkeys(menders, 0)
    for number, site, text in rows:
        row = found[number]
        assert row.site == site
        if text is None:
            assert row.text is row.edits is None
            continue
        told = menders.get(site or "", Mender()).mend_and_explain(text)
        assert row.text == told.text
        assert json.loads(row.edits) == [edit.to_dict() for edit in told.edits]
        if site in changed:
            changed[site] += text != told.text
    assert changed["a"] > 5
    assert changed["b"] > 3
    assert changed["huge"] == 1
    assert changed["c"] == changed["one"] == 0


def test_channels_are_stored_and_used_again(
    spark: Any, rows: list[tuple[int, str | None, str | None]], tmp_path: Any
) -> None:
    texts = frame(spark, rows)
    path = str(tmp_path / "channels")
    channels_by_source(texts, "text", source="site").write.parquet(path)
    stored = spark.read.parquet(path)
    found = {row.site: json.loads(row.channels) for row in stored.collect()}
    assert found.keys() == {"a", "b", "c", "huge", "one"}
    assert found["c"] == found["one"] == []
    (of_a,) = found["a"]
    assert sorted(drop["sequence"] for drop in of_a["channel"]["drops"]) == ["ad", "the"]
    # What is drawn depends on neither partitions nor order.
    again = channels_by_source(texts.orderBy("text").repartition(7), "text", source="site")
    assert {row.site: json.loads(row.channels) for row in again.collect()} == found
    few = texts.where(F.col("site") == "b").limit(3)
    mended = mend_by_source(few, "text", source="site", channels=stored).collect()
    assert any(row.text != text for row in mended for number, _, text in rows if number == row.id)


def test_the_mended_text_and_its_edits_give_the_input_back(
    spark: Any, rows: list[tuple[int, str | None, str | None]]
) -> None:
    texts = frame(spark, [row for row in rows if row[1] == "b"])
    mended = mend_by_source(texts, "text", source="site", edits="edits").collect()
    for row in mended:
        parts: list[str] = []
        place = done = 0  # in the mended text, and in the input
        for each in json.loads(row.edits):
            kept = each["start"] - done
            parts += row.text[place : place + kept], each["before"]
            place, done = place + kept + len(each["after"]), each["end"]
        assert "".join([*parts, row.text[place:]]) == rows[row.id][2]
    assert any(row.edits != "[]" for row in mended)


def test_a_channel_that_is_told_is_that_of_all(spark: Any) -> None:
    texts = frame(spark, [(0, "x", "Sourn seas"), (1, None, "Nerlands")])
    mended = mend_by_source(texts, "text", source="site", mender=Mender(channel="the"))
    assert {row.text for row in mended.collect()} == {"Southern seas", "Netherlands"}
    with pytest.raises(TextmendError, match="for all sources"):
        channels_by_source(texts, "text", source="site", mender=Mender(channel="the"))


def test_a_worker_loads_the_model_once(spark: Any, snippets: Mapping[str, list[str]]) -> None:
    texts = [(number, "a", text) for number, text in enumerate(snippets["a"] * 2)]
    mend_by_source(frame(spark, texts), "text", source="site").collect()

    # Asked by a UDF: an RDD has other workers.
    def loads(batches: Iterator[Any]) -> Iterator[Any]:
        import pandas as pd

        from textmend.models.network import _load

        for _ in batches:
            yield pd.DataFrame({"pid": [os.getpid()], "loads": [_load.cache_info().misses]})

    asked = spark.range(8).repartition(8).mapInPandas(loads, "pid long, loads long").collect()
    workers = {row.pid: row.loads for row in asked}
    assert len(workers) <= 2
    assert set(workers.values()) == {1}


def test_a_mender_travels_between_environments(spark: Any) -> None:
    # Where PYSPARK_PYTHON is another environment, both have textmend at other paths.
    mender = Mender(channel="the,ad")
    packed = pickle.dumps(mender)

    def mend(_: Iterator[int]) -> Iterator[tuple[str, bool, str]]:
        import sys

        again = pickle.loads(packed)
        yield again.mend("In dition, y met or farmers."), pickle.dumps(again) == packed, sys.prefix

    ((mended, same, prefix),) = spark.sparkContext.parallelize([0], 1).mapPartitions(mend).collect()
    assert mended == mender.mend("In dition, y met or farmers.")
    assert same
    if os.environ["PYSPARK_PYTHON"] != sys.executable:
        assert prefix != sys.prefix
