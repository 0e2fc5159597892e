"""From a slot of damaged text to everything that the channel may have made it from.

A :class:`Column` is one slot: a word (or mark) as it stands with its preimages, and the gap before
it with the words that may have vanished there. Where the channel left something in the place of
letters, a slot may be several tokens ("classi es"): those that have a likelier preimage together
than apart. Every candidate, put through the channel, gives what stands in the text; none is
proposed on likelihood alone. Start reading at :func:`columns`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textmend.channel import Channel
from textmend.lexicon import key
from textmend.preimages import Candidate, Preimages
from textmend.spans import position, spans
from textmend.tokens import Beside, Token, beside_capitals, sentence_starts, shape

_LOWER_OPENER = 4.0  # nats


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

    ``words[0]`` is the slot as it stands (several words, where they may be the pieces of one),
    ``gap[0]`` the empty gap. ``is_word`` is false for numbers, marks and the end of the line, which
    are never changed. ``first``: a sentence may begin here. ``beside``: the capitalised words next
    to it. ``span``: something was left in the place of letters. ``doubt``: nats against the slot as
    it stands, beyond what its words say.
    """

    start: int
    end: int
    words: tuple[Candidate, ...]
    gap: tuple[Vanished, ...]
    is_word: bool
    first: bool
    beside: Beside
    span: bool = False
    doubt: float = 0.0


def columns(
    line: Sequence[Token], channel: Channel, preimages: Preimages, *, gaps: bool = True
) -> list[Column]:
    """The slots of a line; the last stands for its end.

    ``gaps``: whether words may have vanished from this line.
    """
    starts = sentence_starts(line)
    capitals = beside_capitals(line, starts)
    whole = spans(line, channel, preimages)
    found: list[Column] = []
    before: Token | None = None
    blank = ""
    covered = 0  # the offset up to which a span has taken the text
    for token, first, beside in zip(line, starts, capitals, strict=True):
        if token.start < covered:
            continue
        if token.kind in ("space", "break"):
            blank = token.text if token.kind == "space" else blank
            if token.kind == "space":
                continue
        here = preimages.at(position(token, line))
        gone = here.vanished[first] if gaps else []
        span = whole.get(token.start)
        if span is None:
            start, end = token.start, token.end
            words, is_word = _slot(token, line, first, beside, channel, here), token.kind == "word"
        else:
            start, end, words, is_word = span.start, span.end, span.words, True
            # What the span took of the space beside it is no trace of a vanished word.
            gone = gone if start == token.start else []
        # Where paragraphs lose their capitals, one that begins in lower case has lost its own.
        lower = is_word and shape(token.text) == "lower"
        doubt = _LOWER_OPENER if lower and here is not preimages.at("text") else 0.0
        vanished = _vanished(before, blank, token, channel, gone) if gone else ()
        gap = (Vanished((), "", start), *vanished)
        found.append(
            Column(start, end, words, gap, is_word, first, beside, span is not None, doubt)
        )
        before, blank, covered = token, "", end
    return found


def _slot(
    token: Token,
    line: Sequence[Token],
    first: bool,
    beside: Beside,
    channel: Channel,
    preimages: Preimages,
) -> tuple[Candidate, ...]:
    as_it_is = Candidate(token.text, key(token.text))
    if token.kind != "word" or channel.is_survivor(token.text, position(token, line)):
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
