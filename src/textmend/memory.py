"""Answers that are kept for when they are asked for again, but not for ever.

A process that mends for months must not grow with the words it has seen. Start reading at
:func:`remember`.
"""

from __future__ import annotations

from typing import TypeVar

MOST = 100_000

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def remember(known: dict[_Key, _Value], asked: _Key, value: _Value, most: int = MOST) -> _Value:
    """Keep ``value`` in ``known``, which begins anew where it holds more than ``most``.

    >>> known = {1: "one", 2: "two"}
    >>> remember(known, 3, "three", most=1), known
    ('three', {3: 'three'})
    """
    if len(known) > most:
        known.clear()
    known[asked] = value
    return value
