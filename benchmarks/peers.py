"""The peers: spelling correctors that people would try instead, each used as its makers mean it.

A word-by-word peer sees the words of a text in lower case and corrects those that it does not
know; their capitals are put back, and a possessive 's is taken off and put back. It is spared what
it would only harm: names (capitals inside a sentence), which are two thirds of what it would get
wrong in clean news, contractions, which most dictionaries lack, and single letters. Its answers are
remembered within a text.

A peer is imported only when it is asked for. One that is not installed or lacks its data raises
:class:`Missing` with the reason. Start reading at :func:`load`; :data:`LOADERS` has them all.
"""

from __future__ import annotations

import locale
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module, metadata, resources
from pathlib import Path
from typing import Any

import click
import regex
import wordfreq

from benchmarks.systems import Missing, Output, System, Textmend
from textmend import Channel

ORACLE = "textmend-oracle"
DICTIONARY_METHOD = "dictionary-method"

DEBIAN_EN_US = "/usr/share/hunspell/en_US"

_WORD = regex.compile(r"(?<![\p{L}\p{M}\p{N}_])[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*(?![\p{N}_])")
# Runs of plain lower-case words: compounds harm names and contractions, too.
_PHRASE = regex.compile(r"(?<![\p{L}\p{M}\p{N}_'’])\p{Ll}+(?: \p{Ll}+)*(?![\p{L}\p{M}\p{N}_'’])")


@dataclass(frozen=True)
class WordPeer:
    """A corrector of single words: ``correct`` maps a lower-case word to what it should be.

    It gives back the words that it knows.
    """

    name: str
    version: str
    correct: Callable[[str], str]

    def mend(self, text: str, *, lang: str, truth: Channel | None) -> Output:  # noqa: ARG002
        """``text`` with each word corrected; it knows of no channel, and English only."""
        answers: dict[str, str] = {}

        def corrected(found: regex.Match[str]) -> str:
            word = str(found[0])
            if len(word) == 1 or (not word.islower() and not _is_first(text, found.start())):
                return word
            lower = word.lower().replace("’", "'")
            if lower not in answers:
                answers[lower] = self._answer(lower)
            return word if answers[lower] == lower else with_capitals(answers[lower], word)

        return Output(_WORD.sub(corrected, text))

    def _answer(self, lower: str) -> str:
        stem, possessive = (lower[:-2], "'s") if lower.endswith("'s") else (lower, "")
        return lower if "'" in stem else self.correct(stem) + possessive


def _is_first(text: str, start: int) -> bool:
    """Whether a sentence begins at ``start``."""
    before = text[max(0, start - 4) : start].rstrip(" \"“‘'(")
    return not before or before[-1] in ".!?\n"


def with_capitals(corrected: str, word: str) -> str:
    """A correction in the capitals and with the apostrophe of the word that it replaces.

    >>> with_capitals("furthermore", "Furrmore"), with_capitals("it's", "IT’")
    ('Furthermore', 'IT’S')
    """
    if "’" in word:
        corrected = corrected.replace("'", "’")
    if len(word) > 1 and word.isupper():
        return corrected.upper()
    return corrected[:1].upper() + corrected[1:] if word[:1].isupper() else corrected


@dataclass(frozen=True)
class Compound:
    """symspellpy's lookup_compound on each run of words: it may also join and split them."""

    version: str
    lookup: Callable[[str], str]
    name: str = "symspellpy-compound"

    def mend(self, text: str, *, lang: str, truth: Channel | None) -> Output:  # noqa: ARG002
        """``text`` with each run of words corrected as a whole."""
        return Output(_PHRASE.sub(lambda found: self.lookup(found[0]), text))


@dataclass(frozen=True)
class DictionaryMethod:
    """Insert the known sequences wherever they make a word, and take the most frequent word.

    It has to be told the channel, and is.
    """

    version: str
    name: str = DICTIONARY_METHOD

    def mend(self, text: str, *, lang: str, truth: Channel | None) -> Output:
        """``text`` with each word replaced by the most frequent word that it may come from."""
        likeliest = _likeliest(truth or Channel(), lang)

        def replaced(found: regex.Match[str]) -> str:
            lower = found[0].lower().replace("’", "'")
            right = likeliest.get(lower, lower)
            return str(found[0]) if right == lower else with_capitals(right, found[0])

        return Output(_WORD.sub(replaced, text))


@lru_cache(maxsize=4)
def _likeliest(channel: Channel, lang: str) -> dict[str, str]:
    """Damaged form → the most frequent word that leaves it, the form itself among them."""
    words = wordfreq.get_frequency_dict(lang)
    alone = Channel(channel.drops, "keep")
    found: dict[str, str] = {}
    for word, left in zip(words, alone.apply("\n".join(words)).split("\n"), strict=True):
        for form in (left, word):
            found.setdefault(form, word)
    return found


