"""The context network, run with NumPy: how well each candidate fits the words around it.

It never sees a damaged string. A slot (a word, a number, a punctuation mark) enters as the weighted
mean of its candidates' embeddings, plus how the damaged surface is capitalised, so that one network
serves every channel. A few gated convolutions spread that along the line; a candidate's score is
the product of its embedding with its slot's state, and a vanished word's that with the state of
the gap. All matrix products are of small whole numbers, whose sums are exact in any order: the same
line has the same scores, whatever is computed beside it and however many threads the linear algebra
library uses. Its weights come from a file (see ``textmend.models.modelfile``). Start reading at
:meth:`Network.score`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import regex
from numpy.typing import NDArray

from textmend.language.lexicon import key
from textmend.language.tokens import Shape, is_word, shape
from textmend.models.modelfile import CLASSES, SHIPPED, is_class, read
from textmend.threads import spread

Floats = NDArray[np.float32]
Ids = NDArray[np.intp]

LONGEST_ENDING = 4
_SHAPE_CODES: dict[Shape, int] = {"lower": 0, "title": 1, "upper": 2, "mixed": 3}
SHAPES = len(_SHAPE_CODES)
# Bits of a form: a sentence may begin here; the word occurs before, or after, in the document.
FIRST, BEFORE, AFTER = 4, 8, 16
FORMS = 32
_NEARBY = 500  # slots: how far away an occurrence counts
_AT_ONCE = 1000  # slots that are worked on together

_NUMBER = regex.compile(r"\p{N}+(?:[.,:]\p{N}+)*")
_HYPHEN = regex.compile(r"(?<=\p{L})-(?=\p{L})")
_YEAR = regex.compile(r"1[5-9]\d\d|20\d\d")

# Up to 2**24 a float32 holds whole numbers exactly; the rest is a margin for rounding.
_EXACT = 0.9 * 2**24


def number_class(text: str) -> str | None:
    """The class of a number, or None where ``text`` is no number."""
    if not _NUMBER.fullmatch(text):
        return None
    return "<year>" if _YEAR.fullmatch(text) else "<number>"


def unknown_class(word: str, index: Mapping[str, int]) -> int:
    """Where a vocabulary has the class of an unknown word in lower case, by its ending.

    Those of the other shapes follow it, in their order.
    """
    for size in range(min(LONGEST_ENDING, len(word) - 1), 0, -1):
        found = index.get(CLASSES[0] + word[-size:])
        if found is not None:
            return found
    return index[CLASSES[0]]


def form(surface: str, *, first: bool = False) -> int:
    """What the network sees of a damaged surface: its shape, and whether a sentence may begin."""
    return _SHAPE_CODES[shape(surface)] | (FIRST if first else 0)


def recurring(sizes: Ids, candidates: Ids, weights: Floats, classes: int) -> Ids:
    """The bits of slots whose likeliest word occurs before, or again after, in the document.

    What is mentioned again is "the" one. The arguments are those of :class:`Lines`, for all slots
    of a document in order, so that nothing but the damaged text decides; ``classes``: ids below
    stand for many words, of which nobody knows whether they are the same.
    """
    slots = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((-weights, slots))
    words = candidates[order][np.cumsum(sizes) - sizes]
    by_word = np.argsort(words, kind="stable")
    again = (np.diff(words[by_word]) == 0) & (np.diff(by_word) <= _NEARBY)
    again &= words[by_word][1:] >= classes
    bits = np.zeros(len(sizes), np.intp)
    bits[by_word[1:][again]] |= BEFORE
    bits[by_word[:-1][again]] |= AFTER
    return bits


@dataclass(frozen=True)
class Lines:
    """What the network reads: n slots, line by line in the order of the text, without white space.

    ``lengths``, shape (lines,): how many slots each line has. ``sizes``, shape (n,): how many
    candidates each slot has, at least one. ``candidates`` and ``weights``, both of shape (sum of
    sizes,): all slots' candidates one after the other, as vocabulary ids, and the share of each in
    its slot (a slot's weights add up to one). ``forms``, shape (n,): see :func:`form` and
    :func:`recurring`. ``vanished``, shape (m,): the words that the channel deletes whole, as
    vocabulary ids.
    """

    lengths: Ids
    sizes: Ids
    candidates: Ids
    weights: Floats
    forms: Ids
    vanished: Ids


@dataclass(frozen=True)
class Scores:
    """What the network says of lines: natural logarithms, comparable within a slot or a gap.

    ``candidates``, shape (sum of sizes,), aligned with ``Lines.candidates``: how well each fits. It
    holds no word frequency: add the log frequency of the candidate to get its logit. Where a slot
    has but one candidate the score is 0. ``gaps``, shape (n + lines, 1 + m): for each line the gaps
    before its slots and the one after the last; column 0 is "nothing stood here", column 1 + j is
    ``Lines.vanished[j]``. These hold all there is to know, word frequency too: a softmax over a row
    gives probabilities.
    """

    candidates: Floats
    gaps: Floats


class Model(Protocol):
    """A context model, of whatever kind."""

    @property
    def header(self) -> dict[str, Any]:
        """What its file says of it."""
        ...

    @property
    def lang(self) -> str:
        """The language that it was trained on."""
        ...

    @property
    def classes(self) -> int:
        """Ids below this are those of classes of unknown words."""
        ...

    def ids(self, words: Sequence[str]) -> Ids:
        """The vocabulary ids of words, marks and numbers; of their class where they are unknown."""
        ...

    def score(self, lines: Lines) -> Scores:
        """How well each candidate fits its slot, and each vanished word its gap."""
        ...


class Vocabulary:
    """The words that a model knows, and the classes that all others are of."""

    def __init__(self, entries: str) -> None:
        self._index = {word: place for place, word in enumerate(entries.split("\n"))}
        # Ids below this are those of classes, which come first.
        self.classes = len(list(takewhile(is_class, self._index)))

    def ids(self, words: Sequence[str]) -> Ids:
        """The ids of words, marks and numbers; of their class where they are unknown."""
        found = (self._index.get(key(word)) for word in words)
        listed = [
            self._unknown(word) if place is None else place
            for word, place in zip(words, found, strict=True)
        ]
        return np.array(listed, np.intp)

    def _unknown(self, text: str) -> int:
        # "the farmers' fields" are where "the farmer's fields" are, and of a compound the ending
        # tells as much as of a word.
        if text[-1:] in ("'", "’") and text[:-1].isalpha():
            return int(self.ids([f"{text[:-2]}'s"])[0])
        text = _HYPHEN.sub("", text)
        if is_word(text):
            return unknown_class(key(text), self._index) + _SHAPE_CODES[shape(text)]
        return self._index[number_class(text) or CLASSES[-1]]


class Network:
    """A context model: its vocabulary, its weights, and the scores they give."""

    def __init__(self, header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
        self.header = header
        self._vocabulary = Vocabulary(header["vocabulary"])
        self._rows: NDArray[np.int8] = arrays["embedding"]
        self._scales: Floats = arrays["embedding.scale"]
        self._bias: Floats = arrays["word.slot"]
        self._gap_bias: Floats = arrays["word.gap"]
        self._shares: Floats = arrays["word.share"]
        self._forms: Floats = arrays["form"]
        self._nothing: NDArray[np.int8] = arrays["nothing"]
        self._nothing_scale: Floats = arrays["nothing.scale"]
        self._absent = _Affine.of(arrays, "absent")
        self._enter = _Affine.of(arrays, "enter")
        self._layers = [
            (reach, _Affine.of(arrays, f"layers.{depth}"))
            for depth, reach in enumerate(header["dilations"])
        ]
        self._slot = _Affine.of(arrays, "slot")
        self._gap = _Affine.of(arrays, "gap")

    @staticmethod
    def load(path: str | Path = SHIPPED) -> Network:
        """The network in a model file; reading the same file again costs nothing."""
        found = Path(path)
        return _load(found, found.stat().st_mtime_ns if found.exists() else 0)

    @property
    def lang(self) -> str:
        """The language that the model was trained on."""
        return str(self.header["lang"])

    @property
    def classes(self) -> int:
        """Ids below this are those of classes of unknown words."""
        return self._vocabulary.classes

    def ids(self, words: Sequence[str]) -> Ids:
        """The vocabulary ids of words, marks and numbers; of their class where they are unknown."""
        return self._vocabulary.ids(words)

    def score(self, lines: Lines) -> Scores:
        """How well each candidate fits its slot, and each vanished word its gap."""
        found = spread(self._score, list(_parts(lines)))
        return Scores(
            np.concatenate([each.candidates for each in found]),
            np.concatenate([each.gaps for each in found]),
        )

    def _score(self, lines: Lines) -> Scores:
        # The same whole numbers serve both kinds of questions.
        grid = min(self._slot.finest, self._gap.finest)
        states = _unit(self._states(lines), grid)
        several = np.repeat(lines.sizes > 1, lines.sizes)
        slots = np.repeat(np.arange(len(lines.sizes)), lines.sizes)[several]
        ids = lines.candidates[several]
        asked, places = np.unique(slots, return_inverse=True)
        vectors = self._slot.of_whole(states[asked], grid)
        scores = np.zeros(len(lines.candidates), np.float32)
        scores[several] = np.einsum("ij,ij->i", vectors[places], self._embed(ids)) + self._bias[ids]
        return Scores(scores, self._gaps(states, grid, lines))

    def _gaps(self, states: Floats, grid: Floats, lines: Lines) -> Floats:
        vanished = lines.vanished
        options = _Affine(
            np.vstack([self._nothing, self._rows[vanished]]),
            np.concatenate([self._nothing_scale, self._scales[vanished]]),
            np.concatenate([np.zeros(1, np.float32), self._gap_bias[vanished]]),
        )
        ends = np.cumsum(lines.lengths)
        slots, nothing = np.arange(len(lines.sizes)), len(lines.sizes)
        before = np.insert(slots, ends - lines.lengths, nothing)
        after = np.insert(slots, ends, nothing)
        sides = states[np.stack([before, after], 1)].reshape(len(before), -1)
        return options(_gate(self._gap.of_whole(sides, grid)))

    def _states(self, lines: Lines) -> Floats:
        """The state of each slot."""
        meanings = self._embed(lines.candidates) * lines.weights[:, None]
        if len(meanings) > len(lines.sizes):
            starts = np.cumsum(lines.sizes) - lines.sizes
            meanings = np.add.reduceat(meanings, starts, axis=0)
        # A model that has not learned from what recurs does not see it.
        states = self._enter(meanings) + self._forms[lines.forms % len(self._forms)]
        # What the channel deletes whole is missed everywhere.
        shares = self._shares[lines.vanished]
        missed = (self._embed(lines.vanished) * shares[:, None]).sum(axis=0, keepdims=True)
        states += self._absent(missed / max(shares.sum(), np.float32(1e-9)))
        for reach, layer in self._layers:
            seen = _unit(states, layer.finest)
            around = seen[_around(lines.lengths, reach)].reshape(len(states), 3 * states.shape[1])
            states += _gate(layer.of_whole(around, layer.finest))
        return states

    def _embed(self, ids: Ids) -> Floats:
        rows: Floats = np.multiply(self._rows[ids], self._scales[ids, None], dtype=np.float32)
        return rows


def _parts(lines: Lines) -> Iterator[Lines]:
    """Some lines at a time, so that what is worked on fits the processor's cache."""
    ends = np.append(0, np.cumsum(lines.lengths))
    bounds = np.append(0, np.cumsum(lines.sizes))
    first = 0
    while first < len(lines.lengths):
        last = max(first + 1, int(np.searchsorted(ends, ends[first] + _AT_ONCE, "right")) - 1)
        slots, candidates = slice(ends[first], ends[last]), slice(*bounds[ends[[first, last]]])
        yield Lines(
            lines.lengths[first:last],
            lines.sizes[slots],
            lines.candidates[candidates],
            lines.weights[candidates],
            lines.forms[slots],
            lines.vanished,
        )
        first = last


class _Affine:
    """``values @ weight + bias``, the same whatever the order in which products are added up.

    The weights are small whole numbers times a scale for each column. The values are rounded to a
    grid, the finest that keeps all sums of products below the whole numbers that a float32 holds:
    no sum exceeds the product of the lengths of the two vectors.
    """

    def __init__(self, rows: NDArray[np.int8], scales: Floats, bias: Floats) -> None:
        self._weight = np.ascontiguousarray(rows.T, np.float32)
        self._scales, self._bias = scales, bias
        lengths = np.sqrt(np.square(self._weight).sum(axis=0))
        self._longest = np.float32(_EXACT / max(lengths.max(), 1.0))
        # The grid for states, which have a mean square of one.
        self.finest = _power_of_two(np.asarray(self._longest / len(self._weight) ** 0.5))

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]], name: str) -> _Affine:
        return cls(arrays[name], arrays[f"{name}.scale"], arrays[f"{name}.bias"])

    def __call__(self, values: Floats) -> Floats:
        lengths = np.sqrt(np.einsum("ij,ij->i", values, values))
        finest = self._longest / np.maximum(lengths, np.float32(1e-6))
        grid = _power_of_two(finest)[:, None]
        whole = values * grid
        result: Floats = np.rint(whole, out=whole) @ self._weight
        result *= self._scales
        result /= grid
        result += self._bias
        return result

    def of_whole(self, values: Floats, grid: Floats) -> Floats:
        """The same for values that are on a grid already: whole numbers, ``grid`` of them a one."""
        result: Floats = values @ self._weight
        result *= self._scales / grid
        result += self._bias
        return result


