"""The words of some texts, counted by line: what all hypotheses about their channel are scored on.

Here is what a text shows, whatever may have damaged it: which words are suspicious, which common
ones it lacks, which marks stand where no mark belongs. Start reading at :meth:`Census.of`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import compress, islice, takewhile
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from textmend.channel.drops import Drop, Rule
from textmend.channel.families import Accents, Apostrophes
from textmend.inference.priors import PRIORS
from textmend.language.lexicon import Lexicon, attested, key
from textmend.language.tokens import (
    JOINING,
    Token,
    code_lines,
    identifiers,
    is_sentence,
    labels,
    sentence_starts,
)
from textmend.mending.arcs import is_sign_of_loss, position
from textmend.mending.preimages import Glimpse

_APOSTROPHES = frozenset("'’‘`´")
# Terse English does without articles, so that one is missed only where another is used.
_ARTICLES = {"en": ("the", "a", "an")}
# Marks that clean text may have between letters, but not between the parts of one word.
_SELDOM = frozenset('&;+()[]"“”«»|\\=<>{}~^%$€£')
# Those of them that stand before no word, or after none, unless they tear it.
_BEFORE_NONE, _AFTER_NONE = frozenset("&|;%)]}>”»"), frozenset("&|([{<“«$€£")
_PARTNERS = dict(zip("([{<“«", ")]}>”»", strict=True))
_OPENED_BY = {closing: opening for opening, closing in _PARTNERS.items()}

Floats = NDArray[np.float64]
Ids = NDArray[np.intp]


@dataclass(frozen=True)
class Tally:
    """How often each type occurs in each line: aligned arrays, with one entry for each such pair.

    ``lines`` and ``places``: the line and the place of the type in the list of types; ``counts``:
    occurrences.
    """

    lines: Ids
    places: Ids
    counts: Floats

    def plus(self, more: Mapping[tuple[int, int], int]) -> Tally:
        """With the occurrences of other types, by line and place."""
        if not more:
            return self
        pairs = np.array(list(more), dtype=np.intp)
        return Tally(
            np.concatenate([self.lines, pairs[:, 0]]),
            np.concatenate([self.places, pairs[:, 1]]),
            np.concatenate([self.counts, list(more.values())]),
        )

    def where(self, chosen: NDArray[np.bool_]) -> Tally:
        """Those entries that are chosen."""
        return Tally(self.lines[chosen], self.places[chosen], self.counts[chosen])


def sums(of: Ids, values: NDArray[Any], size: int) -> Floats:
    """The sums of values by what each is ``of``: a line or a type."""
    return np.bincount(of, values, size).astype(float)


@dataclass
class Census:
    """The words of some texts, counted by line; what all hypotheses are scored on."""

    lexicon: Lexicon
    lines: list[Sequence[Token]] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)  # the text that each line belongs to
    types: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # type → its place in the list of types
    openers: list[Token] = field(default_factory=list)  # the first token of each line
    suspicious: dict[int, float] = field(default_factory=dict)  # type → its probability if clean
    flagged: set[int] = field(default_factory=set)  # suspicious types that need an explanation
    others: dict[str, int] = field(default_factory=dict)  # what is no word → its place
    marks: Counter[str] = field(default_factory=Counter)  # where no mark belongs
    odd: list[set[int]] = field(default_factory=list)  # of each line, the tokens that these are
    # Of each word in turn: its line, its type, whether it is capitalised, and whether it is running
    # text that was not told before in the same few words.
    _words: list[tuple[int, int, bool, bool]] = field(default_factory=list)
    _code_words: int = 0
    _missing: dict[tuple[Rule, ...], tuple[list[str], bool]] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[Sequence[Sequence[Token]]], lexicon: Lexicon) -> Census:
        """The census of tokenized texts, each a list of lines."""
        census = cls(lexicon)
        for place, text_lines in enumerate(texts):
            code = code_lines(text_lines)
            # A name that code gives to something is a word of its comments, too.
            names = attested(text_lines, lexicon).union(
                *(identifiers(line) for line in compress(text_lines, code)),
                # … and the letter of an item is one of the sentences that refer to it.
                *map(labels, text_lines),
            )
            told: set[tuple[int, ...]] = set()
            run: tuple[int, ...] = ()
            for line, is_code in zip(text_lines, code, strict=True):
                number = len(census.lines)
                added = census._add(place, line, names, is_code=is_code)
                census._code_words += len(added) * is_code
                for type_, is_title in added:
                    fresh = False
                    if not is_code:
                        run = (*run[1 - PRIORS.repeated_run :], type_)
                        fresh = run not in told
                        told.add(run)
                    census._words.append((number, type_, is_title, fresh))
        return census

    def _add(
        self, document: int, line: Sequence[Token], names: frozenset[str], *, is_code: bool
    ) -> list[tuple[int, bool]]:
        """Note what a line shows; the types of its words, and whether they are capitalised."""
        found = []
        starts = sentence_starts(line)
        suspicion_of = self.lexicon.suspicion
        odd = odd_marks(line, self.lexicon, is_code=is_code)
        self.marks.update(line[place].text for place in odd)
        self.odd.append(odd)
        for at, ((kind, text, _), first, is_piece) in enumerate(
            zip(line, starts, _divided(line, self.lexicon), strict=True)
        ):
            if kind != "word":
                continue
            word = key(text)
            place = self.places.setdefault(word, len(self.types))
            if place == len(self.types):
                self.types.append(word)
            found.append((place, text != word))
            suspicion = suspicion_of(text, first=first)
            if suspicion is None or text in names or is_piece:
                continue
            # Beside what was left in the place of letters it is no word, but a piece of one.
            if not odd.isdisjoint((at - 1, at + 1)):
                continue
            clean, flagged = suspicion
            self.suspicious[place] = min(clean, self.suspicious.get(place, 1.0))
            if flagged:
                self.flagged.add(place)
        self.lines.append(line)
        self.texts.append(document)
        self.openers.append(line[0])
        return found

    @cached_property
    def _counted(self) -> tuple[Tally, Floats, Floats]:
        """All words, and of each entry those capitalised, and those fresh."""
        words = np.array(self._words, dtype=np.intp).reshape(-1, 4)
        pairs, entries, counts = np.unique(
            words[:, 0] * len(self.places) + words[:, 1], return_inverse=True, return_counts=True
        )
        lines, places = np.divmod(pairs, max(len(self.places), 1))
        titled, fresh = (sums(entries, words[:, column], len(pairs)) for column in (2, 3))
        return Tally(lines, places, counts.astype(float)), titled, fresh

    @property
    def tally(self) -> Tally:
        """The words of each line."""
        return self._counted[0]

    @cached_property
    def totals(self) -> Floats:
        """Occurrences of each type that is a word, in all lines."""
        return sums(self.tally.places, self.tally.counts, len(self.places))

    @property
    def words(self) -> dict[str, int]:
        """The types that are words, with their occurrences."""
        return dict(zip(self.types, self.totals.astype(int).tolist(), strict=False))

    @property
    def in_code(self) -> bool:
        """Whether much of this is code, data or tables."""
        return self._code_words > PRIORS.code_share * len(self._words)

    def trace(self, text: str) -> int:
        """The place in the list of types of something that is no word of the census."""
        if text not in self.others:
            self.others[text] = len(self.types)
            self.types.append(text)
        return self.others[text]

    def mask(self, places: Iterable[int]) -> NDArray[np.bool_]:
        """For each type so far, whether it is one of these."""
        found = np.zeros(len(self.types), dtype=bool)
        found[list(places)] = True
        return found

    def places_of(self, tokens: Iterable[Token]) -> set[int]:
        """The types of those tokens that are words."""
        return {self.places[key(token.text)] for token in tokens if token.kind == "word"}

    @cached_property
    def strange_lines(self) -> NDArray[np.bool_]:
        """For each line, whether a word in it needs an explanation."""
        found = np.zeros(len(self.lines), dtype=bool)
        found[self.tally.lines[self.mask(self.flagged)[self.tally.places]]] = True
        return found

    @cached_property
    def glimpse(self) -> Glimpse:
        """The texts as they are looked through for what words were torn into."""
        return Glimpse("".join([token.text for line in self.lines for token in line]))

    @property
    def residues(self) -> list[str]:
        """What may have been left in the place of letters; nothing and a space leave no mark.

        Code has marks of its own in names: empty?, {name!r}.
        """
        marks = self.marks.most_common(PRIORS.residues)
        if self.in_code:
            marks = [(mark, count) for mark, count in marks if not mark.isascii()]
        return ["", " ", *(mark for mark, count in marks if count >= PRIORS.least_marks)]

    @property
    def shows_loss(self) -> bool:
        """Whether it holds signs of lost characters, which no clean text has, more than once."""
        return any(map(is_sign_of_loss, self.residues))

    @property
    def is_strange(self) -> bool:
        """Whether there is more to explain than clean text of any length shows."""
        lower = sum(token.kind == "word" and token.text.islower() for token in self.openers)
        return max(len(self.flagged), lower) >= PRIORS.strange_words or len(self.residues) > 2

    @cached_property
    def lacks_apostrophes(self) -> bool:
        """Whether it holds none of the apostrophes that a text of its length would."""
        return self._lacks(Apostrophes())

    @cached_property
    def bare(self) -> dict[int, float]:
        """The types that are far commoner with accents, with their probabilities if clean.

        None where the text holds accents, or is of a language that has few.
        """
        if not self._lacks(Accents()):
            return {}
        return {
            place: self.lexicon.probability(word)
            for word, place in self.places.items()
            if self.lexicon.is_bare(word)
        }

    def _lacks(self, rule: Rule) -> bool:
        """Whether it holds nothing of what a rule deletes, and a text of its length would."""
        due = self.lexicon.commonest.rate(rule.pattern) * float(self.asked.sum())
        return due >= PRIORS.conspicuous and not self.survivors(rule).any()

    @cached_property
    def sizes(self) -> Floats:
        """Words in each line that are running text, and not only repeated."""
        tally, _, fresh = self._counted
        return sums(tally.lines, fresh, len(self.lines))

    @cached_property
    def sentences(self) -> Floats:
        """One for each line that is running text, where absent words are missed; else zero."""
        return np.array([is_sentence(line) for line in self.lines], dtype=float)

    @cached_property
    def asked(self) -> Floats:
        """Words in each line where absent words are missed: running text that is sentences."""
        return self.sizes * self.sentences

    @cached_property
    def novelty(self) -> Floats:
        """The share of each line's words that are running text, and not only repeated."""
        words = sums(self.tally.lines, self.tally.counts, len(self.lines))
        novelty: Floats = self.sizes / np.maximum(words, 1.0)
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
        without: set[str] = set()
        for rule in gone:
            without |= _common_with(self.lexicon, rule.pattern)
        expected = {word: due for word, due in self._expected.items() if word not in without}
        observed = self._observed
        missing = [
            word
            for word in islice(self.lexicon.words, PRIORS.function_words)
            if expected.get(word, 0.0) >= PRIORS.conspicuous
            and observed[word] <= PRIORS.few * expected[word]
            and not self._is_terse(word, expected, observed)
        ]
        rest = expected.keys() - missing
        used, due = sum(map(observed.__getitem__, rest)), sum(map(expected.__getitem__, rest))
        self._missing[gone] = missing, used >= PRIORS.least_prose * due
        return self._missing[gone]

    @cached_property
    def _expected(self) -> dict[str, float]:
        """How often the commonest words would be in a text of this length."""
        size = float(self.sizes.sum())
        common = islice(self.lexicon.words, PRIORS.prose_words)
        return {word: self.lexicon.frequency(word) * size for word in common if word.isalpha()}

    @cached_property
    def _observed(self) -> dict[str, float]:
        """How often they are in its running text, repetitions left out."""
        tally, _, fresh = self._counted
        totals = sums(tally.places, fresh, len(self.places)).tolist()
        places = ((word, self.places.get(word)) for word in self._expected)
        return {word: 0.0 if place is None else totals[place] for word, place in places}

    def _is_terse(
        self, word: str, expected: Mapping[str, float], observed: Mapping[str, float]
    ) -> bool:
        """Whether a text does without a word as telegrams and headlines do: without all like it."""
        articles = _ARTICLES.get(self.lexicon.lang, ())
        others = [each for each in articles if each != word and each in expected]
        if word not in articles or not others:
            return False
        return sum(observed[each] for each in others) < PRIORS.terse * sum(
            expected[each] for each in others
        )

    def fluency(self, gains: Mapping[int, float]) -> float:
        """The mean log-probability of a word, each gaining what the channel explains of it."""
        probability = self.lexicon.probability
        logs = (
            count * (math.log(probability(self.types[place])) + gains.get(place, 0.0))
            for place, count in enumerate(self.totals.tolist())
        )
        return math.fsum(logs) / max(float(self.totals.sum()), 1.0)

    def survivors(self, rule: Rule) -> Floats:
        """Words of each line that a rule should have changed and did not."""
        if rule.reach != "text":
            pattern = regex.compile(rule.spared)
            spared = (
                rule.acts_at(position(opener, line)) and pattern.search(opener.text) is not None
                for opener, line in zip(self.openers, self.lines, strict=True)
            )
            return np.array(list(spared), dtype=float)
        tally, titled, _ = self._counted
        size = len(self.lines)
        lower, title = self._holding(rule)
        found = np.zeros(size)
        if lower is not None:
            found += sums(tally.lines, (tally.counts - titled) * lower[tally.places], size)
        if title is not None:
            found += sums(tally.lines, titled * title[tally.places], size)
        return found

    def _holding(self, rule: Rule) -> tuple[NDArray[np.bool_] | None, NDArray[np.bool_] | None]:
        """Which words hold what a rule deletes, in lower case and capitalised; None where none."""
        lower, title = self._joined
        if isinstance(rule, Drop) and rule.ignore_case and rule.sequence == key(rule.sequence):
            # In lower case it is found sooner, and where capitals say nothing, all is said.
            held = _matching(replace(rule, ignore_case=False).spared, *lower)
            return held, _matching(rule.spared, *title) if self.lexicon.dots_capitals else held
        return _matching(rule.spared, *lower), _matching(rule.spared, *title)

    @cached_property
    def _joined(self) -> list[tuple[str, Ids]]:
        """The words one to a line, with the end of each; in lower case, and capitalised."""
        words = self.types[: len(self.places)]
        cased = (words, [self.lexicon.title(word) for word in words])
        return [("\n".join(each), np.cumsum([len(word) + 1 for word in each])) for each in cased]


