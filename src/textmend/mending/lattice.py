"""The lattice of a line: all that the channel may have made it from, and the path that is judged.

An :class:`Arc` says: a clean word, put through the channel, leaves ``text[start:end]``. What stands
there is one, and so are its preimages; these share a slot. A word that a residue took apart is an
arc over several tokens (see ``textmend.mending.arcs``); words that ran together are arcs that meet
inside a token (see ``textmend.mending.segmentation``); a vanished word is an arc from a node to
itself, in the gap before another one. All are found by the forward model. Start reading at
:meth:`Lattice.of`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple

from textmend.cache import Answers, kept
from textmend.channel.channel import Channel
from textmend.channel.drops import Reach
from textmend.channel.families import base_letters
from textmend.language.lexicon import key
from textmend.language.tokens import (
    Beside,
    Shape,
    Token,
    beside_capitals,
    is_shouted,
    is_tag,
    sentence_starts,
    shape,
)
from textmend.language.tokens import Kind as TokenKind
from textmend.mending.arcs import Part, is_written, neighbours, position, torn
from textmend.mending.preimages import Candidate, Preimages, typographic
from textmend.mending.priors import PRIORS
from textmend.mending.segmentation import Seam, Segmenter


class Style(NamedTuple):
    """How a text is written.

    ``typographic``: with curled apostrophes. ``contracts``: the share of the contractions ("it's")
    of speech that it has.
    """

    typographic: bool = False
    contracts: float = 1.0


_PLAIN = Style()


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
    ``first``: a sentence may begin here. ``beside``: the capitalised words next to it. ``torn``:
    something was left in the place of letters. ``doubt``: nats against the slot as it stands,
    beyond what its words say. ``is_end``: it is the break that ends a line.
    """

    words: tuple[Candidate, ...]
    is_word: bool
    first: bool
    beside: Beside
    torn: bool = False
    doubt: float = 0.0
    is_end: bool = False


class Arc(NamedTuple):
    """A slot at its place, ``text[start:end]``, and the node before it.

    ``vanished``: the words that may have stood in the gap there, and how they are written. They are
    inserted at ``place``, in the white space of ``template``. ``empty_doubt``: nats against that
    none did. ``seam``: what was lost there between this word and the one before.
    """

    start: int
    end: int
    slot: Slot
    vanished: Sequence[tuple[str, str]] = ()
    place: int = 0
    template: str = ""
    empty_doubt: float = 0.0
    seam: Seam | None = None

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


