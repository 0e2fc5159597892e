"""Why a channel is believed: values only, made by inference and read by people.

Start reading at :class:`Evidence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textmend import checks
from textmend.channel.channel import Channel
from textmend.channel.drops import Rule
from textmend.errors import TextmendError

_MOST = 1e15  # of anything that is counted, or of log-odds: floats tell such numbers apart


def _part(value: Any, name: str, kind: type) -> Any:
    """What stands under a name in an object of JSON."""
    if not isinstance(value, dict) or not isinstance(value.get(name), kind):
        raise TextmendError(
            f"malformed evidence: {name!r} is missing, or no value of its kind, "
            f"in {checks.shown(value)}"
        )
    return value[name]


def _number(value: Any, name: str, least: float, most: float) -> float:
    """The number that stands there, within bounds; JSON of Python knows NaN and infinity, too."""
    found = _part(value, name, object)
    checks.number(
        f"malformed evidence: {name!r}",
        found,
        lambda it: least <= it <= most,
        f"it must be in {least:g} to {most:g}",
    )
    return float(found)


def _count(value: Any, name: str) -> int:
    """The number of something that stands there."""
    _number(value, name, 0, _MOST)
    return checks.whole(f"malformed evidence: {name!r}", value[name])


@dataclass(frozen=True, slots=True)
class Explained:
    """A damaged word that a drop explains: what arrived, its likeliest original, how often."""

    arrived: str
    written: str
    count: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why one drop is believed.

    ``expected``: words with the sequence that a clean text of this length would hold, from word
    frequencies. ``observed``: those that the damaged part does hold (survivors). ``explained``:
    suspicious words of the damaged part that the drop explains. ``log_odds``: natural logarithm of
    the odds that the sequence was deleted, the price of having tried many hypotheses included.
    """

    drop: Rule
    expected: float
    observed: int
    explained: tuple[Explained, ...]
    log_odds: float

    @property
    def share(self) -> float:
        """The share of all occurrences in the damaged part that were deleted, from 0 to 1.

        An estimate: there were as many as expected, or as many as are seen, damaged or intact,
        where that is more. A channel that is total, as most are, has 1.0.

        >>> from textmend.channel.drops import Drop
        >>> told = (Explained("y", "they", 9), Explained("or", "other", 9))
        >>> round(Evidence(Drop("the"), 20.0, 3, told, 19.2).share, 2)
        0.86
        """
        seen = self.observed + sum(each.count for each in self.explained)
        return 1.0 - self.observed / max(self.expected, seen, 1.0)

    @classmethod
    def from_dict(cls, value: Any) -> Evidence:
        """The evidence that :meth:`to_dict` gave, its figures rounded as they were."""
        return cls(
            Channel.from_dict({"drops": [_part(value, "drop", dict)]}).drops[0],
            _number(value, "expected", 0, _MOST),
            _count(value, "observed"),
            tuple(
                Explained(
                    _part(each, "arrived", str),
                    _part(each, "written", str),
                    _count(each, "count"),
                )
                for each in _part(value, "explained", list)
            ),
            _number(value, "log_odds", -_MOST, _MOST),
        )

    def to_dict(self) -> dict[str, Any]:
        """The evidence as plain values for JSON."""
        return {
            "drop": self.drop.to_dict(),
            "expected": round(self.expected, 2),
            "observed": self.observed,
            "share": round(self.share, 4),
            "explained": [
                {"arrived": each.arrived, "written": each.written, "count": each.count}
                for each in self.explained
            ],
            "log_odds": round(self.log_odds, 2),
        }


@dataclass(frozen=True, slots=True)
class Inference:
    """A channel and its evidence, one entry per drop; the empty channel for clean text.

    ``damaged_share``: of the words in lines that tell whether the channel acted on them, the share
    that it acted on, from 0 to 1. ``share``: of the texts of a source, how many came through the
    channel, from 0 to 1.
    """

    channel: Channel
    evidence: tuple[Evidence, ...] = ()
    damaged_share: float = 0.0
    share: float = 1.0

    def __bool__(self) -> bool:
        return bool(self.channel)

    @classmethod
    def from_dict(cls, value: Any) -> Inference:
        """The inference that :meth:`to_dict` gave, its figures rounded as they were."""
        return cls(
            Channel.from_dict(_part(value, "channel", dict)),
            tuple(map(Evidence.from_dict, _part(value, "evidence", list))),
            _number(value, "damaged_share", 0, 1),
            _number(value, "share", 0, 1),
        )

    def to_dict(self) -> dict[str, Any]:
        """The inference as plain values for JSON."""
        return {
            "channel": self.channel.to_dict(),
            "damaged_share": round(self.damaged_share, 4),
            "share": round(self.share, 4),
            "evidence": [each.to_dict() for each in self.evidence],
        }
