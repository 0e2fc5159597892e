"""What each chosen number of textmend changes: halved and doubled, against the value as it is.

The numbers lie in the ``priors`` of three rooms (:func:`numbers` lists them). They are read when
modules are imported, and what follows from them is kept, so that a number cannot just be set. Each
variation has a process of its own: it forgets the room of the number and all that comes after it,
sets the number, and imports them anew; then it measures (:mod:`benchmarks.probe`). Nothing here
prints. Start reading at :func:`measure_sensitivity`; :func:`page` makes Markdown of it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from benchmarks.accuracy import circumstances
from benchmarks.probe import Figures, probe

# What textmend consists of, in the order in which one imports from another.
_ORDER = (
    *("errors", "threads", "cache", "units", "checks", "channel", "evidence", "edits"),
    *("language", "models", "mending", "inference"),
)
ROOMS = ("language", "mending", "inference")
FACTORS: Mapping[str, float] = {"half": 0.5, "double": 2.0}

Value = float | tuple[float, ...]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Number:
    """A chosen number, or several that stand together: where it is, its value and its unit."""

    room: str
    field: str
    value: Value
    unit: str

    @property
    def name(self) -> str:
        """Its name among all numbers."""
        return f"{self.room}.{self.field}"

    def times(self, factor: float) -> Value:
        """The value multiplied; numbers that stand together are all multiplied."""
        if isinstance(self.value, tuple):
            # A tuple with names is made of its parts by a method of its own.
            made: Callable[..., tuple[float, ...]] = getattr(type(self.value), "_make", tuple)
            return made(_scaled(part, self.unit, factor) for part in self.value)
        return _scaled(self.value, self.unit, factor)


def _scaled(value: float, unit: str, factor: float) -> float:
    """One number multiplied: counts stay whole, and shares less than one.

    >>> _scaled(3, "Count", 0.5), _scaled(-2.5, "Nats", 2.0), _scaled(0.4, "Share", 2.0)
    (2, -5.0, 0.8)

    A share that would be one or more goes half of the way there.

    >>> _scaled(0.75, "Share", 2.0)
    0.875
    """
    if unit == "Count":
        return max(1, round(value * factor))
    if unit == "Share" and value * factor >= 1.0:
        return (1.0 + value) / 2
    return value * factor


def numbers() -> list[Number]:
    """All chosen numbers, room by room, in the order in which they are written."""
    found = []
    for room in ROOMS:
        priors = import_module(f"textmend.{room}.priors").PRIORS
        for each in fields(priors):
            value = getattr(priors, each.name)
            # A tuple with names says the unit at its own fields.
            described = f"{each.type} {getattr(type(value), '__annotations__', '')}"
            unit = re.search("Nats|Share|Times|Count", described)
            if not unit:
                raise ValueError(f"{room}.{each.name} has no unit: {described}")
            found.append(Number(room, each.name, value, unit[0]))
    return found


def variations(number: Number) -> dict[str, Value]:
    """Half and double the number, where that is another one."""
    several = {name: number.times(factor) for name, factor in FACTORS.items()}
    return {name: value for name, value in several.items() if value != number.value}


@dataclass
class Sensitivity:
    """The figures as it is, and those of each variation that is measured, by number and its name.

    ``None`` stands where textmend can do nothing with a value.
    """

    as_is: Figures
    varied: dict[str, dict[str, Figures | None]] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=circumstances)

    @staticmethod
    def read(path: Path) -> Sensitivity:
        """What an earlier run wrote."""
        found = json.loads(path.read_text(encoding="utf-8"))
        varied = {
            name: {each: Figures(**of) if of else None for each, of in several.items()}
            for name, several in found["varied"].items()
        }
        return Sensitivity(Figures(**found["as_is"]), varied, found["about"])

    def write(self, path: Path) -> None:
        """Write it down as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def measure_sensitivity(
    path: Path, *, only: str = "", progress: Callable[[str, int, int], None]
) -> Sensitivity:
    """Measure each variation of each number, or of the one named; ``path`` keeps what is measured.

    What is there already is not measured again, as long as the figures as it is are the same.
    """
    found = Sensitivity(probe())
    if path.exists():
        earlier = Sensitivity.read(path)
        if earlier.as_is == found.as_is:
            found = earlier
    tasks = [
        (number, name, value)
        for number in numbers()
        for name, value in variations(number).items()
        if name not in found.varied.get(number.name, {}) and only in ("", number.name)
    ]
    for done, (number, name, value) in enumerate(tasks):
        progress(f"{number.name} {name}", done, len(tasks))
        found.varied.setdefault(number.name, {})[name] = apart(number, value, probe_anew)
        found.write(path)
    return found


