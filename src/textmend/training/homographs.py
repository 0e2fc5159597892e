"""The weights by which homographs are told apart: ``textmend.language.homographs`` reads them.

Every word of the sentences that has a rival, another word of the lexicon that differs in accents
alone, is an example. A log-linear model is fitted to them, beside the frequencies of the words: the
weight of an ending ("-é" after "a") is shared by all words that have it. Start reading at
:func:`write_homographs`; ``python -m textmend.training.homographs corpora/homographs
src/textmend/data`` does it for all languages, and prints how many words of left out sentences were
right by their frequency alone, and with the weights.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textmend.channel.families import base_letters
from textmend.language.homographs import DATA, REACH, UNIT, Homographs, signs_of, traits
from textmend.language.lexicon import Lexicon, key
from textmend.language.tokens import tokenize

_RARE_RIVAL = 1e-3  # of the frequency of the commonest of them
_PENALTY = 2.0  # of half the square of a weight
_STEPS, _RATE = 150, 0.1
_TRUST = 10.0  # examples that the frequencies of words are worth
_FOLDS = 5
_MOST_WEIGHTS = 4200  # what 60 kB hold
_SHOWN = 20  # words


@dataclass(frozen=True, slots=True)
class Example:
    """A word between others, with its rivals: the texts of the words, the right one first."""

    words: list[str]
    before: list[str]
    after: list[str]

    @property
    def cores(self) -> list[str]:
        """The words without the elided one."""
        return [key(word).rpartition("'")[2] for word in self.words]

    @property
    def head(self) -> str:
        """The elided word before them, without accents."""
        head, apostrophe, _ = key(self.words[0]).rpartition("'")
        return base_letters(head + apostrophe)


class Rivals:
    """The words of a lexicon by what is left of them without accents."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._by_base: dict[str, list[str]] = defaultdict(list)
        for word, base in zip(
            lexicon.words, base_letters("\n".join(lexicon.words)).split("\n"), strict=True
        ):
            self._by_base[base].append(word)

    def of(self, core: str) -> list[str]:
        """A word, and the others that may stand for it."""
        listed = self._by_base.get(base_letters(core), [])
        most = max(map(self.lexicon.frequency, listed), default=0.0)
        others = (
            word
            for word in listed
            if word != core and self.lexicon.frequency(word) > _RARE_RIVAL * most
        )
        return [core, *others]


def examples(sentence: str, rivals: Rivals) -> Iterator[Example]:
    """The words of a sentence that have rivals."""
    tokens = [token for token in tokenize(sentence) if token.kind not in ("space", "break")]
    texts = [token.text for token in tokens]
    for place, token in enumerate(tokens):
        if token.kind == "word":
            head, apostrophe, core = key(token.text).rpartition("'")
            words = [head + apostrophe + word for word in rivals.of(core)]
            if len(words) > 1:
                yield Example(
                    words,
                    texts[max(0, place - REACH) : place][::-1],
                    texts[place + 1 : place + 1 + REACH],
                )


class Outcome(NamedTuple):
    """A word, and whether it was told from its rivals by frequency alone, and with the weights."""

    word: str
    alone: bool
    beside: bool


@dataclass(slots=True)
class _Design:
    """Which weights count for which word of which example."""

    names: dict[tuple[str, str], int] = field(default_factory=dict)
    weights: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    offsets: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def add(self, example: Example, shares: Sequence[float]) -> None:
        self.starts.append(len(self.offsets))
        signs = [signs_of(core) for core in example.cores]
        common = set.intersection(*map(set, signs))
        beside = list(dict.fromkeys(traits(example.before, example.head, example.after)))
        for place, of_word in enumerate(signs, len(self.offsets)):
            for sign in of_word:
                if sign not in common:
                    for trait in beside:
                        self.weights.append(self.names.setdefault((trait, sign), len(self.names)))
                        self.words.append(place)
        self.offsets += map(math.log, shares)


