"""From a slot of damaged text to everything that the channel may have made it from.

A :class:`Column` is one slot: a word (or mark) as it stands with its preimages, and the gap before
it with the words that may have vanished there. Every candidate, put through the channel, gives what
stands in the text; none is proposed on likelihood alone. Start reading at :func:`columns`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from textmend.channel import Channel, Drop
from textmend.lexicon import Beside, Lexicon, key
from textmend.tokens import Token, sentence_starts, shape

_MOST_PREIMAGES = 24
_MOST_REMEMBERED = 100_000
_MOST_VANISHED = 5
# Below this frequency a word is not believed to have vanished whole: there is nothing to see.
_VANISHED_FREQUENCY = 1e-5


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may have stood in a slot: its text, and the word under which it is judged."""

    text: str
    word: str


@dataclass(frozen=True, slots=True)
class Vanished:
    """Words that may have stood in a gap, with the text to insert at ``place`` of the input.

    No words stand for an empty gap.
    """

    words: tuple[str, ...]
    text: str
    place: int


@dataclass(frozen=True, slots=True)
class Column:
    """One slot of a line and the gap before it.

    ``words[0]`` is the slot as it stands, ``gap[0]`` the empty gap. ``is_word`` is false for
    numbers, marks and the end of the line, which are never changed. ``first``: a sentence may
    begin here. ``beside``: the capitalised words next to it.
    """

    start: int
    end: int
    words: tuple[Candidate, ...]
    gap: tuple[Vanished, ...]
    is_word: bool
    first: bool
    beside: Beside


class Preimages:
    """The words that a channel damages, by what it leaves of them."""

    def __init__(self, drops: tuple[Drop, ...], lexicon: Lexicon) -> None:
        # Line by line: white space must not be collapsed across words.
        self._channel = Channel(drops, "keep")
        self._lexicon = lexicon
        self._words: dict[str, list[str]] = {}
        acted_on = np.zeros(len(lexicon.words), dtype=bool)
        for drop in drops:
            acted_on |= lexicon.holding(drop.sequence.lower())
        hit = [lexicon.words[place] for place in np.flatnonzero(acted_on)]
        for word, left in zip(hit, self._channel.apply("\n".join(hit)).split("\n"), strict=True):
            if left != word:
                self._words.setdefault(left, []).append(word)
        self._deleted = [
            word
            for word in self._words.pop("", [])[:_MOST_VANISHED]
            if lexicon.frequency(word) >= _VANISHED_FREQUENCY
        ]
        self._surfaces: dict[tuple[str, bool, Beside], tuple[Candidate, ...]] = {}

    @staticmethod
    @lru_cache(maxsize=16)
    def load(drops: tuple[Drop, ...], lang: str) -> Preimages:
        """The preimages of a channel in a language, shared by all that ask for them."""
        return Preimages(drops, Lexicon.load(lang))

    def of(self, text: str, *, first: bool = False, beside: Beside = "") -> tuple[Candidate, ...]:
        """All that a word may have been, most frequent first, in the writer's capitals.

        ``first``: the word may begin a sentence. ``beside``: the capitalised words next to it.
        """
        known = self._surfaces.get((text, first, beside))
        if known is None:
            if len(self._surfaces) > _MOST_REMEMBERED:
                self._surfaces.clear()
            known = self._restore(text, first, beside)
            self._surfaces[text, first, beside] = known
        return known

    @cached_property
    def vanished(self) -> dict[bool, list[tuple[str, str]]]:
        """Words that the channel deletes whole, and how they are written.

        By whether a sentence may begin with them; where capitals survive, none vanished there.
        """
        return {
            first: [
                (word, shown)
                for word in self._deleted
                if not self._channel.apply(shown := _title(word) if first else word)
            ]
            for first in (False, True)
        }

    def _restore(self, text: str, first: bool, beside: Beside) -> tuple[Candidate, ...]:
        found = []
        for word in self._lower(key(text)):
            title_first = first or self._lexicon.is_name(word, beside)
            for surface in _capitalisations(word, text, title_first=title_first):
                if self._channel.apply(surface) == text:
                    found.append(Candidate(surface, word))
                    break
        return tuple(found[:_MOST_PREIMAGES])

    def _lower(self, damaged: str) -> list[str]:
        """Preimages in lower case; a possessive has those of its word, too."""
        found = self._words.get(damaged, [])
        stem, apostrophe, suffix = damaged.rpartition("'")
        if apostrophe and stem:
            known = set(found)
            found = found + [
                whole
                for word in self._words.get(stem, [])
                if (whole := f"{word}'{suffix}") not in known
            ]
        return found


