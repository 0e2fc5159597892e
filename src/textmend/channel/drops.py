"""One rule of a channel: what it deletes, where, and what it leaves in its place.

:class:`Rule` is what all rules share, :class:`Drop` the rule that deletes a literal sequence.
Rules of other kinds are in ``families``. Nothing here knows of white space or of other rules; that
is the channel's. Start reading at :class:`Rule`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar, Literal, get_args

import regex

from textmend import checks
from textmend.errors import TextmendError

Place = Literal["anywhere", "word-start", "word-end", "inside", "whole-word", "paragraph-start"]
# Where a word stands, from the loosest place to the one that most rules reach.
Reach = Literal["text", "paragraph", "document"]

# What may stand before and after an occurrence, as look-around patterns. A word is a run of
# letters and combining marks; a paragraph begins at a line break or at the start of the text.
LETTER = r"[\p{L}\p{M}]"
PARAGRAPH = r"(?<![^\n])"
# Characters of a sequence or residue. Each word that a rule acts on, and each occurrence in a text,
# is compared with the one and gets the other.
_LONGEST = 100
_AROUND: dict[Place, tuple[str, str]] = {
    "anywhere": ("", ""),
    "word-start": (rf"(?<!{LETTER})", ""),
    "word-end": ("", rf"(?!{LETTER})"),
    "inside": (rf"(?<={LETTER})", rf"(?={LETTER})"),
    "whole-word": (rf"(?<!{LETTER})", rf"(?!{LETTER})"),
    "paragraph-start": (PARAGRAPH, ""),
}


@dataclass(frozen=True, repr=False)
class Rule(ABC):
    """One rule of a channel: each match of ``pattern`` became what ``left`` says.

    ``family`` is the name of its kind, empty for literal sequences; ``reach`` says of which words
    it asks where they stand: of any in the text, or only of the first of a paragraph or document;
    ``rate`` is below one where chance spared some of the occurrences.
    A rule is a frozen dataclass whose fields go into JSON as they are; each has the type of its
    default, and is text where it has none.
    """

    family: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            kind = str if field.default is MISSING else type(field.default)
            value = getattr(self, field.name)
            checks.instance(field.name, value, kind, f"it must be a {kind.__name__}")
            if kind is str:
                _short(field.name, value)

    @property
    @abstractmethod
    def pattern(self) -> str:
        """The occurrences that this rule deletes, as a pattern of the ``regex`` module."""

    @property
    def spared(self) -> str:
        """The occurrences that this rule did not act on, wherever a text still holds them.

        All that a text holds, but for what is of the residue itself.
        """
        return self.pattern

    @property
    def name(self) -> str:
        """What people call it."""
        return self.family

    @property
    def reach(self) -> Reach:
        """The words that it acts on, by where they stand."""
        return "text"

    @property
    def rate(self) -> float:
        """The share of the occurrences that it deletes; a rule is leaky where that is not all."""
        return 1.0

    @property
    def residue(self) -> str:
        """What every occurrence leaves, where that is always the same."""
        return ""

    @property
    def crosses_lines(self) -> bool:
        """Whether it deletes or leaves line breaks; words are put back within lines only."""
        return "\n" in self.pattern or "\n" in self.residue

    def left(self, found: regex.Match[str]) -> str:
        """What stands in the place of an occurrence."""
        del found
        return self.residue

    @property
    def leaves(self) -> str | Callable[[regex.Match[str]], str]:
        """What stands in the place of all occurrences, or what tells it of each."""
        return self.left

    def lost(self, found: regex.Match[str]) -> str:
        """What was deleted, as it is shown to people."""
        return str(found[0])

    def acts_at(self, place: Reach) -> bool:
        """Whether it acts on words that stand there."""
        order = get_args(Reach)
        return order.index(self.reach) <= order.index(place)

    def by_line(self) -> Rule:
        """The same rule where each line is a document."""
        return self

    def to_dict(self) -> dict[str, Any]:
        """The rule as plain values for JSON."""
        shown = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"family": self.family, **shown} if self.family else shown

    def __repr__(self) -> str:
        shown = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.default is MISSING:
                shown.append(repr(value))
            elif value != field.default:
                shown.append(f"{field.name}={value!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(frozen=True, repr=False)
class Drop(Rule):
    """Each occurrence of ``sequence`` became ``residue``.

    ``where`` restricts the rule to a place in the word or paragraph. ``ignore_case`` says whether
    "The" and "THE" are deleted along with "the"; the letters of the residue are then capitalised as
    those that they replace.

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
        super().__post_init__()
        if not self.sequence:
            raise TextmendError("a drop needs a sequence: the letters that were deleted")
        checks.one_of(f"drop {self.sequence!r}", "place", self.where, get_args(Place))

    @property
    def pattern(self) -> str:
        """The occurrences that this drop deletes, as a pattern of the ``regex`` module."""
        before, after = _AROUND[self.where]
        flag = "(?i)" if self.ignore_case else ""
        return f"{flag}{before}{regex.escape(self.sequence)}{after}"

    @property
    def name(self) -> str:
        """The sequence."""
        return self.sequence

    @property
    def reach(self) -> Reach:
        """Any word, or the first of a paragraph."""
        return "paragraph" if self.where == "paragraph-start" else "text"

    @property
    def spared(self) -> str:
        """The occurrences that are not what the drop left: of "fi", those without its space."""
        before, sequence, after = self.residue.partition(self.sequence)
        if not sequence:
            return self.pattern
        # A word is asked alone, too: where it ends a space may follow.
        behind = rf"(?<={regex.escape(before)})" if before.strip(" ") else r"(?<!\S)" * bool(before)
        ahead = rf"(?={regex.escape(after)})" if after.strip(" ") else r"(?!\S)" * bool(after)
        flag = "(?i)" if self.ignore_case else ""
        return rf"{flag}(?!{behind}{regex.escape(sequence)}{ahead}){self.pattern}"

    def left(self, found: regex.Match[str]) -> str:
        """The residue, in the case of the occurrence: where ö became o, Ö became O."""
        written = found[0]
        if written == self.sequence:
            return self.residue
        if written == written.lower():
            return self.residue.lower()
        # A lone capital may begin a word or be one of many: Über, ÜBER.
        beside = found.string[max(0, found.start() - 1) : found.start()]
        beside += found.string[found.end() : found.end() + 1]
        lone = sum(map(str.isalpha, written)) == 1
        if written == written.upper() and (not lone or beside.isupper()):
            return self.residue.upper()
        return self.residue[:1].upper() + self.residue[1:] if written[0].isupper() else self.residue

    @property
    def leaves(self) -> str | Callable[[regex.Match[str]], str]:
        """Nothing, or the residue in the case of each occurrence."""
        return self.left if self.residue else ""

    def lost(self, found: regex.Match[str]) -> str:
        """The sequence, however it was capitalised."""
        del found
        return self.sequence


def _short(what: str, value: str) -> None:
    """Refuse text of a length that no channel deletes, or leaves in the place of letters."""
    if len(value) > _LONGEST:
        raise TextmendError(f"{what} has {len(value):,} characters; {_LONGEST} are the most")


def rule_from(kind: type[Rule], entry: dict[str, Any], where: str) -> Rule:
    """The rule of a kind with the fields that :meth:`Rule.to_dict` gave; ``where`` it was read."""
    known = [field.name for field in fields(kind)]
    for key in entry:
        if key not in known:
            raise TextmendError(
                f"{where}: unknown key {checks.shown(key)}; known are {', '.join(known)}"
            )
    try:
        return kind(**entry)
    except TextmendError as error:
        raise TextmendError(f"{where}: {error}") from None
