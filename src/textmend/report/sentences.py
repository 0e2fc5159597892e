"""Edits and evidence in words; decides nothing.

What comes out is safe to print: characters that would steer a terminal, or reorder what it shows,
are shown as what they are. Start reading at :func:`sentence` for an edit, at :func:`verdict` for a
text, at :func:`reason` for a channel.
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_right
from functools import lru_cache

from textmend.channel.drops import Drop, Place, Rule
from textmend.channel.families import Accents, Ligatures, RandomLoss
from textmend.edits import Edit, Mended
from textmend.evidence import Evidence

_EXAMPLES = 4
# Words, below which a text is short: of 44 extracts of 100 words of news that had lost "the" and
# "ad", or ligatures, 25 showed it; of 37 of 50 words, one.
_FEW = 100
_AROUND = 24
_WHERE: dict[Place, str] = {
    "word-start": "at the start of words",
    "word-end": "at the end of words",
    "inside": "inside words",
    "whole-word": "as whole words",
    "paragraph-start": "at the start of paragraphs",
}
# What a family deletes, where its name alone would not say.
_LETTERS = {
    "non-ascii": "letters outside ASCII",
    "doubled": "doubled letters",
    "drop-caps": "capitals that open paragraphs",
    "random": "letters",
}


def visible(text: str) -> str:
    r"""A text whose control characters are written out, as Python writes them.

    Bidirectional controls are, too, and all else that has no shape of its own but spaces.

    >>> print(visible("red: \x1b[31m, right to left: \u202e"))
    red: \x1b[31m, right to left: \u202e
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or unicodedata.category(each) == "Zs" else repr(each)[1:-1]
        for each in text
    )


def sentence(edit: Edit) -> str:
    """An edit in words.

    >>> sentence(Edit(0, 1, "y", "they", "word", 0.98, (), ("the",)))
    "'y' → 'they': 'the' put back (98 % sure)"
    """
    sure = f"({per_cent(min(edit.probability, 0.99))} sure)"
    if edit.kind == "vanished-word":
        return f"{edit.after.strip()!r} put back {sure}"
    if edit.kind == "parted-words":
        return f"{'a hyphen' if edit.after == '-' else 'a space'} put back {sure}"
    lost = " and ".join(repr(sequence) for sequence in edit.drops)
    return f"{edit.before!r} → {edit.after!r}: {lost} put back {sure}"


def per_cent(share: float) -> str:
    """A share in per cent; only what is all or nothing is 100 or 0.

    >>> per_cent(0.856), per_cent(0.9999), per_cent(1.0), per_cent(0.0001)
    ('86 %', '99 %', '100 %', '1 %')
    """
    whole = round(100 * share)
    return f"{whole if share in (0.0, 1.0) else min(max(whole, 1), 99)} %"


def place(text: str, offset: int) -> tuple[int, int]:
    """The line and column, counted from one, of an offset."""
    starts = _line_starts(text)
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


@lru_cache(maxsize=1)
def _line_starts(text: str) -> list[int]:
    return [0, *(at for at, character in enumerate(text, 1) if character == "\n")]


def located(mended: Mended, name: str) -> list[str]:
    """One line per edit: name, line and column in the input, what changed, what stands around."""
    found = []
    for edit in mended.edits:
        line, column = place(mended.original, edit.start)
        left = mended.original[max(0, edit.start - _AROUND) : edit.start].replace("\n", " ")
        right = mended.original[edit.end : edit.end + _AROUND].replace("\n", " ")
        around = visible(f"…{left}[{edit.after}]{right}…")
        found.append(f"{visible(name)}:{line}:{column}: {sentence(edit)}  {around}")
    return found


def deleted(rule: Rule) -> str:
    """A rule in words.

    >>> deleted(Drop("the")), deleted(Drop("ing", where="word-end"))
    ("'the'", "'ing' (at the end of words)")
    >>> from textmend.channel.families import Spaces
    >>> deleted(Ligatures(" ")), deleted(Ligatures("?")), deleted(Ligatures())
    ('ligatures (a space left)', "ligatures ('?' left)", 'ligatures')
    >>> deleted(RandomLoss(0.02)), deleted(Spaces(0.05)), deleted(Accents(german=True))
    ('letters at random (2 %)', 'spaces (5 %)', 'accents (german)')
    """
    if rule.rate < 1.0:
        what = "letters at random" if isinstance(rule, RandomLoss) else rule.family
        return f"{what} ({100 * rule.rate:.2g} %)"
    options: list[str] = []
    if isinstance(rule, Ligatures) and rule.glyphs:
        options.append(visible(rule.glyphs.replace(",", " ")))
    if isinstance(rule, Accents) and rule.german:
        options.append("german")
    if isinstance(rule, Drop) and rule.where != "anywhere":
        options.append(_WHERE[rule.where])
    if rule.residue:
        options.append("a space left" if rule.residue == " " else f"{rule.residue!r} left")
    name = repr(rule.name) if isinstance(rule, Drop) else rule.name
    return f"{name} ({', '.join(options)})" if options else name


