"""From texts to the channel that damaged them, its evidence, and the lines that it damaged.

Bayesian selection of drops, one at a time. Suspicious words propose hypotheses: each sequence whose
deletion turns a common word into one of them. A hypothesis is scored on the whole text by its
log-odds, the sum of

* the words that it explains: log of the frequency of what they may have been against the
  probability of what they are;
* absence: words with the sequence that a text of this length would hold, and does not;
* survivors: words that still hold the sequence, in lines that are damaged;
* a price for the number of hypotheses that could have been tried.

Lines are damaged or clean (a clean headline above a damaged body): the likeliest segmentation is
part of each score. Start reading at :func:`infer`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise

import numpy as np
import regex
from numpy.typing import NDArray

from textmend.bigrams import Bigrams
from textmend.channel import Channel, Drop, WhiteSpace
from textmend.drops import Rule
from textmend.evidence import Evidence, Explained, Inference
from textmend.hypotheses import MAX_SEQUENCE, DeletionIndex
from textmend.lexicon import Lexicon, attested, key
from textmend.preimages import Preimages, title
from textmend.spans import position, spans
from textmend.tokens import Token, sentence_starts, shape

MIN_LOG_ODDS = 3.0

_LEAST_WORDS = 12
_MAX_DROPS = 6
_SHORTLIST = 12
# Nats that a word of so many letters can say at most: anything may be an abbreviation.
_GAIN_CAP = np.array((0.0, 2.0, 3.5, 5.0, 6.5, 8.0))
_APOSTROPHES = frozenset("'’‘")
_ORDINARY = 3e-6  # a word that is commoner than this needs no explanation
_MIN_GAIN = 1.5  # nats; an explanation that says less is none
_SURVIVOR = 5.0  # nats; what a word that should have been damaged costs
_SWITCH = 4.0  # nats; the price of each border between clean and damaged lines
_CASE = 1.0  # nats by which capitals must have survived for a drop to respect case
_GIVEN = 1.0  # nats for the damage of a line under a channel that is known
_ADJACENCY_CAP = 10.0  # nats; terse styles leave words out, too
_DAMAGED_TEXT = 6.0  # nats; the price of believing in damage at all
_COMMON = 50  # words by which running prose is told from lists, tables and telegrams …
_PROSE = 0.65  # … of whose expected share it holds at least this
_FUNCTION_WORDS = 6  # words that all prose uses; the next ones ("I", "you") depend on the register
_FLUENT = -11.3  # nats a word; clean English has -6.7 to -9.2, other languages below -13
_CONSPICUOUS = 5.0  # expected words whose absence is itself a sign
_DISPERSION = 12.0  # of the negative binomial that absence is judged by: words come in bursts
# Log of how many sequences of one to eight letters are common enough to be tried.
_PRICE = (3.5, 6.0, 8.0, 9.0, 10.0, 10.5, 11.0, 11.5)

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
    openers: list[Token] = field(default_factory=list)  # the first token of each line
    suspicious: dict[int, float] = field(default_factory=dict)  # type → its probability if clean
    flagged: set[int] = field(default_factory=set)  # suspicious types that need an explanation

    @classmethod
    def of(cls, texts: Iterable[Sequence[Sequence[Token]]], lexicon: Lexicon) -> Census:
        """The census of tokenized texts, each a list of lines."""
        census = cls(lexicon)
        for place, text_lines in enumerate(texts):
            names = attested(text_lines, lexicon)
            for line in text_lines:
                census._add(place, line, names)
        return census

    def _add(self, text: int, line: Sequence[Token], names: frozenset[str]) -> None:
        counts: Counter[int] = Counter()
        titles: Counter[int] = Counter()
        before = ["", *(token.text for token in line[:-1])]
        after = [*(token.text for token in line[1:]), ""]
        starts = sentence_starts(line)
        for token, first, left, right in zip(line, starts, before, after, strict=True):
            if token.kind != "word":
                continue
            word = key(token.text)
            place = self.places.setdefault(word, len(self.types))
            if place == len(self.types):
                self.types.append(word)
            counts[place] += 1
            if token.text != word:
                titles[place] += 1
            # An apostrophe says that the writer left something out: goin', 'appen.
            elided = left in _APOSTROPHES or right in _APOSTROPHES
            if elided or token.text in names or shape(token.text) in ("upper", "mixed"):
                continue
            clean = self.lexicon.probability(word if first else token.text)
            flagged = self.lexicon.flag(token.text, first=first)
            if clean < _ORDINARY or flagged:
                self.suspicious[place] = min(clean, self.suspicious.get(place, 1.0))
            if flagged and shape(token.text) == "lower":
                self.flagged.add(place)
        self.lines.append(line)
        self.texts.append(text)
        self.counts.append(counts)
        self.titles.append(titles)
        self.openers.append(line[0])

    @cached_property
    def title_types(self) -> list[str]:
        """The types, capitalised."""
        return [title(word) for word in self.types]

    @cached_property
    def totals(self) -> Counter[int]:
        """Occurrences of each type in all lines."""
        totals: Counter[int] = Counter()
        for counts in self.counts:
            totals.update(counts)
        return totals

    @cached_property
    def sizes(self) -> Floats:
        """Words in each line."""
        return np.array([counts.total() for counts in self.counts], dtype=float)

    def absent_words(self) -> list[str]:
        """Common words of which a text of this length would hold several, and this holds none.

        None at all for a text that is sparing with common words as a whole: a list, a table, a
        telegram, another language.
        """
        size = self.sizes.sum()
        totals = self.totals
        expected, observed = {}, {}
        for word in islice(self.lexicon.words, _COMMON):
            if word.isalpha() and len(word) <= MAX_SEQUENCE:
                expected[word] = self.lexicon.frequency(word) * size
                observed[word] = totals[self.places[word]] if word in self.places else 0
        used, due = sum(observed.values()), sum(expected.values())
        return [
            word
            for word in islice(expected, _FUNCTION_WORDS)
            if not observed[word]
            and expected[word] >= _CONSPICUOUS
            and used >= _PROSE * (due - expected[word])
        ]

    def fluency(self, gains: Mapping[int, float]) -> float:
        """The mean log-probability of a word, each gaining what the channel explains of it."""
        logs = (
            count * (math.log(self.lexicon.probability(self.types[place])) + gains.get(place, 0.0))
            for place, count in self.totals.items()
        )
        return sum(logs) / max(self.totals.total(), 1)


@dataclass(frozen=True)
class _Scored:
    """A hypothesis on a census: its log-odds, what it explains, the lines it damaged."""

    drop: Drop
    log_odds: float
    gains: dict[int, float]  # type → nats
    damaged: NDArray[np.bool_]
    expected: float
    survivors: int
    conspicuous: bool  # whether its absence is itself a sign

    @property
    def enough(self) -> bool:
        """Whether there is more than a single word to go by: that may be anybody's typo."""
        return len(self.gains) >= 2 or self.conspicuous


