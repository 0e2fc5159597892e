"""How often one word follows another, from the counts of word pairs that come with symspellpy.

The counts are the 242,000 commonest pairs of a web corpus (English only); what they do not list is
backed off to single words, as Katz does. Start reading at :meth:`Bigrams.probability`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import regex

from textmend.language.lexicon import Lexicon, key
from textmend.language.priors import PRIORS

_FILE = "frequency_bigramdictionary_en_243_342.txt"


# The pairs with one first word, of which a word may have several such runs.
_RUN = regex.compile(r"^(\S+) .*(?:\n\1 .*)*", regex.MULTILINE)


class Bigrams:
    """Probabilities of a word given the one before it, or of it alone without counts.

    ``listed``: a pair and its count a line. Lines are read when their first word is asked for: few
    ever are.
    """

    def __init__(self, lexicon: Lexicon, listed: str = "") -> None:
        self._lexicon = lexicon
        self._listed = listed
        self._runs: dict[str, list[tuple[int, int]]] = {}
        for run in _RUN.finditer(listed):
            self._runs.setdefault(run[1], []).append(run.span())
        self._known: dict[str, _Following] = {}

    @staticmethod
    @lru_cache(maxsize=8)
    def load(lang: str) -> Bigrams:
        """The pairs of a language: symspellpy's for English, none for any other."""
        lexicon = Lexicon.load(lang)
        if lang != "en":
            return Bigrams(lexicon)
        return Bigrams(lexicon, (files("symspellpy") / _FILE).read_text(encoding="utf-8"))

    @property
    def are_counted(self) -> bool:
        """Whether there are counts of pairs in the language."""
        return bool(self._runs)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Bigrams.load, (self._lexicon.lang,)

    def probability(self, word: str, before: str | None) -> float:
        """P(word | before); ``before`` is None where a sentence or a number stands before it."""
        alone = self._lexicon.probability(word)
        if before is None:
            return alone
        first = key(before)
        if first not in self._runs:
            return alone
        seen = self._known.get(first) or self._read(first)
        count = seen.counts.get(key(word))
        return count / seen.total if count else seen.backoff * alone

    def _read(self, first: str) -> _Following:
        counts: dict[str, int] = {}
        for start, end in self._runs[first]:
            for line in self._listed[start:end].split("\n"):
                _, second, count = line.split()
                counts[second] = int(count)
        listed = sum(counts.values())
        total = max(
            self._lexicon.frequency(first) * PRIORS.pairs_corpus, listed / PRIORS.pairs_most
        )
        rest = 1.0 - sum(self._lexicon.frequency(word) for word in counts)
        found = _Following(
            counts, total, (1.0 - listed / total) / max(rest, 1.0 - PRIORS.pairs_most)
        )
        self._known[first] = found
        return found


class _Following(NamedTuple):
    """What follows a word, of ``total`` occurrences; ``backoff``: the scale of other words."""

    counts: dict[str, int]
    total: float
    backoff: float
