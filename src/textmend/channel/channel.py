"""The forward model: how a clean text became a damaged one.

A :class:`Channel` is an ordered list of drops, rules such as "every *the* was deleted" or "all
ligatures were", and a white-space policy. ``channel.apply(clean)`` gives the damaged text. Nothing
here knows how to undo a channel, how likely a word is, or where a channel came from: mending
inverts ``apply``, and proves itself by calling it. Start reading at :meth:`Channel.apply`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property, partial
from itertools import islice
from numbers import Integral
from types import NoneType
from typing import Any, Literal, get_args

import regex

from textmend import checks
from textmend.channel.drops import Drop, Place, Reach, Rule, rule_from
from textmend.channel.families import (
    FAMILIES,
    Doubled,
    DropCaps,
    Ligatures,
    NonAscii,
    RandomLoss,
    residue_named,
)
from textmend.errors import TextmendError

__all__ = ["Channel", "Drop", "Place", "WhiteSpace"]

WhiteSpace = Literal["keep", "squeeze", "collapse"]

_BLANK = r"[^\S\n]"
# What names a file rather than letters that were deleted: a path, or a name with an ending.
_FILE = regex.compile(r"(?:\w:)?[\w.~-]*[/\\](?=.*\w)[\w.~/\\ -]*|[^:,]*\w\.[a-zA-Z]\w+")
# Between drops, not between the glyphs of a set.
_COMMA = regex.compile(r"ligatures\([^()]*+(*SKIP)(*FAIL)|,")
_MARKS = " -'’"  # what stands between letters, and is none
_LIKE_A_FAMILY = 0.85  # of a name in a spec: nobody deletes "ligature", or "nonascii"

_LONGEST_SPEC = 10_000  # characters: more than anyone types; what is longer is told in JSON
_MOST_DROPS = 1000  # each is applied to all words of the lexicon, which takes 30 ms

# Marks where something was deleted until white space is settled. A non-character of Unicode, so
# that no text holds it; the rare text that does gets another one.
_NONCHARACTERS = tuple(chr(code) for code in range(0xFDD0, 0xFDF0))


@dataclass(frozen=True)
class Channel:
    """Ordered drops, each applied to what the one before it left, and a white-space policy.

    ``whitespace`` says what became of the white space around a word that was deleted whole, or
    beside a space that was left in the place of letters: ``"keep"`` leaves all of it, ``"squeeze"``
    makes it one space, ``"collapse"`` moreover leaves none at either end of a line (a line break
    wins over a space).

    >>> example = Channel.of("the", "ad")
    >>> example.apply("In addition, they made other plans. There the matter rests.")
    'In dition, y me or plans. re matter rests.'
    >>> Channel.of("the", whitespace="keep").apply("The end of the sea")
    ' end of  sea'
    >>> Channel.of("the", whitespace="squeeze").apply("The end of the sea")
    ' end of sea'
    >>> Channel.ligatures(residue=" ").apply("The first traffic light")
    'The rst tra c light'
    >>> Channel.from_json(example.to_json()) == example
    True
    """

    drops: tuple[Rule, ...] = ()
    whitespace: WhiteSpace = "collapse"

    def __post_init__(self) -> None:
        checks.instance(
            "drops",
            self.drops,
            tuple,
            "it must be a tuple of rules, such as (Drop('the'),); Channel.of('the') makes one",
        )
        for place, rule in enumerate(self.drops):
            checks.instance(f"drops[{place}]", rule, Rule, "it must be a rule, such as Drop('the')")
        checks.one_of("channel", "white-space policy", self.whitespace, get_args(WhiteSpace))
        if len(self.drops) > _MOST_DROPS:
            raise TextmendError(
                f"the channel has {len(self.drops):,} drops; {_MOST_DROPS:,} are the most"
            )

    @classmethod
    def of(
        cls,
        *sequences: str,
        where: Place = "anywhere",
        ignore_case: bool = True,
        whitespace: WhiteSpace = "collapse",
    ) -> Channel:
        """The channel that deletes each of ``sequences``, in this order.

        What means something else in a spec, such as "the,ad" or "ligatures", is refused;
        :class:`Drop` takes any sequence literally.
        """
        for each in sequences:
            _refuse_a_file("sequence", checks.text("sequence", each))
            if _is_spec(each):
                raise TextmendError(
                    f"sequence {each!r} is a spec; write Channel.parse({each!r}), "
                    f"or Drop({each!r}) for just these characters"
                )
        drops = tuple(Drop(each, where=where, ignore_case=ignore_case) for each in sequences)
        return cls(drops, whitespace)

    @classmethod
    def ligatures(cls, residue: str = "", *, extended: bool = False) -> Channel:
        """The channel that loses ligatures; see :class:`textmend.channel.families.Ligatures`."""
        return cls((Ligatures(residue, extended),))

    @classmethod
    def non_ascii(cls, residue: str = "") -> Channel:
        """The channel that loses letters outside ASCII."""
        return cls((NonAscii(residue),))

    @classmethod
    def doubled(cls) -> Channel:
        """The channel that writes repeated letters once."""
        return cls((Doubled(),))

    @classmethod
    def drop_caps(
        cls,
        unit: Literal["letter", "word"] = "letter",
        *,
        of: Literal["paragraph", "document"] = "paragraph",
    ) -> Channel:
        """The channel that loses the capital, or capitalised word, that opens each paragraph."""
        return cls((DropCaps(unit, of),))

    @classmethod
    def random(cls, rate: float = 0.01) -> Channel:
        """The channel that loses letters at random, at that rate.

        >>> Channel.random(0.1).apply("letters are lost at random", seed=2)
        'ltter are lost at ndom'
        """
        return cls((RandomLoss(rate),))

    @classmethod
    def parse(cls, spec: str) -> Channel:
        """The channel that a short text names: drops, separated by commas.

        A drop is a sequence or the name of a family (ligatures, non-ascii, doubled, drop-caps,
        random), then options after colons: what was left in its place (a character; space, fffd,
        nul; a code such as U+0003), the place of a sequence, what the family says.

        >>> Channel.parse("the,ad")
        Channel.of('the', 'ad')
        >>> Channel.parse("ligatures:space,non-ascii:?")
        Channel((Ligatures(residue=' '), NonAscii(residue='?'),))
        >>> Channel.parse("ing:word-end,ff:f")
        Channel((Drop('ing', where='word-end'), Drop('ff', residue='f'),))
        """
        _refuse_a_file("channel", checks.text("spec", spec))
        if len(spec) > _LONGEST_SPEC:
            raise TextmendError(
                f"the spec has {len(spec):,} characters, and {_LONGEST_SPEC:,} are the most; "
                "give a longer one as JSON, to Channel.from_json"
            )
        parts = _COMMA.split(spec)
        return cls(tuple(_parse_drop(part.strip(), spec) for part in parts))

    def __bool__(self) -> bool:
        return bool(self.drops)

    def __reduce__(self) -> tuple[object, tuple[dict[str, Any]]]:
        """What it is, and not what was worked out from that; checked where it is unpickled."""
        return type(self).from_dict, (self.to_dict(),)

    def __repr__(self) -> str:
        plain = all(
            drop == Drop(drop.name) and not names_a_file(drop.name) and not _is_spec(drop.name)
            for drop in self.drops
        )
        shown = [repr(drop.name) if plain else repr(drop) for drop in self.drops]
        name = "Channel.of" if plain else "Channel"
        if not self.drops:
            name, shown = "Channel", []
        elif not plain:
            shown = [f"({', '.join(shown)},)"]
        if self.whitespace != "collapse":
            shown.append(f"whitespace={self.whitespace!r}")
        return f"{name}({', '.join(shown)})"

    @property
    def sequences(self) -> tuple[str, ...]:
        """The deleted sequences, and the names of families, in order."""
        return tuple(drop.name for drop in self.drops)

    @cached_property
    def leaky(self) -> bool:
        """Whether chance has spared some of what its rules delete."""
        return any(drop.rate < 1.0 for drop in self.drops)

    @cached_property
    def residues(self) -> frozenset[str]:
        """What the drops leave in the place of letters, where that is always the same."""
        return frozenset(drop.residue for drop in self.drops) - {""}

    @cached_property
    def _patterns(self) -> tuple[regex.Pattern[str], ...]:
        return tuple(regex.compile(drop.pattern) for drop in self.drops)

    @cached_property
    def _spared(self) -> tuple[regex.Pattern[str], ...]:
        return tuple(regex.compile(drop.spared) for drop in self.drops)

    def apply(
        self, text: str, *, intact: Iterable[tuple[int, int]] = (), seed: int | str | None = 0
    ) -> str:
        """The damaged form of ``text``.

        ``intact`` are spans (start, end) that the channel did not act on, such as a headline that
        was scraped from elsewhere; they must be sorted and disjoint. ``seed`` draws what a leaky
        rule deletes; with None it deletes all, which is right where ``intact`` says what it spared.
        """
        checks.instance(
            "seed", seed, (Integral, str, NoneType), "it must be a whole number, a text or None"
        )
        hole, seam, shield = _marks(checks.text("text", text))
        spans = checks.spans("intact", intact)
        if spans:
            text, kept = _shield(text, spans, shield)
        for place, (drop, pattern) in enumerate(zip(self.drops, self._patterns, strict=True)):
            left = drop.leaves if seed is None else _drawn(drop, f"{seed} {place}")
            if self.whitespace == "keep":
                text = pattern.sub(left, text)
            else:
                text = _settled(text, left, pattern, hole, seam, self.whitespace)
        if spans:
            parts = iter(kept)
            text = regex.sub(shield, lambda _: next(parts), text)
        return text

    def acting_on(self, text: str, *, intact: Sequence[tuple[int, int]] = ()) -> tuple[str, ...]:
        """What the channel would delete from ``text``, in the order of its drops.

        ``intact``: spans (start, end) that it spared.

        >>> Channel.of("the", "ad").acting_on("Furthermore")
        ('the',)
        >>> Channel.ligatures().acting_on("officials find")
        ('ffi', 'fi')
        """
        acting: list[str] = []
        checks.text("text", text)
        if spans := checks.spans("intact", intact):
            text, _ = _shield(text, spans, _marks(text)[-1])
        for drop, pattern in zip(self.drops, self._patterns, strict=True):
            acting += dict.fromkeys(drop.lost(found) for found in pattern.finditer(text))
            text = pattern.sub(drop.leaves, text)
        return tuple(acting)

    @cached_property
    def _on_marks(self) -> tuple[regex.Pattern[str], ...]:
        """The patterns of those rules that delete marks or spaces beside letters."""
        return tuple(
            pattern
            for pattern in self._spared
            if any(pattern.match(f"s{mark}s", 1) for mark in _MARKS)
        )

    def spared_marks(self, text: str) -> list[tuple[int, int]]:
        """The spans of a text in which marks or spaces stand that the channel might have deleted.

        >>> Channel.parse("hyphens").spared_marks("a well-known name")
        [(6, 7)]
        """
        return sorted(each.span() for rule in self._on_marks for each in rule.finditer(text))

    @property
    def acts_on_marks(self) -> bool:
        """Whether it deletes marks or spaces that stand beside letters."""
        return bool(self._on_marks)

    def is_survivor(self, word: str, at: Reach = "document") -> bool:
        """Whether a word holds something that the channel would have deleted for sure.

        ``at``: of what the word is the first, which matters to rules that act on such words only.
        """
        checks.text("word", word)
        checks.one_of("channel", "reach", at, get_args(Reach))
        return any(
            drop.rate == 1.0 and drop.acts_at(at) and spared.search(word)
            for drop, spared in zip(self.drops, self._spared, strict=True)
        )

    def to_json(self) -> str:
        """The channel as JSON, to be stored and read back with :meth:`from_json`."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_dict(self) -> dict[str, Any]:
        """The channel as plain values for JSON."""
        return {"drops": [drop.to_dict() for drop in self.drops], "whitespace": self.whitespace}

    @classmethod
    def from_json(cls, source: str) -> Channel:
        """The channel that :meth:`to_json` wrote; a malformed one is a :class:`TextmendError`."""
        checks.text("source", source)
        try:
            value = checks.from_json(source)
        except TextmendError as error:
            raise TextmendError(
                f'malformed channel: {error}; expected JSON such as {{"drops": '
                f'[{{"sequence": "the"}}]}}, not {checks.shown(source)}'
            ) from None
        return cls.from_dict(value)

    @classmethod
    def from_dict(cls, value: Any) -> Channel:
        """The channel that :meth:`to_dict` gave; only ``sequence`` is required in a drop."""
        if not isinstance(value, dict) or not isinstance(value.get("drops"), list):
            raise TextmendError(
                'malformed channel: expected an object with a list "drops", '
                'such as {"drops": [{"sequence": "the"}]}'
            )
        unknown = value.keys() - {"drops", "whitespace"}
        if unknown:
            raise TextmendError(
                f"malformed channel: unknown key {checks.shown(min(unknown, key=str))}; "
                "known are drops, whitespace"
            )
        drops = tuple(_drop_from(entry, place) for place, entry in enumerate(value["drops"], 1))
        return cls(drops, value.get("whitespace", "collapse"))


