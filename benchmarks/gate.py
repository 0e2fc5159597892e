"""The accuracy gate: figures on a fixed set, held by the floors in floors.json.

The set is small, the damage seeded, and mending deterministic, so that a missed floor is a change
of textmend and nothing else. Floors go up with ``--update``. They go down only with a reason, which
the file keeps. Start reading at :func:`complaints`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.accuracy import measure
from benchmarks.channels import select
from benchmarks.documents import corpus_hash, documents
from benchmarks.losses import FAMILIES, FIGURES, measure_losses
from benchmarks.metrics import rate

FLOORS = Path(__file__).parent / "floors.json"

_SETS = ("news", "negative", "languages")
_CHANNELS = "the+ad,st,ing,of,the+ad:spaces-kept,ligatures,random-34:o+in"
# What is held of damaged and of clean documents, and by how much it may get worse before the gate
# closes: shares by a difference, counts per million by a factor and a few words more.
_OF_DAMAGED = ("repair", "harm", "vanished_precision", "vanished_recall", "channel_exact", "proven")
_OF_CLEAN = ("unchanged", "touched", "proven")
# … and of families of losses, where so many texts or sentences have suffered each.
_OF_LOSSES = ("repaired", "wer_cut", "word_f1", "changed")
_TEXTS = 400
_CEILINGS = frozenset({"harm", "touched", "changed"})
_STRICT = frozenset({"proven"})
_SHARE_MARGIN = 0.005
_COUNT_MARGIN = (1.1, 20.0)

Figures = Mapping[str, float]


@dataclass(frozen=True)
class Floors:
    """What floors.json holds: the bounds, the texts that they are of, and why any was lowered."""

    corpus: str
    bounds: Figures
    lowered: tuple[dict[str, Any], ...] = ()

    @classmethod
    def read(cls, path: Path) -> Floors:
        """The floors in a file; none at all where there is none."""
        if not path.exists():
            return cls("", {})
        value = json.loads(path.read_text(encoding="utf-8"))
        return cls(value["corpus"], value["bounds"], tuple(value["lowered"]))

    def write(self, path: Path) -> None:
        """Keep the floors in a file."""
        value = {
            "corpus": self.corpus,
            "bounds": dict(sorted(self.bounds.items())),
            "lowered": list(self.lowered),
        }
        path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def figures(*, jobs: int = 1) -> tuple[str, dict[str, float]]:
    """The hash of the gate's texts, and its figures by channel and rate."""
    news, negative = documents("news"), documents("negative")
    found: dict[str, float] = {}
    clean, damaging = select("clean"), select(_CHANNELS)
    for name, texts, damagers, rates in (
        ("news", news, damaging, _OF_DAMAGED),
        ("news", news, clean, _OF_CLEAN),
        ("negative", negative, clean, _OF_CLEAN),
    ):
        for row in measure(texts, damagers, jobs=jobs).rows:
            for each in rates:
                value = rate(row.total, each)
                if value is not None:
                    found[f"{name} {row.channel}: {each}"] = value
    suffered = measure_losses(
        list(FAMILIES),
        corpus="news",
        accented="languages",
        limit=_TEXTS,
        jobs=jobs,
        peers=False,
    )
    for of in suffered.rows:
        for each in _OF_LOSSES:
            value = FIGURES[each](of.counts)
            if value is not None:
                per = 1e6 if each in _CEILINGS else 1.0
                found[f"{of.lang} {of.family}, {of.system}: {each}"] = per * value
    return corpus(), found


def corpus() -> str:
    """The hash of the gate's texts."""
    return corpus_hash([text for name in _SETS for text in documents(name)])


def _is_ceiling(key: str) -> bool:
    return key.rpartition(" ")[2] in _CEILINGS


def holds(key: str, value: float, bound: float) -> bool:
    """Whether a figure keeps its bound: at least a floor, at most a ceiling."""
    return value <= bound if _is_ceiling(key) else value >= bound


def complaints(corpus: str, found: Figures, floors: Floors) -> list[str]:
    """What is wrong with the figures, one line each; empty where the gate is open."""
    if corpus != floors.corpus:
        return [
            f"the texts are not those of the floors (hash {corpus}, floors are for "
            f"{floors.corpus or 'none'}): restore them, or set new floors with "
            "--lower --reason"
        ]
    lines = []
    for key, bound in floors.bounds.items():
        value = found.get(key)
        if value is None:
            lines.append(f"{key}: no longer measured, its bound is {bound:.4f}")
        elif not holds(key, value, bound):
            side = "at most" if _is_ceiling(key) else "at least"
            lines.append(f"{key}: {value:.4f}, must be {side} {bound:.4f}")
    return lines


def bound_for(key: str, value: float) -> float:
    """The bound that a figure earns: itself, less a margin for what differs between machines."""
    name = key.rpartition(" ")[2]
    if name in _STRICT:
        return value
    if name in _CEILINGS:
        factor, words = _COUNT_MARGIN
        return round(value * factor + words, 1)
    return round(max(0.0, value - _SHARE_MARGIN), 4)


def raised(found: Figures, floors: Floors) -> Floors:
    """The floors with every bound tightened to what was reached; none gets looser."""
    bounds = dict(floors.bounds)
    for key, value in found.items():
        earned = bound_for(key, value)
        if key not in bounds or not holds(key, bounds[key], earned):
            bounds[key] = earned
    return Floors(floors.corpus, bounds, floors.lowered)


def lowered(corpus: str, found: Figures, floors: Floors, reason: str) -> Floors:
    """The floors with every bound set to what was reached, and the reason kept with the change."""
    if not reason.strip():
        raise ValueError("lowering a floor needs a reason")
    bounds = {key: bound_for(key, value) for key, value in found.items()}
    changes = {
        key: [bound, bounds.get(key)]
        for key, bound in floors.bounds.items()
        if key not in bounds or not holds(key, bounds[key], bound)
    }
    entry = {
        "date": datetime.now(UTC).date().isoformat(),
        "reason": reason.strip(),
        "corpus": [floors.corpus, corpus],
        "from_to": changes,
    }
    return Floors(corpus, bounds, (*floors.lowered, entry))