@dataclass(frozen=True)
class Diagnosis:
    """What happened to some texts of one origin.

    ``damaged`` says of each line of the texts, in order, whether the channel acted on it.
    """

    inference: Inference
    damaged: NDArray[np.bool_]


def infer(
    texts: Sequence[Sequence[Sequence[Token]]],
    lexicon: Lexicon,
    *,
    min_log_odds: float = MIN_LOG_ODDS,
) -> Diagnosis:
    """The channel of texts of one origin, each a list of lines of tokens, with its evidence.

    The empty channel where nothing speaks clearly for damage.
    """
    census = Census.of(texts, lexicon)
    # A few words are never evidence: whatever is wrong with them may be anybody's typos.
    sound = Diagnosis(Inference(Channel()), np.zeros(len(census.lines), dtype=bool))
    if census.sizes.sum() < _LEAST_WORDS:
        return sound
    if len(census.suspicious) < 2 and not census.absent_words():
        return sound
    hypotheses = _Hypotheses(census, DeletionIndex.load(lexicon.lang))
    chosen = hypotheses.select(min_log_odds)
    if not chosen or census.fluency(hypotheses.ratios(chosen)) < _FLUENT:
        return sound
    channel = Channel(tuple(each.drop for each in chosen))
    preimages = Preimages.load(channel.drops, lexicon.lang)
    damaged = damaged_lines(census, channel, preimages)
    channel = Channel(channel.drops, _whitespace(census, damaged, preimages))
    evidence = tuple(hypotheses.evidence(each) for each in chosen)
    return Diagnosis(Inference(channel, evidence), damaged)


