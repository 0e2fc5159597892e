"""How likely each candidate is, given the words around it.

A :class:`Context` reads the arcs of a document and says which of them may be other than they
stand. Start reading at :meth:`NetworkContext.doubted`; :class:`PairContext` does with counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from textmend.cache import Answers
from textmend.edits import Kind
from textmend.language.bigrams import Bigrams
from textmend.language.homographs import REACH, Homographs
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import shape
from textmend.mending.decoder import Array, posteriors, softmax
from textmend.mending.lattice import Arc, Slot
from textmend.mending.preimages import Candidate
from textmend.mending.priors import PRIORS
from textmend.models.network import Floats, Ids, Lines, Model, form, recurring

_TINY = 1e-7  # no closer to 0 or 1, where log-odds end


@dataclass(frozen=True, slots=True)
class Calibration:
    """From the probability that a decoder gives an edit to the share of such edits that are right.

    The log-odds are stretched by ``slope`` and moved by ``offset`` (Platt scaling).
    """

    slope: float = 1.0
    offset: float = 0.0

    def __call__(self, probability: float) -> float:
        """The calibrated probability."""
        inside = min(max(probability, _TINY), 1.0 - _TINY)
        odds = self.slope * math.log(inside / (1.0 - inside)) + self.offset
        return 1.0 / (1.0 + math.exp(-odds))


class Judged(NamedTuple):
    """A arc, and how probable each choice for its gap and for its word is."""

    arc: Arc
    gap: Array
    words: Array


class Context(Protocol):
    """What judges candidates by their surroundings."""

    @property
    def calibration(self) -> Mapping[Kind, Calibration]:
        """What the probabilities of each kind of edit are worth."""
        ...

    def doubted(self, lines: Sequence[Sequence[Arc]]) -> Iterator[Judged]:
        """The arcs of a document in which something is likelier than what stands there."""
        ...


class _Facts(NamedTuple):
    """What the network is told of a slot, and the logs of its candidates' probabilities."""

    ids: Ids
    shares: Floats
    form: int
    logs: Floats
    doubt: float


class NetworkContext:
    """A trained network that reads the whole line around each slot and gap.

    A candidate's score is its log frequency plus how well it fits; gaps hold their own. Neither
    depends on what is chosen next to it.
    """

    def __init__(self, network: Model, lexicon: Lexicon) -> None:
        fitted = network.header.get("calibration", {})
        self.calibration: Mapping[Kind, Calibration] = {
            kind: Calibration(*fitted.get(kind, ())) for kind in get_args(Kind)
        }
        self._network = network
        self._lexicon = lexicon
        self._seen: Answers[Slot, _Facts] = Answers(each=1000, most=10_000_000)

    def doubted(self, lines: Sequence[Sequence[Arc]]) -> Iterator[Judged]:
        """The arcs of a document in which something is likelier than what stands there."""
        # The end of a line is no slot; its gap is the one after the last.
        slots = [[arc.slot for arc in line if not arc.slot.is_end] for line in lines]
        asked = [
            bool(slot) and any(arc.is_open for arc in line)
            for slot, line in zip(slots, lines, strict=True)
        ]
        if not any(asked):
            return
        facts = [self._facts(slot) for line in slots for slot in line]
        forms = np.array([each.form for each in facts])
        forms |= recurring(*_joined(facts), self._network.classes)
        of_asked = np.repeat(asked, [len(line) for line in slots])
        yield from self._judged(
            list(compress(lines, asked)), list(compress(facts, of_asked)), forms[of_asked]
        )

    def _judged(
        self, lines: Sequence[Sequence[Arc]], facts: Sequence[_Facts], forms: Ids
    ) -> Iterator[Judged]:
        """What the network makes of lines of which these are the facts."""
        # Where capitals survive, fewer words can have vanished from the start of a sentence.
        choices = {id(arc.vanished): arc.vanished for line in lines for arc in line}
        words = dict.fromkeys(word for vanished in choices.values() for word, _ in vanished)
        places = {word: place for place, word in enumerate(words, 1)}
        rows = {
            number: np.array([0, *(places[word] for word, _ in vanished)])
            for number, vanished in choices.items()
        }
        lengths = np.array([sum(not arc.slot.is_end for arc in line) for line in lines])
        sizes, ids, shares = _joined(facts)
        found = self._network.score(
            Lines(lengths, sizes, ids, shares, forms, self._network.ids(list(words)))
        )
        starts = np.cumsum(sizes) - sizes
        logits = np.concatenate([each.logs for each in facts]) + found.candidates
        logits[starts] -= [each.doubt for each in facts]
        changed = (np.maximum.reduceat(logits, starts) > logits[starts]).tolist()
        gaps = found.gaps.copy()
        # There is one gap more in each line than slots.
        for line, row in zip(lines, np.cumsum(lengths + 1) - lengths - 1, strict=True):
            gaps[row : row + len(line), 0] -= [arc.empty_doubt for arc in line]
        filled = (gaps[:, 1:].max(axis=1, initial=-np.inf) > gaps[:, 0]).tolist()
        place = 0  # of the slot among all
        for number, line in enumerate(lines):
            for arc in line:
                is_slot = not arc.slot.is_end
                if (is_slot and changed[place]) or (arc.vanished and filled[place + number]):
                    span = slice(starts[place], starts[place] + sizes[place]) if is_slot else None
                    yield Judged(
                        arc,
                        softmax(gaps[place + number][rows[id(arc.vanished)]]),
                        np.ones(1) if span is None else softmax(logits[span]),
                    )
                place += is_slot

    def _facts(self, slot: Slot) -> _Facts:
        known = self._seen.get(slot)
        if known is None:
            texts = [candidate.text for candidate in slot.words]
            chances = np.array(
                [
                    (
                        each.prior
                        or self._lexicon.written(each.text, first=slot.first, beside=slot.beside)
                    )
                    * each.likelihood
                    for each in slot.words
                ]
            )
            shares = (chances / chances.sum()).astype(np.float32)
            code = form(texts[0], first=slot.first)
            facts = _Facts(self._network.ids(texts), shares, code, np.log(chances), slot.doubt)
            known = self._seen.keep(slot, facts, slot.words[0].text)
        return known


