"""How many mistakes a reader would see: exact scores count each word that was not written so.

Half of what differs from the written text is as good English ("told [the] officials"). So
differences were read, and those marked that a reader of the mended text alone would mark; the rule
and the marks are in ``read.json``. Start reading at :func:`read_mistakes`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from benchmarks.channels import EXAMPLE
from benchmarks.documents import Document, documents
from benchmarks.metrics import wilson
from textmend import Mender

_READ = Path(__file__).parent / "read.json"
_CORPORA = ("held-out", "news")


class Difference(NamedTuple):
    """Words that a mended text has in the place of others; either may be none.

    ``place``: of the first of them among the words of the document.
    """

    document: str
    place: int
    written: str
    mended: str


@dataclass(frozen=True)
class Mistakes:
    """What a model makes of the documents: ``read`` of its differences are marked, or not."""

    words: int
    differences: int
    read: int
    clear: int

    @property
    def per_thousand(self) -> tuple[float, float, float]:
        """Clear mistakes per thousand words, with the least and most of a 95 % interval."""
        scale = 1000.0 * self.differences / self.words
        low, high = wilson(self.clear, self.read)
        return scale * self.clear / self.read, scale * low, scale * high


def read_mistakes(model: str, progress: Callable[[], None]) -> Mistakes:
    """The mistakes of a model that is told that "the" and "ad" are gone."""
    marks = {
        Difference(each["document"], each["place"], each["written"], each["mended"]): each["clear"]
        for each in json.loads(_READ.read_text(encoding="utf-8"))["read"]
    }
    mender = Mender(channel=EXAMPLE.channel, model=model)
    words = 0
    found: list[Difference] = []
    for document in (each for corpus in _CORPORA for each in documents(corpus)):
        words += document.words
        found += differences(document, mender.mend(EXAMPLE.channel.apply(document.text)))
        progress()
    read = [marks[each] for each in found if each in marks]
    return Mistakes(words, len(found), len(read), sum(read))


def differences(document: Document, mended: str) -> Iterator[Difference]:
    """Where a mended text is not what was written, word by word.

    >>> document = Document("a", "It was the end of the day.")
    >>> list(differences(document, "It was the end of day."))
    [Difference(document='a', place=5, written='the', mended='')]
    """
    written, found = document.text.split(), mended.split()
    for each in Levenshtein.opcodes(written, found):
        if each.tag != "equal":
            yield Difference(
                document.id,
                each.src_start,
                " ".join(written[each.src_start : each.src_end]),
                " ".join(found[each.dest_start : each.dest_end]),
            )
