"""Spark: texts of many sources, each mended by the channel of its source.

Two stages, each spread over the executors whatever the sizes of the sources are. First a sample of
each source is drawn, of bounded size, and its channels are inferred
(:func:`channels_by_source`). They are small: the driver sends all of them to the executors, where
each text is mended in the partition that it lies in (:func:`mend_by_source`): no text but those of
samples is sent anywhere. Models are loaded once by each Python worker, as Spark keeps workers from
task to task.

Executors need textmend, pandas and PyArrow in their Python. Start reading at
:func:`mend_by_source`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812  as Spark's users call it
from pyspark.sql.types import StringType, StructField, StructType

from textmend import Inference, Mender, TextmendError
from textmend.integrations.columns import SAMPLE, edits_as_json

# Of a text no more is sampled than this, so that a sample is of several texts, and bounded where
# one text is huge. Characters.
_LONGEST = SAMPLE // 5
# A sample is drawn at random, and has about so many times the characters that are wanted.
_AMPLE = 2.0
_CHANNELS, _MENDED, _RANK = "channels", "__textmend_mended", "__textmend_rank"
_MENDED_TYPE = StructType([StructField("text", StringType()), StructField("edits", StringType())])

_Columns = Iterator[tuple[pd.Series, pd.Series]]


def mend_by_source(
    df: DataFrame,
    column: str,
    *,
    source: str,
    edits: str | None = None,
    mender: Mender | None = None,
    channels: DataFrame | None = None,
) -> DataFrame:
    """``df`` with the texts of a column mended, each by the channels of its source.

    ``source``: the column that says which texts are of one origin; texts for which it is null are
    mended on their own evidence. A text that is null stays null. ``edits``: a new column for the
    edits of each text, as JSON. ``mender``: with which settings; by default ``Mender()``.
    ``channels``: what :func:`channels_by_source` found, if it was stored; else it is found now, for
    which ``df`` is read twice (persist it, if it takes long to make).
    """
    mender = mender or Mender()
    found: dict[Any, str] = {}
    if mender.channel is None:
        if channels is None:
            channels = channels_by_source(df, column, source=source, mender=mender)
        found = {row[source]: row[_CHANNELS] for row in channels.collect()}
    shared = df.sparkSession.sparkContext.broadcast(found)
    mended = F.pandas_udf(_mending(mender, shared, edits is not None), _MENDED_TYPE)
    # What a channel takes is worked out when it is met, and kept for some channels only: the texts
    # of a source come one after the other.
    result = df.sortWithinPartitions(source).withColumn(_MENDED, mended(column, source))
    result = result.withColumn(column, F.col(_MENDED)["text"])
    if edits is not None:
        result = result.withColumn(edits, F.col(_MENDED)["edits"])
    return result.drop(_MENDED)


def channels_by_source(
    df: DataFrame, column: str, *, source: str, mender: Mender | None = None
) -> DataFrame:
    """The channels of each source, as JSON: store them, and give them to :func:`mend_by_source`.

    The columns are ``source``, by its name, and ``channels``: a list of ``Inference.to_dict``, that
    of most texts first, empty for a clean source. What is drawn depends on the texts alone, and not
    on how they are partitioned.
    """
    mender = mender or Mender()
    if mender.channel is not None:
        raise TextmendError(f"the channel of this mender is {mender.channel!r}, for all sources")
    sample = _sample(df.select(source, column), column, source)
    # As many tasks as are asked for: few bytes take long here, and Spark would join them into one.
    tasks = int(df.sparkSession.conf.get("spark.sql.shuffle.partitions"))
    return (
        sample.repartition(tasks, source)
        .groupBy(source)
        .applyInPandas(
            _inferring(mender, column, source),
            StructType([df.schema[source], StructField(_CHANNELS, StringType())]),
        )
    )


def _sample(texts: DataFrame, column: str, source: str) -> DataFrame:
    """Texts of each source with a rank to sort them by, enough to tell its channels."""
    texts = texts.where(F.col(source).isNotNull() & (F.length(column) > 0))
    texts = texts.withColumn(_RANK, _draw(F.col(column)))
    texts = texts.withColumn(column, F.substring(column, 1, _LONGEST))
    sizes = texts.groupBy(source).agg(F.sum(F.length(column)).alias("size"))
    return (
        texts.join(F.broadcast(sizes), source)
        .where(F.col(_RANK) * F.col("size") < _AMPLE * SAMPLE)
        .drop("size")
    )


def _draw(text: Column) -> Column:
    """A number from 0 to 1 that is drawn for a text, the same whenever it is."""
    return F.shiftrightunsigned(F.xxhash64(text), 11).cast("double") * 2.0**-53


def _inferring(mender: Mender, column: str, source: str) -> Callable[..., pd.DataFrame]:
    def infer(key: tuple[Any, ...], rows: pd.DataFrame) -> pd.DataFrame:
        found = mender.for_source(rows.sort_values([_RANK, column])[column]).channel
        assert isinstance(found, tuple)  # no channel was told
        described = json.dumps([each.to_dict() for each in found], ensure_ascii=False)
        return pd.DataFrame({source: [key[0]], _CHANNELS: [described]})

    return infer


def _mending(
    mender: Mender, channels: Any, edits: bool
) -> Callable[[_Columns], Iterator[pd.DataFrame]]:
    def explained(text: str, source: Any, menders: dict[Any, Mender]) -> tuple[str, str | None]:
        mended = _mender_of(source, mender, channels.value, menders).mend_and_explain(text)
        return mended.text, edits_as_json(mended) if edits else None

    def mend(batches: _Columns) -> Iterator[pd.DataFrame]:
        menders: dict[Any, Mender] = {}
        for texts, sources in batches:
            rows = [
                (None, None) if pd.isna(text) else explained(text, source, menders)
                for text, source in zip(texts, sources, strict=True)
            ]
            yield pd.DataFrame(rows, columns=_MENDED_TYPE.names, dtype=object)

    return mend


def _mender_of(
    source: Any, mender: Mender, channels: dict[Any, str], menders: dict[Any, Mender]
) -> Mender:
    """The mender for a source, made when it is first asked for."""
    if source not in channels:
        return mender
    if source not in menders:
        inferred = tuple(map(Inference.from_dict, json.loads(channels[source])))
        menders[source] = Mender(
            lang=mender.lang,
            channel=inferred,
            min_probability=mender.min_probability,
            min_log_odds=mender.min_log_odds,
            model=mender.model,
        )
    return menders[source]
