"""What a text may have lost, at a glance: most of any corpus nothing, and need not be taken apart.

Inference weighs no rule whose bound, what its words could say at most, is below what it asks for
(see ``selection``). Here those bounds are put together from what each run of characters says by
itself (see ``runs``); what is not known of a text without a closer look counts against it. So where
:meth:`Screen.suspects` says nothing, :func:`~textmend.inference.infer.infer` would find nothing;
where it says letters, no more than these, lost at random; and where it says anything, all has to be
asked. Start reading there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, compress, islice, pairwise
from typing import Literal

import numpy as np
import regex

from textmend.cache import Answers
from textmend.channel.channel import Channel
from textmend.channel.drops import Drop, Rule
from textmend.channel.families import FAMILIES, Accents, Apostrophes, Spaces
from textmend.inference.explanations import capped, closed_class, gain
from textmend.inference.hypotheses import DeletionIndex, hashes
from textmend.inference.priors import PRIORS
from textmend.inference.runs import Run, Runs, Word
from textmend.inference.weighing import odds_of_absence, price
from textmend.language.lexicon import Lexicon, folded, key
from textmend.language.tokens import WORD, are_code, is_word
from textmend.mending.preimages import Glimpse, Preimages
from textmend.mending.segmentation import Segmenter

_WORD = regex.compile(WORD)
# A word as most stand, which is no part of anything else.
_PLAIN = regex.compile(rf"(?<!\S){WORD}(?=[ ,;\n]|\Z)")
# What begins mark-up and code, which may have spaces inside; and white space to Python alone.
_CLOSER_LOOK = ("<", "`", "\x1c", "\x1d", "\x1e", "\x1f")
# What a text may have lost: letters at random, or by any rule.
Suspicion = Literal["nothing", "letters", "anything"]
_AS_SEEN = ("", " ")  # the residues that leave no mark of their own


@dataclass
class _Bound:
    """The log-odds that a rule cannot exceed, from what speaks for it."""

    told: float = 0.0
    traces: int = 0
    speaking: int = 0

    def add(self, nats: float, count: int) -> None:
        """Something that says so much, and occurs so often."""
        self.told += nats * (1.0 + math.log(count))
        self.traces += count
        self.speaking += 1

    def reaches(self, rule: Rule, least: float) -> bool:
        """Whether the rule may have log-odds of ``least``; one word alone is never enough."""
        found = self.told + _absent(self.traces) - price(rule) - PRIORS.damage
        return self.speaking > 1 and found >= least


class Screen:
    """What is known of a language, and what that says of texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._runs = Runs.load(lexicon.lang)
        self._of_families: Answers[tuple[str, float], tuple[tuple[int, float], ...]] = Answers(
            each=300, most=4_000_000
        )
        self._function_words = [
            (word, f" {word} ", lexicon.frequency(word))
            for word in islice(lexicon.words, PRIORS.function_words)
            if word.isalpha()
        ]

    @cached_property
    def _letters(self) -> dict[int, str]:
        """Letters by their hashes: most words that seem to be damaged seem to lack but one."""
        letters = list(self._lexicon.letters)
        return dict(zip(hashes(letters).tolist(), letters, strict=True))

    @staticmethod
    @lru_cache(maxsize=8)
    def load(lang: str) -> Screen:
        """The screen of a language, shared by all that ask for it."""
        return Screen(Lexicon.load(lang))

    def suspects(self, text: str, min_log_odds: float) -> Suspicion:
        """What a text may have lost: all that inference could find with ``min_log_odds``, if asked.

        "Anything" where that is not known.
        """
        # With less than nothing asked of rules anything might be believed.
        if min_log_odds < 0.0 or any(each in text for each in _CLOSER_LOOK):
            return "anything"
        runs = Counter(text.split())
        telling = self._runs.telling(runs)
        size = runs.total() + sum((said.size - 1) * runs[run] for run, said in telling.items())
        words = _words(telling.values())
        if _shows_signs(text, telling, runs) or self._lacks(Accents(), text, runs, size):
            return "anything"
        glimpse = Glimpse(text)
        if not self._lost_no_sequence(text, glimpse, words, size, min_log_odds):
            return "anything"
        strange = sum(word.flagged for word in words) >= PRIORS.strange_words
        if strange or self._lacks(Apostrophes(), text, runs, size):
            joined = {run: runs[run] for run, said in telling.items() if said.joined}
            if not self._lost_nothing_else(glimpse, words, joined, min_log_odds):
                return "anything"
        return "letters" if sum(word.lost for word in words) >= PRIORS.random_words else "nothing"

    def _lacks(self, rule: Rule, text: str, runs: Iterable[str], size: int) -> bool:
        """Whether a text may hold nothing of what a rule deletes, and would hold some of it."""
        if self._lexicon.commonest.rate(rule.pattern) * size < PRIORS.conspicuous:
            return False
        spared = regex.compile(rule.spared)
        return not any(spared.search(run) and is_word(run) and f" {run} " in text for run in runs)

    def _lost_no_sequence(
        self,
        text: str,
        glimpse: Glimpse,
        words: Sequence[Word],
        size: int,
        least: float,
    ) -> bool:
        """Whether no sequence was deleted, wherever it stood, that left nothing."""
        expected = [each for each in self._function_words if each[2] * size >= PRIORS.conspicuous]
        if not all(spaced in text for _, spaced, _ in expected):
            return False
        words = [word for word in words if len(word.sequences)]
        if not words:
            return True
        sequences = np.concatenate([word.sequences for word in words])
        gains = np.concatenate([word.gains for word in words])
        prices = np.concatenate([word.prices for word in words])
        times = np.repeat(
            [_count(word.form, glimpse.text) for word in words],
            [len(word.gains) for word in words],
        )
        found, first, inverse, speaking = np.unique(
            sequences, return_index=True, return_inverse=True, return_counts=True
        )
        told = np.bincount(inverse, gains * (1.0 + np.log(times)))
        traces = np.bincount(inverse, times)
        for at in np.flatnonzero(speaking > 1).tolist():
            bound = told[at] + _absent(int(traces[at])) - prices[first[at]] - PRIORS.damage
            if bound >= least and not (
                # Of a leak there is this much less to be said.
                bound - PRIORS.leak < least
                and (letter := self._letters.get(int(found[at])))
                and _spares(text, letter, words, found[at])
            ):
                return False
        # One word is enough to speak for a word that is missing.
        missing = hashes([word for word, *_ in expected])
        places = np.searchsorted(found, missing).clip(max=len(found) - 1)
        doubtful = {
            word: share * size
            for (word, _, share), at in compress(
                zip(expected, places.tolist(), strict=True), found[places] == missing
            )
            if not self._is_no_loss(text, word, float(told[at]), int(speaking[at]), least)
        }
        return not doubtful or _holds_enough(text, glimpse, doubtful)

    def _is_no_loss(self, text: str, word: str, told: float, speaking: int, least: float) -> bool:
        """Whether a common word was surely not deleted, though it may be missing.

        ``told``: the nats that ``speaking`` other words say for it. Where lines that hold it are
        damaged, these are all that speaks for it; where none is, inference asks no network about
        the few words of the others.
        """
        rule = Drop(word)
        told -= price(rule, conspicuous=True) + PRIORS.damage
        if told >= least or speaking >= PRIORS.least_traces:  # of so many it may be a leak
            return False
        without = holding = 0
        for line in text.split("\n"):
            if any(word in plain for plain in _PLAIN.findall(line)):
                holding += 1
            else:
                without += len(_WORD.findall(line))
        due = without * self._lexicon.commonest.rate(rule.pattern)
        told += odds_of_absence(0, due, 1.0) + PRIORS.most_missed * due - PRIORS.border
        return holding > 0 and told <= 0.0

    def _lost_nothing_else(
        self, glimpse: Glimpse, words: Sequence[Word], joined: Mapping[str, int], least: float
    ) -> bool:
        """Whether no family of rules acted, nor a sequence that left a space."""
        if self._left_spaces(glimpse.words, {word.form for word in words if word.flagged}):
            return False
        clean = {word.form: word.clean for word in words}
        alone: set[str] = set()
        for _, preimages in self._families:
            alone |= preimages.torn_in(glimpse, PRIORS.least_gain) if preimages.torn else set()
        if not alone.issubset(glimpse.words):  # what is no word was torn into several
            return False
        bounds = [_Bound() for _ in self._families]
        for form in clean.keys() | alone:
            for place, nats in self._gains(form, clean.get(form, 1.0)):
                bounds[place].add(nats, _count(form, glimpse.text))
        if any(
            bound.reaches(rule, least)
            for (rule, _), bound in zip(self._families, bounds, strict=True)
        ):
            return False
        return sum(joined.values()) < PRIORS.least_joined or self._ran_not_together(
            joined, glimpse.text, least
        )

    @cached_property
    def _families(self) -> list[tuple[Rule, Preimages]]:
        """The rules of families that are tried where no odd marks are seen, on words alone."""
        lang = self._lexicon.lang
        return [
            (rule, Preimages.common((rule,), lang))
            for family in FAMILIES.values()
            if family is not Spaces
            for rule in family.variants(_AS_SEEN)
            if rule.reach == "text"
        ]

    def _gains(self, form: str, clean: float) -> tuple[tuple[int, float], ...]:
        """The families that may have left a word, by their places, with nats for each."""
        known = self._of_families.get((form, clean))
        if known is None:
            chance = min(clean, self._lexicon.probability(form))
            known = tuple(
                (place, nats)
                for place, (_, preimages) in enumerate(self._families)
                if any(preimages.leaving((form,)))
                and (nats := gain(preimages.mass(form, merged=True), chance, len(form)))
                >= PRIORS.least_gain
            )
            self._of_families.keep((form, clean), known, form)
        return known

    def _left_spaces(self, in_order: Sequence[str], flagged: Collection[str]) -> bool:
        """Whether strange words and those beside them may be pieces that lost the same."""
        pieces = [pair for pair in pairwise(in_order) if pair[0] in flagged or pair[1] in flagged]
        index = DeletionIndex.load(self._lexicon.lang)
        rows = index.explain([left + right for left, right in pieces])
        cuts = np.array([len(left) for left, _ in pieces], dtype=np.int64)
        rows = rows.at(np.flatnonzero(rows.start == cuts[rows.token]))
        lost = set(zip(rows.sequence.tolist(), rows.token.tolist(), strict=True))
        speaking = Counter(sequence for sequence, _ in lost)
        return max(speaking.values(), default=0) >= PRIORS.least_leaving

    @cached_property
    def _line_ends(self) -> tuple[Rule, Segmenter]:
        """The rule by which words ran together at the ends of lines, and what parts them."""
        (rule,) = Spaces.variants(_AS_SEEN)
        preimages = Preimages.common((rule,), self._lexicon.lang)
        return rule, Segmenter(Channel((rule,)), preimages)

    def _ran_not_together(self, runs: Mapping[str, int], shown: str, least: float) -> bool:
        """Whether some runs of a text, which is shown in lower case, are one word each."""
        rule, segmenter = self._line_ends
        if not segmenter.knows_pairs:
            return True
        bound, common = _Bound(), closed_class(self._lexicon)
        for run, count in runs.items():
            found = segmenter.of(run)
            if found is None or not found.beside(run, common):
                continue
            nats = capped(found.gain, len(run))
            if nats >= PRIORS.least_gain:
                bound.add(nats, max(count, _count(key(run), shown)))
        return not bound.reaches(rule, least)


