"""What very many documents cost: measured here on few, then reckoned for all.

Start reading at :func:`measure_costs`, then :func:`plan`.
"""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

from rich.table import Table

from benchmarks.channels import EXAMPLE
from benchmarks.hosts import spark_frame, spark_session
from textmend import Mender
from textmend.integrations.columns import edits_as_json

Result = TypeVar("Result")

_HOUR = 3600.0
_SOURCE_WORDS = 20_000  # that tell the channel of a source
# A process from its start to its first text, which it infers a channel from.
_WORKER = """
import resource, sys, textmend
textmend.mend(sys.stdin.read())
unit = 1e6 if sys.platform == "darwin" else 1e3
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
"""


@dataclass(frozen=True, slots=True)
class Costs:
    """What was measured.

    ``clean``, ``damaged``: seconds of a core for a million words, each text on its own evidence.
    ``clean_source``, ``damaged_source``: the same where it is known what their source shows, no
    channel or one. ``infer_clean``, ``infer_damaged``: seconds to find that out from 20,000 words.
    ``start``: seconds of a worker until its first text is mended. ``memory``: its peak, MB.
    ``edits``: bytes of JSON for a word of damaged text; ``edits_packed``: compressed.
    ``channel``: bytes of JSON for what a damaged source shows.
    """

    clean: float
    damaged: float
    clean_source: float
    damaged_source: float
    infer_clean: float
    infer_damaged: float
    start: float
    memory: float
    edits: float
    edits_packed: float
    channel: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What many documents take.

    ``alone``, ``pooled``: hours of a core, each text on its own evidence, or by source.
    ``memory``: of all workers, GB. ``edits``: compressed, GB. ``channels``: GB, on the driver.
    """

    alone: float
    pooled: float
    memory: float
    edits: float
    channels: float


@dataclass(frozen=True, slots=True)
class Skewed:
    """Seconds on Spark to infer channels and to mend, for sources of one shape."""

    shape: str
    infer: float
    mend: float


def measure_costs(texts: Sequence[str]) -> Costs:
    """Costs on clean texts, and on the same damaged by the example channel."""
    damaged = [EXAMPLE.channel.apply(text) for text in texts]
    mender = Mender()
    start, memory = _worker(damaged[0])
    clean_sample, damaged_sample = _first(texts), _first(damaged)
    mender.for_source(damaged_sample)  # loads
    infer_clean, of_clean = _timed(lambda: mender.for_source(clean_sample))
    infer_damaged, of_damaged = _timed(lambda: mender.for_source(damaged_sample))

    def per_million(mend: Mender, several: Sequence[str]) -> float:
        list(mend.mend_many(several[:20]))
        words = sum(len(text.split()) for text in several)
        return _timed(lambda: list(mend.mend_many(several)))[0] * 1e6 / words

    edits = [edits_as_json(of_damaged.mend_and_explain(text)).encode() for text in damaged]
    words = sum(len(text.split()) for text in damaged)
    return Costs(
        clean=per_million(mender, texts),
        damaged=per_million(mender, damaged),
        clean_source=per_million(of_clean, texts),
        damaged_source=per_million(of_damaged, damaged),
        infer_clean=infer_clean,
        infer_damaged=infer_damaged,
        start=start,
        memory=memory,
        edits=sum(map(len, edits)) / words,
        edits_packed=len(zlib.compress(b"".join(edits))) / words,
        channel=len(str([each.to_dict() for each in mender.infer_channels(damaged_sample)])),
    )


def plan(
    costs: Costs,
    *,
    documents: float,
    words: float,
    damaged: float,
    sources: float,
    workers: float,
) -> Plan:
    """What so many documents of so many words each take, a share of them (0 to 1) damaged.

    By source, sources are damaged as a whole or not at all, and large enough to be told by 20,000
    words. Reading and writing is not counted.
    """
    millions = documents * words / 1e6

    def mixed(of_damaged: float, of_clean: float) -> float:
        return damaged * of_damaged + (1 - damaged) * of_clean

    mend_by_source = millions * mixed(costs.damaged_source, costs.clean_source)
    infer = sources * mixed(costs.infer_damaged, costs.infer_clean)
    return Plan(
        alone=millions * mixed(costs.damaged, costs.clean) / _HOUR,
        pooled=(mend_by_source + infer) / _HOUR,
        memory=workers * costs.memory / 1e3,
        edits=millions * damaged * costs.edits_packed / 1e3,
        channels=sources * damaged * costs.channel / 1e9,
    )


def measure_skew(texts: Sequence[str], *, workers: int = 2) -> list[Skewed]:
    """The two stages on Spark: sources of one size, of very different sizes, and a huge document.

    The same damaged texts each time, in 16 sources: of one size; each of half the size of the one
    before; and of one size, but with a tenth of all texts in one document.
    """
    from textmend.integrations.spark import channels_by_source, mend_by_source

    damaged = [EXAMPLE.channel.apply(text) for text in texts]
    place = range(len(damaged))
    level = [str(each % 16) for each in place]
    # Every other one is of the first, every other of those left of the second, and so on.
    halving = [str((each & -each).bit_length() % 16) for each in place]
    tenth = len(damaged) // 10
    shapes = {
        "level": (damaged, level),
        "halving": (damaged, halving),
        "a huge document": (["\n".join(damaged[:tenth]), *damaged[tenth:]], level[tenth - 1 :]),
    }
    found = []
    with spark_session(workers) as spark:
        few = spark_frame(spark, damaged[:100], level[:100], workers)
        mend_by_source(few, "text", source="site").collect()  # workers have loaded
        for shape, (several, sources) in shapes.items():
            frame = spark_frame(spark, several, sources, 4 * workers)
            channels = channels_by_source(frame, "text", source="site").persist()
            infer, _ = _timed(channels.count)
            mended = mend_by_source(frame, "text", source="site", channels=channels)
            mend, _ = _timed(mended.collect)
            found.append(Skewed(shape, infer, mend))
            frame.unpersist()
    return found


def costs_table(costs: Costs) -> Table:
    """What was measured."""
    table = Table("measured", "", title="Costs")
    for what, value in (
        ("a million clean words, each text alone", f"{costs.clean:,.0f} s"),
        ("a million damaged words, each text alone", f"{costs.damaged:,.0f} s"),
        ("a million clean words of a clean source", f"{costs.clean_source:,.0f} s"),
        ("a million damaged words of a damaged source", f"{costs.damaged_source:,.0f} s"),
        ("what a clean source shows, from 20,000 words", f"{costs.infer_clean:.1f} s"),
        ("what a damaged source shows, from 20,000 words", f"{costs.infer_damaged:.1f} s"),
        ("a worker until its first text is mended", f"{costs.start:.1f} s"),
        ("a worker at its peak", f"{costs.memory:,.0f} MB"),
        ("edits of a damaged word, as JSON", f"{costs.edits:.1f} bytes"),
        ("… compressed", f"{costs.edits_packed:.1f} bytes"),
        ("the channel of a damaged source, as JSON", f"{costs.channel:,.0f} bytes"),
    ):
        table.add_row(what, value)
    return table


def plan_table(found: Plan, workers: float) -> Table:
    """What all documents take."""
    table = Table("reckoned", "", title="Plan")
    for what, hours in (("each text alone", found.alone), ("by source", found.pooled)):
        table.add_row(f"{what}, hours of a core", f"{hours:,.0f}")
        table.add_row(f"… hours with {workers:,.0f} workers", f"{hours / workers:,.1f}")
    table.add_row("memory of all workers", f"{found.memory:,.0f} GB")
    table.add_row("edits, compressed", f"{found.edits:,.0f} GB")
    table.add_row("channels, on the driver", f"{found.channels:,.2f} GB")
    return table


def skew_table(found: Sequence[Skewed]) -> Table:
    """The stages on Spark, by shape of the sources."""
    table = Table("sources", "infer, s", "mend, s", title="Spark")
    for each in found:
        table.add_row(each.shape, f"{each.infer:.1f}", f"{each.mend:.1f}")
    return table


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    start = perf_counter()
    result = work()
    return perf_counter() - start, result


def _first(texts: Sequence[str]) -> list[str]:
    """Texts with the words that tell a source, over and over if there are fewer."""
    found: list[str] = []
    size = 0
    while size < _SOURCE_WORDS:
        found.append(texts[len(found) % len(texts)])
        size += len(found[-1].split())
    return found


def _worker(text: str) -> tuple[float, float]:
    """Seconds and MB of a process that mends one text."""
    seconds, done = _timed(
        lambda: subprocess.run(
            [sys.executable, "-c", _WORKER], input=text, capture_output=True, text=True, check=True
        )
    )
    return seconds, float(done.stdout)
