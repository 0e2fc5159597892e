"""The rules that together explain some texts best, found one at a time.

Bayesian selection: suspicious words propose hypotheses (see ``explanations``): sequences whose
deletion turns a common word into one of them, and families of rules; common words that are absent
propose themselves. The one of the highest log-odds (see ``weighing``) is taken, and the others are
asked again about what it has left. Start reading at :meth:`Selection.select`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import regex

from textmend.channel.channel import Drop, Place
from textmend.channel.drops import Rule
from textmend.channel.families import Accents, Doubled
from textmend.evidence import Evidence, Explained
from textmend.inference.census import sums
from textmend.inference.explanations import Hypotheses, Rules
from textmend.inference.priors import PRIORS
from textmend.inference.vanished import Missed
from textmend.inference.weighing import Scored, Weighing, is_plain, odds_of_absence, price, rules_of

_PLACES: tuple[Place, ...] = ("word-start", "word-end", "inside")


class Selection:
    """The rules that together explain a census best, found one at a time."""

    def __init__(self, hypotheses: Hypotheses, missed: Missed) -> None:
        self.census = hypotheses.census
        self._hypotheses = hypotheses
        self._weighing = Weighing(hypotheses, missed)
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
        before = rules_of(chosen)
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
        return most - price(rule) - self._weighing.belief(rule, before)

    def _still_needed(
        self, chosen: Sequence[Scored], new: Scored, min_log_odds: float
    ) -> list[Scored]:
        """The drops that earn their place on what the new one leaves, the weakest tried first."""
        kept = list(chosen)
        for each in reversed(chosen):
            others = [*(other for other in kept if other is not each), new]
            again = self._weighing.weigh(
                each.drop, each.traces, others, _covered(others), each.share
            )
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
            traces = self._hypotheses.traces(rule, rules_of(chosen))
            return self._weighing.weigh(rule, traces, chosen, taken, share)

        best = scored(rule)
        if isinstance(rule, Drop):
            cased = replace(rule, ignore_case=False)
            if not np.array_equal(self._weighing.survivors(rule), self._weighing.survivors(cased)):
                lower = scored(cased)
                best = lower if lower.log_odds > best.log_odds + PRIORS.case else best
        if best.damaged.all() and not best.survivors:
            return best
        found = [best]
        if isinstance(rule, Drop) and not rule.residue:
            # A single letter at one place of words is lost in speech (goin, 'appen), by no machine.
            if len(rule.sequence) > 1 and len(best.traces.left(taken)) >= PRIORS.least_traces:
                found += (scored(replace(rule, where=where)) for where in _PLACES)
            if self._weighing.is_conspicuous(rule, rules_of(chosen)):
                found.append(scored(replace(rule, where="whole-word")))
        # What is damaged in part only, at one place only, may be anybody's way to write.
        # So may be doubled letters that are squeezed in part: "diferent" beside "correct".
        whole = is_plain(rule) or not isinstance(rule, (Drop, Doubled))
        if (
            whole
            and len(best.gains) >= PRIORS.least_traces
            and self.census.is_prose(rules_of(chosen))
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
        if not (is_plain(rule) and isinstance(rule, Drop)):
            return False
        # A few lines may just not hold it elsewhere ("travellin", "nothin"): who spoke there?
        silent = len(rule.sequence) == 1 and not scored.survivors and not scored.damaged.all()
        if not scored.survivors and not silent:
            return False
        spared = max(self._weighing.survivors(rule)[scored.damaged].sum(), 1.0)
        for where in _PLACES:
            placed = replace(rule, where=where)
            lost = len(gains & self._hypotheses.traces(placed).gains.keys()) / len(gains)
            if silent:
                is_habit = lost == 1.0
            else:
                there = self._weighing.survivors(placed)[scored.damaged].sum()
                # Where all of it was lost at one place, fewer must have been spared elsewhere.
                both = (lost + 1.0 - there / spared) / 2
                is_habit = lost >= PRIORS.at_one_place and both >= PRIORS.at_one_place
            if is_habit:
                return True
        return False

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


def _sample(rule: Rule) -> str:
    """Something that a rule deletes: what others have deleted whole cannot be its work."""
    return "é" if isinstance(rule, Accents) else rule.name
