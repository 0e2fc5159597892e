"""The chosen numbers of inference: each with its unit, what it stands for, and how it was set.

Limits of caches and of the index of deletions, and numbers of steps that are enough for any text,
stay where they are used. Start reading at :class:`Priors`; ``docs/numbers.md`` shows what each
number changes.
"""

from __future__ import annotations

from dataclasses import dataclass

from textmend.units import Count, Nats, Share, Times


@dataclass(frozen=True, slots=True)
class Priors:
    """The numbers by which texts are asked what was deleted from them."""

    # What a channel must have to be believed.

    #: Nats that each rule needs to be believed: the default of ``min_log_odds``. By hand.
    min_log_odds: Nats = 3.0
    #: Words of a text that say anything at all; fewer may hold anybody's typos. By hand.
    least_words: Count = 12
    #: Nats more that a rule needs in a text of which much is code, where names look like what is
    #: left of words. Of 4,746 source files eight had evidence, of 3 to 16 nats, mostly two words.
    in_code: Nats = 12.0
    #: Share of the words of a text that stand in code where much of it is. By hand.
    code_share: Share = 0.3
    #: Nats a word below which a text is in no language that is known. Clean English has -6.7 to
    #: -9.2, other languages below -13.
    fluent: Nats = -11.3
    #: The same in Turkish: of words with many endings fewer are known, and clean text has -10 to
    #: -12.
    fluent_turkish: Nats = -12.5
    #: Share of the strange words of a text that may be left unexplained; with more it is spelled in
    #: another way. By hand.
    other_spelling: Share = 0.7
    #: Share of all words that these must be at least, too. By hand.
    other_spelling_of_all: Share = 0.05

    # Words that are missing.

    #: The commonest words, by which running prose is told from lists and telegrams. By hand.
    prose_words: Count = 50
    #: Share of what is expected of these that prose holds at least. By hand.
    least_prose: Share = 0.65
    #: Words that all prose uses; the next ones ("I", "that") depend on the writer. By hand.
    function_words: Count = 6
    #: Expected words whose absence is itself a sign. By hand.
    conspicuous: Times = 3.0
    #: Share of those expected that a text may hold of a word that is missing; a part of it may be
    #: clean. By hand.
    few: Share = 0.8
    #: Share of those expected below which a text does without articles, as telegrams do. By hand.
    terse: Share = 0.4
    #: Words that are the same in the same order by no chance: what is told again. By hand.
    repeated_run: Count = 4
    #: Expected words whose absence is as good as a second word, beside other damage. By hand.
    gone: Times = 8.0
    #: Nats that each missing occurrence can say at most, when it is foretold whether to ask. By
    #: hand.
    most_missed: Nats = 6.0
    #: Words that are asked where a word is missed; the lines of a book are sampled. By hand.
    asked_words: Count = 1500
    #: Nats that are clear: no network is asked where a word is missed. By hand.
    clear: Nats = 30.0
    #: Survivors that say as plainly that nothing was deleted. By hand.
    many_survivors: Count = 30
    #: Missing words for each that is seen to be damaged, at most. By hand.
    missing_per_trace: Times = 3.0
    #: Of the negative binomial that absence is judged by: words come in bursts. By hand.
    dispersion: Times = 12.0
    #: The same within a line. By hand.
    line_dispersion: Times = 1.5

    # Words that are strange.

    #: Strange words, or paragraphs that begin in lower case, that are more than clean text has. By
    #: hand.
    strange_words: Count = 2
    #: Strange words left to explain before a further rule is looked for in them. By hand.
    unexplained_words: Count = 3
    #: Nats that a word of no, one, two … letters can say at most: anything may be an abbreviation.
    #: By hand.
    gain_cap: tuple[Nats, ...] = (0.0, 2.0, 3.5, 5.0, 6.5, 8.0)
    #: Nats below which an explanation is none. By hand.
    least_gain: Nats = 1.5
    #: Nats by which a word must be likelier than another that is there to explain it. By hand.
    far_better: Nats = 3.0
    #: Of what it would say alone, what another form of the same word says. By hand.
    inflected: Share = 0.2
    #: Letters of an ending by which forms of one word differ, at most. By hand.
    ending: Count = 3
    #: Contractions without apostrophes, beyond which more are one writer's habit. By hand.
    contractions: Count = 2
    #: Times as often as expected, and once more, that a word may recur: topics do. With 3 two in
    #: 32 articles that lost "the" and "ad" were missed, with 4 none.
    recurs: Times = 4.0
    #: Words that all rules but the plainest must explain. By hand.
    least_traces: Count = 3
    #: Words of the vocabulary whose deletions are looked up. By hand; the index has room for
    #: 65,536.
    index_words: Count = 50_000
    #: The same where some rules are believed already. By hand.
    later_words: Count = 20_000

    # What was left in the place of letters.

    #: Different marks that a channel may leave; binary files have hundreds. By hand.
    residues: Count = 4
    #: Times that a mark stands between letters before it is taken for one. By hand.
    least_marks: Count = 2
    #: Words that speak for a sequence that left something. By hand.
    least_leaving: Count = 2
    #: Letters around what was left, where clean text has that, too. By hand.
    least_torn: Count = 3
    #: Share of the marks of a text that a rule must explain to be what left them. By hand.
    accounted_marks: Share = 0.5
    #: Share of the spaces where words vanished that are doubled, for white space to have been kept.
    #: By hand.
    doubled_spaces: Share = 0.2

    # Words that ran together, and paragraphs that lost their capitals.

    #: Runs that may be several words, before they are looked at. By hand.
    least_joined: Count = 3
    #: Frequency below which a listed word may be what others ran together. By hand.
    rare_run: Share = 1e-6
    #: The commonest words, which compounds and names are not made of. By hand.
    closed_class: Count = 60
    #: Share of words that writers run together by slips, at most: one in 500. Lines of 72 columns
    #: end after every twelfth.
    run_together: Share = 0.002
    #: Share of paragraphs of a clean text that may begin in lower case. By hand.
    lower_opener: Share = 0.3

    # Prices of rules.

    #: Nats: the price of believing in damage at all. By hand.
    damage: Nats = 6.0
    #: Nats: the price of one more rule, which damaged text always seems to ask for. By hand.
    further_rule: Nats = 2.0
    #: Nats: the log of how many sequences of one to eight letters are common enough to be tried.
    sequence: tuple[Nats, ...] = (3.5, 6.0, 8.0, 9.0, 10.0, 10.5, 11.0, 11.5)
    #: Nats: the log of how many variants of families there are.
    family: Nats = 4.0
    #: Nats: the price of a common word that is missing. By hand.
    missing_word: Nats = 5.0
    #: Nats: the price of saying where a sequence was deleted, or what it left. By hand.
    option: Nats = 2.0
    #: Nats by which capitals must have survived for a rule to respect case. By hand.
    case: Nats = 1.0
    #: Nats: the price of saying that a rule leaks. By hand.
    leak: Nats = 5.0
    #: Shares of its occurrences that a leaky rule may have deleted. By hand.
    leak_shares: tuple[Share, ...] = (0.9, 0.7, 0.5)
    #: What makes a habit: of the words that lost a sequence this share did at one place, and of
    #: those that hold it still as many hold it at another. By hand, so that a few may be chance.
    at_one_place: Share = 0.75
    #: Rules of one channel, at most. By hand.
    most_rules: Count = 6
    #: Rules that are weighed before each is believed. By hand.
    shortlist: Count = 40

    # Regions and sources.

    #: Nats: the price of each border between clean and damaged lines of a text. By hand.
    border: Nats = 4.0
    #: Nats: what a word that should have been damaged costs. By hand.
    survivor: Nats = 5.0
    #: Nats for the damage of a line under a channel that is known. By hand.
    given: Nats = 1.0
    #: Share of the words of a source that a channel damaged, for it to be as good as given. By
    #: hand.
    nearly_all: Share = 0.95
    #: Texts of a part of a source: one alone tells its channel by itself, or not at all.
    least_texts: Count = 2

    # Letters lost at random.

    #: Letters of a word; what a shorter one leaves is too often another word. By hand.
    random_letters: Count = 5
    #: Nats against random loss at all. By hand.
    random_damage: Nats = 4.0
    #: (1 + n) to minus this: how rare texts are with n times the usual share of unknown words on
    #: top. By hand.
    jargon: Times = 3.0
    #: Slips of each kind per letter, on average over writers. By hand.
    slips: Share = 2e-4
    #: Letters per letter that a careless writer leaves out by slips: one in twelve leaves out more,
    #: exp(-5e-4 / 2e-4).
    careless: Share = 5e-4
    #: Words that lost a letter; fewer are nobody's proof. By hand.
    random_words: Count = 3
    #: Share of letters; where more are lost, little of a text can be read. By hand.
    most_lost: Share = 0.05
    #: Words that lost one letter at one place, which make a habit. By hand.
    habit_words: Count = 4
    #: Times as many as would have if all letters of the text were lost alike. By hand.
    habit_oftener: Times = 4.0


#: The numbers in use.
PRIORS = Priors()
