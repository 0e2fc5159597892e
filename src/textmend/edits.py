"""The result of mending: edits that only insert, the mended text, and the maps between the two.

An edit replaces ``before`` at its place in the input by ``after``, which holds every character of
``before`` in order (or of what a drop left in its place). Nothing here decides which edits to make.
Start reading at :class:`Mended`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import accumulate, chain
from typing import Any, ClassVar, Literal, get_args

from textmend import checks
from textmend.channel.channel import Channel
from textmend.errors import TextmendError
from textmend.evidence import Evidence

Kind = Literal["word", "rejoined-word", "vanished-word", "parted-words"]
Unit = Literal["code-points", "utf-8", "utf-16"]
_UNITS: tuple[Unit, ...] = ("code-points", "utf-8", "utf-16")
_SIDES = ("mended", "original")


@dataclass(frozen=True, slots=True)
class Alternative:
    """What else could have stood there, and how likely that is."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Edit:
    """One repair: ``text[start:end] == before`` in the input becomes ``after``.

    ``kind``: ``"word"`` (letters put back into a word), ``"rejoined-word"`` (letters put back where
    a space or a mark had been left in their place), ``"vanished-word"`` (a whole word put back,
    with its space) or ``"parted-words"`` (what parted words that had run together).
    ``probability``: that ``after`` is what was written.
    ``alternatives``: the next likeliest, the unchanged text among them. ``drops``: what was
    put back, in the order of the channel.
    """

    start: int
    end: int
    before: str
    after: str
    kind: Kind
    probability: float
    alternatives: tuple[Alternative, ...] = ()
    drops: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, value: Any) -> Edit:
        """The edit that :meth:`to_dict` gave; alternatives and drops may be left out."""
        try:
            edit = cls(
                value["start"],
                value["end"],
                value["before"],
                value["after"],
                value["kind"],
                _probability(value["probability"]),
                tuple(
                    Alternative(
                        checks.text("text", each["text"]), _probability(each["probability"])
                    )
                    for each in value.get("alternatives", ())
                ),
                tuple(checks.texts("drops", value.get("drops", ()))),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise TextmendError(
                f"malformed edit {checks.shown(value)}: {type(error).__name__} {error}; "
                "expected an object as Edit.to_dict gives it"
            ) from None
        checks.whole("start", edit.start)
        checks.whole("end", edit.end)
        checks.text("before", edit.before)
        checks.text("after", edit.after)
        checks.one_of("edit", "kind", edit.kind, get_args(Kind))
        return edit

    def to_dict(self) -> dict[str, Any]:
        """The edit as plain values for JSON."""
        return {
            "start": self.start,
            "end": self.end,
            "before": self.before,
            "after": self.after,
            "kind": self.kind,
            "probability": round(self.probability, 4),
            "alternatives": [
                {"text": each.text, "probability": round(each.probability, 4)}
                for each in self.alternatives
            ],
            "drops": list(self.drops),
        }


def _probability(value: Any) -> float:
    checks.number("edit: probability", value, lambda it: 0.0 <= it <= 1.0, "it must be in 0 to 1")
    return float(value)


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """``text`` with all edits made; they must be sorted, disjoint, and match the text."""
    parts: list[str] = []
    done = 0
    for edit in edits:
        _expect(edit, edit.before, text, done, edit.start, edit.end)
        parts += text[done : edit.start], edit.after
        done = edit.end
    return "".join([*parts, text[done:]])


def revert_edits(text: str, edits: Sequence[Edit]) -> str:
    """What ``text`` was before all edits were made; they must be sorted, disjoint, and match it."""
    parts: list[str] = []
    done = grown = 0
    for edit in edits:
        start = edit.start + grown
        end = start + len(edit.after)
        _expect(edit, edit.after, text, done, start, end)
        parts += text[done:start], edit.before
        done, grown = end, grown + len(edit.after) - len(edit.before)
    return "".join([*parts, text[done:]])


def stands(what: str, text: str, start: int, end: int, *, done: int) -> bool:
    """Whether something stands at a place of a text that is ``done`` so far.

    An empty text would stand everywhere, and so would a slice beyond the end.
    """
    return done <= start <= end <= len(text) and text[start:end] == what


def _expect(edit: Edit, what: str, text: str, done: int, start: int, end: int) -> None:
    """Refuse an edit unless what it is about stands there in a text that is ``done`` so far."""
    if not stands(what, text, start, end, done=done):
        raise TextmendError(
            f"edit at {edit.start}: expected {checks.shown(what)}, "
            f"found {checks.shown(text[start:end])}; edits must be sorted and of this text"
        )


def survivors(before: str, after: str) -> list[tuple[int, int]]:
    """The spans of ``after`` whose characters, in order, are those of ``before``; none if not all.

    >>> survivors("oficl", "official")
    [(0, 2), (3, 5), (7, 8)]
    """
    found: list[tuple[int, int]] = []
    place = 0
    for character in before:
        at = after.find(character, place)
        if at < 0:
            return []
        start = found.pop()[0] if found and found[-1][1] == at else at
        found.append((start, place := at + 1))
    return found


_EMPTY = Channel()


@dataclass(frozen=True)
class Mended:
    """A mended text and why it was mended so.

    ``text``: the result, the very input where ``edits`` is empty. ``intact``: spans (start, end) of
    the input that the channel did not act on: clean lines, and words that survived it. Of a leaky
    channel all that arrived has survived: what an edit put back is then all that it acted on.
    """

    original: str
    edits: tuple[Edit, ...] = ()
    channel: Channel = _EMPTY
    evidence: tuple[Evidence, ...] = ()
    intact: tuple[tuple[int, int], ...] = ()

    # What shows a result in a notebook. Pages lie rooms below this one, and may import it; so the
    # page is handed in, where the package is put together.
    in_notebook: ClassVar[Callable[[Mended], str | None]]

    def __post_init__(self) -> None:
        checks.text("original", self.original)

    def __getstate__(self) -> dict[str, Any]:
        """What it is, and not what was worked out from that."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def text(self) -> str:
        """The mended text."""
        return apply_edits(self.original, self.edits) if self.edits else self.original

    def revert(self) -> str:
        """The input again, made from the result by undoing every edit."""
        return revert_edits(self.text, self.edits)

    def damage(self) -> str:
        """The result put through the channel again, where the channel acted.

        This is the proof of the repair: it equals the input, character for character.
        """
        return self.channel.apply(self.text, intact=self._spared(), seed=None)

    def _spared(self) -> Iterator[tuple[int, int]]:
        """What the channel did not act on, as spans of the mended text."""
        starts = self._edit_starts
        done = -1
        for start, end in self.intact:
            at = bisect_right(starts, start) - 1
            if at < 0 or start >= self.edits[at].end:
                # Mapped by the character before the end: a word put back after it stays outside.
                yield self.to_mended(start), self.to_mended(end - 1) + 1
            elif at > done:
                done, shift = at, self._starts[at]
                for first, last in survivors(self.edits[at].before, self.edits[at].after):
                    yield shift + first, shift + last

    @property
    def damaged_share(self) -> float:
        """The share of the input, in whole lines, that the channel acted on, from 0 to 1."""
        if not self.channel or not self.original:
            return 0.0
        if self.channel.leaky:  # what it has spared lies between what it has not
            return 1.0
        clean = sum(end - start for start, end in self.intact if self._is_line(start, end))
        return 1.0 - clean / len(self.original)

    def _is_line(self, start: int, end: int) -> bool:
        """Whether a span of the input is a line, and no word that survived within one."""
        text = self.original
        return text[start - 1 : start] in ("", "\n") and (end == len(text) or text[end - 1] == "\n")

    @cached_property
    def _shifts(self) -> list[int]:
        """By how much the text has grown before each edit, and after the last."""
        return [0, *accumulate(len(edit.after) - len(edit.before) for edit in self.edits)]

    @cached_property
    def _edit_starts(self) -> list[int]:
        """Where each edit begins in the input."""
        return [edit.start for edit in self.edits]

    @cached_property
    def _starts(self) -> list[int]:
        """Where each edit begins in the mended text."""
        return [edit.start + shift for edit, shift in zip(self.edits, self._shifts, strict=False)]

    def to_mended(self, offset: int) -> int:
        """The place in the mended text of a place in the input.

        A place inside an edit maps to the edit's end, its start to its start; a place where a word
        was inserted maps to after that word.
        """
        _check(offset, self.original)
        at = bisect_right(self._edit_starts, offset)
        if at and offset < self.edits[at - 1].end:
            edit, start = self.edits[at - 1], self._starts[at - 1]
            return start if offset == edit.start else start + len(edit.after)
        return offset + self._shifts[at]

    def to_original(self, offset: int) -> int:
        """The place in the input of a place in the mended text.

        A place inside an edit maps to the end of what the edit replaced, its start to its start.
        """
        _check(offset, self.text)
        at = bisect_left(self._starts, offset)  # the edits that begin before it
        return max(offset - self._shifts[at], self.edits[at - 1].end if at else 0)

    def _repr_html_(self) -> str | None:
        """The review page, for a notebook; None (then its repr is shown) without the extra."""
        return type(self).in_notebook(self)

    def map_spans(
        self,
        spans: Iterable[tuple[int, int]],
        *,
        to: Literal["mended", "original"] = "mended",
        unit: Unit = "code-points",
    ) -> list[tuple[int, int]]:
        """Annotations (start, end) of one text as those of the other one, in their order.

        ``to``: of which text they shall be; those given are of the other one. ``unit``: what
        offsets count in both: characters of Python, bytes of UTF-8, or units of UTF-16 as in
        JavaScript and Java. A span keeps the characters that it covers: what was put back beside it
        stays outside, and of a repaired word that it covers in part it gets the whole. A span of
        what has nothing on the other side, a word that was put back, has the length 0 there.

        >>> from textmend import mend_and_explain
        >>> mended = mend_and_explain("many or areas", channel="the")
        >>> mended.map_spans([(5, 13)]), mended.map_spans([(5, 10)], to="original")
        ([(5, 16)], [(5, 7)])
        """
        checks.one_of("map_spans", "to", to, _SIDES)
        checks.one_of("map_spans", "unit", unit, _UNITS)
        forward = to == "mended"
        source, target = (self.original, self.text)[:: 1 if forward else -1]
        reading, writing = _Units(source, unit), _Units(target, unit)
        found = []
        for start, end in checks.spans("spans", spans):
            first, last = reading.characters(start), reading.characters(end)
            if last < first:
                raise TextmendError(f"span {(start, end)} ends before it starts")
            place, stop = self._mapped(first, last, forward)
            found.append((writing.units(place), writing.units(stop)))
        return found

    def _mapped(self, start: int, end: int, forward: bool) -> tuple[int, int]:
        """A span of one text in the other one, in characters."""
        if start == end:
            place = self.to_mended(start) if forward else self.to_original(start)
            return place, place
        return self._around(start, forward)[0], self._around(end - 1, forward)[1]

    def _around(self, place: int, forward: bool) -> tuple[int, int]:
        """What stands in one text for a character of the other one: it, or all of its edit."""
        at = bisect_right(self._edit_starts if forward else self._starts, place)
        if at:
            edit, start = self.edits[at - 1], self._starts[at - 1]
            here, there = (edit.start, edit.end), (start, start + len(edit.after))
            if not forward:
                here, there = there, here
            if place < here[1]:
                return there
        place += self._shifts[at] if forward else -self._shifts[at]
        return place, place + 1

    def to_dict(self) -> dict[str, Any]:
        """Everything but the texts as plain values for JSON."""
        return {
            "channel": self.channel.to_dict(),
            "damaged_share": round(self.damaged_share, 4),
            "evidence": [each.to_dict() for each in self.evidence],
            "edits": [edit.to_dict() for edit in self.edits],
            "intact": [list(each) for each in self.intact],
        }

    @classmethod
    def from_dict(cls, original: str, value: Any) -> Mended:
        """What :meth:`to_dict` gave for ``original``, its figures rounded as they were.

        An error where the edits are not those of this text.
        """
        wanted = {"channel": dict, "evidence": list, "edits": list, "intact": list}
        for name, kind in wanted.items():
            if not isinstance(value, dict) or not isinstance(value.get(name), kind):
                raise TextmendError(
                    f"malformed result: {name!r} is missing, or no value of its kind; "
                    "expected an object as Mended.to_dict gives it"
                )
        intact = checks.spans("intact", value["intact"])
        places = [0, *chain.from_iterable(intact), len(checks.text("original", original))]
        if places != sorted(places):
            raise TextmendError(
                "malformed result: intact spans are not sorted, or not of this text"
            )
        found = cls(
            original,
            tuple(map(Edit.from_dict, value["edits"])),
            Channel.from_dict(value["channel"]),
            tuple(map(Evidence.from_dict, value["evidence"])),
            tuple((int(start), int(end)) for start, end in intact),
        )
        apply_edits(original, found.edits)  # which refuses those of another text
        return found


def _check(offset: int, text: str) -> None:
    checks.whole("offset", offset)
    if not 0 <= offset <= len(text):
        raise TextmendError(
            f"offset {offset} is outside the text, which has {len(text)} characters"
        )


class _Units:
    """The offsets of a text in a unit, and its characters: each as the other."""

    def __init__(self, text: str, unit: Unit) -> None:
        self._text = text
        self._unit = unit
        # Where each character starts, and where the last one ends; None where all are of one unit.
        self._starts: list[int] | None = None
        if unit != "code-points" and not text.isascii():
            size = _bytes_of if unit == "utf-8" else _units_of
            self._starts = [0, *accumulate(map(size, text))]

    def units(self, place: int) -> int:
        """The offset of a character."""
        return place if self._starts is None else self._starts[place]

    def characters(self, offset: int) -> int:
        """The character at an offset."""
        checks.whole("offset", offset)
        size = self.units(len(self._text))
        if not 0 <= offset <= size:
            raise TextmendError(f"offset {offset} is outside the text, which ends at {size}")
        if self._starts is None:
            return offset
        place = bisect_left(self._starts, offset)
        if self._starts[place] != offset:
            raise TextmendError(
                f"offset {offset} is inside a character, {self._text[place - 1]!r}; "
                f"is it in {self._unit}?"
            )
        return place


def _bytes_of(character: str) -> int:
    return len(character.encode("utf-8", "surrogatepass"))


def _units_of(character: str) -> int:
    return 1 + (character > "\uffff")
