"""How the words of a language are spelled, and what an unknown token was by that.

No list is complete: names, compounds and words with many endings are missing from all of them. A
:class:`Spelling` is a model of letters (n-grams, Witten-Bell smoothing), counted on the words of
the lexicon; :class:`Speller` puts what a channel deletes back into an unknown token wherever that
makes it likelier, by beam search. Start reading at :meth:`Speller.guesses`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import regex
from numpy.typing import NDArray

from textmend.cache import Answers
from textmend.channel.channel import Channel
from textmend.channel.drops import Rule
from textmend.language.lexicon import Lexicon
from textmend.language.priors import PRIORS

_BITS = 6  # of a letter's code
_EDGE = 1  # the code of both ends of a word; 0 is that of letters too rare to be counted
_STATE, _MOST = 650, 8_000_000  # bytes of the chances of all letters after some, and of all kept
_WORD = regex.compile(r"\p{L}+(?:'\p{L}+)?")


class Spelling:
    """A model of the letters of words: each is foretold by those before it.

    >>> english = Spelling.of(Lexicon.load("en"))
    >>> english.log_probability("brightness") > english.log_probability("brihgtness")
    True
    """

    def __init__(self, words: Sequence[str]) -> None:
        listed = [word for word in words if word.isalpha()]
        # All words in a row, with enough ends between them that no n-gram spans two.
        end = "\n" * (PRIORS.spelling_order - 1)
        row = np.frombuffer((end + end.join(listed) + end).encode("utf-32-le"), np.uint32)
        counts = np.bincount(row, minlength=ord("\n") + 1)
        counts[ord("\n")] = 0
        common = np.argsort(-counts, kind="stable")[: 2**_BITS - _EDGE - 1]
        common = common[counts[common] > 0]
        self._codes = {chr(letter): code for code, letter in enumerate(common, _EDGE + 1)}
        code_of = np.zeros(len(counts), np.uint8)
        code_of[ord("\n")] = _EDGE
        code_of[common] = np.arange(len(common)) + _EDGE + 1
        codes = code_of[row]
        starts = np.flatnonzero((codes[1:] != _EDGE) | (codes[:-1] != _EDGE)).astype(np.int32) + 1
        # A gram has the letters before the one foretold first, the nearest in its highest bits:
        # those after the same few letters lie together, however many these are.
        grams = codes[starts].astype(np.int64)
        for order in range(1, PRIORS.spelling_order):
            grams |= codes[starts - order].astype(np.int64) << (
                _BITS * (PRIORS.spelling_order - order)
            )
        grams.sort()
        first = np.flatnonzero(np.diff(grams, prepend=-1))
        self._grams, self._counts = grams[first], np.diff(first, append=len(grams))
        self._known: Answers[tuple[int, int], NDArray[np.float64]] = Answers(
            each=_STATE, most=_MOST
        )
        self._foretold: Answers[int, NDArray[np.float64]] = Answers(each=_STATE, most=_MOST)

    @staticmethod
    @lru_cache(maxsize=8)
    def of(lexicon: Lexicon) -> Spelling:
        """The model of a lexicon's words, shared by all that ask for it."""
        return Spelling(lexicon.words[: PRIORS.spelling_words])

    def log_probability(self, word: str) -> float:
        """The log-probability that a word is spelled like that, its end included."""
        state, total = self.start, 0.0
        for letter in word:
            total, state = self.read(total, state, letter)
        return total + self.end(state)

    @property
    def start(self) -> int:
        """What stands before the first letter of a word."""
        return sum(_EDGE << (_BITS * place) for place in range(PRIORS.spelling_order - 1))

    def read(self, total: float, state: int, letter: str) -> tuple[float, int]:
        """A log-probability and the letters it stands for, once another one is read.

        An apostrophe is none: what follows it is spelled as if it were not there.
        """
        if letter == "'":
            return total, state
        code = self._codes.get(letter, 0)
        state_after = state >> _BITS | code << (_BITS * (PRIORS.spelling_order - 2))
        return total + float(self._next(state)[code]), state_after

    def end(self, state: int) -> float:
        """The log-probability that a word ends here."""
        return float(self._next(state)[_EDGE])

    def _next(self, state: int) -> NDArray[np.float64]:
        """The log-probability of each letter after the letters of a state."""
        found = self._foretold.get(state)
        if found is None:
            chances = np.log(self._chances(PRIORS.spelling_order - 1, state))
            found = self._foretold.keep(state, chances)
        return found

    def _chances(self, size: int, letters: int) -> NDArray[np.float64]:
        """The probability of each letter after so many others, by those after one less."""
        known = self._known.get((size, letters))
        if known is not None:
            return known
        if size:
            chances = self._chances(size - 1, letters >> _BITS)
        else:
            chances = np.full(2**_BITS, 1.0 / (len(self._codes) + 2))
        farther = _BITS * (PRIORS.spelling_order - size)
        first, last = np.searchsorted(self._grams, (letters << farther, (letters + 1) << farther))
        if first < last:
            foretold = self._grams[first:last] & (2**_BITS - 1)
            seen = np.bincount(foretold, self._counts[first:last], 2**_BITS)
            kinds = np.count_nonzero(seen)
            chances = (chances * kinds + seen) / (kinds + seen.sum())
        return self._known.keep((size, letters), chances)


