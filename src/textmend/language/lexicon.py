"""Known words and their frequencies, a model of unknown words, and out-of-vocabulary flags.

The frequencies are wordfreq's; this is the only module that imports it. Start reading at
:class:`Lexicon`; :func:`suspects` is the tokenizer-with-flags of the public interface.
"""

from __future__ import annotations

import gzip
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import islice
from typing import Literal

import numpy as np
import regex
from numpy.typing import NDArray

from textmend import checks
from textmend.cache import Answers
from textmend.channel.families import without_marks
from textmend.errors import TextmendError
from textmend.language.priors import PRIORS
from textmend.language.tokens import (
    WORD,
    Beside,
    Shape,
    Token,
    lines,
    sentence_starts,
    shape,
    tokenize,
)

_PAGE = 1 << 14  # bytes of a word list that are read at once
_LEAST = 1e-300  # the product over very many letters or marks would end at zero
_PIECE = regex.compile(rf"(?P<word>{WORD})|\S|^\s|\s$")
# What is only written before an apostrophe, in languages that elide: alone it is a scrap.
_ONLY_ELIDED = {
    "ca": regex.compile(r"[b-df-hj-np-tv-xz]"),
    "fr": regex.compile(r"[b-df-hj-np-tv-xz]|.*qu"),
    "it": regex.compile(r"[b-df-hj-np-tv-xz]|.*ll"),
}
_ELIDES_BEFORE = frozenset("aeiouyhœæ")  # the first letters of words before which others elide
_DOTTED_CAPITAL = ("az", "tr")  # languages in which the capital of i is İ, and that of ı is I

_LONG = 100  # letters; what has more is seldom seen twice
UNSPACED = frozenset({"ja", "ko", "zh"})  # their words are wordfreq's, not those between spaces

