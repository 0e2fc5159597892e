"""The forward model: how a clean text became a damaged one.

A :class:`Drop` is one rule ("every *the* was deleted"); a :class:`Channel` is an ordered list of
drops and a white-space policy. ``channel.apply(clean)`` gives the damaged text. Nothing here knows
how to undo a channel, how likely a word is, or where a channel came from: mending inverts
``apply``, and proves itself by calling it. Start reading at :meth:`Channel.apply`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import Any, Literal, get_args

import regex

from textmend.errors import TextmendError

Place = Literal["anywhere", "word-start", "word-end", "inside", "whole-word", "paragraph-start"]
WhiteSpace = Literal["keep", "squeeze", "collapse"]

# What may stand before and after an occurrence, as look-around patterns. A word is a run of
# letters and combining marks; a paragraph begins at a line break or at the start of the text.
_LETTER = r"[\p{L}\p{M}]"
_BLANK = r"[^\S\n]"
_AROUND: dict[Place, tuple[str, str]] = {
    "anywhere": ("", ""),
    "word-start": (rf"(?<!{_LETTER})", ""),
    "word-end": ("", rf"(?!{_LETTER})"),
    "inside": (rf"(?<={_LETTER})", rf"(?={_LETTER})"),
    "whole-word": (rf"(?<!{_LETTER})", rf"(?!{_LETTER})"),
    "paragraph-start": (r"(?<![^\n])", ""),
}

# Marks where something was deleted until white space is settled. A non-character of Unicode, so
# that no text holds it; the rare text that does gets another one.
_NONCHARACTERS = tuple(chr(code) for code in range(0xFDD0, 0xFDF0))


@dataclass(frozen=True, slots=True)
class Drop:
    """One rule of a channel: each occurrence of ``sequence`` became ``residue``.

    ``where`` restricts the rule to a place in the word or paragraph. ``ignore_case`` says whether
    "The" and "THE" are deleted along with "the".

    >>> Drop("the")
    Drop('the')
    >>> Drop("ad", ignore_case=False, where="word-start")
    Drop('ad', where='word-start', ignore_case=False)
    """

    sequence: str
    residue: str = ""
    where: Place = "anywhere"
    ignore_case: bool = True

    def __post_init__(self) -> None:
        if not self.sequence:
            raise TextmendError("a drop needs a sequence: the letters that were deleted")
        if self.where not in get_args(Place):
            raise TextmendError(
                f"drop {self.sequence!r}: unknown place {self.where!r}; "
                f"it is one of {', '.join(get_args(Place))}"
            )

    def __repr__(self) -> str:
        shown = [repr(self.sequence)]
        if self.residue:
            shown.append(f"residue={self.residue!r}")
        if self.where != "anywhere":
            shown.append(f"where={self.where!r}")
        if not self.ignore_case:
            shown.append("ignore_case=False")
        return f"Drop({', '.join(shown)})"

    @property
    def pattern(self) -> str:
        """The occurrences that this drop deletes, as a pattern of the ``regex`` module."""
        before, after = _AROUND[self.where]
        flag = "(?i)" if self.ignore_case else ""
        return f"{flag}{before}{regex.escape(self.sequence)}{after}"

    def to_dict(self) -> dict[str, Any]:
        """The drop as plain values for JSON."""
        return {
            "sequence": self.sequence,
            "residue": self.residue,
            "where": self.where,
            "ignore_case": self.ignore_case,
        }


@dataclass(frozen=True)
class Channel:
    """Ordered drops, each applied to what the one before it left, and a white-space policy.

    ``whitespace`` says what became of the white space around a word that was deleted whole:
    ``"keep"`` leaves all of it, ``"squeeze"`` makes it one space, ``"collapse"`` moreover leaves
    none at either end of a line (a line break wins over a space).

    >>> example = Channel.of("the", "ad")
    >>> example.apply("In addition, they made other plans. There the matter rests.")
    'In dition, y me or plans. re matter rests.'
    >>> Channel.of("the", whitespace="keep").apply("The end of the sea")
    ' end of  sea'
    >>> Channel.of("the", whitespace="squeeze").apply("The end of the sea")
    ' end of sea'
    >>> Channel.from_json(example.to_json()) == example
    True
    """

    drops: tuple[Drop, ...] = ()
    whitespace: WhiteSpace = "collapse"

    def __post_init__(self) -> None:
        if self.whitespace not in get_args(WhiteSpace):
            raise TextmendError(
                f"unknown white-space policy {self.whitespace!r}; "
                f"it is one of {', '.join(get_args(WhiteSpace))}"
            )

    @classmethod
    def of(
        cls,
        *sequences: str,
        where: Place = "anywhere",
        ignore_case: bool = True,
        whitespace: WhiteSpace = "collapse",
    ) -> Channel:
        """The channel that deletes each of ``sequences``, in this order."""
        drops = tuple(Drop(each, where=where, ignore_case=ignore_case) for each in sequences)
        return cls(drops, whitespace)

    @classmethod
    def parse(cls, spec: str) -> Channel:
        """The channel that a short text names: the deleted sequences, separated by commas.

        >>> Channel.parse("the,ad")
        Channel.of('the', 'ad')
        """
        sequences = [part.strip() for part in spec.split(",")]
        if not all(sequences):
            raise TextmendError(
                f"malformed channel {spec!r}: expected sequences separated by commas, "
                "such as the,ad"
            )
        return cls.of(*sequences)

    def __bool__(self) -> bool:
        return bool(self.drops)

    def __repr__(self) -> str:
        plain = all(drop == Drop(drop.sequence) for drop in self.drops)
        shown = [repr(drop.sequence) if plain else repr(drop) for drop in self.drops]
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
        """The deleted sequences, in order."""
        return tuple(drop.sequence for drop in self.drops)

    @cached_property
    def _patterns(self) -> tuple[regex.Pattern[str], ...]:
        return tuple(regex.compile(drop.pattern) for drop in self.drops)

    def apply(self, text: str, *, intact: Iterable[tuple[int, int]] = ()) -> str:
        """The damaged form of ``text``.

        ``intact`` are spans (start, end) that the channel did not act on, such as a headline that
        was scraped from elsewhere; they must be sorted and disjoint.
        """
        hole, shield = _marks(text)
        spans = list(intact)
        if spans:
            text, kept = _shield(text, spans, shield)
        for drop, pattern in zip(self.drops, self._patterns, strict=True):
            text = _delete(text, drop, pattern, hole, self.whitespace)
        if spans:
            parts = iter(kept)
            text = regex.sub(shield, lambda _: next(parts), text)
        return text

    def acting_on(self, text: str) -> tuple[str, ...]:
        """The sequences that the channel would delete from ``text``, in the order of its drops.

        >>> Channel.of("the", "ad").acting_on("Furthermore")
        ('the',)
        """
        acting = []
        for drop, pattern in zip(self.drops, self._patterns, strict=True):
            left = _delete(text, drop, pattern, _NONCHARACTERS[0], "keep")
            if left != text:
                acting.append(drop.sequence)
            text = left
        return tuple(acting)

    def is_survivor(self, word: str) -> bool:
        """Whether a word holds something that the channel would have deleted."""
        return any(pattern.search(word) for pattern in self._patterns)

    def to_json(self) -> str:
        """The channel as JSON, to be stored and read back with :meth:`from_json`."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_dict(self) -> dict[str, Any]:
        """The channel as plain values for JSON."""
        return {"drops": [drop.to_dict() for drop in self.drops], "whitespace": self.whitespace}

    @classmethod
    def from_json(cls, source: str) -> Channel:
        """The channel that :meth:`to_json` wrote; a malformed one is a :class:`TextmendError`."""
        try:
            return cls.from_dict(json.loads(source))
        except json.JSONDecodeError as error:
            raise TextmendError(
                f"malformed channel: line {error.lineno}, column {error.colno}: {error.msg}; "
                'expected JSON such as {"drops": [{"sequence": "the"}]}'
            ) from None

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
                f"malformed channel: unknown key {min(unknown)!r}; known are drops, whitespace"
            )
        drops = tuple(_drop_from(entry, place) for place, entry in enumerate(value["drops"], 1))
        return cls(drops, value.get("whitespace", "collapse"))


