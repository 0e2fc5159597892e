"""The named channels that documents are damaged by.

Most are a :class:`textmend.Channel`. What is left to chance (letters lost at random) is a small
seeded function here, behind the same interface, so that a forward model of textmend is not judged
by itself. Start reading at :func:`select`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Protocol

import click
import regex
import wordfreq

from benchmarks.align import Damage, Span, forms, intervals, pieces
from textmend import Channel, Drop
from textmend.channel.drops import Rule
from textmend.channel.families import FAMILIES

RANDOM_CHANNELS = 40


class Damager(Protocol):
    """Something that damages a text."""

    @property
    def label(self) -> str:
        """Its name in tables, and on the command line."""
        ...

    @property
    def channel(self) -> Channel | None:
        """The channel that an oracle is given; None where no channel expresses the damage."""
        ...

    def damage(self, text: str, *, seed: str) -> Damage:
        """``text`` damaged; the same seed does the same damage."""
        ...

    def losses(self, text: str) -> dict[str, int] | None:
        """How many words of ``text`` lose each sequence; None where no sequences are lost."""
        ...


@dataclass(frozen=True)
class Literal:
    """Damage by a channel, on all of a document or on what follows its first paragraphs.

    ``spared``: the share of the document, in whole paragraphs from its start, that stays clean.
    """

    label: str
    channel: Channel
    spared: float = 0.0

    def damage(self, text: str, *, seed: str) -> Damage:  # noqa: ARG002 (nothing is left to chance)
        """``text`` put through the channel."""
        start = self._start(text)
        damaged = self.channel.apply(text, intact=[(0, start)] if start else [])
        if not start:
            return Damage(text, damaged, forms(text, self.channel, damaged))
        head = intervals([piece.text for piece in pieces(text[:start])])
        shift = head[-1][1] if head else 0
        tail = forms(text[start:], self.channel, damaged[start:])
        return Damage(text, damaged, (*head, *((a + shift, b + shift) for a, b in tail)))

    def losses(self, text: str) -> dict[str, int]:
        """How many words lose each sequence of the channel."""
        found = {each.casefold(): 0 for each in self.channel.sequences}
        damaged = text[self._start(text) :]
        words = Counter(piece.text for piece in pieces(damaged))
        for drop in self.channel.drops:
            alone = Channel((drop,), "keep")
            # A rule for the starts of paragraphs acts once a line, others on words anywhere.
            units = words if drop.reach == "text" else Counter(damaged.split("\n"))
            found[drop.name.casefold()] += sum(
                count for unit, count in units.items() if alone.apply(unit) != unit
            )
        return found

    def _start(self, text: str) -> int:
        """Where damage begins: after the paragraph that reaches the spared share."""
        if not self.spared:
            return 0
        return text.find("\n", int(len(text) * self.spared)) + 1


@dataclass(frozen=True)
class Leaky:
    """Damage by one rule that spares some of its occurrences, as chance has it.

    ``share``: of the occurrences, how many it deletes.
    """

    label: str
    rule: Rule
    share: float

    @property
    def channel(self) -> Channel:
        """The rule; it does not say what was spared."""
        return Channel((self.rule,))

    def damage(self, text: str, *, seed: str) -> Damage:
        """``text`` put through the channel, but for what is spared."""
        rng = random.Random(f"{self.label} {seed}")
        occurrences = regex.finditer(self.rule.pattern, text)
        spared = [found.span() for found in occurrences if rng.random() >= self.share]
        alone, owned = Channel((self.rule,), "keep"), []
        for piece in pieces(text):
            inside = [
                (start - piece.start, end - piece.start)
                for start, end in spared
                if piece.start <= start < piece.end
            ]
            owned.append("".join(alone.apply(piece.text, intact=inside).split()))
        return Damage(text, self.channel.apply(text, intact=spared), intervals(owned))

    def losses(self, text: str) -> dict[str, int]:
        """How many words may be expected to lose the sequence."""
        ((name, count),) = Literal(self.label, self.channel).losses(text).items()
        return {name: round(self.share * count)}


@dataclass(frozen=True)
class Noise:
    """Damage by chance: spans of the text, chosen by ``losing``, are lost.

    ``residue`` is what each of them leaves, ``channel`` what an oracle is told.
    """

    label: str
    losing: Callable[[str, random.Random], Iterable[Span]]
    residue: str = ""
    channel: Channel | None = None

    def damage(self, text: str, *, seed: str) -> Damage:
        """``text`` without the spans."""
        lost = list(self.losing(text, random.Random(f"{self.label} {seed}")))
        kept: list[str] = list(text)
        for start, end in lost:
            kept[start:end] = [self.residue, *[""] * (end - start - 1)]
        owned = ["".join("".join(kept[piece.start : piece.end]).split()) for piece in pieces(text)]
        return Damage(text, "".join(kept), intervals(owned))

    def losses(self, text: str) -> None:  # noqa: ARG002
        """No sequences."""
        return


def _random_letters(rate: float, text: str, rng: random.Random) -> Iterator[Span]:
    letters = regex.finditer(r"\p{L}", text)
    return (found.span() for found in letters if rng.random() < rate)


def noise(percent: float) -> Noise:
    """Letters lost at random, so many in a hundred."""
    share = percent / 100
    return Noise(
        f"random:{percent}%", partial(_random_letters, share), channel=Channel.random(share)
    )


def sampled(number: int) -> Channel:
    """Random channel ``number``: one to four sequences, as frequent as English makes them.

    None of its sequences holds another, so that each can act.
    """
    rng = random.Random(f"benchmark channel {number}")
    words, weights = _english()
    wanted = rng.randint(1, 4)
    found: list[str] = []
    while len(found) < wanted:
        length = rng.randint(1, 4)
        word = rng.choices(words, weights)[0]
        start = rng.randint(0, max(0, len(word) - length))
        sequence = word[start : start + length]
        if len(sequence) == length and not any(
            sequence in other or other in sequence for other in found
        ):
            found.append(sequence)
    return Channel.of(*found)


@cache
def _english() -> tuple[list[str], list[float]]:
    frequencies = wordfreq.get_frequency_dict("en")
    words = [word for word in frequencies if regex.fullmatch("[a-z]+", word)]
    return words, [frequencies[word] for word in words]


def family(spec: str) -> Literal:
    """Damage by a family of rules, as a spec has it."""
    # All white space is kept, so that a space that is left beside another one shows.
    return Literal(spec, Channel(Channel.parse(spec).drops, "keep"))


def literal(*sequences: str) -> Literal:
    """Damage by the deletion of some sequences."""
    return Literal("+".join(sequences), Channel.of(*sequences))


EXAMPLE = literal("the", "ad")
CLEAN = Literal("clean", Channel())


@cache
def groups() -> dict[str, tuple[Damager, ...]]:
    """All channels by group; ``issue2`` repeats channels of other groups."""
    singles = (
        *("an", "ing", "er", "st", "tion", "of", "the", "and", "in", "to", "or", "ed", "re", "on"),
        *("al", "ment", "pre", "ous", "ck", "ght", "ough", "qu"),
    )
    return {
        "clean": (CLEAN,),
        "example": (EXAMPLE,),
        "variants": (
            Literal("the+ad:case", Channel.of("the", "ad", ignore_case=False)),
            Literal("the+ad:spaces-kept", Channel.of("the", "ad", whitespace="keep")),
            Literal("the+ad:squeezed", Channel.of("the", "ad", whitespace="squeeze")),
            Literal("the+and:ordered", Channel.of("the", "and", ignore_case=False)),
            Literal("the+ad:half", EXAMPLE.channel, spared=0.5),
            Literal("the+ad:last-third", EXAMPLE.channel, spared=0.67),
        ),
        "issue2": (EXAMPLE, *(literal(each) for each in singles[:6])),
        "single": tuple(literal(each) for each in singles),
        "letters": tuple(literal(each) for each in ("e", "s", "f", "v", "b")),
        "whole-word": tuple(
            Literal(f"{'+'.join(words)}:whole", Channel.of(*words, where="whole-word"))
            for words in (("the",), ("of", "and"), ("a", "an"), ("to", "in"), ("the", "of", "and"))
        ),
        "word-start": tuple(
            Literal(f"{each}:start", Channel.of(each, where="word-start"))
            for each in ("re", "th", "con", "un")
        ),
        "leaky": tuple(
            Leaky(f"{each}:{percent}%", Drop(each), percent / 100)
            for each in ("the", "st", "er", "e")
            for percent in (90, 75, 50)
        ),
        "ligatures": (
            *(family(f"ligatures:{residue}") for residue in ("space", "fffd", "?", "nul")),
            family("ligatures"),
            Literal("ligatures:one-letter", Channel((Drop("ff", "f", ignore_case=False),))),
        ),
        "non-ascii": (*map(family, ("non-ascii", "non-ascii:space", "non-ascii:?")),),
        "shape": (family("doubled"), family("drop-caps")),
        "noise": tuple(noise(percent) for percent in (0.5, 1, 3)),
        "random": tuple(
            Literal(f"random-{number:02}:{'+'.join(channel.sequences)}", channel)
            for number, channel in enumerate(map(sampled, range(RANDOM_CHANNELS)), start=1)
        ),
    }


def select(names: str) -> list[Damager]:
    """The channels that a comma-separated list names, each once, in that order.

    A name is a group, the label of a channel, ``all``, a family of rules as a spec has it, or
    sequences such as ``the+ad``.
    """
    by_label = {each.label: each for group in groups().values() for each in group}
    chosen: dict[str, Damager] = {}
    for name in filter(None, (each.strip() for each in names.split(","))):
        if name == "all":
            chosen |= by_label
        elif name in groups():
            chosen |= {each.label: each for each in groups()[name]}
        elif name in by_label:
            chosen[name] = by_label[name]
        elif name.split(":")[0] in FAMILIES:
            chosen[name] = family(name)
        elif regex.fullmatch(r"\p{L}+(?:\+\p{L}+)*", name):
            chosen[name] = literal(*name.split("+"))
        else:
            raise click.ClickException(
                f"unknown channel {name!r}; known are all, {', '.join(groups())}, the labels of "
                "their channels (python -m benchmarks channels), and sequences such as the+ad"
            )
    if not chosen:
        raise click.ClickException("no channel named")
    return list(chosen.values())
