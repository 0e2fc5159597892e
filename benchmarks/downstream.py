"""What damage does to the steps that come after: deduplication and named entities.

Each is tried on damaged texts, and on the same once they are mended, their channel inferred from
each. Start reading at :func:`measure_duplicates` and :func:`measure_entities`.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from benchmarks.systems import Missing
from textmend import Mender

Signature = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Compared:
    """A share, from 0 to 1, on damaged texts and on mended ones, and of how many texts it is."""

    what: str
    damaged: float
    mended: float
    texts: int


def measure_duplicates(clean: Sequence[str], damaged: Sequence[str]) -> Compared:
    """Of the damaged copies of texts, how many datatrove's MinHash takes for their duplicates.

    With its settings: sequences of five words, 14 buckets of eight hashes, of which one must match.
    """
    signature = _minhash()
    originals = [signature(text) for text in clean]

    def found(copies: Sequence[str]) -> float:
        pairs = zip(originals, map(signature, copies), strict=True)
        return sum(any(map(_same, one, other)) for one, other in pairs) / len(originals)

    mended = list(Mender().mend_many(damaged))
    return Compared("copies found by MinHash", found(damaged), found(mended), len(clean))


def measure_entities(clean: Sequence[str], damaged: Sequence[str], model: str) -> Compared:
    """F1 of the named entities (text and label), against those found in the clean texts.

    ``model``: the name of a spaCy pipeline that is installed.
    """
    entities = _recognizer(model)
    expected = [entities(text) for text in clean]

    def f1(texts: Sequence[str]) -> float:
        got = list(map(entities, texts))
        same = sum((one & other).total() for one, other in zip(expected, got, strict=True))
        total = sum(each.total() for each in (*expected, *got))
        return 2 * same / total if total else 1.0

    mended = list(Mender().mend_many(damaged))
    return Compared(f"F1 of entities ({model})", f1(damaged), f1(mended), len(clean))


def downstream_table(found: Sequence[Compared]) -> Table:
    """The figures side by side."""
    table = Table("per cent", "texts", "damaged", "mended", title="What comes after")
    for each in found:
        table.add_row(
            each.what, str(each.texts), f"{100 * each.damaged:.1f}", f"{100 * each.mended:.1f}"
        )
    return table


def _same(one: Sequence[int], other: Sequence[int]) -> bool:
    return list(one) == list(other)


def _minhash() -> Callable[[str], Signature]:
    try:
        from datatrove.pipeline.dedup import MinhashDedupSignature
    except ImportError as error:
        raise Missing(f"pip install 'datatrove[processing]' spacy ({error})") from None
    step: Any = MinhashDedupSignature(tempfile.gettempdir())
    return lambda text: step.get_signature(step.get_shingles(text))


def _recognizer(model: str) -> Callable[[str], Counter[tuple[str, str]]]:
    try:
        import spacy

        nlp: Any = spacy.load(model)
    except (ImportError, OSError) as error:
        raise Missing(f"pip install spacy, and its pipeline {model} ({error})") from None
    return lambda text: Counter((entity.text, entity.label_) for entity in nlp(text).ents)
