"""Families of deletions that no single sequence describes: each a rule of its own kind.

A family says what it deletes and leaves (its forward model, as of every :class:`Rule`), which of
its options a short spec may name, and which variants inference should try on a text. To add one,
write its class and list it in :data:`FAMILIES`. Start reading at :class:`Ligatures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Self, get_args

import regex

from textmend import checks
from textmend.drops import PARAGRAPH, Reach, Rule
from textmend.errors import TextmendError

# How residues are called in a spec, where the character itself would not be readable.
_RESIDUES = {"space": " ", "fffd": "\ufffd", "nul": "\0"}
_CODE = regex.compile(r"(?i)u\+([0-9a-f]{2,6})")
_LAST_CODE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def residue_named(name: str) -> str:
    r"""What a spec means by the name of a residue; other text stands for itself.

    Several are joined by a plus.

    >>> residue_named("U+0003"), residue_named("?"), residue_named("f+space")
    ('\x03', '?', 'f ')
    """
    parts = regex.split(r"(?<!^|[uU])\+", name)
    if regex.search(r"[\p{L}_-]{3}", left := "".join(map(_character, parts))):
        raise TextmendError(
            f"{name!r} is no option; name a place such as word-end, or what was left: a character, "
            f"{', '.join(_RESIDUES)}, a code such as U+FFFD, or several of these joined by +"
        )
    return left


def _character(name: str) -> str:
    code = _CODE.fullmatch(name)
    if code is None:
        return _RESIDUES.get(name.lower(), name)
    number = int(code[1], 16)
    if number > _LAST_CODE or number in _SURROGATES:
        raise TextmendError(f"{name} is the code of no character")
    return chr(number)


@dataclass(frozen=True, repr=False)
class Family(Rule):
    """A rule that a spec can name and inference can propose."""

    @classmethod
    def parse(cls, options: Sequence[str]) -> Self:
        """The rule that a spec names, given what follows the family's name."""
        if options:
            raise TextmendError(f"{cls.family} has no options, and {options[0]!r} was given")
        return cls()

    @classmethod
    def variants(cls, residues: Sequence[str]) -> list[Self]:
        """The rules of this family to be tried on a text in which these residues are seen."""
        del residues
        return [cls()]


@dataclass(frozen=True, repr=False)
class Ligatures(Family):
    """The letter pairs that fonts draw as one glyph: ffi ffl ff fi fl, capitals not.

    ``extended`` adds those that few fonts have: ft, tt, ti, st, ct, Th.

    >>> Ligatures(residue=" ")
    Ligatures(residue=' ')
    """

    family: ClassVar[str] = "ligatures"

    residue: str = ""
    extended: bool = False

    @property
    def pattern(self) -> str:
        """Longest first."""
        return "ffi|ffl|ff|fi|fl|ft|tt|ti|st|ct|Th" if self.extended else "ffi|ffl|ff|fi|fl"

    @classmethod
    def parse(cls, options: Sequence[str]) -> Self:
        """``ligatures``, ``ligatures:space``, ``ligatures:extended:fffd``."""
        plain = [option for option in options if option != "extended"]
        return cls(_one_residue(cls.family, plain), extended=len(plain) < len(options))

    @classmethod
    def variants(cls, residues: Sequence[str]) -> list[Self]:
        """The common ones and all, with each residue."""
        return [cls(each, extended) for each in residues for extended in (False, True)]


@dataclass(frozen=True, repr=False)
class NonAscii(Family):
    """Letters outside ASCII, and combining marks; each leaves the residue."""

    family: ClassVar[str] = "non-ascii"

    residue: str = ""

    @property
    def pattern(self) -> str:
        """Accented letters, letters of other alphabets, and marks that combine with them."""
        # Case matters even where it is ignored elsewhere: ı folds to an ASCII letter. To look back
        # at the few that are not ASCII takes a sixtieth of the time of looking ahead at all.
        return r"(?-i:[^\x00-\x7f](?<=[\p{L}\p{M}]))"

    @classmethod
    def parse(cls, options: Sequence[str]) -> Self:
        """``non-ascii``, ``non-ascii:?``, ``non-ascii:space``."""
        return cls(_one_residue(cls.family, options))

    @classmethod
    def variants(cls, residues: Sequence[str]) -> list[Self]:
        """With each residue."""
        return [cls(each) for each in residues]


