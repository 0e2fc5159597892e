"""Words that ran together: where inside a run of characters a space or a hyphen was lost.

A channel that deletes what parts words leaves arcs that meet inside a token. All words, numbers and
marks that a run without white space may be made of are arcs of a lattice over its characters, and
so is a word that no list knows. A quick pass without context finds the arcs that lie on likely
paths; on these, word pairs decide, and the posterior of each border sums over all paths. Start
reading at :meth:`Segmenter.of`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import regex

from textmend.cache import Answers
from textmend.channel.channel import Channel
from textmend.language.bigrams import Bigrams
from textmend.language.lexicon import key
from textmend.language.tokens import Token, sentence_starts, tokenize
from textmend.mending.decoder import paths
from textmend.mending.preimages import Preimages
from textmend.mending.priors import PRIORS

_PIECE = regex.compile(
    r"""
    (?P<word>[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*)
  | (?P<number>\p{N}+(?:,\p{N}{3}(?!\p{N})|[.:]\p{N}+)*)
  | (?P<mark>--|.)
    """,
    regex.VERBOSE | regex.DOTALL,
)
# What tokens may be that are more than a mark: numbers with what runs on from them, abbreviations.
_PARTABLE = regex.compile(r"[\p{L}\p{M}\p{N}.,:$]+")
# Abbreviations, of which letters of words may stand before, and what ends numbers.
_ABBREVIATION = regex.compile(r"(?:\p{Lu}\.){2,}|(?<!\p{L})(?:\p{Ll}\.){2,}")
_ORDINAL = regex.compile(r"\p{N}*(?:(?<!1)1st|(?<!1)2nd|(?<!1)3rd|(?:1[1-3]|[04-9])th|0s)")
_PIECE_OR_ABBREVIATION = regex.compile(
    rf"(?P<short>(?<!\p{{L}})(?:{_ABBREVIATION.pattern}))|{_PIECE.pattern}", _PIECE.flags
)
_WORDS = frozenset(("word", "number"))
_INNER_CAPITAL = regex.compile(r"(?<=\p{Ll})\p{Lu}|(?<=\p{Lu})\p{Lu}(?=\p{Ll})")
_CLOSING, _OPENING = frozenset(",.;:!?)]”’%"), frozenset("([“‘$£€")
_EDGES = "".join(_CLOSING | _OPENING | {'"', "'"})
_PAUSE = frozenset(",.?!…")
_BETWEEN_SPACES = frozenset("&=±–—")


# Marks by the side on which a space may be.
_Kind = Literal["word", "number", "opening", "closing", "between", "mark"]
_SPACE_AFTER = frozenset(("word", "number", "closing", "between"))
_SPACE_BEFORE = frozenset(("word", "number", "opening", "between"))


class _Arc(NamedTuple):
    """A piece of a run that is one word, number or mark, and the log of its probability.

    ``text``: the key of a listed word, else empty. ``kind``: that of a piece. ``case``: the part of
    the log that is due to its capital, if it has one.
    """

    start: int
    end: int
    log: float
    text: str
    kind: _Kind
    case: float = 0.0
    is_title: bool = False


class Seam(NamedTuple):
    """What parted two words that ran together, and the probability that it was lost there."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Segmentation:
    """How a run of characters is best parted.

    ``borders``: where a separator was lost, each with the separator and the probability that it
    was. ``gain``: nats by which the parted words are likelier than what stands there.
    """

    borders: tuple[tuple[int, str, float], ...]
    gain: float

    def pieces(self, run: str) -> list[str]:
        """The words of a run, with the marks beside them."""
        places = [0, *(start for start, *_ in self.borders), len(run)]
        return [run[start:end] for start, end in pairwise(places)]

    def shown(self, run: str) -> str:
        """A run as it was written."""
        marks = [*(mark for _, mark, _ in self.borders), ""]
        pieces = zip(self.pieces(run), marks, strict=True)
        return "".join(piece + mark for piece, mark in pieces)

    def beside(self, run: str, words: AbstractSet[str]) -> bool:
        """Whether one of these words, or a mark, stands beside a border.

        Between two capitals it is none: that is how brands are called.
        """
        return any(
            key(left) in words or key(right) in words
            if left[-1].isalnum() and right[0].isalnum()
            else True
            for left, right in pairwise(self.pieces(run))
            if not (left[0].isupper() and right[0].isupper())
        )


class Segmenter:
    """Parts the runs of characters in which a channel may have deleted what stood between words."""

    def __init__(self, channel: Channel, preimages: Preimages) -> None:
        self._preimages = preimages
        self._lexicon = preimages.lexicon
        self._bigrams = Bigrams.load(preimages.lang)
        self._known: Answers[tuple[str, bool, bool], Segmentation | None] = Answers(
            each=400, most=4_000_000
        )
        self._logs: Answers[str, float] = Answers(each=150, most=4_000_000)
        # Where few are lost, a second one in the same run is another's work.
        self._apart = PRIORS.far_apart if channel.leaky else 0.0
        # The nats for that each separator stood between two words, and was lost.
        self.separators = {
            mark: math.log(often * rule.rate)
            for mark, often in ((" ", PRIORS.space), ("-", PRIORS.hyphen))
            for rule in channel.drops
            if not rule.residue and regex.match(rule.pattern, f"a{mark}b", pos=1)
        }

    @property
    def knows_pairs(self) -> bool:
        """Whether word pairs were counted in the language; without them little is sure."""
        return self._bigrams.are_counted

    @property
    def size(self) -> int:
        """Roughly the bytes that it takes."""
        return self._known.size + self._logs.size

    def parted(
        self, line: Sequence[Token], recurring: Mapping[str, int]
    ) -> tuple[list[Token], dict[int, Seam]]:
        """A line whose words do not run together, and the seams, by the offsets of what follows.

        A run that is parted is cut into tokens anew. ``recurring``: how often the text holds words
        that it holds again; chance would seldom run the same ones together twice.
        """
        tokens: list[Token] = []
        seams: dict[int, Seam] = {}
        starts, quoted = sentence_starts(line), _begins_quoted(line)
        for place, run in _runs(line):
            text = "".join(token.text for token in run)
            found = None
            if _is_partable(run):
                found = self.of(text, first=starts[place], quoted=quoted)
                if found and found.gain < PRIORS.again * _recurs(run, found, recurring):
                    found = None
            quoted ^= text.count('"') % 2 == 1
            if found is None:
                tokens += run
                continue
            offset, done = run[0].start, 0
            for start, mark, probability in (*found.borders, (len(text), "", 0.0)):
                tokens += (
                    Token(each.kind, each.text, offset + done + each.start)
                    for each in tokenize(text[done:start])
                )
                if mark:
                    seams[offset + start] = Seam(mark, probability)
                done = start
        return tokens, seams

    def runs(self, line: Sequence[Token]) -> Iterator[Sequence[Token]]:
        """The runs of a line that may be of several words."""
        return (run for _, run in _runs(line) if _is_partable(run))

    def of(self, run: str, *, first: bool = False, quoted: bool = False) -> Segmentation | None:
        """How a run is parted; None where it is likelier as it stands.

        ``first``: a sentence may begin with it. ``quoted``: a quotation is open before it.
        """
        asked = run, first, quoted
        if asked in self._known:
            return self._known[asked]
        return self._known.keep(asked, self._part(run, first, quoted), run)

    def _part(self, run: str, first: bool, quoted: bool) -> Segmentation | None:
        core = run.strip(_EDGES)
        if core.isalpha() and self._lexicon.frequency(core) >= PRIORS.ordinary:
            return None
        mark, cost = max(self.separators.items(), key=lambda each: each[1])
        arcs = _likely(sorted(self._arcs(run, first, quoted)), len(run), cost)
        pair = self._bigrams.probability

        def follows(before: int | None, place: int) -> float:
            arc = arcs[place]
            if before is None:
                return arc.log
            # Beside a capital another one is no surprise.
            log = arc.log - (arc.case if arc.is_title and arcs[before].is_title else 0.0)
            parted = 0.0
            if _may_part(arcs[before], arc):
                again = arcs[before].start > 0 and arcs[before].kind in _WORDS
                lost = cost - again * self._apart
                parted = max(lost, _touching(run, arcs[before], arc))
            if not arc.text or not (left := arcs[before].text):
                return log + parted
            word = arc.text.removesuffix("'s")
            return log + parted + PRIORS.pairs * math.log(pair(word, left) / pair(word, None))

        found = paths([arc[:2] for arc in arcs], follows)
        chosen = [arcs[place] for place in found.best]
        borders = tuple(
            (arc.start, mark, found.nodes[arc.start])
            for before, arc in pairwise(chosen)
            if _may_part(before, arc) and cost >= _touching(run, before, arc)
        )
        if not borders:
            return None
        gain = found.log - self._as_it_stands(run, [start for start, *_ in borders], first, quoted)
        return Segmentation(borders, gain) if gain > 0.0 else None

    def _as_it_stands(self, run: str, borders: Sequence[int], first: bool, quoted: bool) -> float:
        """The log-probability of a run whose words were not parted at these borders."""
        pieces = []
        for found in _PIECE_OR_ABBREVIATION.finditer(run):
            start, end = found.span()
            if found["short"]:
                pieces.append(_Arc(start, end, math.log(PRIORS.abbreviation), "", "word"))
            elif found["word"]:
                log = self._log(found[0], first=first and not start)
                if _has_inside(borders, start, end):
                    log += self._doubt(found[0], log)
                pieces.append(_Arc(start, end, log, "", "word"))
            elif found["number"]:
                pieces.append(_Arc(start, end, math.log(PRIORS.number), "", "number"))
            else:
                pieces.append(_Arc(start, end, 0.0, "", _side(run, start, quoted=quoted)))
                quoted ^= found[0] == '"'
        touching = sum(
            max(_touching(run, before, piece), math.log(PRIORS.touching))
            for before, piece in pairwise(pieces)
            if _may_part(before, piece)
        )
        return touching + sum(piece.log for piece in pieces)

    def _doubt(self, word: str, log: float) -> float:
        """Nats against a word that may be several.

        What stands in the tail of a list is often what somebody else ran together, and few names
        have capitals inside.
        """
        rare = self._lexicon.frequency(word) > 0.0 and log < math.log(PRIORS.run_tail)
        return -PRIORS.run_together * (rare or _INNER_CAPITAL.search(word) is not None)

    def _log(self, text: str, *, first: bool = False) -> float:
        """The log-probability of a word, by its capitals; a possessive has a part of its noun's."""
        asked = f"{text}." if first else text
        known = self._logs.get(asked)
        if known is None:
            # A lone letter is hardly a word, in capitals no more than else.
            chance = self._lexicon.written(text, first=first, beside="")
            if len(text) == 1:
                chance = min(chance, self._lexicon.probability(key(text)))
            chance = max(chance, self._preimages.mass(text))
            stem, apostrophe, ending = key(text).rpartition("'")
            if apostrophe and (ending == "s" or (not ending and stem.endswith("s"))):
                chance = max(chance, PRIORS.run_possessive * self._lexicon.frequency(stem))
            known = self._logs.keep(asked, math.log(chance), text)
        return known

    def _case(self, text: str) -> float:
        """Nats for the capital of a word inside a sentence."""
        lexicon = self._lexicon
        return math.log(lexicon.written(text, first=False, beside="") / lexicon.probability(text))

    def _arcs(self, run: str, first: bool, quoted: bool) -> Iterator[_Arc]:
        """All that the parts of a run may be."""
        form = key(run)
        for found in _PIECE.finditer(run):
            start, end = found.span()
            if found["word"]:
                yield from self._words(run, form, start, end, first)
            elif found["number"]:
                yield _Arc(start, end, math.log(PRIORS.number), "", "number")
                if ordinal := _ORDINAL.match(run, start):
                    yield _Arc(start, ordinal.end(), math.log(PRIORS.number), "", "number")
            else:
                yield _Arc(start, end, 0.0, "", _side(run, start, quoted=quoted))
                quoted ^= found[0] == '"'
        for found in _ABBREVIATION.finditer(run):
            yield _Arc(*found.span(), math.log(PRIORS.abbreviation), "", "word")

    def _words(self, run: str, form: str, first: int, last: int, opens: bool) -> Iterator[_Arc]:
        # A word does not go on over a capital after a small letter.
        capitals = [found.start() for found in _INNER_CAPITAL.finditer(run, first, last)]
        passed = 0
        is_listed = self._preimages.is_listed
        for start in range(first, last):
            while passed < len(capitals) and capitals[passed] <= start:
                passed += 1
            most = min(last, start + PRIORS.longest_word)
            border = capitals[passed] if passed < len(capitals) else last
            is_edge = start == first or run[start].isupper()
            for end in range(start + 1, most + 1):
                text = form[start:end]
                listed = is_listed(text)
                if end > border and not listed:
                    continue
                unlisted = end - start >= PRIORS.least_unlisted and (is_edge or end == last)
                if not listed and text.endswith(("'s", "s'")):
                    listed = is_listed(text.removesuffix("'s").removesuffix("'"))
                if listed or unlisted or end == start + 1:
                    log = self._log(run[start:end], first=opens and not start)
                    log -= PRIORS.run_together * (end > border)
                    # What pairs say of a letter is said of one after an apostrophe.
                    if end == start + 1 and log < math.log(PRIORS.lone_letter):
                        listed = False
                    case = self._case(run[start:end]) if run[start].isupper() else 0.0
                    yield _Arc(
                        start, end, log, text if listed else "", "word", case, run[start].isupper()
                    )


def _likely(arcs: Sequence[_Arc], end: int, cost: float) -> list[_Arc]:
    """The arcs on paths that are nearly as likely as the best, each word by itself."""
    logs = [arc.log + (cost if arc.start and arc.kind in _WORDS else 0.0) for arc in arcs]
    reach = [-math.inf] * (end + 1)
    reach[0] = 0.0
    for arc, log in zip(arcs, logs, strict=True):
        reach[arc.end] = max(reach[arc.end], reach[arc.start] + log)
    leave = [-math.inf] * (end + 1)
    leave[end] = 0.0
    for arc, log in zip(reversed(arcs), reversed(logs), strict=True):
        leave[arc.start] = max(leave[arc.start], leave[arc.end] + log)
    least = reach[end] - PRIORS.far_behind
    return [
        arc
        for arc, log in zip(arcs, logs, strict=True)
        if reach[arc.start] + leave[arc.end] + log >= least
    ]


def _begins_quoted(line: Sequence[Token]) -> bool:
    """Whether a line begins inside a quotation: the first mark ends one that nothing opened."""
    marks = [place for place, token in enumerate(line) if token.text == '"']
    return len(marks) % 2 == 1 and marks[0] > 0 and line[marks[0] - 1].text in _PAUSE


def _side(run: str, at: int, *, quoted: bool) -> _Kind:
    """On which side of a mark a space may be; ``quoted``: a quotation is open there."""
    mark, before, after = run[at], run[at - 1 : at], run[at + 1 : at + 2]
    if mark == '"':
        # At an end of the run there is no choice, and after a comma a small letter tells; the rest
        # is for the parity of those before.
        if not before or not after:
            return "closing" if before else "opening"
        if before in _PAUSE and after.islower():
            return "closing"
        return "closing" if quoted else "opening"
    if mark in _BETWEEN_SPACES or run.startswith("--", at):
        return "between"
    return "closing" if mark in _CLOSING else "opening" if mark in _OPENING else "mark"


def _may_part(before: _Arc, arc: _Arc) -> bool:
    """Whether a space may have stood between two pieces of a run."""
    return before.kind in _SPACE_AFTER and arc.kind in _SPACE_BEFORE


def _touching(run: str, before: _Arc, arc: _Arc) -> float:
    """Nats for that two pieces touch in clean text: "B2" and "60km" do, "in1979" does not.

    Of two words that touch nothing is known to be two.
    """
    kinds = {before.kind, arc.kind}
    if kinds == {"word"}:
        return -math.inf
    if kinds == {"number", "between"}:
        return 0.0
    if before.kind in _WORDS and arc.kind in _WORDS:
        word = run[slice(*(before if before.kind == "word" else arc)[:2])]
        short = word.isupper() or (before.kind == "number" and len(word) <= PRIORS.unit)
        return math.log(PRIORS.touching_number) if short else math.log(PRIORS.touching)
    mark, after = run[before.start], run[arc.start]
    loose = "between" in kinds or after == "[" or mark in ")]"
    # "item(s)" is one word, "America(RIAA)" two.
    loose |= after == "(" and 0 < run.find(")", arc.start) - arc.start <= PRIORS.short_bracket
    # A sentence begins with a capital, what follows a dot or colon in a name may not.
    loose |= mark in ".:" and after.islower()
    return math.log(PRIORS.touching_loose) if loose else math.log(PRIORS.touching)


def _runs(line: Sequence[Token]) -> Iterator[tuple[int, Sequence[Token]]]:
    """The runs of tokens without white space between them, and each space; with their places."""
    first = 0
    for place, token in enumerate(line):
        if token.kind in ("space", "break"):
            if first < place:
                yield first, line[first:place]
            yield place, [token]
            first = place + 1
    if first < len(line):
        yield first, line[first:]


def _recurs(run: Sequence[Token], found: Segmentation, recurring: Mapping[str, int]) -> int:
    """How often again a text holds a word of a run that would be parted."""
    borders = [run[0].start + start for start, *_ in found.borders]
    return max(
        (
            recurring.get(token.text, 1) - 1
            for token in run
            if _has_inside(borders, token.start, token.end)
        ),
        default=0,
    )


def _has_inside(borders: Sequence[int], start: int, end: int) -> bool:
    """Whether one of some borders, in order, is between two places."""
    after = bisect_right(borders, start)
    return after < len(borders) and borders[after] < end


def _is_partable(run: Sequence[Token]) -> bool:
    """Whether a run is of words, numbers and marks: no address, no name of a file, no code."""
    return run[0].kind not in ("space", "break") and all(
        token.kind != "other" or len(token.text) == 1 or _PARTABLE.fullmatch(token.text)
        for token in run
    )
