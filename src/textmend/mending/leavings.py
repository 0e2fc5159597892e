"""Words by what a channel leaves of them.

A channel such as "every e is missing" damages half of all words, and several channels of a source
are asked in turn. So what is left is not stored: of each word there is the hash of what is left of
it, in order, and it is found as in a sorted book. Start reading at :meth:`Leavings.of`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np

from textmend.language.tokens import is_word

_ENTRY = 16  # bytes: a hash, and a reference to a word that the lexicon holds


class Leavings:
    """What is left of words, each in one form or more.

    ``forms``: for each form, what is left of each of ``words``. What is left whole is not kept.

    >>> left = Leavings(["other", "this", "thor"], [["or", "this", "or"], ["or", "is", "or"]])
    >>> left.of("or"), left.of("is"), left.of("this"), "is" in left
    (['other', 'thor'], ['this'], [], True)
    """

    def __init__(self, words: Sequence[str], forms: Sequence[Sequence[str]]) -> None:
        hashes = np.array([_hashes(each) for each in forms]).reshape(len(forms), len(words))
        anew = hashes != _hashes(words)
        for number, form in enumerate(hashes[1:], 1):
            anew[number] &= (hashes[:number] != form).all(axis=0)
        # Word after word: what many words leave, the most frequent of them left first.
        places, _ = np.nonzero(anew.T)
        flat = hashes.T[anew.T]
        order = np.argsort(flat, kind="stable")
        # Hashes of 64 bits: the chance that another text has that of one of a million words is
        # 5e-14, and what is proposed is proven by the channel itself.
        self._hashes = array("q", flat[order].tobytes())
        self._words = [words[place] for place in places[order].tolist()]

    def __contains__(self, left: str) -> bool:
        return next(self._of(left), None) is not None

    def of(self, left: str) -> list[str]:
        """The words of which just this is left, in their order."""
        return list(self._of(left))

    def _of(self, left: str) -> Iterator[str]:
        asked = hash(left)
        place = bisect_left(self._hashes, asked)
        while place < len(self._hashes) and self._hashes[place] == asked:
            yield self._words[place]
            place += 1

    @property
    def size(self) -> int:
        """The bytes that it takes."""
        return _ENTRY * len(self._words)


def pieces(words: Sequence[str], forms: Sequence[Sequence[str]]) -> list[str]:
    """What is left of words that is no word, once each, in the order of the words."""
    found = [
        (place, number, left)
        for number, form in enumerate(forms)
        for place, left in enumerate(form)
        if not left.isalpha() and left and left != words[place] and not is_word(left)
    ]
    return list(dict.fromkeys(left for _, _, left in sorted(found)))


def _hashes(texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.fromiter(map(hash, texts), np.int64, len(texts))
