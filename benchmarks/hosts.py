"""Words per second through each host, beside ``mend_many`` on the same texts in the same run.

All texts are mended once before, so that what is loaded and worked out once is not measured: what
is left is what hosts take for themselves. Processes that a host starts begin anew, and their start
is measured. Start reading at :func:`measure_hosts`.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

from rich.table import Table

from benchmarks.accuracy import circumstances
from benchmarks.channels import EXAMPLE
from benchmarks.systems import Missing
from textmend import Mender

Texts = Sequence[str]
Run = Callable[[], Texts]
_DAMAGED = 0.1  # the share of texts that are damaged


@dataclass(frozen=True, slots=True)
class Host:
    """A host with so many workers.

    ``seconds``: for all texts; ``baseline``: those of ``mend_many``, in one process.
    """

    name: str
    workers: int
    words: int
    seconds: float
    baseline: float

    @property
    def rate(self) -> float:
        """Words per second."""
        return self.words / self.seconds

    @property
    def overhead(self) -> float:
        """The share of its time, with one worker, that the host takes for itself."""
        return 1 - self.baseline / self.seconds


@dataclass(frozen=True)
class Hosts:
    """All figures of a run."""

    hosts: tuple[Host, ...]
    missing: dict[str, str]
    about: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values for JSON."""
        described = [{**asdict(each), "rate": each.rate} for each in self.hosts]
        return {**self.about, "hosts": described, "missing": self.missing}


def sample(passages: Sequence[str], documents: int, *, seed: int = 0) -> list[str]:
    """So many texts, drawn from passages, of which one in ten is damaged."""
    rng = random.Random(seed)
    return [
        EXAMPLE.channel.apply(text) if rng.random() < _DAMAGED else text
        for text in rng.choices(passages, k=documents)
    ]


def measure_hosts(
    texts: Texts, names: Sequence[str] = (), *, workers: Sequence[int] = (1, 2), repeat: int = 1
) -> Hosts:
    """The hosts of these names, or all; with several workers those that have processes.

    ``repeat``: each is timed so often, in turn with ``mend_many``, and the best times are taken:
    others use the machine, too.
    """
    words = sum(len(text.split()) for text in texts)
    mender = Mender()
    expected = list(mender.mend_many(texts))
    found = []
    missing = {}
    for name in names or HOSTS:
        for count in workers if name in _PARALLEL else (1,):
            try:
                with HOSTS[name](texts, count) as run:
                    times = []
                    for _ in range(repeat):
                        baseline, _ = _timed(lambda: list(mender.mend_many(texts)))
                        seconds, mended = _timed(run)
                        times.append((baseline, seconds))
            except ImportError as error:
                missing[name] = str(error)
                break
            if list(mended) != expected:
                raise Missing(f"{name} does not mend as mend_many does")
            baseline, seconds = map(min, zip(*times, strict=True))
            found.append(Host(name, count, words, seconds, baseline))
    about = {**circumstances(), "documents": len(texts), "words": words}
    return Hosts(tuple(found), missing, about)


def hosts_table(found: Hosts) -> Table:
    """Each host beside ``mend_many``, and with more workers beside itself with one."""
    table = Table(
        "host", "workers", "words/s", "mend_many", "overhead", "times one worker", title="Hosts"
    )
    of_one = {each.name: each.seconds for each in found.hosts if each.workers == 1}
    for each in found.hosts:
        alone = each.workers == 1
        table.add_row(
            each.name,
            str(each.workers),
            f"{each.rate:,.0f}",
            f"{each.words / each.baseline:,.0f}",
            f"{100 * each.overhead:.1f} %" if alone else "",
            "" if alone or each.name not in of_one else f"{of_one[each.name] / each.seconds:.2f}",
        )
    return table


def _timed(run: Run) -> tuple[float, Texts]:
    start = perf_counter()
    mended = run()
    return perf_counter() - start, mended


# One context each, which makes the host ready, gives what is timed, and ends the host.


