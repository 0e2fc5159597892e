"""Two context models as one: the small one judges everything, the large one what is left in doubt.

The small network is sure of nine gaps in ten, and nearly always right there; where it is not, the
encoder reads the lines again and its word counts. Whoever asks sees one model: what it is told and
what it answers are the same. Start reading at :meth:`Cascade.score`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from textmend.errors import TextmendError
from textmend.models.encoder import Encoder, Mask
from textmend.models.modelfile import SHIPPED, read_header
from textmend.models.network import Ids, Lines, Network, Scores

# The models that come with textmend.
NAMED: Mapping[str, Path] = {
    "small": SHIPPED,
    "large": SHIPPED.with_name("context-en-large.tmnd"),
}

# Log-odds of the likeliest vanished word against nothing between which a gap is in doubt. On news
# without "the" these are 10 of 100 gaps, and F1 is that of the encoder alone (0.900; from -3 to 3
# they are 7 of 100, and it is 0.899; the network alone has 0.849).
_GAP_DOUBT = (-4.0, 4.0)
# The probability of the likeliest candidate below which a slot is in doubt. Without "ing" these are
# 5 of 100 slots, of which the encoder alone would not repair more.
_SLOT_DOUBT = 0.995
# What the encoder says of a slot weighs three times as much as what the network said: as many words
# are repaired as by the encoder alone, and a tenth to a third fewer intact ones are harmed. Of gaps
# the encoder alone knows best.
_SLOT_SHARE = np.float32(0.75)


class Cascade:
    """A small and a large context model that know the same words."""

    def __init__(self, small: Network, large: Encoder) -> None:
        if small.header["vocabulary"] != large.header["vocabulary"]:
            raise TextmendError(
                "the large model knows other words than the small one beside it; "
                "train it on a corpus that was prepared with --words-of the small one"
            )
        self.small, self._large = small, large

    @property
    def header(self) -> dict[str, Any]:
        """What the file of the large model says of it, how its probabilities are to be read too."""
        return self._large.header

    @property
    def lang(self) -> str:
        """The language that the models were trained on."""
        return self._large.lang

    @property
    def classes(self) -> int:
        """Ids below this are those of classes of unknown words."""
        return self.small.classes

    def ids(self, words: Sequence[str]) -> Ids:
        """The vocabulary ids of words, marks and numbers; of their class where they are unknown."""
        return self.small.ids(words)

    def score(self, lines: Lines) -> Scores:
        """How well each candidate fits its slot, and each vanished word its gap."""
        found = self.small.score(lines)
        slots, gaps = _doubtful_slots(lines, found), _doubtful_gaps(found)
        if not slots.any() and not gaps.any():
            return found
        again = self._large.score(lines, slots, gaps)
        both = _SLOT_SHARE * again.candidates + (1 - _SLOT_SHARE) * found.candidates
        return Scores(
            np.where(np.repeat(slots, lines.sizes), both, found.candidates),
            np.where(gaps[:, None], again.gaps, found.gaps),
        )


def _doubtful_slots(lines: Lines, found: Scores) -> Mask:
    starts = np.cumsum(lines.sizes) - lines.sizes
    # The weights are how frequent candidates are, which the scores do not hold.
    logits = found.candidates + np.log(np.maximum(lines.weights, np.float32(1e-30)))
    best = np.maximum.reduceat(logits, starts)
    total = np.add.reduceat(np.exp(logits - np.repeat(best, lines.sizes)), starts)
    doubtful: Mask = 1 / total < _SLOT_DOUBT
    return doubtful


def _doubtful_gaps(found: Scores) -> Mask:
    low, high = _GAP_DOUBT
    odds = found.gaps[:, 1:].max(axis=1, initial=-np.inf) - found.gaps[:, 0]
    doubtful: Mask = (odds > low) & (odds < high)
    return doubtful


def load(path: str | Path) -> Network | Cascade:
    """The model in a file: a network, or an encoder behind the network that comes with textmend."""
    if "heads" not in read_header(Path(path)):
        return Network.load(path)
    return Cascade(Network.load(), Encoder.load(path))
