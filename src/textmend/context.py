"""How likely each candidate of a line is, given the words around it.

A :class:`Context` turns the columns of a line into scores for the decoder. The scores of a column
are an array of shape (words of the column before, choices of the gap, words of the column), in
nats; what does not depend on the column before is the same in all rows. Start reading at
:meth:`PairContext.scores`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from textmend.bigrams import Bigrams
from textmend.candidates import Column
from textmend.tokens import shape

Scores = list[NDArray[np.float64]]

# Nats against a lower-case word at the start of a sentence, and against a capital right after a
# word that vanished from there ("The rain" leaves "rain").
_LOWER_FIRST = 4.0
_TITLE_SECOND = 2.0


class Context(Protocol):
    """What judges candidates by their surroundings."""

    def scores(self, line: Sequence[Column]) -> Scores:
        """For each column an array (words before, gap choices, words) of log-probabilities."""
        ...


class PairContext:
    """Word frequencies and counts of word pairs: small, fast, and blind beyond the next word."""

    def __init__(self, lang: str) -> None:
        self._bigrams = Bigrams.load(lang)

    def scores(self, line: Sequence[Column]) -> Scores:
        """The log of P(vanished words, word | word before) for all choices; marks end a context."""
        scores = []
        before: tuple[str | None, ...] = (None,)
        for column in line:
            words: tuple[str | None, ...] = (
                tuple(candidate.text for candidate in column.words) if column.is_word else (None,)
            )
            table = np.empty((len(before), len(column.gap), len(words)))
            for choice, vanished in enumerate(column.gap):
                for row, left in enumerate(before):
                    inner, last = self._chain(left, vanished.words)
                    for place, word in enumerate(words):
                        table[row, choice, place] = inner + self._log(word, last)
            scores.append(table + capitals(column))
            before = words
        return scores

    def _chain(self, left: str | None, words: Sequence[str]) -> tuple[float, str | None]:
        """The log of P(words | left), and the word that the next one follows."""
        total = 0.0
        for word in words:
            total += self._log(word, left)
            left = word
        return total, left

    def _log(self, word: str | None, before: str | None) -> float:
        return 0.0 if word is None else math.log(self._bigrams.probability(word, before))


def capitals(column: Column) -> NDArray[np.float64]:
    """Nats for how the choices of a column are capitalised; shape (gap choices, words).

    A sentence that begins in lower case has lost its beginning.
    """
    found = np.zeros((len(column.gap), len(column.words)))
    if not (column.first and column.is_word):
        return found
    lower = np.array([shape(candidate.text) == "lower" for candidate in column.words])
    found[0] = np.where(lower, -_LOWER_FIRST, 0.0)
    found[1:] = np.where(lower, 0.0, -_TITLE_SECOND)
    return found
