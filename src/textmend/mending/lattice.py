"""From a slot of damaged text to everything that the channel may have made it from.

A :class:`Column` is one slot: a word (or mark) as it stands with its preimages, and the gap before
it with the words that may have vanished there. Where the channel left something in the place of
letters, a slot may be several tokens ("classi es"): those that have a likelier preimage together
than apart. Every candidate, put through the channel, gives what stands in the text; none is
proposed on likelihood alone. Start reading at :meth:`Columns.of`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from textmend.channel import Channel
from textmend.drops import Reach
from textmend.lexicon import key
from textmend.memory import Answers, kept
from textmend.mending.preimages import Candidate, Preimages
from textmend.mending.arcs import Part, is_written, neighbours, position, torn
from textmend.tokens import (
    Beside,
    Shape,
    Token,
    beside_capitals,
    is_shouted,
    is_tag,
    sentence_starts,
    shape,
)
from textmend.tokens import Kind as TokenKind

_LOWER_OPENER = 4.0  # nats
_NEVER_WRITTEN = 12.0  # nats against a control character, or the sign of a lost one
# Nats against that nothing stood between two spaces, where all white space was kept and words that
# vanish are at least so common.
_EMPTY = 8.0
_COMMON = 1e-3
# … and for that nothing did, where a line is no sentence: headings and captions leave words out.
_TERSE = 2.0


@dataclass(frozen=True, slots=True)
class Vanished:
    """What may have stood in a gap: the text to insert at ``place`` of the input, if any."""

    text: str
    place: int


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """What stands somewhere, and all that it may have been; one object wherever that is the same.

    ``words[0]`` is what stands there (several words, where they may be the pieces of one).
    ``is_word`` is false for numbers, marks and the end of a line, which are never changed.
    ``first``: a sentence may begin here. ``beside``: the capitalised words next to it. ``span``:
    something was left in the place of letters. ``doubt``: nats against the slot as it stands,
    beyond what its words say. ``is_end``: it is the break that ends a line.
    """

    words: tuple[Candidate, ...]
    is_word: bool
    first: bool
    beside: Beside
    span: bool = False
    doubt: float = 0.0
    is_end: bool = False


class Column(NamedTuple):
    """A slot at its place, ``text[start:end]``, and the gap before it.

    ``vanished``: the words that may have stood in the gap, and how they are written. They are
    inserted at ``place``, in the white space of ``template``. ``empty_doubt``: nats against that
    none did.
    """

    start: int
    end: int
    slot: Slot
    vanished: Sequence[tuple[str, str]] = ()
    place: int = 0
    template: str = ""
    empty_doubt: float = 0.0

    @property
    def gap(self) -> tuple[Vanished, ...]:
        """What may have stood in the gap, nothing first."""
        return (
            Vanished("", self.start),
            *(Vanished(self.template.format(shown), self.place) for _, shown in self.vanished),
        )

    @property
    def is_open(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.slot.words) > 1 or bool(self.vanished)


class Columns:
    """Finds the slots of lines; what it knows of a token serves wherever that stands again."""

    def __init__(self, channel: Channel, preimages: Preimages) -> None:
        self._channel = channel
        self._preimages = preimages
        self._slots: Answers[
            tuple[str, TokenKind, Reach | None, bool, Beside, Part, bool], Slot
        ] = Answers(each=500, most=8_000_000)
        self._spans: Answers[tuple[tuple[Candidate, ...], bool, Beside, float], Slot] = Answers(
            each=800, most=4_000_000
        )
        self._survivors: Answers[tuple[str, Reach], bool] = Answers(each=150, most=2_000_000)

    @property
    def size(self) -> int:
        """Roughly the bytes that it takes, its preimages among them."""
        own = self._slots.size + self._spans.size + self._survivors.size
        return own + self._preimages.size

    @staticmethod
    @kept(most=16_000_000, size=attrgetter("size"))
    def load(channel: Channel, preimages: Preimages) -> Columns:
        """The columns of a channel, shared by all that ask for them."""
        return Columns(channel, preimages)

    def of(self, line: Sequence[Token], *, gaps: bool = True, terse: bool = False) -> list[Column]:
        """The slots of a line; the last stands for its end.

        ``gaps``: whether words may have vanished from this line. ``terse``: it is no sentence, and
        may leave out words that sentences have.
        """
        starts = sentence_starts(line, self._channel.residues)
        capitals = beside_capitals(line, starts)
        parts = neighbours(line, self._preimages.lexicon)
        preimages, whitespace = self._preimages, self._channel.whitespace
        usual = -_TERSE if terse else 0.0
        shouted = is_shouted(line)
        telling = whitespace == "keep" and preimages.at("text").unsettling >= _COMMON
        whole = torn(line, self._channel, preimages) if preimages.torn else {}
        found: list[Column] = []
        before: Token | None = None
        blank = ""
        covered = 0  # the offset up to which a span has taken the text
        at = position(line[0], line)
        for token, first, beside, part in zip(line, starts, capitals, parts, strict=True):
            here, at = at, "text"
            kind, text, start = token
            if start < covered:
                continue
            if kind == "space":
                blank = text
                continue
            end = start + len(text)
            form: Shape = "upper" if shouted else "title" if first else "lower"
            vanished = preimages.at(here).vanished[form] if gaps else ()
            span = whole.get(start) if whole else None
            if span is None:
                slot = self._slot(token, here, first, beside, part, shouted=shouted)
            else:
                # What the span took of the space beside it is no trace of a vanished word.
                vanished = vanished if span.start == start else ()
                start, end = span.start, span.end
                doubt = self._doubt(token, here)
                if not is_written(span.words[0].text):
                    doubt += _NEVER_WRITTEN
                slot = self._span(span.words, first, beside, doubt)
            inserted = _insertion(before, blank, token, whitespace) if vanished else None
            # Two spaces, or one after a mark that opens something, are where a word was.
            opened = whitespace != "keep" and before is not None and before.text in _OPENING
            empty = _EMPTY if opened or (telling and blank == "  " and not first) else usual
            found.append(
                Column(start, end, slot, vanished, *inserted, empty)
                if inserted
                else Column(start, end, slot)
            )
            before, blank, covered = token, "", end
        return found

    def as_they_stand(self, line: Sequence[Token]) -> list[Column]:
        """The slots of a line on which the channel did not act."""
        return [
            Column(token.start, token.end, self._slot(token, None, first, ""))
            for token, first in zip(line, sentence_starts(line), strict=True)
            if token.kind != "space"
        ]

    def survives(self, token: Token, at: Reach) -> bool:
        """Whether a token holds what the channel would have deleted."""
        known = self._survivors.get((token.text, at))
        if known is None:
            survives = self._channel.is_survivor(token.text, at)
            known = self._survivors.keep((token.text, at), survives, token.text)
        return known

    def _slot(
        self,
        token: Token,
        at: Reach | None,
        first: bool,
        beside: Beside,
        part: Part = "",
        *,
        shouted: bool = False,
    ) -> Slot:
        """The slot of a token; ``at`` is None where the channel did not act."""
        asked = (token.text, token.kind, at, first, beside, part, shouted)
        known = self._slots.get(asked)
        if known is None:
            words = self._words(token, at, first, beside, part, shouted)
            is_word = token.kind == "word"
            doubt, is_end = self._doubt(token, at), token.kind == "break"
            slot = Slot(words, is_word, first, beside, doubt=doubt, is_end=is_end)
            known = self._slots.keep(asked, slot, token.text)
        return known

    def _span(
        self, words: tuple[Candidate, ...], first: bool, beside: Beside, doubt: float
    ) -> Slot:
        """The slot of several tokens that may be what is left of one word."""
        asked = (words, first, beside, doubt)
        known = self._spans.get(asked)
        if known is None:
            slot = Slot(words, True, first, beside, span=True, doubt=doubt)
            known = self._spans.keep(asked, slot)
        return known

    def _words(
        self,
        token: Token,
        at: Reach | None,
        first: bool,
        beside: Beside,
        part: Part,
        shouted: bool,
    ) -> tuple[Candidate, ...]:
        as_it_is = Candidate(token.text, key(token.text))
        if at is None or token.kind != "word" or part == "whole" or self.survives(token, at):
            return (as_it_is,)
        form, first = self._preimages.shape(token.text), first or part == "capital"
        # In running text a word of capitals is an acronym; what it lost cannot be told.
        if not (shouted and token.text.isupper()) and (
            form in ("upper", "mixed") or (form == "title" and len(token.text) == 1 and not first)
        ):
            return (as_it_is,)
        words = self._preimages.at(at).of(token.text, first=first, beside=beside)
        if part == "head":
            words = tuple(each for each in words if each.text[-1] == token.text[-1])
        elif part == "tail":
            words = tuple(each for each in words if key(each.text[0]) == key(token.text[0]))
        return (as_it_is, *words)

    def _doubt(self, token: Token, at: Reach | None) -> float:
        """Where paragraphs lose their capitals, one that begins in lower case has lost its own."""
        if at is None or token.kind != "word" or shape(token.text) != "lower":
            return 0.0
        return 0.0 if self._preimages.at(at) is self._preimages.at("text") else _LOWER_OPENER


def _insertion(
    before: Token | None, blank: str, token: Token, whitespace: str
) -> tuple[int, str] | None:
    """Where a word would be inserted between two tokens, and in which white space.

    None where the channel could not have left what stands there.
    """
    start = token.start - len(blank)
    opened = before is not None and (before.text in _OPENING or is_tag(before.text))
    # What a word may stand before: another one, a number, a mark that opens something.
    follows = token.kind in ("word", "number") or (
        token.kind == "other"
        and (token.text in _BEFORE or any(map(str.isalnum, token.text)))
        and not token.text.startswith("</")
    )
    if whitespace == "keep":
        # Both spaces of a vanished word are still there.
        if before is None:
            return (start, "{}") if blank and follows else None
        fits = follows or token.text in _CLOSING or token.text in _DASHES
        return (start + 1, "{}") if fits and len(blank) >= 2 else None
    if len(blank) > 1:  # it would have been settled with that of the word
        return None
    if before is None:
        if whitespace == "squeeze":
            return (start, "{}") if blank and follows else None
        return (token.start, "{} ") if not blank and follows else None
    if not blank:
        return None
    if follows:
        if opened:
            return start, "{}"
        return (token.start, "{} ")
    # A space before a mark is where the last word of a clause has gone.
    return (token.start, "{}") if token.text in _CLOSING else None


_OPENING = frozenset("([{“‘")
_BEFORE = _OPENING | frozenset('"$£€')
_DASHES = frozenset("–—-")
_CLOSING = frozenset(".,;:!?)]}”’")
