"""How much speaks for one rule, on what the rules before it have left of the texts.

Its log-odds are the sum of

* the words that it explains: log of the frequency of what they may have been against the
  probability of what they are;
* absence: words with the sequence that a text of this length would hold, and does not, or how
  surely a word is missed between those that now touch (see ``vanished``);
* survivors: words that still hold the sequence, in lines that are damaged; some are allowed where
  words speak for a rule that leaks;
* a price for the number of hypotheses that could have been tried.

Start reading at :meth:`Weighing.weigh`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import regex
from numpy.typing import NDArray

from textmend.channel.channel import Drop
from textmend.channel.drops import Rule
from textmend.channel.families import Ligatures
from textmend.inference.census import Floats, Tally, sums
from textmend.inference.explanations import Hypotheses, Rules, Traces
from textmend.inference.priors import PRIORS
from textmend.inference.regions import Regions, segment, silence, usage
from textmend.inference.vanished import Missed
from textmend.language.lexicon import Lexicon
from textmend.mending.arcs import is_sign_of_loss


@dataclass(frozen=True)
class Scored:
    """A rule weighed on a census: its log-odds, what it explains, the lines it damaged."""

    drop: Rule
    share: float  # of its occurrences in these lines that it deleted
    log_odds: float
    traces: Traces
    gains: dict[int, float]  # trace → nats
    damaged: NDArray[np.bool_]
    of_texts: Floats  # nats by which each text says that it came through the rule
    expected: float
    survivors: int
    conspicuous: bool  # whether its absence is itself a sign
    stems: int  # different words among what it explains
    further: bool  # whether other rules were believed before it

    @property
    def enough(self) -> bool:
        """Whether there is more than a single word to go by: that may be anybody's typo."""
        plain = is_plain(self.drop) and self.share == 1.0
        plain |= _is_half_ligature(self.drop) or is_sign_of_loss(self.drop.residue)
        missed = not self.survivors and self.expected >= PRIORS.conspicuous
        # Beside other damage, one word will do whose own absence is plain: "t" in a text that
        # holds no "that", and no other word with "hat".
        gone = plain and self.further and not self.survivors and self.expected >= PRIORS.gone
        least = 1 if gone else 2 if plain or missed else PRIORS.least_traces
        return self.stems >= least or self.conspicuous