def locate(
    texts: Sequence[Sequence[Sequence[Token]]], lexicon: Lexicon, channel: Channel
) -> Diagnosis:
    """Where a channel that is known acted on texts.

    Its white-space policy, where it is the usual one, gives way to what the texts show.
    """
    census = Census.of(texts, lexicon)
    preimages = Preimages.load(channel.drops, lexicon.lang)
    damaged = damaged_lines(census, channel, preimages, bonus=_GIVEN)
    if channel.whitespace == "collapse":
        channel = Channel(channel.drops, _whitespace(census, damaged, preimages))
    return Diagnosis(Inference(channel), damaged)


class _Hypotheses:
    """Sequences that may have been deleted, by what each explains of a census.

    ``gains``: sequence → suspicious type → nats by which the sequence explains it.
    ``originals``: sequence → type → the likeliest word that it was, a place in the index.
    ``_ratios``: the gains before they are capped, for what is said of the text as a whole.
    """

    def __init__(self, census: Census, index: DeletionIndex) -> None:
        self.census = census
        self.index = index
        self.absent = census.absent_words()
        self.gains: dict[str, dict[int, float]] = {word: {} for word in self.absent}
        self.originals: dict[str, dict[int, int]] = {word: {} for word in self.absent}
        self._ratios: dict[tuple[str, int], float] = {}
        self._adjacencies: dict[str, float] = {}
        self._explain_suspicious()

    def _explain_suspicious(self) -> None:
        index, census = self.index, self.census
        places = list(census.suspicious)
        if not places:
            return
        clean = np.array([census.suspicious[place] for place in places])
        rows = index.explain([census.types[place] for place in places])
        if not len(rows.token):
            return
        # One group per (sequence, type): the frequencies of all words that the type may have been,
        # the likeliest first.
        order = np.lexsort((-index.frequencies[rows.word], rows.token, rows.sequence))
        token, sequence = rows.token[order], rows.sequence[order]
        new = (sequence[1:] != sequence[:-1]) | (token[1:] != token[:-1])
        border = np.flatnonzero(np.r_[True, new])
        mass = np.add.reduceat(index.frequencies[rows.word[order]], border)
        letters = np.array([len(census.types[place]) for place in places])
        cap = _GAIN_CAP[np.minimum(letters, len(_GAIN_CAP) - 1)]
        ratios = np.log1p(mass / clean[token[border]])
        gains = np.minimum(ratios, cap[token[border]])
        telling = np.flatnonzero(gains >= _MIN_GAIN)
        _, inverse, counts = np.unique(
            sequence[border][telling], return_inverse=True, return_counts=True
        )
        for row, count in zip(telling, counts[inverse], strict=True):
            at = order[border[row]]
            start = rows.start[at]
            lost = index.words[rows.word[at]][start : start + rows.length[at]]
            # A sequence needs two words that speak for it, or one and its own absence.
            if count >= 2 or lost in self.gains:
                place = places[rows.token[at]]
                self.gains.setdefault(lost, {})[place] = float(gains[row])
                self._ratios[lost, place] = float(ratios[row])
                self.originals.setdefault(lost, {})[place] = int(rows.word[at])

    def ratios(self, chosen: Iterable[_Scored]) -> dict[int, float]:
        """By how many nats the chosen drops make each word that they explain likelier."""
        return {
            place: self._ratios[each.drop.sequence, place]
            for each in chosen
            for place in each.gains
        }

    def select(self, min_log_odds: float) -> list[_Scored]:
        """The drops that earn their place, most telling first."""
        chosen: list[_Scored] = []
        while len(chosen) < _MAX_DROPS:
            scored = (self._in_best_case(each, chosen) for each in self._shortlist(chosen))
            worthy = [each for each in scored if each.enough and each.log_odds >= min_log_odds]
            if not worthy:
                break
            best = max(worthy, key=lambda each: each.log_odds)
            chosen = self._without_the_explained_away([*chosen, best], min_log_odds)
            if best not in chosen:
                break
        return chosen

    def _shortlist(self, chosen: Sequence[_Scored]) -> list[str]:
        """The sequences that explain most, few enough to be scored on the whole text."""
        # What holds a chosen sequence is gone for that reason: "ee" where every "e" was deleted.
        gone = [each.drop.sequence for each in chosen]
        totals = {
            sequence: sum(self._left(sequence, chosen).values()) - _PRICE[len(sequence) - 1]
            for sequence in self.gains
            if not any(each in sequence for each in gone)
        }
        found = sorted(totals, key=lambda each: (-totals[each], each))[:_SHORTLIST]
        return [*found, *(word for word in self.absent if word in totals and word not in found)]

    def _left(self, sequence: str, others: Iterable[_Scored]) -> dict[int, float]:
        """The gains of a sequence for what no other drop explains."""
        taken = {place for each in others for place in each.gains}
        gains = self.gains.get(sequence, {})
        return {place: gain for place, gain in gains.items() if place not in taken}

    def _without_the_explained_away(
        self, chosen: list[_Scored], min_log_odds: float
    ) -> list[_Scored]:
        """The drops that earn their place on what the others leave, the weakest tried first."""
        kept = list(chosen)
        for each in reversed(chosen):
            others = [other for other in kept if other is not each]
            again = self._score(each.drop, others)
            if others and not (again.enough and again.log_odds >= min_log_odds):
                kept = others
        return kept

    def _in_best_case(self, sequence: str, chosen: Sequence[_Scored]) -> _Scored:
        """A sequence with its capitalised forms deleted too, unless some survive."""
        either = self._score(Drop(sequence), chosen)
        lower = self._score(Drop(sequence, ignore_case=False), chosen)
        return lower if lower.log_odds > either.log_odds + _CASE else either

    def _score(self, drop: Drop, others: Sequence[_Scored]) -> _Scored:
        census, gains = self.census, self._left(drop.sequence, others)
        totals: Counter[int] = Counter()
        hits = [gains.keys() & counts.keys() for counts in census.counts]
        for counts, places in zip(census.counts, hits, strict=True):
            totals.update({place: counts[place] for place in places})
        # A word that comes again says less each time.
        weights = {
            place: gains[place] * (1 + math.log(total)) / total for place, total in totals.items()
        }
        survivors = _survivors(drop, census)
        odds = -_SURVIVOR * survivors
        for line, places in enumerate(hits):
            odds[line] += sum(weights[place] * census.counts[line][place] for place in places)
        conspicuous = drop.sequence in self.absent
        if conspicuous and not gains:
            damaged, total = np.ones(len(odds), dtype=bool), float(odds.sum())
        else:
            damaged, total = segment(odds, census.texts)
        size = float(census.sizes[damaged].sum())
        spared = [each.drop.pattern for each in others]
        expected = size * census.lexicon.rate(drop.pattern, without=spared)
        observed = int(survivors[damaged].sum())
        # Only a text that is damaged as a whole can be expected to hold the sequence somewhere.
        if not observed and 2 * size > census.sizes.sum():
            total += _burst(expected)
        present = {place for line in np.flatnonzero(damaged) for place in hits[line]}
        if conspicuous:
            total += self._adjacency(drop.sequence)
        # Among many strange words some are explained by chance: the more ways to choose those.
        strange = census.flagged - {place for each in others for place in each.gains}
        ways = math.log(math.comb(len(strange), len(present & strange)))
        price = _PRICE[len(drop.sequence) - 1] + ways + (0.0 if others else _DAMAGED_TEXT)
        return _Scored(
            drop,
            total - price,
            {place: gains[place] for place in present},
            damaged,
            expected,
            observed,
            conspicuous and expected >= _CONSPICUOUS,
        )

    def _adjacency(self, word: str) -> float:
        """Nats by which the pairs of words that now touch speak for ``word`` gone from between."""
        known = self._adjacencies.get(word)
        if known is not None:
            return known
        bigrams = Bigrams.load(self.census.lexicon.lang)
        total = 0.0
        for line in self.census.lines:
            words = (token for token in line if token.kind != "space")
            for left, right in pairwise(words):
                if left.kind == right.kind == "word":
                    there = bigrams.probability(word, left.text)
                    between = there * bigrams.probability(right.text, word)
                    touching = bigrams.probability(right.text, left.text)
                    total += math.log((1.0 + between / touching) * (1.0 - there))
        self._adjacencies[word] = min(total, _ADJACENCY_CAP)
        return self._adjacencies[word]

    def evidence(self, scored: _Scored) -> Evidence:
        """A chosen hypothesis for people to read."""
        census = self.census
        totals: Counter[int] = Counter()
        for line in np.flatnonzero(scored.damaged):
            counts = census.counts[line]
            totals.update({place: counts[place] for place in scored.gains.keys() & counts.keys()})
        order = sorted(totals, key=lambda place: (-scored.gains[place], census.types[place]))
        originals = self.originals[scored.drop.sequence]
        explained = tuple(
            Explained(census.types[place], self.index.words[originals[place]], totals[place])
            for place in order
        )
        return Evidence(scored.drop, scored.expected, scored.survivors, explained, scored.log_odds)


