"""How often one word follows another, from the counts of word pairs that come with symspellpy.

The counts are the 242,000 commonest pairs of a web corpus (English only); what they do not list is
backed off to single words, as Katz does. Start reading at :meth:`Bigrams.probability`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from textmend.language.lexicon import Lexicon, key

_FILE = "frequency_bigramdictionary_en_243_342.txt"
# Words that the pairs were counted on: the scale at which P(the | of), P(the | in) and P(be | to)
# come out as in running text.
_CORPUS = 2e13
_MOST = 0.95  # of what follows a word, the most that listed pairs may claim


class Bigrams:
    """Probabilities of a word given the one before it, or of it alone without counts."""

    def __init__(self, lexicon: Lexicon, following: dict[str, dict[str, int]]) -> None:
        self._lexicon = lexicon
        self._following = following
        self._backoffs: dict[str, tuple[float, float]] = {}

    @staticmethod
    @lru_cache(maxsize=8)
    def load(lang: str) -> Bigrams:
        """The pairs of a language: symspellpy's for English, none for any other."""
        following: dict[str, dict[str, int]] = {}
        if lang == "en":
            for line in (files("symspellpy") / _FILE).read_text(encoding="utf-8").splitlines():
                first, second, count = line.split()
                following.setdefault(first, {})[second] = int(count)
        return Bigrams(Lexicon.load(lang), following)

    @property
    def are_counted(self) -> bool:
        """Whether there are counts of pairs in the language."""
        return bool(self._following)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Bigrams.load, (self._lexicon.lang,)

    def probability(self, word: str, before: str | None) -> float:
        """P(word | before); ``before`` is None where a sentence or a number stands before it."""
        alone = self._lexicon.probability(word)
        if before is None:
            return alone
        first = key(before)
        seen = self._following.get(first)
        if seen is None:
            return alone
        total, backoff = self._backoff(first, seen)
        count = seen.get(key(word))
        return count / total if count else backoff * alone

    def _backoff(self, first: str, seen: dict[str, int]) -> tuple[float, float]:
        """The count of a first word, and the scale of its unlisted successors' frequencies."""
        known = self._backoffs.get(first)
        if known is None:
            listed = sum(seen.values())
            total = max(self._lexicon.frequency(first) * _CORPUS, listed / _MOST)
            rest = 1.0 - sum(self._lexicon.frequency(word) for word in seen)
            known = total, (1.0 - listed / total) / max(rest, 1.0 - _MOST)
            self._backoffs[first] = known
        return known
