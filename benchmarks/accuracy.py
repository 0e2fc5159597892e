"""Documents × channels × systems → scores: the measurement itself.

:func:`measure` damages every document by every channel, has every system mend it, and scores the
outcome; :class:`Report` adds up. Nothing here prints. Start reading at :func:`measure`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from platform import machine, python_version
from time import perf_counter_ns
from typing import Any

from benchmarks.channels import EXAMPLE, Damager
from benchmarks.documents import Document, corpus_hash
from benchmarks.metrics import (
    RATES,
    TRACES,
    Score,
    calibration_error,
    interval,
    rate,
    score,
    total,
)
from benchmarks.peers import is_asked, load
from benchmarks.systems import System

_HERE = Path(__file__).parent
_WARM_UP = (
    "The other day they gathered their leather together, rather than bother the weather. "
    "Furthermore, the administration made an additional road to the lighthouse ahead. "
) * 4


@dataclass(frozen=True)
class Task:
    """One document to be damaged by one channel and mended by one system."""

    document: Document
    damager: Damager
    system: str
    seed: int = 0
    repeat: bool = False
    traces: int = TRACES


@dataclass(frozen=True)
class Row:
    """One system under one channel: the score of each document."""

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
    document, damager, system = task.document, task.damager, ready(task.system)
    damage = damager.damage(document.text, seed=f"{task.seed} {document.id}")
    start = perf_counter_ns()
    output = system.mend(damage.text, lang=document.lang, truth=damager.channel)
    nanoseconds = perf_counter_ns() - start
    again = None
    if task.repeat:
        again = system.mend(output.text, lang=document.lang, truth=damager.channel).text
    return score(
        damage,
        output,
        losses=damager.losses(document.text),
        again=again,
        nanoseconds=nanoseconds,
        traces=task.traces,
    )


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
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """The score of every system under every channel on every document.

    A system that is told the channel is not asked where it cannot be.
    ``repeat``: mend the result once more, to see that it stays. ``progress``: called with how many
    documents are done, and of how many.
    """
    pairs = [
        (system, damager)
        for system in systems
        for damager in damagers
        if is_asked(system, damager.channel)
    ]
    tasks = [
        Task(document, damager, system, seed, repeat, traces)
        for system, damager in pairs
        for document in documents
    ]
    scores: list[Score] = []
    for one in _map(tasks, jobs):
        scores.append(one)
        if progress:
            progress(len(scores), len(tasks))
    size, ids = len(documents), tuple(each.id for each in documents)
    rows = [
        Row(system, damager.label, ids, tuple(scores[place * size : (place + 1) * size]))
        for place, (system, damager) in enumerate(pairs)
    ]
    about = {
        **circumstances(),
        "systems": {name: load(name).version for name in systems},
        "documents": size,
        "words": sum(each.words for each in documents),
        "corpus": corpus_hash(documents),
        "seed": seed,
        "traces": traces,
    }
    return Report(tuple(rows), about)


def _map(tasks: Sequence[Task], jobs: int) -> Iterable[Score]:
    if jobs < 2:
        yield from map(run, tasks)
        return
    # Not forked: a progress bar's thread may hold a lock.
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        yield from pool.map(run, tasks, chunksize=4)


def circumstances() -> dict[str, str]:
    """Date, commit and platform of a run."""
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
        "machine": machine(),
    }
