"""What several commands share: options, how inputs are found, how errors are said."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from textmend.api import Mender
from textmend.batch import inputs
from textmend.batch.channels import Sources
from textmend.batch.decoding import AUTO, known
from textmend.batch.inputs import Found
from textmend.batch.results import place_of
from textmend.channel.channel import Channel, names_a_file
from textmend.channel.families import FAMILIES
from textmend.errors import TextmendError
from textmend.inference.infer import MIN_LOG_ODDS
from textmend.report.sentences import visible

FAILED = 1  # a text could not be mended
UNUSABLE = 2  # an option, or what was asked for; nothing was done
STANDARD = "-"

Command = TypeVar("Command", bound=Callable[..., Any])


def _encoding(name: str) -> str:
    return name if name == AUTO else known(name)


# Below the help of commands that take a channel.
CHANNELS = f"""\b
Channels: sequences (the,ad), with a place (er:word-end) or what was left
(ti:space), and families: {", ".join(sorted(FAMILIES)[: len(FAMILIES) // 2])},
{", ".join(sorted(FAMILIES)[len(FAMILIES) // 2 :])}. Such as

\b
  --channel the,ad            --channel ligatures:space
  --channel spaces:line-ends  --channel random:1%
"""


def reading(command: Command) -> Command:
    """The arguments of commands that read texts."""
    for decorator in (
        click.option(
            "--encoding",
            type=parsed(_encoding),
            default="utf-8",
            show_default=True,
            help="Encoding of texts; auto: of each file, as its bytes tell.",
        ),
        click.option(
            "--field", metavar="NAME", help="Where the texts are in JSON lines, CSV and Parquet."
        ),
        click.option(
            "--glob",
            metavar="PATTERN",
            help="Which files in folders are meant, such as '*.txt'; else all of known formats.",
        ),
        click.argument("names", nargs=-1, metavar="[INPUT]..."),
    ):
        command = decorator(command)
    return command


def inferring(command: Command) -> Command:
    """The options of commands that infer channels."""
    for decorator in (
        click.option(
            "--lang",
            default="en",
            show_default=True,
            help="Language of the texts. Several (en,de) or auto: guessed for each.",
        ),
        click.option(
            "--source",
            "sources",
            type=parsed(Sources.parse),
            metavar="none|dir|file|all|field:NAME",
            help="Which texts are of one source, and share their evidence: those of a folder "
            "(dir, the default if an input is one), of a file, all, or those with the same value "
            "in a field. none, the default for files: each tells its own damage.",
        ),
        click.option(
            "--min-log-odds",
            type=float,
            default=MIN_LOG_ODDS,
            show_default=True,
            help="Evidence that each deleted sequence needs, in nats: 3 is 95 % sure, 7 99.9 %.",
        ),
        click.option(
            "--jobs",
            "-j",
            type=click.IntRange(1),
            help="Processes that work; one where there is little to do, else one per processor.",
        ),
    ):
        command = decorator(command)
    return command


def parsed(parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    """The type of an option whose value is parsed, and refused in one line."""

    def text(value: Any) -> Any:  # its name is what the help shows
        if not isinstance(value, str):
            return value
        try:
            return parse(value)
        except TextmendError as error:
            fail(error)

    return text


def channel_of(spec: str) -> Channel:
    """Sequences separated by commas, or the path of a JSON file."""
    is_file = names_a_file(spec) or (not spec.isalnum() and Path(spec).is_file())
    return read_channel(Path(spec)) if is_file else Channel.parse(spec)


channel = click.option(
    "--channel",
    type=parsed(channel_of),
    metavar="CHANNEL",
    help="What was deleted, such as the,ad, or a file with JSON; inferred if not given.",
)


def sources_of(found: Found, asked: Sources | None) -> Sources:
    """What makes texts those of one source, where it is not said: the folders, if any is named."""
    return asked or Sources("dir" if found.folders else "none")


def read_channel(path: Path) -> Channel:
    """The channel in a JSON file."""
    try:
        source = path.read_bytes().decode()
    except FileNotFoundError:
        raise TextmendError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise TextmendError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TextmendError(f"{path}: is no text; name a file with a channel as JSON") from None
    try:
        return Channel.from_json(source)
    except TextmendError as error:
        raise TextmendError(f"{path}: {error}") from None


@contextmanager
def found_in(names: Sequence[str], pattern: str | None) -> Iterator[Found]:
    """The files to read; standard input, which may be read once only, becomes a file for a while.

    What is wrong with some is said.
    """
    with tempfile.TemporaryDirectory(prefix="textmend-") as folder:
        spool = Path(folder, "standard input")
        names = list(names or (STANDARD,))
        if STANDARD in names:
            click.get_current_context().meta[_SPOOL] = str(spool)
            with spool.open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
            names = [str(spool) if name == STANDARD else name for name in names]
        found = inputs.find(names, pattern)
        for fault in found.faults:
            complain(fault)
        yield found


def shown(path: Path) -> str:
    """What a file is called in messages."""
    return _named(inputs.shown(path))


def _named(message: str) -> str:
    """A message without the name of the file that standard input became, which nobody has given."""
    context = click.get_current_context(silent=True)
    spool = context.meta.get(_SPOOL) if context else None
    return message.replace(spool, "standard input") if spool else message


_SPOOL = "textmend.standard_input"  # in the context of a command: where standard input is


def check_apart(found: Found, targets: Iterable[Path], *others: Path | None) -> None:
    """Refuse files to write that are among the inputs, the results, or twice among the others."""
    taken = {one.path.resolve() for one in found.inputs} | {each.resolve() for each in targets}
    for other in filter(None, others):
        if other.resolve() in taken:
            fail(f"{other}: is read or written already; name another file")
        taken.add(other.resolve())


def write(file: Path, lines: Iterable[bytes]) -> bool:
    """Write a file beside the results; if that is not possible, say so."""
    try:
        with place_of(file) as stream:
            stream.writelines(lines)
    except OSError as error:
        complain(f"{file}: cannot be written: {error.strerror}; name another file")
        return False
    return True


def mender(**options: Any) -> Mender:
    """A mender, or a line that says why there is none."""
    try:
        return Mender(**options)
    except TextmendError as error:
        fail(error)


def jobs_for(found: Found, jobs: int | None) -> int:
    """How many processes are worth their start, which takes each a second."""
    if jobs is not None:
        return jobs
    size = sum(one.path.stat().st_size for one in found.inputs)
    return (
        1 if size < _LITTLE else len(os.sched_getaffinity(0)) if _AFFINITY else os.cpu_count() or 1
    )


_LITTLE = 1_000_000  # bytes: some ten seconds of work
_AFFINITY = hasattr(os, "sched_getaffinity")


def fail(error: TextmendError | str) -> NoReturn:
    """End, since nothing can be done with what was asked for."""
    complain(error)
    sys.exit(UNUSABLE)


def complain(error: TextmendError | str) -> None:
    """Say what is wrong, in one line."""
    say(_named(str(error)))


def say(message: str) -> None:
    """A line on standard error; what cannot be printed is shown as an escape."""
    click.echo(f"textmend: {visible(message)}", err=True)
