"""The words that letters lost at random may have made a token from.

A token that lost one letter becomes its word when a letter of the alphabet is put back somewhere:
some two hundred look-ups, and nothing to build. (An index of all deletions, as symspellpy makes
it, takes 20 seconds and 380 MB for the words of English.) For two letters all words that are as
much longer are compared at once. Start reading at :meth:`Losses.of`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from textmend.language.lexicon import Lexicon
from textmend.mending.priors import PRIORS


class Losses:
    """What tokens may have been before letters were lost."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._matrices: dict[int, tuple[list[str], NDArray[np.uint32]]] = {}

    @staticmethod
    @lru_cache(maxsize=8)
    def load(lang: str) -> Losses:
        """Those of a language, shared by all that ask for them."""
        return Losses(Lexicon.load(lang))

    def of(self, token: str, rate: float) -> Iterator[tuple[str, float]]:
        """The words that may have become ``token``, each with the probability that it did.

        The probability is relative to that of the token itself having lost nothing, and lower than
        it is where the token is a word: changing a sound one is worse than leaving a damaged one.
        ``rate``: the probability that a letter is lost. Two are put back only where no word stands.
        """
        frequency = self._lexicon.frequency
        least = PRIORS.random_candidate * self._lexicon.probability(token)
        one = (
            rate
            * (PRIORS.caution if frequency(token) else 1.0)
            * (PRIORS.symbol if len(token) == 1 else 1.0)
        )
        for word, ways in self.one(token).items():
            if frequency(word) * ways * one > least:
                yield word, ways * one
        if not frequency(token):
            for word in self.two(token):
                if frequency(word) * rate**2 > least:
                    yield word, rate**2

    def one(self, token: str) -> Counter[str]:
        """The words that become ``token`` by the loss of one letter, and of how many either."""
        if len(token) >= self._lexicon.longest:  # or all that it may have been would be spelled out
            return Counter()
        cuts = [(token[:place], token[place:]) for place in range(len(token) + 1)]
        letters = self._lexicon.letters
        return Counter(
            self._lexicon.listed([head + each + tail for head, tail in cuts for each in letters])
        )

    def two(self, token: str) -> list[str]:
        """The words that become ``token`` by the loss of two letters, most frequent first."""
        if not PRIORS.two_lost <= len(token) <= self._lexicon.longest - 2:
            return []
        words, matrix = self._words_of(len(token) + 2)
        wanted = np.array([*map(ord, token), 0], np.uint32)
        found = np.zeros(len(words), np.intp)  # of each word, the letters of the token seen so far
        for letters in matrix:
            found += letters == wanted[found]
        return [words[place] for place in np.flatnonzero(found == len(token))]

    def _words_of(self, length: int) -> tuple[list[str], NDArray[np.uint32]]:
        """The words of so many letters, and their letters: a row for each place in the word."""
        if length not in self._matrices:
            words = [word for word in self._lexicon.words if len(word) == length]
            letters = np.array(words, f"<U{length}").view(np.uint32).reshape(-1, length)
            self._matrices[length] = words, np.ascontiguousarray(letters.T)
        return self._matrices[length]
