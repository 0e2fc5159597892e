"""The words that a channel damages, by what it leaves of them.

Drops are applied to the lexicon line by line, so that what a word becomes is never worked out
twice, and never differently from how a text is damaged. What is left may be a word, or several with
marks and spaces between them. Start reading at :meth:`Preimages.of`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from operator import attrgetter

import numpy as np
import regex

from textmend.cache import Answers, kept
from textmend.channel.channel import Channel
from textmend.channel.drops import Reach, Rule
from textmend.language.lexicon import Lexicon, folded, key
from textmend.language.spelling import Speller
from textmend.language.tokens import WORD, Beside, Shape, Token, shape
from textmend.mending.leavings import Leavings, pieces
from textmend.mending.priors import PRIORS
from textmend.mending.random_loss import Losses

_WORD = regex.compile(WORD)
# A word, and nothing for an abbreviation, of whose letters none is a word.
_WORD_IF_ANY = regex.compile(rf"(?:\p{{L}}\.){{2,}}|({WORD})")
_POSSESSIVES = ("'s", "'")
_MARKS = frozenset("'-")  # of which words have some inside
_ENTRY = 140  # bytes of what words are torn into, under what it is once spaces have merged


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may have stood in a slot: its text, and the word under which it is judged.

    ``prior``: its probability in clean text, where it is in no list; else 0.0.
    ``likelihood``: the probability that the channel left of it what stands there, relative to what
    stands there having been spared; one for rules that delete all there is, less for what is hardly
    a word.
    """

    text: str
    word: str
    prior: float = 0.0
    likelihood: float = 1.0