class Lattice:
    """The arcs of lines; what is known of a token serves wherever that stands again."""

    def __init__(self, channel: Channel, preimages: Preimages) -> None:
        self._channel = channel
        self._preimages = preimages
        self._segmenter = Segmenter(channel, preimages)
        self._slots: Answers[
            tuple[str, TokenKind, Reach | None, bool, Beside, Part, bool, Style], Slot
        ] = Answers(each=500, most=8_000_000)
        self._torn: Answers[tuple[tuple[Candidate, ...], bool, Beside, float], Slot] = Answers(
            each=800, most=4_000_000
        )
        self._survivors: Answers[tuple[str, Reach], bool] = Answers(each=150, most=2_000_000)
        self._left: dict[tuple[bool, str, str], str] = {}

    @property
    def size(self) -> int:
        """Roughly the bytes that it takes, its preimages among them."""
        own = self._slots.size + self._torn.size + self._survivors.size + self._segmenter.size
        return own + self._preimages.size

    @staticmethod
    @kept(most=16_000_000, size=attrgetter("size"))
    def load(channel: Channel, preimages: Preimages) -> Lattice:
        """The lattice of a channel, shared by all that ask for it."""
        return Lattice(channel, preimages)

    @property
    def parts(self) -> bool:
        """Whether the channel may have deleted what stood between words."""
        return bool(self._segmenter.separators)

    def parted(
        self, line: Sequence[Token], recurring: Mapping[str, int]
    ) -> tuple[Sequence[Token], dict[int, Seam]]:
        """A line whose words do not run together, and the seams, by the offsets of what follows.

        ``recurring``: how often the text holds words that it holds again.
        """
        return self._segmenter.parted(line, recurring)

    def of(
        self,
        line: Sequence[Token],
        *,
        seams: Mapping[int, Seam] | None = None,
        gaps: bool = True,
        terse: bool = False,
        style: Style = _PLAIN,
    ) -> list[Arc]:
        """The arcs of a line that is parted; the last stands for its end.

        ``gaps``: whether words may have vanished from this line. ``terse``: it is no sentence, and
        may leave out words that sentences have. ``style``: that of its text.
        """
        starts = sentence_starts(line, self._channel.residues)
        capitals = beside_capitals(line, starts)
        parts = neighbours(line, self._preimages.lexicon)
        preimages, whitespace = self._preimages, self._channel.whitespace
        usual = -PRIORS.terse if terse else 0.0
        shouted = is_shouted(line)
        telling = whitespace == "keep" and preimages.at("text").unsettling >= PRIORS.telling
        whole = torn(line, self._channel, preimages) if preimages.torn else {}
        found: list[Arc] = []
        before: Token | None = None
        opened = True  # whether what follows is the first within a line, a bracket, a quotation
        blank = ""
        covered = 0  # the offset up to which a torn word has taken the text
        at = position(line[0], line)
        for token, first, beside, part, opens in zip(
            line, starts, capitals, parts, opening(line), strict=True
        ):
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
            piece = whole.get(start) if whole else None
            if piece is None:
                slot = self._slot(token, here, first, beside, part, shouted=shouted, style=style)
            else:
                # What it took of the space beside it is no trace of a vanished word.
                vanished = vanished if piece.start == start else ()
                start, end = piece.start, piece.end
                doubt = self._doubt(token, here)
                if not is_written(piece.words[0].text):
                    doubt += PRIORS.never_written
                slot = self._torn_slot(piece.words, first, beside, doubt)
            seam = seams.get(start) if seams else None
            inserted = (
                self._insertion(before, blank, token, vanished[0][1], opened) if vanished else None
            )
            if inserted:
                # Two spaces, or one after a mark that opens something, are where a word was.
                parted = whitespace != "keep" and before is not None and opened
                empty = (
                    PRIORS.empty if parted or (telling and blank == "  " and not first) else usual
                )
                found.append(Arc(start, end, slot, vanished, *inserted, empty, seam))
            else:
                found.append(Arc(start, end, slot, seam=seam))
            before, blank, covered, opened = token, "", end, opens
        return found

    def _insertion(
        self, before: Token | None, blank: str, token: Token, word: str, opened: bool
    ) -> tuple[int, str] | None:
        """Where a word would be inserted between two tokens, and in which white space.

        It stands there as clean text has it, one space from other words and none from the inner
        side of a bracket. None where the channel would not leave the white space that is there.
        """
        closing = False
        if token.kind not in ("word", "number"):
            closing = token.text in _CLOSING
            follows = token.kind == "other" and (
                (token.text in _BEFORE or any(map(str.isalnum, token.text)))
                and not token.text.startswith("</")
            )
            # Before a dash few words vanish, unless both their spaces are still there.
            if not (follows or (closing and blank) or (token.text in _DASHES and len(blank) > 1)):
                return None
        if before is not None and is_tag(before.text):
            opened = True
        left, right = "" if opened else " ", "" if closing else " "
        asked = before is None, left, right
        if asked not in self._left:
            edge = "" if before is None else "0"
            damaged = self._channel.apply(f"{edge}{left}{word}{right}0")
            self._left[asked] = damaged.strip("0")
        leaves = self._left[asked]
        # Where all white space was kept, there is that of several vanished words.
        kept = self._channel.whitespace == "keep" and blank.startswith(leaves)
        if (blank != leaves and not kept) or (before is not None and not blank):
            return None
        start = token.start - len(blank)
        after = len(blank) - len(left)
        return start + len(left), "{}" + right[max(after, 0) :]

    def as_they_stand(self, line: Sequence[Token]) -> list[Arc]:
        """The arcs of a line on which the channel did not act."""
        return [
            Arc(token.start, token.end, self._slot(token, None, first, ""))
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
        style: Style = _PLAIN,
    ) -> Slot:
        """The slot of a token; ``at`` is None where the channel did not act."""
        asked = (token.text, token.kind, at, first, beside, part, shouted, style)
        known = self._slots.get(asked)
        if known is None:
            words = self._words(token, at, first, beside, part, shouted, style)
            is_word = token.kind == "word"
            doubt, is_end = self._doubt(token, at), token.kind == "break"
            slot = Slot(words, is_word, first, beside, doubt=doubt, is_end=is_end)
            known = self._slots.keep(asked, slot, token.text)
        return known

    def _torn_slot(
        self, words: tuple[Candidate, ...], first: bool, beside: Beside, doubt: float
    ) -> Slot:
        """The slot of several tokens that may be what is left of one word."""
        asked = (words, first, beside, doubt)
        known = self._torn.get(asked)
        if known is None:
            slot = Slot(words, True, first, beside, torn=True, doubt=doubt)
            known = self._torn.keep(asked, slot)
        return known

    def _words(
        self,
        token: Token,
        at: Reach | None,
        first: bool,
        beside: Beside,
        part: Part,
        shouted: bool,
        style: Style,
    ) -> tuple[Candidate, ...]:
        as_it_is = Candidate(token.text, key(token.text))
        if at is None or token.kind != "word" or part == "whole" or self.survives(token, at):
            return (as_it_is,)
        form, first = self._preimages.shape(token.text), first or part == "capital"
        words = self._preimages.at(at).of(token.text, first=first, beside=beside)
        # In running text a word of capitals is an acronym; what letters it lost cannot be told.
        # After a capital that a paragraph lost it may be set in small ones.
        opens = self._preimages.at(at) is not self._preimages.at("text")
        if not (token.text.isupper() and (shouted or (opens and len(token.text) > 1))) and (
            form in ("upper", "mixed") or (form == "title" and len(token.text) == 1 and not first)
        ):
            words = tuple(each for each in words if _lost_marks(each.text, token.text))
        if style.typographic:
            words = tuple(map(self._curled, words))
        if style.contracts < 1.0:
            contracted = self._preimages.lexicon.contractions
            words = tuple(
                replace(each, likelihood=each.likelihood * style.contracts)
                if each.word in contracted
                else each
                for each in words
            )
        if part == "head":
            words = tuple(each for each in words if each.text[-1] == token.text[-1])
        elif part == "tail":
            words = tuple(each for each in words if key(each.text[0]) == key(token.text[0]))
        return (as_it_is, *words)

    def _curled(self, word: Candidate) -> Candidate:
        """A candidate as a text writes it that has typographic apostrophes."""
        text = typographic(word.text)
        is_left = self._channel.apply(text) == self._channel.apply(word.text)
        return replace(word, text=text) if is_left else word

    def _doubt(self, token: Token, at: Reach | None) -> float:
        """Where paragraphs lose their capitals, one that begins in lower case has lost its own."""
        if at is None or token.kind != "word" or shape(token.text) != "lower":
            return 0.0
        return 0.0 if self._preimages.at(at) is self._preimages.at("text") else PRIORS.lower_opener


def _lost_marks(written: str, left: str) -> bool:
    """Whether a word lost nothing but marks: those beside its letters, or upon them."""
    return "".join(filter(str.isalpha, base_letters(written))) == base_letters(left)


def opening(line: Sequence[Token]) -> list[bool]:
    """For each token of a line, whether it is a mark that opens what follows.

    A straight quotation mark does where none is open, and white space, or nothing, stands before.

    >>> from textmend.language.tokens import tokenize
    >>> line = tokenize('He said " thing" and left (')
    >>> [token.text for token, opens in zip(line, opening(line)) if opens]
    ['"', '(']
    """
    found, is_open = [], dict.fromkeys(_STRAIGHT, False)
    apart = True
    for kind, text, _ in line:
        opens = kind == "other" and text in _OPENING
        if text in is_open:
            opens = apart and not is_open[text]
            is_open[text] = opens
        found.append(opens)
        apart = opens or kind == "space"
    return found


_OPENING = frozenset("([{“‘")
_STRAIGHT = "\"'"
_BEFORE = _OPENING | frozenset('"$£€')
_DASHES = frozenset("–—-")
_CLOSING = frozenset(".,;:!?)]}”’")
