"""Arcs over more than one token, or over what is no word: what a channel left of torn words.

A channel that leaves a space, a mark or a digit in the place of letters takes words apart:
"classi es", "speci?cation", "o7er". All that it may leave of words is looked up in the raw
characters of a line, wherever a token begins; the arcs that are likelier than the tokens are those
on the best path. Start reading at :func:`torn`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from typing import Literal, NamedTuple

import regex

from textmend.channel.channel import Channel
from textmend.channel.drops import Reach
from textmend.language.bigrams import Bigrams
from textmend.language.lexicon import Lexicon, key
from textmend.language.tokens import JOINING, Beside, Token, beside_capitals, sentence_starts, shape
from textmend.mending.decoder import paths
from textmend.mending.preimages import Candidate, Preimages, log_share
from textmend.mending.priors import PRIORS

_LEAST_GAIN = 1e-3  # nats; more than the tokens have, so that an arc is taken where it can be
_MOST_REMEMBERED = 20_000
_AROUND = 4  # characters beside a torn word that tell whether its spaces merged with theirs
# By language, marks that have no space after them, and none before them.
_TIGHT = {
    "": (frozenset("([{"), frozenset(".,;:!?)]}")),
    "en": (frozenset("([{“‘"), frozenset(".,;:!?)]}”’")),
    "fr": (frozenset("([{"), frozenset(".,)]}")),
}
# Marks that have a space after them, and before them, in any language.
_SPACE_AFTER, _SPACE_BEFORE = frozenset(",.;:!?)]}”"), frozenset("([{“")
_NEXT = regex.compile(r" ([\p{L}\p{N}\p{M}]+)")
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
class Torn:
    """Adjacent tokens that may be what is left of one word, and what that was.

    ``first`` and ``last``: the places of the tokens in the line. ``start`` and ``end``: with the
    space that was left at either end of them. ``gain``: nats by which the word is likelier than the
    tokens.
    """

    first: int
    last: int
    start: int
    end: int
    words: tuple[Candidate, ...]
    gain: float


def torn(
    line: Sequence[Token], channel: Channel, preimages: Preimages, *, sure: bool = False
) -> dict[int, Torn]:
    """The torn words on the likeliest path through a line, by the offset of their first token.

    A single token that a space beside it belongs to is one however unlikely, unless only ``sure``
    ones are wanted; the capitals of what these were are only those that fit.
    """
    found = list(_torn_words(line, channel, preimages, sure=sure)) if preimages.torn else []
    found.sort(key=lambda each: each.start)
    if any(after.start <= before.end for before, after in pairwise(found)):
        found = _on_best_path(found)
    return {line[each.first].start: each for each in found}


def _on_best_path(found: Sequence[Torn]) -> list[Torn]:
    """Those of some arcs that are in nobody's way, or the likeliest where they are.

    Two that touched would be one word: the node after an arc is beyond the character after it. An
    arc that is no likelier than its tokens is still weighed, where no other is in its way.
    """
    arcs: list[tuple[int, int, float, Torn | None]] = [
        (each.start, each.end + 1, max(each.gain, _LEAST_GAIN), each) for each in found
    ]
    nodes = sorted({node for start, end, *_ in arcs for node in (start, end)})
    arcs += ((start, end, 0.0, None) for start, end in pairwise(nodes))
    arcs.sort(key=lambda arc: arc[:3])
    best = paths([arc[:2] for arc in arcs], lambda _, place: arcs[place][2]).best
    return [each for place in best if (each := arcs[place][3])]


def _torn_words(
    line: Sequence[Token], channel: Channel, preimages: Preimages, *, sure: bool
) -> Iterator[Torn]:
    """What tokens may be left of, wherever that is likelier than the tokens, or nearly."""
    text = "".join(token.text for token in line)
    offset = line[0].start
    form = _form(text)
    ends = {token.end - offset: place for place, token in enumerate(line)}
    around: _Around | None = None
    inside = preimages.at("text")
    for first, token in enumerate(line):
        if token.kind in ("space", "break"):
            continue
        here = inside if first else preimages.at(position(token, line))
        start = token.start - offset
        if form[start : start + 2] not in here.torn_heads and form[start] not in here.torn_heads:
            continue
        if start and form[start - 1].isalpha() and form[start].isalpha():
            continue
        # What is torn may stand after an elided word.
        for end in here.torn_ends(form, start + len(token.text) - len(here.core(token.text))):
            last = ends.get(end)
            # What touches other letters is part of a word only.
            if last is None or form[end : end + 1].isalpha():
                continue
            tokens = line[first : last + 1]
            core = text[start:end]
            # A token alone is a slot anyway, unless a space beside it is part of it.
            alone = first == last and token.kind == "word"
            if alone and not here.has_spaces(core):
                continue
            as_they_are = here.apart(tokens)
            least = -math.inf
            if sure or not alone:
                least = max(as_they_are, _apart(tokens, here)) - PRIORS.weighed
                if log_share(here.mass(core, merged=True)) <= least:
                    continue
            opens, beside = False, _NO_SIDE
            if not sure:  # what is only weighed needs no capitals; few lines come so far
                around = around or _Around.of(line, channel, preimages.lexicon)
                opens = around.starts[first] or around.parts[last] == "capital"
                beside = around.capitals[first]
            yield from (
                Torn(first, last, at, to, words, chance - as_they_are)
                for at, to, words in _readings(
                    line, first, last, text, opens, beside, channel, here
                )
                if (chance := log_share(here.mass_of(words[1:]))) > least
            )


def _form(text: str) -> str:
    """The form of a text under which what is left of words is listed; as long as the text."""
    form = key(text)
    return form if len(form) == len(text) else "".join(key(each)[:1] for each in text)


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
            for word in preimages.merged(token.text):
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
    for left in preimages.torn.get(key(core), ()):
        if left.count(" ") == core.count(" "):
            continue
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
    return shape(after[1]) == "title" and lexicon.frequency(after[1]) > PRIORS.opener


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
