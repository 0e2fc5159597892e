"""Which language a text is in, told by the words that are frequent in each.

A word says by how much it is likelier than a rare one; unknown words, damaged ones among them, say
nothing. So a text is recognized from what is whole in it; what has too little of that is in none of
the languages that are known. Start reading at :func:`guess`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from textmend.errors import TextmendError
from textmend.language.lexicon import UNSPACED, frequent_words, key, languages, listed
from textmend.language.priors import PRIORS
from textmend.language.tokens import Token

AUTO = "auto"


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

    >>> from textmend.language.tokens import lines, tokenize
    >>> guess(lines(tokenize("Das Haus steht noch am Ufer des Flusses.")), ("en", "de"))
    'de'
    >>> guess(lines(tokenize("La maison est encore au bord de la mer.")), ("en", "de"))
    """
    words = Counter(
        key(token.text) for line in text_lines for token in line if token.kind == "word"
    )
    nats = {lang: _nats(words, lang) for lang in languages()}
    best = max(asked, key=nats.__getitem__)
    least = max(_least(best, words, nats), PRIORS.least_identifying)
    return best if nats[best] >= least else None


def is_in(lang: str, words: Mapping[str, int]) -> bool:
    """Whether words, with how often a text has each, may well be of a language.

    Rather than of another one, known or not; a few words may be of any. Where words do not stand
    between spaces, all may be.
    """
    if lang in UNSPACED:
        return True
    nats = {each: _nats(words, each) for each in languages()}
    return nats[lang] + PRIORS.least_identifying >= _least(lang, words, nats)


def _least(lang: str, words: Mapping[str, int], nats: Mapping[str, float]) -> float:
    """The nats that words of a language would have in it, given those in each language."""
    usual = PRIORS.least_identified * _usual(lang) * sum(words.values())
    return max(usual, PRIORS.rival * max(nats.values()))


def _nats(words: Mapping[str, int], lang: str) -> float:
    """By how much some words are likelier in a language than if all of them were rare."""
    worth = _worth(lang)
    return sum(count * worth[word] for word, count in words.items() if word in worth)


@lru_cache(maxsize=64)
def _worth(lang: str) -> dict[str, float]:
    """By how many nats each frequent word of a language is likelier than a rare one."""
    worth: dict[str, float] = {}
    for frequency, words in frequent_words(lang, PRIORS.identifying_words):
        worth.update(dict.fromkeys(words, math.log(frequency / PRIORS.other_word)))
    return worth


@lru_cache(maxsize=64)
def _usual(lang: str) -> float:
    """The nats that a word of a language has in it on average."""
    return sum(
        len(words) * frequency * math.log(frequency / PRIORS.other_word)
        for frequency, words in frequent_words(lang, PRIORS.identifying_words)
    )
