"""Which texts of a source came through its channel, and which of their lines it acted on.

Within a text, lines are damaged or clean (a clean headline above a damaged body), and borders
between the two cost. A text either came through the channel or it did not: the share of those that
did is learned from all of them, so that choosing a few texts among many is paid for. Texts that
happen to lack a sequence are then no evidence that it was deleted. Start reading at
:func:`segment`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from textmend.channel.channel import Channel
from textmend.channel.drops import Rule
from textmend.inference.census import Census, Floats, sums
from textmend.inference.explanations import gain
from textmend.inference.priors import PRIORS
from textmend.mending.arcs import position, torn
from textmend.mending.preimages import Preimages

_HALVINGS = 40  # of the interval that holds the share: to far more digits than texts can tell
_MOST = 600.0  # nats; where more speak for a text, its exponential would overflow


Damaged = NDArray[np.bool_]


@dataclass(frozen=True)
class Regions:
    """Where a channel acted: ``damaged`` has one value a line.

    ``share``: of the texts, how many came through the channel, from 0 to 1. ``log_odds``: of the
    lines as they are under this against all of them clean, in nats. ``of_texts``: for each text,
    the log-odds that it came through.
    """

    damaged: Damaged
    share: float
    log_odds: float
    of_texts: Floats


def segment(odds: Floats, texts: Sequence[int]) -> Regions:
    """The likeliest regions, given the log-odds of damage for each line and the text that it is of.

    ``texts`` has the lines of each text together.
    """
    if not len(odds):
        return Regions(np.zeros(0, dtype=bool), 0.0, 0.0, np.zeros(0))
    bounds = [0, *(np.flatnonzero(np.diff(texts)) + 1).tolist(), len(odds)]
    damaged = np.ones(len(odds), dtype=bool)
    of_texts = np.add.reduceat(odds, bounds[:-1])
    for text, (start, end) in enumerate(pairwise(bounds)):
        if end - start > 1:
            inside, best = _lines(odds[start:end])
            # A text that came through the channel was damaged somewhere.
            if inside.any():
                damaged[start:end], of_texts[text] = inside, best
    share, total = share_of(of_texts)
    damaged &= np.repeat(came_through(of_texts, share), np.diff(bounds))
    return Regions(damaged, share, total, of_texts)


def share_of(log_odds: Floats) -> tuple[float, float]:
    """The likeliest share of texts that came through a channel, and the log-odds that some did.

    ``log_odds``: for each text, that it came through the channel. Either all texts did, as is
    usual, or they are a mixture of those that did and those that did not. Then the share is fitted,
    which costs half the logarithm of how many texts it was fitted to (Schwarz's criterion).
    """
    # The likelihood ratio of a text is 1 + share · excess: its logarithm is concave in the share.
    excess = np.expm1(np.minimum(log_odds, _MOST))

    def slope(share: float) -> float:
        with np.errstate(divide="ignore"):
            return float((excess / (1.0 + share * excess)).sum())

    if slope(0.0) <= 0.0:
        return 0.0, 0.0
    low, share = 0.0, 1.0
    if slope(1.0) < 0.0:
        high = 1.0
        for _ in range(_HALVINGS):
            share = (low + high) / 2.0
            low, high = (share, high) if slope(share) > 0.0 else (low, share)
    with np.errstate(divide="ignore"):
        mixed = np.logaddexp(np.log1p(-share), np.log(share) + log_odds)
    total = float(mixed.sum()) - 0.5 * math.log(len(log_odds))
    together = float(log_odds.sum())
    return (1.0, together) if together >= total else (share, total)


def came_through(log_odds: Floats, share: float) -> Damaged:
    """Which texts came through a channel, by the log-odds of each, if this share of all did."""
    with np.errstate(divide="ignore"):
        least: float = np.log1p(-share) - np.log(share)
    return np.asarray(log_odds > least)


def _lines(odds: Floats) -> tuple[Damaged, float]:
    """The likeliest damaged lines of a text, and their log-odds together (Viterbi, two states)."""
    lead = 0.0  # of damaged over clean, up to here
    back: list[tuple[bool, bool]] = []
    for place, favour in enumerate(odds.tolist()):
        if place:
            back.append((lead > PRIORS.border, lead >= -PRIORS.border))
            # Who is further behind would have come over.
            lead = PRIORS.border if lead > PRIORS.border else max(lead, -PRIORS.border)
        lead += favour
    states = np.zeros(len(odds), dtype=bool)
    states[-1] = lead > 0.0
    for line in range(len(odds) - 1, 0, -1):
        states[line - 1] = back[line - 1][int(states[line])]
    borders = int(np.count_nonzero(np.diff(states)))
    return states, float(odds[states].sum()) - PRIORS.border * borders


def silence(expected: Floats, surviving: Floats, share: float) -> Floats:
    """Nats by which the survivors in each line, or that there are none, speak for damage there."""
    cost = min(PRIORS.survivor, -math.log(max(1.0 - share, 1e-9)))
    none = PRIORS.line_dispersion * np.log1p(share * expected / PRIORS.line_dispersion)
    return np.where(surviving, -cost * surviving, none)


def usage(census: Census, rate: float, surviving: Floats) -> float:
    """How much of what the language leads one to expect the texts of a source do hold, at most 1.

    Where some hold a sequence and others do not, its rate in this source is what tells how surely
    those others should. Of a single text nothing but the language tells it.
    """
    expected = float(census.asked.sum()) * rate
    if not expected or census.texts[0] == census.texts[-1]:
        return 1.0
    return min(float(surviving.sum()) / expected, 1.0)


def damaged_regions(
    census: Census,
    channel: Channel,
    preimages: Preimages,
    shares: Mapping[Rule, float],
    *,
    bonus: float = 0.0,
) -> Regions:
    """Where the channel acted; ``bonus`` in nats for each line for that it did.

    ``shares``: of their occurrences that rules deleted, where that was not all. Where what
    survived says nothing, that of a leaky channel, all lines are damaged.
    """
    if channel.leaky:
        return segment(np.ones(len(census.lines)), census.texts)
    odds = np.full(len(census.lines), bonus)
    for drop in channel.drops:
        rate = census.lexicon.commonest.rate(drop.pattern)
        surviving = census.survivors(drop)
        # What is believed to be gone, and left nowhere, was used as in any text.
        used = usage(census, rate, surviving) or 1.0
        odds += silence(census.asked * rate * used, surviving, shares.get(drop, 1.0))
    inside = preimages.at("text")
    gains = {
        place: gain(inside.mass(census.types[place]), clean, len(census.types[place]))
        for place, clean in census.suspicious.items()
    }
    worth = np.zeros(len(census.types))
    worth[list(gains)] = list(gains.values())
    odds += sums(census.tally.lines, worth[census.tally.places], len(odds))
    for line in range(len(odds)):
        odds[line] += sum(
            min(span.gain, PRIORS.gain_cap[-1])
            for span in torn(census.lines[line], channel, preimages, sure=True).values()
            if span.gain > 0.0
        )
        opener = census.openers[line]
        here = preimages.at(position(opener, census.lines[line]))
        if here is not inside and opener.kind == "word":
            clean = census.lexicon.probability(opener.text)
            odds[line] += gain(here.mass(opener.text), clean, len(opener.text))
    return segment(odds, census.texts)
