"""The words of some texts, counted by line: what all hypotheses about their channel are scored on.

Here is what a text shows, whatever may have damaged it: which words are suspicious, which common
ones it lacks, which marks stand where no mark belongs. Start reading at :meth:`Census.of`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress, islice

import numpy as np
import regex
from numpy.typing import NDArray

from textmend.drops import Rule
from textmend.lexicon import Lexicon, attested, key
from textmend.spans import position
from textmend.tokens import Token, code_lines, identifiers, is_sentence, sentence_starts

_APOSTROPHES = frozenset("'’‘")
_COMMON = 50  # words by which running prose is told from lists, tables and telegrams …
_PROSE = 0.65  # … of whose expected share it holds at least this
_FUNCTION_WORDS = 6  # words that all prose uses; the next ones ("I", "that") depend on the writer
CONSPICUOUS = 3.0  # expected words whose absence is itself a sign
_FEW = 0.8  # of the words expected; a part of the text may be clean
# Terse English does without articles, so that one is missed only where another is used.
_ARTICLES = {"en": ("the", "a", "an")}
_TERSE = 0.4
# Marks that clean text has between letters.
_BETWEEN = frozenset("'’‘ʼ-‐‑–—./&@_:,;+()[]\"“”«»…·*|\\=<>{}~^%$€£")
_STRANGE = 2  # flagged words, or paragraphs that begin in lower case: more than clean text has
_MOST_RESIDUES = 4  # different marks; no channel has so many, but binary files have hundreds
_RUN = 4  # words that are the same by no chance
_SEEN = 2  # times that a mark stands between letters before it is taken for a residue

Floats = NDArray[np.float64]


@dataclass
class Census:
    """The words of some texts, counted by line; what all hypotheses are scored on."""

    lexicon: Lexicon
    lines: list[Sequence[Token]] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)  # the text that each line belongs to
    types: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # type → its place in the list of types
    counts: list[Counter[int]] = field(default_factory=list)  # of each line: type → occurrences
    titles: list[Counter[int]] = field(default_factory=list)  # … of these, capitalised
    fresh: list[Counter[int]] = field(default_factory=list)  # … in running text, not repeated
    openers: list[Token] = field(default_factory=list)  # the first token of each line
    suspicious: dict[int, float] = field(default_factory=dict)  # type → its probability if clean
    flagged: set[int] = field(default_factory=set)  # suspicious types that need an explanation
    others: dict[str, int] = field(default_factory=dict)  # what is no word → its place
    marks: Counter[str] = field(default_factory=Counter)  # where no mark belongs
    _missing: dict[tuple[Rule, ...], tuple[list[str], bool]] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[Sequence[Sequence[Token]]], lexicon: Lexicon) -> Census:
        """The census of tokenized texts, each a list of lines."""
        census = cls(lexicon)
        for place, text_lines in enumerate(texts):
            code = code_lines(text_lines)
            # A name that code gives to something is a word of its comments, too.
            names = attested(text_lines, lexicon).union(
                *(identifiers(line) for line in compress(text_lines, code))
            )
            for line in text_lines:
                census._add(place, line, names)
            census._add_news(text_lines, code)
        return census

    def _add_news(self, text_lines: Sequence[Sequence[Token]], code: Sequence[bool]) -> None:
        """Count what is running text, and not told before in the same few words."""
        told: set[tuple[int, ...]] = set()
        run: tuple[int, ...] = ()
        for line, is_code in zip(text_lines, code, strict=True):
            fresh: Counter[int] = Counter()
            for token in line:
                if token.kind != "word" or is_code:
                    continue
                place = self.places[key(token.text)]
                run = (*run[1 - _RUN :], place)
                if run not in told:
                    told.add(run)
                    fresh[place] += 1
            self.fresh.append(fresh)

    def _add(self, text: int, line: Sequence[Token], names: frozenset[str]) -> None:
        counts: Counter[int] = Counter()
        titles: Counter[int] = Counter()
        before = ["", *(token.text for token in line[:-1])]
        after = [*(token.text for token in line[1:]), ""]
        starts = sentence_starts(line)
        for token, first, left, right in zip(line, starts, before, after, strict=True):
            if token.kind != "word":
                if token.kind == "other" and _is_odd(token.text, left, right):
                    self.marks[token.text] += 1
                continue
            word = key(token.text)
            place = self.places.setdefault(word, len(self.types))
            if place == len(self.types):
                self.types.append(word)
            counts[place] += 1
            if token.text != word:
                titles[place] += 1
            suspicion = self.lexicon.suspicion(token.text, first=first)
            if suspicion is None or token.text in names:
                continue
            # An apostrophe says that the writer left something out: goin', 'appen.
            if left in _APOSTROPHES or right in _APOSTROPHES:
                continue
            clean, flagged = suspicion
            self.suspicious[place] = min(clean, self.suspicious.get(place, 1.0))
            if flagged:
                self.flagged.add(place)
        self.lines.append(line)
        self.texts.append(text)
        self.counts.append(counts)
        self.titles.append(titles)
        self.openers.append(line[0])

    def trace(self, text: str) -> int:
        """The place in the list of types of something that is no word of the census."""
        if text not in self.others:
            self.others[text] = len(self.types)
            self.types.append(text)
        return self.others[text]

    def places_of(self, tokens: Iterable[Token]) -> set[int]:
        """The types of those tokens that are words."""
        return {self.places[key(token.text)] for token in tokens if token.kind == "word"}

    @property
    def residues(self) -> list[str]:
        """What may have been left in the place of letters; nothing and a space leave no mark."""
        marks = self.marks.most_common(_MOST_RESIDUES)
        return ["", " ", *(mark for mark, count in marks if count >= _SEEN)]

    @property
    def is_strange(self) -> bool:
        """Whether there is more to explain than clean text of any length shows."""
        lower = sum(token.kind == "word" and token.text.islower() for token in self.openers)
        return max(len(self.flagged), lower) >= _STRANGE or len(self.residues) > 2

    @cached_property
    def title_types(self) -> list[str]:
        """The types, capitalised."""
        return [self.lexicon.title(word) for word in self.types]

    @cached_property
    def totals(self) -> Counter[int]:
        """Occurrences of each type in all lines."""
        totals: Counter[int] = Counter()
        for counts in self.counts:
            totals.update(counts)
        return totals

    @cached_property
    def fresh_totals(self) -> Counter[int]:
        """… in running text, not repeated."""
        totals: Counter[int] = Counter()
        for counts in self.fresh:
            totals.update(counts)
        return totals

    @cached_property
    def sizes(self) -> Floats:
        """Words in each line that are running text, and not only repeated."""
        return np.array([fresh.total() for fresh in self.fresh], dtype=float)

    @cached_property
    def sentences(self) -> Floats:
        """One for each line that is running text, where absent words are missed; else zero."""
        return np.array([is_sentence(line) for line in self.lines], dtype=float)

    @cached_property
    def novelty(self) -> Floats:
        """The share of each line's words that are running text, and not only repeated."""
        totals = np.array([max(counts.total(), 1) for counts in self.counts], dtype=float)
        novelty: Floats = self.sizes / totals
        return novelty

    def missing_words(self, gone: tuple[Rule, ...] = ()) -> list[str]:
        """Common words of which a text of this length would hold several, and this holds few.

        ``gone``: rules that account for what else is missing. None at all where the rest
        is not prose.
        """
        missing, is_prose = self._common_words(gone)
        return missing if is_prose else []

    def is_prose(self, gone: tuple[Rule, ...]) -> bool:
        """Whether the text uses common words as prose does, save for those that are missing.

        Lists, tables, telegrams, programs and other languages do not.
        """
        return self._common_words(gone)[1]

    def _common_words(self, gone: tuple[Rule, ...]) -> tuple[list[str], bool]:
        if gone in self._missing:
            return self._missing[gone]
        size, fresh = self.sizes.sum(), self.fresh_totals
        patterns = [regex.compile(rule.pattern) for rule in gone]
        expected, observed = {}, {}
        for word in islice(self.lexicon.words, _COMMON):
            if word.isalpha() and not any(pattern.search(word) for pattern in patterns):
                expected[word] = self.lexicon.frequency(word) * size
                observed[word] = fresh[self.places[word]] if word in self.places else 0
        missing = [
            word
            for word in islice(self.lexicon.words, _FUNCTION_WORDS)
            if expected.get(word, 0.0) >= CONSPICUOUS
            and observed[word] <= _FEW * expected[word]
            and not self._is_terse(word, expected, observed)
        ]
        rest = expected.keys() - missing
        used, due = sum(map(observed.__getitem__, rest)), sum(map(expected.__getitem__, rest))
        self._missing[gone] = missing, used >= _PROSE * due
        return self._missing[gone]

    def _is_terse(
        self, word: str, expected: Mapping[str, float], observed: Mapping[str, int]
    ) -> bool:
        """Whether a text does without a word as telegrams and headlines do: without all like it."""
        articles = _ARTICLES.get(self.lexicon.lang, ())
        others = [each for each in articles if each != word and each in expected]
        if word not in articles or not others:
            return False
        return sum(observed[each] for each in others) < _TERSE * sum(
            expected[each] for each in others
        )

    def fluency(self, gains: Mapping[int, float]) -> float:
        """The mean log-probability of a word, each gaining what the channel explains of it."""
        logs = (
            count * (math.log(self.lexicon.probability(self.types[place])) + gains.get(place, 0.0))
            for place, count in self.totals.items()
        )
        return sum(logs) / max(self.totals.total(), 1)