class Weighing:
    """Weighs rules on a census. ``missed`` judges where words are missed."""

    def __init__(self, hypotheses: Hypotheses, missed: Missed) -> None:
        self.census = hypotheses.census
        self._hypotheses = hypotheses
        self._missed = missed
        self._missed_lines: dict[str, Floats] = {}
        self._surviving: dict[Rule, Floats] = {}

    def weigh(
        self,
        rule: Rule,
        traces: Traces,
        others: Sequence[Scored],
        taken: Mapping[int, float],
        share: float = 1.0,
    ) -> Scored:
        """A rule that deletes such a share of its occurrences, beside others of the same channel.

        ``taken``: by how many nats something else explains types.
        """
        census, before = self.census, rules_of(others)
        gains = traces.left(taken)
        found = traces.tally.where(census.mask(gains)[traces.tally.places])
        texts = {trace: census.types[trace] for trace in gains}
        inflected = _inflected(texts) | _contracted(texts, census.lexicon)
        told = self._told(traces, gains, inflected, found, share)
        rate = census.lexicon.commonest.rate(
            rule.pattern, without=[each.pattern for each in before]
        )
        conspicuous = self.is_conspicuous(rule, before)
        is_prose = census.is_prose((*before, rule))
        where = self._where(rule, told, rate, share, conspicuous=conspicuous, is_prose=is_prose)
        damaged = where.damaged
        # Where other rules of the same channel have acted, this one has, too.
        acted = damaged | self._acted(others)
        size = float(census.sizes[acted].sum())
        expected, observed = size * rate, int(self.survivors(rule)[acted].sum())
        seen = found.places[damaged[found.lines]]
        present = set(seen.tolist())
        # Among many strange words some are explained by chance: the more ways to choose those.
        strange = census.flagged - taken.keys()
        ways = math.log(math.comb(len(strange), len((present | traces.covered) & strange)))
        total = where.log_odds
        total -= price(rule, conspicuous) + ways + PRIORS.leak * (share < 1.0)
        total -= self.belief(rule, others)
        absence = 0.0
        if observed or is_prose:
            # What is missing for another reason has left no damaged words either.
            left = PRIORS.missing_per_trace * len(seen)
            if conspicuous:
                left += size * census.lexicon.frequency(rule.name)
            absence = odds_of_absence(observed, max(min(expected, left), observed), share)
        hopeless = total + absence + PRIORS.most_missed * expected <= 0.0
        if conspicuous and not observed and not hopeless and total + absence < PRIORS.clear:
            # That a word is absent and that it is missed are two views of the same.
            absence = max(absence, float(self._missed_by_line(rule.name)[damaged].sum()))
        return Scored(
            rule,
            share,
            total + absence,
            traces,
            {trace: gains[trace] for trace in present},
            damaged,
            where.of_texts,
            expected,
            observed,
            conspicuous and expected >= PRIORS.conspicuous,
            len(present - inflected),
            bool(others),
        )

    def _told(
        self,
        traces: Traces,
        gains: Mapping[int, float],
        inflected: set[int],
        found: Tally,
        share: float,
    ) -> Floats:
        """For each line, the nats by which its words say that a rule acted on them."""
        census = self.census
        weights = np.zeros(len(census.types))
        for trace, nats in gains.items():
            weights[trace] = nats * (PRIORS.inflected if trace in inflected else 1.0)
        # A word that comes again says less each time, and so does one of the same stem.
        totals = np.maximum(sums(found.places, found.counts, len(weights)), 1.0)
        weights *= self._witnesses(traces, totals) / totals
        lines = len(census.lines)
        told = sums(found.lines, weights[found.places] * found.counts, lines)
        if share < 1.0:
            told += math.log(share) * sums(found.lines, np.ones(len(found.lines)), lines)
        return told

    def _where(
        self,
        rule: Rule,
        told: Floats,
        rate: float,
        share: float,
        *,
        conspicuous: bool,
        is_prose: bool,
    ) -> Regions:
        """The lines on which a rule acted; their log-odds by what they hold of its traces alone.

        ``told``: by how many nats the words of each line say so; ``rate``: the share of all words
        that the rule acts on.
        """
        census, surviving = self.census, self.survivors(rule)
        used = usage(census, rate, surviving)
        silent = silence(census.asked * rate * used, surviving, share)
        if not is_prose:
            silent = np.minimum(silent, 0.0)
        regions = segment(told + silent, census.texts)
        if conspicuous and not told.any():
            return replace(regions, damaged=np.ones(len(told), dtype=bool), log_odds=0.0)
        if conspicuous:
            # In a long text the words alone say plainly that all is damaged, or nothing.
            damaged = regions.damaged
            all_is = damaged.all() and regions.log_odds >= PRIORS.clear
            nothing_is = not damaged.any() and surviving.sum() >= PRIORS.many_survivors
            if not all_is and not nothing_is:
                missed = np.maximum(used * self._missed_by_line(rule.name), silent)
                silent = np.where(surviving, silent, missed)
                regions = segment(told + silent, census.texts)
        return replace(regions, log_odds=regions.log_odds - float(silent[regions.damaged].sum()))

    def _witnesses(self, traces: Traces, totals: Floats) -> Floats:
        """As how many words each trace counts that occurs so often: less each time it comes again.

        As one, where it recurs far oftener than what it may have been would: that is a name that
        the text gives to something ("const", "x"), or the writer's own word ("wast").
        """
        due = np.full(len(totals), math.inf)
        size = float(self.census.totals.sum())
        for trace, original in traces.originals.items():
            due[trace] = size * self.census.lexicon.frequency(original)
        own = totals > PRIORS.recurs * (1.0 + due)
        return np.where(own, 1.0, 1.0 + np.log(totals))

    def _acted(self, others: Sequence[Scored]) -> NDArray[np.bool_]:
        """For each line, whether it holds a word that other rules have damaged."""
        found = np.zeros(len(self.census.lines), dtype=bool)
        for each in others:
            tally = each.traces.tally.where(self.census.mask(each.gains)[each.traces.tally.places])
            found[tally.lines[each.damaged[tally.lines]]] = True
        return found

    def is_conspicuous(self, rule: Rule, before: Rules) -> bool:
        """Whether the absence of what a rule deletes is itself a sign: a common word is missing."""
        return (
            isinstance(rule, Drop)
            and not rule.residue
            and rule.where in ("anywhere", "whole-word")
            and rule.name in self.census.missing_words(before)
        )

    def survivors(self, rule: Rule) -> Floats:
        """Words of each line that a rule spared, counted once however often it is weighed."""
        if rule not in self._surviving:
            self._surviving[rule] = self.census.survivors(rule)
        return self._surviving[rule]

    def _missed_by_line(self, word: str) -> Floats:
        """Nats by which what stands around its gaps says that a word was deleted, by line."""
        known = self._missed_lines.get(word)
        if known is None:
            census = self.census
            telling = np.flatnonzero(census.asked)
            # Some pages tell as much as all of a book.
            telling = telling[:: math.ceil(census.sizes.sum() / PRIORS.asked_words)]
            known = np.zeros(len(census.lines))
            known[telling] = self._missed(word, [census.lines[line] for line in telling])
            known *= census.novelty
            self._missed_lines[word] = known
        return known

    def belief(self, rule: Rule, before: Sequence[object]) -> float:
        """Nats against one more rule; those against any damage at all are due where it is not seen.

        It is seen where a sign of lost characters stands, and the rule says what most of these are.
        """
        seen = is_sign_of_loss(rule.residue) and self._hypotheses.accounts_for_residue(rule)
        return PRIORS.further_rule if before or seen else PRIORS.damage


