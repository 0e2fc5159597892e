"""Damaged text in windows of one length: what an encoder learns from.

A stretch of text is one row after another: each slot of its lines, and a row before, between and
after lines. So each gap lies between two rows. A window is so many rows in a run, with a row in
front that stands for all of it. Start reading at :meth:`WindowSampler.batch`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from textmend.errors import TextmendError
from textmend.training.corpus import Corpus
from textmend.training.sampling import Array, Batch, Sampler

Values = Any  # an array, or the tensor that is made of it

# Windows of three lengths are learned from: what is short is read, too. Each divides ROWS.
LENGTHS: Mapping[int, float] = {96: 0.25, 192: 0.35, 384: 0.4}
ROWS = 73_728  # of a batch, on a GPU

PIECE = 4000  # words that go through one channel
_CHANNELS = 32  # of a lane, of which each batch has some; with every batch one of them is new
# Batches side by side have channels of their own, so that as many processes share none of them.
_LANES = 16
_MOST = 24  # words that vanish, of one channel


def lengths_up_to(window: int) -> dict[int, float]:
    """The lengths of windows that a model of such a window learns from, and the share of each."""
    kept = {length: share for length, share in LENGTHS.items() if length <= window}
    return {length: share / sum(kept.values()) for length, share in kept.items()}


class Windows(NamedTuple):
    """A batch of windows, ``length`` rows each, one after the other.

    ``forms``, shape (rows,). ``sizes``, shape (rows,): how many candidates each row has; ``ids``
    and ``weights``: those of all rows. After the vocabulary come the ids of the row in front and
    of the one between lines. ``options``, shape (channels, most): the words that each channel
    deletes whole, -1 where it has no more; ``channels``: which channel each window went through.

    ``gaps``: the rows after which something may be missing; ``gap_answers``: 0 for nothing, or 1
    plus the place in the options. ``asked``: the rows whose word is in doubt; ``answers``: the
    place of the right candidate of each. ``of``, ``places``, ``choices``, ``priors``: for each
    candidate of those, which of ``asked`` it belongs to, its place there, its id and the log of its
    frequency.
    """

    length: int
    forms: Values
    sizes: Values
    ids: Values
    weights: Values
    options: Values
    channels: Values
    gaps: Values
    gap_answers: Values
    asked: Values
    answers: Values
    of: Values
    places: Values
    choices: Values
    priors: Values


class WindowSampler:
    """Draws batches of windows from a corpus: every line about once a pass.

    ``rows``: how many a batch has, a multiple of all ``lengths``; these with the share of batches
    that each has.
    """

    def __init__(
        self,
        corpus: Corpus,
        *,
        rows: int = ROWS,
        lengths: Mapping[int, float] = LENGTHS,
        piece: int = PIECE,
        seed: int = 0,
    ) -> None:
        if len(corpus.ids) < 4 * max(lengths):  # half of it may vanish
            raise TextmendError(
                f"{len(corpus.ids):,} words are too few to fill a window of {max(lengths)}; "
                "prepare a longer corpus"
            )
        self._rows, self._lengths, self._seed = rows, lengths, seed
        self._words = len(corpus.words)
        self._sampler = Sampler(corpus, reach=1, seed=seed, piece=piece)
        self._each = max(1, round(rows / piece))

    @property
    def steps(self) -> int:
        """Batches in one pass over the corpus."""
        return max(1, self._sampler.pieces // self._each)

    def batch(self, step: int) -> Windows:
        """The batch of a step, which depends on the seed and the step alone."""
        turn, place = divmod(step, self.steps)
        order = np.random.default_rng((self._seed, turn)).permutation(self._sampler.pieces)
        random = np.random.default_rng((self._seed, step, 1))
        length = int(random.choice(list(self._lengths), p=list(self._lengths.values())))
        turn_of_lane, lane = divmod(step, _LANES)
        found: list[Windows] = []
        missing = self._rows // length
        for number in count():
            # What many words vanished from is short, and text from elsewhere fills the batch.
            drawn = (
                order[place * self._each + number] if number < self._each else random.choice(order)
            )
            channel = (lane, turn_of_lane + int(random.integers(_CHANNELS)))
            piece = self._sampler.piece(int(drawn), channel, random)
            windows = cut(piece, length, missing, self._words, random)
            found.append(windows)
            missing -= len(windows.channels)
            if not missing:
                break
        return _joined(found)


def cut(piece: Batch, length: int, most: int, words: int, random: np.random.Generator) -> Windows:
    """As many windows of one piece as it fills, up to ``most``; ``words``: of the vocabulary."""
    inner = length - 1
    total = len(piece.present)
    number = min(most, total // inner)
    start = int(random.integers(total - number * inner + 1))
    end = start + number * inner

    def placed(rows: Array) -> Array:
        window, inside = np.divmod(rows - start, inner)
        return window * length + 1 + inside

    slots = slice(*np.searchsorted(piece.rows, (start, end)))
    bounds = np.append(0, np.cumsum(piece.sizes))
    entries = slice(bounds[slots.start], bounds[slots.stop])
    rows, sizes = placed(piece.rows[slots]), piece.sizes[slots]
    row_sizes = np.ones(number * length, np.int32)
    row_sizes[rows] = sizes
    # All rows but slots are one of the two marks.
    own = np.full(number * length, words + 1, np.int32)
    own[::length] = words
    is_slot = np.zeros(number * length, np.bool_)
    is_slot[rows] = True
    several = np.repeat(is_slot, row_sizes)
    ids = np.repeat(own, row_sizes)
    ids[several] = piece.ids[entries]
    weights = np.ones(len(ids), np.float32)
    weights[several] = piece.weights[entries]
    forms = np.zeros(number * length, np.uint8)
    forms[placed(np.arange(start, end))] = piece.forms[start:end]

    # A gap is known by the row after it there, and by that before it here.
    gaps = piece.gap_rows
    inside = (gaps > start) & (gaps < end) & ((gaps - start) % inner > 0)
    gap_answers = piece.gap_answers[inside] + 1
    most_options = piece.options[:, :_MOST]
    known = gap_answers <= most_options.shape[1]

    questions = piece.answers[slots] >= 0
    asked_sizes = sizes[questions]
    asked = np.repeat(questions, sizes)
    of = np.repeat(np.arange(len(asked_sizes)), asked_sizes)
    own_starts = np.repeat(np.cumsum(asked_sizes) - asked_sizes, asked_sizes)
    return Windows(
        length,
        forms,
        row_sizes,
        ids,
        weights,
        most_options,
        np.zeros(number, np.int64),
        (placed(gaps[inside] - 1))[known],
        gap_answers[known],
        rows[questions],
        piece.answers[slots][questions],
        of,
        np.arange(len(of)) - own_starts,
        piece.ids[entries][asked],
        piece.priors[entries][asked].astype(np.float32),
    )


def _joined(parts: list[Windows]) -> Windows:
    """Several batches as one."""
    rows = np.cumsum([0, *(len(each.forms) for each in parts)])
    asked = np.cumsum([0, *(len(each.asked) for each in parts)])
    most = max(each.options.shape[1] for each in parts)

    def chained(name: str) -> Array:
        return np.concatenate([getattr(each, name) for each in parts])

    def shifted(name: str, offsets: Array) -> Array:
        pairs = zip(parts, offsets, strict=False)
        return np.concatenate([getattr(each, name) + offset for each, offset in pairs])

    padded = [
        np.pad(each.options, ((0, 0), (0, most - each.options.shape[1])), constant_values=-1)
        for each in parts
    ]
    return Windows(
        length=parts[0].length,
        forms=chained("forms"),
        sizes=chained("sizes"),
        ids=chained("ids"),
        weights=chained("weights"),
        options=np.concatenate(padded),
        channels=shifted("channels", np.arange(len(parts))),
        gaps=shifted("gaps", rows),
        gap_answers=chained("gap_answers"),
        asked=shifted("asked", rows),
        answers=chained("answers"),
        of=shifted("of", asked),
        places=chained("places"),
        choices=chained("choices"),
        priors=chained("priors"),
    )
