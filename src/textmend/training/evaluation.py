"""How well a model file mends held-out text whose channel is known.

Text is damaged so that it is known what became of each word, mended as a mender would that is told
the channel, and compared word by word. The inference of channels is not measured. Start reading at
:func:`evaluate`.
"""

from __future__ import annotations

import json
import lzma
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from textmend.channel.channel import Channel
from textmend.edits import Mended
from textmend.language.lexicon import Lexicon, key
from textmend.language.tokens import lines, tokenize
from textmend.mending.context import NetworkContext
from textmend.mending.pipeline import mend, proven
from textmend.mending.preimages import Preimages
from textmend.models.network import Model

_COMMON = 1e-5  # a word that makes up at least this share of clean text
_MIN_PROBABILITY = 0.5  # that of a mender that is told no other


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
    """What is made of ``texts`` with the network after they went through ``channel``.

    Every drop must delete letters inside words, whatever stands around these.
    """
    context = NetworkContext(network, lexicon)
    # Most words come again and again.
    leave = cache(Channel(channel.drops, "keep").apply)
    counts = Counts()
    for text in texts:
        damaged = _damaged(text, channel, leave)
        text_lines = lines(tokenize(damaged.text))
        edits, intact = mend(
            text_lines,
            [True] * len(text_lines),
            channel,
            Preimages.load(channel.drops, lexicon.lang),
            context,
            _MIN_PROBABILITY,
        )
        mended = Mended(damaged.text, tuple(edits), channel, intact=tuple(intact))
        _count(damaged, proven(mended), lexicon, counts)
    return counts


@dataclass(frozen=True)
class _Damaged:
    """A damaged text, what is left in it of which token, and what vanished.

    ``left``: the written token, and the span of the damaged text that it became. ``vanished``: how
    often which word did so after how many of these.
    """

    text: str
    left: list[tuple[str, int, int]]
    vanished: Counter[tuple[int, str]]


def _damaged(text: str, channel: Channel, leave: Callable[[str], str]) -> _Damaged:
    """A text after its channel; ``leave`` says what that makes of a word."""
    tokens = [token for token in tokenize(text) if token.kind != "space"]
    stay = [(token.start, token.end) for token in tokens if token.kind in ("number", "other")]
    found = _Damaged(channel.apply(text, intact=stay), [], Counter())
    place = 0
    for kind, written, _ in tokens:
        surface = leave(written) if kind == "word" else written
        if not surface:
            found.vanished[len(found.left), key(written)] += 1
            continue
        start = found.text.index(surface, place)  # only white space is between
        place = start + len(surface)
        found.left.append((written, start, place))
    return found


def _count(damaged: _Damaged, mended: Mended, lexicon: Lexicon, counts: Counts) -> None:
    # Without words put back, those of the result stand where those of the damaged text do.
    others = tuple(edit for edit in mended.edits if edit.kind != "vanished-word")
    words = replace(mended, edits=others)
    for written, start, end in damaged.left:
        if written.isspace():
            continue  # A line break: it parts gaps, and is no word.
        surface = damaged.text[start:end]
        right = key(words.text[words.to_mended(start) : words.to_mended(end)]) == key(written)
        counts.words += 1
        if surface == written:
            counts.intact += 1
            counts.harmed += not right
            continue
        counts.damaged += 1
        counts.repaired += right
        if lexicon.frequency(surface) >= _COMMON:
            counts.common += 1
            counts.common_repaired += right
    ends = [end for _, _, end in damaged.left]
    put_back = Counter(
        (bisect_right(ends, edit.start), key(edit.after.strip()))
        for edit in mended.edits
        if edit.kind == "vanished-word"
    )
    counts.vanished += damaged.vanished.total()
    counts.inserted += put_back.total()
    counts.restored += (put_back & damaged.vanished).total()