@lru_cache(maxsize=10_000)
def _absent(traces: int) -> float:
    """Nats that so many traces may say at most by what is missing beside them."""
    return odds_of_absence(0, PRIORS.missing_per_trace * traces, 1.0)


def _holds_enough(text: str, glimpse: Glimpse, expected: Mapping[str, float]) -> bool:
    """Whether a text surely holds words as often as others do, so that none of them is missed.

    What is told again in the same words does not count; code has none.
    """
    plain = [_PLAIN.findall(line) for line in glimpse.text.split("\n")]
    if any(are_code(text.split("\n"), list(map(len, plain)))):
        return False
    words = glimpse.words
    told = list(zip(*(words[start:] for start in range(PRIORS.repeated_run)), strict=False))
    again = len(told) - len(set(told))
    held = Counter(chain.from_iterable(plain))
    return all(held[word] - again > PRIORS.few * due for word, due in expected.items())


def _spares(text: str, letter: str, words: Iterable[Word], sequence: np.uint64) -> bool:
    """Whether the lines of the words that may have lost a letter hold so much of it that it is not.

    To be damaged beside others that are, a line must not cost more than two borders.
    """
    speaking = {
        word.form: float(word.gains[word.sequences == sequence].sum())
        for word in words
        if sequence in word.sequences
    }
    for line in text.split("\n"):
        shown = folded(line)
        told = sum(nats * _count(form, shown) for form, nats in speaking.items() if form in shown)
        if told:
            spared = sum(letter in plain for plain in _PLAIN.findall(line))
            if told - PRIORS.survivor * spared > -2.0 * PRIORS.border:
                return False
    return True


