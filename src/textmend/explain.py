"""Edits and evidence in words; decides nothing.

Start reading at :func:`sentence`; :func:`located` adds the place for a log.
"""

from __future__ import annotations

from textmend.edits import Edit, Mended
from textmend.evidence import Evidence

_EXAMPLES = 4
_AROUND = 24


def sentence(edit: Edit) -> str:
    """An edit in words.

    >>> sentence(Edit(0, 1, "y", "they", "word", 0.98, (), ("the",)))
    "'y' → 'they': 'the' put back (98 % sure)"
    """
    sure = f"({per_cent(min(edit.probability, 0.99))} sure)"
    if edit.kind == "vanished-word":
        return f"{edit.after.strip()!r} put back {sure}"
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
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def located(mended: Mended, name: str) -> list[str]:
    """One line per edit: name, line and column in the input, what changed, what stands around."""
    found = []
    for edit in mended.edits:
        line, column = place(mended.original, edit.start)
        left = mended.original[max(0, edit.start - _AROUND) : edit.start].replace("\n", " ")
        right = mended.original[edit.end : edit.end + _AROUND].replace("\n", " ")
        found.append(f"{name}:{line}:{column}: {sentence(edit)}  …{left}[{edit.after}]{right}…")
    return found


def reason(evidence: Evidence) -> str:
    """Why a drop is believed, in one sentence.

    >>> from textmend import Drop, Explained
    >>> told = (Explained("y", "they", 3), Explained("Furrmore", "furthermore", 1))
    >>> reason(Evidence(Drop("the"), 21.0, 0, told, 19.2))
    "'the': 21 expected, 0 found; explains 'y' (they), 'Furrmore' (furthermore); log-odds 19.2"
    >>> reason(Evidence(Drop("the"), 21.0, 3, told[:1], 12.0))
    "'the': 21 expected, 3 found, 86 % deleted; explains 'y' (they); log-odds 12.0"
    """
    shown = ", ".join(
        f"{each.arrived!r} ({each.written})" for each in evidence.explained[:_EXAMPLES]
    )
    more = len(evidence.explained) - _EXAMPLES
    deleted = f", {per_cent(evidence.share)} deleted" if evidence.observed else ""
    explains = f"; explains {shown}" if shown else ""
    return (
        f"{evidence.drop.name!r}: {evidence.expected:.0f} expected, "
        f"{evidence.observed} found{deleted}{explains}{f' and {more} more' if more > 0 else ''}; "
        f"log-odds {evidence.log_odds:.1f}"
    )