_DROP_FIELDS: dict[str, type] = {
    "sequence": str,
    "residue": str,
    "where": str,
    "ignore_case": bool,
}


def _drop_from(entry: Any, place: int) -> Drop:
    if not isinstance(entry, dict) or "sequence" not in entry:
        raise TextmendError(
            f'malformed channel: drop {place} must be an object with a "sequence", not {entry!r}'
        )
    for key, value in entry.items():
        expected = _DROP_FIELDS.get(key)
        if expected is None:
            raise TextmendError(
                f"malformed channel: drop {place}: unknown key {key!r}; "
                f"known are {', '.join(_DROP_FIELDS)}"
            )
        if not isinstance(value, expected):
            raise TextmendError(
                f"malformed channel: drop {place}: {key} must be a {expected.__name__}, "
                f"not {value!r}"
            )
    return Drop(**entry)


def _marks(text: str) -> tuple[str, str]:
    """Two characters that ``text`` does not hold."""
    free = [mark for mark in islice(_NONCHARACTERS, 2) if mark not in text]
    if len(free) < 2:
        free = [mark for mark in _NONCHARACTERS if mark not in text]
        if len(free) < 2:
            raise TextmendError(
                "the text uses nearly all of the non-characters U+FDD0 to U+FDEF; remove them"
            )
    return free[0], free[1]


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


def _delete(
    text: str, drop: Drop, pattern: regex.Pattern[str], hole: str, whitespace: WhiteSpace
) -> str:
    if drop.residue or whitespace == "keep":
        return pattern.sub(lambda _: drop.residue, text)
    holed, count = pattern.subn(hole, text)
    if not count:
        return text
    # Only white space on both sides of a deletion is settled; all other stays as it is.
    opened = _opened(hole, whitespace)
    if whitespace == "collapse":
        settled = opened.sub(lambda run: _collapse(run, hole), holed)
    else:
        settled = opened.sub(lambda run: run[0].replace(hole, "")[:1], holed)
    return settled.replace(hole, "")


@cache
def _opened(hole: str, whitespace: WhiteSpace) -> regex.Pattern[str]:
    """Deletions with white space, or an edge of the text or line, on both sides."""
    if whitespace == "collapse":
        return regex.compile(rf"(?:\A|\s+)(?:{hole}+\s+)*{hole}+(?:\Z|\s+)")
    left, right = rf"(?:(?<![^\n])|{_BLANK}+)", rf"(?:(?![^\n])|{_BLANK}+)"
    return regex.compile(rf"{left}(?:{hole}+{_BLANK}+)*{hole}+{right}")


def _collapse(run: regex.Match[str], hole: str) -> str:
    spaces = run[0].replace(hole, "")
    breaks = regex.sub(r"[^\r\n]", "", spaces)
    at_edge = run.start() == 0 or run.end() == len(run.string)
    return breaks if breaks or at_edge else spaces[:1]