def _joined(facts: Sequence[_Facts]) -> tuple[Ids, Ids, Floats]:
    """The sizes of slots, and their candidates and weights one after the other."""
    return (
        np.array([len(each.ids) for each in facts]),
        np.concatenate([each.ids for each in facts]),
        np.concatenate([each.shares for each in facts]),
    )


class PairContext:
    """Word frequencies and counts of word pairs: small, fast, and blind beyond the next word."""

    calibration: Mapping[Kind, Calibration] = {
        "word": Calibration(),
        "rejoined-word": Calibration(),
        "parted-words": Calibration(),
        "vanished-word": Calibration(PRIORS.pairs_slope, PRIORS.pairs_offset),
    }

    def __init__(self, lang: str) -> None:
        self._bigrams = Bigrams.load(lang)
        self._homographs = Homographs.load(lang)

    def doubted(self, lines: Sequence[Sequence[Arc]]) -> Iterator[Judged]:
        """The arcs of a document in which something is likelier than what stands there."""
        for line in lines:
            if not any(arc.is_open for arc in line):
                continue
            for arc, chances in zip(line, posteriors(self.scores(line)), strict=True):
                gap, words = chances.sum(axis=1), chances.sum(axis=0)
                if gap.argmax() or words.argmax():
                    yield Judged(arc, gap, words)

    def scores(self, line: Sequence[Arc]) -> list[Array]:
        """The log of P(vanished words, word | word before) for all choices; marks end a context.

        For each arc an array of shape (words of the arc before, choices of the gap, words).
        """
        scores: list[Array] = []
        before: tuple[str | None, ...] = (None,)
        texts = [arc.slot.words[0].text for arc in line if not arc.slot.is_end]
        for at, arc in enumerate(line):
            slot, gap = arc.slot, [None, *(word for word, _ in arc.vanished)]
            words: tuple[Candidate | None, ...] = slot.words if slot.is_word else (None,)
            table = np.empty((len(before), len(gap), len(words)))
            for choice, vanished in enumerate(gap):
                for row, left in enumerate(before):
                    inner = self._log(vanished, left) if vanished else 0.0
                    last = vanished or left
                    for place, word in enumerate(words):
                        table[row, choice, place] = inner + self._log_word(word, last)
            table += [math.log(candidate.likelihood) for candidate in slot.words]
            if self._homographs and len(slot.words) > 1:
                written = [candidate.text for candidate in slot.words]
                beside = texts[max(0, at - REACH) : at][::-1], texts[at + 1 : at + 1 + REACH]
                table += self._homographs.nats(written, *beside, first=slot.first)
            table[:, :, 0] -= slot.doubt
            table[:, 0, :] -= arc.empty_doubt
            scores.append(table + capitals(arc))
            before = tuple(None if word is None else word.text for word in words)
        return scores

    def _log_word(self, word: Candidate | None, before: str | None) -> float:
        if word is None:
            return 0.0
        return math.log(word.prior) if word.prior else self._log(word.text, before)

    def _log(self, word: str, before: str | None) -> float:
        return math.log(self._bigrams.probability(word, before))


def capitals(arc: Arc) -> NDArray[np.float64]:
    """Nats for how the choices of a arc are capitalised; shape (gap choices, words).

    A sentence that begins in lower case has lost its beginning.
    """
    slot = arc.slot
    found = np.zeros((1 + len(arc.vanished), len(slot.words)))
    if not slot.is_word:
        return found
    lower = np.array([shape(candidate.text) == "lower" for candidate in slot.words])
    if not slot.first:
        found[:] = np.where(lower, 0.0, -PRIORS.title_inside) if lower[0] else 0.0
        return found
    found[0] = np.where(lower, -PRIORS.lower_first, 0.0)
    found[1:] = np.where(lower, 0.0, -PRIORS.title_second)
    return found