def fit(found: Sequence[Example], lexicon: Lexicon) -> dict[str, dict[str, int]]:
    """The weights under which the right words are likeliest, in stored units."""
    design = _Design()
    counts = Counter(example.cores[0] for example in found)
    for example in found:
        design.add(example, _shares(example.cores, counts, lexicon))
    used, of_word = np.array(design.weights), np.array(design.words)
    offsets, starts = np.array(design.offsets), np.array(design.starts)
    sizes = np.diff([*starts, len(offsets)])
    weights, mean, square = np.zeros((3, len(design.names)))
    for step in range(1, _STEPS + 1):
        scores = offsets + np.bincount(of_word, weights[used], len(offsets))
        scores -= np.repeat(np.maximum.reduceat(scores, starts), sizes)
        chances = np.exp(scores)
        chances /= np.repeat(np.add.reduceat(chances, starts), sizes)
        chances[starts] -= 1.0
        slope = np.bincount(used, chances[of_word], len(weights)) + _PENALTY * weights
        # Adam
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        rate = _RATE * (1 - 0.99**step) ** 0.5 / (1 - 0.9**step)
        weights -= rate * mean / (np.sqrt(square) + 1e-8)
    return _stored(design.names, weights)


def _shares(cores: Sequence[str], counts: Mapping[str, int], lexicon: Lexicon) -> list[float]:
    """How often each of some words is the right one in the examples.

    Fitted beside that, and not beside their frequencies, the weights say what those do not.
    """
    listed = [lexicon.probability(core) for core in cores]
    return [
        counts[core] + _TRUST * each / sum(listed) for core, each in zip(cores, listed, strict=True)
    ]


def _stored(
    names: Mapping[tuple[str, str], int], weights: NDArray[np.float64]
) -> dict[str, dict[str, int]]:
    """The largest of the weights."""
    stored: dict[str, dict[str, int]] = defaultdict(dict)
    largest = sorted(names, key=lambda name: -abs(weights[names[name]]))[:_MOST_WEIGHTS]
    for trait, sign in sorted(largest):
        if weight := round(weights[names[trait, sign]] / UNIT):
            stored[trait][sign] = weight
    return dict(stored)


def accuracy(found: Sequence[Example], lexicon: Lexicon, known: Homographs) -> Counter[Outcome]:
    """How often each word is told from its rivals by frequency alone, and with the weights."""
    outcomes: Counter[Outcome] = Counter()
    for example in found:
        alone = [math.log(lexicon.probability(core)) for core in example.cores]
        beside = known.nats(example.words, example.before, example.after)
        together = [log + nats for log, nats in zip(alone, beside, strict=True)]
        best = (scores.index(max(scores)) == 0 for scores in (alone, together))
        outcomes[Outcome(example.cores[0], *best)] += 1
    return outcomes


def write_homographs(text: Path, folder: Path) -> Counter[Outcome]:
    """Write the weights of a language, from a file of sentences that is named after it.

    Each fifth of them is left out in turn, to find how well the others tell its words apart.
    """
    lexicon = Lexicon.load(text.stem)
    rivals = Rivals(lexicon)
    sentences = text.read_text(encoding="utf-8").splitlines()
    found = [list(examples(sentence, rivals)) for sentence in sentences]
    outcomes: Counter[Outcome] = Counter()
    for fold in range(_FOLDS):
        rest = [each for place, of in enumerate(found) if place % _FOLDS != fold for each in of]
        left_out = list(chain.from_iterable(found[fold::_FOLDS]))
        outcomes += accuracy(left_out, lexicon, Homographs.stored(fit(rest, lexicon)))
    weights = fit(list(chain.from_iterable(found)), lexicon)
    stored = json.dumps(weights, ensure_ascii=False, separators=(",", ":"))
    (folder / DATA.format(text.stem)).write_text(
        stored.replace("},", "},\n") + "\n", encoding="utf-8"
    )
    return outcomes


def shown(lang: str, outcomes: Counter[Outcome]) -> str:
    """What came of the words of a language, the commonest of them apart."""
    words: Counter[str] = Counter()
    for outcome, count in outcomes.items():
        words[outcome.word] += count
    lines = [f"{lang}: {_told(outcomes)}"]
    for word, _ in words.most_common(_SHOWN):
        of_word = Counter({each: n for each, n in outcomes.items() if each.word == word})
        lines.append(f"  {word}: {_told(of_word)}")
    return "\n".join(lines)


def _told(outcomes: Counter[Outcome]) -> str:
    alone = sum(count for each, count in outcomes.items() if each.alone)
    beside = sum(count for each, count in outcomes.items() if each.beside)
    return f"{alone} and {beside} of {outcomes.total()}"


if __name__ == "__main__":
    for path in sorted(Path(sys.argv[1]).glob("*.txt")):
        print(shown(path.stem, write_homographs(path, Path(sys.argv[2]))))
