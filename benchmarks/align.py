"""Who is to blame: each word of the clean text, what arrived of it, and what a system made of it.

Two steps. Clean → damaged is known, not guessed: each piece of the clean text is damaged by
itself, and its damaged form owns an interval of the damaged text (:func:`forms`). Damaged →
mended is aligned, whatever the system did (:func:`match`): equal words are anchors, and between
anchors the cheapest way is found to keep, change, join, split, insert and delete whole pieces. So
an inserted word shifts no blame onto its neighbours. Start reading at :func:`trace`.

Intervals count the characters that are not white space, so that no treatment of white space can
move them.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import or_

import regex
from rapidfuzz.distance import Indel, LCSseq, Levenshtein

from textmend import Channel

# The benchmark's own idea of words, so that no change of textmend's tokenizer moves a score.
_PIECE = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*|\S")
_LETTER = regex.compile(r"\p{L}")

_JOINED = 5  # "e?ec?ve" is five pieces, "effective" one
_SPLIT = 3
_SCRAP = 2  # letters of a piece that is too short to hold the alignment by itself
_UNIT = 1000  # the cost of a character; all other costs only settle ties


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, number or mark; ``start`` and ``end`` are offsets in the text that holds it."""

    text: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it holds a letter; numbers and marks are aligned, but not scored."""
        return _LETTER.search(self.text) is not None


def pieces(text: str) -> list[Piece]:
    """The words, numbers and marks of a text.

    >>> [piece.text for piece in pieces("They’re 2, (or) the 27th.")]
    ['They’re', '2', ',', '(', 'or', ')', 'the', '27th', '.']
    """
    return [Piece(found[0], found.start(), found.end()) for found in _PIECE.finditer(text)]


Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Damage:
    """A clean text, the damaged text, and the interval of the latter that each piece owns."""

    clean: str
    text: str
    forms: tuple[Span, ...]


def forms(clean: str, channel: Channel, text: str) -> tuple[Span, ...]:
    """What each piece of ``clean`` owns of ``text``, which is ``channel.apply(clean)``.

    Damaged by itself, each piece gives its form; where the forms do not add up to the text (a drop
    that depends on the paragraph), the characters are aligned instead.
    """
    words = [piece.text for piece in pieces(clean)]
    alone = Channel(channel.drops, "keep").apply("\n".join(words)).split("\n")
    left = ["".join(each.split()) for each in alone]
    if len(left) == len(words) and "".join(left) == "".join(text.split()):
        return intervals(left)
    return forms_by_characters(clean, text)


def intervals(parts: Sequence[str]) -> tuple[Span, ...]:
    """The interval of each part in all of them joined."""
    ends = list(accumulate(map(len, parts)))
    return tuple(zip([0, *ends[:-1]], ends, strict=True)) if ends else ()


def forms_by_characters(clean: str, text: str) -> tuple[Span, ...]:
    """What each piece of ``clean`` owns of ``text`` when their characters are aligned."""
    solid = [0, *accumulate(not character.isspace() for character in text)]
    starts = {}
    for operation in Levenshtein.opcodes(clean, text):
        width = operation.dest_end - operation.dest_start
        for place in range(operation.src_start, operation.src_end):
            starts[place] = operation.dest_start + min(place - operation.src_start, width)
    starts[len(clean)] = len(text)
    return tuple((solid[starts[piece.start]], solid[starts[piece.end]]) for piece in pieces(clean))


@dataclass(frozen=True, slots=True)
class Fate:
    """A piece of the clean text: what arrived of it, and what the system made of that."""

    written: str
    arrived: tuple[str, ...]
    mended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A place between two damaged pieces: the words lost there, and those that were put there."""

    lost: tuple[str, ...]
    inserted: tuple[str, ...]

    @property
    def placed(self) -> int:
        """How many of the lost words are back, in order."""
        return LCSseq.similarity(self.lost, self.inserted)


@dataclass(frozen=True, slots=True)
class Trace:
    """The fates of all words of a clean text, and the gaps where words were lost or put.

    ``owners``: for each damaged piece, the clean pieces that it comes from. ``lost``: the clean
    words that vanished, by gap.
    """

    fates: tuple[Fate, ...]
    gaps: tuple[Gap, ...]
    damaged: tuple[Piece, ...]
    owners: tuple[tuple[str, ...], ...]
    lost: dict[int, tuple[str, ...]]


def trace(damage: Damage, mended: str) -> Trace:
    """What became of each word of the clean text on its way through damage and mending."""
    clean, damaged, result = pieces(damage.clean), pieces(damage.text), pieces(mended)
    spans = intervals([piece.text for piece in damaged])
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    arrived: list[range] = []
    owners: list[list[str]] = [[] for _ in damaged]
    lost: dict[int, tuple[str, ...]] = {}
    for piece, (start, end) in zip(clean, damage.forms, strict=True):
        # The damaged pieces that overlap the interval; none where it is empty.
        first = bisect_right(ends, start)
        own = range(first, bisect_left(starts, end) if end > start else first)
        arrived.append(own)
        for place in own:
            owners[place].append(piece.text)
        if not own and piece.is_word:
            lost[first] = (*lost.get(first, ()), piece.text)
    vanished = frozenset(word.casefold() for words in lost.values() for word in words)
    matched = match([each.text for each in damaged], [each.text for each in result], vanished)
    fates = tuple(
        Fate(
            piece.text,
            tuple(damaged[place].text for place in own),
            tuple(result[to].text for to in matched.of(own)),
        )
        for piece, own in zip(clean, arrived, strict=True)
        if piece.is_word and own
    )
    inserted = {
        gap: tuple(result[place].text for place in places if result[place].is_word)
        for gap, places in matched.inserted.items()
    }
    gaps = tuple(
        Gap(lost.get(gap, ()), inserted.get(gap, ()))
        for gap in sorted(lost.keys() | inserted.keys())
    )
    return Trace(fates, gaps, tuple(damaged), tuple(map(tuple, owners)), lost)