Why = Literal["unknown", "rare", "scrap"]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A flagged token: ``text == whole_text[start:end]``.

    ``frequency`` is the share of all words that it makes up in clean text, 0.0 where it is
    unknown. ``why`` is ``"unknown"`` (out of vocabulary), ``"rare"``, or ``"scrap"`` (one to three
    letters that are seldom a word of their own).
    """

    text: str
    start: int
    end: int
    frequency: float
    why: Why


def folded(text: str) -> str:
    """A text in lower case, with straight apostrophes."""
    # Python makes two characters of the lower case of İ.
    return text.replace("İ", "i").lower().replace("’", "'")


def key(word: str) -> str:
    """The form under which a word is listed; that of each is kept, if it may be a word."""
    return _key(word) if len(word) < _LONG else folded(word)


@lru_cache(maxsize=30_000)  # 6 MB
def _key(word: str) -> str:
    return folded(word)


class Lexicon:
    """The words of a language, most frequent first, with their frequencies (shares of all words).

    >>> english = Lexicon.load("en")
    >>> english.frequency("administration") > 100 * english.frequency("ministration") > 0
    True
    >>> english.frequency("Furrmore")
    0.0
    """

    def __init__(self, lang: str, frequencies: Mapping[str, float]) -> None:
        self.lang = lang
        self._frequencies = frequencies
        self._rates: Answers[tuple[str, ...], float] = Answers(each=400, most=4_000_000)
        self._suspicions: Answers[tuple[str, bool], tuple[float, bool] | None] = Answers(
            each=200, most=8_000_000
        )

    @staticmethod
    def load(lang: str = "en") -> Lexicon:
        """The largest list of wordfreq for a language tag, such as ``"en"`` or ``"pt-BR"``."""
        return _load(listed(checks.instance("lang", lang, str, "it must be a tag, such as 'en'")))

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Lexicon.load, (self.lang,)

    @cached_property
    def words(self) -> list[str]:
        """All words, most frequent first."""
        return list(self._frequencies)

    @cached_property
    def longest(self) -> int:
        """How many letters the longest of the words has."""
        return max(map(len, self._frequencies))

    @cached_property
    def commonest(self) -> Lexicon:
        """The common part of the lexicon: quicker to search, and enough to know a channel by."""
        return Lexicon(self.lang, dict(islice(self._frequencies.items(), PRIORS.common_words)))

    @cached_property
    def letters(self) -> str:
        """The alphabet: the letters that common words are written with, most frequent first."""
        shares: Counter[str] = Counter()
        for word, share in self.commonest._frequencies.items():
            for character in word:
                shares[character] += share  # type: ignore[assignment]  # shares, not counts
        least = PRIORS.rare_letter * sum(shares.values())
        return "".join(
            each for each, share in shares.most_common() if share > least and each.isalpha()
        )

    def holding(self, pattern: str) -> NDArray[np.bool_]:
        """For each of the words, whether it holds a match of a pattern."""
        packed = _holding(self, pattern)
        return np.unpackbits(packed, count=len(self.words)).view(np.bool_)

    def rate(self, pattern: str, *, without: Iterable[str] = ()) -> float:
        """The share of all words that match ``pattern`` and none of the patterns ``without``."""
        asked = (pattern, *without)
        known = self._rates.get(asked)
        if known is None:
            held = self.holding(pattern)
            for other in without:
                held = held & ~self.holding(other)
            known = self._rates.keep(asked, float(self.shares[held].sum()))
        return known

    @cached_property
    def joined(self) -> tuple[str, NDArray[np.int64]]:
        """All words, a line each, and where each line begins."""
        lengths = np.array([len(word) + 1 for word in self.words])
        return "\n".join(self.words), np.cumsum(lengths) - lengths

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """The frequency of each of the words."""
        return np.array(list(self._frequencies.values()))

    def frequency(self, word: str) -> float:
        """The share of all words that this one makes up; 0.0 where it is unknown.

        An elided article counts with its word ("l'état"), of which wordfreq lists only the parts.
        """
        form = key(word)
        found = self._frequencies.get(form, 0.0)
        if not found and self.dots_capitals and "I" in word:
            return self._frequencies.get(key(word.replace("I", "ı")), 0.0)
        if not found and self.elides and "'" in form:
            parts = form.split("'")
            if unicodedata.normalize("NFD", parts[-1])[:1] not in _ELIDES_BEFORE:
                return 0.0
            return PRIORS.elided * min(self._frequencies.get(part, 0.0) for part in parts)
        return found

    def lists(self, form: str) -> bool:
        """Whether a word in lower case, with straight apostrophes, is in the lexicon."""
        return form in self._frequencies

    def listed(self, words: Iterable[str]) -> Iterator[str]:
        """Those of some words, in lower case, that are in the lexicon."""
        return filter(self._frequencies.__contains__, words)

    @property
    def elides(self) -> bool:
        """Whether short words are written together with the next one: l'état, dell'altra."""
        return self.lang in _ONLY_ELIDED

    @property
    def dots_capitals(self) -> bool:
        """Whether the capital of i is İ."""
        return self.lang in _DOTTED_CAPITAL

    def title(self, word: str) -> str:
        """A word with a capital, as the language has it."""
        first = "İ" if self.dots_capitals and word[:1] == "i" else word[:1].upper()
        return first + word[1:]

    def upper(self, word: str) -> str:
        """A word in capitals, as the language has them."""
        return (word.replace("i", "İ") if self.dots_capitals else word).upper()

    def is_elided(self, word: str) -> bool:
        """Whether a word is only written before an apostrophe."""
        return self.elides and bool(_ONLY_ELIDED[self.lang].fullmatch(key(word)))

    @property
    def knows_names(self) -> bool:
        """Whether names were counted in the language."""
        return bool(self._names)

    def _alone(self, word: str, listed: float) -> float:
        """The share of the occurrences of a listed word in which it stands alone."""
        if self.is_elided(word):
            return PRIORS.unelided
        return (
            PRIORS.lone_letter
            if len(word) == 1 and word.islower() and listed < PRIORS.rare[0]
            else 1.0
        )

    def probability(self, word: str) -> float:
        """The probability of a word in clean text, never zero.

        An unknown word has that of the unknown words of its shape and length, several words and
        marks that of all of them; a space at either end is a mark out of place.
        """
        listed = self.frequency(word)
        if listed or word.isalpha():
            found = listed + _unknown(shape(word), len(word))
            return found * self._alone(word, listed) if listed else max(found, _LEAST)
        chance = 1.0
        for piece in _PIECE.finditer(word):
            text = piece["word"]
            chance *= (
                self.frequency(text) + _unknown(shape(text), len(text)) if text else PRIORS.mark
            )
        return max(chance, _LEAST)

    def is_name(self, word: str, beside: Beside = "") -> bool:
        """Whether a word is usually capitalised where it stands.

        Known for the languages whose names were counted. A word too rare to be counted is taken for
        a name beside another one.
        """
        where = self._names.get(key(word))
        if where is None:
            return bool(beside) and self._is_uncounted(word)
        return not where or any(side in where for side in beside)

    def _is_uncounted(self, word: str) -> bool:
        return key(word) not in self._names and self.frequency(word) < PRIORS.counted_name

    def is_bare(self, word: str) -> bool:
        """Whether a word is far commoner with accents: "funcion"."""
        return self.frequency(word) * PRIORS.far_rarer < self._without_marks.get(key(word), 0.0)

    @cached_property
    def _without_marks(self) -> dict[str, float]:
        """The frequencies of the common words that have accents, by what is left without these."""
        found: dict[str, float] = {}
        for word, share in self.commonest._frequencies.items():
            if not word.isascii() and (bare := without_marks(word)) != word:
                found[bare] = found.get(bare, 0.0) + share
        return found

    def is_contracted(self, word: str) -> bool:
        """Whether a word is a common contraction but for its apostrophe: "dont"."""
        return key(word) in self._without_apostrophes

    @cached_property
    def _without_apostrophes(self) -> frozenset[str]:
        """What is left of common words without their apostrophes, where it is far rarer."""
        return frozenset(
            bare
            for word in self.commonest.words
            if "'" in word
            and self.frequency(bare := word.replace("'", "")) * PRIORS.far_rarer
            < self.frequency(word)
        )

    @cached_property
    def contractions(self) -> dict[str, str]:
        """Common words that an apostrophe contracts, and what is left of them without it.

        "it's" is one, and "Lebanon's" none: a possessive is of a rarer word.
        """
        return {
            word: word.replace("'", "")
            for word in self.commonest.words
            if "'" in word
            and (not word.endswith("'s") or self.frequency(word[:-2]) >= PRIORS.closed_class)
        }

    @cached_property
    def _names(self) -> dict[str, str]:
        """By name, beside what it is one; an empty text for anywhere."""
        listed = files("textmend") / "data" / f"names-{self.lang}.txt"
        if not listed.is_file():
            return {}
        names = listed.read_text(encoding="utf-8").split()
        return {(name := each.rstrip("<>")): each[len(name) :] for each in names}

    @cached_property
    def unmistakable(self) -> tuple[dict[str, str], float]:
        """Those contractions that are known without their apostrophes, and their share of words."""
        found = {
            word: bare
            for word, bare in self.contractions.items()
            if bare in self._without_apostrophes
        }
        return found, sum(map(self.frequency, found))

    @cached_property
    def compounds(self) -> dict[str, float]:
        """Words with hyphens, of which wordfreq lists only the parts, with their frequencies.

        Known for the languages whose compounds were counted.
        """
        listed = files("textmend") / "data" / f"compounds-{self.lang}.txt"
        if not listed.is_file():
            return {}
        entries = map(str.split, listed.read_text(encoding="utf-8").splitlines())
        return {word: 1e-9 * int(share) for word, share in entries}

    def written(self, word: str, *, first: bool, beside: Beside) -> float:
        """The probability of a word in clean text, written with just these capitals, never zero.

        ``first``: a sentence may begin with it, so that a capital says nothing.
        """
        chance, form = self.probability(word), shape(word)
        if first or not self._names or form not in ("lower", "title") or self._is_uncounted(word):
            return chance
        usual = (form == "title") == self.is_name(word, beside)
        return chance if usual else chance * PRIORS.other_case

    def suspicion(self, word: str, *, first: bool) -> tuple[float, bool] | None:
        """The probability in clean text of a word that may be damaged, and whether it is flagged.

        None for a word that needs no explanation. A flag on a name says little, and is left out.
        """
        asked = (word, first)
        if asked in self._suspicions:
            return self._suspicions[asked]
        return self._suspicions.keep(asked, self._suspicion(word, first), word)

    def _suspicion(self, word: str, first: bool) -> tuple[float, bool] | None:
        if shape(word) in ("upper", "mixed"):
            return None
        stem, apostrophe, core = key(word).rpartition("'")
        # Whatever is run into a word, as in "is't" or "the mayor'd", is a way to speak.
        spoken = apostrophe and not self.elides and self.flag(stem) is None
        if spoken and self.frequency(word) < PRIORS.ordinary <= self.frequency(stem):
            return None
        clean = self.probability(key(word) if first else word)
        # Who has no accents to write with has lost no letters: "funcion" is "función".
        clean = max(clean, self._without_marks.get(core, 0.0))
        flagged = self.flag(word, first=first) is not None
        if clean >= PRIORS.ordinary and not flagged and core not in self._without_apostrophes:
            return None
        return clean, flagged and shape(word) == "lower"

    def flag(self, word: str, *, first: bool = False) -> Why | None:
        """Why a word is suspicious, if it is. ``first``: it may be the first of a sentence.

        Acronyms are never flagged, and names only where they are unknown.
        """
        frequency, form = self.frequency(word), shape(word)
        if form in ("upper", "mixed") or (form == "title" and len(word) == 1):
            return None
        if frequency == 0.0:
            return "unknown"
        if form == "title" and not first:
            return None
        if frequency >= PRIORS.rare[min(len(word), len(PRIORS.rare)) - 1]:
            return None
        return "scrap" if len(word) <= 3 else "rare"


def languages() -> list[str]:
    """The codes of the languages whose words stand between spaces."""
    return sorted(_word_lists().keys() - UNSPACED)


@lru_cache(maxsize=1)
def _word_lists() -> dict[str, str]:
    """The files of wordfreq's short lists, by language."""
    import wordfreq

    return dict(wordfreq.available_languages())


