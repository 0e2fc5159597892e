"""Which words are usually capitalised: the list of names that the lexicon reads.

Counted on the prepared corpus, away from the starts of sentences. Some words are names wherever
they stand ("Andrew"), others only beside another name ("Street", "States").
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textmend.network import CLASSES, FIRST, SHAPES
from textmend.training.corpus import LINE_START, Corpus

_TITLE = 1  # the code of a capitalised shape
_LEAST = 4  # occurrences that say something
_MOSTLY = 0.6


def names(corpus: Corpus) -> dict[str, bool]:
    """The words that are usually capitalised, and whether they are so only beside another one."""
    inside = corpus.codes & (FIRST | LINE_START) == 0
    title = inside & (corpus.codes % SHAPES == _TITLE)
    beside = np.zeros(len(title), dtype=bool)
    beside[1:] |= title[:-1]
    beside[:-1] |= title[1:]

    def usual(where: NDArray[np.bool_]) -> NDArray[np.bool_]:
        counts = np.bincount(corpus.ids[where], minlength=len(corpus.words))
        titles = np.bincount(corpus.ids[where & title], minlength=len(corpus.words))
        return (counts >= _LEAST) & (titles > _MOSTLY * counts)

    apart, together = usual(inside & ~beside), usual(inside & beside)
    found = np.flatnonzero(apart | together)
    return {
        corpus.words[place]: not apart[place] for place in found if place >= len(CLASSES)
    }


def write_names(corpus: Corpus, path: Path) -> None:
    """Write the names of a corpus, a line each; a plus sign marks those that need another name."""
    found = sorted(names(corpus).items())
    lines = (f"{name}+\n" if beside else f"{name}\n" for name, beside in found)
    path.write_text("".join(lines), encoding="utf-8")
