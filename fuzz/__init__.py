"""Fuzzing guided by coverage, with atheris: a module for each kind of input; see README.md.

Start reading at :func:`run`, then at ``texts``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import atheris

with atheris.instrument_imports(include=["textmend"]):  # what is imported here is watched
    import textmend.batch.log
    import textmend.batch.records
    import textmend.report

Provider = Any  # atheris.FuzzedDataProvider: bytes as numbers, texts and choices


def run(harness: Callable[[Provider], None]) -> None:
    """Feed a harness until it raises what is no :class:`TextmendError`, or until time is over."""

    def once(data: bytes) -> None:
        with suppress(textmend.TextmendError):
            harness(atheris.FuzzedDataProvider(data))

    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


def altered(sound: str, data: Provider) -> str:
    """A text in which some stretches are replaced by others."""
    for _ in range(data.ConsumeIntInRange(0, 4)):
        start = data.ConsumeIntInRange(0, len(sound))
        end = start + data.ConsumeIntInRange(0, 12)
        sound = sound[:start] + data.ConsumeUnicode(12) + sound[end:]
    return sound
