"""Scores of choices → their posterior probabilities.

Where choices do not depend on each other, :func:`softmax` is all there is to it. Else the columns
of a line form a chain: the score of a choice may depend on the word chosen in the column before.
The posterior of each choice sums over all paths (forward-backward), in logarithms. No text enters
here. Start reading at :func:`posteriors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


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
