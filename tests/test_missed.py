"""Where words are missed."""

import pytest

from textmend import Channel
from textmend.bigrams import Bigrams
from textmend.missed import Missed, MissedByNetwork, MissedByPairs
from textmend.network import Network
from textmend.tokens import lines, tokenize

CLEAN = (
    "The mayor said that the council would vote on the budget in the spring.\n"
    "\n"
    "Rain fell on the harbour for most of the night, and the ferry stayed where it was.\n"
)
JUDGES = [MissedByNetwork(Network.load()), MissedByPairs(Bigrams.load("en"))]


@pytest.mark.parametrize("judge", JUDGES)
def test_a_word_is_missed_where_it_was_deleted(judge: Missed) -> None:
    damaged = lines(tokenize(Channel.of("the", whitespace="squeeze").apply(CLEAN)))
    missed, there = judge("the", damaged), judge("the", lines(tokenize(CLEAN)))
    assert missed.shape == (len(damaged),)
    assert (missed[[0, 2]] > there[[0, 2]] + 1.0).all()
    assert missed[1] == there[1] == pytest.approx(0.0, abs=0.1)


def test_other_words_are_not_missed_for_it() -> None:
    damaged = lines(tokenize(Channel.of("the", whitespace="squeeze").apply(CLEAN)))
    judge = MissedByNetwork(Network.load())
    assert judge("of", damaged).sum() < 0.3 * judge("the", damaged).sum()


def test_lines_are_judged_alone() -> None:
    text_lines = lines(tokenize("He put it on table\nShe went into room\n"))
    judge = MissedByNetwork(Network.load())
    assert judge("the", text_lines).tolist() == [judge("the", [line])[0] for line in text_lines]
    assert judge("the", []).shape == (0,)
