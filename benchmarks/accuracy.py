"""Documents × channels × systems → scores: the measurement itself.

:func:`measure` damages every document by every channel, has every system mend it, and scores the
outcome; :class:`Report` adds up. Documents can be mended in pools, as texts of one source, of which
all are damaged or only a share. Nothing here prints. Start reading at :func:`measure`.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from platform import machine, processor, python_version, system
from time import perf_counter_ns
from typing import Any, TypeVar

from benchmarks.channels import CLEAN, EXAMPLE, Damager
from benchmarks.documents import Document, corpus_hash
from benchmarks.metrics import (
    COUNTS,
    RATES,
    TRACES,
    Losses,
    Score,
    calibration_error,
    channel_counts,
    interval,
    rate,
    score,
    total,
)
from benchmarks.peers import is_asked, load
from benchmarks.systems import Output, System, Textmend

Part = TypeVar("Part")
Result = TypeVar("Result")

_HERE = Path(__file__).parent
_WARM_UP = (
    "The other day they gathered their leather together, rather than bother the weather. "
    "Furthermore, the administration made an additional road to the lighthouse ahead. "
) * 4


@dataclass(frozen=True)
class Task:
    """A pool of documents, mostly of one, to be damaged by a channel and mended by a system.

    ``mixed``: the share of the documents that is damaged; the others stay clean.
    """

    documents: tuple[Document, ...]
    damager: Damager
    system: str
    seed: int = 0
    repeat: bool = False
    traces: int = TRACES
    mixed: float = 1.0

    @property
    def damagers(self) -> list[Damager]:
        """What each document is damaged by; which stay clean is the same for all channels."""
        count = len(self.documents)
        drawn = random.Random(f"mixed {self.seed} {self.documents[0].id}")
        damaged = set(drawn.sample(range(count), round(self.mixed * count)))
        return [self.damager if place in damaged else CLEAN for place in range(count)]


@dataclass(frozen=True)
class Row:
    """One system under one channel: the score of each document, or of each pool of them."""

    system: str
    channel: str
    documents: tuple[str, ...]
    scores: tuple[Score, ...]

    @property
    def total(self) -> Score:
        """The sums over the documents."""
        return total(self.scores)


@dataclass(frozen=True)
class Report:
    """All rows of a run, and under what circumstances they were measured."""

    rows: tuple[Row, ...]
    about: dict[str, Any] = field(default_factory=dict)

    def of(self, system: str) -> list[Row]:
        """The rows of one system."""
        return [row for row in self.rows if row.system == system]

    @property
    def systems(self) -> list[str]:
        """The systems, in the order in which they were named."""
        return list(dict.fromkeys(row.system for row in self.rows))

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values for JSON; rates with their intervals."""
        return {**self.about, "rows": [_row_dict(row) for row in self.rows]}


def _row_dict(row: Row) -> dict[str, Any]:
    whole = row.total
    return {
        "system": row.system,
        "channel": row.channel,
        "counts": {
            name: value for name, value in vars(whole).items() if name != "calibration" and value
        },
        "rates": {
            name: {"rate": value, "interval": interval(row.scores, name)}
            for name in RATES
            if (value := rate(whole, name)) is not None
        },
        "calibration_error": calibration_error(whole.calibration),
    }


def run(task: Task) -> Score:
    """Damage, mend, score."""
    pooled = len(task.documents) > 1
    lang, truth = task.documents[0].lang, task.damager.channel
    pairs = list(zip(task.documents, task.damagers, strict=True))
    damages = [by.damage(each.text, seed=f"{task.seed} {each.id}") for each, by in pairs]
    losses = [by.losses(each.text) for each, by in pairs]
    start = perf_counter_ns()
    system = _for_source(task, [damage.text for damage in damages])
    outputs = [system.mend(damage.text, lang=lang, truth=truth) for damage in damages]
    nanoseconds = perf_counter_ns() - start
    again: list[str | None] = [None] * len(outputs)
    if task.repeat:
        system = _for_source(task, [output.text for output in outputs])
        again = [system.mend(output.text, lang=lang, truth=truth).text for output in outputs]
    scores = [
        score(damage, output, losses=lost, again=once_more, traces=task.traces)
        if not pooled
        else score(damage, output, again=once_more)
        for damage, output, lost, once_more in zip(damages, outputs, losses, again, strict=True)
    ]
    if pooled:
        scores.append(_channel_score(outputs, losses, task.traces))
    return total([*scores, Score(nanoseconds=nanoseconds)])


