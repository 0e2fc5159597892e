"""What the probabilities of edits are worth, by their kind; and what a threshold on them costs.

The log-odds that a model gives are stretched and moved (Platt scaling), by numbers that are fitted
on some documents and tried on others. Start reading at :func:`measure_calibration`.

Source of the method: J. Platt, "Probabilistic outputs for support vector machines and comparisons
to regularized likelihood methods", 1999.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from benchmarks.align import trace
from benchmarks.channels import Damager
from benchmarks.documents import Document
from benchmarks.metrics import calibration_error, is_right
from textmend import Mender
from textmend.edits import Kind

THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
_LEAST = 50  # edits of a kind; of fewer nothing is fitted
_ROUNDS = 50  # of Newton's method, which needs some ten
_TINY = 1e-6  # no closer to 0 or 1, where log-odds end

Floats = NDArray[np.float64]


class Verdict(NamedTuple):
    """An edit that a mender makes if no probability is too small for it."""

    kind: Kind
    probability: float
    right: bool


@dataclass
class Verdicts:
    """All edits of some documents; ``lost``: the words that were damaged, or had vanished."""

    edits: list[Verdict] = field(default_factory=list)
    lost: int = 0

    def of(self, kind: Kind) -> tuple[Floats, NDArray[np.bool_]]:
        """The log-odds of the edits of a kind, and which of them are right."""
        here = [each for each in self.edits if each.kind == kind]
        chances = np.clip([each.probability for each in here], _TINY, 1.0 - _TINY)
        return np.log(chances / (1.0 - chances)), np.array([each.right for each in here], bool)

    def at(self, threshold: float) -> tuple[float, float]:
        """Precision, and recall of what was lost, when edits have at least this probability."""
        made = [each.right for each in self.edits if each.probability >= threshold]
        return sum(made) / max(len(made), 1), sum(made) / max(self.lost, 1)


@dataclass(frozen=True)
class Fitted:
    """A calibration of one kind of edit on top of that of the model, and what it changes.

    ``edits``: how many were fitted on and tried on; ``errors``: the expected calibration error of
    those tried, as they come and when fitted.
    """

    slope: float
    offset: float
    edits: tuple[int, int]
    errors: tuple[float, float]


def verdicts(
    documents: Sequence[Document],
    damagers: Sequence[Damager],
    model: str,
    progress: Callable[[], None],
) -> Verdicts:
    """What a mender that is told the channel makes of damaged documents."""
    found = Verdicts()
    for damager in damagers:
        if damager.channel is None:
            continue
        mender = Mender(channel=damager.channel, model=model, min_probability=0.0)
        for document in documents:
            damage = damager.damage(document.text, seed=f"0 {document.id}")
            mended = mender.mend_and_explain(damage.text)
            traced = trace(damage, mended.text)
            found.edits += (
                Verdict(edit.kind, edit.probability, is_right(edit, traced))
                for edit in mended.edits
            )
            found.lost += sum(fate.arrived != (fate.written,) for fate in traced.fates)
            found.lost += sum(len(gap.lost) for gap in traced.gaps)
            progress()
    return found


def measure_calibration(fitted_on: Verdicts, tried_on: Verdicts) -> dict[Kind, Fitted]:
    """Calibrations by kind, fitted on some edits and tried on others."""
    found = {}
    for kind in get_args(Kind):
        odds, right = fitted_on.of(kind)
        others, truth = tried_on.of(kind)
        if min(len(odds), len(others)) < _LEAST or right.all():
            continue
        slope, offset = platt(odds, right)
        errors = _error(others, truth), _error(slope * others + offset, truth)
        found[kind] = Fitted(slope, offset, (len(odds), len(others)), errors)
    return found


def platt(odds: Floats, right: NDArray[np.bool_]) -> tuple[float, float]:
    """The slope and offset of log-odds that make it likeliest which edits are right.

    >>> rng = np.random.default_rng(0)
    >>> odds = rng.normal(2.0, 2.0, 100_000)
    >>> right = rng.random(100_000) < 1.0 / (1.0 + np.exp(-(0.8 * odds - 0.5)))
    >>> [round(each, 1) for each in platt(odds, right)]
    [0.8, -0.5]
    """
    columns = np.stack([odds, np.ones_like(odds)], 1)
    signs = np.where(right, 1.0, -1.0)

    def loss(found: Floats) -> float:
        return float(np.logaddexp(0.0, -signs * (columns @ found)).sum())

    found = np.array([1.0, 0.0])
    for _ in range(_ROUNDS):
        chances = np.exp(-np.logaddexp(0.0, -columns @ found))
        weights = chances * (1.0 - chances)
        step = np.linalg.solve(
            columns.T @ (columns * weights[:, None]) + _TINY * np.eye(2),
            columns.T @ (right - chances),
        )
        # Far from the best a whole step may lead further away.
        while loss(found + step) > loss(found) and np.abs(step).max() > _TINY:
            step /= 2.0
        found += step
        if np.abs(step).max() <= _TINY:
            break
    return float(found[0]), float(found[1])


def _error(odds: Floats, right: NDArray[np.bool_]) -> float:
    levels = np.rint(1000.0 * np.exp(-np.logaddexp(0.0, -odds))).astype(int).tolist()
    return calibration_error(Counter(zip(levels, right.tolist(), strict=True))) or 0.0


def calibration_tables(model: str, found: dict[Kind, Fitted], tried_on: Verdicts) -> list[Table]:
    """The fits by kind, and precision and recall by threshold."""
    fits = Table(title=f"Calibration of the {model} model")
    for heading in ("kind", "fitted on", "tried on", "slope", "offset", "ECE", "ECE fitted"):
        fits.add_column(heading, justify="left" if heading == "kind" else "right")
    for kind, each in found.items():
        fits.add_row(
            kind,
            *(f"{count:,}" for count in each.edits),
            f"{each.slope:.2f}",
            f"{each.offset:+.2f}",
            *(f"{error:.3f}" for error in each.errors),
        )
    curve = Table(title=f"What min_probability costs, {model} model")
    for heading in ("min_probability", "precision of edits", "recall of what was lost"):
        curve.add_column(heading, justify="right")
    for threshold in THRESHOLDS:
        precision, recall = tried_on.at(threshold)
        curve.add_row(f"{threshold:.2f}", f"{precision:.4f}", f"{recall:.4f}")
    return [fits, curve]
