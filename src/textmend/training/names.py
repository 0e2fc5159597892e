"""Which words are usually capitalised: the list of names that the lexicon reads.

Counted on a prepared corpus, away from the starts of sentences, in the sources whose capitals
are those of a newspaper (press releases write "the Senator"). The larger its vocabulary, the more
names: the list of the lexicon is from ``prepare --words 65000``. Some words are names wherever
they stand ("Andrew"), others only after another name ("Street") or before one ("Mount").
Start reading at :func:`names`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textmend.models.modelfile import is_class
from textmend.models.network import FIRST, SHAPES
from textmend.training.corpus import LINE_START, Corpus

_TITLE = 1  # the code of a capitalised shape
_LEAST = 4  # occurrences that say something
# The share of capitals that makes a word a name. After a name it takes more: "the Trump
# administration" makes none of "administration".
_MOSTLY, _AFTER = 0.6, 0.75


def names(corpus: Corpus) -> dict[str, str]:
    """The words that are usually capitalised, and where, in the notation of the list of names."""
    counted = np.repeat(
        [source.get("names", True) for source in corpus.sources],
        [source["tokens"] for source in corpus.sources],
    )
    inside = counted & (corpus.codes & (FIRST | LINE_START) == 0)
    title = inside & (corpus.codes % SHAPES == _TITLE)
    after, before = np.zeros_like(title), np.zeros_like(title)
    after[1:], before[:-1] = title[:-1], title[1:]

    def usual(where: NDArray[np.bool_], share: float = _MOSTLY) -> NDArray[np.bool_]:
        counts = np.bincount(corpus.ids[where], minlength=len(corpus.words))
        titles = np.bincount(corpus.ids[where & title], minlength=len(corpus.words))
        return (counts >= _LEAST) & (titles > share * counts)

    anywhere = usual(inside & ~after & ~before)
    following, leading = usual(inside & after & ~before, _AFTER), usual(inside & before & ~after)
    found = {}
    for place in np.flatnonzero(anywhere | following | leading):
        if not is_class(corpus.words[place]):
            marks = ("<" if following[place] else "") + (">" if leading[place] else "")
            found[corpus.words[place]] = "" if anywhere[place] else marks
    return found


def write_names(corpus: Corpus, path: Path) -> None:
    """Write the names of a corpus, a line each.

    A mark says where a word is a name if it is not one everywhere: ``<`` after a capitalised word,
    ``>`` before one.
    """
    lines = (f"{name}{marks}\n" for name, marks in sorted(names(corpus).items()))
    path.write_text("".join(lines), encoding="utf-8")