class Glimpse:
    """A text as it is looked through for what words were torn into.

    ``text``: in lower case, with straight apostrophes.
    """

    def __init__(self, text: str) -> None:
        self.text = folded(text)

    @cached_property
    def words(self) -> list[str]:
        """Its words in their order, and an empty one for each abbreviation."""
        return _WORD_IF_ANY.findall(self.text)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The words that follow one another."""
        return frozenset(pairwise(self.words))


class Preimages:
    """The words that drops damage, by what they leave of them.

    ``torn``: what is left that is more or other than a single word, by what it is once its spaces
    have merged with each other and with those of the text. ``unsettling``: the share of all words
    that leave white space at an end.
    """

    def __init__(
        self, drops: tuple[Rule, ...], lexicon: Lexicon, *, among: Lexicon | None = None
    ) -> None:
        listed = lexicon if among is None else among
        # What leaky rules may leave of words is too much to be listed.
        self._leaks = [
            drop.rate for drop in drops if drop.rate < 1.0 and regex.search(drop.pattern, "a")
        ]
        drops = tuple(drop for drop in drops if drop.rate == 1.0 and not drop.crosses_lines)
        self._residues = [drop.residue for drop in drops if drop.residue.strip(" ")]
        # Line by line: white space must not be collapsed across words.
        self._channel = Channel(tuple(drop.by_line() for drop in drops), "keep")
        self._drops = drops
        self.lexicon = lexicon
        self._listed = listed
        self._curled = any("’" in drop.pattern for drop in drops)
        self._anywhere = all(drop.reach == "text" for drop in drops)
        self._elsewhere: dict[Reach, Preimages] = {}
        words = self._hit()
        forms = self._forms(words)
        self._leavings = Leavings(words, forms)
        # What is left of the endings that any noun may have, and the endings.
        self._endings = [
            (left, ending)
            for ending in _POSSESSIVES
            if (left := self._channel.apply(f"s{ending}")[1:]) != ending
        ]
        vanished = self._leavings.of("")
        self._deleted = [
            word
            for word in vanished[: PRIORS.most_vanished]
            if lexicon.frequency(word) >= PRIORS.vanished
        ]
        apart = pieces(words, forms)
        # The share of all words beside which white space was left to be settled.
        self.unsettling = self._mass(vanished) + sum(
            self._mass(self._written(left)) for left in apart if left.strip(" ") != left
        )
        self.torn: dict[str, list[str]] = {}
        for left in apart if any(drop.residue for drop in drops) else ():
            if merged := " ".join(filter(None, left.split(" "))):
                self.torn.setdefault(merged, []).append(left)
        self._surfaces: Answers[tuple[str, bool, Beside], tuple[Candidate, ...]] = Answers(
            each=500, most=4_000_000
        )
        self._torn_gains: Answers[str, float] = Answers(each=100, most=1_000_000)
        self._logs_alone: Answers[tuple[str, str], float] = Answers(each=200, most=2_000_000)

    def _hit(self) -> list[str]:
        """The words that the drops act on, most frequent first, and then compounds."""
        listed = self._listed
        acted_on = np.zeros(len(listed.words), dtype=bool)
        for drop in self._channel.drops:
            acted_on |= listed.holding(f"(?i){drop.pattern}")
            if listed.dots_capitals and regex.search(drop.pattern, listed.title("i")):
                acted_on |= listed.holding(r"(?m)^i")
            if self._curled:  # the lexicon writes all apostrophes straight
                acted_on |= listed.holding(f"(?i){drop.pattern}".replace("’", "'"))
        hit = [listed.words[place] for place in np.flatnonzero(acted_on)]
        if any(regex.match(drop.pattern, "a-a", pos=1) for drop in self._drops):
            hit += self.lexicon.compounds
        return hit

    def _forms(self, words: list[str]) -> list[list[str]]:
        """What is left of words, in each form that may leave something else."""
        forms = [words]
        # Where case matters, a capital may be spared, and what follows it not: Fire-fi-ghters.
        cased = any("(?i)" not in drop.pattern for drop in self._drops)
        if cased or self._listed.dots_capitals:
            forms.append([self._listed.title(word) for word in words])
        if self._curled:
            forms.append([typographic(word) for word in words])
        return [
            folded(self._channel.apply("\n".join(form))).split("\n")[: len(form)] for form in forms
        ]

    @property
    def size(self) -> int:
        """Roughly the bytes that it takes."""
        torn = _ENTRY * sum(map(len, self.torn.values()))
        kept = self._surfaces.size + self._torn_gains.size + self._logs_alone.size
        elsewhere = (each.size for each in list(self._elsewhere.values()) if each is not self)
        return self._leavings.size + torn + kept + sum(elsewhere)

    @staticmethod
    @kept(most=16_000_000, size=attrgetter("size"))
    def load(drops: tuple[Rule, ...], lang: str) -> Preimages:
        """The preimages of drops in a language, shared by all that ask for them."""
        return Preimages(drops, Lexicon.load(lang))

    @staticmethod
    @kept(most=32_000_000, size=attrgetter("size"))
    def common(drops: tuple[Rule, ...], lang: str) -> Preimages:
        """The preimages among common words: quicker to make, for rules that are only tried."""
        lexicon = Lexicon.load(lang)
        return Preimages(drops, lexicon, among=lexicon.commonest)

    def _written(self, left: str) -> list[str]:
        """The words of which just this is left, the most frequent first."""
        return self._leavings.of(left) if left else []

    @property
    def lang(self) -> str:
        """The language of the words."""
        return self.lexicon.lang

    def at(self, place: Reach) -> Preimages:
        """The preimages by the drops that act on words that stand there."""
        if self._anywhere:
            return self
        if place not in self._elsewhere:
            acting = tuple(drop for drop in self._drops if drop.acts_at(place))
            all_act = acting == self._drops
            self._elsewhere[place] = (
                self if all_act else Preimages(acting, self.lexicon, among=self._listed)
            )
        return self._elsewhere[place]

    def of(self, text: str, *, first: bool = False, beside: Beside = "") -> tuple[Candidate, ...]:
        """All that was written where ``text`` is left, most frequent first, in likely capitals.

        ``first``: a sentence may begin with it. ``beside``: the capitalised words next to it.
        """
        known = self._surfaces.get((text, first, beside))
        if known is None:
            known = self._restore(text, first, beside)
            self._surfaces.keep((text, first, beside), known, text)
        return known

    def shape(self, text: str) -> Shape:
        """How a word is capitalised, but for an elided one before it and for what drops left."""
        return shape(self._spared(self.core(text)))

    def _spared(self, text: str) -> str:
        """A word without what drops left in it."""
        for residue in self._residues:
            text = text.replace(residue, "")
        return text.strip(" ")

    def core(self, text: str) -> str:
        """A word without the elided one before it, which has capitals of its own."""
        return text[self._elided(text) :]

    def _elided(self, text: str) -> int:
        """The length of the elided word before another one, with its apostrophe."""
        return max(text.rfind("'"), text.rfind("’")) + 1 if self.lexicon.elides else 0

    def torn_in(self, glimpse: Glimpse, least: float) -> set[str]:
        """What a text may hold of what words are torn into, at a glance: nothing is left out.

        What its pieces, without the spaces at their ends, are less likely to be by ``least`` nats
        than the word; where marks are left of words, those marks.
        """
        if self._residues:
            return {residue for residue in self._residues if residue in glimpse.text}
        alone, others = self._torn_by_words
        several = chain.from_iterable(others[pair] for pair in others.keys() & glimpse.pairs)
        found = chain(
            alone.intersection(glimpse.words), (form for form in several if form in glimpse.text)
        )
        return {form for form in found if self._torn_gain(form) >= least}

    def _torn_gain(self, form: str) -> float:
        """The most nats by which a word is likelier than what it was torn into, as words."""
        known = self._torn_gains.get(form)
        if known is None:
            ways = (str.lower, str.title, str.upper)
            apart = sum(
                math.log(min(self.lexicon.probability(write(piece)) for write in ways))
                for piece in _WORD.findall(form)
            )
            known = log_share(self.mass(form, merged=True)) - apart
            self._torn_gains.keep(form, known, form)
        return known

    @cached_property
    def _torn_by_words(self) -> tuple[frozenset[str], dict[tuple[str, str], list[str]]]:
        """What words are torn into: those that stand alone, and others by their first two."""
        alone: set[str] = set()
        others: dict[tuple[str, str], list[str]] = {}
        for form in self.torn:
            first, *more = _WORD.findall(form) or [form]
            if more:
                others.setdefault((first, more[0]), []).append(form)
            else:
                alone.add(first)
        return frozenset(alone), others

    @cached_property
    def _torn_from(self) -> dict[str, list[int]]:
        """The lengths of all that is torn, by the two characters that it begins with."""
        found: dict[str, set[int]] = {}
        for each in self.torn:
            found.setdefault(each[:2], set()).add(len(each))
        return {head: sorted(lengths) for head, lengths in found.items()}

    @cached_property
    def torn_heads(self) -> frozenset[str]:
        """The one or two characters that what is torn may begin with."""
        return frozenset(self._torn_from) | frozenset(each for each in self.torn if len(each) == 1)

    def torn_ends(self, form: str, start: int) -> Iterator[int]:
        """Where what is left of a word may end that begins at ``start`` of a text in lower case."""
        if form[start : start + 1] in self.torn:
            yield start + 1
        for length in self._torn_from.get(form[start : start + 2], ()):
            if length > 1 and form[start : start + length] in self.torn:
                yield start + length

    def has_spaces(self, text: str) -> bool:
        """Whether ``text`` may be what is left of a word but for spaces that have merged."""
        form = key(text)
        return any(left != form for left in self.torn.get(form, ()))

    def apart(self, tokens: Iterable[Token]) -> float:
        """The log-probability of tokens, each damaged or not, whatever stands beside them."""
        return sum(self._log_alone(token) for token in tokens if token.kind != "space")

    def _log_alone(self, token: Token) -> float:
        known = self._logs_alone.get(token[:2])
        if known is None:
            damaged = self.mass(token.text) if token.kind == "word" else 0.0
            known = math.log(max(damaged, self.lexicon.probability(token.text)))
            self._logs_alone.keep(token[:2], known, token.text)
        return known

    def is_listed(self, word: str) -> bool:
        """Whether a word in lower case is one, or is what is left of one."""
        return self.lexicon.lists(word) or bool(word and word in self._leavings)

    def mass(self, text: str, *, merged: bool = False) -> float:
        """The share of all words that leave ``text``.

        ``merged``: or leave it once their spaces have merged with others.
        """
        return self._mass(self.merged(text) if merged else self._lower(key(text)))

    def merged(self, text: str) -> list[str]:
        """The words that leave ``text``, once their spaces have merged with others."""
        form = key(text)
        loose = (self._written(left) for left in self.torn.get(form, ()) if left != form)
        return [*self._lower(form), *chain.from_iterable(loose)]

    def leaving(self, texts: Iterable[str]) -> Iterator[str]:
        """Those of some words, in lower case, that may be what is left, spaces merged or not."""
        for text in texts:
            if text in self.torn or self._lower(text):
                yield text

    def mass_of(self, words: Iterable[Candidate]) -> float:
        """The share of all words that these are."""
        return self._mass(each.word for each in words)

    def likeliest(self, text: str) -> str:
        """The most frequent word that leaves ``text``, which some must, in lower case.

        Its spaces may have merged with others.
        """
        return max(self.merged(text), key=self.lexicon.frequency)

    def _mass(self, words: Iterable[str]) -> float:
        return sum(map(self._share, words))

    def _share(self, word: str) -> float:
        """The share of all words that a word or compound makes up."""
        return self.lexicon.frequency(word) or self.lexicon.compounds.get(word, 0.0)

    @cached_property
    def vanished(self) -> dict[Shape, list[tuple[str, str]]]:
        """Words that are deleted whole, and how they are written, by their capitals.

        Where case matters to the drops, capitals survive, and none vanished.
        """
        ways: dict[Shape, Callable[[str], str]] = {
            "lower": str,
            "title": self.lexicon.title,
            "upper": self.lexicon.upper,
        }
        return {
            form: [
                (word, shown)
                for word in self._deleted
                if not self._channel.apply(shown := write(word))
            ]
            for form, write in ways.items()
        }

    def _restore(self, text: str, first: bool, beside: Beside) -> tuple[Candidate, ...]:
        found = []
        for word in self._lower(key(text)):
            if word[1:] == "'s":  # a letter has no possessive: "Ms" is no "M's"
                continue
            credit = self._credit(word, text)
            title_first = first or self.lexicon.is_name(word, beside)
            for surface in self._capitalisations(word, text, title_first=title_first):
                if credit and self._channel.apply(surface) == text:
                    prior = self.lexicon.compounds.get(word, 0.0)
                    found.append(Candidate(surface, word, prior, credit))
                    break
        for word, likelihood in self._lost(key(text)):
            title_first = first or self.lexicon.is_name(word, beside)
            for surface in self._capitalisations(word, text, title_first=title_first):
                if _is_subsequence(text, surface):
                    found.append(Candidate(surface, word, likelihood=likelihood))
                    break
        found += self._possessives(text, {each.text for each in found})
        # What is in no list is not known to be frequent: rules that are only tried do without.
        tried = self._listed is not self.lexicon
        if not found and not self._leaks and not tried and not self.lexicon.frequency(text):
            found += self._guessed(text, first)
        return tuple(found[: PRIORS.most_preimages])

    def _possessives(self, text: str, known: AbstractSet[str]) -> Iterator[Candidate]:
        """The possessives that no list has of which ``text`` may be what is left."""
        lexicon = self.lexicon
        for left, ending in self._endings:
            stem = text[: len(text) - len(left)]
            surface, word = stem + ending, key(stem + ending)
            if len(stem) < PRIORS.least_stem or text[len(stem) :] != left or surface in known:
                continue
            if (ending == "'") != (stem[-1] in "sS") or self._channel.apply(surface) != text:
                continue
            of_nouns = PRIORS.possessive if ending == "'s" else PRIORS.possessive_of_s
            share = of_nouns.lower if shape(stem) == "lower" else of_nouns.name
            prior = lexicon.probability(stem) * share
            if ending == "'s" and lexicon.frequency(stem):
                # The list would have it, if it were any commoner.
                prior = min(prior, PRIORS.unlisted)
            elif ending == "'" and not any(
                map(lexicon.frequency, (f"{stem}'s", f"{stem[:-1]}'{stem[-1]}"))
            ):
                prior *= PRIORS.no_noun
            if not lexicon.frequency(word):
                yield Candidate(surface, word, prior)

    def _credit(self, word: str, text: str) -> float:
        """How far the entry of a rare word is to be believed where ``text`` may stand for itself.

        A word with an ending ("Labatt's") is as rare as its stem.
        """
        rare, standing = self._share(word), self.lexicon.frequency(text)
        if not rare:
            stems = (each.rpartition("'")[0] for each in (word, key(text)))
            rare, standing = map(self.lexicon.frequency, stems)
        if rare >= PRIORS.tail or not standing:
            return 1.0
        ratio = rare / standing
        return min(1.0, ratio / PRIORS.believed) if ratio >= PRIORS.unbelievable else 0.0

    def _guessed(self, text: str, first: bool) -> Iterator[Candidate]:
        """What was written where an unknown word is left, by its spelling alone."""
        clean, form = self.lexicon.probability(text), shape(text)
        for word, nats in self._speller.guesses(key(text), name=form == "title" and not first):
            surface = self.lexicon.title(word) if form == "title" else word
            if "’" in text:
                surface = typographic(surface)
            if self._channel.apply(surface) == text:
                yield Candidate(surface, word, clean * math.exp(nats))

    @cached_property
    def _speller(self) -> Speller:
        return Speller(self._drops, self.lexicon)

    def _lost(self, token: str) -> list[tuple[str, float]]:
        """The words that may have lost letters at random, in lower case, with their chances."""
        if not self._leaks:
            return []
        found = Losses.load(self.lexicon.lang).of(token, self._leaks[0])
        return sorted(found, key=lambda each: -self.lexicon.frequency(each[0]) * each[1])

    def _lower(self, damaged: str) -> list[str]:
        """Preimages in lower case; a possessive has those of its word, too."""
        found = self._written(damaged)
        for left, ending in self._endings:
            word = damaged.removesuffix(left) + ending
            # All of them are not among the common words.
            if damaged.endswith(left) and self.lexicon.lists(word) and word not in found:
                found.append(word)
        stem, apostrophe, suffix = damaged.rpartition("'")
        if apostrophe and stem:
            wholes = [*found, *(f"{word}'{suffix}" for word in self._written(stem))]
            if self.lexicon.elides:
                wholes += (f"{stem}'{word}" for word in self._written(suffix))
            found = sorted(dict.fromkeys(wholes), key=self.lexicon.frequency, reverse=True)
        return found

    def _capitalisations(self, word: str, damaged: str, *, title_first: bool) -> list[str]:
        """The ways to capitalise a word, the likeliest first."""
        if marked := _with_marks(word, damaged):
            return list(dict.fromkeys((marked, typographic(marked))))
        if (cut := self._elided(damaged)) and key(damaged[:cut]) == word[:cut]:
            cores = self._capitalisations(word[cut:], damaged[cut:], title_first=False)
            return [damaged[:cut] + core for core in cores]
        title, upper = self.lexicon.title(word), self.lexicon.upper(word)
        match shape(self._spared(damaged)):
            case "lower":
                found = [title, word] if title_first else [word, title]
            case "title":
                found = [title, upper]
            case _:
                found = [upper]
        # What has lost its apostrophe may have had either kind.
        curled = [typographic(each) for each in found]
        return curled if "’" in damaged else list(dict.fromkeys(found + curled))


def _with_marks(word: str, damaged: str) -> str:
    """What is left of a word that lost marks alone, with these; nothing where it lost letters.

    >>> _with_marks("o'reilly", "OReilly")
    "O'Reilly"
    """
    letters = iter(damaged)
    found = "".join(each if each in _MARKS else next(letters, "") for each in word)
    return found if key(found) == word and found != damaged and not next(letters, "") else ""


def log_share(share: float) -> float:
    """The log of a share of all words; minus infinity where there is none."""
    return math.log(share) if share else -math.inf


def typographic(word: str) -> str:
    """A word with typographic apostrophes."""
    return word.replace("'", "’")


def _is_subsequence(text: str, of: str) -> bool:
    letters = iter(of)
    return all(character in letters for character in text)
