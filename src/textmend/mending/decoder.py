"""Scores of choices → the best path, and posterior probabilities.

A lattice has nodes, and arcs between them; how likely an arc is may depend on the one before.
:func:`paths` sums over all paths through it, forward and backward, in logarithms. Where arcs lie
side by side, a line is a chain of columns, each with its choices: :func:`posteriors`; and where
these do not depend on each other, :func:`softmax` is all there is to it. No text enters here. Start
reading at :func:`paths`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

_NEVER = -math.inf


@dataclass(frozen=True, slots=True)
class Paths:
    """All paths through a lattice.

    ``best``: the places of the arcs of the best one. ``log``: the log of the sum of all. ``nodes``:
    for each node between the first and the last, the probability that a path goes through it.
    """

    best: tuple[int, ...]
    log: float
    nodes: Mapping[int, float]


def paths(
    arcs: Sequence[tuple[int, int]],
    follows: Callable[[int | None, int], float],
) -> Paths:
    """The paths from the node where the first arc starts to where the last one ends.

    ``arcs``: (start, end) with start < end, sorted. ``follows(a, b)``: the log score of arc ``b``
    after arc ``a``, or first.
    """
    first = arcs[0][0]
    last = max(end for _, end in arcs)
    arriving: dict[int, list[int]] = {first: []}
    forward, best, back = ([_NEVER] * len(arcs) for _ in range(3))
    before: list[int | None] = [None] * len(arcs)
    links: dict[int, list[tuple[int, float]]] = {}
    for place, (start, end) in enumerate(arcs):
        if start == first:
            score = follows(None, place)
            forward[place] = best[place] = score
        elif start in arriving:
            found = []
            for other in arriving[start]:
                link = follows(other, place)
                found.append((other, link))
                if best[other] + link > best[place]:
                    best[place], before[place] = best[other] + link, other
            links[place] = found
            forward[place] = log_sum([forward[other] + link for other, link in found])
        else:
            continue
        arriving.setdefault(end, []).append(place)
    ended = arriving.get(last, [])
    total = log_sum([forward[place] for place in ended])
    for place in ended:
        back[place] = 0.0
    for place in reversed(range(len(arcs))):
        if back[place] > _NEVER:
            for other, link in links.get(place, ()):
                back[other] = log_sum([back[other], link + back[place]])
    nodes: dict[int, float] = {}
    for place, (start, _) in enumerate(arcs):
        if start > first and back[place] > _NEVER:
            chance = math.exp(forward[place] + back[place] - total)
            nodes[start] = min(1.0, nodes.get(start, 0.0) + chance)
    way: list[int] = []
    at: int | None = max(ended, key=best.__getitem__, default=None)
    while at is not None:
        way.append(at)
        at = before[at]
    return Paths(tuple(reversed(way)), total, nodes)


def log_sum(values: Sequence[float]) -> float:
    """The log of a sum of which these are the logs of the terms."""
    highest = max(values, default=_NEVER)
    if highest == _NEVER or len(values) == 1:
        return highest
    return highest + math.log(sum(math.exp(value - highest) for value in values))


def softmax(scores: Array) -> Array:
    """The probabilities of choices of which these are the log scores."""
    chances = np.exp(scores - scores.max())
    return np.asarray(chances / chances.sum())


def posteriors(scores: Sequence[Array]) -> list[Array]:
    """For each column the probability of each (gap choice, word); each array sums to one.

    ``scores``: for each column an array (words before, gap choices, words) of log scores; the first
    column has one "word before".
    """
    # A column that does not depend on the one before starts a chain of its own.
    starts = [place for place, table in enumerate(scores) if len(table) == 1]
    return [
        chances
        for start, end in pairwise([*starts, len(scores)])
        for chances in _chain(scores[start:end])
    ]


def _chain(scores: Sequence[Array]) -> list[Array]:
    if len(scores) == 1:
        (table,) = scores
        return [np.ones(table.shape[1:]) if table.size == 1 else softmax(table[0])]
    forward: list[Array] = []
    arriving: Array = np.zeros(1)
    for table in scores:
        joint = arriving[:, None, None] + table
        forward.append(_log_sum(joint, axis=0))
        arriving = _log_sum(forward[-1], axis=0)
    found = []
    leaving: Array = np.zeros(scores[-1].shape[2])
    for table, reached in zip(reversed(scores), reversed(forward), strict=True):
        joint = reached + leaving
        found.append(np.exp(joint - _log_sum(joint.ravel(), axis=0)))
        leaving = _log_sum((table + leaving).reshape(len(table), -1), axis=1)
    return found[::-1]


def _log_sum(values: Array, axis: int) -> Array:
    highest = values.max(axis=axis, keepdims=True)
    summed = np.log(np.exp(values - highest).sum(axis=axis, keepdims=True)) + highest
    return np.asarray(summed.squeeze(axis=axis))