def _is_odd(mark: str, left: str, right: str) -> bool:
    """Whether a mark has no business between its neighbours."""
    if mark == "\ufffd" or not mark.isprintable():
        return mark != "\ufeff"
    if len(mark) > 1 or mark in _BETWEEN or not right[:1].isalpha():
        return False
    # A word may well begin with a mark of its language (¿Qué, „Wort“), but not with this one.
    return left[-1:].isalpha() or mark == "?"


def survivors(drop: Rule, census: Census) -> Floats:
    """Words of each line that the drop should have changed and did not."""
    pattern = regex.compile(drop.pattern)
    found = np.zeros(len(census.counts))
    if drop.reach != "text":
        for line, opener in enumerate(census.openers):
            acts = drop.acts_at(position(opener, census.lines[line]))
            found[line] = acts and pattern.search(opener.text) is not None
        return found
    lower, titled = _matching(pattern, census.types), _matching(pattern, census.title_types)
    if not lower and not titled:
        return found
    for line, counts in enumerate(census.counts):
        titles = census.titles[line]
        found[line] = sum(counts[place] - titles[place] for place in lower & counts.keys())
        found[line] += sum(titles[place] for place in titled & titles.keys())
    return found


def _matching(pattern: regex.Pattern[str], words: Sequence[str]) -> set[int]:
    """The places of the words that hold a match."""
    text = "\n".join(words)
    if not (starts := [found.start() for found in pattern.finditer(text)]):
        return set()
    ends = np.cumsum([len(word) + 1 for word in words])
    return set(np.searchsorted(ends, starts, side="right").tolist())