def frequent_words(lang: str, most: int) -> Iterator[tuple[float, list[str]]]:
    """Frequencies and the words that have each: the ``most`` frequent of a language, or a few more.

    From the short list of wordfreq, of which nothing is kept in memory.
    """
    import msgpack

    with gzip.open(_word_lists()[lang]) as file:
        # What wordfreq.read_cBpack reads, as far as it is needed: all of it takes forty times as
        # long, for as many languages as there are. The first item says what the file is.
        ranks = msgpack.Unpacker(file, read_size=_PAGE)
        count = ranks.read_array_header() - 1
        ranks.skip()
        found = 0
        for rank in range(count):
            words = ranks.unpack()
            # Each rank is one hundredth of a decade less frequent than that before.
            yield 10 ** (-rank / 100), words
            found += len(words)
            if found >= most:
                break


@lru_cache(maxsize=64)
def listed(tag: str) -> str:
    """The code of the language of wordfreq that a tag asks for: "pt" for "pt-BR"."""
    known = sorted(_word_lists())
    if tag in known:
        return tag
    import langcodes  # takes longer to import than all else

    try:
        code, _ = langcodes.closest_match(tag, known)
    except (ValueError, AttributeError):  # no tag at all
        code = ""
    if code not in known:
        raise TextmendError(
            f"unknown language {checks.shown(tag)}; textmend knows {', '.join(known)}"
        )
    return code


