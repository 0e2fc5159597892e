"""Chosen numbers fitted to development text: a value is believed if both halves of it agree.

A number is multiplied by several factors, and each time the tasks of :mod:`benchmarks.probe` are
done with either half of the texts. Most numbers cannot be fitted so: those that keep clean text
clean show what they are worth on millions of words only (``python -m benchmarks alarms``). Start
reading at :func:`fit`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from rich.table import Table

from benchmarks.probe import Figures
from benchmarks.sensitivity import Number, Value, apart, probe_anew

FACTORS = (0.5, 0.7, 1.0, 1.4, 2.0)
_ROUNDS = 2
# What a word costs that is changed in clean text, in words that stay damaged: above all, textmend
# harms nothing.
_ALARM = 10
_HALVES = (0, 1)


@dataclass(frozen=True)
class Fit:
    """What was counted on each half of the texts, by the value of a number."""

    number: Number
    figures: Mapping[Value, tuple[Figures | None, ...]]

    @property
    def best(self) -> Value:
        """The value that costs least on either half; that of today where none is better on both."""

        def costs(value: Value) -> tuple[int, ...]:
            return tuple(map(cost, self.figures[value]))

        today = costs(self.number.value)
        better = [
            value
            for value in self.figures
            if all(now < then for now, then in zip(costs(value), today, strict=True))
        ]
        return min(better, key=lambda value: sum(costs(value)), default=self.number.value)


def cost(figures: Figures | None) -> int:
    """Words that stay damaged or are harmed; those changed in clean text count as ten."""
    if figures is None:
        return 10**9  # nothing can be done with that value
    left = figures.told - figures.repaired_told + figures.inferred - figures.repaired_inferred
    return left + figures.harmed + _ALARM * figures.alarms


def fit(number: Number) -> Fit:
    """Try several values of a number on either half of the texts."""
    values = dict.fromkeys(number.times(factor) for factor in FACTORS)
    return Fit(
        number,
        {
            value: tuple(
                apart(number, value, partial(probe_anew, half, rounds=_ROUNDS)) for half in _HALVES
            )
            for value in values
        },
    )


def fit_table(found: Fit) -> Table:
    """For people: the cost of each value, and which is to be taken."""
    table = Table(title=f"{found.number.name}, {found.number.unit}; to be taken: {found.best}")
    for column in ("value", "words left or harmed", "clean words changed", "by halves"):
        table.add_column(column, justify="right")
    for value, halves in found.figures.items():
        costs = [cost(each) for each in halves]
        alarms = sum(each.alarms for each in halves if each)
        table.add_row(
            str(value),
            f"{sum(costs) - _ALARM * alarms:,}",
            f"{alarms:,}",
            " + ".join(f"{each:,}" for each in costs),
        )
    return table
