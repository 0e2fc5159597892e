"""Families of losses that no single sequence describes: each a rule of its own kind.

A family says what it deletes and leaves (its forward model, as of every :class:`Rule`), which of
its options a short spec may name, and which variants inference should try on a text. To add one,
write its class and list it in :data:`FAMILIES`. Start reading at :class:`Ligatures`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Self, get_args

import regex

from textmend import checks
from textmend.channel.drops import PARAGRAPH, Reach, Rule
from textmend.errors import TextmendError

# How residues are called in a spec, where the character itself would not be readable.
_RESIDUES = {"space": " ", "fffd": "\ufffd", "nul": "\0"}
_CODE = regex.compile(r"(?i)u\+([0-9a-f]{2,6})")
_LAST_CODE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def without_marks(text: str) -> str:
    """A text whose letters have lost their accents and other marks.

    >>> without_marks("función")
    'funcion'
    """
    apart = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def base_letters(text: str) -> str:
    """A text whose letters have lost their accents and strokes.

    >>> base_letters("Łódź, Søren")
    'Lodz, Soren'
    """
    return without_marks(text).translate(_STROKES)


def residue_named(name: str) -> str:
    r"""What a spec means by the name of a residue; other text stands for itself.

    Several are joined by a plus.

    >>> residue_named("U+0003"), residue_named("?"), residue_named("f+space")
    ('\x03', '?', 'f ')
    """
    parts = regex.split(r"(?<!^|[uU])\+", name)
    if regex.fullmatch(r"[\p{L}_-]{3,}", left := "".join(map(_character, parts))):
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
        """The rule that a spec names, given the options that follow the family's name."""
        if options:
            raise TextmendError(f"{cls.family} has no options, and {options[0]!r} was given")
        return cls()

    @classmethod
    def variants(cls, residues: Sequence[str]) -> list[Self]:
        """The rules of this family to be tried on a text in which these residues are seen."""
        del residues
        return [cls()]


_COMMON_GLYPHS = ("ffi", "ffl", "ff", "fi", "fl")
_OTHER_GLYPHS = ("ft", "tt", "ti", "st", "ct", "Th")


@dataclass(frozen=True, repr=False)
class Ligatures(Family):
    """The letters that fonts draw as one glyph: ffi ffl ff fi fl, capitals not.

    ``extended`` adds those that few fonts have: ft, tt, ti, st, ct, Th. ``glyphs`` names those of
    one font instead, separated by commas. Each leaves the residue.

    >>> Ligatures(residue=" ")
    Ligatures(residue=' ')
    >>> Ligatures.parse(["space"], "ti,tti")
    Ligatures(residue=' ', glyphs='ti,tti')
    """

    family: ClassVar[str] = "ligatures"

    residue: str = ""
    extended: bool = False
    glyphs: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.glyphs and not all(self.glyphs.split(",")):
            raise TextmendError(
                f"{self.family}: {self.glyphs!r} names no glyphs; write them as in ti,tt,tti"
            )
        if self.glyphs and self.extended:
            raise TextmendError(f"{self.family}: either extended, or glyphs of its own, not both")

    @property
    def pattern(self) -> str:
        """Longest first."""
        own = self.glyphs.split(",") if self.glyphs else _COMMON_GLYPHS
        glyphs = (*own, *_OTHER_GLYPHS) if self.extended else own
        return "|".join(map(regex.escape, sorted(glyphs, key=len, reverse=True)))

    @classmethod
    def parse(cls, options: Sequence[str], members: str = "") -> Self:
        """``ligatures``, ``ligatures:space``, ``ligatures:extended:fffd``, ``ligatures(ti,tt)``."""
        plain = [option for option in options if option != "extended"]
        glyphs = ",".join(each.strip() for each in members.split(","))
        extended = len(plain) < len(options)
        return cls(_one_residue(cls.family, plain), extended=extended, glyphs=glyphs)

    @classmethod
    def variants(cls, residues: Sequence[str]) -> list[Self]:
        """The common ones, those of fonts that have no ffi and ffl, and all; with each residue."""
        return [
            each
            for residue in residues
            for each in (cls(residue), cls(residue, glyphs="ff,fi,fl"), cls(residue, extended=True))
        ]


@dataclass(frozen=True, repr=False)
class Leaving(Family):
    """A family of which every occurrence leaves the residue, and that has no other option."""

    residue: str = ""

    @classmethod
    def parse(cls, options: Sequence[str]) -> Self:
        """The name alone, or with what was left: ``non-ascii:?``, ``apostrophes:fffd``."""
        return cls(_one_residue(cls.family, options))

    @classmethod
    def variants(cls, residues: Sequence[str]) -> list[Self]:
        """With each residue."""
        return [cls(each) for each in residues]


@dataclass(frozen=True, repr=False)
class NonAscii(Leaving):
    """Letters outside ASCII, and combining marks; each leaves the residue."""

    family: ClassVar[str] = "non-ascii"

    @property
    def pattern(self) -> str:
        """Accented letters, letters of other alphabets, and marks that combine with them."""
        # Case matters even where it is ignored elsewhere: ı folds to an ASCII letter. To look back
        # at the few that are not ASCII takes a sixtieth of the time of looking ahead at all.
        return r"(?-i:[^\x00-\x7f](?<=[\p{L}\p{M}]))"


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
        return cls(_one_rate(cls.family, options)) if options else cls()

    @classmethod
    def variants(cls, residues: Sequence[str]) -> list[Self]:
        """None: ``textmend.inference.random_loss`` weighs what is lost at random."""
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
    def spared(self) -> str:
        """Those capitals that no other follows: what is left may be set in small ones ("HE")."""
        return rf"{self.pattern}(?!\p{{Lu}})" if self.unit == "letter" else self.pattern

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


