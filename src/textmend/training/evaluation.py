"""How well a model file mends held-out text whose channel is known.

Text is damaged word by word, every slot gets its preimages among the words of the lexicon, and the
best of each slot and of each gap is taken. That measures the network, not the decoder or the
inference of channels. Start reading at :func:`evaluate`.
"""

from __future__ import annotations

import json
import lzma
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textmend.channel import Channel
from textmend.lexicon import Lexicon, key
from textmend.network import Lines, Model, form, recurring
from textmend.tokens import Token, is_word, lines, sentence_starts, tokenize
from textmend.training.sampling import MAX_CANDIDATES, Words

_COMMON = 1e-5  # a word that makes up at least this share of clean text


@dataclass
class Counts:
    """What happened to the words of some texts."""

    words: int = 0
    damaged: int = 0
    repaired: int = 0
    common: int = 0  # damaged, and what is left is a common word
    common_repaired: int = 0
    intact: int = 0
    harmed: int = 0
    vanished: int = 0
    restored: int = 0  # the right word in the right gap
    inserted: int = 0

    @property
    def repaired_share(self) -> float:
        """The share of the damaged words that came back right."""
        return self.repaired / max(self.damaged, 1)

    @property
    def common_share(self) -> float:
        """The same, of those that a common word was left of."""
        return self.common_repaired / max(self.common, 1)

    @property
    def harmed_per_million(self) -> float:
        """Intact words that were changed, per million of them."""
        return 1e6 * self.harmed / max(self.intact, 1)

    @property
    def gap_f1(self) -> float:
        """F1 of vanished words put back, each into its own gap."""
        return 2 * self.restored / max(self.vanished + self.inserted, 1)

    def figures(self) -> dict[str, float]:
        """The figures, for a model file's header."""
        return {
            "words": self.words,
            "repaired": round(self.repaired_share, 4),
            "common repaired": round(self.common_share, 4),
            "harmed per million": round(self.harmed_per_million, 1),
            "vanished F1": round(self.gap_f1, 4),
        }

    def __str__(self) -> str:
        return (
            f"repaired {self.repaired_share:.4f} of {self.damaged}, "
            f"common {self.common_share:.4f} of {self.common}, "
            f"harmed {self.harmed_per_million:.0f}/M of {self.intact}, "
            f"vanished F1 {self.gap_f1:.4f} of {self.vanished}"
        )