class Speller:
    """Puts what rules delete back into tokens that no list explains."""

    def __init__(self, drops: tuple[Rule, ...], lexicon: Lexicon) -> None:
        self._channel = Channel(tuple(drop.by_line() for drop in drops), "keep")
        self._spelling = Spelling.of(lexicon)
        words = "\n".join(lexicon.words[: PRIORS.spelling_words])
        deleted: Counter[tuple[str, str]] = Counter()
        for drop in self._channel.drops:
            deleted.update(
                (drop.left(found), found[0]) for found in regex.finditer(drop.pattern, words)
            )
        self._parts = [part for part, _ in deleted.most_common(PRIORS.spelling_parts)]

    def guesses(self, token: str, *, name: bool) -> list[tuple[str, float]]:
        """What a token may have been, each with by how many nats it is the better spelling.

        All are what the channel turns into the token, in lower case. ``name``: it is capitalised
        where not every word is.
        """
        if not PRIORS.spelling_shortest <= len(token) <= PRIORS.spelling_longest:
            return []
        if not _WORD.fullmatch(token):
            return []
        native = PRIORS.spelling_native.title if name else PRIORS.spelling_native.lower
        foreign = PRIORS.spelling_foreign * len(token) - native
        as_it_is = max(self._spelling.log_probability(token), foreign) + PRIORS.spelling_whole
        return [
            (word, total - as_it_is)
            for word, total in self._search(token)
            if total > as_it_is and word != token and self._channel.apply(word) == token
        ][: PRIORS.spelling_guesses]

    def _search(self, token: str) -> list[tuple[str, float]]:
        """The likeliest spellings that hold all of a token, best first."""
        spelling = self._spelling
        # By letters of the token used, what was written so far: text, log-probability, state.
        beams: list[dict[str, tuple[float, int]]] = [{} for _ in range(len(token) + 1)]
        beams[0][""] = (0.0, spelling.start)
        for used in range(len(token) + 1):
            for _ in range(PRIORS.spelling_run):
                for text, (total, state) in _best(beams[used]):
                    for left, deleted in self._parts:
                        if token.startswith(left, used):
                            after = beams[used + len(left)]
                            longer = text + deleted
                            if longer not in after:
                                after[longer] = self._spell(total, state, deleted)
            if used < len(token):
                for text, (total, state) in _best(beams[used]):
                    longer = text + token[used]
                    beams[used + 1][longer] = spelling.read(total, state, token[used])
        ended = ((text, total + spelling.end(state)) for text, (total, state) in beams[-1].items())
        return sorted(ended, key=lambda each: -each[1])[: PRIORS.spelling_beam]

    def _spell(self, total: float, state: int, letters: str) -> tuple[float, int]:
        for letter in letters:
            total, state = self._spelling.read(total, state, letter)
        return total, state


def _best(beam: dict[str, tuple[float, int]]) -> list[tuple[str, tuple[float, int]]]:
    return sorted(beam.items(), key=lambda each: -each[1][0])[: PRIORS.spelling_beam]
