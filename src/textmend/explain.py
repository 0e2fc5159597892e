"""Edits and evidence in words; decides nothing.

Start reading at :func:`sentence` for an edit, at :func:`verdict` for a text.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from functools import lru_cache

from textmend.drops import Drop, Rule
from textmend.edits import Edit, Mended
from textmend.evidence import Evidence
from textmend.families import Accents, Ligatures, RandomLoss

_EXAMPLES = 4
# Words, below which a text is short: of 44 extracts of 100 words of news that had lost "the" and
# "ad", or ligatures, 25 showed it; of 37 of 50 words, one.
_FEW = 100
_AROUND = 24


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
        found.append(f"{name}:{line}:{column}: {sentence(edit)}  …{left}[{edit.after}]{right}…")
    return found


def deleted(rule: Rule) -> str:
    """A rule in words.

    >>> deleted(Drop("the")), deleted(Drop("ing", where="word-end"))
    ("'the'", "'ing' (word-end)")
    >>> from textmend.families import Spaces
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
        options.append(rule.glyphs.replace(",", " "))
    if isinstance(rule, Accents) and rule.german:
        options.append("german")
    if isinstance(rule, Drop) and rule.where != "anywhere":
        options.append(rule.where)
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
        odds = max(each.log_odds for each in mended.evidence)
        sure = f" ({per_cent(min(1.0 / (1.0 + math.exp(-odds)), 0.99))} sure)"
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
    shown = ", ".join(f"{each.arrived!r} ({each.written})" for each in evidence.explained[:most])
    more = len(evidence.explained) - most
    return f"{shown} and {more} more" if more > 0 else shown


def counted(evidence: Evidence) -> str:
    """A drop and how its absence was told, in a few words.

    >>> counted(Evidence(Drop("the"), 21.4, 0, (), 19.2))
    "'the' (21 expected, 0 found)"
    """
    return f"{deleted(evidence.drop)} ({evidence.expected:.0f} expected, {evidence.observed} found)"


def printable(text: str) -> str:
    r"""Text on one line that acts on no terminal: what cannot be printed is shown as an escape.

    >>> print(printable("a\x1b[31m\nb\tc"))
    a\x1b[31m b c
    """
    return "".join(
        each if each.isprintable() else " " if each.isspace() else repr(each)[1:-1] for each in text
    )


def reason(evidence: Evidence) -> str:
    """Why a drop is believed, in one sentence.

    >>> from textmend.evidence import Explained
    >>> told = (Explained("y", "they", 3), Explained("Furrmore", "furthermore", 1))
    >>> reason(Evidence(Drop("the"), 21.0, 0, told, 19.2))
    "'the': 21 expected, 0 found; explains 'y' (they), 'Furrmore' (furthermore); log-odds 19.2"
    >>> reason(Evidence(Drop("the"), 21.0, 3, told[:1], 12.0))
    "'the': 21 expected, 3 found, 86 % deleted; explains 'y' (they); log-odds 12.0"
    """
    gone = f", {per_cent(evidence.share)} deleted" if evidence.observed else ""
    explains = f"; explains {examples(evidence, _EXAMPLES)}" if evidence.explained else ""
    return (
        f"{deleted(evidence.drop)}: {evidence.expected:.0f} expected, "
        f"{evidence.observed} found{gone}{explains}; log-odds {evidence.log_odds:.1f}"
    )
