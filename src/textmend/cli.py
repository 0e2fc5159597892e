"""The ``textmend`` command: a thin skin over :class:`textmend.Mender`.

Tables and colours for people, plain text for pipes; every error is one line on standard error.
Start reading at :func:`mend`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from rich.console import Console
from rich.table import Table

from textmend import explain, files
from textmend.api import Mender
from textmend.channel import Channel
from textmend.edits import Mended
from textmend.errors import TextmendError
from textmend.lexicon import Suspect, suspects

_FAILED = 2
_DAMAGED = 1
_SUSPECTS_SHOWN = 20

Command = TypeVar("Command", bound=Callable[..., Any])


class _ChannelSpec(click.ParamType[Channel]):
    """Sequences separated by commas, or the path of a JSON file."""

    name = "channel"

    def convert(self, value: Any, param: Any, ctx: Any) -> Channel:
        del param, ctx
        if isinstance(value, Channel):
            return value
        try:
            if value.endswith(".json"):
                return _read_channel(value)
            return Channel.parse(value)
        except TextmendError as error:
            _fail(error)


def _read_channel(path: str) -> Channel:
    source = files.read(path, "utf-8")
    try:
        return Channel.from_json(source)
    except TextmendError as error:
        raise TextmendError(f"{path}: {error}") from None


def _common(command: Command) -> Command:
    """The arguments of every command that reads texts."""
    encoding = click.option(
        "--encoding", default="utf-8", show_default=True, help="Encoding of the texts."
    )
    names = click.argument("names", nargs=-1, metavar="[FILE]...")
    return names(encoding(command))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="textmend")
def main() -> None:
    """Repair text from which letter sequences were dropped.

    FILE is a text file, or - for standard input (the default).
    """


@main.command()
@_common
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File or folder to write.")
@click.option(
    "--channel",
    type=_ChannelSpec(),
    help="What was deleted, such as the,ad or a JSON file; inferred if not given.",
)
@click.option("--lang", default="en", show_default=True, help="Language of the texts.")
@click.option(
    "--min-probability",
    type=click.FloatRange(0.0, 1.0),
    default=0.5,
    show_default=True,
    help="Leave out edits that are less likely.",
)
@click.option("--explain", "explained", is_flag=True, help="A line per edit on standard error.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object per text, edits included.")
def mend(
    names: tuple[str, ...],
    encoding: str,
    output: Path | None,
    channel: Channel | None,
    lang: str,
    min_probability: float,
    explained: bool,
    as_json: bool,
) -> None:
    """Mend texts; the result goes to standard output, or to OUTPUT.

    With several files OUTPUT is a folder that exists; each result keeps its name.
    """
    mender = _mender(lang=lang, channel=channel, min_probability=min_probability)
    into_folder = output is not None and output.is_dir()
    if output is not None and len(names) > 1 and not into_folder:
        _fail(TextmendError(f"{output}: is no folder; make one to hold {len(names)} results"))

    def one(name: str, text: str) -> None:
        mended = mender.mend_and_explain(text)
        result = _json(name, mended) if as_json else mended.text
        if output is None:
            _print(result, encoding)
        else:
            target = output / Path(name).name if into_folder else output
            if name != files.STANDARD and target.resolve() == Path(name).resolve():
                raise TextmendError(
                    f"{name}: would be overwritten; name another file or folder after -o"
                )
            files.write(target, result, encoding)
        if explained:
            for line in explain.located(mended, _shown(name)):
                click.echo(line, err=True)

    sys.exit(_FAILED if _each(names, encoding, one) else 0)


@main.command()
@_common
@click.option("--lang", default="en", show_default=True, help="Language of the texts.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object per text.")
def detect(names: tuple[str, ...], encoding: str, lang: str, as_json: bool) -> None:
    """Say what was deleted from texts, why that is believed, and how much is damaged.

    Exit status: 0 where no damage was found, 1 where some was, 2 where a text could not be read.
    """
    mender = _mender(lang=lang)
    damaged = False

    def one(name: str, text: str) -> None:
        nonlocal damaged
        mended = mender.mend_and_explain(text)
        damaged |= bool(mended.channel)
        flagged = suspects(text, lang=lang)
        if as_json:
            found = {
                "file": _shown(name),
                "damaged": bool(mended.channel),
                **mended.to_dict(),
                "suspects": [_suspect(each) for each in flagged],
            }
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            _report(name, mended, flagged)

    failed = _each(names, encoding, one)
    sys.exit(_FAILED if failed else _DAMAGED if damaged else 0)


@main.command()
@_common
@click.option("--channel", type=_ChannelSpec(), required=True, help="What to delete: the,ad …")
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Draws what is lost at random."
)
def corrupt(names: tuple[str, ...], encoding: str, channel: Channel, seed: int) -> None:
    """Damage clean texts, to make test data: the forward model of the channel."""

    def one(name: str, text: str) -> None:
        del name
        _print(channel.apply(text, seed=seed), encoding)

    sys.exit(_FAILED if _each(names, encoding, one) else 0)


def _each(names: Iterable[str], encoding: str, work: Callable[[str, str], None]) -> bool:
    """Do the work on each text; one that fails is reported and does not stop the others."""
    failed = False
    for name in names or (files.STANDARD,):
        try:
            work(name, files.read(name, encoding))
        except TextmendError as error:
            _complain(error)
            failed = True
    return failed


def _mender(**options: Any) -> Mender:
    try:
        return Mender(**options)
    except TextmendError as error:
        _fail(error)


def _fail(error: TextmendError) -> NoReturn:
    _complain(error)
    sys.exit(_FAILED)


def _complain(error: TextmendError) -> None:
    click.echo(f"textmend: {error}", err=True)


def _shown(name: str) -> str:
    return "standard input" if name == files.STANDARD else name


def _print(text: str, encoding: str) -> None:
    # As bytes, so that line ends stay what they are.
    click.echo(text.encode(encoding), nl=False)


def _json(name: str, mended: Mended) -> str:
    found = {"file": _shown(name), "text": mended.text, **mended.to_dict()}
    return json.dumps(found, ensure_ascii=False) + "\n"


def _suspect(suspect: Suspect) -> dict[str, Any]:
    return {
        "text": suspect.text,
        "start": suspect.start,
        "end": suspect.end,
        "frequency": suspect.frequency,
        "why": suspect.why,
    }


def _report(name: str, mended: Mended, flagged: list[Suspect]) -> None:
    """What was found in one text: tables on a terminal, tab-separated lines in a pipe."""
    console = Console(highlight=False)
    if not console.is_terminal:
        for line in _plain(name, mended, flagged):
            click.echo(line)
        return
    console.print(f"[bold]{_shown(name)}[/bold]: {_verdict(mended)}")
    if mended.evidence:
        table = Table("deleted", "expected", "found", "explains", "log-odds")
        for each in mended.evidence:
            examples = ", ".join(f"{e.arrived} ({e.written})" for e in each.explained[:6])
            table.add_row(
                each.drop.name,
                f"{each.expected:.0f}",
                str(each.observed),
                examples,
                f"{each.log_odds:.1f}",
            )
        console.print(table)
    if flagged:
        words = list(dict.fromkeys(f"{each.text} ({each.why})" for each in flagged))
        more = f" and {len(words) - _SUSPECTS_SHOWN} more" if len(words) > _SUSPECTS_SHOWN else ""
        console.print("suspicious words:", ", ".join(words[:_SUSPECTS_SHOWN]) + more)


def _plain(name: str, mended: Mended, flagged: list[Suspect]) -> Iterator[str]:
    shown = _shown(name)
    yield f"{shown}\t{_verdict(mended)}"
    for each in mended.evidence:
        yield f"{shown}\tchannel\t{explain.reason(each)}"
    for suspect in flagged:
        line, column = explain.place(mended.original, suspect.start)
        yield f"{shown}\tsuspect\t{line}:{column}\t{suspect.text}\t{suspect.why}"


def _verdict(mended: Mended) -> str:
    if not mended.channel:
        return "no damage found"
    words = sum(edit.kind != "vanished-word" for edit in mended.edits)
    # What chance has spared lies between what it has not.
    clean = 0 if mended.channel.leaky else sum(end - start for start, end in mended.intact)
    share = 1.0 - clean / max(len(mended.original), 1)
    return (
        f"damaged: {' and '.join(map(repr, mended.channel.sequences))} deleted "
        f"from {share:.0%} of the text; {words} damaged words and "
        f"{len(mended.edits) - words} vanished words can be put back"
    )
