"""``textmend revert`` and ``textmend apply``: the ways back and forth by a log of edits."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from textmend.batch import log
from textmend.batch.inputs import Found, Input, find, targets
from textmend.batch.rewrite import rewrite
from textmend.cli.options import FAILED, complain, fail, say
from textmend.errors import TextmendError

_NAME = click.argument("name", metavar="INPUT", type=click.Path(exists=True, path_type=Path))
_LOG = click.option(
    "--edits",
    "log_file",
    required=True,
    type=click.Path(path_type=Path),
    help="The log that textmend mend --edits wrote.",
)
_OUTPUT = click.option("-o", "--output", required=True, help="File to write, or folder.")


@click.command()
@_NAME
@_LOG
@_OUTPUT
def revert(name: Path, log_file: Path, output: str) -> None:
    """Give the originals back: the results without their edits, byte for byte.

    INPUT is what textmend mend wrote, a file or a folder.

    Exit status: 0 where all came back, 1 where one could not, 2 where nothing was done.
    """
    _run(name, log_file, output, back=True)


@click.command()
@_NAME
@_LOG
@_OUTPUT
def apply(name: Path, log_file: Path, output: str) -> None:
    """Make the edits of a log, such as one from which a reviewer took some.

    INPUT is what textmend mend read, a file or a folder.

    Exit status: 0 where all were made, 1 where a file has no result, 2 where nothing was done.
    """
    _run(name, log_file, output, back=False)


def _run(name: Path, log_file: Path, output: str, *, back: bool) -> None:
    try:
        found = find([str(name)])
        for fault in found.faults:
            complain(fault)
        places = _places(found, name, output)
        failed = len(found.faults)
        for _, problem in rewrite(found.inputs, places, log.read(log_file), back=back):
            if problem:
                complain(problem)
                failed += 1
    except TextmendError as error:
        fail(error)
    say(f"{len(found.inputs) - failed:,} files {'given back' if back else 'written'}")
    sys.exit(FAILED if failed else 0)


def _places(found: Found, name: Path, output: str) -> dict[Input, Path]:
    target = Path(output)
    if name.is_dir() or output.endswith("/") or target.is_dir():
        return targets(found, target)
    if target.resolve() == name.resolve():
        raise TextmendError(f"{name}: would be overwritten; name another file after -o")
    return dict.fromkeys(found.inputs, target)
