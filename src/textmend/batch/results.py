"""Results are written beside their place, and put there when whole; see :func:`place_of`."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

STANDARD = Path("-")  # as a target: standard output
_LONGEST = 200  # bytes of a name: with an addition no longer than file systems allow
_UNFINISHED = ".textmend-unfinished"  # the end of the name of a result that is being written


def unfinished(target: Path) -> Path:
    """Where a result is written before it is whole: beside its place, so that it can be renamed."""
    name = target.name
    if len(os.fsencode(name)) > _LONGEST:
        name = hashlib.blake2b(os.fsencode(name), digest_size=16).hexdigest()
    return target.with_name(f".{name}{_UNFINISHED}")


@contextmanager
def place_of(target: Path) -> Iterator[BinaryIO]:
    """A stream that becomes a file when the block ends, and leaves no trace if it fails.

    What a link points to is replaced, not the link; a pipe or device is written to as it is.
    """
    if target == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = target.resolve()
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield file
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = unfinished(target)
    try:
        with part.open("wb") as file:
            yield file
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
