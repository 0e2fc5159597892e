"""What each rule explains of a census: the hypotheses of inference, before they are weighed.

Suspicious words propose sequences: each whose deletion turns a common word into one of them, or
what the rules that are believed already have left of it. The families of rules are proposed where
their preimages explain several. Start reading at :meth:`Hypotheses.traces`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from textmend.channel.channel import Channel
from textmend.channel.drops import Drop, Place, Rule
from textmend.channel.families import FAMILIES, Accents, Apostrophes, Family, Ligatures
from textmend.inference.census import Census, Tally, may_be_written
from textmend.inference.hypotheses import DeletionIndex, Explanations, hashes
from textmend.inference.priors import PRIORS
from textmend.language.lexicon import Lexicon, key
from textmend.language.tokens import shape
from textmend.mending.arcs import is_sign_of_loss, position, torn
from textmend.mending.preimages import Preimages
from textmend.mending.segmentation import Segmenter

# Nats that a word of so many letters can say at most: anything may be an abbreviation.
_CAP = np.array(PRIORS.gain_cap)
_EDGES: tuple[Place, ...] = ("word-start", "word-end")
# A mark that ends a clause, and what has no space before it.
_CLAUSE = regex.compile(r"(?:[.:!?]\p{Lu}|[,;]\p{L})(?<=\p{L}..)")
_MARKS_AROUND = ".,;:!?()[]\"'“”‘’"

Rules = tuple[Rule, ...]


def capped(nats: float, letters: int) -> float:
    """Nats that a word of this length says, of those that it would say if it were longer."""
    return min(nats, PRIORS.gain_cap[min(letters, len(PRIORS.gain_cap) - 1)])


def gain(mass: float, clean: float, letters: int) -> float:
    """Nats by which words of this mass explain a word of this probability and length."""
    return capped(math.log1p(mass / clean), letters)


class Groups(NamedTuple):
    """The ways to have made some words by deletions, one group for each sequence and word.

    ``rows``: all ways, group by group, the likeliest of each first; ``first`` and ``ends``: of each
    group, its first row and that after its last; ``gains``: the nats by which it explains its word.
    """

    rows: Explanations
    first: NDArray[np.intp]
    ends: NDArray[np.intp]
    gains: NDArray[np.float64]

    @classmethod
    def of(cls, index: DeletionIndex, forms: list[str], clean: NDArray[np.float64]) -> Groups:
        """What an index knows of words that have these probabilities if they are not damaged."""
        rows = index.explain(forms)
        rows = rows.at(np.lexsort((-index.frequencies[rows.word], rows.token, rows.sequence)))
        token, sequence = rows.token, rows.sequence
        new = (sequence[1:] != sequence[:-1]) | (token[1:] != token[:-1])
        first = np.flatnonzero(np.r_[True, new][: len(token)])
        if not len(first):
            return cls(rows, first, first, np.zeros(0))
        mass = np.add.reduceat(index.frequencies[rows.word], first)
        letters = np.array([len(form) for form in forms])
        cap = _CAP[np.minimum(letters, len(_CAP) - 1)]
        of = token[first]
        gains = np.minimum(np.log1p(mass / clean[of]), cap[of])
        return cls(rows, first, np.r_[first[1:], len(token)], gains)


@dataclass(frozen=True)
class Traces:
    """What a rule explains of a census.

    A trace is a type of the census, or what else the rule may have left (the pieces of a word, the
    first word of a paragraph), which ``tally`` then counts by line along with the types.
    ``gains``: trace → nats; ``ratios``: the same before it is capped, for what is said of the text
    as a whole; ``originals``: trace → the likeliest word that it was. ``covered``: the types that
    need no other explanation, pieces of words among them; ``parts``: trace → the strange ones of
    its pieces, which something else may explain.
    """

    tally: Tally
    gains: dict[int, float] = field(default_factory=dict)
    ratios: dict[int, float] = field(default_factory=dict)
    originals: dict[int, str] = field(default_factory=dict)
    covered: set[int] = field(default_factory=set)
    parts: dict[int, set[int]] = field(default_factory=dict)

    def add(self, trace: int, ratio: float, letters: int, original: str) -> None:
        """Note a trace and by how many nats it is explained, if that says enough."""
        nats = capped(ratio, letters)
        if nats >= PRIORS.least_gain:
            self.gains[trace], self.ratios[trace] = nats, ratio
            self.originals[trace] = original
            self.covered.add(trace)

    def note_parts(self, trace: int, pieces: set[int], census: Census) -> None:
        """Note which types are pieces of a trace, and need no other explanation."""
        self.covered.update(pieces)
        self.parts[trace] = pieces & census.flagged - {trace}

    def left(self, taken: Mapping[int, float]) -> dict[int, float]:
        """The gains for what nothing else explains, in whole or in part, or far worse.

        ``taken``: by how many nats other rules explain types.
        """
        left = {}
        for trace, gain in self.gains.items():
            if trace not in taken:
                if taken.keys().isdisjoint(self.parts.get(trace, ())):
                    left[trace] = gain
            elif (better := self.ratios[trace] - taken[trace]) >= PRIORS.far_better:
                left[trace] = min(gain, better)
        return left

    def copy(self) -> Traces:
        """The same, to be added to."""
        return Traces(
            self.tally, self.gains.copy(), self.ratios.copy(), self.originals.copy(),
            self.covered.copy(), self.parts.copy(),
        )  # fmt: skip

    def take(self, others: Traces) -> None:
        """Add traces that are types of the census and need no other explanation yet."""
        for trace in others.gains.keys() - self.covered:
            self.gains[trace], self.ratios[trace] = others.gains[trace], others.ratios[trace]
            self.originals[trace] = others.originals[trace]
            self.covered.add(trace)


class Deletions:
    """The sequences whose deletion explains suspicious words, looked up in an index.

    What a sequence explains depends on the place in the word that it was deleted from, so that the
    rows of the index are kept: ``groups`` has for each sequence the types that it explains, each
    with its first and last row. ``also``: sequences that need no words to speak for them.
    """

    def __init__(
        self, census: Census, index: DeletionIndex, types: Iterable[int], also: Iterable[str]
    ) -> None:
        self._census = census
        self.index = index
        self.rows: Explanations
        self.groups: dict[str, list[tuple[int, int, int]]] = {word: [] for word in also}
        self._explain(list(types))

    def _explain(self, places: list[int]) -> None:
        index, census = self.index, self._census
        if not places:
            return
        clean = np.array([census.suspicious[place] for place in places])
        groups = Groups.of(index, [census.types[place] for place in places], clean)
        self.rows = rows = groups.rows
        token, sequence = rows.token, rows.sequence
        border, ends, gains = groups.first, groups.ends, groups.gains
        telling = np.flatnonzero(gains >= PRIORS.least_gain)
        _, inverse, counts = np.unique(
            sequence[border][telling], return_inverse=True, return_counts=True
        )
        # A sequence needs two words that speak for it, or one and its own absence.
        absent = hashes(list(self.groups))
        speaking = (counts[inverse] >= 2) | np.isin(sequence[border][telling], absent)
        for group in telling[speaking].tolist():
            at, end = int(border[group]), int(ends[group])
            start = rows.start[at]
            lost = index.words[rows.word[at]][start : start + rows.length[at]]
            if lost.isalpha():
                self.groups.setdefault(lost, []).append((places[token[at]], at, end))

    def traces(self, drop: Drop) -> Traces:
        """What the deletion of a sequence explains."""
        census, index = self._census, self.index
        found = Traces(census.tally)
        for place, start, end in self.groups.get(drop.sequence, ()):
            words = self.rows.word[start:end]
            if drop.where != "anywhere":
                words = words[self._placed(start, end, drop.where)]
            if len(words):
                mass = float(index.frequencies[words].sum())
                ratio = math.log1p(mass / census.suspicious[place])
                found.add(place, ratio, len(census.types[place]), index.originals[words[0]])
        return found

    def _placed(self, start: int, end: int, where: Place) -> NDArray[np.bool_]:
        """Which of some rows of the index delete at a place of the word."""
        rows = self.rows
        at_start = rows.start[start:end] == 0
        lengths = np.array([len(self.index.words[word]) for word in rows.word[start:end]])
        at_end = rows.start[start:end] + rows.length[start:end] == lengths
        places: dict[str, NDArray[np.bool_]] = {
            "word-start": at_start,
            "word-end": at_end,
            "inside": ~at_start & ~at_end,
            "whole-word": at_start & at_end,
        }
        return places[where]


class Hypotheses:
    """The rules that may have damaged a census, and what each explains of it."""

    def __init__(self, census: Census, lang: str) -> None:
        self.census = census
        self._lang = lang
        index, missing = DeletionIndex.load(lang), census.missing_words()
        self._deletions = Deletions(census, index, census.suspicious, missing)
        self._after: dict[Rules, Deletions | None] = {}
        self._explained: dict[Rules, dict[int, float]] = {}
        self._traces: dict[Rule, Traces] = {}
        self._traces_later: dict[tuple[Rule, Rules], Traces] = {}
        # Sequences that left something, by which they are known.
        self._leaving: dict[Rule, Traces] = {}
        if census.is_strange:
            self._explain_letters()
            for residue in census.residues[1:]:
                self._explain_pieces(residue)

    def rules(self, chosen: Rules = ()) -> Iterator[Rule]:
        """All rules that explain something; sequences wherever they stand in a word.

        ``chosen``: the rules that are believed already.
        """
        sequences = dict.fromkeys(self._deletions.groups)
        if later := self._later(chosen):
            sequences.update(dict.fromkeys(later.groups))
        for sequence in sequences:
            yield Drop(sequence)
        leaving = (
            rule for rule, each in self._leaving.items() if len(each.gains) >= PRIORS.least_leaving
        )
        families: Iterable[type[Family]] = ()
        if self.census.is_strange:
            families = FAMILIES.values()
        else:
            lacks: dict[type[Family], bool] = {
                Apostrophes: self.census.lacks_apostrophes,
                Accents: bool(self.census.bare),
            }
            families = [family for family, is_lacking in lacks.items() if is_lacking]
        variants = chain.from_iterable(each.variants(self.census.residues) for each in families)
        for rule in chain(leaving, variants):
            # What clean text has between letters, too, it has for other reasons than this rule.
            if self.traces(rule).gains and (
                not may_be_written(rule.residue) or self.accounts_for_residue(rule)
            ):
                yield rule

    def accounts_for_residue(self, rule: Rule) -> bool:
        """Whether a rule explains most of the marks that it would have left."""
        tally = self.traces(rule).tally
        counts = tally.counts[self.census.mask(self.traces(rule).gains)[tally.places]]
        return float(counts.sum()) >= PRIORS.accounted_marks * self.census.marks[rule.residue]

    def traces(self, rule: Rule, chosen: Rules = ()) -> Traces:
        """What a rule explains, also of what ``chosen`` ones have left."""
        if isinstance(rule, Drop) and not rule.residue:
            later = self._later(chosen)
            if later and rule.sequence in later.groups:
                return self._with_later(rule, chosen, later)
        if rule not in self._traces:
            self._traces[rule] = self._of(rule)
        return self._traces[rule]

    def _with_later(self, drop: Drop, chosen: Rules, later: Deletions) -> Traces:
        known = self._traces_later.get((drop, chosen))
        if known is None:
            known = self._traces_later[drop, chosen] = self.traces(drop).copy()
            known.take(later.traces(drop))
        return known

    def _of(self, rule: Rule) -> Traces:
        if isinstance(rule, Drop) and rule.residue:
            return self._leaving[replace(rule, ignore_case=True)]
        if isinstance(rule, Drop):
            return self._deletions.traces(rule)
        return self._of_family(rule) if rule.reach == "text" else self._of_openers(rule)

    def explained(self, rules: Rules) -> dict[int, float]:
        """The suspicious types that rules explain, one acting on what another has left.

        Each with the nats by which they do.
        """
        if rules not in self._explained:
            preimages = Preimages.common(rules, self._lang)
            census = self.census
            ratios = {
                place: math.log1p(preimages.mass(census.types[place]) / clean)
                for place, clean in census.suspicious.items()
            }
            self._explained[rules] = {
                place: ratio for place, ratio in ratios.items() if ratio >= PRIORS.least_gain
            }
        return self._explained[rules]

    def _later(self, chosen: Rules) -> Deletions | None:
        """The sequences that may have been deleted from what ``chosen`` rules have left."""
        if chosen not in self._after:
            acting = tuple(rule for rule in chosen if rule.reach == "text")
            known = self.explained(acting).keys() if acting else self.census.suspicious.keys()
            unexplained = self.census.suspicious.keys() - known
            enough = len(self.census.flagged.intersection(unexplained)) >= PRIORS.unexplained_words
            self._after[chosen] = (
                Deletions(self.census, DeletionIndex.after(acting, self._lang), unexplained, ())
                if enough
                else None
            )
        return self._after[chosen]

    def _explain_letters(self) -> None:
        """Pairs of letters that lost one of them: "eficient", "certifcate".

        Of pairs that no font draws as one the speaker drops a letter: "runnin".
        """
        census, deletions = self.census, self._deletions
        index = deletions.index
        drawn_as_one = regex.compile(Ligatures(extended=True).pattern)
        masses: dict[tuple[Drop, int], dict[int, float]] = {}
        for lost, groups in deletions.groups.items():
            for place, start, end in groups if len(lost) == 1 else ():
                for at in range(start, end):
                    word, cut = int(deletions.rows.word[at]), int(deletions.rows.start[at])
                    text, share = index.words[word], float(index.frequencies[word])
                    for left, pair in ((cut - 1, cut - 1), (cut + 1, cut)):
                        if 0 <= left < len(text) and drawn_as_one.fullmatch(text, pair, pair + 2):
                            drop = Drop(text[pair : pair + 2], residue=text[left])
                            masses.setdefault((drop, place), {})[word] = share
        for (drop, place), words in masses.items():
            found = self._leaving.setdefault(drop, Traces(census.tally))
            ratio = math.log1p(sum(words.values()) / census.suspicious[place])
            likeliest = index.words[max(words, key=words.__getitem__)]
            found.add(place, ratio, len(census.types[place]), likeliest)

    def _explain_pieces(self, residue: str) -> None:
        """Pieces of words around something that was left in the place of a sequence."""
        census, index = self.census, self._deletions.index
        pieces = [
            (number, *piece)
            for number, line in enumerate(census.lines)
            if residue in census.marks or census.strange_lines[number]
            for piece in self._torn(number, residue)
        ]
        if not pieces:
            return
        rows = index.explain([key(left + right) for _, left, right in pieces])
        cuts = np.array([len(left) for _, left, _ in pieces])
        rows = rows.at(np.flatnonzero(rows.start == cuts[rows.token]))
        # A sequence that only one piece speaks for is none; most are.
        _, sequence = np.unique(rows.sequence, return_inverse=True)
        speaking = np.unique(sequence * len(pieces) + rows.token) // len(pieces)
        rows = rows.at(np.flatnonzero(np.bincount(speaking)[sequence] >= PRIORS.least_leaving))
        masses: dict[tuple[Drop, str], dict[int, float]] = {}
        places: dict[tuple[Drop, str], set[int]] = {}
        for at in range(len(rows.token)):
            _, left, right = pieces[rows.token[at]]
            word = int(rows.word[at])
            lost = index.words[word][rows.start[at] : rows.start[at] + rows.length[at]]
            if not lost.isalpha():
                continue
            case = Drop(lost, residue=residue), key(left + residue + right)
            masses.setdefault(case, {})[word] = float(index.frequencies[word])
            places.setdefault(case, set()).add(int(rows.token[at]))
        more: dict[Drop, list[tuple[int, int]]] = {}  # the line and the trace of each piece
        for (drop, text), words in masses.items():
            clean = census.lexicon.probability(text)
            found = self._leaving.setdefault(drop, Traces(census.tally))
            trace = census.trace(text)
            likeliest = index.words[max(words, key=words.__getitem__)]
            found.add(trace, math.log1p(sum(words.values()) / clean), len(text), likeliest)
            if trace in found.gains:
                own = more.setdefault(drop, [])
                own += ((pieces[place][0], trace) for place in places[drop, text])
                split = text.split(residue)
                found.note_parts(
                    trace, {census.places[each] for each in split if each in census.places}, census
                )
        for drop, own in more.items():
            if len(self._leaving[drop].gains) < PRIORS.least_leaving:
                continue
            tally = census.tally.plus(Counter(own))
            found = self._leaving[drop] = replace(self._leaving[drop], tally=tally)
            if residue == " ":
                # What it left beside the spaces of the text is not to be told from them.
                for where in _EDGES:
                    found.take(self._deletions.traces(replace(drop, residue="", where=where)))

    def _torn(self, number: int, residue: str) -> Iterator[tuple[str, str]]:
        """What stands before and after each residue of a line, if it is letters.

        A mark that belongs where it stands ("is it?") is none, and of single letters, such as those
        of mathematics and of words that are spaced out, nobody knows what they were part of.
        """
        census, line = self.census, self.census.lines[number]
        least = 1 if is_sign_of_loss(residue) else PRIORS.least_torn
        words = ["", *(token.text if token.kind == "word" else "" for token in line), ""]
        # Between two words a space is nothing strange, unless one of them is.
        strange = [
            residue != " " or (word != "" and census.places[key(word)] in census.flagged)
            for word in words
        ]
        for at, token in enumerate(line):
            before, after = words[at], words[at + 2]
            if token.text != residue or len(before) + len(after) < least:
                continue
            torn = before and after if residue == " " else at in census.odd[number]
            if torn and (strange[at] or strange[at + 2]):
                yield before, after

    def _of_family(self, rule: Rule) -> Traces:
        census = self.census
        preimages = Preimages.common((rule,), census.lexicon.lang)
        segmenter = Segmenter(Channel((rule,)), preimages)
        if " " in segmenter.separators:
            # Elsewhere words with endings look like two ("pruebela").
            known = segmenter.knows_pairs
            return self._run_together(segmenter) if known else Traces(census.tally)
        may_be_torn = bool(preimages.torn) and preimages.torn_in(census.glimpse, PRIORS.least_gain)
        pieces = self._pieces(rule, preimages) if may_be_torn else None
        found = pieces or Traces(census.tally)
        # Who has no accents to write with has lost nothing else by that.
        clean = census.suspicious | census.bare if isinstance(rule, Accents) else census.suspicious
        for text in preimages.leaving(map(census.types.__getitem__, clean)):
            place = census.places[text]
            # A space that it left beside a space of the text is not to be told from that.
            if place not in found.covered:
                ratio = preimages.mass(text, merged=True) / clean[place]
                found.add(place, math.log1p(ratio), len(text), preimages.likeliest(text))
        return found

    def _pieces(self, rule: Rule, preimages: Preimages) -> Traces:
        """The words that a rule has taken apart."""
        census, channel = self.census, Channel((rule,))
        more: Counter[tuple[int, int]] = Counter()
        found = Traces(census.tally)
        for number, (line, strange) in enumerate(
            zip(census.lines, census.strange_lines, strict=True)
        ):
            odd = any(token.text in census.marks for token in line) if census.marks else False
            if not odd and not strange:
                continue
            for span in torn(line, channel, preimages, sure=True).values():
                text = span.words[0].word
                whole = span.last == span.first and line[span.first].kind == "word"
                trace = census.places[text] if whole else census.trace(text)
                found.add(trace, span.gain, len(text), span.words[1].word)
                if trace in found.gains:
                    # A word that only a space beside it was part of is counted with the types.
                    if not whole:
                        more[number, trace] += 1
                    tokens = line[span.first : span.last + 1]
                    found.note_parts(trace, census.places_of(tokens), census)
        return replace(found, tally=census.tally.plus(more))

    def _run_together(self, segmenter: Segmenter) -> Traces:
        """The runs of characters that are likelier several words, one of them common, than one.

        Compounds and names are of rarer words.
        """
        census = self.census
        common = closed_class(census.lexicon)
        joined = {each for each in census.places if is_joined(each, common, census.lexicon)}
        telling = census.mask({census.places[each] for each in joined})[census.tally.places]
        with_joined = set(census.tally.lines[telling].tolist())
        runs = [
            (number, run, text)
            for number, line in enumerate(census.lines)
            # Of code, and of what is only told again, nobody knows.
            if census.sizes[number]
            and (number in with_joined or _CLAUSE.search("".join([token.text for token in line])))
            for run in segmenter.runs(line)
            # A mark that was left in the place of letters ends no clause.
            if census.marks.keys().isdisjoint([token.text for token in run])
            and may_be_joined(text := "".join([token.text for token in run]), joined.__contains__)
        ]
        more: Counter[tuple[int, int]] = Counter()
        found = Traces(census.tally)
        for number, run, text in runs if len(runs) >= PRIORS.least_joined else ():
            segmentation = segmenter.of(text)
            if segmentation is None or not segmentation.beside(text, common):
                continue
            alone = len(run) == 1 and run[0].kind == "word"
            trace = census.places[key(text)] if alone else census.trace(text)
            found.add(trace, segmentation.gain, len(text), segmentation.shown(text))
            if trace in found.gains:
                if not alone:
                    more[number, trace] += 1
                found.note_parts(trace, census.places_of(run), census)
        return replace(found, tally=census.tally.plus(more))

    def _of_openers(self, rule: Rule) -> Traces:
        """The first words of paragraphs that begin in lower case, and need not."""
        census = self.census
        more: Counter[tuple[int, int]] = Counter()
        found = Traces(census.tally)
        openers = [
            (number, line, opener)
            for number, (line, opener) in enumerate(zip(census.lines, census.openers, strict=True))
            if opener.kind == "word"
            and shape(opener.text) == "lower"
            and census.places_of([opener]) & census.suspicious.keys()
        ]
        if len(openers) < 2:
            return found
        preimages = Preimages.common((rule,), census.lexicon.lang)
        for number, line, opener in openers:
            here = preimages.at(position(opener, line))
            if mass := here.mass(opener.text):
                clean = census.lexicon.probability(opener.text) * PRIORS.lower_opener
                trace, letters = census.trace(opener.text), len(opener.text)
                likeliest = here.likeliest(opener.text)
                found.add(trace, math.log1p(mass / clean), letters, likeliest)
                if trace in found.gains:
                    more[number, trace] += 1
                    found.note_parts(trace, census.places_of([opener]), census)
        return replace(found, tally=census.tally.plus(more))


@lru_cache(maxsize=8)
def closed_class(lexicon: Lexicon) -> frozenset[str]:
    """The commonest words of a language, which compounds and names are not made of."""
    words = islice(lexicon.words, PRIORS.closed_class)
    return frozenset(word for word in words if len(word) > 1)


def is_joined(word: str, common: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether a word that is rare, or none, may be a common one and another one."""
    return lexicon.frequency(word) < PRIORS.rare_run and any(
        (word[:cut] in common and lexicon.lists(word[cut:]))
        or (word[cut:] in common and lexicon.lists(word[:cut]))
        for cut in range(2, len(word) - 1)
    )


def may_be_joined(run: str, joined: Callable[[str], bool]) -> bool:
    """Whether a run may be several words, or holds a mark that ends a clause.

    A quick look, which most runs of clean text do not pass. ``joined``: says whether a word may.
    """
    core = run.strip(_MARKS_AROUND)
    return joined(key(core)) if core.isalpha() else _CLAUSE.search(run) is not None
