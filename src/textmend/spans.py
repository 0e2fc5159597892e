"""Which tokens of a line may together be what is left of one word.

A channel that leaves a space or a mark in the place of letters takes words apart: "classi es",
"speci?cation", "o# handle". A span is found where the tokens, with what merged of the space beside
them, are what the channel leaves of a word, and that word is likelier than the pieces. Start
reading at :func:`spans`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple

import regex

from textmend.bigrams import Bigrams
from textmend.channel import Channel
from textmend.drops import Reach
from textmend.lexicon import Lexicon, key
from textmend.preimages import Candidate, Preimages, following, log_share
from textmend.tokens import JOINING, Beside, Token, beside_capitals, sentence_starts, shape

_LONGEST = 9  # tokens: a word that lost letters in four places
# Nats by which a word must be likelier than its pieces to be weighed against them in context.
_WHOLE = -2.0
_MOST_REMEMBERED = 20_000
_AROUND = 4  # characters beside a span that tell whether its spaces merged with theirs
# By language, marks that have no space after them, and none before them.
_TIGHT = {
    "": (frozenset("([{"), frozenset(".,;:!?)]}")),
    "en": (frozenset("([{“‘"), frozenset(".,;:!?)]}”’")),
    "fr": (frozenset("([{"), frozenset(".,)]}")),
}
# Marks that have a space after them, and before them, in any language.
_SPACE_AFTER, _SPACE_BEFORE = frozenset(",.;:!?)]}”"), frozenset("([{“")
_NEXT = regex.compile(r" ([\p{L}\p{N}\p{M}]+)")
_OPENING = 5e-4  # the frequency of words that open a sentence rather than are names inside it
_APOSTROPHES = ("'", "’")
_NO_SIDE: Beside = ""
_LETTERS = regex.compile(r"[\p{L}\p{M}]+")
# What stands for a character that was lost; no clean text has it.
_SIGN_OF_LOSS = regex.compile(r"[\p{Cc}\ufffd]+")


def position(token: Token, line: Sequence[Token]) -> Reach:
    """Of what a token is the first."""
    if token.start == 0:
        return "document"
    return "paragraph" if token is line[0] else "text"


Part = Literal["", "whole", "capital", "head", "tail"]


def neighbours(line: Sequence[Token], lexicon: Lexicon) -> list[Part]:
    """For each token, what its neighbours say of it.

    ``"whole"``: it is only part of a word, and all of that part ("a-t-il", "c’ est").
    ``"capital"``: it begins with a capital, lost or not, as the second part of its word does
    ("tats-Unis"); said where no names are known. ``"head"``, ``"tail"``: it ends, or begins, at a
    mark that tears it from other letters, as in "Educa&on": nothing was lost beside that.
    """
    texts = ["", "", *(token.text for token in line), "", ""]
    if not lexicon.elides and "-" not in texts:
        return _torn(line)
    found: list[Part] = []
    for before, text, after, next_ in zip(texts[1:], texts[2:], texts[3:], texts[4:], strict=False):
        if (lexicon.is_elided(text) and after in _APOSTROPHES) or (
            len(text) == 1 and before == after == "-"
        ):
            found.append("whole")
        elif after == "-" and not lexicon.knows_names and shape(next_) == "title":
            found.append("capital")
        else:
            found.append("")
    return [each or torn for each, torn in zip(found, _torn(line), strict=False)]


def _torn(line: Sequence[Token]) -> list[Part]:
    """For each token, on which side a mark tears it from other letters."""
    found: list[Part] = [""] * len(line)
    for at, (kind, mark, _) in enumerate(line):
        if kind != "other" or len(mark) > 1 or mark in JOINING:
            continue
        before, after = line[at - 1 : at], line[at + 1 : at + 2]
        is_head, is_tail = (bool(each) and each[0].kind == "word" for each in (before, after))
        if (is_head and is_tail) or is_sign_of_loss(mark):
            if is_head:
                found[at - 1] = "whole" if found[at - 1] else "head"
            if is_tail:
                found[at + 1] = "tail"
    return found


class _Around(NamedTuple):
    """For each token of a line, what its place in the line says of it."""

    starts: list[bool]
    parts: list[Part]
    capitals: list[Beside]

    @classmethod
    def of(cls, line: Sequence[Token], channel: Channel, lexicon: Lexicon) -> _Around:
        starts = sentence_starts(line, channel.residues)
        return cls(starts, neighbours(line, lexicon), beside_capitals(line, starts))


@dataclass(frozen=True, slots=True)
class Span:
    """Adjacent tokens that may be what is left of one word, and what that was.

    ``start`` and ``end``: with the space that was left at either end of them. ``gain``: nats by
    which the word is likelier than the tokens.
    """

    first: int
    last: int
    start: int
    end: int
    words: tuple[Candidate, ...]
    gain: float


def spans(
    line: Sequence[Token], channel: Channel, preimages: Preimages, *, sure: bool = False
) -> dict[int, Span]:
    """The spans of a line that are likelier one word, by the offset of their first token.

    A single token that a space beside it belongs to is a span however unlikely, unless only
    ``sure`` ones are wanted; the capitals of what these were are only those that fit.
    """
    if not preimages.spanning:
        return {}
    text = "".join(token.text for token in line)
    offset = line[0].start
    around: _Around | None = None
    inside = preimages.at("text")
    found: list[Span] = []
    for first, token in enumerate(line):
        kind, shown, _ = token
        if kind != "word" and kind != "other":
            continue
        here = inside if first else preimages.at(position(token, line))
        after = here.heads.get(key(here.core(shown)))
        if not after:
            continue
        if token.start > offset and text[token.start - offset - 1].isalpha():
            continue
        several = following(text, token.end - offset) in after
        if not several and "" not in after:
            continue
        for last in range(first, min(first + (_LONGEST if several else 1), len(line))):
            if line[last].kind in ("number", "break"):
                break
            core = text[token.start - offset : line[last].end - offset]
            # What touches other letters is part of a word only.
            end = line[last].end - offset
            if text[end : end + 1].isalpha():
                continue
            # A token alone is a slot anyway; a span it is where a space beside it is part of it.
            if line[last].kind == "space" or not (
                here.loose.get(key(core))
                or ((last > first or token.kind == "other") and here.knows(core))
            ):
                continue
            tokens = line[first : last + 1]
            alone = first == last and token.kind == "word"
            as_they_are, least = here.apart(tokens), -math.inf
            if sure or not alone:
                mass = here.log_mass_with_spaces(core) - _WHOLE
                if mass <= as_they_are or mass <= (apart := _apart(tokens, here)):
                    continue
                least = max(as_they_are, apart) + _WHOLE
            if here.with_spaces(core):
                opens, beside = False, _NO_SIDE
                if not sure:  # what is only weighed needs no capitals; few lines come so far
                    around = around or _Around.of(line, channel, preimages.lexicon)
                    opens = around.starts[first] or around.parts[last] == "capital"
                    beside = around.capitals[first]
                found += (
                    Span(first, last, start, end, words, chance - as_they_are)
                    for start, end, words in _readings(
                        line, first, last, text, opens, beside, channel, here
                    )
                    if (chance := log_share(here.mass_of(words[1:]))) > least
                )
    chosen: dict[int, Span] = {}
    taken: set[int] = set()
    for span in sorted(found, key=lambda each: -each.gain):
        # With the place after it: two that touched would be one word.
        places = range(span.start, span.end + 1)
        if taken.isdisjoint(places):
            taken.update(places)
            chosen[line[span.first].start] = span
    return chosen


def _apart(tokens: Sequence[Token], preimages: Preimages) -> float:
    """The log-probability of several tokens as words of their own, each damaged or not.

    Their spaces may be part of them, too: "cash ow" is cash flow, and no cashflow.
    """
    if len(tokens) == 1:
        return -math.inf
    bigrams = Bigrams.load(preimages.lang)
    total, before = 0.0, None
    for token in tokens:
        if token.kind == "space":
            continue
        chances = {token.text: bigrams.probability(token.text, before)}
        if token.kind == "word":
            for word in preimages.with_spaces(token.text):
                chances[word] = bigrams.probability(word, before)
        before = max(chances, key=chances.__getitem__)
        total += math.log(chances[before])
    return total


def _readings(
    line: Sequence[Token],
    first: int,
    last: int,
    text: str,
    opening: bool,
    beside: Beside,
    channel: Channel,
    preimages: Preimages,
) -> Iterator[tuple[int, int, tuple[Candidate, ...]]]:
    """The ways to read tokens as what is left of one word: from where to where, and of which."""
    offset = line[0].start
    start, end = line[first].start - offset, line[last].end - offset
    core = text[start:end]
    if not _LETTERS.search(core):
        # A mark alone may stand for a word, unless texts have it there anyway.
        if _is_usual(text, start, end, preimages.lexicon):
            return
        # After another such mark a sentence may begin, but hardly with a word that is one, too.
        before = next((token.text for token in reversed(line[:first]) if token.kind != "space"), "")
        opening = opening and not before.endswith(tuple(channel.residues))
    if channel.is_survivor(core, position(line[first], line)):
        return
    whole = preimages.of(core, first=opening, beside=beside)
    readings: dict[tuple[int, int], tuple[Candidate, ...]] = {(0, 0): whole} if whole else {}
    sides = _spaces(text, start, end, preimages.lang)
    for left in preimages.loose.get(key(core), ()):
        words = preimages.of(_in_case_of(core, left), first=opening, beside=beside)
        for taken in product(*sides) if words else ():
            if _fits(text, start, end, taken, words[0].text, channel):
                readings[taken] = (*readings.get(taken, ()), *words)
                break
    for (lead, trail), words in readings.items():
        as_it_is = Candidate(text[start - lead : end + trail], key(core))
        yield offset + start - lead, offset + end + trail, (as_it_is, *words)


def _spaces(text: str, start: int, end: int, lang: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """How many spaces before and after a span may be part of it, the likelier number first."""
    opening, closing = _TIGHT.get(lang, _TIGHT[""])
    before, after = text[max(0, start - 3) : start], text[end : end + 3]
    # "sta -room", "rst- oor": a hyphen with a letter on its other side has none of its own.
    lead = before[-2:-1] in opening or (before[-2:] == "- " and before[0].isalpha())
    trail = after[1:2] in closing or (after[:2] == " -" and after[-1].isalpha())
    return (1, 0) if lead else (0, 1), (1, 0) if trail else (0, 1)


def is_written(text: str) -> bool:
    """Whether clean text may hold this: no control characters, nor the sign of a lost one."""
    return text.isprintable() and "\ufffd" not in text


def is_sign_of_loss(residue: str) -> bool:
    """Whether a residue stands for lost characters wherever it stands.

    >>> is_sign_of_loss("\ufffd"), is_sign_of_loss("?"), is_sign_of_loss("")
    (True, False, False)
    """
    return _SIGN_OF_LOSS.fullmatch(residue) is not None


def _is_usual(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a mark is one that clean text may well have there.

    Alone between spaces it is not, unless it ends a sentence, as French spaces it ("Qui ? Elle").
    """
    if not is_written(text[start:end]):
        return False
    if text[start - 1 : start].strip() or not (after := _NEXT.match(text, end)):
        return True
    return shape(after[1]) == "title" and lexicon.frequency(after[1]) > _OPENING


