"""Which texts came through a channel, and which of their lines it acted on."""

import math
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmend.inference.priors import PRIORS
from textmend.inference.regions import segment, share_of

nats = st.floats(-30.0, 30.0)


def best_of_all(odds: list[float]) -> float:
    """The log-odds of the best segmentation of a text, by trying all of them."""
    return max(
        sum(favour for favour, state in zip(odds, states, strict=True) if state)
        - PRIORS.border * sum(one != other for one, other in pairwise(states))
        for states in product((False, True), repeat=len(odds))
    )


@given(st.lists(nats, min_size=1, max_size=9))
def test_the_lines_of_a_text_are_segmented_as_well_as_can_be(odds: list[float]) -> None:
    found = segment(np.array(odds), [0] * len(odds))
    assert found.log_odds == pytest.approx(best_of_all(odds), abs=1e-9)
    states = found.damaged.tolist()
    borders = sum(one != other for one, other in pairwise(states))
    kept = sum(favour for favour, state in zip(odds, states, strict=True) if state)
    assert kept - PRIORS.border * borders == pytest.approx(found.log_odds, abs=1e-9)


@given(st.lists(nats, min_size=1, max_size=40))
def test_the_share_is_the_likeliest(log_odds: list[float]) -> None:
    share, total = share_of(np.array(log_odds))

    def likelihood(share: float) -> float:
        return sum(math.log(1.0 - share + share * math.exp(each)) for each in log_odds)

    if share == 1.0:
        assert total == pytest.approx(sum(log_odds))
        fitted = max(likelihood(place / 50) for place in range(50))
        assert total >= fitted - 0.5 * math.log(len(log_odds)) - 1e-6
    else:
        price = 0.5 * math.log(len(log_odds)) if share else 0.0
        assert total == pytest.approx(likelihood(share) - price, abs=1e-6)
        assert likelihood(share) >= max(likelihood(place / 50) for place in range(50)) - 1e-6


def test_of_one_text_all_is_said_by_its_own_lines() -> None:
    assert share_of(np.array([3.0])) == (1.0, 3.0)
    assert share_of(np.array([-3.0])) == (0.0, 0.0)
    assert share_of(np.array([800.0])) == (1.0, 800.0)


def test_choosing_few_texts_among_many_is_paid_for() -> None:
    told = segment(np.array([5.0] * 3 + [-5.0] * 3), range(6))
    assert told.damaged.tolist() == [True] * 3 + [False] * 3
    assert told.share == pytest.approx(0.5, abs=0.02)
    assert told.log_odds > 8.0
    lost = segment(np.array([5.0] * 3 + [-5.0] * 3000), range(3003))
    assert lost.log_odds == 0.0
    assert not lost.damaged.any()


def test_texts_that_say_nothing_are_what_most_are() -> None:
    # The last is silent. Where all others came through the channel, so did it.
    assert segment(np.array([6.0] * 9 + [0.0]), range(10)).damaged.all()
    mostly_clean = segment(np.array([9.0] * 3 + [-9.0] * 7 + [0.0]), range(11))
    assert mostly_clean.damaged.tolist() == [True] * 3 + [False] * 8


def test_texts_do_not_run_into_each_other() -> None:
    apart = segment(np.array([9.0, -30.0]), [0, 1])
    assert apart.damaged.tolist() == [True, False]
    together = segment(np.array([9.0, -30.0]), [0, 0])
    assert together.damaged.tolist() == [True, False]
    assert together.log_odds == 9.0 - PRIORS.border
    assert apart.log_odds == pytest.approx(math.log(0.25) + 9.0 - 0.5 * math.log(2), abs=0.01)


def test_nothing_has_no_regions() -> None:
    found = segment(np.zeros(0), [])
    assert (found.damaged.size, found.share, found.log_odds) == (0, 0.0, 0.0)
