"""The large context model, run with NumPy: a BERT that reads one word at a position.

Like the small network (see ``network``) it never sees a damaged string: a slot enters as
the weighted mean of its candidates' embeddings. The lines of a document are rows one after another,
with a row before, between and after them, so that each gap lies between two rows; they are read in
windows of at most so many rows as the model has positions for. A window starts with a row that
stands for all of it, and its outermost rows are there for the others' sake. Windows are laid where
something is asked, and computed one by one: what a document's scores are depends on its lines and
on what is asked of them, and on no other document; their last bits may differ between machines.
Start reading at :meth:`Encoder.score`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from textmend.models.modelfile import GROUP, as_floats, read
from textmend.models.network import Floats, Ids, Lines, Scores, Vocabulary
from textmend.threads import spread

Mask = NDArray[np.bool_]

_MARGIN = 16  # rows at the ends of a window that are not asked, where the text goes on
_EPSILON = np.float32(1e-12)
# x · sigmoid(2 √(2/π) (x + 0.044715 x³)) is the usual approximation of GELU (arXiv:1606.08415).
_CUBIC, _SLOPE = np.float32(0.044715), np.float32(-2 * (2 / np.pi) ** 0.5)


class Encoder:
    """A context model: its vocabulary, its weights, and the scores they give."""

    def __init__(self, header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
        self.header = header
        self._vocabulary = Vocabulary(header["vocabulary"])
        self._packed: NDArray[np.uint8] = arrays["embedding"]
        self._scales: NDArray[np.float16] = arrays["embedding.scale"]
        self._bias, self._gap_bias, self._shares = (
            arrays[f"word.{of}"].astype(np.float32) for of in ("slot", "gap", "share")
        )
        self._form = arrays["form"].astype(np.float32)
        self._position = as_floats(arrays, "position")
        self._nothing: Floats = arrays["nothing"]
        self._entered = _Norm.of(arrays, "entered")
        self._layers = [
            _Layer.of(arrays, f"layers.{depth}", header["heads"])
            for depth in range(header["layers"])
        ]
        self._absent, self._slot, self._gap, self._gap_out = (
            _Linear.of(arrays, name) for name in ("absent", "slot", "gap", "gap_out")
        )

    @staticmethod
    def load(path: str | Path) -> Encoder:
        """The encoder in a model file; reading the same file again costs nothing."""
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

    def score(self, lines: Lines, slots: Mask | None = None, gaps: Mask | None = None) -> Scores:
        """How well each candidate fits its slot, and each vanished word its gap.

        ``slots``, ``gaps``: where only some are asked, which; all other scores are 0, but what
        stands there is read.
        """
        document = self._document(lines, slots, gaps)
        fits = np.zeros(len(lines.candidates), np.float32)
        found = np.zeros((len(document.missing), 1 + len(lines.vanished)), np.float32)
        wanted = np.flatnonzero(document.wanted)
        spans = list(_windows(wanted, len(document.wanted), len(self._position) - 1))
        for candidates, scores, places, logits in spread(partial(self._read, document), spans):
            fits[candidates] = scores
            found[places] = logits
        return Scores(fits, found)

    def _document(self, lines: Lines, slots: Mask | None, gaps: Mask | None) -> _Document:
        several = lines.sizes > 1
        asked = several if slots is None else several & slots
        missing = np.ones(len(lines.sizes) + len(lines.lengths), np.bool_) if gaps is None else gaps
        # The rows between lines come after the slots of those before.
        between = np.repeat(np.arange(len(lines.lengths)), lines.lengths)
        rows = np.arange(len(lines.sizes)) + 1 + between
        wanted = np.zeros(len(missing) + 1, np.bool_)
        wanted[rows[asked]] = True
        wanted[:-1] |= missing
        wanted[1:] |= missing
        vanished = self._embed(lines.vanished)
        # What the channel deletes whole is missed everywhere.
        shares = self._shares[lines.vanished]
        missed = (vanished * shares[:, None]).sum(axis=0, keepdims=True)
        return _Document(
            lines,
            np.append(0, np.cumsum(lines.sizes)),
            rows,
            asked,
            missing,
            wanted,
            self._absent(missed / max(shares.sum(), np.float32(1e-9))),
            _Linear(
                np.vstack([self._nothing, vanished]).T,
                np.concatenate([np.zeros(1, np.float32), self._gap_bias[lines.vanished]]),
            ),
        )

    def _read(self, document: _Document, span: _Span) -> _Read:
        """What is asked of the rows that a window answers for."""
        states = self._entered(self._entering(document, span))
        kept = np.flatnonzero(document.wanted[span.first : span.last]) + span.first
        last = len(self._layers) - 1
        for depth, layer in enumerate(self._layers):
            states = layer(states, kept - span.start + 1 if depth == last else None)

        lines, bounds = document.lines, document.bounds
        first, after = np.searchsorted(document.rows, (span.first, span.last))
        asked = np.flatnonzero(document.asked[first:after]) + first
        sizes = lines.sizes[asked]
        of = np.repeat(np.arange(len(asked)), sizes)
        candidates = np.arange(len(of)) + (bounds[asked] - np.cumsum(sizes) + sizes)[of]
        ids = lines.candidates[candidates]
        vectors = self._slot(states[np.searchsorted(kept, document.rows[asked])])
        fits = np.einsum("ij,ij->i", vectors[of], self._embed(ids)) + self._bias[ids]

        # A gap is answered for where both rows beside it are.
        gaps = np.flatnonzero(document.missing[span.first : span.last - 1]) + span.first
        before = states[np.searchsorted(kept, gaps)]
        sides = np.concatenate([before, states[np.searchsorted(kept, gaps + 1)]], axis=1)
        logits = document.options(self._gap_out(_gelu(self._gap(sides))))
        return _Read(candidates, fits, gaps, logits)

    def _entering(self, document: _Document, span: _Span) -> Floats:
        """What enters for each row of a window, and, first, for that before it."""
        lines = document.lines
        first, after = np.searchsorted(document.rows, (span.start, span.stop))
        entries = slice(*document.bounds[[first, after]])
        known, places = np.unique(lines.candidates[entries], return_inverse=True)
        meanings = self._embed(known)[places] * lines.weights[entries, None]
        if len(meanings) > after - first:
            starts = document.bounds[first:after] - document.bounds[first]
            meanings = np.add.reduceat(meanings, starts, axis=0)
        front, between = self._embed(np.array([len(self._packed) - 2, len(self._packed) - 1]))
        entering = np.tile(between + self._form[0], (1 + span.stop - span.start, 1))
        entering[0] = front + self._form[0]
        rows = document.rows[first:after] - span.start + 1
        entering[rows] = meanings + self._form[lines.forms[first:after] % len(self._form)]
        entering += self._position[: len(entering)]
        entering += document.missed
        return entering

    def _embed(self, ids: Ids) -> Floats:
        packed = self._packed[ids]
        whole = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32)
        whole -= 8
        groups = whole.reshape(len(ids), whole.shape[1] // GROUP, GROUP)
        groups *= self._scales[ids, :, None]
        return whole


@dataclass(frozen=True)
class _Document:
    """What is read, and what is asked of it.

    ``bounds``: where the candidates of each slot begin, and where those of the last end; ``rows``:
    that of each slot; ``wanted``: the rows whose states are asked for; ``missed``: what the words
    that vanished add to each row; ``options``: how well "nothing" and these words fit a gap.
    """

    lines: Lines
    bounds: Ids
    rows: Ids
    asked: Mask
    missing: Mask
    wanted: Mask
    missed: Floats
    options: _Linear


class _Span(NamedTuple):
    """The rows that a window reads, ``start`` to ``stop``, and those that it answers for."""

    start: int
    stop: int
    first: int
    last: int


class _Read(NamedTuple):
    """The places of candidates, how well they fit; the gaps, and the logits of each."""

    candidates: Ids
    fits: Floats
    gaps: Ids
    logits: Floats


def _windows(wanted: Ids, rows: int, most: int) -> Iterator[_Span]:
    """Where to read so that each of the rows ``wanted`` has something on either side of it."""
    margin = min(_MARGIN, most // 4)
    # Where nothing is asked for longer than the margins of two windows, nothing is read.
    ends = np.append(np.flatnonzero(np.diff(wanted) > 2 * margin), len(wanted) - 1)
    place = 0
    while place < len(wanted):
        first = int(wanted[place])
        together = int(wanted[ends[np.searchsorted(ends, place)]])
        start = max(0, first - margin)
        stop = min(rows, start + most, together + 1 + margin)
        last = stop if stop == rows else stop - margin
        yield _Span(start, stop, first, last)
        place = int(np.searchsorted(wanted, last))
        # The next window answers for the gap between its rows and those of this one.
        if place < len(wanted) and wanted[place] == last and wanted[place - 1] == last - 1:
            place -= 1


@dataclass(frozen=True)
class _Linear:
    """``values @ weight + bias``."""

    weight: Floats
    bias: Floats

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]], name: str) -> _Linear:
        weight = np.ascontiguousarray(as_floats(arrays, name).T)
        return cls(weight, arrays[f"{name}.bias"].astype(np.float32))

    def __call__(self, values: Floats) -> Floats:
        result: Floats = values @ self.weight
        result += self.bias
        return result


@dataclass(frozen=True)
class _Norm:
    """Each row moved to a mean of 0, scaled to a mean square of 1, then by what is learned."""

    weight: Floats
    bias: Floats

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]], name: str) -> _Norm:
        return cls(arrays[f"{name}.weight"], arrays[f"{name}.bias"])

    def __call__(self, values: Floats) -> Floats:
        values -= values.mean(axis=1, keepdims=True)
        squares = np.einsum("ij,ij->i", values, values) / np.float32(values.shape[1])
        values *= (1 / np.sqrt(squares + _EPSILON))[:, None]
        values *= self.weight
        values += self.bias
        return values


@dataclass(frozen=True)
class _Layer:
    """Attention to all rows of the window, then two products with a bend between."""

    heads: int
    attend: _Linear
    attended: _Linear
    attended_norm: _Norm
    widen: _Linear
    narrow: _Linear
    norm: _Norm

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]], name: str, heads: int) -> _Layer:
        attend, attended, widen, narrow = (
            _Linear.of(arrays, f"{name}.{part}")
            for part in ("attend", "attended", "widen", "narrow")
        )
        width = len(attended.bias)
        # What asks is scaled once and for all.
        scale = np.float32((width // heads) ** -0.5)
        attend.weight[:, :width] *= scale
        asking = np.concatenate([attend.bias[:width] * scale, attend.bias[width:]])
        return cls(
            heads,
            _Linear(attend.weight, asking),
            attended,
            _Norm.of(arrays, f"{name}.attended_norm"),
            widen,
            narrow,
            _Norm.of(arrays, f"{name}.norm"),
        )

    def __call__(self, states: Floats, kept: Ids | None = None) -> Floats:
        """The states after this layer, of all rows or of those ``kept``."""
        rows, width = states.shape
        parts = self.attend(states).reshape(rows, 3, self.heads, width // self.heads)
        query, key, value = parts.transpose(1, 2, 0, 3)
        if kept is not None:
            query, states = query[:, kept], states[kept]
        shares = np.matmul(query, key.transpose(0, 2, 1))
        shares -= shares.max(axis=2, keepdims=True)
        np.exp(shares, out=shares)
        mixed = np.matmul(shares, value)
        mixed /= shares.sum(axis=2, keepdims=True)
        found = self.attended(mixed.transpose(1, 0, 2).reshape(-1, width))
        found += states
        states = self.attended_norm(found)
        found = self.narrow(_gelu(self.widen(states)))
        found += states
        return self.norm(found)


def _gelu(values: Floats) -> Floats:
    """The values, those below zero let through the less the lower they are; changed in place."""
    bend = values * values
    bend *= _CUBIC
    bend += 1
    bend *= values
    bend *= _SLOPE
    with np.errstate(over="ignore"):  # infinity is what lets nothing through
        np.exp(bend, out=bend)
    bend += 1
    values /= bend
    return values


@lru_cache(maxsize=2)
def _load(path: Path, _stamp: int) -> Encoder:
    return Encoder(*read(path))
