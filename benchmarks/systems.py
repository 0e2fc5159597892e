"""What can be measured: textmend and its peers, behind one interface.

A peer that is not installed, or that lacks its data, is not an error but a :class:`Missing` with
the reason. Start reading at :class:`System`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import metadata
from typing import Protocol

from textmend import Channel, Edit, Inference, Mender


class Missing(Exception):  # noqa: N818 (not an error: a row of the table)
    """A system that cannot run here; its message says why."""


@dataclass(frozen=True)
class Output:
    """What a system made of a text; all but the text only where the system says so.

    ``sequences``: what it believes was deleted. ``proven``: whether the damage of the result is
    the input again.
    """

    text: str
    edits: Sequence[Edit] = ()
    sequences: frozenset[str] | None = None
    proven: bool | None = None


class System(Protocol):
    """Something that mends texts."""

    @property
    def name(self) -> str:
        """Its name in tables."""
        ...

    @property
    def version(self) -> str:
        """Its version, with that of its data where that has one."""
        ...

    def mend(self, text: str, *, lang: str, truth: Channel | None) -> Output:
        """``text`` mended; ``truth`` is the channel, for the systems that are told it."""
        ...


@dataclass(frozen=True)
class Textmend:
    """textmend itself; it infers the channel unless it is to be ``told``.

    Told, it shows what candidates and ranking are worth when inference is perfect. ``model``: the
    file of a context model, or ``"counts"`` for none; without it, the one that comes with textmend.
    ``source``: what other texts of the same source showed.
    """

    name: str = "textmend"
    told: bool = False
    model: str = ""
    source: tuple[Inference, ...] | None = None

    @property
    def version(self) -> str:
        """The installed version."""
        return metadata.version("textmend")

    def mend(self, text: str, *, lang: str, truth: Channel | None) -> Output:
        """``text`` mended, with the edits, the channel and the proof."""
        mender = _mender(lang, truth if self.told else self.source, self.model)
        mended = mender.mend_and_explain(text)
        sequences = frozenset(each.casefold() for each in mended.channel.sequences)
        return Output(
            mended.text,
            mended.edits,
            None if self.told else sequences,
            mended.damage() == text,
        )

    def for_source(self, texts: Sequence[str], *, lang: str) -> Textmend:
        """The system for texts of one source, which these are some of."""
        mender = _mender(lang, None, self.model)
        return self if self.told else replace(self, source=mender.infer_channels(texts))


@lru_cache(maxsize=8)
def _mender(lang: str, channel: Channel | tuple[Inference, ...] | None, model: str) -> Mender:
    if not model:
        return Mender(lang=lang, channel=channel)
    return Mender(lang=lang, channel=channel, model=None if model == "counts" else model)
