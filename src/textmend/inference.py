"""From texts to the channel that damaged them, its evidence, and the lines that it damaged.

Bayesian selection of drops, one at a time. Suspicious words propose hypotheses (see
``textmend.traces``): sequences whose deletion turns a common word into one of them, and families
of rules. A hypothesis is scored on the whole text by its log-odds, the sum of

* the words that it explains: log of the frequency of what they may have been against the
  probability of what they are;
* absence: words with the sequence that a text of this length would hold, and does not;
* survivors: words that still hold the sequence, in lines that are damaged;
* a price for the number of hypotheses that could have been tried.

Where no rule explains enough, letters may have been lost at random (see ``textmend.noise``).

Lines are damaged or clean (a clean headline above a damaged body): the likeliest segmentation is
part of each score. Start reading at :func:`infer`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import regex
from numpy.typing import NDArray

from textmend.bigrams import Bigrams
from textmend.census import CONSPICUOUS, Census, Floats, survivors
from textmend.channel import Channel, Drop, Place, WhiteSpace
from textmend.drops import Rule
from textmend.evidence import Evidence, Explained, Inference
from textmend.hypotheses import DeletionIndex
from textmend.lexicon import Lexicon
from textmend.noise import random_loss
from textmend.preimages import Preimages
from textmend.spans import position, spans
from textmend.tokens import Token
from textmend.traces import GAIN_CAP, Hypotheses, gain

MIN_LOG_ODDS = 3.0

_LEAST_WORDS = 12
_MAX_DROPS = 6
_SHORTLIST = 12
_LEAST_TRACES = 3  # words that all rules but the plainest must explain
_SURVIVOR = 5.0  # nats; what a word that should have been damaged costs
_SWITCH = 4.0  # nats; the price of each border between clean and damaged lines
_CASE = 1.0  # nats by which capitals must have survived for a drop to respect case
_OPTION = 2.0  # nats; the price of saying where a sequence was deleted, or what it left
_GIVEN = 1.0  # nats for the damage of a line under a channel that is known
_ADJACENCY_CAP = 10.0  # nats; terse styles leave words out, too
_DAMAGED_TEXT = 6.0  # nats; the price of believing in damage at all
_FLUENT = -11.3  # nats a word; clean English has -6.7 to -9.2, other languages below -13
_FLUENT_IN = {"tr": -12.5}  # of words with many endings fewer are known: clean text has -10 to -12
_INFLECTED = 0.2  # of what it would say alone, what another form of the same word says
_ENDING = 3  # letters
_DISPERSION = 12.0  # of the negative binomial that absence is judged by: words come in bursts
# Log of how many sequences of one to eight letters are common enough to be tried, and of how many
# variants of families are.
_PRICE = (3.5, 6.0, 8.0, 9.0, 10.0, 10.5, 11.0, 11.5)
_FAMILY_PRICE = 4.0
# A word that vanished only where it stood alone leaves no trace but its absence, as where a writer
# is sparing with articles: that is never inferred.
_PLACES: tuple[Place, ...] = ("word-start", "word-end", "inside")


@dataclass(frozen=True)
class _Scored:
    """A rule weighed on a census: its log-odds, what it explains, the lines it damaged."""

    drop: Rule
    log_odds: float
    gains: dict[int, float]  # trace → nats
    covered: frozenset[int]
    damaged: NDArray[np.bool_]
    expected: float
    survivors: int
    conspicuous: bool  # whether its absence is itself a sign
    stems: int  # different words among what it explains

    @property
    def enough(self) -> bool:
        """Whether there is more than a single word to go by: that may be anybody's typo."""
        least = 2 if _is_plain(self.drop) else _LEAST_TRACES
        return self.stems >= least or self.conspicuous


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
    selection = _Selection(Hypotheses(census, DeletionIndex.load(lexicon.lang)))
    chosen = selection.select(min_log_odds)
    fluent = _FLUENT_IN.get(lexicon.lang, _FLUENT)
    if chosen and census.fluency(selection.ratios(chosen)) < fluent:
        return sound
    evidence = tuple(selection.evidence(each) for each in chosen)
    if not evidence and not (evidence := random_loss(census, min_log_odds)):
        return sound
    channel = Channel(tuple(each.drop for each in evidence))
    preimages = Preimages.load(channel.drops, lexicon.lang)
    damaged = damaged_lines(census, channel, preimages)
    channel = Channel(channel.drops, _whitespace(census, damaged, preimages))
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


