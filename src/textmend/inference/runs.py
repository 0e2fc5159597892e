"""What runs of characters say by themselves, wherever they stand; kept between texts.

A run is what stands between white space: a word, mostly, with the marks that touch it. Most runs
say nothing, and all that has to be known of them is that. The others hold a word that something may
have been deleted from, a mark that stands where none belongs, or several words. Start reading at
:meth:`Runs.telling`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textmend.cache import Answers
from textmend.inference.census import odd_marks
from textmend.inference.explanations import Groups, closed_class, is_joined, may_be_joined
from textmend.inference.hypotheses import DeletionIndex
from textmend.inference.priors import PRIORS
from textmend.language.lexicon import Lexicon, key
from textmend.language.tokens import tokenize

_MOST_DULL = 100_000  # runs that say nothing; some 9 MB
_LONG = 100  # characters of a run that hardly comes again
_PRICE = np.array(PRIORS.sequence)

Floats = NDArray[np.float64]


class Word(NamedTuple):
    """A word that may be damaged.

    ``form``: its form in the lexicon. ``clean``: its probability if it is not damaged. ``flagged``:
    it is strange. ``lost``: it may have lost a letter at random. ``sequences``: hashes of what it
    may have lost, with the ``gains`` in nats of each, and its ``prices`` as a rule.
    """

    form: str
    clean: float
    flagged: bool
    lost: bool
    sequences: NDArray[np.uint64]
    gains: Floats
    prices: Floats


class Run(NamedTuple):
    """A run that says something.

    ``size``: how many words it has; ``words``: those that say something; ``odd``: the marks in it
    that stand where none belongs; ``joined``: it may be several words that ran together.
    """

    size: int
    words: tuple[Word, ...]
    odd: tuple[str, ...]
    joined: bool


class _Dull(set[str]):
    """Runs that say nothing, but no more of them than a process should keep."""

    def keep(self, run: str) -> None:
        """Keep a run, unless it is too long to come again."""
        if len(run) < _LONG:
            if len(self) >= _MOST_DULL:
                self.clear()
            self.add(run)


class Runs:
    """What is known of runs in a language."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._dull = _Dull()
        self._telling: Answers[str, Run] = Answers(each=500, most=16_000_000)
        self._words: Answers[str, Word] = Answers(each=1000, most=16_000_000)

    @staticmethod
    @lru_cache(maxsize=8)
    def load(lang: str) -> Runs:
        """What is known in a language, shared by all that ask."""
        return Runs(Lexicon.load(lang))

    def telling(self, runs: Mapping[str, int]) -> dict[str, Run]:
        """Those of some runs that say something, and what."""
        found: dict[str, Run] = {}
        unknown: list[str] = []
        for run in set(runs) - self._dull:
            known = self._telling.get(run)
            if known is None:
                unknown.append(run)
            else:
                found[run] = known
        for run, known in zip(unknown, self._told(unknown), strict=True):
            if known.size > 1 or known.words or known.odd or known.joined:
                found[run] = self._telling.keep(run, known, run)
            else:
                self._dull.keep(run)
        return found

    def _told(self, runs: Sequence[str]) -> list[Run]:
        lines = [tokenize(run) for run in runs]
        parts = [[token.text for token in line if token.kind == "word"] for line in lines]
        words = self._told_of({each for part in parts for each in part})
        common = closed_class(self._lexicon)
        return [
            Run(
                len(part),
                tuple(words[each] for each in part if each in words),
                tuple(line[place].text for place in odd_marks(line, self._lexicon)),
                may_be_joined(run, lambda form: is_joined(form, common, self._lexicon)),
            )
            for run, line, part in zip(runs, lines, parts, strict=True)
        ]

    def _told_of(self, texts: set[str]) -> dict[str, Word]:
        """Those of some words that say something, as they are written."""
        found: dict[str, Word] = {}
        unknown: dict[str, tuple[float, bool]] = {}
        for text in texts:
            if text in self._words:
                found[text] = self._words[text]
            elif said := self._suspicion(text):
                unknown[text] = said
        for text, word in zip(unknown, self._explained(unknown), strict=True):
            found[text] = self._words.keep(text, word, text)
        return found

    def _suspicion(self, text: str) -> tuple[float, bool] | None:
        """The least probability of a word that may be damaged, and whether it is flagged."""
        said = [self._lexicon.suspicion(text, first=first) for first in (False, True)]
        found = [each for each in said if each]
        if not found:
            return None
        return min(clean for clean, _ in found), any(flagged for _, flagged in found)

    def _explained(self, words: Mapping[str, tuple[float, bool]]) -> Iterator[Word]:
        """What deletions explain of each word."""
        if not words:
            return
        forms = list(map(key, words))
        clean = np.array([each for each, _ in words.values()])
        index = DeletionIndex.load(self._lexicon.lang)
        groups = Groups.of(index, forms, clean)
        rows = groups.rows
        letter = np.bincount(
            rows.token, index.frequencies[rows.word] * (rows.length == 1), len(forms)
        )
        lost = PRIORS.most_lost * letter > clean
        telling = np.flatnonzero(groups.gains >= PRIORS.least_gain)
        # Word by word.
        telling = telling[np.argsort(rows.token[groups.first[telling]], kind="stable")]
        border, gains = groups.first[telling], groups.gains[telling]
        token = rows.token[border]
        ends = np.searchsorted(token, np.arange(len(forms) + 1))
        for place, (form, (chance, flagged)) in enumerate(zip(forms, words.values(), strict=True)):
            own = slice(ends[place], ends[place + 1])
            at = border[own]
            is_long = len(form) >= PRIORS.random_letters - 1 and form.isalpha()
            yield Word(
                form,
                chance,
                flagged,
                bool(lost[place]) and is_long,
                rows.sequence[at],
                gains[own],
                _PRICE[rows.length[at] - 1],
            )
