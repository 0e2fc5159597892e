"""Peers that mend one kind of loss: tools that part words, and one that restores Polish accents.

Each gets a text as its makers mean it: those that part words know English, and no letters outside
ASCII; what they give back need not hold the marks of the text. A specialist is imported only when
it is asked for; one that is not installed raises :class:`Missing`. Start reading at
:data:`SPECIALISTS`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from benchmarks.peers import require, symspell


@dataclass(frozen=True)
class Specialist:
    """A tool for one kind of loss, in one language."""

    name: str
    version: str
    lang: str
    mend: Callable[[str], str]


def plain(text: str) -> str:
    """``text`` in ASCII, one character for each.

    A letter loses its accent, one that has no base is an x, and a mark is a quotation mark.

    >>> print(plain("Zoë’s “smørrebrød”"))
    Zoe's "smxrrebrxd"
    """
    return "".join(map(_plain, unicodedata.normalize("NFC", text).replace("’", "'")))


def _plain(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    if base.isascii():
        return base
    return "x" if character.isalnum() else '"'


def _wordninja() -> Specialist:
    split = require("wordninja").split
    return _splitter("wordninja", lambda text: " ".join(split(text)))


def _wordsegment() -> Specialist:
    wordsegment = require("wordsegment")
    wordsegment.load()
    return _splitter("wordsegment", lambda text: " ".join(wordsegment.segment(text)))


def _symspellpy() -> Specialist:
    _, speller = symspell(0)

    def parted(text: str) -> str:
        found = speller.word_segmentation(text.lower(), max_edit_distance=0)
        return str(found.segmented_string)

    return _splitter("symspellpy", parted)


def _splitter(name: str, parted: Callable[[str], str]) -> Specialist:
    return Specialist(name, metadata.version(name), "en", lambda text: parted(plain(text)))


def _ogonki() -> Specialist:
    restore = require("ogonki").restore  # before its version is asked, which may not be there
    return Specialist("ogonki", metadata.version("ogonki"), "pl", restore)


# Family of losses → the specialists for it, by name.
SPECIALISTS: Mapping[str, Mapping[str, Callable[[], Specialist]]] = {
    "spaces": {"wordninja": _wordninja, "symspellpy": _symspellpy, "wordsegment": _wordsegment},
    "accents": {"ogonki": _ogonki},
}


@cache
def specialist(family: str, name: str) -> Specialist:
    """The specialist of that name, ready to mend."""
    return SPECIALISTS[family][name]()