def _burst(expected: float) -> float:
    """Nats against seeing none where so many are expected, words coming in bursts."""
    return _DISPERSION * math.log1p(expected / _DISPERSION)


def damaged_lines(
    census: Census, channel: Channel, preimages: Preimages, *, bonus: float = 0.0
) -> NDArray[np.bool_]:
    """For each line, whether the channel acted on it; ``bonus`` in nats for that it did."""
    odds = np.full(len(census.counts), bonus)
    for drop in channel.drops:
        odds -= _SURVIVOR * _survivors(drop, census)
    inside = preimages.at("text")
    gains = {
        place: _gain(inside.mass(census.types[place]), clean, len(census.types[place]))
        for place, clean in census.suspicious.items()
    }
    for line, counts in enumerate(census.counts):
        odds[line] += sum(gains[place] for place in gains.keys() & counts.keys())
        odds[line] += sum(
            min(span.gain, _GAIN_CAP[-1])
            for span in spans(census.lines[line], channel, preimages).values()
            if span.gain > 0.0
        )
        opener = census.openers[line]
        here = preimages.at(position(opener, census.lines[line]))
        if here is not inside and opener.kind == "word":
            clean = census.lexicon.probability(opener.text)
            odds[line] += _gain(here.mass(opener.text), clean, len(opener.text))
    return segment(odds, census.texts)[0]