def may_be_written(residue: str) -> bool:
    """Whether clean text has a residue between letters, too, if seldom."""
    return residue in _SELDOM


# Tokens beside a mark among which what belongs to it is looked for: all of them would take a time
# that grows with the square of a run of marks.
_NEAR = 100


def _divided(line: Sequence[Token], lexicon: Lexicon) -> list[bool]:
    """For each token, whether it is a word that an apostrophe divides from something.

    Where the writer left that out (goin', 'appen), or the text was cut into tokens ("didn ’ t",
    "do n't"), or written by a machine that puts a mark beside each apostrophe ("I';ll").
    """
    found = [False] * len(line)
    for place, (kind, text, _) in enumerate(line):
        pieces: tuple[int, ...] = ()
        if kind == "other" and text in _APOSTROPHES:
            sides = line[max(place - 1, 0) : place], line[place + 1 : place + 2]
            apart = all(each and each[0].kind == "space" for each in sides)
            pieces = (place - 1 - apart, _after_marks(line, place + 1 + apart))
        elif kind == "word" and not text.isalpha() and place and line[place - 1].kind == "space":
            first = line[max(place - 2, 0)].text
            if lexicon.frequency(first + text) > lexicon.frequency(text):
                pieces = (place - 2, place)
        for piece in pieces:
            if 0 <= piece < len(line):
                found[piece] = line[piece].kind == "word"
    return found


