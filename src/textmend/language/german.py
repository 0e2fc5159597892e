"""German words with ß, which wordfreq lists as if they had ss.

After a long vowel or a diphthong it is ß ("Straße", "heiß"), after a short vowel ss ("Flüsse"). How
long a vowel is cannot be seen, so that the stems are listed. Before 1996 ß also stood at the end of
other stems ("daß"); in Switzerland it is ss everywhere. Start reading at :func:`with_sharp_s`.
"""

from __future__ import annotations

from collections.abc import Mapping

import regex

from textmend.language.priors import PRIORS

# Not where two words meet: aus-senden, Hinweis-schild, Preis-senkung, Kreis-sparkasse.
_STEMS = regex.compile(
    r"aussen(?!d)|ausser|äusser|beiss|bloss|blöss|bussgeld|büss|dreissig|ermassen\b|fleiss|fuss|füss"
    r"|gefäss|gemäss|gesäss|gross|gröss|gruss|grüss|heiss|(?<!d)iess(?!ee)|kloss|klöss|mässig|meissel"
    r"|meissner|mass(?=geb|geschneid|krug|nahm|stab|stäb|voll)|ausmass|preuss|(?<![kp])reiss|scheiss"
    r"|schweiss|sosse|spass|späss|stoss|stöss|strass|sträss|strauss|sträuss|süss|weiss(?!ch)"
    r"|\b(?:be)?sass|vergass"
)
# Where other words had ß before 1996: at the end, or before a consonant of the same word.
_ENDS = regex.compile(r"ss(?![aceiopuyäöü])")


def with_sharp_s(listed: Mapping[str, float]) -> dict[str, float]:
    """Words with their frequencies, parted between both spellings of each.

    >>> found = with_sharp_s({"grosse": 1e-4, "dass": 1e-2, "wasser": 1e-4})
    >>> found["große"] > found["grosse"], found["dass"] > found["daß"] > 0.0, "waßer" in found
    (True, True, False)
    """
    found: dict[str, float] = {}
    for word, frequency in listed.items():
        found[word] = frequency
        if "ss" in word:
            sharp, share = _STEMS.sub(_sharpened, word), PRIORS.sharp_s
            if sharp == word:
                sharp, share = _ENDS.sub("ß", word), PRIORS.other_sharp_s
            if sharp != word:
                found[word] *= 1.0 - share
                found.setdefault(sharp, frequency * share)
    return found


def _sharpened(found: regex.Match[str]) -> str:
    return str(found[0]).replace("ss", "ß")