def read_texts(path: Path) -> Iterator[str]:
    """Documents: the ``text`` of each line of a .jsonl, or a .txt split at empty lines."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as source:
        if ".jsonl" in path.suffixes:
            yield from (json.loads(line)["text"] for line in source)
        else:
            yield from source.read().split("\n\n")


def first_texts(path: Path, most: int) -> Iterator[str]:
    """The first documents of a file, until they have so many characters."""
    for text in read_texts(path):
        if most <= 0:
            return
        yield text
        most -= len(text)


def random_channels(count: int, lexicon: Lexicon, seed: int = 0) -> list[Channel]:
    """Channels of one to three sequences of one to four letters, as frequent as in text."""
    draw = random.Random(seed)
    words = [word for word in lexicon.words[:20_000] if word.isascii() and word.isalpha()]
    shares = [lexicon.frequency(word) ** 0.7 for word in words]
    channels = []
    for _ in range(count):
        sequences = []
        for word in draw.choices(words, shares, k=draw.randint(1, 3)):
            length = min(draw.choice((1, 2, 2, 3, 3, 4)), len(word))
            start = draw.randrange(len(word) - length + 1)
            sequences.append(word[start : start + length])
        channels.append(Channel.of(*sequences))
    return channels


def evaluate(network: Model, texts: Iterable[str], channel: Channel, lexicon: Lexicon) -> Counts:
    """What the network makes of ``texts`` after they went through ``channel``."""
    mender = _Told(network, channel, lexicon)
    counts = Counts()
    for text in texts:
        mender.text(text, counts)
    return counts


@dataclass(frozen=True)
class _Line:
    """A damaged line: what was written and what is left, what vanished from the gaps, the forms."""

    left: list[tuple[str, str]]
    gaps: list[list[str]]
    forms: list[int]


@dataclass(frozen=True)
class _Slot:
    """The candidates of a surface, ready for the network."""

    words: list[str]
    ids: NDArray[np.intp]
    weights: NDArray[np.float32]
    priors: NDArray[np.float32]


@dataclass
class _Told:
    network: Model
    channel: Channel
    lexicon: Lexicon
    _slots: dict[str, _Slot] = field(default_factory=dict)
    _damaged: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        confusion = _words(self.lexicon).confusion(self.channel)
        self._preimages = dict(zip(confusion.surfaces, confusion.members, strict=True))
        self._vanished = [self.lexicon.words[place] for place in confusion.vanished[:12]]
        self._vanished_ids = self.network.ids(self._vanished)
        self._kept = Channel(self.channel.drops, "keep")

    def text(self, text: str, counts: Counts) -> None:
        """Damage a text, mend it, and count."""
        read = [line for each in lines(tokenize(text)) if (line := self._read(each)).left]
        if not read:
            return
        left = [each for line in read for each in line.left]
        slots = [self._slot(surface) for _, surface in left]
        sizes = np.array([len(slot.words) for slot in slots])
        candidates = np.concatenate([slot.ids for slot in slots])
        weights = np.concatenate([slot.weights for slot in slots])
        forms = np.array([code for line in read for code in line.forms])
        scores = self.network.score(
            Lines(
                np.array([len(line.left) for line in read]),
                sizes,
                candidates,
                weights,
                forms | recurring(sizes, candidates, weights, self.network.classes),
                self._vanished_ids,
            )
        )
        fits = np.split(scores.candidates, np.cumsum(sizes)[:-1])
        for (word, surface), slot, fit in zip(left, slots, fits, strict=True):
            right = key(slot.words[int(np.argmax(fit + slot.priors))]) == key(word)
            self._count(word, surface, right, counts)
        gaps = [gap for line in read for gap in line.gaps]
        counts.vanished += sum(map(len, gaps))
        for gap, choice in zip(gaps, scores.gaps.argmax(1).tolist(), strict=True):
            if choice:
                counts.inserted += 1
                counts.restored += self._vanished[choice - 1] in gap

    def _read(self, line: Sequence[Token]) -> _Line:
        """Damage a line."""
        found = _Line([], [[]], [])
        first = False
        for token, starts in zip(line, sentence_starts(line), strict=True):
            if token.kind in ("space", "break"):
                continue
            first = first or starts
            surface = self._damage(token.text)
            if surface:
                found.left.append((token.text, surface))
                found.gaps.append([])
                found.forms.append(form(surface, first=first))
                first = False
            else:
                found.gaps[-1].append(key(token.text))
        return found

    def _count(self, word: str, surface: str, right: bool, counts: Counts) -> None:
        counts.words += 1
        if word == surface:
            counts.intact += 1
            counts.harmed += not right
            return
        counts.damaged += 1
        counts.repaired += right
        if self.lexicon.frequency(surface) >= _COMMON:
            counts.common += 1
            counts.common_repaired += right

    def _damage(self, word: str) -> str:
        surface = self._damaged.get(word)
        if surface is None:
            surface = self._kept.apply(word) if is_word(word) else word
            self._damaged[word] = surface
        return surface

    def _written(self, surface: str) -> list[str]:
        """The words that may have been there, commonest first."""
        plain = surface.replace("’", "'")
        places = sorted(self._preimages.get(plain, ()))
        words = [self.lexicon.words[place] for place in places[:MAX_CANDIDATES]]
        stem, apostrophe, ending = plain.rpartition("'")
        if not words and apostrophe and self._kept.apply(ending) == ending:
            return [f"{word}'{ending}" for word in self._written(stem)]
        return words

    def _slot(self, surface: str) -> _Slot:
        slot = self._slots.get(surface)
        if slot is None:
            words = self._written(surface)
            if key(surface) not in words and self._kept.apply(surface) == surface:
                words.append(surface)
            words = words or [surface]
            priors = np.array([math.log(self.lexicon.probability(word)) for word in words])
            weights = np.exp(priors)
            ids = self.network.ids(words)
            shares = (weights / weights.sum()).astype(np.float32)
            slot = _Slot(words, ids, shares, priors.astype(np.float32))
            self._slots[surface] = slot
        return slot


@lru_cache(maxsize=2)
def _words(lexicon: Lexicon) -> Words:
    return Words(lexicon.words)