def _gain(mass: float, clean: float, letters: int) -> float:
    """Nats by which words of this mass explain a word of this probability and length."""
    return min(math.log1p(mass / clean), float(_GAIN_CAP[min(letters, len(_GAIN_CAP) - 1)]))


def _survivors(drop: Rule, census: Census) -> Floats:
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


def segment(odds: Floats, texts: Sequence[int]) -> tuple[NDArray[np.bool_], float]:
    """The likeliest damaged lines, given the log-odds of each, and their log-odds together.

    Borders between clean and damaged lines cost; a new text begins afresh (Viterbi, two states).
    """
    if not len(odds):
        return np.zeros(0, dtype=bool), 0.0
    clean, damaged, text = 0.0, 0.0, texts[0]
    back: list[tuple[bool, bool]] = []
    for line, gain in enumerate(odds):
        if texts[line] != text:
            text = texts[line]
            best_is_damaged = damaged > clean
            back.append((best_is_damaged, best_is_damaged))
            clean = damaged = max(clean, damaged)
        else:
            back.append((damaged - _SWITCH > clean, damaged >= clean - _SWITCH))
            clean, damaged = max(clean, damaged - _SWITCH), max(damaged, clean - _SWITCH)
        damaged += float(gain)
    states = np.zeros(len(odds), dtype=bool)
    state = damaged > clean
    for line in range(len(odds) - 1, -1, -1):
        states[line] = state
        state = back[line][state]
    return states, max(clean, damaged)


_DOUBLE = regex.compile(r"(?<=[^\s.!?:;])[ \u00a0]{2}(?=\S)")


def _whitespace(census: Census, damaged: NDArray[np.bool_], preimages: Preimages) -> WhiteSpace:
    """What became of the white space around what was deleted, from the traces that it left."""
    shown = [
        "".join(token.text for token in census.lines[line]) for line in np.flatnonzero(damaged)
    ]
    vanished = float(census.sizes[damaged].sum()) * preimages.at("text").unsettling
    doubles = sum(len(_DOUBLE.findall(line)) for line in shown)
    if doubles and doubles >= 0.2 * vanished:
        return "keep"
    indented = any(line[0] == " " and not line[1:2].isspace() for line in shown if line)
    return "squeeze" if indented else "collapse"
