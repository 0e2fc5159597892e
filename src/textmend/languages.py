"""Which language a text is in, told by the words that are frequent in each.

A word says by how much it is likelier than a rare one; unknown words, damaged ones among them, say
nothing. So a text is recognized from what is whole in it. Start reading at :func:`guess`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from textmend.errors import TextmendError
from textmend.lexicon import UNSPACED, frequent_words, key, languages, listed
from textmend.tokens import Token

AUTO = "auto"

_FREQUENT = 3000  # words of each language: more of them tell no more texts apart
_RARE = 1e-6  # the probability of all other words
# Nats a word by which a text must be likelier in its language than rare words are: clean text has
# 2.1 and more, a text that lost every "e" 1.4, and 40 words of such a text 1.0.
_LEAST = 0.7
_LEAST_OF_ALL = 12.0  # … of all its words: one or two common words are common in many languages
# What it must have of the nats of any other language: nearly all texts have at most 0.7 in a
# language that is not theirs, and at least 0.8 in theirs, however much they have lost.
_RIVAL = 0.8


def among(spec: str) -> tuple[str, ...]:
    """The languages that a spec names: several tags, separated by commas, or ``"auto"`` for all.

    >>> among("en, pt-BR")
    ('en', 'pt')
    """
    if spec == AUTO:
        return tuple(languages())
    asked = tuple(dict.fromkeys(listed(tag.strip()) for tag in spec.split(",")))
    for code in asked:
        if code in UNSPACED:
            raise TextmendError(
                f"{code!r} in {spec!r} has no spaces between words, by which texts are told apart; "
                "name it alone"
            )
    return asked


def guess(text_lines: Iterable[Sequence[Token]], asked: Sequence[str]) -> str | None:
    """The likeliest of the languages ``asked``; None where the text is clearly in none of them.

    >>> from textmend.tokens import lines, tokenize
    >>> guess(lines(tokenize("Das Haus steht noch am Ufer des Flusses.")), ("en", "de"))
    'de'
    >>> guess(lines(tokenize("La maison est encore au bord de la mer.")), ("en", "de"))
    """
    words = Counter(
        key(token.text) for line in text_lines for token in line if token.kind == "word"
    )
    if not words:
        return None
    nats = {lang: _nats(words, lang) for lang in languages()}
    best = max(asked, key=nats.__getitem__)
    least = max(_LEAST * words.total(), _RIVAL * max(nats.values()), _LEAST_OF_ALL)
    return best if nats[best] >= least else None


def _nats(words: Counter[str], lang: str) -> float:
    """By how much some words are likelier in a language than if all of them were rare."""
    frequent = frequent_words(lang, _FREQUENT)
    return sum(
        count * math.log(frequency / _RARE)
        for word, count in words.items()
        if (frequency := frequent.get(word))
    )