@dataclass(frozen=True, repr=False)
class Doubled(Family):
    """A letter that is repeated was written once: "Woolgoolga" became "Wolgolga"."""

    family: ClassVar[str] = "doubled"

    @property
    def pattern(self) -> str:
        """A letter and its repetitions."""
        return r"(\p{L})\1+"

    def left(self, found: regex.Match[str]) -> str:
        """The letter, once."""
        return str(found[1])

    def lost(self, found: regex.Match[str]) -> str:
        """The repetitions."""
        return str(found[0][1:])


@dataclass(frozen=True, repr=False)
class RandomLoss(Family):
    """Letters lost at random, as a scan loses them: each with the probability ``rate``.

    >>> RandomLoss(0.02).name
    'random:2%'
    """

    family: ClassVar[str] = "random"

    rate: float = 0.01

    def __post_init__(self) -> None:
        checks.number(
            "random: the rate",
            self.rate,
            lambda rate: 0.0 < rate < 1.0,
            "it must be between 0 and 1, such as 0.01",
        )
        super().__post_init__()

    @property
    def pattern(self) -> str:
        """Any letter."""
        return r"\p{L}"

    @property
    def name(self) -> str:
        """With the rate, which is what there is to know of it."""
        return f"{self.family}:{100 * self.rate:.2g}%"

    @classmethod
    def parse(cls, options: Sequence[str]) -> Self:
        """``random``, ``random:1%``, ``random:0.01``."""
        if len(options) > 1:
            raise TextmendError(f"random: one rate is enough, not {' and '.join(options)}")
        if not options:
            return cls()
        (option,) = options
        try:
            rate = float(option.removesuffix("%")) / (100 if option.endswith("%") else 1)
        except ValueError:
            raise TextmendError(f"random: {option!r} is no rate; write 1% or 0.01") from None
        return cls(rate)

    @classmethod
    def variants(cls, residues: Sequence[str]) -> list[Self]:
        """None: ``textmend.noise`` weighs what is lost at random."""
        del residues
        return []


@dataclass(frozen=True, repr=False)
class DropCaps(Family):
    """The capital, or capitalised word, that opens each paragraph or the document.

    Headlines and paragraphs that begin in lower case have none to lose.
    """

    family: ClassVar[str] = "drop-caps"

    unit: Literal["letter", "word"] = "letter"
    of: Literal["paragraph", "document"] = "paragraph"

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.one_of(self.family, "unit", self.unit, ("letter", "word"))
        checks.one_of(self.family, "reach", self.of, get_args(Reach)[1:])

    @property
    def pattern(self) -> str:
        """At the start of a line, or of all."""
        start = PARAGRAPH if self.of == "paragraph" else r"\A"
        return start + (r"\p{Lu}\p{M}*" if self.unit == "letter" else r"\p{Lu}[\p{L}\p{M}'’]*")

    @property
    def reach(self) -> Reach:
        """The first word of a paragraph, or of the document."""
        return self.of

    def by_line(self) -> Rule:
        """That of each paragraph."""
        return replace(self, of="paragraph")

    @classmethod
    def parse(cls, options: Sequence[str]) -> Self:
        """``drop-caps``, ``drop-caps:word``, ``drop-caps:document``."""
        found: dict[str, str] = {}
        for option in options:
            checks.one_of(cls.family, "option", option, ("letter", "word", "paragraph", "document"))
            found["unit" if option in ("letter", "word") else "of"] = option
        return cls(**found)  # type: ignore[arg-type]  # one_of has seen to it

    @classmethod
    def variants(cls, residues: Sequence[str]) -> list[Self]:
        """Letters of paragraphs; what else was lost leaves too little to be known by."""
        del residues
        return [cls()]


FAMILIES: dict[str, type[Family]] = {
    each.family: each for each in (Ligatures, NonAscii, Doubled, DropCaps, RandomLoss)
}


def _one_residue(family: str, options: Sequence[str]) -> str:
    if len(options) > 1:
        raise TextmendError(f"{family}: one residue is enough, not {' and '.join(options)}")
    return residue_named(options[0]) if options else ""