def _drop_from(entry: Any, place: int) -> Rule:
    where = f"malformed channel: drop {place}"
    if not isinstance(entry, dict) or not entry.keys() & {"sequence", "family"}:
        raise TextmendError(
            f'{where} must be an object with a "sequence" or a "family", not {checks.shown(entry)}'
        )
    if "family" not in entry:
        return rule_from(Drop, entry, where)
    known = FAMILIES.get(entry["family"]) if isinstance(entry["family"], str) else None
    if known is None:
        raise TextmendError(
            f"{where}: unknown family {checks.shown(entry['family'])}; "
            f"it is one of {', '.join(FAMILIES)}"
        )
    return rule_from(known, {name: entry[name] for name in entry if name != "family"}, where)


def _parse_drop(part: str, spec: str) -> Rule:
    name, *options = part.split(":")
    name, bracket, members = name.partition("(")
    if bracket and not (name in FAMILIES and members.endswith(")")):
        name, members = name + bracket + members, ""
    malformed, called = f"malformed channel {checks.shown(spec)}", checks.shown(name)
    if not name or not all(options):
        raise TextmendError(
            f"{malformed}: expected sequences separated by commas, "
            "such as the,ad, or the names of families, such as ligatures:space"
        )
    if name == Ligatures.family:
        return Ligatures.parse(options, members.removesuffix(")"))
    if members:
        raise TextmendError(f"{malformed}: {name} is no set, and ({members} was given")
    if name in FAMILIES:
        return FAMILIES[name].parse(options)
    if likely := get_close_matches(name.lower(), FAMILIES, n=1, cutoff=_LIKE_A_FAMILY):
        raise TextmendError(
            f"{malformed}: {called} is no family, did you mean {likely[0]!r}? "
            "(Drop, or JSON, takes any sequence literally)"
        )
    if len(pieces := name.split()) > 1:
        raise TextmendError(
            f"{malformed}: {called} holds a space; write {','.join(pieces)}, "
            "or give a sequence with a space in it to Channel.of, or in JSON"
        )
    given: dict[str, Any] = {}
    for option in options:
        is_place = option in get_args(Place)
        key, value = ("where", option) if is_place else ("residue", residue_named(option))
        if key in given:
            raise TextmendError(f"{malformed}: {called} has more than one {key}")
        given[key] = value
    return Drop(name, **given)