def apart(number: Number, value: Value, work: Callable[[], Result]) -> Result | None:
    """What ``work`` gives where a number has another value; None where it fails.

    It is done in a process that is forked from this one. That has read the lists of words, which
    depend on no number of textmend, and what the rooms before that of the number keep.
    """
    fork = get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    child = fork.Process(target=_work, args=(number, value, work, sender))
    child.start()
    sender.close()
    try:
        found: Result | None = receiver.recv()
    except EOFError:
        found = None
    child.join()
    return found


def _work(number: Number, value: Value, work: Callable[[], object], sender: Connection) -> None:
    forget(number.room)
    priors = import_module(f"textmend.{number.room}.priors").PRIORS
    object.__setattr__(priors, number.field, value)
    sender.send(work())


def probe_anew(half: int | None = None, *, rounds: int = 1) -> Figures:
    """All tasks of a probe that is imported anew, done with all material or with a half of it."""
    probe = import_module("benchmarks.probe")
    material = probe.Material.all() if half is None else probe.Material.half(half)
    found: Figures = probe.probe(material, rounds=rounds)
    return found


def forget(room: str) -> None:
    """Have a room of textmend, and all that may depend on it, imported anew; its numbers stay."""
    kept = _ORDER[: _ORDER.index(room)]
    for name in list(sys.modules):
        package, _, rest = name.partition(".")
        if package == "benchmarks" or (
            package == "textmend" and rest.split(".")[0] not in kept and not rest.endswith("priors")
        ):
            del sys.modules[name]


def page(found: Sensitivity) -> str:
    """In Markdown: the numbers that change what is counted, most first, and the others by name."""
    as_is = found.as_is
    rows, quiet, without, missing = [], [], [], []
    for number in numbers():
        several = found.varied.get(number.name)
        if several is None:
            missing.append(number.name)
        elif weight := sum(_weight(each, as_is) for each in several.values()):
            cells = [_cell(several[name], as_is) if name in several else "" for name in FACTORS]
            shown = (f"`{number.name}`", _written(number.value), number.unit, *cells)
            rows.append((weight, f"| {' | '.join(shown)} |"))
        elif any(each != as_is for each in several.values()):
            quiet.append(number.name)
        else:
            without.append(number.name)
    # Sorted by weight alone, those of the same weight stay in the order of the priors.
    rows.sort(key=lambda row: -row[0])
    return "\n".join(
        (
            f"As it is, {as_is.repaired_told:,} of {as_is.told:,} damaged words are repaired with "
            f"the channel told, {as_is.repaired_inferred:,} of {as_is.inferred:,} with the channel "
            f"inferred; {as_is.harmed} of {as_is.intact:,} intact words are harmed, and "
            f"{as_is.alarms} of {as_is.clean:,} words of clean text changed (commit "
            f"{found.about['commit']}, {found.about['date'][:10]}).",
            "",
            f"| number | value | unit | {' | '.join(FACTORS)} |",
            "|---|---|---|---|---|",
            *(row for _, row in rows),
            "",
            f"Other results, but the same counts ({len(quiet)}): {_listed(quiet)}.",
            "",
            f"Nothing changes on this text ({len(without)}): {_listed(without)}.",
            *(("", f"Not measured ({len(missing)}): {_listed(missing)}.") if missing else ()),
        )
    )


def _changes(found: Figures, as_is: Figures) -> tuple[int, int, int, int]:
    """Words repaired more, told and inferred, then words harmed more, and alarms."""
    return (
        found.repaired_told - as_is.repaired_told,
        found.repaired_inferred - as_is.repaired_inferred,
        found.harmed - as_is.harmed,
        found.alarms - as_is.alarms,
    )


def _weight(found: Figures | None, as_is: Figures) -> int:
    """How many words change sides; all of them, where nothing can be done."""
    return sum(map(abs, _changes(found, as_is))) if found else as_is.told + as_is.inferred


def _cell(found: Figures | None, as_is: Figures) -> str:
    """The changes of one variation; in bold where some are for the better and none for the worse.

    >>> as_is = Figures(9, 5, 9, 5, 99, 2, 99, 0, "")
    >>> _cell(Figures(9, 6, 9, 5, 99, 1, 99, 0, ""), as_is)
    '**+1 / 0 / -1 / 0**'
    """
    if not found:
        return "fails"
    told, inferred, harmed, alarms = changes = _changes(found, as_is)
    if not any(changes):
        return "="
    written = " / ".join(f"{each:+}" if each else "0" for each in changes)
    return f"**{written}**" if min(told, inferred, -harmed, -alarms) >= 0 else written


def _written(value: Value) -> str:
    return ", ".join(map(_written, value)) if isinstance(value, tuple) else f"{value:g}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
