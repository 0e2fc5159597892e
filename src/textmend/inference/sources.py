"""From the texts of a source to its channels: there may be several, and texts that saw none.

Half of a folder may come from another site, or a site may have changed its scraper in May. One
channel for all of them would fit none: what one half lost survives in the other. So the texts are
parted where that explains them better, each part with a channel of its own, as a decision tree is
grown: by the rule that some texts clearly came through, and the others not. Start reading at
:func:`infer_channels`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from textmend.evidence import Inference
from textmend.inference.infer import Diagnosis
from textmend.inference.priors import PRIORS
from textmend.inference.regions import came_through, share_of
from textmend.language.tokens import Token

Lines = Sequence[Sequence[Token]]
Infer = Callable[[Sequence[Lines]], Diagnosis]


@dataclass(frozen=True)
class _Part:
    """Some texts of a source, and the one channel that they show."""

    texts: Sequence[Lines]
    found: Diagnosis

    @property
    def log_odds(self) -> float:
        """How much speaks for the channel: a rule's evidence is on top of that of those before."""
        return sum(each.log_odds for each in self.found.inference.evidence)


def infer_channels(texts: Sequence[Lines], infer: Infer) -> list[Inference]:
    """The channels that texts of one source came through, that of most texts first.

    ``infer`` tells the one channel of some of them. The shares of each inference are of all texts
    and words; none where nothing speaks for damage.
    """
    told = [text_lines for text_lines in texts if text_lines]
    if not told:
        return []
    parts = _pruned(_grown(_Part(told, infer(told)), infer), infer)
    size = _tokens(told)
    channels = [
        replace(
            part.found.inference,
            share=part.found.inference.share * len(part.texts) / len(told),
            damaged_share=part.found.inference.damaged_share * _tokens(part.texts) / size,
        )
        for part in parts
        if part.found.inference
    ]
    return sorted(channels, key=lambda each: -each.share)


def _grown(whole: _Part, infer: Infer) -> list[_Part]:
    """The parts that some texts fall into, as long as these explain them better."""
    for inside in _partings(whole.found):
        parts = []
        for wanted in (True, False):
            few = [text for text, is_in in zip(whole.texts, inside, strict=True) if is_in == wanted]
            parts.append(_Part(few, infer(few)))
        if _parted(*parts) > whole.log_odds:
            return [leaf for part in parts for leaf in _grown(part, infer)]
    return [whole]


def _pruned(parts: list[_Part], infer: Infer) -> list[_Part]:
    """The parts without those that lack but a rule of another one, which they may not show."""
    for one, other in combinations([part for part in parts if part.found.inference], 2):
        rules, more = (set(part.found.inference.channel.drops) for part in (one, other))
        if rules <= more or more <= rules:
            texts = [*one.texts, *other.texts]
            both = _Part(texts, infer(texts))
            if both.log_odds >= _parted(one, other):
                left = [part for part in parts if part is not one and part is not other]
                return _pruned([*left, both], infer)
    return parts


def _parted(one: _Part, other: _Part) -> float:
    """How much speaks for two parts, less for how many ways there are to choose them."""
    together = len(one.texts) + len(other.texts)
    return one.log_odds + other.log_odds - math.log(math.comb(together, len(one.texts)))


def _tokens(texts: Sequence[Lines]) -> int:
    return sum(len(line) for text_lines in texts for line in text_lines)


def _partings(whole: Diagnosis) -> Iterator[NDArray[np.bool_]]:
    """Ways to part texts in two, by the rules that some came through and others not.

    The rule of most evidence comes first, as what the others lost may be hidden by it.
    """
    evidence = whole.inference.evidence
    order = sorted(range(len(whole.of_rules)), key=lambda rule: -evidence[rule].log_odds)
    tried = set()
    for rule in order:
        odds = whole.of_rules[rule]
        inside = came_through(odds, share_of(odds)[0])
        if (
            min(inside.sum(), (~inside).sum()) >= PRIORS.least_texts
            and inside.tobytes() not in tried
        ):
            tried.add(inside.tobytes())
            yield inside


def likeliest(found: Iterable[Diagnosis]) -> Diagnosis | None:
    """Of what the channels of a source make of a text, the likeliest; None if it has none."""

    def odds(each: Diagnosis) -> tuple[bool, float]:
        return bool(each.damaged.any()), each.of_texts.sum() + math.log(each.inference.share)

    return max(found, key=odds, default=None)
