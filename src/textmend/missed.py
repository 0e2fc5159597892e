"""How surely a word is missed between the words that now touch: the trace of one that vanished.

A word that a channel deletes whole leaves nothing but its gap. For each line, the log-odds that it
stood in some of them: of a gap that the word may have left, the probability of the words around it
is P(nothing) + P(word) where it was deleted, and P(nothing) where it was not. Start reading at
:class:`Missed`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np

from textmend.bigrams import Bigrams
from textmend.network import Line, Network, form
from textmend.tokens import Token, sentence_starts


class Missed(Protocol):
    """What says how surely a word is missed from a line, in nats."""

    def __call__(self, word: str, line: Sequence[Token]) -> float:
        """The log-odds that occurrences of ``word`` were deleted from the line."""
        ...


class MissedByNetwork:
    """The judgement of a context network, which reads the whole line."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, word: str, line: Sequence[Token]) -> float:
        """The log-odds that occurrences of ``word`` were deleted from the line."""
        seen = [
            (token.text, form(token.text, first=first))
            for token, first in zip(line, sentence_starts(line), strict=True)
            if token.kind not in ("space", "break")
        ]
        if not seen:
            return 0.0
        ones = np.ones(len(seen), np.float32)
        texts, forms = zip(*seen, strict=True)
        ids, vanished = self._network.ids(texts), self._network.ids([word])
        gaps = self._network.score(
            Line(ones.astype(np.intp), ids, ones, np.array(forms, np.intp), vanished)
        ).gaps
        return float(np.logaddexp(0.0, gaps[:, 1] - gaps[:, 0]).sum())


class MissedByPairs:
    """The judgement of counts of word pairs: coarse, since they see no further than the next word.

    What it finds missed in clean text is counted against.
    """

    def __init__(self, bigrams: Bigrams) -> None:
        self._bigrams = bigrams

    def __call__(self, word: str, line: Sequence[Token]) -> float:
        """The log-odds that occurrences of ``word`` were deleted from the line."""
        probability = self._bigrams.probability
        total = 0.0
        for left, right in pairwise(token for token in line if token.kind != "space"):
            if left.kind == right.kind == "word":
                there = probability(word, left.text)
                between = there * probability(right.text, word)
                touching = probability(right.text, left.text)
                total += math.log((1.0 + between / touching) * (1.0 - there))
        return total
