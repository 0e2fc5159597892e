"""A job for spark-submit: mends the texts of a table, each by the channel of its source.

    spark-submit docs/spark_job.py --column text --source site --edits edits RAW MENDED

RAW and MENDED are folders of Parquet. The channels are kept in MENDED-channels; with --channels
those of another day are used instead of inferring them again.
"""

from __future__ import annotations

import argparse

from pyspark.sql import SparkSession

from textmend import Mender
from textmend.integrations.spark import channels_by_source, mend_by_source


def main() -> None:
    """Read, infer, mend, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("raw")
    parser.add_argument("mended")
    parser.add_argument("--column", default="text")
    parser.add_argument(
        "--source", default="site", help="the column that says where a text is from"
    )
    parser.add_argument("--edits", help="a new column for the edits, as JSON")
    parser.add_argument("--channels", help="Parquet that another run has kept")
    parser.add_argument("--lang", default="en")
    asked = parser.parse_args()

    spark = SparkSession.builder.appName("textmend").getOrCreate()
    texts = spark.read.parquet(asked.raw)
    mender = Mender(lang=asked.lang)
    kept = asked.channels or f"{asked.mended.rstrip('/')}-channels"
    if not asked.channels:
        found = channels_by_source(texts, asked.column, source=asked.source, mender=mender)
        found.write.parquet(kept)
    mend_by_source(
        texts,
        asked.column,
        source=asked.source,
        edits=asked.edits,
        mender=mender,
        channels=spark.read.parquet(kept),
    ).write.parquet(asked.mended)
    spark.stop()


if __name__ == "__main__":
    main()