def verdict(mended: Mended, *, made: bool = False) -> str:
    """What happened to a text, how sure that is, and how much can be, or was ``made``, put back.

    >>> verdict(Mended("A clean sentence."))
    'no damage found in 3 words: too few to know a channel by'
    """
    if not mended.damaged_share:
        words = len(mended.original.split())
        few = ": too few to know a channel by" if is_short(mended) else ""
        return f"no damage found in {words} word{'' if words == 1 else 's'}{few}"
    sure = ""
    if mended.evidence:
        sure = f" ({sureness(max(each.log_odds for each in mended.evidence))})"
    vanished, parted = (
        sum(edit.kind == kind for edit in mended.edits)
        for kind in ("vanished-word", "parted-words")
    )
    counts = {
        "damaged word": len(mended.edits) - vanished - parted,
        "vanished word": vanished,
        "space or hyphen": parted,
    }
    back = [
        f"{count} {what if count == 1 else _plural(what)}"
        for what, count in counts.items()
        if count
    ]
    return (
        f"damaged{sure}: {' and '.join(map(deleted, mended.channel.drops))} deleted "
        f"from {per_cent(mended.damaged_share)} of the text; "
        f"{' and '.join(back) or 'nothing'}{'' if made else ' can be'} put back"
    )


def _plural(what: str) -> str:
    """Several of what is counted.

    >>> _plural("lost space or hyphen")
    'lost spaces or hyphens'
    """
    return " or ".join(f"{each}s" for each in what.split(" or "))


def is_short(mended: Mended) -> bool:
    """Whether a text has too few words for most losses to show in it."""
    return len(mended.original.split()) < _FEW


def examples(evidence: Evidence, most: int) -> str:
    """Some of the words that a drop explains, each with what it was.

    >>> from textmend.evidence import Explained
    >>> told = (Explained("y", "they", 3), Explained("Furrmore", "furthermore", 1))
    >>> examples(Evidence(Drop("the"), 21.0, 0, told, 19.2), 1)
    "'y' (they) and 1 more"
    """
    shown = ", ".join(
        f"{each.arrived!r} ({visible(each.written)})" for each in evidence.explained[:most]
    )
    more = len(evidence.explained) - most
    return f"{shown} and {more} more" if more > 0 else shown


def reason(evidence: Evidence) -> str:
    """Why a drop is believed, in one sentence.

    >>> from textmend.evidence import Explained
    >>> told = (Explained("y", "they", 3), Explained("Furrmore", "furthermore", 1))
    >>> print(reason(Evidence(Drop("the"), 27.0, 0, told, 19.2)))
    every 'the' is gone: 27 would be expected, none is left; that explains 'y' (they), \
'Furrmore' (furthermore); 99 % sure
    >>> reason(Evidence(Drop("the"), 21.0, 3, (), 2.0))
    "86 % of all 'the' are gone: 21 would be expected, 3 are left; 88 % sure"
    """
    explains = f"; that explains {examples(evidence, _EXAMPLES)}" if evidence.explained else ""
    return f"{loss(evidence)}{explains}; {sureness(evidence.log_odds)}"


def loss(evidence: Evidence) -> str:
    """How much of what a drop deletes is gone, by what is left of it.

    >>> loss(Evidence(Ligatures(" "), 14.2, 0, (), 9.0))
    'all ligatures (a space left) are gone: 14 words with them would be expected, none is left'
    >>> loss(Evidence(RandomLoss(0.02), 500.0, 490, (), 9.0))
    'about 2 % of all letters are gone, here and there'
    """
    rule, left = evidence.drop, evidence.observed
    if rule.rate < 1.0:
        what = _LETTERS.get(rule.family, rule.family)
        return f"about {100 * rule.rate:.2g} % of all {what} are gone, here and there"
    what, words = deleted(rule), ""
    if not isinstance(rule, Drop):
        what = what.replace(rule.family, _LETTERS.get(rule.family, rule.family), 1)
        words = "words with them "
    if left:
        gone = f"{per_cent(evidence.share)} of all {what} are gone"
    else:
        gone = f"every {what} is gone" if isinstance(rule, Drop) else f"all {what} are gone"
    expected = f"{evidence.expected:.0f}" if evidence.expected >= 1.0 else "hardly any"
    remain = "none is" if not left else "1 is" if left == 1 else f"{left} are"
    return f"{gone}: {expected} {words}would be expected, {remain} left"


def sureness(log_odds: float) -> str:
    """How sure something is of which the odds are known; nothing is all but certain.

    >>> sureness(2.0), sureness(80.0)
    ('88 % sure', '99 % sure')
    """
    chance = 0.5 + 0.5 * math.tanh(0.5 * log_odds)  # the logistic function, which never overflows
    return f"{per_cent(min(max(chance, 0.01), 0.99))} sure"