@dataclass(frozen=True, slots=True)
class Matching:
    """Which pieces of the result each damaged piece became, and the pieces put into each gap.

    Gap ``g`` is the place before damaged piece ``g``; the last one is the end of the text.
    """

    became: tuple[tuple[int, ...], ...]
    inserted: dict[int, tuple[int, ...]]

    def of(self, own: range) -> list[int]:
        """The pieces of the result that come from these damaged pieces, each once."""
        return sorted({to for place in own for to in self.became[place]})


def match(
    damaged: Sequence[str], mended: Sequence[str], vanished: frozenset[str] = frozenset()
) -> Matching:
    """Align the pieces of a damaged text with those of a mended one.

    ``vanished``: words, in lower case, that were lost from this text. Where it cannot be told
    which of two words was there before ("f" → "off of"), the one that could have vanished is the
    inserted one.

    >>> match(["or", "plans"], ["the", "other", "plans"])
    Matching(became=((1,), (2,)), inserted={0: (0,)})
    """
    became: list[tuple[int, ...]] = [()] * len(damaged)
    inserted: dict[int, tuple[int, ...]] = {}
    done, there = 0, 0
    anchors = _anchors([each.casefold() for each in damaged], [each.casefold() for each in mended])
    for start, to, length in [*anchors, (len(damaged), len(mended), 0)]:
        for sources, targets in _stretch(damaged[done:start], mended[there:to], vanished):
            shifted = tuple(there + target for target in targets)
            if not len(sources):
                gap = done + sources.start
                inserted[gap] = (*inserted.get(gap, ()), *shifted)
            for source in sources:
                became[done + source] = shifted
        for offset in range(length):
            became[start + offset] = (to + offset,)
        done, there = start + length, to + length
    return Matching(tuple(became), inserted)


def _anchors(damaged: Sequence[str], mended: Sequence[str]) -> list[tuple[int, int, int]]:
    """Runs of equal pieces that hold the alignment: (place in damaged, in mended, length).

    A lone scrap beside pieces that were joined, split or lost holds nothing: in "o ? cio ?" →
    "oficio ?" the mark that is left is not the first one.
    """
    operations = Levenshtein.opcodes(damaged, mended)
    # Of a run of equal pieces, both sides are of one length.
    uneven = [
        each.src_end - each.src_start != each.dest_end - each.dest_start for each in operations
    ]
    beside = map(or_, [False, *uneven][:-1], [*uneven[1:], False])
    return [
        (each.src_start, each.dest_start, each.src_end - each.src_start)
        for each, doubtful in zip(operations, beside, strict=True)
        if each.tag == "equal"
        and not (
            doubtful
            and each.src_end - each.src_start == 1
            and len(damaged[each.src_start]) <= _SCRAP
        )
    ]


def _stretch(
    damaged: Sequence[str], mended: Sequence[str], vanished: frozenset[str]
) -> list[tuple[range, range]]:
    """The cheapest monotone alignment of two short runs of pieces, as pairs of ranges.

    An empty range on the left is an insertion before its start, on the right a deletion.
    """
    if not damaged:
        return [(range(0), range(len(mended)))] if mended else []
    rows, columns = len(damaged) + 1, len(mended) + 1
    costs = [[math.inf] * columns for _ in range(rows)]
    steps: list[list[Span]] = [[(0, 0)] * columns for _ in range(rows)]
    costs[0][0] = 0.0
    moves = [
        (0, 1),
        (1, 0),
        (1, 1),
        *((width, 1) for width in range(2, _JOINED + 1)),
        *((1, width) for width in range(2, _SPLIT + 1)),
    ]
    for row in range(rows):
        for column in range(columns):
            for down, across in moves:
                if down > row or across > column or costs[row - down][column - across] == math.inf:
                    continue
                cost = costs[row - down][column - across] + _cost(
                    damaged[row - down : row], mended[column - across : column], vanished
                )
                if cost < costs[row][column]:
                    costs[row][column], steps[row][column] = cost, (down, across)
    found = []
    row, column = rows - 1, columns - 1
    while row or column:
        down, across = steps[row][column]
        found.append((range(row - down, row), range(column - across, column)))
        row, column = row - down, column - across
    return found[::-1]


def _cost(sources: Sequence[str], targets: Sequence[str], vanished: frozenset[str]) -> int:
    distance = _UNIT * Indel.distance("".join(sources), "".join(targets))
    if not sources:
        return distance + (1 if targets[0].casefold() in vanished else 2)
    if not targets:
        return distance + 2
    return distance + 10 * (len(sources) + len(targets) - 2)