def names_a_file(spec: str) -> bool:
    """Whether a spec is more likely the name of a file: a path, or a name with an ending."""
    return len(spec) <= _LONGEST_SPEC and bool(_FILE.fullmatch(spec))


def _refuse_a_file(what: str, spec: str) -> None:
    if names_a_file(spec):
        raise TextmendError(
            f"{what} {checks.shown(spec)} looks like the name of a file; what is in one is read "
            "with Channel.from_json (Drop, or JSON, takes any sequence literally)"
        )


def _is_spec(sequence: str) -> bool:
    """Whether a sequence, taken for a spec, says something else than just these characters."""
    try:
        return Channel.parse(sequence).drops != (Drop(sequence.strip()),)
    except TextmendError:
        return False


def _marks(text: str) -> list[str]:
    """Three characters that ``text`` does not hold."""
    free = list(islice((mark for mark in _NONCHARACTERS if mark not in text), 3))
    if len(free) < 3:
        raise TextmendError(
            "the text uses nearly all of the non-characters U+FDD0 to U+FDEF; remove them"
        )
    return free


def _shield(text: str, spans: Sequence[tuple[int, int]], shield: str) -> tuple[str, list[str]]:
    """``text`` with one ``shield`` in place of each span, and what the spans held."""
    kept = [text[start:end] for start, end in spans]
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    places = [0, *(place for span in spans for place in span), len(text)]
    if places != sorted(places):
        raise TextmendError("intact spans must be sorted, disjoint and inside the text")
    free = (text[end:start] for end, start in zip(ends, starts, strict=True))
    return shield.join(free), kept


