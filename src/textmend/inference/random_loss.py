"""Whether texts lost letters at random, and at what rate.

The strange words of a text come from several sources: words that the lexicon does not know, slips
of a writer (a letter left out, put in, changed for another, two exchanged: each about as often),
habits (one letter left out at one place of words: "runnin"), and, it may be, letters lost at
random. How much each source gives is fitted to the text, with the last one and without it; by how
much it makes the text likelier is the evidence. So typos, where letters are changed as often as
left out, are no random loss, and neither are jargon, dialect or another language, where most
strange words stay unexplained. Start reading at :func:`random_loss`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from textmend.channel.families import RandomLoss
from textmend.evidence import Evidence, Explained
from textmend.inference.census import Census, Floats
from textmend.inference.hypotheses import DeletionIndex, Explanations
from textmend.inference.priors import PRIORS
from textmend.language.lexicon import Lexicon
from textmend.language.priors import PRIORS as LANGUAGE

_ROUNDS = 60
_NEVER = 1e-9  # a rate that is as good as none
_LEAST = 1e-12  # a share of words that is as good as none


_Kind = tuple[str, bool, bool]  # a letter, whether it is the first of its word, and the last


@dataclass(frozen=True)
class _Strange:
    """The strange words of a census; arrays with one value for each.

    ``clean``: its probability in clean text. ``unknown``: the same as a word that the lexicon does
    not know. ``slips``, ``lost``: its probability by a slip other than a letter left out, and by a
    letter lost, where one happens to each letter. ``habit``: that by letters that the writer leaves
    out at their place. ``written``: the likeliest word that lost one.
    """

    words: list[str]
    written: list[str]
    clean: Floats
    unknown: Floats
    slips: Floats
    lost: Floats
    habit: Floats


def random_loss(census: Census, min_log_odds: float) -> tuple[Evidence, ...]:
    """The evidence that letters were lost at random; none where it does not reach that."""
    strange = _strange(census)
    if strange is None:
        return ()
    counts, types = census.totals, census.types[: len(census.totals)]
    lengths = np.array([len(word) for word in types])
    known = [_is_long(word) and census.lexicon.frequency(word) > 0.0 for word in types]
    words, letters = counts.sum(), max(counts[known] @ lengths[known], 1)
    unknown = LANGUAGE.unknown.lower * words  # as many as clean texts have
    rarer = 1.0 / PRIORS.slips  # writers who slip more often are rarer, exponentially
    sources = np.array([strange.unknown, strange.habit, strange.slips + strange.lost])
    without, _ = _fit(strange.clean, sources, np.array([unknown, words, 4.0 * letters + rarer]))
    sources = np.array([strange.unknown, strange.habit, strange.slips, strange.lost])
    likelihood, rates = _fit(
        strange.clean, sources, np.array([unknown, words, 3.0 * letters + rarer, letters])
    )
    log_odds = likelihood - without - PRIORS.random_damage
    if log_odds < min_log_odds:
        return ()
    shares = rates[3] * strange.lost / (strange.clean + rates @ sources)
    explained = tuple(
        Explained(word, strange.written[at], int(counts[census.places[word]]))
        for at in np.argsort(-shares, kind="stable")
        if shares[at] > 0.5 and (word := strange.words[at])
    )
    # Words that lost a letter held letters, too, and may be most of the long words of a text.
    held_by_lost = shares @ np.array([len(word) + 1 for word in strange.words])
    rate = shares.sum() / (letters + held_by_lost)
    if rate < PRIORS.careless:  # of a long text the fit would tell, but people leave out as many
        return ()
    rule, held = RandomLoss(float(f"{rate:.2g}")), int(counts @ lengths)
    return (Evidence(rule, held / (1.0 - rule.rate), held, explained, log_odds),)


def _strange(census: Census) -> _Strange | None:
    """The strange words of a census; None where too few can have lost a letter."""
    lexicon, index = census.lexicon, DeletionIndex.load(census.lexicon.lang)
    places = [place for place in census.suspicious if _is_long(census.types[place], less=1)]
    if len(places) < PRIORS.random_words:
        return None
    words = [census.types[place] for place in places]
    clean = np.array([census.suspicious[place] for place in places])
    rows = index.explain(words)
    rows = rows.at(np.flatnonzero(rows.length == 1))
    shares = index.frequencies[rows.word]
    # One of two equal letters is what writers leave out: that says nothing.
    pairs = rows.token * len(index.words) + rows.word
    _, pair, ways = np.unique(pairs, return_inverse=True, return_counts=True)
    shares = np.where(ways[pair] > 1, 0.0, shares)
    lost = np.bincount(rows.token, shares, len(words)).astype(float)
    if np.count_nonzero(PRIORS.most_lost * lost > clean) < PRIORS.random_words:
        return None
    weights = shares / np.maximum(lost[rows.token], _LEAST)
    of_habit = np.where(_habitual(rows, index, weights, census), shares, 0.0)
    habit = np.bincount(rows.token, of_habit, len(words)).astype(float)
    written = [""] * len(words)
    for row in np.argsort(shares, kind="stable"):  # the likeliest comes last, and stays
        written[rows.token[row]] = index.words[rows.word[row]]
    listed = np.array([lexicon.frequency(word) for word in words])
    unknown = np.maximum(clean - listed, 0.0)
    slips = np.array([_slips(word, lexicon) for word in words])
    return _Strange(words, written, clean, unknown, slips, lost, habit)


def _habitual(
    rows: Explanations, index: DeletionIndex, weights: Floats, census: Census
) -> NDArray[np.bool_]:
    """Which rows lost a letter at a place of the word where far more did than chance would have."""
    usual: dict[_Kind, float] = defaultdict(float)
    for word, count in zip(census.types, census.totals.tolist(), strict=False):
        for kind in _kinds(word) if _is_long(word) else ():
            usual[kind] += count
    kinds = [
        _kinds(index.words[word])[start]
        for word, start in zip(rows.word.tolist(), rows.start.tolist(), strict=True)
    ]
    lost: dict[_Kind, float] = defaultdict(float)
    for kind, weight in zip(kinds, weights.tolist(), strict=True):
        lost[kind] += weight
    by_chance = sum(lost.values()) / max(sum(usual.values()), 1.0)
    habits = {
        kind
        for kind, words in lost.items()
        if words >= PRIORS.habit_words and words >= PRIORS.habit_oftener * by_chance * usual[kind]
    }
    return np.array([kind in habits for kind in kinds], dtype=bool)


def _kinds(word: str) -> list[_Kind]:
    """For each letter of a word, what it is and whether it is the first or the last."""
    last = len(word) - 1
    return [(letter, place == 0, place == last) for place, letter in enumerate(word)]


def _is_long(word: str, *, less: int = 0) -> bool:
    return len(word) >= PRIORS.random_letters - less and word.isalpha()


@lru_cache(maxsize=10_000)
def _slips(word: str, lexicon: Lexicon) -> float:
    """The probability of a word by a slip other than a letter left out, one to each letter."""
    if len(word) > lexicon.longest + 1:
        return 0.0
    letters = lexicon.letters
    cuts = [(word[:place], word[place], word[place + 1 :]) for place in range(len(word))]
    changed = (
        head + letter + tail for head, here, tail in cuts for letter in letters if letter != here
    )
    put_in = (head + tail for head, _, tail in cuts)
    exchanged = (
        head + tail[0] + here + tail[1:] for head, here, tail in cuts if tail and tail[0] != here
    )

    def share(words: Iterable[str]) -> float:
        # Hardly any of them is a word.
        return sum(map(lexicon.frequency, lexicon.listed(words)))

    return (share(changed) + share(put_in)) / len(letters) + share(exchanged)


def _fit(clean: Floats, sources: Floats, sizes: Floats) -> tuple[float, Floats]:
    """The log-likelihood of strange words under a mixture of sources, and the rate of each source.

    ``clean``: the probabilities that words have anyway; ``sources``: one row for each source, the
    probabilities that it gives them; ``sizes``: on how many words or letters each source acts. The
    first source are unknown words, whose rate varies much between texts.
    Expectation maximisation: each word is shared out among the sources, then each source has the
    rate that gives its share.
    """
    rates = 1.0 / sizes
    for _ in range(_ROUNDS):
        given = rates[:, None] * sources
        drawn = (given / (clean + given.sum(axis=0))).sum(axis=1)
        against = np.r_[PRIORS.jargon / (1.0 + rates[0]), np.zeros(len(rates) - 1)]
        rates = np.maximum(drawn / (sizes + against), _NEVER)
    likelihood = np.log(clean + rates @ sources).sum() - rates @ sizes
    return float(likelihood - PRIORS.jargon * np.log1p(rates[0])), rates
