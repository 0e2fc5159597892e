"""Answers that are kept for when they are asked for again, but not for ever.

A process that mends for months must not grow with the words and the channels that it has seen.
What is kept has a bound in bytes, estimated from what it is made of: a word may be a thousand times
as long as another, and a channel may damage a thousand times as many. Start reading at
:class:`Answers`, for what is small and often asked; :func:`kept` is for what is large and seldom
made.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from sys import getsizeof
from typing import Any, ParamSpec, TypeVar

_LONG = 1000  # characters of a text that is hardly seen twice

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Asked = ParamSpec("_Asked")


class Answers(dict[_Key, _Value]):
    """What was found out, by what was asked; begun anew where it would be larger than ``most``.

    ``each``: the bytes of an answer and what was asked, on average, besides a text that is part of
    them. ``most``: bytes.

    >>> known = Answers(each=40, most=100)
    >>> [known.keep(number, str(number)) for number in (1, 2, 3)], known
    (['1', '2', '3'], {3: '3'})
    """

    def __init__(self, *, each: int, most: int) -> None:
        super().__init__()
        self.size = 0  # bytes
        self._each, self._most = each, most

    def keep(self, asked: _Key, value: _Value, text: str = "") -> _Value:
        """Keep ``value``, which is given back, unless its ``text`` is too long to come again."""
        size = self._each + (getsizeof(text) if text else 0)
        if len(text) > _LONG or size > self._most:
            return value
        if self.size + size > self._most:
            self.clear()
            self.size = 0
        self.size += size
        self[asked] = value
        return value


def kept(
    *, most: int, size: Callable[[Any], int]
) -> Callable[[Callable[_Asked, _Value]], Callable[_Asked, _Value]]:
    """Keep what a function makes, that last asked for the longest, up to ``most`` bytes together.

    ``size``: the bytes of what it makes, which may change with its use. The last one is always
    kept. Threads that ask at once may each make their own.

    >>> @kept(most=5, size=len)
    ... def repeated(text: str) -> list[str]:
    ...     return [text] * 2
    >>> repeated("a") is repeated("a"), repeated("b") is repeated("b")
    (True, True)
    >>> first = repeated("a")
    >>> repeated("c") is repeated("c"), repeated("a") is first
    (True, True)
    """

    def keeping(make: Callable[_Asked, _Value]) -> Callable[_Asked, _Value]:
        known: OrderedDict[object, _Value] = OrderedDict()

        @wraps(make)
        def ask(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Value:
            asked = args, tuple(kwargs.items())
            try:
                value = known[asked]
                known.move_to_end(asked)
            except KeyError:
                value = known[asked] = make(*args, **kwargs)
                held = list(known.items())
                total = sum(size(each) for _, each in held)
                for old, each in held[:-1]:
                    if total <= most:
                        break
                    known.pop(old, None)
                    total -= size(each)
            return value

        return ask

    return keeping
