"""Scores of a line's columns → posterior probabilities of its choices.

The columns form a chain: the score of a choice may depend on the word chosen in the column before.
The posterior of each choice sums over all paths (forward-backward), in logarithms. No text enters
here. Start reading at :func:`posteriors`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def posteriors(scores: Sequence[Array]) -> list[Array]:
    """For each column the probability of each (gap choice, word); each array sums to one.

    ``scores``: for each column an array (words before, gap choices, words) of log scores; the first
    column has one "word before".
    """
    forward: list[Array] = []
    arriving = np.zeros(1)
    for table in scores:
        joint = arriving[:, None, None] + table
        forward.append(_log_sum(joint, axis=0))
        arriving = _log_sum(forward[-1], axis=0)
    found = []
    leaving = np.zeros(scores[-1].shape[2] if scores else 0)
    for table, reached in zip(reversed(scores), reversed(forward), strict=True):
        joint = reached + leaving
        found.append(np.exp(joint - _log_sum(joint.ravel(), axis=0)))
        leaving = _log_sum((table + leaving).reshape(len(table), -1), axis=1)
    return found[::-1]


def _log_sum(values: Array, axis: int) -> Array:
    highest = values.max(axis=axis, keepdims=True)
    summed = np.log(np.exp(values - highest).sum(axis=axis, keepdims=True)) + highest
    return np.asarray(summed.squeeze(axis=axis))