def _drawn(rule: Rule, seed: str) -> str | Callable[[regex.Match[str]], str]:
    """What stands in the place of occurrences, where chance decides which are deleted."""
    if rule.rate == 1.0:
        return rule.leaves
    draw = random.Random(seed).random
    return lambda found: rule.left(found) if draw() < rule.rate else str(found[0])


def _settled(
    text: str,
    leave: str | Callable[[regex.Match[str]], str],
    pattern: regex.Pattern[str],
    hole: str,
    seam: str,
    whitespace: WhiteSpace,
) -> str:
    """``text`` after one drop, the white space around deletions and blank residues settled.

    ``leave``: what stands in the place of all occurrences, or says it of each.
    """

    def mark(found: regex.Match[str]) -> str:
        left = leave if isinstance(leave, str) else leave(found)
        if left == found[0]:
            return left
        if not left:
            return hole
        return seam * left.startswith(" ") + left.strip(" ") + seam * left.endswith(" ")

    marked, count = pattern.subn(mark if leave else hole, text)
    if not count:
        return text
    # Only white space on both sides of a deletion is settled; all other stays as it is.
    settle = _collapse if whitespace == "collapse" else _squeeze
    deletions, residues = _unsettled(hole, seam, whitespace)
    marked = deletions.sub(partial(settle, hole, ""), marked)
    return residues.sub(partial(settle, seam, " "), marked).replace(hole, "")


