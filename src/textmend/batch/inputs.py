"""Which files a batch mends, and where each result goes.

Inputs are files, folders and patterns. What is found below the folder that all have in common is
mirrored below the output, so that two files of one name never meet. Nothing here opens a file.
Start reading at :func:`find`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from glob import glob, has_magic
from pathlib import Path

from textmend.batch.records import is_known
from textmend.errors import TextmendError
from textmend.report.sentences import visible

STATE = ".textmend"  # the folder in an output where the state of its batches is kept


@dataclass(frozen=True, slots=True)
class Input:
    """A file to mend.

    ``name``: its path below the folder that all inputs have in common, with slashes; what its
    result is called below the output, and what logs call it.
    """

    path: Path
    name: str

    @property
    def folder(self) -> str:
        """The folder of its name; empty at the top."""
        return self.name.rpartition("/")[0]


@dataclass
class Found:
    """The files to mend, in the order of their names, and what is wrong with other inputs.

    ``folders``: those that were named; ``walked``: with those below them. ``others``: how many
    files in them were left out because they are of no known format.
    """

    inputs: list[Input] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    walked: set[Path] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    others: int = 0


def find(names: Sequence[str], pattern: str | None = None) -> Found:
    """The files that are named, or lie in folders that are named, or fit patterns that are named.

    ``pattern``: which files in folders are meant, such as ``"*.txt"`` or ``"2024/*.md"``; without
    it those of a known format whose names begin with no dot. A file that is named itself is always
    meant. Links to files and folders are followed, but not round in a circle.
    """
    found = Found()
    starts = dict(_starts(names, found))
    # A file that stands alone is called by its own name, a folder's files from the folder on.
    tops = {path if path.is_dir() else path.parent for path in starts}
    top = os.path.commonpath([_absolute(each) for each in tops]) if tops else ""
    seen: set[str] = set()
    for path, is_named in starts.items():
        files = _walk(path, path, pattern, (), found) if path.is_dir() else iter((path,))
        for file in files:
            name = Path(os.path.relpath(_absolute(file), top)).as_posix()
            if not _is_text(name):
                found.faults.append(f"{shown(file)}: has a name that is not UTF-8; rename it")
            elif name not in seen:
                seen.add(name)
                found.inputs.append(Input(file, name))
            elif is_named:
                found.faults.append(f"{shown(file)}: is named twice; it is mended once")
    found.folders += (path for path in starts if path.is_dir())
    if found.folders:
        found.inputs.sort(key=lambda each: each.name)
    return found


def targets(found: Found, output: Path) -> dict[Input, Path]:
    """Where below ``output``, a folder, each result goes.

    An error where one would replace an input, or be taken for one by the next run.
    """
    out = output.resolve()
    for folder in found.folders:
        if out == folder.resolve() or folder.resolve() in out.parents:
            raise TextmendError(
                f"{shown(output)}: is in {shown(folder)}, and would be mended the next time; "
                "name a folder elsewhere after -o"
            )
    places = {each: output / each.name for each in found.inputs}
    inputs = {each.path.resolve(): each for each in found.inputs}
    for target in places.values():
        if one := inputs.get(target.resolve()):
            raise TextmendError(
                f"{shown(one.path)}: would be overwritten; name another folder after -o"
            )
    return places


def shown(path: str | os.PathLike[str]) -> str:
    r"""A path for messages: on one line, with no control characters.

    >>> print(shown("a\nb.txt"))
    a\nb.txt
    """
    return visible(os.fspath(path))


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100, which would follow links


def _is_text(name: str) -> bool:
    """Whether a name can be written down in logs; those of files may be any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _starts(names: Iterable[str], found: Found) -> Iterator[tuple[Path, bool]]:
    """The files and folders that are named; patterns, which a shell has left, are expanded.

    Each with whether it was named itself.
    """
    given: set[str] = set()
    for name in names:
        path = Path(name)
        if path.exists():
            if _absolute(path) in given:
                found.faults.append(f"{shown(path)}: is named twice; it is mended once")
            else:
                given.add(_absolute(path))
                yield path, True
        elif has_magic(name):
            matches = sorted(glob(name, recursive=True))  # noqa: PTH207, of any path
            if not matches:
                found.faults.append(f"{shown(name)}: nothing fits this pattern; check it")
            yield from ((Path(each), False) for each in matches)
        else:
            found.faults.append(f"{shown(name)}: no such file; check the path")


def _walk(
    folder: Path, top: Path, pattern: str | None, above: tuple[Path, ...], found: Found
) -> Iterator[Path]:
    """The files in a folder and in those below it."""
    here = folder.resolve()
    if here in above:
        found.faults.append(f"{shown(folder)}: is a link back to a folder that it is in; remove it")
        return
    if here in found.walked:
        found.faults.append(f"{shown(folder)}: is named twice; what is in it is mended once")
        return
    found.walked.add(here)
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        found.faults.append(
            f"{shown(folder)}: cannot be read: {error.strerror}; check its permissions"
        )
        return
    for entry in entries:
        if entry.name == STATE or (pattern is None and entry.name.startswith(".")):
            continue
        if entry.is_dir():
            yield from _walk(entry, top, pattern, (*above, here), found)
        elif not entry.exists():
            found.faults.append(f"{shown(entry)}: is a link to nothing; remove it")
        elif pattern is not None:
            below = entry.relative_to(top).as_posix()
            if fnmatch(below, pattern) or fnmatch(entry.name, pattern):
                yield entry
        elif is_known(entry):
            yield entry
        else:
            found.others += 1
