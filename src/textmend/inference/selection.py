"""The rules that together explain some texts best, found one at a time.

Bayesian selection: suspicious words propose hypotheses (see ``explanations``): sequences whose
deletion turns a common word into one of them, and families of rules; common words that are absent
propose themselves. A hypothesis is scored on the whole text, on what the rules before it have left,
by its log-odds, the sum of

* the words that it explains: log of the frequency of what they may have been against the
  probability of what they are;
* absence: words with the sequence that a text of this length would hold, and does not, or how
  surely a word is missed between those that now touch (see ``vanished``);
* survivors: words that still hold the sequence, in lines that are damaged; some are allowed where
  words speak for a rule that leaks;
* a price for the number of hypotheses that could have been tried.

Start reading at :meth:`Selection.select`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import regex
from numpy.typing import NDArray

from textmend.channel.channel import Drop, Place
from textmend.channel.drops import Rule
from textmend.channel.families import Accents, Doubled, Ligatures
from textmend.evidence import Evidence, Explained
from textmend.inference.census import Floats, sums
from textmend.inference.explanations import Hypotheses, Rules, Traces
from textmend.inference.priors import PRIORS
from textmend.inference.regions import segment, silence, usage
from textmend.inference.vanished import Missed
from textmend.language.lexicon import Lexicon
from textmend.mending.arcs import is_sign_of_loss

_PLACES: tuple[Place, ...] = ("word-start", "word-end", "inside")


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
        plain = _is_plain(self.drop) and self.share == 1.0
        plain |= _is_half_ligature(self.drop) or is_sign_of_loss(self.drop.residue)
        missed = not self.survivors and self.expected >= PRIORS.conspicuous
        # Beside other damage, one word will do whose own absence is plain: "t" in a text that
        # holds no "that", and no other word with "hat".
        gone = plain and self.further and not self.survivors and self.expected >= PRIORS.gone
        least = 1 if gone else 2 if plain or missed else PRIORS.least_traces
        return self.stems >= least or self.conspicuous


class Selection:
    """The rules that together explain a census best, found one at a time."""

    def __init__(self, hypotheses: Hypotheses, missed: Missed) -> None:
        self.census = hypotheses.census
        self._hypotheses = hypotheses
        self._missed = missed
        self._missed_lines: dict[str, Floats] = {}
        self._surviving: dict[Rule, Floats] = {}
        # By how much more a word says for coming again.
        self._repeated: list[float] = (1.0 + np.log(self.census.totals)).tolist()
        # In how many lines it is.
        self._entries: list[int] = np.bincount(self.census.tally.places).tolist()

    def ratios(self, chosen: Iterable[Scored]) -> dict[int, float]:
        """By how many nats the chosen drops make each word that they explain likelier."""
        return {trace: each.traces.ratios[trace] for each in chosen for trace in each.gains}

    def select(self, min_log_odds: float) -> list[Scored]:
        """The drops that earn their place, most telling first."""
        chosen: list[Scored] = []
        tried: set[Rule] = set()
        while len(chosen) < PRIORS.most_rules:
            taken = self._taken(chosen)
            best = self._best(chosen, taken, tried, min_log_odds)
            if best is None:
                break
            # What others have made unnecessary does not come back: two rules could go round.
            tried.add(best.drop)
            chosen = [*self._still_needed(chosen, best, min_log_odds), best]
        return self._in_order(chosen)

    def _best(
        self, chosen: Sequence[Scored], taken: Mapping[int, float], tried: set[Rule], least: float
    ) -> Scored | None:
        """The rule of the highest log-odds, if that is ``least`` or more."""
        best: Scored | None = None
        for rule, bound in self._shortlist(chosen, taken):
            if bound < least:
                break
            scored = self._in_best_case(rule, chosen, taken)
            worthy = scored.enough and scored.log_odds >= least and scored.drop not in tried
            if worthy and not self._is_habit(scored):
                best, least = scored, scored.log_odds
        return best

    def _in_order(self, chosen: Sequence[Scored]) -> list[Scored]:
        """The rules in the order of their action, as far as the text tells it."""
        ordered: list[Scored] = []
        for each in chosen:
            place = len(ordered)
            while place and self._acts_before(each.drop, ordered[place - 1].drop):
                place -= 1
            ordered.insert(place, each)
        return ordered

    def _acts_before(self, rule: Rule, other: Rule) -> bool:
        """Whether a rule explains more if it acts before the other one."""
        if not _interact(rule, other):
            return False
        explained = self._hypotheses.explained
        return len(explained((rule, other))) > len(explained((other, rule)))

    def is_another_spelling(self, chosen: Sequence[Scored]) -> bool:
        """Whether the text has many strange words, few of them explained: dialect, old spelling."""
        damaged = np.any([each.damaged for each in chosen], axis=0)
        tally = self.census.tally
        strange = self.census.flagged.intersection(tally.places[damaged[tally.lines]].tolist())
        left = len(strange - self._taken(chosen).keys())
        words = float(self.census.sizes[damaged].sum())
        return left > max(
            PRIORS.other_spelling * len(strange), PRIORS.other_spelling_of_all * words
        )

    def _taken(self, chosen: Sequence[Scored]) -> dict[int, float]:
        """What the chosen rules explain, each alone or one acting on what another has left.

        With the nats by which they do.
        """
        acting = tuple(each.drop for each in chosen if each.drop.reach == "text")
        taken = _covered(chosen)
        for trace, ratio in self._hypotheses.explained(acting).items() if acting else ():
            taken[trace] = max(ratio, taken.get(trace, 0.0))
        return taken

    def _shortlist(
        self, chosen: Sequence[Scored], taken: Mapping[int, float]
    ) -> list[tuple[Rule, float]]:
        """The rules that may explain most, each with the log-odds that it cannot exceed."""
        before = _drops(chosen)
        # What holds a chosen sequence is gone for that reason: "ee" where every "e" was deleted.
        gone = [regex.compile(rule.pattern) for rule in before]
        names = {rule.name for rule in before}
        # What a family left is all its own: words unknown to the lexicon need no other rule.
        left = {rule.residue for rule in before if not isinstance(rule, Drop)} - {""}
        missing = [Drop(word) for word in self.census.missing_words(before) if word not in names]
        bounds = {
            rule: self._bound(rule, before, taken)
            for rule in self._hypotheses.rules(before)
            if rule.name not in names
            and rule.residue not in left
            and rule not in missing
            and not any(each.search(_sample(rule)) for each in gone)
        }
        found = sorted(bounds, key=lambda rule: (-bounds[rule], rule.name))[: PRIORS.shortlist]
        return [(rule, math.inf) for rule in missing] + [(rule, bounds[rule]) for rule in found]

    def _bound(self, rule: Rule, before: Rules, taken: Mapping[int, float]) -> float:
        """The log-odds that a rule cannot exceed, whatever its case, place and share.

        Not that of a common word that is missing.
        """
        traces = self._hypotheses.traces(rule, before)
        words, told, entries = len(self._repeated), 0.0, 0
        for trace, nats in traces.left(taken).items():
            if trace < words:
                told += nats * self._repeated[trace]
                entries += self._entries[trace]
            else:
                counts = traces.tally.counts[traces.tally.places == trace]
                told += nats * (1.0 + math.log(counts.sum()))
                entries += len(counts)
        most = told + odds_of_absence(0, PRIORS.missing_per_trace * entries, 1.0)
        return most - price(rule) - self._belief(rule, before)

    def _belief(self, rule: Rule, before: Sequence[object]) -> float:
        """Nats against one more rule; those against any damage at all are due where it is not seen.

        It is seen where a sign of lost characters stands, and the rule says what most of these are.
        """
        seen = is_sign_of_loss(rule.residue) and self._hypotheses.accounts_for_residue(rule)
        return PRIORS.further_rule if before or seen else PRIORS.damage

    def _still_needed(
        self, chosen: Sequence[Scored], new: Scored, min_log_odds: float
    ) -> list[Scored]:
        """The drops that earn their place on what the new one leaves, the weakest tried first."""
        kept = list(chosen)
        for each in reversed(chosen):
            others = [*(other for other in kept if other is not each), new]
            again = self._score(each.drop, each.traces, others, _covered(others), each.share)
            if not (again.enough and again.log_odds >= min_log_odds):
                kept.remove(each)
        return kept

    def _in_best_case(
        self, rule: Rule, chosen: Sequence[Scored], taken: Mapping[int, float]
    ) -> Scored:
        """A rule in the case, at the place and with the share that fit best.

        Its capitalised forms are deleted too, unless some of them survive; it is deleted anywhere
        in words, unless it survives elsewhere; all of it is, unless some survives anywhere.
        """

        def scored(rule: Rule, share: float = 1.0) -> Scored:
            traces = self._hypotheses.traces(rule, _drops(chosen))
            return self._score(rule, traces, chosen, taken, share)

        best = scored(rule)
        if isinstance(rule, Drop):
            cased = replace(rule, ignore_case=False)
            if not np.array_equal(self._survivors(rule), self._survivors(cased)):
                lower = scored(cased)
                best = lower if lower.log_odds > best.log_odds + PRIORS.case else best
        if best.damaged.all() and not best.survivors:
            return best
        found = [best]
        if isinstance(rule, Drop) and not rule.residue:
            # A single letter at one place of words is lost in speech (goin, 'appen), by no machine.
            if len(rule.sequence) > 1 and len(best.traces.left(taken)) >= PRIORS.least_traces:
                found += (scored(replace(rule, where=where)) for where in _PLACES)
            if self._is_conspicuous(rule, chosen):
                found.append(scored(replace(rule, where="whole-word")))
        # What is damaged in part only, at one place only, may be anybody's way to write.
        # So may be doubled letters that are squeezed in part: "diferent" beside "correct".
        whole = _is_plain(rule) or not isinstance(rule, (Drop, Doubled))
        if (
            whole
            and len(best.gains) >= PRIORS.least_traces
            and self.census.is_prose(_drops(chosen))
        ):
            found += (scored(best.drop, share) for share in PRIORS.leak_shares)
        return max(found, key=_log_odds)

    def _is_habit(self, scored: Scored) -> bool:
        """Whether a sequence is lost at one place of words only, and spared at the others.

        That is how somebody speaks or spells ("runnin" beside "begin again"), and no leak, which
        is the same everywhere.
        """
        rule, gains = scored.drop, scored.gains.keys()
        parted = [scored.traces.originals[trace].split(" ") for trace in gains]
        if sum(map(len, parted)) > len(parted):
            # Now and then anybody runs two words together.
            size = float(self.census.sizes[scored.damaged].sum())
            if len(parted) < PRIORS.run_together * size:
                return True
            # "pointin" and "ownin" lost no space.
            edges = Counter(each for words in parted for each in {words[0], words[-1]})
            return max(edges.values()) >= PRIORS.at_one_place * len(gains)
        if not (_is_plain(rule) and isinstance(rule, Drop)) or not scored.survivors:
            return False
        spared = self._survivors(rule)[scored.damaged].sum()
        for where in _PLACES:
            placed = replace(rule, where=where)
            lost = gains & self._hypotheses.traces(placed).gains.keys()
            elsewhere = spared - self._survivors(placed)[scored.damaged].sum()
            if (
                len(lost) >= PRIORS.at_one_place * len(gains)
                and elsewhere >= PRIORS.at_one_place * spared
            ):
                return True
        return False

    def _score(
        self,
        rule: Rule,
        traces: Traces,
        others: Sequence[Scored],
        taken: Mapping[int, float],
        share: float,
    ) -> Scored:
        census = self.census
        gains = traces.left(taken)
        found = traces.tally.where(census.mask(gains)[traces.tally.places])
        texts = {trace: census.types[trace] for trace in gains}
        inflected = _inflected(texts) | _contracted(texts, census.lexicon)
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
        surviving = self._survivors(rule)
        spared = [each.drop.pattern for each in others]
        rate = census.lexicon.commonest.rate(rule.pattern, without=spared)
        used = usage(census, rate, surviving)
        silent = silence(census.asked * rate * used, surviving, share)
        is_prose = census.is_prose((*_drops(others), rule))
        if not is_prose:
            silent = np.minimum(silent, 0.0)
        conspicuous = self._is_conspicuous(rule, others)
        regions = segment(told + silent, census.texts)
        if conspicuous and not gains:
            damaged, total = np.ones(len(told), dtype=bool), 0.0
        else:
            damaged, total = regions.damaged, regions.log_odds
            # In a long text the words alone say plainly that all is damaged, or nothing.
            all_is = damaged.all() and total >= PRIORS.clear
            nothing_is = not damaged.any() and surviving.sum() >= PRIORS.many_survivors
            if conspicuous and not all_is and not nothing_is:
                missed = np.maximum(used * self._missed_by_line(rule.name), silent)
                silent = np.where(surviving, silent, missed)
                regions = segment(told + silent, census.texts)
                damaged, total = regions.damaged, regions.log_odds
            total -= float(silent[damaged].sum())
        # Where other rules of the same channel have acted, this one has, too.
        acted = damaged | self._acted(others)
        size = float(census.sizes[acted].sum())
        expected, observed = size * rate, int(surviving[acted].sum())
        seen = found.places[damaged[found.lines]]
        present = set(seen.tolist())
        # What is missing for another reason has left no damaged words either.
        left = PRIORS.missing_per_trace * len(seen)
        if conspicuous:
            left += size * census.lexicon.frequency(rule.name)
        absence = 0.0
        if observed or is_prose:
            absence = odds_of_absence(observed, max(min(expected, left), observed), share)
        # Among many strange words some are explained by chance: the more ways to choose those.
        strange = census.flagged - taken.keys()
        ways = math.log(math.comb(len(strange), len((present | traces.covered) & strange)))
        total -= price(rule, conspicuous) + ways + PRIORS.leak * (share < 1.0)
        total -= self._belief(rule, others)
        hopeless = total + absence + PRIORS.most_missed * expected <= 0.0
        if conspicuous and not observed and not hopeless and total + absence < PRIORS.clear:
            # That a word is absent and that it is missed are two views of the same.
            absence = max(absence, float(self._missed_by_line(rule.name)[damaged].sum()))
        total += absence
        return Scored(
            rule,
            share,
            total,
            traces,
            {trace: gains[trace] for trace in present},
            damaged,
            regions.of_texts,
            expected,
            observed,
            conspicuous and expected >= PRIORS.conspicuous,
            len(present - inflected),
            bool(others),
        )

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

    def _is_conspicuous(self, rule: Rule, others: Sequence[Scored]) -> bool:
        return (
            isinstance(rule, Drop)
            and not rule.residue
            and rule.where in ("anywhere", "whole-word")
            and rule.name in self.census.missing_words(_drops(others))
        )

    def _survivors(self, rule: Rule) -> Floats:
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

    def evidence(self, scored: Scored) -> Evidence:
        """A chosen hypothesis for people to read."""
        types, traces = self.census.types, scored.traces
        tally = traces.tally.where(self.census.mask(scored.gains)[traces.tally.places])
        tally = tally.where(scored.damaged[tally.lines])
        totals = sums(tally.places, tally.counts, len(types)).astype(int).tolist()
        present = set(tally.places.tolist())
        order = sorted(present, key=lambda trace: (-scored.gains[trace], types[trace]))
        explained = tuple(
            Explained(types[trace], traces.originals[trace], totals[trace]) for trace in order
        )
        return Evidence(scored.drop, scored.expected, scored.survivors, explained, scored.log_odds)


def _interact(rule: Rule, other: Rule) -> bool:
    """Whether it matters which of two sequences is deleted first."""
    if not isinstance(rule, Drop) or not isinstance(other, Drop):
        return False
    one, two = rule.sequence.lower(), other.sequence.lower()
    return (
        one in two
        or two in one
        or any(
            one.endswith(two[:size]) or two.endswith(one[:size])
            for size in range(1, min(len(one), len(two)))
        )
    )


def _is_plain(rule: Rule) -> bool:
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


def _log_odds(scored: Scored) -> float:
    return scored.log_odds


def _covered(chosen: Iterable[Scored]) -> dict[int, float]:
    """What needs no other explanation, and by how many nats it is explained: pieces for good."""
    covered: dict[int, float] = {}
    for each in chosen:
        for trace in each.traces.covered:
            ratio = each.traces.ratios.get(trace, math.inf)
            covered[trace] = max(ratio, covered.get(trace, 0.0))
    return covered


def _drops(chosen: Iterable[Scored]) -> Rules:
    return tuple(each.drop for each in chosen)


def _sample(rule: Rule) -> str:
    """Something that a rule deletes: what others have deleted whole cannot be its work."""
    return "é" if isinstance(rule, Accents) else rule.name


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
