"""Random damage: what the network learns from.

Each piece of text goes through a channel of its own, drawn at random. A word whose damaged form
other words share becomes a slot with several candidates; a word of which nothing is left becomes
the answer of a gap. Start reading at :meth:`Sampler.batch`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textmend.channel.channel import Channel, Drop, Place
from textmend.language.tokens import is_word
from textmend.models.modelfile import CLASSES, is_class
from textmend.models.network import FIRST, SHAPES, form, recurring
from textmend.training.corpus import LINE_START, Corpus

Array = NDArray[Any]

MAX_CANDIDATES = 16
# To damage the vocabulary takes longer than to learn from a piece of text: so many channels serve
# each stretch of so many steps.
_CHANNELS, _STRETCH = 32, 64
INTACT, VANISHED = -1, -2


@dataclass(frozen=True)
class Confusion:
    """What a channel makes of a list of words, in each shape.

    ``group``, shape (4, words): the place in ``surfaces`` of what the word became, ``INTACT``
    where it is unharmed and unmistakable, or ``VANISHED``. ``members``: for each surface, the
    words that it may have been. ``vanished``: the words of which nothing is left, commonest first.
    """

    group: NDArray[np.int32]
    surfaces: list[str]
    members: list[set[int]]
    vanished: list[int]


class Words:
    """A list of words, commonest first, to be damaged all at once."""

    def __init__(self, words: Sequence[str]) -> None:
        # A class of unknown words stands for no string; a digit is beyond every channel's reach.
        plain = ["0" if is_class(word) else word for word in words]
        titles = [word[:1].upper() + word[1:] for word in plain]
        self._cased = [plain, titles, [word.upper() for word in plain]]

    def confusion(self, channel: Channel) -> Confusion:
        """Which words a channel makes look alike, and which it deletes whole."""
        kept = Channel(channel.drops, "keep")
        members: dict[str, set[int]] = defaultdict(set)
        changed: list[list[tuple[int, str]]] = []
        for words in self._cased:
            damaged = kept.apply("\n".join(words)).split("\n")
            pairs = enumerate(zip(words, damaged, strict=True))
            changed.append([(place, after) for place, (word, after) in pairs if after != word])
            for place, surface in changed[-1]:
                members[surface].add(place)
        for harmed, index in zip(changed, self._indexes, strict=True):
            places = {place for place, _ in harmed}
            for surface in members.keys() & index.keys():
                if index[surface] not in places:
                    members[surface].add(index[surface])
                    harmed.append((index[surface], surface))
        vanished = sorted(members.pop("", ()))
        numbers = {surface: number for number, surface in enumerate(members)}
        numbers[""] = VANISHED
        group = np.full((SHAPES, len(self._cased[0])), INTACT, np.int32)
        for code, harmed in enumerate(changed):
            if harmed:
                group[code, [place for place, _ in harmed]] = [
                    numbers[after] for _, after in harmed
                ]
        group[3] = group[0]  # what is left of an eBay is judged as if it were an ebay
        return Confusion(group, list(members), list(members.values()), vanished)

    @cached_property
    def _indexes(self) -> list[dict[str, int]]:
        return [{word: place for place, word in enumerate(words)} for words in self._cased]


# Words that a careless clean-up deletes, and how often each is drawn among them.
_FUNCTION_WORDS = {
    "the": 24, "of": 8, "and": 22, "in": 14, "to": 8, "a": 14, "an": 12, "is": 1.2, "for": 1.2,
    "that": 1.2, "with": 1, "on": 1.2, "at": 1, "by": 1, "it": 1, "as": 1, "was": 1, "be": 0.6,
    "have": 0.6, "has": 0.6, "not": 0.6, "but": 0.6, "he": 0.6, "his": 0.6, "they": 0.4,
    "this": 0.6, "from": 0.6, "or": 0.6, "are": 0.6, "we": 0.4, "you": 0.4, "i": 0.4, "which": 0.4,
    "their": 0.3, "had": 0.4, "were": 0.4, "been": 0.3, "said": 0.4, "will": 0.4, "who": 0.3,
    "would": 0.3, "she": 0.3, "her": 0.3, "my": 0.2, "our": 0.2, "if": 0.2, "so": 0.2, "no": 0.2,
    "all": 0.2, "its": 0.2,
}  # fmt: skip
_ENDINGS = ("ing", "ed", "er", "ly", "es", "s")  # what of a word grammar decides
# How often each kind of channel is drawn.
_KINDS = {
    "functions": 0.39, "whole functions": 0.2, "runs": 0.21, "edges": 0.06, "ligatures": 0.03,
    "example": 0.05, "apostrophes": 0.04, "list": 0.02,
}  # fmt: skip
_LENGTHS = (0.2, 0.4, 0.25, 0.15)  # how often a sequence has one letter, two, three, four


class Channels:
    """Channels to learn from: letter sequences as frequent as in text, and whole function words."""

    def __init__(self, words: Sequence[str], counts: Array, lang: str) -> None:
        letters = [place for place, word in enumerate(words) if word.isalpha()]
        self._words = [words[place] for place in letters]
        shares = counts[letters] ** 0.8
        self._shares = np.cumsum(shares / shares.sum())
        known = [word for word in _FUNCTION_WORDS if lang == "en" and word in self._words]
        # Another language has its own: its commonest words.
        self._function = known if len(known) > 20 else self._words[:40]
        weights = np.array([_FUNCTION_WORDS.get(word, 1.0) for word in self._function])
        self._weights = weights / weights.sum()

    def draw(self, random: np.random.Generator) -> Channel:
        """A channel of one to five drops, or of the whole words of a list."""
        kind = str(random.choice(list(_KINDS), p=list(_KINDS.values())))
        ignore_case = random.random() < 0.85
        where: Place = "anywhere"
        if kind == "functions":  # wherever they occur, often with something else
            sequences = [*self._functions(random, 3), *self._runs(random, int(random.integers(3)))]
        elif kind == "whole functions":
            sequences, where = self._functions(random, 4), "whole-word"
        elif kind == "list":  # what a search engine does not index
            sequences, where = self._list(random), "whole-word"
        elif kind == "runs":
            sequences = self._runs(random, int(random.integers(1, 5)))
            if random.random() < 0.3:
                sequences[0] = str(random.choice(_ENDINGS))
        elif kind == "edges":
            where = "word-start" if random.random() < 0.6 else "word-end"
            sequences = self._edges(random, int(random.integers(1, 4)), where)
        elif kind == "ligatures":
            sequences = [str(random.choice(["fi", "fl", "ff", "ffi", "ti", "tt", "st"]))]
            sequences += self._runs(random, int(random.integers(2)))
        elif kind == "example":  # the one that all began with
            sequences = [["the", "ad"], ["the"], ["ad"], ["the", "ing"]][int(random.integers(4))]
        else:  # "dont", and plural or possessive
            sequences = ["'", *self._runs(random, int(random.random() < 0.2))]
        random.shuffle(sequences)
        drops = [Drop(each, where=where, ignore_case=ignore_case) for each in sequences]
        return Channel(tuple(drops))

    def _functions(self, random: np.random.Generator, most: int) -> list[str]:
        count = min(int(random.geometric(0.4)), most)
        return [str(each) for each in random.choice(self._function, count, False, self._weights)]

    def _list(self, random: np.random.Generator) -> list[str]:
        known = len(self._function)
        size = min(int(random.integers(5, 25)), known)
        return [str(each) for each in random.choice(self._function, size, False)]

    def _edges(self, random: np.random.Generator, count: int, where: Place) -> list[str]:
        """What words begin with, or end in."""
        found: list[str] = []
        while len(found) < count:
            word = self._words[int(np.searchsorted(self._shares, random.random()))]
            length = int(random.choice(len(_LENGTHS), p=_LENGTHS)) + 1
            if length < len(word):
                found.append(word[:length] if where == "word-start" else word[-length:])
        return found

    def _runs(self, random: np.random.Generator, count: int) -> list[str]:
        found: list[str] = []
        while len(found) < count:
            word = self._words[int(np.searchsorted(self._shares, random.random()))]
            length = int(random.choice(len(_LENGTHS), p=_LENGTHS)) + 1
            if length <= len(word):
                start = int(random.integers(len(word) - length + 1))
                found.append(word[start : start + length])
        return found


@dataclass(frozen=True)
class Batch:
    """Damaged lines one after the other, rows of zeros between them, and the right answers.

    ``lengths`` says how many rows each piece has. ``forms`` and ``present`` have one entry a row;
    ``present`` is False between lines. ``rows``
    says where each slot is, ``sizes`` how many candidates it has. The candidates of all slots, one
    after the other: ``ids``, ``weights`` (in the input), ``priors`` (log frequencies). ``answers``,
    aligned with ``rows``: the place of the right candidate among those of the slot, or -1 where
    nothing is asked. ``options``, shape (pieces, most): the words that each channel deletes whole,
    -1 where it has no more. ``gap_rows``: each gap by the row that follows it; ``gap_pieces``
    its channel, and ``gap_answers`` the place of the vanished word in the options, or -1.
    """

    lengths: Array
    forms: Array
    present: Array
    rows: Array
    sizes: Array
    ids: Array
    weights: Array
    priors: Array
    answers: Array
    options: Array
    gap_rows: Array
    gap_pieces: Array
    gap_answers: Array


class Sampler:
    """Draws batches from a corpus: every line once a pass, each pass under other channels."""

    def __init__(
        self,
        corpus: Corpus,
        *,
        reach: int,
        seed: int = 0,
        piece: int = 3000,
        pieces: int = 3,
    ) -> None:
        self._corpus, self._reach, self._seed, self._pieces = corpus, reach, seed, pieces
        self._words = Words(corpus.words)
        self._channels = Channels(corpus.words, corpus.counts, corpus.lang)
        self._frequencies = np.maximum(corpus.counts, 1) / corpus.counts.sum()
        self._wordlike = np.array([is_word(word) for word in corpus.words])
        self._classes = sum(map(is_class, corpus.words))
        self._unknown = np.array([word.startswith(CLASSES[:SHAPES]) for word in corpus.words])
        starts = np.flatnonzero(corpus.codes & LINE_START)
        bounds = np.searchsorted(starts, np.arange(0, len(corpus.ids), piece))
        self._bounds = np.append(starts[np.unique(bounds[bounds < len(starts)])], len(corpus.ids))

    @property
    def steps(self) -> int:
        """Batches in one pass over the corpus."""
        return self.pieces // self._pieces

    @property
    def pieces(self) -> int:
        """Pieces that the corpus is read in; each goes through one channel."""
        return len(self._bounds) - 1

    def batch(self, step: int) -> Batch:
        """The batch of a step, which depends on the seed and the step alone."""
        turn, place = divmod(step, self.steps)
        order = np.random.default_rng((self._seed, turn)).permutation(self.pieces)
        random = np.random.default_rng((self._seed, step, 1))
        chosen = order[place * self._pieces : (place + 1) * self._pieces]
        stretch = step // _STRETCH
        return _joined(
            [
                self.piece(int(number), (stretch, int(random.integers(_CHANNELS))), random)
                for number in chosen
            ]
        )

    def piece(self, number: int, channel: tuple[int, int], random: np.random.Generator) -> Batch:
        """One piece, gone through the channel that is drawn under two numbers."""
        span = slice(self._bounds[number], self._bounds[number + 1])
        ids, codes = self._corpus.ids[span].astype(np.int64), self._corpus.codes[span]
        confusion = self._confusion(*channel)

        shapes = codes % SHAPES
        group = confusion.group[shapes, ids]
        if random.random() < 0.1:  # some channels leak, and a second reading sees words put back
            group[random.random(len(ids)) < random.random()] = INTACT
        gone, left = group == VANISHED, group != VANISHED

        first = (codes & FIRST) > 0
        for _ in range(3):  # what follows a vanished first word is first now
            first[1:] |= first[:-1] & gone[:-1]
        used = np.unique(group[group >= 0])
        group = np.where(group < 0, group, np.searchsorted(used, group))
        groups = [sorted(confusion.members[each])[:MAX_CANDIDATES] for each in used]
        surfaces = [form(confusion.surfaces[each]) for each in used]
        forms = np.where(group < 0, shapes, np.array([*surfaces, 0, 0])[group])
        forms |= np.where(first, FIRST, 0)

        # Lines lie ``reach`` rows apart. A vanished word's row is that of the next word left.
        line = np.cumsum((codes & LINE_START) > 0)
        rows = np.cumsum(left) - left + line * self._reach
        length = int(rows[-1]) + 1 + self._reach
        slots = self._slots(ids[left], shapes[left], group[left], groups, random)
        row_forms, present = np.zeros(length, np.int64), np.zeros(length, np.bool_)
        row_forms[rows[left]] = forms[left] | recurring(*slots[:3], self._classes)
        present[rows[left]] = True

        # Where two words vanished from one gap, either of them is a right answer.
        places = np.full(len(self._wordlike), -1)
        places[confusion.vanished] = np.arange(len(confusion.vanished))
        lost = random.permutation(np.flatnonzero(gone))
        row_answers = np.full(length, -1)
        row_answers[rows[lost]] = places[ids[lost]]
        gap_rows = np.flatnonzero(present | np.roll(present, 1)) if confusion.vanished else lost[:0]

        return Batch(
            np.array([length]),
            row_forms,
            present,
            rows[left],
            *slots,
            np.array([confusion.vanished], np.int64),
            gap_rows,
            np.zeros_like(gap_rows),
            row_answers[gap_rows],
        )

    @lru_cache(maxsize=2 * _CHANNELS)  # noqa: B019 - a sampler lives as long as its process
    def _confusion(self, one: int, other: int) -> Confusion:
        """What the channel drawn under two numbers does to the vocabulary."""
        random = np.random.default_rng((self._seed, one, other, 2))
        return self._words.confusion(self._channels.draw(random))

    def _slots(
        self,
        ids: Array,
        shapes: Array,
        group: Array,
        groups: list[list[int]],
        random: np.random.Generator,
    ) -> tuple[Array, Array, Array, Array, Array]:
        """The sizes, candidates, weights, priors and answers of slots."""
        doubts = self._against_unknown(ids, shapes, group, random)
        count = len(groups)
        group[[slot for slot, _ in doubts]] = np.arange(count, count + len(doubts))
        groups = [*groups, *(candidates for _, candidates in doubts)]
        lengths = np.array([*map(len, groups), 1])
        members = np.fromiter(chain.from_iterable(groups), np.int64)

        starts = np.cumsum(lengths) - lengths
        sizes = np.where(group < 0, 1, lengths[group])
        own = np.repeat(np.cumsum(sizes) - sizes, sizes)
        places = np.arange(len(own)) - own
        slots = np.repeat(np.arange(len(ids)), sizes)
        candidates = ids[slots]
        several = group[slots] >= 0
        candidates[several] = members[starts[group[slots[several]]] + places[several]]

        weights = self._frequencies[candidates]
        priors = np.log(weights)
        # How rare an unknown word is cannot be learned here: let it be as likely as the other.
        even = group[slots] >= count
        weights[even] = random.random(int(even.sum())) ** 2 + 1e-3
        priors[even] = 0.0
        weights /= np.add.reduceat(weights, np.cumsum(sizes) - sizes)[slots]

        answers = np.full(len(ids), -1)
        right = (candidates == ids[slots]) & (sizes[slots] > 1)
        answers[slots[right]] = places[right]
        return sizes, candidates, weights, priors, answers

    def _against_unknown(
        self, ids: Array, shapes: Array, group: Array, random: np.random.Generator
    ) -> list[tuple[int, list[int]]]:
        """Slots that stay in doubt between a known word and two classes of unknown ones.

        As many of either kind, and the known words as frequent among both, so that context alone
        decides.
        """
        doubts: list[tuple[int, list[int]]] = []
        for code in range(SHAPES):
            of_shape = (shapes == code) & (group == INTACT)
            known = np.flatnonzero(of_shape & self._wordlike[ids])
            unknown = np.flatnonzero(of_shape & self._unknown[ids])
            unknown = unknown[random.random(len(unknown)) < 0.5]
            if not len(known):
                continue
            drawn = random.choice(known, (2, len(unknown)))
            classes = ids[np.stack([unknown, random.permutation(unknown)])]
            for slots, words in ((unknown, ids[drawn[0]]), (drawn[1], ids[drawn[1]])):
                candidates = np.vstack([words, classes]).T
                doubts += [
                    (slot, sorted(set(each)))
                    for slot, each in zip(slots.tolist(), candidates.tolist(), strict=True)
                ]
        return doubts


def _joined(pieces: list[Batch]) -> Batch:
    """Several batches as one."""
    most = max(each.options.shape[1] for each in pieces)
    offsets = np.cumsum([0, *(len(each.present) for each in pieces)])

    def chained(name: str) -> Array:
        return np.concatenate([getattr(each, name) for each in pieces])

    def shifted(name: str) -> Array:
        parts = zip(pieces, offsets, strict=False)
        return np.concatenate([getattr(each, name) + offset for each, offset in parts])

    padded = [
        np.pad(each.options, ((0, 0), (0, most - each.options.shape[1])), constant_values=-1)
        for each in pieces
    ]
    return Batch(
        lengths=chained("lengths"),
        forms=chained("forms"),
        present=chained("present"),
        rows=shifted("rows"),
        sizes=chained("sizes"),
        ids=chained("ids"),
        weights=chained("weights"),
        priors=chained("priors"),
        answers=chained("answers"),
        options=np.concatenate(padded),
        gap_rows=shifted("gap_rows"),
        gap_pieces=np.repeat(np.arange(len(pieces)), [len(each.gap_rows) for each in pieces]),
        gap_answers=chained("gap_answers"),
    )
