"""The decoder against an enumeration of all paths."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from textmend.mending.decoder import Array, paths, posteriors, softmax


@st.composite
def lattices(draw: st.DrawFn) -> list[Array]:
    size = st.integers(1, 3)
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    before = 1
    tables: list[Array] = []
    for _ in range(draw(st.integers(1, 4))):
        gap, words = draw(size), draw(size)
        tables.append(random.normal(0.0, 5.0, (before, gap, words)))
        before = words
    return tables


def enumerated(tables: list[Array]) -> list[Array]:
    choices = [list(product(range(t.shape[1]), range(t.shape[2]))) for t in tables]
    found = [np.zeros(t.shape[1:]) for t in tables]
    for path in product(*choices):
        score, before = 0.0, 0
        for table, (gap, word) in zip(tables, path, strict=True):
            score += table[before, gap, word]
            before = word
        for marginal, choice in zip(found, path, strict=True):
            marginal[choice] += np.exp(score)
    return [marginal / marginal.sum() for marginal in found]


@given(lattices())
def test_posteriors_are_those_of_all_paths(tables: list[Array]) -> None:
    for found, expected in zip(posteriors(tables), enumerated(tables), strict=True):
        assert_allclose(found, expected, atol=1e-9)


def test_no_columns() -> None:
    assert posteriors([]) == []


def test_scores_far_from_zero_do_not_overflow() -> None:
    tables = [np.array([[[-2000.0, -2001.0]]]), np.array([[[900.0]], [[900.0]]])]
    first, _ = posteriors(tables)
    assert_allclose(first, [[1 / (1 + np.exp(-1.0)), 1 / (1 + np.exp(1.0))]])


@given(st.lists(st.floats(-20.0, 20.0), min_size=1, max_size=6), st.floats(-1e6, 1e6))
def test_only_differences_of_scores_matter_however_large_they_are(
    scores: list[float], shift: float
) -> None:
    expected = [np.exp(each) / sum(map(np.exp, scores)) for each in scores]
    assert_allclose(softmax(np.array(scores)), expected, atol=1e-9)
    assert_allclose(softmax(np.array(scores) + shift), expected, atol=1e-6)


def test_a_word_that_is_all_but_impossible_may_be_what_the_next_one_asks_for() -> None:
    tables = [
        np.array([[[0.0, -2000.0, -3000.0]]]),
        np.array([[[0.0, -900.0]], [[1000.0, 2000.0]], [[-800.0, -700.0]]]),
    ]
    first, second = posteriors(tables)
    assert_allclose(first, [[0.5, 0.5, 0.0]])
    assert_allclose(second, [[0.5, 0.5]])


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(1, 3), st.floats(-3, 3)), min_size=1, max_size=10
    )
)
@settings(max_examples=300)
def test_paths_are_those_of_all_ways_through(drawn: list[tuple[int, int, float]]) -> None:
    """Against every path, written out; the score of an arc depends on the one before."""
    arcs = sorted({(start, start + length): nats for start, length, nats in drawn}.items())
    first, last = arcs[0][0][0], max(end for (_, end), _ in arcs)

    def follows(before: int | None, place: int) -> float:
        return arcs[place][1] + (0.0 if before is None else 0.1 * arcs[before][1])

    ways: list[tuple[tuple[int, ...], float]] = []

    def walk(node: int, way: tuple[int, ...], total: float) -> None:
        if node == last:
            ways.append((way, total))
        for place, ((start, end), _) in enumerate(arcs):
            if start == node:
                more = follows(way[-1] if way else None, place)
                walk(end, (*way, place), total + more)

    walk(first, (), 0.0)
    found = paths([arc for arc, _ in arcs], follows)
    if not ways:
        assert not found.best
        return
    total = np.logaddexp.reduce([nats for _, nats in ways])
    assert np.isclose(found.log, total)
    assert np.isclose(max(nats for _, nats in ways), dict(ways)[found.best])
    assert found.nodes.keys() <= {start for (start, _), _ in arcs} - {first}
    for node in {start for (start, _), _ in arcs} - {first}:
        through = [n for way, n in ways if node in {arcs[place][0][0] for place in way}]
        chance = np.exp(np.logaddexp.reduce(through) - total) if through else 0.0
        assert np.isclose(found.nodes.get(node, 0.0), chance)
