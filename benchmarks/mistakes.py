"""What a system gets wrong, counted by kind: where to look next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.accuracy import ready
from benchmarks.align import Trace, trace
from benchmarks.channels import Damager
from benchmarks.documents import Document


def find_mistakes(
    documents: Sequence[Document], damagers: Sequence[Damager], system: str, *, seed: int = 0
) -> dict[str, Counter[str]]:
    """Kind of mistake → what was mistaken, and how often."""
    found: dict[str, Counter[str]] = {}
    for damager in damagers:
        for document in documents:
            damage = damager.damage(document.text, seed=f"{seed} {document.id}")
            output = ready(system).mend(damage.text, lang=document.lang, truth=damager.channel)
            for kind, mistake in _mistakes(trace(damage, output.text)):
                found.setdefault(kind, Counter())[mistake] += 1
    return found


def _mistakes(traced: Trace) -> Iterator[tuple[str, str]]:
    """Kind and description of each mistake in a text."""
    for fate in traced.fates:
        arrived, mended = " ".join(fate.arrived), " ".join(fate.mended)
        if mended == fate.written:
            continue
        if arrived == fate.written:
            yield "intact words harmed", f"{arrived} → {mended}"
        elif mended == arrived:
            yield "damaged words left", f"{arrived} (was {fate.written})"
        else:
            yield "damaged words mended wrongly", f"{arrived} → {mended} (was {fate.written})"
    for gap in traced.gaps:
        if gap.placed < len(gap.inserted):
            was = f" (was {' '.join(gap.lost)})" if gap.lost else ""
            yield "words put where none was lost", f"{' '.join(gap.inserted)}{was}"
        elif gap.placed < len(gap.lost):
            yield "vanished words left out", " ".join(gap.lost)
