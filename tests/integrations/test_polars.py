from __future__ import annotations

from collections.abc import Mapping

import pytest

from textmend import Mender

pl = pytest.importorskip("polars")

from polars.testing import assert_frame_equal

import textmend.integrations.polars  # noqa: F401  it registers the namespaces


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_a_column(engine: str, damaged: list[str]) -> None:
    frame = pl.DataFrame({"n": range(9), "text": [*damaged, None, "", "It is clean."]})
    mended = frame.lazy().with_columns(pl.col("text").textmend.mend()).collect(engine=engine)
    texts = [*Mender().mend_many(damaged), None, "", "It is clean."]
    assert_frame_equal(mended, pl.DataFrame({"n": range(9), "text": texts}))


def test_a_mender_and_a_series() -> None:
    series = pl.Series("text", ["y left", None])
    told = Mender(channel="the")
    assert series.textmend.mend(told).to_list() == ["They left", None]
    expr = pl.col("text").textmend.mend(told)
    assert series.to_frame().select(expr).to_series().to_list() == ["They left", None]


def test_columns_of_nothing() -> None:
    for texts in ([], [None, None]):
        series = pl.Series("text", texts, pl.String)
        assert series.textmend.mend().to_list() == texts


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_each_group_is_a_source(engine: str, snippets: Mapping[str, list[str]]) -> None:
    rows = [(source, text) for source, texts in snippets.items() for text in texts]
    frame = pl.LazyFrame(rows, schema=["site", "text"], orient="row")
    mended = frame.select(pl.col("text").textmend.mend(pool=True).over("site"))
    expected = [
        text for texts in snippets.values() for text in Mender().mend_many(texts, pool=True)
    ]
    assert mended.collect(engine=engine).to_series().to_list() == expected
    assert expected != [text for _, text in rows]