def _capitalisations(word: str, damaged: str, *, title_first: bool) -> list[str]:
    """The ways to capitalise a word, the likeliest first."""
    if "’" in damaged:
        word = word.replace("'", "’")
    match shape(damaged):
        case "lower":
            return [_title(word), word] if title_first else [word, _title(word)]
        case "title":
            return [_title(word), word.upper()]
        case _:
            return [word.upper()]


def _title(word: str) -> str:
    return word[:1].upper() + word[1:]


def columns(
    line: Sequence[Token], channel: Channel, preimages: Preimages, *, gaps: bool = True
) -> list[Column]:
    """The slots of a line; the last stands for its end.

    ``gaps``: whether words may have vanished from this line.
    """
    starts = sentence_starts(line)
    capitals = _beside_capitals(line, starts)
    found: list[Column] = []
    before: Token | None = None
    blank = ""
    for token, first, beside in zip(line, starts, capitals, strict=True):
        if token.kind in ("space", "break"):
            blank = token.text if token.kind == "space" else blank
            if token.kind == "space":
                continue
        slot = _slot(token, first, beside, channel, preimages)
        gone = preimages.vanished[first] if gaps else []
        vanished = _vanished(before, blank, token, channel, gone) if gone else ()
        gap = (Vanished((), "", token.start), *vanished)
        found.append(Column(token.start, token.end, slot, gap, token.kind == "word", first, beside))
        before, blank = token, ""
    return found


def _beside_capitals(line: Sequence[Token], starts: Sequence[bool]) -> list[Beside]:
    """For each token, on which sides the next word is capitalised.

    A capital at the start of a sentence says nothing.
    """
    words = [place for place, token in enumerate(line) if token.kind not in ("space", "break")]
    title = [
        line[place].kind == "word" and not starts[place] and shape(line[place].text) == "title"
        for place in words
    ]
    found: list[Beside] = [""] * len(line)
    sides = zip(words, [False, *title], [*title[1:], False], strict=False)
    for place, before, after in sides:
        found[place] = "<>" if before and after else "<" if before else ">" if after else ""
    return found


def _slot(
    token: Token, first: bool, beside: Beside, channel: Channel, preimages: Preimages
) -> tuple[Candidate, ...]:
    as_it_is = Candidate(token.text, key(token.text))
    if token.kind != "word" or channel.is_survivor(token.text):
        return (as_it_is,)
    form = shape(token.text)
    # In running text a word of capitals is an acronym; what it lost cannot be told.
    if form in ("upper", "mixed") or (form == "title" and len(token.text) == 1 and not first):
        return (as_it_is,)
    return (as_it_is, *preimages.of(token.text, first=first, beside=beside))


def _vanished(
    before: Token | None,
    blank: str,
    token: Token,
    channel: Channel,
    words: Sequence[tuple[str, str]],
) -> tuple[Vanished, ...]:
    """What may have vanished between two tokens, given the white space that is left there.

    ``before`` is None at the start of a line.
    """
    inserted = _insertion(before, blank, token, channel.whitespace)
    if inserted is None:
        return ()
    place, template = inserted
    return tuple(Vanished((word,), template.format(shown), place) for word, shown in words)


def _insertion(
    before: Token | None, blank: str, token: Token, whitespace: str
) -> tuple[int, str] | None:
    """Where a word would be inserted between two tokens, and in which white space.

    None where the channel could not have left what stands there.
    """
    start, after_word = token.start - len(blank), token.kind == "word"
    if whitespace == "keep":
        # Both spaces of a vanished word are still there.
        if before is None:
            return (start, "{}") if blank and after_word else None
        return (start + 1, "{}") if len(blank) >= 2 else None
    if before is None:
        if whitespace == "squeeze":
            return (start, "{}") if blank == " " and after_word else None
        return (token.start, "{} ") if not blank and after_word else None
    if not blank:
        return None
    if after_word:
        if before.text in _OPENING:
            return (start, "{}") if len(blank) == 1 else None
        return (token.start, "{} ")
    # A space before a mark is where the last word of a clause has gone.
    return (token.start, "{}") if token.text in _CLOSING else None


_OPENING = frozenset("([{“‘")
_CLOSING = frozenset(".,;:!?)]}”’")