def _in_case_of(core: str, left: str) -> str:
    """What is left of a word, with the capitals of what it is when its spaces have merged."""
    letters = iter(core.replace(" ", ""))
    return "".join(each if each == " " else next(letters) for each in left)


def _fits(
    text: str, start: int, end: int, taken: tuple[int, int], word: str, channel: Channel
) -> bool:
    """Whether a word in the place of a span, and of the spaces that it takes, leaves the text."""
    # A letter beside it becomes a digit: on that no channel acts.
    left = _LETTERS.sub("0", text[max(0, start - _AROUND) : start])
    right = _LETTERS.sub("0", text[end : end + _AROUND])
    return _leaves(left, text[start:end], right, taken, word, channel)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _leaves(
    left: str, core: str, right: str, taken: tuple[int, int], word: str, channel: Channel
) -> bool:
    """Whether a word between what stands beside a span leaves the span."""
    lead, trail = taken
    if (lead and not left.endswith(" ")) or (trail and not right.startswith(" ")):
        return False
    # What is mended must still stand apart from the words beside it.
    if (lead and left[-2:-1].isalnum()) or (trail and right[1:2].isalnum()):
        return False
    # So does a word from a comma before it, or a bracket after it.
    if (lead and left[-2:-1] in _SPACE_AFTER) or (trail and right[1:2] in _SPACE_BEFORE):
        return False
    written = left[: len(left) - lead] + word + right[trail:]
    return channel.apply(written) == left + core + right
