"""How likely each candidate of a line is, given the words around it.

A :class:`Context` turns the columns of a line into scores for the decoder. The scores of a column
are an array of shape (words of the column before, choices of the gap, words of the column), in
nats; what does not depend on the column before is the same in all rows. Start reading at
:meth:`PairContext.scores`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from textmend.bigrams import Bigrams
from textmend.candidates import Column
from textmend.edits import Kind
from textmend.lexicon import Lexicon
from textmend.network import Floats, Ids, Line, Network, form
from textmend.preimages import Candidate
from textmend.tokens import Beside, shape

Scores = list[NDArray[np.floating[Any]]]

_TINY = 1e-7  # no closer to 0 or 1, where log-odds end

_MOST_REMEMBERED = 100_000  # slots whose candidates are kept looked up

# Nats against a lower-case word at the start of a sentence, and against a capital right after a
# word that vanished from there ("The rain" leaves "rain").
_LOWER_FIRST = 4.0
_TITLE_SECOND = 2.0
# … and against a word whose capital was lost with its first letter: few words have one inside a
# sentence ("ngiliz" was "İngiliz", but "in" was hardly "İçin").
_TITLE_INSIDE = 3.0


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


class Context(Protocol):
    """What judges candidates by their surroundings."""

    @property
    def calibration(self) -> Mapping[Kind, Calibration]:
        """What the probabilities of each kind of edit are worth."""
        ...

    def scores(self, line: Sequence[Column]) -> Scores:
        """For each column an array (words before, gap choices, words) of log-probabilities."""
        ...


class NetworkContext:
    """A trained network that reads the whole line around each slot and gap.

    A candidate's score is its log frequency plus how well it fits; gaps hold their own. Neither
    depends on what is chosen next to it.
    """

    def __init__(self, network: Network, lexicon: Lexicon) -> None:
        fitted = network.header.get("calibration", {})
        self.calibration: Mapping[Kind, Calibration] = {
            kind: Calibration(*fitted.get(kind, ())) for kind in get_args(Kind)
        }
        self._network = network
        self._lexicon = lexicon
        self._seen: dict[
            tuple[tuple[Candidate, ...], bool, Beside], tuple[Ids, Floats, Floats]
        ] = {}

    def scores(self, line: Sequence[Column]) -> Scores:
        """For each column an array (1, gap choices, words) of log scores."""
        # Where capitals survive, fewer words can have vanished from the start of a sentence.
        places: dict[str, int] = {}
        for slot in line:
            for choice in slot.gap[1:]:
                places.setdefault(choice.words[0], 1 + len(places))
        # The end of a line is no slot; its gap is the one after the last.
        slots = [slot for slot in line if not slot.words[0].text.endswith("\n")]
        if not slots:
            return [np.zeros((1, len(slot.gap), len(slot.words))) for slot in line]
        parts = [self._candidates(slot) for slot in slots]
        sizes = np.array([len(part[0]) for part in parts], np.intp)
        found = self._network.score(
            Line(
                sizes,
                np.concatenate([part[0] for part in parts]),
                np.concatenate([part[1] for part in parts]),
                np.array([form(s.words[0].text, first=s.first) for s in slots], np.intp),
                self._network.ids(list(places)),
            )
        )
        fits = np.split(found.candidates, np.cumsum(sizes)[:-1])
        words = [part[2] + fit for part, fit in zip(parts, fits, strict=True)]
        for slot, word in zip(slots, words, strict=True):
            word[0] -= slot.doubt
        words += [np.zeros(1)] * (len(line) - len(slots))
        return [
            gap[None, [0, *(places[choice.words[0]] for choice in slot.gap[1:])], None]
            + word[None, None, :]
            for slot, gap, word in zip(line, found.gaps, words, strict=False)
        ]

    def _candidates(self, slot: Column) -> tuple[Ids, Floats, Floats]:
        """Vocabulary ids of candidates, their shares, and the logs of their probabilities."""
        asked = (slot.words, slot.first, slot.beside)
        known = self._seen.get(asked)
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
                ],
                np.float32,
            )
            # What is long and no word, such as an address, is too unlikely for a float32.
            np.maximum(chances, np.finfo(np.float32).tiny, out=chances)
            shares = chances / chances.sum()
            known = self._network.ids(texts), shares, np.log(chances)
            if len(self._seen) > _MOST_REMEMBERED:
                self._seen.clear()
            self._seen[asked] = known
        return known


class PairContext:
    """Word frequencies and counts of word pairs: small, fast, and blind beyond the next word."""

    # Fitted on news under seventeen channels, from "the" to "e".
    calibration: Mapping[Kind, Calibration] = {
        "word": Calibration(),
        "vanished-word": Calibration(0.67, -0.66),
    }

    def __init__(self, lang: str) -> None:
        self._bigrams = Bigrams.load(lang)

    def scores(self, line: Sequence[Column]) -> Scores:
        """The log of P(vanished words, word | word before) for all choices; marks end a context."""
        scores: Scores = []
        before: tuple[str | None, ...] = (None,)
        for column in line:
            words: tuple[Candidate | None, ...] = column.words if column.is_word else (None,)
            table = np.empty((len(before), len(column.gap), len(words)))
            for choice, vanished in enumerate(column.gap):
                for row, left in enumerate(before):
                    inner, last = self._chain(left, vanished.words)
                    for place, word in enumerate(words):
                        table[row, choice, place] = inner + self._log_word(word, last)
            table += [math.log(candidate.likelihood) for candidate in column.words]
            table[:, :, 0] -= column.doubt
            scores.append(table + capitals(column))
            before = tuple(None if word is None else word.text for word in words)
        return scores

    def _chain(self, left: str | None, words: Sequence[str]) -> tuple[float, str | None]:
        """The log of P(words | left), and the word that the next one follows."""
        total = 0.0
        for word in words:
            total += self._log(word, left)
            left = word
        return total, left

    def _log_word(self, word: Candidate | None, before: str | None) -> float:
        if word is None:
            return 0.0
        return math.log(word.prior) if word.prior else self._log(word.text, before)

    def _log(self, word: str, before: str | None) -> float:
        return math.log(self._bigrams.probability(word, before))


def capitals(column: Column) -> NDArray[np.float64]:
    """Nats for how the choices of a column are capitalised; shape (gap choices, words).

    A sentence that begins in lower case has lost its beginning.
    """
    found = np.zeros((len(column.gap), len(column.words)))
    if not column.is_word:
        return found
    lower = np.array([shape(candidate.text) == "lower" for candidate in column.words])
    if not column.first:
        found[:] = np.where(lower, 0.0, -_TITLE_INSIDE) if lower[0] else 0.0
        return found
    found[0] = np.where(lower, -_LOWER_FIRST, 0.0)
    found[1:] = np.where(lower, 0.0, -_TITLE_SECOND)
    return found