@lru_cache(maxsize=8)
def _load(code: str) -> Lexicon:
    import wordfreq

    listed = wordfreq.get_frequency_dict(code, wordlist="best")
    if code == "de":
        # Its pattern takes time to be compiled, and is for German alone.
        from textmend.language.german import with_sharp_s

        listed = with_sharp_s(listed)
    return Lexicon(code, listed)


@lru_cache(maxsize=128)  # of 46 kB each, in English
def _holding(lexicon: Lexicon, pattern: str) -> NDArray[np.uint8]:
    """For each word a bit, whether it holds a match."""
    text, starts = lexicon.joined
    found = [match.start() for match in regex.finditer(pattern, text)]
    held = np.zeros(len(lexicon.words), dtype=bool)
    held[np.searchsorted(starts, found, side="right") - 1] = True
    return np.packbits(held)


def _unknown(form: Shape, length: int) -> float:
    share: float = getattr(PRIORS.unknown, form)
    return share * math.exp(PRIORS.unknown_letter * length)


def attested(line_tokens: Sequence[Sequence[Token]], lexicon: Lexicon) -> frozenset[str]:
    """Unknown words that the document itself vouches for: names that it uses more than once."""
    unknown = Counter(
        text
        for line in line_tokens
        for kind, text, _ in line
        if kind == "word" and shape(text) == "title" and not lexicon.frequency(text)
    )
    return frozenset(word for word, count in unknown.items() if count > 1)


def suspects(text: str, *, lang: str = "en") -> list[Suspect]:
    """The words of ``text`` that are unknown or suspiciously rare; no channel is needed.

    >>> [(each.text, each.why) for each in suspects("The ministration said y left. Furrmore, no")]
    [('ministration', 'rare'), ('y', 'scrap'), ('Furrmore', 'unknown')]
    """
    lexicon = Lexicon.load(lang)
    text_lines = lines(tokenize(checks.text("text", text)))
    known_names = attested(text_lines, lexicon)
    return [
        Suspect(token.text, token.start, token.end, lexicon.frequency(token.text), why)
        for line in text_lines
        for token, first in zip(line, sentence_starts(line), strict=True)
        if token.kind == "word"
        and token.text not in known_names
        and (why := lexicon.flag(token.text, first=first))
    ]