def require(module: str) -> Any:  # without types, of one peer or another
    """A module of a peer; :class:`Missing` where that is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise Missing(f"not installed: {error}") from None


def symspell(distance: int) -> tuple[Any, Any]:
    """symspellpy, and a speller that has read its counts of words."""
    symspellpy = require("symspellpy")
    speller = symspellpy.SymSpell(max_dictionary_edit_distance=distance, prefix_length=7)
    counts = resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    speller.load_dictionary(str(counts), term_index=0, count_index=1)
    return symspellpy, speller


def _symspell_lookup(distance: int) -> System:
    symspellpy, speller = symspell(distance)

    def correct(word: str) -> str:
        found = speller.lookup(word, symspellpy.Verbosity.TOP, max_edit_distance=distance)
        return str(found[0].term) if found else word

    return WordPeer(f"symspellpy-{distance}", metadata.version("symspellpy"), correct)


def _symspell_compound() -> System:
    _, speller = symspell(2)
    pairs = resources.files("symspellpy") / "frequency_bigramdictionary_en_243_342.txt"
    speller.load_bigram_dictionary(str(pairs), term_index=0, count_index=2)

    def lookup(phrase: str) -> str:
        found = speller.lookup_compound(phrase, max_edit_distance=2)
        return str(found[0].term) if found else phrase

    return Compound(metadata.version("symspellpy"), lookup)


def _pyspellchecker() -> System:
    speller = require("spellchecker").SpellChecker()
    return WordPeer(
        "pyspellchecker",
        metadata.version("pyspellchecker"),
        lambda word: speller.correction(word) or word,
    )


def _autocorrect() -> System:
    speller = require("autocorrect").Speller("en")
    return WordPeer("autocorrect", metadata.version("autocorrect"), speller.autocorrect_word)


def _textblob() -> System:
    word_class = require("textblob").Word
    return WordPeer(
        "textblob", metadata.version("textblob"), lambda word: str(word_class(word).correct())
    )


def _spylls(dictionary: str) -> System:
    hunspell = require("spylls.hunspell")
    if not Path(f"{dictionary}.dic").exists():
        raise Missing(f"no dictionary {dictionary}.dic (Debian's package hunspell-en-us)")
    speller = hunspell.Dictionary.from_files(dictionary)

    def correct(word: str) -> str:
        # Names and acronyms are listed with their capitals only.
        if any(map(speller.lookup, (word, word.capitalize(), word.upper()))):
            return word
        return str(next(iter(speller.suggest(word)), word))

    return WordPeer("spylls", f"{metadata.version('spylls')}, {Path(dictionary).name}", correct)


def _jamspell(model: str) -> System:
    # Without this locale its import ends the process; so this comes first.
    try:
        locale.setlocale(locale.LC_CTYPE, "en_US.UTF-8")
    except locale.Error:
        raise Missing("needs the locale en_US.UTF-8") from None
    jamspell = require("jamspell")
    speller = jamspell.TSpellCorrector()
    if not Path(model).is_file() or not speller.LoadLangModel(model):
        raise Missing("no model: it ships none; train one and name it as jamspell:MODEL")
    return JamSpell(metadata.version("jamspell"), speller.FixFragment)


@dataclass(frozen=True)
class JamSpell:
    """JamSpell, which corrects whole lines by the words around."""

    version: str
    fix: Callable[[str], str]
    name: str = "jamspell"

    def mend(self, text: str, *, lang: str, truth: Channel | None) -> Output:  # noqa: ARG002
        """``text`` corrected line by line."""
        return Output("\n".join(map(self.fix, text.split("\n"))))


# Name → what loads it. What follows a colon in a name goes to the loader: spylls:/path/to/en_GB,
# textmend:counts.
LOADERS: dict[str, Callable[[str], System]] = {
    "textmend": lambda model: Textmend(model=model),
    ORACLE: lambda model: Textmend(ORACLE, told=True, model=model),
    DICTIONARY_METHOD: lambda _: DictionaryMethod(f"wordfreq {metadata.version('wordfreq')}"),
    "symspellpy-2": lambda _: _symspell_lookup(2),
    "symspellpy-3": lambda _: _symspell_lookup(3),
    "symspellpy-compound": lambda _: _symspell_compound(),
    "pyspellchecker": lambda _: _pyspellchecker(),
    "autocorrect": lambda _: _autocorrect(),
    "textblob": lambda _: _textblob(),
    "spylls": lambda path: _spylls(path or DEBIAN_EN_US),
    "jamspell": _jamspell,
}


def is_told(name: str) -> bool:
    """Whether a system is told the channel: it cannot mend what no channel expresses."""
    return name.partition(":")[0] in (ORACLE, DICTIONARY_METHOD)


def is_asked(name: str, channel: Channel | None) -> bool:
    """Whether a system can mend what a channel did; None where no channel expresses that."""
    if channel is None:
        return not is_told(name)
    # What chance left of a word is in no dictionary.
    return not (channel.leaky and name == DICTIONARY_METHOD)


@lru_cache(maxsize=2)
def load(name: str) -> System:
    """The system of that name, ready to mend; :class:`Missing` where it cannot run."""
    plain, _, data = name.partition(":")
    if plain not in LOADERS:
        raise click.ClickException(f"unknown system {name!r}; known are {', '.join(LOADERS)}")
    return LOADERS[plain](data)
