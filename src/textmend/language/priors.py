"""The chosen numbers of what is known of clean text: each with its unit, meaning and origin.

Limits of caches and of file formats, which change no result, stay where they are used, and so do
the lists of marks and words. Start reading at :class:`Priors`; ``docs/numbers.md`` shows what each
number changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from textmend.units import Count, Nats, Share, Times


class ByShape(NamedTuple):
    """A share for each way to capitalise a word."""

    lower: Share
    title: Share
    upper: Share
    mixed: Share


class ByCase(NamedTuple):
    """Nats for a word in lower case, and for a capitalised one inside a sentence."""

    lower: Nats
    title: Nats


@dataclass(frozen=True, slots=True)
class Priors:
    """The numbers of tokens, lexicon, word pairs, homographs, spelling and identification."""

    #: Marks of code per word, above which lines are code. By hand.
    code_marks: Times = 0.3
    #: Lines on either side of a line that are judged together with it. By hand.
    code_context: Count = 2
    #: Words that a line has to hold to be a sentence. By hand.
    sentence_words: Count = 8
    #: Words of capitals that are more than acronyms: a line that is shouted. By hand.
    shouted_words: Count = 4
    #: Letters that these have on average, and more. By hand.
    shouted_letters: Times = 3.2

    #: Share of the words of clean English that wordfreq does not know, by capitalisation. Measured
    #: on 690,000 words of press releases, speeches, textbooks and encyclopaedia articles.
    unknown: ByShape = ByShape(5.5e-4, 1.2e-3, 2.1e-4, 2.6e-4)
    #: Nats that each letter of an unknown word costs: that of a model that finds about nine letters
    #: plausible. By hand.
    unknown_letter: Nats = -2.2
    #: Probability of a mark in the middle of words. By hand.
    mark: Share = 1e-3
    #: Frequencies below which a word of one, two … letters is suspicious: the shorter a word, the
    #: more often an ordinary one is used ("re" at 1.7e-4 is a scrap, "sonar" at 1e-6 is a word).
    #: By hand.
    rare: tuple[Share, ...] = (5e-4, 2e-4, 3e-6, 5e-7, 1e-7)
    #: Frequency above which a word needs no explanation. By hand.
    ordinary: Share = 3e-6
    #: Times that "don't" is as frequent as "dont", and more, for that to be strange. By hand.
    far_rarer: Times = 10.0
    #: Share of the rarest word such as "let" ("let's"), of which no noun is so frequent. By hand.
    closed_class: Share = 5e-4
    #: Words of the common part of the lexicon, which is enough to know a channel by. By hand.
    common_words: Count = 50_000
    #: Share of a letter that belongs to words of other languages, and less. By hand.
    rare_letter: Share = 1e-5
    #: Share of a word's occurrences that follow one elided word ("l'état"). By hand.
    elided: Share = 0.1
    #: Share of the occurrences of what is elided that have no apostrophe. By hand.
    unelided: Share = 0.02
    #: Share of the occurrences of a letter that is no word of its own, in lower case and in no
    #: abbreviation. By hand.
    lone_letter: Share = 0.1
    #: Share of German words of a stem with ß that are written with it, and not as in Switzerland.
    #: By hand.
    sharp_s: Share = 0.95
    #: The same of other words with ss, as they were written before 1996. By hand.
    other_sharp_s: Share = 0.02
    #: Share of words that are not capitalised as they usually are, inside a sentence. By hand.
    other_case: Share = 0.04
    #: Frequency of the rarest words whose capitals were counted: that of the list of names.
    counted_name: Share = 1e-6

    #: Words that the pairs of symspellpy were counted on: the scale at which P(the | of),
    #: P(the | in) and P(be | to) come out as in running text.
    pairs_corpus: Times = 2e13
    #: The most of what follows a word that listed pairs may claim. By hand.
    pairs_most: Share = 0.95

    #: Nats against what has accents that are missing where it stands. By hand.
    accents_lost: Nats = 0.25
    #: The same where that has the capital of a name: those are often of other languages. By hand.
    accents_of_name: Nats = 2.5

    #: Words of each language by which it is known: more of them tell no more texts apart.
    identifying_words: Count = 3000
    #: Probability of all words that are none of these. By hand.
    other_word: Share = 1e-6
    #: Of the nats a word that the frequent words of a language have in it by themselves (3.4 in
    #: Tamil, 6.8 in Filipino), the share that a text in it must have. Between six texts that lost
    #: every "e", "a" or accent (0.52 and more) and Latin, Welsh and Basque (0.21 at most).
    least_identified: Share = 0.3
    #: Nats that it must have in all: a few common words are common in many languages. By hand.
    least_identifying: Nats = 12.0
    #: What it must have of the nats of any other language: nearly all texts have at most 0.7 in a
    #: language that is not theirs, and at least 0.8 in theirs, however much they have lost.
    rival: Share = 0.8

    #: Letters of an n-gram, the last one foretold. By hand; a gram has room for ten.
    spelling_order: Count = 6
    #: Words that spelling is counted on; those beyond are seldom more than slips. By hand.
    spelling_words: Count = 150_000
    #: Beginnings that the search for spellings keeps at each letter. By hand.
    spelling_beam: Count = 8
    #: Guesses at an unknown word that are weighed. By hand.
    spelling_guesses: Count = 6
    #: Different things that a channel deletes, beyond which nothing is guessed. By hand.
    spelling_parts: Count = 24
    #: Of them, the most that were deleted between two letters. By hand.
    spelling_run: Count = 2
    #: Letters of the shortest token that spelling says something of. By hand.
    spelling_shortest: Count = 4
    #: Letters of the longest one. By hand.
    spelling_longest: Count = 32
    #: Nats a letter in words of any language. By hand.
    spelling_foreign: Nats = -2.2
    #: Nats for that a word is of this language, in lower case and with a capital. By hand.
    spelling_native: ByCase = ByCase(9.0, 2.0)
    #: Nats for that an unknown token was whole: most of what no list has is a name or an invention
    #: that lost nothing. Of 3,500 unknown words of running text under ten channels a guess that
    #: says 2 to 3 nats was right in 39 % of cases in lower case, one of 3 to 4 in 61 %, one of 5
    #: to 6 in 82 %; of names 35 % below 4.
    spelling_whole: Nats = 4.0


#: The numbers in use.
PRIORS = Priors()
