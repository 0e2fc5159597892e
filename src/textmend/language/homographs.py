"""Words that differ in their accents alone, told apart by the words beside them.

"ou" and "où", "e" and "è" are one word once accents are lost; which was written shows in what
stands before and after. Whatever is looked at may have lost its accents, too, and is read without
them. The weights are computed by ``textmend.training.homographs`` from sentences of our own. Start
reading at :meth:`Homographs.nats`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import chain, islice, takewhile

from textmend.channel.families import base_letters
from textmend.language.lexicon import key
from textmend.language.priors import PRIORS

DATA = "homographs-{}.json"
UNIT = 0.01  # nats, in which weights are stored
REACH = 12  # words and marks on either side that are looked at
_BESIDE = 2  # … each by itself
_LINE = "^"  # what stands beyond the ends of a line
_NUMBER = "0"
_ENDING = 3  # letters
_MARKS = {
    **dict.fromkeys(".!?…", "."),
    **dict.fromkeys("“«„‘‹¿¡([", "("),
    **dict.fromkeys("”»’›)]", ")"),
    **dict.fromkeys("–—", "—"),
}


class Homographs:
    """Weights of words and their endings beside others, by what stands there and where."""

    def __init__(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        self._weights = weights

    @staticmethod
    @lru_cache(maxsize=8)
    def load(lang: str) -> Homographs | None:
        """Those of a language, if sentences were written in it."""
        listed = files("textmend") / "data" / DATA.format(lang)
        if not listed.is_file():
            return None
        return Homographs.stored(json.loads(listed.read_text(encoding="utf-8")))

    @staticmethod
    def stored(weights: Mapping[str, Mapping[str, int]]) -> Homographs:
        """Those of weights in stored units."""
        return Homographs(
            {
                trait: {sign: UNIT * weight for sign, weight in signs.items()}
                for trait, signs in weights.items()
            }
        )

    def nats(
        self,
        words: Sequence[str],
        before: Sequence[str],
        after: Sequence[str],
        *,
        first: bool = True,
    ) -> list[float]:
        """What to add to the score of each word that may stand between others.

        ``words``: the first as it stands; to words that differ from it in more than accents nothing
        is added. ``before`` and ``after``: the words and marks of the line on either side as they
        stand, the nearest first, up to ``REACH``. ``first``: a sentence may begin with it.
        """
        heads, cores = zip(*map(_parts, words), strict=True)
        bare = base_letters(cores[0])
        rivals = [base_letters(core) == bare for core in cores]
        found = [0.0] * len(words)
        if sum(rivals) < 2:
            return found
        is_name = words[0][:1].isupper() and not first
        for place, core in enumerate(cores):
            # Many write capitals without their accents: "Etat" is no name.
            if place and rivals[place] and not (is_name and core[:1] != cores[0][:1]):
                found[place] = -PRIORS.accents_of_name if is_name else -PRIORS.accents_lost
        signs = [signs_of(core) if rival else () for core, rival in zip(cores, rivals, strict=True)]
        for trait in traits(before, heads[0], after):
            weights = self._weights.get(trait)
            if weights:
                for place, of_word in enumerate(signs):
                    for sign in of_word:
                        found[place] += weights.get(sign, 0.0)
        return found


def signs_of(word: str) -> tuple[str, ...]:
    """What weights are kept for: the word, and the endings of a longer one.

    >>> signs_of("donné")
    ('donné', '~é', '~né', '~nné')
    """
    if len(word) <= _ENDING:
        return (word,)
    return (word, *(f"~{word[-length:]}" for length in range(1, _ENDING + 1)))


def traits(before: Sequence[str], head: str, after: Sequence[str]) -> Iterator[str]:
    """What tells homographs apart: the words and marks beside them, their endings and capitals.

    ``head``: the elided word that is written together with them.
    """
    left = list(islice(chain([head] if head else [], _pieces(before, backwards=True)), _BESIDE))
    right = list(islice(_pieces(after), _BESIDE))
    left += [_LINE] * (_BESIDE - len(left))
    right += [_LINE] * (_BESIDE - len(right))
    (near, far), (soon, late) = ([key(piece) for piece in side] for side in (left, right))
    yield ""
    yield f"{near} _"
    yield f"_ {soon}"
    yield f"{far} . _"
    yield f"_ . {late}"
    yield f"{far} {near} _"
    yield f"_ {soon} {late}"
    yield f"{near} _ {soon}"
    yield f"{_kind(left[0])} _"
    yield f"_ {_kind(right[0])}"
    yield f"{_kind(left[0])} _ {_kind(right[0])}"
    for length in range(1, _ENDING + 1):
        before_it, after_it = _ending(near, length), _ending(soon, length)
        yield f"{before_it} _"
        yield f"_ {after_it}"
        if length < _ENDING:
            yield f"{before_it} _ {after_it}"
            yield f"{_ending(far, length)} . _"
            yield f"_ . {_ending(late, length)}"
            if before_it == after_it:
                yield f"= _ {length}"
    yield f"{near[:2]}~ _"
    yield f"_ {soon[:2]}~"
    for piece in _shorts(before):
        yield f"{piece} .. _"
    for piece in _shorts(after):
        yield f"_ .. {piece}"


def _shorts(texts: Sequence[str]) -> set[str]:
    """The short words of the clause beyond the one next to it: articles, pronouns."""
    clause = takewhile(lambda text: text[:1].isalnum(), texts)
    beyond = islice(clause, 1, None)
    return {base_letters(key(text)) for text in beyond if len(text) <= _ENDING}


def _kind(piece: str) -> str:
    """Whether a word has a capital; a mark is a kind of its own."""
    return ("Aa" if piece[0].isupper() else "aa") if piece[:1].isalpha() else piece


def _ending(piece: str, length: int) -> str:
    """The last letters of a longer word; what is short stands for itself."""
    return f"~{piece[-length:]}" if len(piece) > length else piece


def _parts(word: str) -> tuple[str, str]:
    """The elided word before another one, without accents, and that one in lower case."""
    head, apostrophe, core = key(word).rpartition("'")
    return base_letters(head + apostrophe), core


def _pieces(texts: Sequence[str], *, backwards: bool = False) -> Iterator[str]:
    """Words without accents, elided ones apart; numbers and marks by their kind."""
    for text in texts:
        if not text[:1].isalpha():
            yield _NUMBER if text[:1].isdigit() else _MARKS.get(text, text)
            continue
        head, apostrophe, core = base_letters(text).replace("’", "'").rpartition("'")
        parts = [head + apostrophe, core] if head else [core]
        yield from reversed(parts) if backwards else parts