@contextmanager
def _datasets(texts: Texts, workers: int) -> Iterator[Run]:
    import datasets

    from textmend.integrations.datasets import Mend

    datasets.disable_progress_bars()
    dataset = datasets.Dataset.from_dict({"text": list(texts)})
    processes = None if workers == 1 else workers

    def run() -> Texts:
        mended: Texts = dataset.map(
            Mend("text"), batched=True, num_proc=processes, load_from_cache_file=False
        )["text"][:]
        return mended

    yield run


@contextmanager
def spark_session(workers: int) -> Iterator[Any]:
    """Spark on this machine, with so many workers."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = (
        SparkSession.builder.master(f"local[{workers}]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", str(4 * workers))
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    yield spark
    spark.stop()


def spark_frame(spark: Any, texts: Texts, sources: Sequence[str | None], parts: int) -> Any:
    """Texts with their places and sources, in memory, in so many partitions."""
    rows = [(place, *row) for place, row in enumerate(zip(sources, texts, strict=True))]
    made = spark.createDataFrame(rows, "place long, site string, text string")
    made = made.repartition(parts).persist()
    made.count()
    return made


@contextmanager
def _spark(texts: Texts, workers: int) -> Iterator[Run]:
    from textmend.integrations.spark import mend_by_source

    def mended(several: Any) -> Texts:
        rows = mend_by_source(several, "text", source="site").collect()
        return [row.text for row in sorted(rows, key=lambda row: row.place)]

    with spark_session(workers) as spark:
        # Of no source: each text is mended on its own evidence, as mend_many does.
        few = texts[:200]
        mended(spark_frame(spark, few, [None] * len(few), workers))  # workers have loaded
        frame = spark_frame(spark, texts, [None] * len(texts), 4 * workers)
        yield lambda: mended(frame)


@contextmanager
def _spacy(texts: Texts, workers: int) -> Iterator[Run]:
    import spacy

    del workers
    tokenizer = {"@tokenizers": "textmend.Tokenizer.v1"}
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": tokenizer}})
    yield lambda: [doc.text for doc in nlp.pipe(texts)]


@contextmanager
def _datatrove(texts: Texts, workers: int) -> Iterator[Run]:
    from datatrove.data import Document

    from textmend.integrations.datatrove import TextmendFormatter

    del workers
    step = TextmendFormatter()
    documents = [Document(text, str(place)) for place, text in enumerate(texts)]
    yield lambda: [each.text for each in step.run(documents)]


@contextmanager
def _pandas(texts: Texts, workers: int) -> Iterator[Run]:
    import pandas as pd

    import textmend.integrations.pandas  # noqa: F401  it registers the accessor

    del workers
    series = pd.Series(texts)
    yield lambda: list(series.textmend.mend())


@contextmanager
def _polars(texts: Texts, workers: int) -> Iterator[Run]:
    import polars as pl

    import textmend.integrations.polars  # noqa: F401  it registers the namespace

    del workers
    frame = pl.LazyFrame({"text": texts}).select(pl.col("text").textmend.mend())
    yield lambda: frame.collect(engine="streaming")["text"].to_list()


@contextmanager
def _arrow(texts: Texts, workers: int) -> Iterator[Run]:
    import pyarrow as pa

    from textmend.integrations import arrow

    del workers
    column = pa.chunked_array([pa.array(texts)])
    yield lambda: arrow.mend(column).to_pylist()


@contextmanager
def _sklearn(texts: Texts, workers: int) -> Iterator[Run]:
    from textmend.integrations.sklearn import MendTransformer

    del workers
    yield lambda: list(MendTransformer().fit_transform(texts))


HOSTS = {
    "pandas": _pandas,
    "polars": _polars,
    "arrow": _arrow,
    "sklearn": _sklearn,
    "spacy": _spacy,
    "datatrove": _datatrove,
    "datasets": _datasets,
    "spark": _spark,
}
_PARALLEL = ("datasets", "spark")
