"""Which deletions could have made a token: the hypotheses of channel inference.

For every common word and every run of up to eight letters in it, the index holds the hash of what
is left when that run is deleted. Looking a damaged token up gives the words that it may have been,
and the sequence that each of them lost. All hashes are polynomials, so that the hash of what is
left follows from the prefix hashes of the word, for all words at once. The index is one sorted
array: high bits of the hashes, and below them which word lost which run. Start reading at
:meth:`DeletionIndex.explain`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from textmend.channel.channel import Channel
from textmend.channel.drops import Rule
from textmend.inference.priors import PRIORS
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import is_word

MAX_SEQUENCE = 8
_MAX_WORD = 24
# An entry of the index: bits of the hash, then the word (one of 65,536), where its run begins, and
# the length of that less one.
_WORD_BITS, _START_BITS, _LENGTH_BITS = 16, 5, 3
_WAY = np.uint64(2 ** (_WORD_BITS + _START_BITS + _LENGTH_BITS) - 1)
_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 2**64)

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]


def _powers(base: int, count: int) -> Hashes:
    values = [1]
    for _ in range(count - 1):
        values.append(values[-1] * base % 2**64)
    return np.array(values, dtype=np.uint64)


_POWERS = _powers(_BASE, _MAX_WORD + 1)
_INVERSE_POWERS = _powers(_INVERSE, _MAX_WORD + 1)


def _prefix_hashes(words: list[str]) -> Hashes:
    """For each word, the hash of its first i letters in column i, for i up to the longest word."""
    width = max(map(len, words))
    letters = np.array(words, dtype=f"<U{width}").view(np.uint32).reshape(len(words), width)
    terms = letters.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93) * _POWERS[:width]
    prefixes = np.zeros((len(words), width + 1), dtype=np.uint64)
    np.cumsum(terms, axis=1, out=prefixes[:, 1:])
    return prefixes


def hashes(sequences: list[str]) -> Hashes:
    """The hashes of sequences, as :class:`Explanations` has them."""
    if not sequences:
        return np.zeros(0, dtype=np.uint64)
    whole = _prefix_hashes(sequences)
    return whole[np.arange(len(sequences)), [len(each) for each in sequences]]


@dataclass(frozen=True)
class Explanations:
    """Ways to have made the tokens asked for; one row per way, aligned arrays.

    ``token``: place of the token in the question. ``word``: the word that it may have been, as a
    place in the lexicon's list. ``start``, ``length``: the letters that the word lost.
    ``sequence``: a hash of these letters.
    """

    token: Places
    word: Places
    start: Places
    length: Places
    sequence: Hashes

    def at(self, rows: NDArray[np.intp]) -> Explanations:
        """Some of the rows, in another order."""
        return Explanations(
            self.token[rows], self.word[rows], self.start[rows], self.length[rows],
            self.sequence[rows],
        )  # fmt: skip


class DeletionIndex:
    """What is left of some words when a run of letters is deleted; built on first use.

    ``words`` lose the letters, and ``originals`` are what they were before other drops acted on
    them; ``frequencies`` are the shares of these.
    """

    def __init__(
        self,
        originals: Sequence[str],
        frequencies: Sequence[float] | NDArray[np.float64],
        drops: tuple[Rule, ...] = (),
    ) -> None:
        # A word's place in the list is its identity, so that longer ones are masked, not cut.
        self.originals = originals
        self.words = _left_of(originals, drops) if drops else originals
        self.frequencies = np.asarray(frequencies, dtype=float)

    @staticmethod
    @lru_cache(maxsize=8)
    def load(lang: str) -> DeletionIndex:
        """The index of the commonest words of a language, shared by all that ask for it."""
        return _of_commonest(lang, PRIORS.index_words)

    @staticmethod
    @lru_cache(maxsize=3)  # of 9 MB each
    def after(drops: tuple[Rule, ...], lang: str) -> DeletionIndex:
        """The index of what some drops leave of the commonest words."""
        return _of_commonest(lang, PRIORS.later_words, drops)

    @cached_property
    def _prefixes(self) -> Hashes:
        """The hash of the first i letters of each word in row i: shape (letters + 1, words)."""
        return _prefix_hashes([word[:_MAX_WORD] for word in self.words]).T.copy()

    @cached_property
    def _whole(self) -> Hashes:
        """The hash of each word."""
        lengths = [min(len(word), _MAX_WORD) for word in self.words]
        return self._prefixes[lengths, np.arange(len(lengths))]

    @cached_property
    def _entries(self) -> Hashes:
        """All that the words may become, sorted."""
        lengths = np.array([len(word) for word in self.words])
        lengths[lengths > _MAX_WORD] = 0
        # The longest first: those that have a run somewhere come before those that have not.
        order = np.argsort(-lengths, kind="stable")
        prefixes, whole = self._prefixes[:, order], self._whole[order]
        word = order.astype(np.uint64) << np.uint64(_START_BITS + _LENGTH_BITS)
        long_enough = np.bincount(lengths, minlength=_MAX_WORD + 1)[::-1].cumsum()[::-1].tolist()
        runs = [
            (start, length, count)
            for length in range(1, MAX_SEQUENCE + 1)
            for start in range(_MAX_WORD - length + 1)
            if (count := long_enough[max(start + length, length + 1)])
        ]
        entries = np.empty(sum(count for _, _, count in runs), np.uint64)
        filled = 0
        for start, length, count in runs:
            before, after = prefixes[start, :count], prefixes[start + length, :count]
            way = word[:count] | np.uint64(start << _LENGTH_BITS | length - 1)
            entries[filled : filled + count] = (
                _without(whole[:count], before, after, length) & ~_WAY | way
            )
            filled += count
        entries.sort()
        return entries

    def explain(self, tokens: list[str]) -> Explanations:
        """All words that become one of ``tokens`` when one run of letters is deleted."""
        asked = hashes([token[:_MAX_WORD] for token in tokens])
        first = np.searchsorted(self._entries, asked & ~_WAY, side="left")
        counts = np.searchsorted(self._entries, asked | _WAY, side="right") - first
        token = np.repeat(np.arange(len(tokens)), counts)
        within = np.arange(len(token)) - np.repeat(np.cumsum(counts) - counts, counts)
        way = (self._entries[first[token] + within] & _WAY).astype(np.int64)
        word, run = np.divmod(way, 2 ** (_START_BITS + _LENGTH_BITS))
        start, length = np.divmod(run, 2**_LENGTH_BITS)
        length += 1
        before, after = self._prefixes[start, word], self._prefixes[start + length, word]
        found = Explanations(token, word, start, length, (after - before) * _INVERSE_POWERS[start])
        # What shares the high bits of a hash may still be something else.
        left = _without(self._whole[word], before, after, length)
        return found.at(np.flatnonzero(left == asked[token]))


def _without(whole: Hashes, before: Hashes, after: Hashes, length: int | Places) -> Hashes:
    """The hashes of words without a run, given those of what ends before it and of what after."""
    left: Hashes = before + (whole - after) * _INVERSE_POWERS[length]
    return left


def _of_commonest(lang: str, count: int, drops: tuple[Rule, ...] = ()) -> DeletionIndex:
    lexicon = Lexicon.load(lang)
    words = list(islice(lexicon.words, count))
    return DeletionIndex(words, lexicon.shares[:count], drops)


def _left_of(words: Sequence[str], drops: tuple[Rule, ...]) -> list[str]:
    """What drops leave of words, each a line of its own; nothing where it is no single word."""
    channel = Channel(tuple(drop.by_line() for drop in drops), "keep")
    left = channel.apply("\n".join(words)).lower().split("\n")[: len(words)]
    return [each if is_word(each) else "" for each in left]