def is_plain(rule: Rule) -> bool:
    """Whether a rule deletes a sequence wherever it stands, and leaves nothing."""
    return isinstance(rule, Drop) and rule.where == "anywhere" and not rule.residue


def _is_half_ligature(rule: Rule) -> bool:
    """Whether a rule leaves one letter of those that fonts draw as one: "ofice"."""
    return (
        isinstance(rule, Drop)
        and rule.where == "anywhere"
        and rule.residue != ""
        and rule.residue in rule.sequence
        and regex.fullmatch(Ligatures().pattern, rule.sequence) is not None
    )


def rules_of(chosen: Iterable[Scored]) -> Rules:
    """The rules that were weighed, in their order."""
    return tuple(each.drop for each in chosen)


def price(rule: Rule, conspicuous: bool = False) -> float:
    """Nats against a rule, for how many such could have been tried."""
    if not isinstance(rule, Drop):
        return PRIORS.family + PRIORS.option * (isinstance(rule, Ligatures) and rule.glyphs != "")
    if _is_half_ligature(rule):
        return PRIORS.family
    more = (rule.where != "anywhere") + (rule.residue != "")
    sequence = PRIORS.sequence[len(rule.sequence) - 1]
    return (min(sequence, PRIORS.missing_word) if conspicuous else sequence) + PRIORS.option * more


def _contracted(texts: Mapping[int, str], lexicon: Lexicon) -> set[int]:
    """Those of some traces that say little beside a few like them: who writes "dont" writes "wont".

    Possessives, of which everybody writes others, are none of them.
    """
    found = (trace for trace, text in texts.items() if lexicon.is_contracted(text))
    return set(islice(found, PRIORS.contractions, None))


def _inflected(texts: Mapping[int, str]) -> set[int]:
    """Those of some traces that only inflect another one: "indents" beside "indent"."""
    found, stem = set(), ""
    for trace in sorted(texts, key=lambda each: texts[each]):
        text = texts[trace]
        if len(stem) > 2 and text.startswith(stem) and len(text) - len(stem) <= PRIORS.ending:
            found.add(trace)
        else:
            stem = text
    return found


def odds_of_absence(observed: int, expected: float, share: float) -> float:
    """Nats by which so few occurrences speak for the deletion of a share of those expected.

    The ratio of two negative binomials, since words come in bursts.
    """
    clean = max(expected, 1e-9)
    left = clean * max(1.0 - share, math.exp(-PRIORS.survivor))
    fewer = math.log((PRIORS.dispersion + clean) / (PRIORS.dispersion + left))
    ratio = PRIORS.dispersion * fewer + observed * (math.log(left / clean) + fewer)
    # That some are left is what other ways to write would show, too.
    return min(ratio, 0.0) if observed else ratio
