"""The chosen numbers of mending: each with its unit, what it stands for, and how it was set.

Limits of caches, what merely breaks ties, and how many alternatives are shown stay where they are
used. Start reading at :class:`Priors`; ``docs/numbers.md`` shows what each number changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from textmend.units import Count, Nats, Share, Times


class OfNouns(NamedTuple):
    """Shares of the occurrences of nouns in lower case, and of names."""

    lower: Share
    name: Share


@dataclass(frozen=True, slots=True)
class Priors:
    """The numbers by which candidates are found and weighed."""

    # What a token may have been.

    #: Share of nouns that have the ending of a possessive. Counted on 68 million words of the
    #: training text (242,629 and 263,908), where a third of the words in lower case are nouns.
    possessive: OfNouns = OfNouns(0.015, 0.03)
    #: The same of an apostrophe alone after an s (19,687 and 17,526).
    possessive_of_s: OfNouns = OfNouns(0.007, 0.015)
    #: Letters of a noun that has a possessive. By hand.
    least_stem: Count = 2
    #: Share of the commonest words that no list has. By hand.
    unlisted: Share = 2e-8
    #: Of that share, what words have that are in no possessive of the list. By hand.
    no_noun: Share = 0.1
    #: Candidates of one token, at most. By hand.
    most_preimages: Count = 24
    #: Words that may have vanished whole, at most. By hand.
    most_vanished: Count = 5
    #: Frequency below which a word is not believed to have vanished whole: there is nothing to see.
    #: By hand.
    vanished: Share = 1e-5
    #: Frequency of words that are seldom words: in the tail of a list stand slips, scraps and names
    #: of users. By hand.
    tail: Share = 1e-6
    #: Share of the frequency of what stands there, down to which they are believed in full. In 220
    #: news articles under eleven channels 98 % of such repairs were right above ten times that
    #: frequency, 65 to 70 % down to a tenth, 27 % down to a hundredth, 8 % below; of unknown words,
    #: which lost something, nearly all.
    believed: Share = 0.1
    #: The same, below which they are not believed at all.
    unbelievable: Share = 0.01
    #: Letters of a token that two were lost from; shorter ones are left of too many words. By hand.
    two_lost: Count = 5
    #: Of the rate of random loss, what is said of a token that is a word. Leaves 40 % of the harm
    #: to real words, and 96 % of the repairs.
    caution: Share = 0.3
    #: The same for a letter that stands alone: in science it has a meaning of its own. By hand.
    symbol: Share = 0.1
    #: Share of what a token says as it stands, below which a candidate is none. By hand.
    random_candidate: Share = 0.002

    # Words that were torn.

    #: Nats by which a word may be less likely than its pieces and still be weighed against them in
    #: context. By hand.
    weighed: Nats = 2.0
    #: Frequency of words that open a sentence rather than are names inside it. By hand.
    opener: Share = 5e-4

    # Words and gaps in their context.

    #: Nats against a lower-case word at the start of a sentence, by word pairs. By hand.
    lower_first: Nats = 4.0
    #: Nats against a capital right after a word that vanished from there ("The rain" leaves
    #: "rain"), by word pairs. By hand.
    title_second: Nats = 2.0
    #: Nats against a word whose capital was lost with its first letter, by word pairs: few words
    #: have one inside a sentence ("ngiliz" was "İngiliz", but "in" was hardly "İçin"). By hand.
    title_inside: Nats = 3.0
    #: Slope of the calibration of vanished words, by word pairs. Fitted on news under seventeen
    #: channels, from "the" to "e".
    pairs_slope: Times = 0.67
    #: Its offset, fitted with it.
    pairs_offset: Nats = -0.66
    #: Nats against a paragraph that begins in lower case, where they lose their capitals. By hand.
    lower_opener: Nats = 4.0
    #: Nats against a control character, or the sign of a lost one. By hand.
    never_written: Nats = 12.0
    #: Nats against that nothing stood between two spaces, where all white space was kept. By hand.
    empty: Nats = 8.0
    #: Share of all words that vanish, and more, for two spaces to say so. By hand.
    telling: Share = 1e-3
    #: Nats for that nothing stood in a gap, where a line is no sentence: headings and captions
    #: leave words out. By hand.
    terse: Nats = 2.0
    #: Shares of the contractions of speech that texts are told apart by. By hand.
    contraction_shares: tuple[Share, ...] = (0.03, 0.1, 0.3)

    # Words that ran together.

    #: Share of the borders of words of clean text that are spaces. By hand.
    space: Share = 0.99
    #: Share of the borders that are hyphens. Of 0.0003 to 0.008 (they stand after 1.0 % of the
    #: words of news) the one that harms fewer than 0.3 words in a thousand, on 60 articles: most of
    #: what looks like two words is spelled as one.
    hyphen: Share = 0.0003
    #: Letters of a word inside a run, at most. By hand.
    longest_word: Count = 24
    #: Letters of a word that no list knows, at least. By hand.
    least_unlisted: Count = 3
    #: Nats below the best path at which an arc is left out before word pairs are asked. By hand.
    far_behind: Nats = 10.0
    #: How far word pairs are followed, of their log-odds: of 0.4 to 1.0 what gave the best word F1
    #: on four sets of news.
    pairs: Share = 0.6
    #: Share of words of clean text with a mark between them and no space. By hand.
    touching: Share = 0.003
    #: The same of a number and a letter. By hand.
    touching_number: Share = 0.3
    #: The same of words beside a dash, of what somebody put in square brackets into a quotation,
    #: and of the parts of names such as a site's. By hand.
    touching_loose: Share = 0.3
    #: Nats against that lines ended twice in a run. By hand.
    far_apart: Nats = 2.0
    #: Characters from a bracket to the next, about an ending: "item(s)". By hand.
    short_bracket: Count = 4
    #: Letters of what is written right after a number: "60km". By hand.
    unit: Count = 2
    #: Nats by which a word that comes again is less likely to be two, each time. By hand.
    again: Nats = 4.0
    #: Frequency below which a listed word may be what others ran together. By hand.
    run_tail: Share = 1e-6
    #: Nats against such a word, or one that has capitals inside. By hand on 20 articles whose line
    #: ends were lost.
    run_together: Nats = 5.0
    #: Share of numbers among the words of clean text. By hand.
    number: Share = 0.01
    #: Share of the occurrences of a noun that are possessives. By hand.
    run_possessive: Share = 0.03
    #: Share of each abbreviation among words. By hand.
    abbreviation: Share = 3e-4
    #: Share of a letter that is a word. By hand.
    lone_letter: Share = 1e-3
    #: Frequency of words that are hardly ever two. By hand.
    ordinary: Share = 1e-5


#: The numbers in use.
PRIORS = Priors()
