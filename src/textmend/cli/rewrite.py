"""``textmend revert`` and ``textmend apply``: the ways back and forth by a log of edits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click

from textmend.batch import containers, log
from textmend.batch.inputs import Found, Input, find, targets
from textmend.batch.records import is_known
from textmend.batch.rewrite import not_there, rewrite
from textmend.cli.options import FAILED, complain, fail, say
from textmend.errors import TextmendError
from textmend.report.decisions import FORMAT, read_decisions

_NAME = click.argument("name", metavar="INPUT", type=click.Path(exists=True, path_type=Path))
_LOG = partial(click.option, "--edits", "log_file", required=True, type=click.Path(path_type=Path))
_OUTPUT = click.option("-o", "--output", required=True, help="File to write, or folder.")


@click.command()
@_NAME
@_LOG(help="The log that textmend mend --edits wrote.")
@_OUTPUT
def revert(name: Path, log_file: Path, output: str) -> None:
    """Give the originals back: the results without their edits, byte for byte.

    INPUT is what textmend mend wrote, a file or a folder.

    Exit status: 0 where all came back, 1 where one could not, 2 where nothing was done.
    """
    _run(name, output, log_file, lambda: log.read(log_file), back=True)


@click.command()
@_NAME
@_LOG(help="A log of edits, or the decisions that the page of textmend report gave.")
@_OUTPUT
@click.option("--field", metavar="NAME", help="Where texts are, if decisions are about a table.")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the texts.")
def apply(name: Path, log_file: Path, output: str, field: str | None, encoding: str) -> None:
    """Make the edits of a log from which a reviewer took some, or those decided for on a page.

    INPUT is what was mended or reported, a file or a folder.

    Exit status: 0 where all were made, 1 where a file has no result, 2 where nothing was done.
    """
    how = {"field": field, "encoding": encoding}
    _run(name, output, log_file, lambda: _reviewed(log_file), back=False, **how)


_BEGINNING = 200  # bytes of decisions in which their format is named


def _reviewed(file: Path) -> Iterator[log.Entry]:
    """The edits in a log, or in decisions, which are one object of JSON with their format in it."""
    with containers.open_read(file) as stream:
        is_log = FORMAT.encode() not in stream.read(_BEGINNING)
    return log.read(file) if is_log else log.decided(read_decisions(file))


def _run(
    name: Path, output: str, log_file: Path, entries: Callable[[], Iterator[log.Entry]], **how: Any
) -> None:
    try:
        logged = {entry.file for entry in entries()}
        found = _found(name, log_file, logged, back=how["back"])
        for fault in found.faults:
            complain(fault)
        places = _places(found, name, output)
        failed = len(found.faults)
        alone = not name.is_dir()
        for _, problem in rewrite(found.inputs, places, entries(), alone=alone, **how):
            if problem:
                complain(problem)
                failed += 1
    except TextmendError as error:
        fail(error)
    say(f"{len(found.inputs) - failed:,} files {'given back' if how['back'] else 'written'}")
    sys.exit(FAILED if failed else 0)


def _found(name: Path, log_file: Path, logged: set[str], *, back: bool) -> Found:
    """The files of a batch but its log: all results, or what can be mended of what was read."""
    found = find([str(name)], None if name.is_file() else "*")
    found.inputs = [
        one
        for one in found.inputs
        if (back or one.name in logged or is_known(one.path) or name.is_file())
        and not one.path.samefile(log_file)
    ]
    missing = logged - {one.name for one in found.inputs}
    if missing and (name.is_dir() or len(logged) > 1):
        raise not_there(min(missing))
    return found


def _places(found: Found, name: Path, output: str) -> dict[Input, Path]:
    target = Path(output)
    if name.is_dir() or output.endswith("/") or target.is_dir():
        return targets(found, target)
    if target.resolve() == name.resolve():
        raise TextmendError(f"{name}: would be overwritten; name another file after -o")
    return dict.fromkeys(found.inputs, target)