def _after_marks(line: Sequence[Token], place: int) -> int:
    """The first place from there on that is no mark."""
    near = enumerate(line[place : place + _NEAR], place)
    return next((at for at, token in near if token.kind != "other"), place)


def odd_marks(line: Sequence[Token], lexicon: Lexicon, *, is_code: bool = False) -> set[int]:
    """The places in a line of the marks that stand where no mark belongs."""
    texts = ["", *[token.text for token in line], ""]
    return {
        place
        for place, (kind, text, _) in enumerate(line)
        if kind == "other"
        and (
            _is_odd(text, texts[place], texts[place + 2])
            or (not is_code and _tears(line, place, lexicon))
        )
    }


def _tears(line: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """Whether a mark stands where clean text has none: beside parts that are no words.

    "Educa&on" is torn, and so is ";rst"; "Q&A", "word(s)" and "I';ll" are not.
    """
    mark = line[at].text
    if mark not in _SELDOM or _is_paired(line, at):
        return False
    if any(
        beside.kind == "other" for beside in (*line[max(at - 1, 0) : at], *line[at + 1 : at + 2])
    ):
        return False
    before, after = _word_at(line, at - 1), _word_at(line, at + 1)
    if (not before and mark not in _BEFORE_NONE) or (not after and mark not in _AFTER_NONE):
        return False
    return any(lexicon.flag(each) for each in (before, after) if each)


def _is_odd(mark: str, left: str, right: str) -> bool:
    """Whether a mark has no business between its neighbours."""
    if mark == "\ufffd" or not mark.isprintable():
        return mark != "\ufeff"
    if len(mark) > 1 or mark in JOINING or mark in _SELDOM or not right[:1].isalpha():
        return False
    # A word may well begin with a mark of its language (¿Qué, „Wort“), but not with this one.
    return left[-1:].isalpha() or mark == "?"


def _word_at(line: Sequence[Token], place: int) -> str:
    """The word that is this token of a line; nothing where it is none."""
    return line[place].text if 0 <= place < len(line) and line[place].kind == "word" else ""


def _is_paired(line: Sequence[Token], at: int) -> bool:
    """Whether a bracket or quotation mark has its partner in the same run of letters and marks."""
    mark = line[at].text
    if mark in _PARTNERS:
        partner, beside = _PARTNERS[mark], line[at + 1 : at + 1 + _NEAR]
    elif mark in _OPENED_BY:
        partner, beside = _OPENED_BY[mark], line[max(at - _NEAR, 0) : at][::-1]
    else:
        return mark == '"'
    run = takewhile(lambda token: token.kind not in ("space", "break"), beside)
    return any(token.text == partner for token in run)


def _matching(pattern: str, text: str, ends: Ids) -> NDArray[np.bool_] | None:
    """Which of some words, one to a line, hold a match; None where none does."""
    starts = [found.start() for found in regex.finditer(pattern, text)]
    if not starts:
        return None
    held = np.zeros(len(ends), dtype=bool)
    held[np.searchsorted(ends, starts, side="right")] = True
    return held


@lru_cache(maxsize=1024)
def _common_with(lexicon: Lexicon, pattern: str) -> frozenset[str]:
    """Which of the commonest words hold a match of a pattern."""
    found = regex.compile(pattern)
    return frozenset(
        word for word in islice(lexicon.words, PRIORS.prose_words) if found.search(word)
    )
