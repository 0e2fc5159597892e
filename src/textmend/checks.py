"""What callers give: used as it is, or refused by its name, with its value and what would do.

A check raises :class:`TextmendError`, for a wrong type as for a wrong value, or gives back what was
given where that is of use. Nothing here knows what an argument is for. Start reading at
:func:`instance`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from numbers import Integral, Real
from os import PathLike
from reprlib import Repr
from typing import Any, NoReturn, TypeVar

from textmend.errors import TextmendError

T = TypeVar("T")

_SHOWN = Repr()
_SHOWN.maxstring = _SHOWN.maxother = 60  # characters of a value: enough to know it again


def shown(value: object) -> str:
    """A value as it is written in code, its middle left out where it is long."""
    return _SHOWN.repr(value)


def refuse(what: str, value: object, remedy: str) -> NoReturn:
    """Say what was given, and what to give."""
    raise TextmendError(f"{what} is {shown(value)}; {remedy}")


def instance(what: str, value: T, kinds: type | tuple[type, ...], remedy: str) -> T:
    """A value of one of some types."""
    if not isinstance(value, kinds):
        refuse(what, value, remedy)
    return value


def text(what: str, value: str) -> str:
    """A text: neither bytes, nor a file, nor something in the place of a text that is missing."""
    if not isinstance(value, str):
        refuse(what, value, _text_from(value))
    return value


def _text_from(value: Any) -> str:
    """What makes a text of something else."""
    match value:
        case bytes() | bytearray() | memoryview():
            return "decode it first, as in value.decode('utf-8')"
        case PathLike():
            return "read the file first, as in path.read_text(encoding='utf-8')"
        case list() | tuple():
            return "it must be a str; several are given one by one"
    return "it must be a str; leave out what is missing, or give ''"


def texts(what: str, value: Iterable[str]) -> Iterator[str]:
    """Several texts, each checked when it is read."""
    several = "it must be several texts, such as a list of str"
    if isinstance(value, str | bytes | PathLike | Mapping):
        refuse(what, value, several)
    try:
        items = iter(value)
    except TypeError:
        refuse(what, value, several)
    return (text(f"{what}[{place}]", one) for place, one in enumerate(items))


def number(what: str, value: object, fits: Callable[[Any], bool], remedy: str) -> None:
    """A number that fits; neither its digits as text, nor a truth value."""
    if isinstance(value, bool) or not isinstance(value, Real) or not fits(value):
        refuse(what, value, remedy)


def whole(what: str, value: Any) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        refuse(what, value, "it must be a whole number")
    return int(value)


def spans(what: str, value: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in a text, as pairs of offsets."""
    pairs = "it must be pairs of offsets (start, end), such as [(0, 10)]"
    try:
        found = list(value)
    except TypeError:
        refuse(what, value, pairs)
    for place, each in enumerate(found):
        match each:
            case [Integral(), Integral()]:
                pass
            case _:
                refuse(f"{what}[{place}]", each, pairs)
    return found


def from_json(source: str | bytes) -> Any:
    """What JSON says; an error, which says where, for all that Python makes nothing of."""
    try:
        return json.loads(source)
    except json.JSONDecodeError as error:
        raise TextmendError(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except UnicodeDecodeError:
        raise TextmendError("is no text in utf-8") from None
    except RecursionError:
        raise TextmendError("is nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise TextmendError(f"holds what Python cannot read: {error}") from None


def one_of(owner: str, what: str, value: object, known: tuple[str, ...]) -> None:
    """Refuse a value that is none of those known."""
    if not isinstance(value, str) or value not in known:
        raise TextmendError(
            f"{owner}: unknown {what} {shown(value)}; it is one of {', '.join(known)}"
        )