@cache
def _unsettled(
    hole: str, seam: str, whitespace: WhiteSpace
) -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    """Deletions with white space, or an edge of the text or line, on both sides; blank residues.

    White space is read from its first character on, and no step is taken back, so that it is read
    once, however long it is.
    """
    if whitespace == "collapse":
        return (
            regex.compile(rf"(?:\A|(?<!\s)\s++)(?:(?:{hole}++\s++)++(?:{hole}++\Z)?+|{hole}++\Z)"),
            regex.compile(rf"(?<!\s)\s*+(?:{seam}\s*+)++"),
        )
    first, end = rf"(?<!{_BLANK})", r"(?![^\n])"
    return (
        regex.compile(
            rf"(?:(?<![^\n])|{first}{_BLANK}++)"
            rf"(?:(?:{hole}++{_BLANK}++)++(?:{hole}++{end})?+|{hole}++{end})"
        ),
        regex.compile(rf"{first}{_BLANK}*+(?:{seam}{_BLANK}*+)++"),
    )


def _squeeze(mark: str, least: str, run: regex.Match[str]) -> str:
    return run[0].replace(mark, "")[:1] or least


def _collapse(mark: str, least: str, run: regex.Match[str]) -> str:
    spaces = run[0].replace(mark, "")
    breaks = regex.sub(r"[^\r\n]", "", spaces)
    at_edge = run.start() == 0 or run.end() == len(run.string)
    return breaks if breaks or at_edge else spaces[:1] or least