class _Selection:
    """The rules that together explain a census best, found one at a time."""

    def __init__(self, hypotheses: Hypotheses) -> None:
        self.census = hypotheses.census
        self._hypotheses = hypotheses
        self._rules = list(hypotheses.rules())
        self._adjacencies: dict[str, float] = {}

    def ratios(self, chosen: Iterable[_Scored]) -> dict[int, float]:
        """By how many nats the chosen drops make each word that they explain likelier."""
        return {
            trace: self._hypotheses.traces(each.drop).ratios[trace]
            for each in chosen
            for trace in each.gains
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

    def _shortlist(self, chosen: Sequence[_Scored]) -> list[Rule]:
        """The rules that explain most, few enough to be scored on the whole text."""
        # What holds a chosen sequence is gone for that reason: "ee" where every "e" was deleted.
        gone = [regex.compile(each.drop.pattern) for each in chosen]
        names = {each.drop.name for each in chosen}
        # What a family left is all its own: words unknown to the lexicon need no other rule.
        left = {each.drop.residue for each in chosen if not isinstance(each.drop, Drop)} - {""}
        totals = {
            rule: sum(self._left(rule, chosen).values()) - _price(rule)
            for rule in self._rules
            if rule.name not in names
            and rule.residue not in left
            and not any(each.search(rule.name) for each in gone)
        }
        found = sorted(totals, key=lambda rule: (-totals[rule], rule.name))[:_SHORTLIST]
        absent = map(Drop, self._hypotheses.absent)
        return [*found, *(rule for rule in absent if rule in totals and rule not in found)]

    def _left(self, rule: Rule, others: Iterable[_Scored]) -> dict[int, float]:
        """The gains of a rule for what no other explains."""
        taken = _covered(others)
        gains = self._hypotheses.traces(rule).gains
        return {trace: gain for trace, gain in gains.items() if trace not in taken}

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

    def _in_best_case(self, rule: Rule, chosen: Sequence[_Scored]) -> _Scored:
        """A rule; where it is a sequence, with the case and the place that fit best.

        Its capitalised forms are deleted too, unless some of them survive, and it is deleted
        anywhere in words, unless it survives elsewhere.
        """
        either = self._score(rule, chosen)
        if not isinstance(rule, Drop):
            return either
        lower = self._score(replace(rule, ignore_case=False), chosen)
        best = lower if lower.log_odds > either.log_odds + _CASE else either
        known_everywhere = best.damaged.all() and not best.survivors
        if known_everywhere or rule.residue or len(self._left(rule, chosen)) < _LEAST_TRACES:
            return best
        placed = (replace(rule, where=where) for where in _PLACES)
        return max([best, *(self._score(each, chosen) for each in placed)], key=_log_odds)

    def _score(self, rule: Rule, others: Sequence[_Scored]) -> _Scored:
        census, traces = self.census, self._hypotheses.traces(rule)
        gains = self._left(rule, others)
        totals: Counter[int] = Counter()
        hits = [gains.keys() & counts.keys() for counts in traces.counts]
        for counts, found in zip(traces.counts, hits, strict=True):
            totals.update({trace: counts[trace] for trace in found})
        inflected = _inflected({trace: census.types[trace] for trace in gains})
        # A word that comes again says less each time, and so does one of the same stem.
        weights = {
            trace: gains[trace]
            * (_INFLECTED if trace in inflected else 1.0)
            * (1 + math.log(total))
            / total
            for trace, total in totals.items()
        }
        surviving = survivors(rule, census)
        odds = -_SURVIVOR * surviving
        for line, found in enumerate(hits):
            odds[line] += sum(weights[trace] * traces.counts[line][trace] for trace in found)
        conspicuous = _is_plain(rule) and rule.name in self._hypotheses.absent
        if conspicuous and not gains:
            damaged, total = np.ones(len(odds), dtype=bool), float(odds.sum())
        else:
            damaged, total = segment(odds, census.texts)
        size = float(census.sizes[damaged].sum())
        spared = [each.drop.pattern for each in others]
        expected = size * census.lexicon.commonest.rate(rule.pattern, without=spared)
        observed = int(surviving[damaged].sum())
        # Only a text that is damaged as a whole can be expected to hold the sequence somewhere.
        if not observed and 2 * size > census.sizes.sum():
            total += _burst(expected)
        present = {trace for line in np.flatnonzero(damaged) for trace in hits[line]}
        if conspicuous:
            total += self._adjacency(rule.name)
        # Among many strange words some are explained by chance: the more ways to choose those.
        strange = census.flagged - _covered(others)
        ways = math.log(math.comb(len(strange), len((present | traces.covered) & strange)))
        price = _price(rule) + ways + (0.0 if others else _DAMAGED_TEXT)
        return _Scored(
            rule,
            total - price,
            {trace: gains[trace] for trace in present},
            frozenset(traces.covered),
            damaged,
            expected,
            observed,
            conspicuous and expected >= CONSPICUOUS,
            len(present - inflected),
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
        types, traces = self.census.types, self._hypotheses.traces(scored.drop)
        totals: Counter[int] = Counter()
        for line in np.flatnonzero(scored.damaged).tolist():
            counts = traces.counts[line]
            totals.update({trace: counts[trace] for trace in scored.gains.keys() & counts.keys()})
        order = sorted(totals, key=lambda trace: (-scored.gains[trace], types[trace]))
        explained = tuple(
            Explained(types[trace], traces.originals[trace], totals[trace]) for trace in order
        )
        return Evidence(scored.drop, scored.expected, scored.survivors, explained, scored.log_odds)


def _is_plain(rule: Rule) -> bool:
    """Whether a rule deletes a sequence wherever it stands, and leaves nothing."""
    return isinstance(rule, Drop) and rule.where == "anywhere" and not rule.residue


def _log_odds(scored: _Scored) -> float:
    return scored.log_odds


def _covered(chosen: Iterable[_Scored]) -> set[int]:
    """What needs no other explanation."""
    return {trace for each in chosen for trace in each.covered}


def _price(rule: Rule) -> float:
    """Nats against a rule, for how many such could have been tried."""
    if not isinstance(rule, Drop):
        return _FAMILY_PRICE
    more = (rule.where != "anywhere") + (rule.residue != "")
    return _PRICE[len(rule.sequence) - 1] + _OPTION * more


def _inflected(texts: Mapping[int, str]) -> set[int]:
    """Those of some traces that only inflect another one: "indents" beside "indent"."""
    found, stem = set(), ""
    for trace in sorted(texts, key=lambda each: texts[each]):
        text = texts[trace]
        if len(stem) > 2 and text.startswith(stem) and len(text) - len(stem) <= _ENDING:
            found.add(trace)
        else:
            stem = text
    return found


def _burst(expected: float) -> float:
    """Nats against seeing none where so many are expected, words coming in bursts."""
    return _DISPERSION * math.log1p(expected / _DISPERSION)


def damaged_lines(
    census: Census, channel: Channel, preimages: Preimages, *, bonus: float = 0.0
) -> NDArray[np.bool_]:
    """For each line, whether the channel acted on it; ``bonus`` in nats for that it did.

    Where what survived says nothing, that of a leaky channel, all lines are damaged.
    """
    if channel.leaky:
        return np.ones(len(census.counts), dtype=bool)
    odds = np.full(len(census.counts), bonus)
    for drop in channel.drops:
        odds -= _SURVIVOR * survivors(drop, census)
    inside = preimages.at("text")
    gains = {
        place: gain(inside.mass(census.types[place]), clean, len(census.types[place]))
        for place, clean in census.suspicious.items()
    }
    for line, counts in enumerate(census.counts):
        odds[line] += sum(gains[place] for place in gains.keys() & counts.keys())
        odds[line] += sum(
            min(span.gain, GAIN_CAP[-1])
            for span in spans(census.lines[line], channel, preimages, sure=True).values()
            if span.gain > 0.0
        )
        opener = census.openers[line]
        here = preimages.at(position(opener, census.lines[line]))
        if here is not inside and opener.kind == "word":
            clean = census.lexicon.probability(opener.text)
            odds[line] += gain(here.mass(opener.text), clean, len(opener.text))
    return segment(odds, census.texts)[0]


def segment(odds: Floats, texts: Sequence[int]) -> tuple[NDArray[np.bool_], float]:
    """The likeliest damaged lines, given the log-odds of each, and their log-odds together.

    Borders between clean and damaged lines cost; a new text begins afresh (Viterbi, two states).
    """
    if not len(odds):
        return np.zeros(0, dtype=bool), 0.0
    clean, damaged, text = 0.0, 0.0, texts[0]
    back: list[tuple[bool, bool]] = []
    for line, favour in enumerate(odds):
        if texts[line] != text:
            text = texts[line]
            best_is_damaged = damaged > clean
            back.append((best_is_damaged, best_is_damaged))
            clean = damaged = max(clean, damaged)
        else:
            back.append((damaged - _SWITCH > clean, damaged >= clean - _SWITCH))
            clean, damaged = max(clean, damaged - _SWITCH), max(damaged, clean - _SWITCH)
        damaged += float(favour)
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
