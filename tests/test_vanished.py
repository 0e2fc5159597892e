"""Where words are missed."""

from math import exp, log, log1p

import numpy as np
import pytest

from textmend import Channel
from textmend.inference.vanished import Missed, MissedByNetwork, MissedByPairs
from textmend.language.bigrams import Bigrams
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import lines, tokenize
from textmend.models.network import AFTER, BEFORE, FIRST, Lines, Network, Scores

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


class Told(Bigrams):
    """Pairs of words whose probabilities are given."""

    def __init__(self, chances: dict[tuple[str, str], float]) -> None:
        super().__init__(Lexicon("toy", {}))
        self._chances = chances

    def probability(self, word: str, before: str | None) -> float:
        return self._chances[before or "", word]


@pytest.mark.parametrize(
    ("text", "odds"),
    [
        ("in sea", log(0.5 * (0.01 + 0.5 * 0.1) / 0.01)),
        ("sea in", log(0.8 * (0.04 + 0.2 * 0.3) / 0.04)),
        ("in sea in", log(0.5 * (0.01 + 0.5 * 0.1) / 0.01) + log(0.8 * (0.04 + 0.2 * 0.3) / 0.04)),
        ("in, sea", 0.0),
        ("in 5 sea", 0.0),
        ("in", 0.0),
    ],
)
def test_pairs_weigh_the_word_between_against_those_that_touch(text: str, odds: float) -> None:
    chances = {
        ("in", "the"): 0.5, ("the", "sea"): 0.1, ("in", "sea"): 0.01,
        ("sea", "the"): 0.2, ("the", "in"): 0.3, ("sea", "in"): 0.04,
    }  # fmt: skip
    assert MissedByPairs(Told(chances))("the", [tokenize(text)]) == pytest.approx([odds])


def test_the_network_is_asked_for_each_gap_of_each_line(monkeypatch: pytest.MonkeyPatch) -> None:
    network, asked = Network.load(), []

    def score(_: Network, about: Lines) -> Scores:
        asked.append(about)
        slots, texts = about.lengths.sum(), len(about.lengths)
        nothing = np.arange(slots + texts, dtype=float)
        return Scores(np.zeros(slots), np.column_stack([nothing, 0.5 * nothing]))

    monkeypatch.setattr(Network, "score", score)
    text_lines = lines(tokenize("On sea.\n\nSea air\n"))
    found = MissedByNetwork(network)("the", text_lines)
    (about,) = asked
    assert about.lengths.tolist() == [3, 2]
    assert about.sizes.tolist() == [1] * 5
    assert about.weights.tolist() == [1.0] * 5
    assert about.candidates.tolist() == network.ids(["On", "sea", ".", "Sea", "air"]).tolist()
    assert about.vanished.tolist() == network.ids(["the"]).tolist()
    assert [bool(each & FIRST) for each in about.forms] == [True, False, False, True, False]
    # The sea is mentioned again, the rest is not.
    assert [each & (BEFORE | AFTER) for each in about.forms] == [0, AFTER, 0, BEFORE, 0]
    # Of each gap: log of P(nothing) + P(word) over P(nothing).
    odds = [log1p(exp(-0.5 * gap)) for gap in range(7)]
    assert found == pytest.approx([sum(odds[:4]), 0.0, sum(odds[4:])])