def _for_source(task: Task, texts: Sequence[str]) -> System:
    """The system; of a pool, one that knows what its texts show together, where it can."""
    system = ready(task.system)
    if len(texts) > 1 and isinstance(system, Textmend):
        return system.for_source(texts, lang=task.documents[0].lang)
    return system


def _channel_score(
    outputs: Sequence[Output], losses: Sequence[Losses | None], traces: int
) -> Score:
    """How well the channel of a pool was inferred, against what all of it lost."""
    inferred = [output.sequences for output in outputs if output.sequences is not None]
    lost: Counter[str] = Counter()
    for each in losses:
        if each is None:
            return Score()
        lost.update(each)
    if not inferred:
        return Score()
    counts = channel_counts(frozenset().union(*inferred), lost, traces=traces)
    return Score(**{name: counts[name] for name in COUNTS}, calibration=Counter())


@lru_cache(maxsize=2)
def ready(name: str) -> System:
    """A system, warmed up: what it loads on first use counts for no document."""
    system = load(name)
    system.mend(EXAMPLE.channel.apply(_WARM_UP), lang="en", truth=EXAMPLE.channel)
    return system


def measure(
    documents: Sequence[Document],
    damagers: Sequence[Damager],
    systems: Sequence[str] = ("textmend",),
    *,
    seed: int = 0,
    repeat: bool = False,
    traces: int = TRACES,
    pool: int = 1,
    mixed: float = 1.0,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """The score of every system under every channel on every document.

    A system that is told the channel is not asked where it cannot be.
    ``repeat``: mend the result once more, to see that it stays. ``pool``: so many documents, drawn
    with ``seed``, are mended as texts of one source; those that fill no pool are left out.
    ``mixed``: the share of each pool that is damaged, the rest is clean.
    ``progress``: called with how many pools are done, and of how many.
    """
    pools = [(each,) for each in documents] if pool == 1 else _pools(documents, pool, seed)
    pairs = [
        (system, damager)
        for system in systems
        for damager in damagers
        if is_asked(system, damager.channel)
    ]
    tasks = [
        Task(each, damager, system, seed, repeat, traces, mixed)
        for system, damager in pairs
        for each in pools
    ]
    scores: list[Score] = []
    for one in mapped(run, tasks, jobs):
        scores.append(one)
        if progress:
            progress(len(scores), len(tasks))
    size, ids = len(pools), tuple(" ".join(each.id for each in few) for few in pools)
    rows = [
        Row(system, damager.label, ids, tuple(scores[place * size : (place + 1) * size]))
        for place, (system, damager) in enumerate(pairs)
    ]
    about = {
        **circumstances(),
        "systems": {name: load(name).version for name in systems},
        "documents": sum(map(len, pools)),
        "pool": pool,
        "mixed": mixed,
        "words": sum(each.words for few in pools for each in few),
        "corpus": corpus_hash(documents),
        "seed": seed,
        "traces": traces,
    }
    return Report(tuple(rows), about)


def _pools(documents: Sequence[Document], size: int, seed: int) -> list[tuple[Document, ...]]:
    drawn = random.Random(f"pools {seed}").sample(documents, len(documents))
    return [tuple(drawn[at : at + size]) for at in range(0, len(drawn) - size + 1, size)]


def mapped(work: Callable[[Part], Result], parts: Sequence[Part], jobs: int) -> Iterator[Result]:
    """What ``work`` makes of each of the parts, in their order, in so many processes."""
    if jobs < 2:
        yield from map(work, parts)
        return
    # Not forked: a progress bar's thread may hold a lock.
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        yield from pool.map(work, parts)


def circumstances() -> dict[str, str]:
    """Date, commit and machine of a run."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=_HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": described.stdout.strip() or "unknown",
        "python": python_version(),
        "machine": _machine(),
    }


def _machine() -> str:
    """What a run was measured on: processor, cores, memory, system."""
    told = Path("/proc/cpuinfo")  # of Linux; elsewhere Python knows as much as there is to know
    found = re.search(r"(?m)^model name\s*: (.*)$", told.read_text()) if told.exists() else None
    name = found[1].strip() if found else processor() or machine()
    parts = [name, f"{os.cpu_count()} cores"]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        parts.append(f"{memory / 2**30:.0f} GiB")
    return ", ".join([*parts, f"{system()} {machine()}"])
