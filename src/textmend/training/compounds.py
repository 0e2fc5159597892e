"""Words with hyphens, and how frequent they are: the list of compounds that the lexicon reads.

wordfreq lists the parts of such words only. They are counted on clean text, beside the same words
written as one; those that are mostly written as one are none. Start reading at :func:`compounds`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import regex

from textmend.language.lexicon import Lexicon, key

_WORD = regex.compile(r"[A-Za-z]+(?:['’][a-z]+)?(?:-[A-Za-z]+(?:['’][a-z]+)?)*")
_LEAST = 5  # occurrences that make a word
_MOSTLY = 1.2  # times that it is written with hyphens for each time without


def compounds(texts: Iterable[str], lexicon: Lexicon) -> dict[str, float]:
    """The words of texts that are mostly written with hyphens, and their shares of all words.

    Where the lexicon lists what is left without hyphens, it is as much more or less frequent than
    that as in the texts.
    """
    hyphenated: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    words = 0
    for text in texts:
        for word in map(key, _WORD.findall(text)):
            parts = word.split("-")
            words += len(parts)
            (hyphenated if len(parts) > 1 else closed)[word] += 1
    found = {}
    for word, count in hyphenated.items():
        bare = word.replace("-", "")
        other = closed[bare]
        if count < _LEAST or count < _MOSTLY * other or not bare.isalpha():
            continue
        share = count / words
        if other and (listed := lexicon.frequency(bare)):
            share = min(share, listed * count / other)
        found[word] = share
    return found


def write_compounds(texts: Iterable[str], lexicon: Lexicon, path: Path) -> int:
    """Write the compounds of texts, a line each with how many there are in a billion words."""
    found = compounds(texts, lexicon)
    lines = (f"{word} {max(1, round(1e9 * share))}\n" for word, share in sorted(found.items()))
    path.write_text("".join(lines), encoding="utf-8")
    return len(found)