def _words(telling: Iterable[Run]) -> list[Word]:
    """The words of some runs; of one that is written in several ways, what says most."""
    found: dict[str, Word] = {}
    for word in chain.from_iterable(said.words for said in telling):
        other = found.setdefault(word.form, word)
        if other is not word:
            worse = min(word, other, key=lambda each: each.clean)
            found[word.form] = worse._replace(flagged=word.flagged or other.flagged)
    return list(found.values())


def _count(form: str, shown: str) -> int:
    """How often a text in lower case holds a word, and no letter beside it."""
    found, at = 0, shown.find(form)
    while at >= 0:
        end = at + len(form)
        found += not (shown[at - 1 : at].isalpha() or shown[end : end + 1].isalpha())
        at = shown.find(form, end)
    return max(found, 1)


def _shows_signs(text: str, telling: Mapping[str, Run], runs: Mapping[str, int]) -> bool:
    """Whether marks stand where none belong, or paragraphs begin in lower case, more than once."""
    odd: Counter[str] = Counter()
    for run, said in telling.items():
        for mark in said.odd:
            odd[mark] += runs[run]
    if max(odd.values(), default=0) >= PRIORS.least_marks:
        return True
    lower = sum(
        word[0].islower()
        for line in text.split("\n")
        if not line[:1].isupper() and (word := _WORD.match(line))
    )
    return lower >= PRIORS.strange_words