def _power_of_two(values: Floats) -> Floats:
    """The next power of two below: to scale by it is exact."""
    found: Floats = np.exp2(np.floor(np.log2(values)))
    return found


def _gate(values: Floats) -> Floats:
    """One half of the columns, let through by the other."""
    half = values.shape[1] // 2
    return values[:, :half] * np.maximum(values[:, half:], np.float32(0))


def _unit(values: Floats, grid: Floats) -> Floats:
    """Each row scaled to a mean square of one, on a grid, and a row of zeros after the last."""
    squares = np.einsum("ij,ij->i", values, values)
    scales = grid / np.sqrt(squares / np.float32(values.shape[1]) + np.float32(1e-6))
    whole = np.zeros((len(values) + 1, values.shape[1]), np.float32)
    np.multiply(values, scales[:, None], out=whole[:-1])
    return np.rint(whole, out=whole)


def _around(lengths: Ids, reach: int) -> Ids:
    """For each slot its row and those so far to either side; the last row, out of its line."""
    slots, nothing = np.arange(lengths.sum()), lengths.sum()
    ends = np.repeat(np.cumsum(lengths), lengths)
    starts = ends - np.repeat(lengths, lengths)
    left, right = slots - reach, slots + reach
    return np.stack(
        [np.where(left < starts, nothing, left), slots, np.where(right < ends, right, nothing)], 1
    )


@lru_cache(maxsize=4)
def _load(path: Path, _stamp: int) -> Network:
    return Network(*read(path))