# Letters that have a stroke rather than a mark of their own, as Unicode has it, and their bases.
_STROKES = str.maketrans("łŁøØđĐħĦŧŦı", "lLoOdDhHtTi")
# How German is written where umlauts cannot be.
_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}


@dataclass(frozen=True, repr=False)
class Accents(Family):
    """Letters that lost their accents and kept their bases: "último" became "ultimo".

    ``german``: as German is written without umlauts, "ü" became "ue" and "ß" became "ss".

    >>> Accents().left(regex.search("é", "café"))
    'e'
    """

    family: ClassVar[str] = "accents"

    german: bool = False

    @property
    def pattern(self) -> str:
        """Letters of an alphabet with marks, and the marks that combine with letters."""
        if self.german:
            return "[äöüßÄÖÜ]"
        letters = rf"[\p{{dt=canonical}}{''.join(map(chr, _STROKES))}]"
        alphabets = r"[\p{Latin}\p{Greek}\p{Cyrillic}]"
        return rf"(?-i:[^\x00-\x7f](?<=(?=\p{{L}}){letters}(?<={alphabets})|\p{{Mn}}))"

    def left(self, found: regex.Match[str]) -> str:
        """The base, in the case of the letter; of a lone mark nothing."""
        letter = found[0]
        if not self.german:
            return base_letters(letter)
        base = _GERMAN[letter.lower()]
        if letter.islower():
            return base
        beside = found.string[max(0, found.start() - 1) : found.start()]
        beside += found.string[found.end() : found.end() + 1]
        return base.upper() if beside.isupper() else base.title()

    @classmethod
    def parse(cls, options: Sequence[str]) -> Self:
        """``accents``, ``accents:german``."""
        for option in options:
            checks.one_of(cls.family, "option", option, ("german",))
        return cls(bool(options))

    @classmethod
    def variants(cls, residues: Sequence[str]) -> list[Self]:
        """Folded to the base, and as German has it."""
        del residues
        return [cls(), cls(german=True)]


# A letter, or what stands for a span that the channel did not act on (see ``Channel.apply``).
_BESIDE = r"[\p{L}\p{M}\ufdd0-\ufdef]"


@dataclass(frozen=True, repr=False)
class Apostrophes(Leaving):
    """Apostrophes inside words and at their ends, straight or curled; each leaves the residue."""

    family: ClassVar[str] = "apostrophes"

    @property
    def pattern(self) -> str:
        """After a letter: an apostrophe before one is hardly told from a quotation mark."""
        return rf"['’](?<={_BESIDE}.)"


@dataclass(frozen=True, repr=False)
class Hyphens(Family):
    """Hyphens between letters: "well-known" became "wellknown"."""

    family: ClassVar[str] = "hyphens"

    @property
    def pattern(self) -> str:
        """Between letters."""
        return rf"-(?<={_BESIDE}.)(?={_BESIDE})"


# The share of the spaces of a text, wrapped at the usual 72 columns, that end a line.
_LINE_ENDS = 0.085
# Beside what a space is lost: letters, digits, and marks that have a space on that side.
_BEFORE_SPACE = r"[\p{L}\p{M}\p{N},.;:!?)\]”’\"%\ufdd0-\ufdef]"
_AFTER_SPACE = r"[\p{L}\p{N}(\[“‘\"$£€\ufdd0-\ufdef]"


@dataclass(frozen=True, repr=False)
class Spaces(Family):
    """Spaces between words: all of them, or each with the probability ``rate``.

    In a spec ``line-ends`` is the rate of those where a line ended; a scraper deletes line ends and
    leaves nothing.

    >>> Spaces(0.05).name
    'spaces:5%'
    """

    family: ClassVar[str] = "spaces"

    rate: float = 1.0

    def __post_init__(self) -> None:
        checks.number(
            "spaces: the rate",
            self.rate,
            lambda rate: 0.0 < rate <= 1.0,
            "it must be above 0 and at most 1, such as 0.05",
        )
        super().__post_init__()

    @property
    def pattern(self) -> str:
        """One space between words, or between a word and a mark."""
        return rf" (?<={_BEFORE_SPACE} )(?={_AFTER_SPACE})"

    @property
    def name(self) -> str:
        """With the rate, where it is not all."""
        return f"{self.family}:{100 * self.rate:.2g}%" if self.rate < 1.0 else self.family

    @classmethod
    def parse(cls, options: Sequence[str]) -> Self:
        """``spaces``, ``spaces:5%``, ``spaces:line-ends``."""
        if list(options) == ["line-ends"]:
            return cls(_LINE_ENDS)
        return cls(_one_rate(cls.family, options)) if options else cls()

    @classmethod
    def variants(cls, residues: Sequence[str]) -> list[Self]:
        """Those of line ends."""
        del residues
        return [cls(_LINE_ENDS)]


FAMILIES: dict[str, type[Family]] = {
    each.family: each
    for each in (
        Ligatures,
        NonAscii,
        Doubled,
        DropCaps,
        RandomLoss,
        Accents,
        Apostrophes,
        Hyphens,
        Spaces,
    )
}


def _one_rate(family: str, options: Sequence[str]) -> float:
    if len(options) > 1:
        raise TextmendError(f"{family}: one rate is enough, not {' and '.join(options)}")
    (option,) = options
    try:
        return float(option.removesuffix("%")) / (100 if option.endswith("%") else 1)
    except ValueError:
        raise TextmendError(f"{family}: {option!r} is no rate; write 1% or 0.01") from None


def _one_residue(family: str, options: Sequence[str]) -> str:
    if len(options) > 1:
        raise TextmendError(f"{family}: one residue is enough, not {' and '.join(options)}")
    return residue_named(options[0]) if options else ""
