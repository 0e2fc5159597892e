"""How surely a word is missed between the words that now touch: the trace of one that vanished.

A word that a channel deletes whole leaves nothing but its gap. For each line, the log-odds that it
stood in some of them: of a gap that the word may have left, the probability of the words around it
is P(nothing) + P(word) where it was deleted, and P(nothing) where it was not. Start reading at
:class:`Missed`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from textmend.language.bigrams import Bigrams
from textmend.language.tokens import Token, sentence_starts
from textmend.models.network import Lines, Network, form, recurring

Floats = NDArray[np.float64]


class Missed(Protocol):
    """What says how surely a word is missed, in nats."""

    def __call__(self, word: str, lines: Sequence[Sequence[Token]], /) -> Floats:
        """For each line, the log-odds that occurrences of ``word`` were deleted from it."""
        ...


class MissedByNetwork:
    """The judgement of a context network, which reads whole lines."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, word: str, lines: Sequence[Sequence[Token]], /) -> Floats:
        """For each line, the log-odds that occurrences of ``word`` were deleted from it."""
        seen = [
            [
                (token.text, form(token.text, first=first))
                for token, first in zip(line, sentence_starts(line), strict=True)
                if token.kind not in ("space", "break")
            ]
            for line in lines
        ]
        found = np.zeros(len(lines))
        filled = [number for number, line in enumerate(seen) if line]
        if not filled:
            return found
        texts, codes = zip(*chain.from_iterable(seen), strict=True)
        ids, ones = self._network.ids(texts), np.ones(len(texts), np.float32)
        sizes = np.ones(len(texts), np.intp)
        lengths = np.array([len(seen[number]) for number in filled])
        forms = np.array(codes, np.intp) | recurring(sizes, ids, ones, self._network.classes)
        vanished = self._network.ids([word])
        gaps = self._network.score(Lines(lengths, sizes, ids, ones, forms, vanished)).gaps
        odds = np.logaddexp(0.0, gaps[:, 1] - gaps[:, 0])
        # There is one gap more than slots in each line.
        found[filled] = np.add.reduceat(odds, np.cumsum(lengths + 1) - (lengths + 1))
        return found


class MissedByPairs:
    """The judgement of counts of word pairs: coarse, since they see no further than the next word.

    Pairs in which the word is not missed speak against its deletion.
    """

    def __init__(self, bigrams: Bigrams) -> None:
        self._bigrams = bigrams

    def __call__(self, word: str, lines: Sequence[Sequence[Token]], /) -> Floats:
        """For each line, the log-odds that occurrences of ``word`` were deleted from it."""
        return np.array([self._of_line(word, line) for line in lines])

    def _of_line(self, word: str, line: Sequence[Token]) -> float:
        probability = self._bigrams.probability
        total = 0.0
        for left, right in pairwise(token for token in line if token.kind != "space"):
            if left.kind == right.kind == "word":
                there = probability(word, left.text)
                between = there * probability(right.text, word)
                touching = probability(right.text, left.text)
                total += math.log((1.0 + between / touching) * (1.0 - there))
        return total
