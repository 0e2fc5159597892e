"""Words that ran together: where inside a run of characters a space or a hyphen was lost.

A channel that deletes what parts words leaves arcs that meet inside a token. All words, numbers and
marks that a run without white space may be made of are arcs of a lattice over its characters, and
so is a word that no list knows. A quick pass without context finds the arcs that lie on likely
paths; on these, word pairs decide, and the posterior of each border sums over all paths. Start
reading at :meth:`Segmenter.of`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import regex

from textmend.bigrams import Bigrams
from textmend.channel import Channel
from textmend.lexicon import Lexicon, key
from textmend.memory import Answers
from textmend.mending.decoder import paths

# How often words that stand side by side in clean text have each of these between them.
_BETWEEN = {" ": 0.99, "-": 0.008}
_LONGEST_WORD = 24  # letters
_LEAST_UNLISTED = 3  # letters of a word that no list knows
# Nats below the best path at which an arc is left out before word pairs are asked.
_UNLIKELY = 10.0
_TOUCHING = math.log(0.003)  # words of clean text with a mark between them and no space
_NUMBER = math.log(0.01)  # the share of numbers among the words of clean text
_POSSESSIVE = 0.03  # of the occurrences of a noun
_PIECE = regex.compile(
    r"""
    (?P<word>[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*)
  | (?P<number>\p{N}+(?:[.,:]\p{N}+)*(?:(?:st|nd|rd|th|s)(?!\p{L}))?)
  | (?P<mark>.)
    """,
    regex.VERBOSE | regex.DOTALL,
)
_INNER_CAPITAL = regex.compile(r"(?<=\p{Ll})\p{Lu}")
_CLOSING, _OPENING = frozenset(",.;:!?)]”’%"), frozenset("([“‘$£€")


class _Arc(NamedTuple):
    """A piece of a run that is one word, number or mark, and the log of its probability.

    ``text``: the key of a listed word, else empty. ``kind``: that of a piece.
    """

    start: int
    end: int
    log: float
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Segmentation:
    """How a run of characters is best parted.

    ``borders``: where a separator was lost, each with the separator and the probability that it
    was. ``gain``: nats by which the parted words are likelier than what stands there.
    """

    borders: tuple[tuple[int, str, float], ...]
    gain: float


class Segmenter:
    """Parts the runs of characters in which a channel may have deleted what stood between words."""

    def __init__(self, channel: Channel, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._bigrams = Bigrams.load(lexicon.lang)
        self._known: Answers[tuple[str, bool], Segmentation | None] = Answers(
            each=400, most=4_000_000
        )
        self._logs: Answers[str, float] = Answers(each=150, most=4_000_000)
        self.separators = {
            mark: math.log(often * rule.rate)
            for mark, often in _BETWEEN.items()
            for rule in channel.drops
            if not rule.residue and regex.search(rule.pattern, f"a{mark}b", pos=1)
        }

    @property
    def size(self) -> int:
        """Roughly the bytes that it takes."""
        return self._known.size + self._logs.size

    def of(self, run: str, *, first: bool = False) -> Segmentation | None:
        """How a run is parted; None where it is likelier as it stands.

        ``first``: a sentence may begin with it.
        """
        asked = (run, first)
        if asked in self._known:
            return self._known[asked]
        return self._known.keep(asked, self._part(run, first), run)

    def _part(self, run: str, first: bool) -> Segmentation | None:
        mark, cost = max(self.separators.items(), key=lambda each: each[1])
        arcs = _likely(sorted(self._arcs(run, first)), len(run), cost)
        pair = self._bigrams.probability

        def follows(before: int | None, place: int) -> float:
            arc = arcs[place]
            if before is None:
                return arc.log
            parted = _joint(run, arcs[before], arc, cost)
            if not arc.text or not (left := arcs[before].text):
                return arc.log + parted
            return arc.log + parted + math.log(pair(arc.text, left) / pair(arc.text, None))

        found = paths([arc[:2] for arc in arcs], follows)
        chosen = [arcs[place] for place in found.best]
        borders = tuple(
            (arc.start, mark, found.nodes[arc.start])
            for before, arc in zip(chosen, chosen[1:], strict=False)
            if _may_part(run, before, arc)
        )
        if not borders:
            return None
        gain = found.log - self._as_it_stands(run, first)
        return Segmentation(borders, gain) if gain > 0.0 else None

    def _as_it_stands(self, run: str, first: bool) -> float:
        """The log-probability of a run none of whose words were parted."""
        total, after = 0.0, False
        for found in _PIECE.finditer(run):
            text = found[0]
            if found["word"]:
                total += self._log(text, first=first and not found.start())
                total += _TOUCHING if after else 0.0
            elif found["number"]:
                total += _NUMBER + (_TOUCHING if after else 0.0)
            after = not found["mark"] or text in _CLOSING
        return total

    def _log(self, text: str, *, first: bool = False) -> float:
        """The log-probability of a word, by its capitals; a possessive has a part of its noun's."""
        asked = f"{text}." if first else text
        known = self._logs.get(asked)
        if known is None:
            chance = self._lexicon.written(text, first=first, beside="")
            stem, apostrophe, ending = key(text).rpartition("'")
            if apostrophe and ending == "s":
                chance = max(chance, _POSSESSIVE * self._lexicon.frequency(stem))
            known = self._logs.keep(asked, math.log(chance), text)
        return known

    def _arcs(self, run: str, first: bool) -> Iterator[_Arc]:
        """All that the parts of a run may be."""
        form = key(run)
        for found in _PIECE.finditer(run):
            start, end = found.span()
            if found["word"]:
                yield from self._words(run, form, start, end, first)
            else:
                kind = "number" if found["number"] else "mark"
                yield _Arc(start, end, _NUMBER if kind == "number" else 0.0, "", kind)

    def _words(self, run: str, form: str, first: int, last: int, opens: bool) -> Iterator[_Arc]:
        # A word does not go on over a capital after a small letter.
        capitals = [found.start() for found in _INNER_CAPITAL.finditer(run, first, last)]
        is_listed = self._lexicon.frequency
        for start in range(first, last):
            while capitals and capitals[0] <= start:
                capitals.pop(0)
            most = min(last, start + _LONGEST_WORD, *capitals[:1])
            is_edge = start == first or run[start].isupper()
            for end in range(start + 1, most + 1):
                text = form[start:end]
                listed = is_listed(text) > 0.0
                unlisted = end - start >= _LEAST_UNLISTED and (is_edge or end == last)
                if listed or unlisted or end == start + 1:
                    log = self._log(run[start:end], first=opens and not start)
                    yield _Arc(start, end, log, text if listed else "", "word")


def _likely(arcs: Sequence[_Arc], end: int, cost: float) -> list[_Arc]:
    """The arcs on paths that are nearly as likely as the best, each word by itself."""
    reach = [-math.inf] * (end + 1)
    reach[0] = 0.0
    for start, stop, log, _, kind in arcs:
        here = reach[start] + log + (cost if start and kind != "mark" else 0.0)
        if here > reach[stop]:
            reach[stop] = here
    leave = [-math.inf] * (end + 1)
    leave[end] = 0.0
    for start, stop, log, _, kind in reversed(arcs):
        here = leave[stop] + log + (cost if start and kind != "mark" else 0.0)
        if here > leave[start]:
            leave[start] = here
    least = reach[end] - _UNLIKELY
    return [
        arc
        for arc in arcs
        if reach[arc.start] + leave[arc.end] + arc.log
        + (cost if arc.start and arc.kind != "mark" else 0.0) >= least
    ]  # fmt: skip


def _may_part(run: str, before: _Arc, arc: _Arc) -> bool:
    """Whether a space may have stood between two pieces of a run."""
    if arc.kind == "mark" and run[arc.start : arc.end] not in _OPENING:
        return False
    return before.kind != "mark" or run[before.start : before.end] in _CLOSING


def _joint(run: str, before: _Arc, arc: _Arc, cost: float) -> float:
    """Nats for what was lost between two pieces of a run, if that may be."""
    return cost if _may_part(run, before, arc) else 0.0
