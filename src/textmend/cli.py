"""The ``textmend`` command: a thin skin over :class:`textmend.Mender`.

Tables and colours for people, plain text for pipes; every error is one line on standard error.
Start reading at :func:`mend`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from textmend import __version__, explain, files
from textmend.api import Mender
from textmend.channel import Channel, names_a_file
from textmend.edits import Mended
from textmend.errors import TextmendError
from textmend.evidence import Evidence
from textmend.inference import MIN_LOG_ODDS
from textmend.languages import AUTO
from textmend.lexicon import Suspect, suspects

_FAILED = 2
_DAMAGED = 1
_SUSPECTS_SHOWN = 20
_EXAMPLES_SHOWN = 6

Command = TypeVar("Command", bound=Callable[..., Any])


def _channel(spec: str) -> Channel:
    """Sequences separated by commas, or the path of a JSON file."""
    try:
        is_file = names_a_file(spec) or (not spec.isalnum() and Path(spec).is_file())
        return _read_channel(spec) if is_file else Channel.parse(spec)
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


def _inferring(command: Command) -> Command:
    """The options of every command that infers channels."""
    lang = click.option(
        "--lang",
        default="en",
        show_default=True,
        help="Language of the texts. Several (en,de) or auto: guessed for each.",
    )
    pool = click.option(
        "--pool", is_flag=True, help="The files are of one source, and share their evidence."
    )
    min_log_odds = click.option(
        "--min-log-odds",
        type=float,
        default=MIN_LOG_ODDS,
        show_default=True,
        help="Evidence that each deleted sequence needs, in nats: 3 is 95 % sure, 7 is 99.9 %.",
    )
    return lang(pool(min_log_odds(command)))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version")
def main() -> None:
    """Repair text from which letter sequences were dropped.

    FILE is a text file, or - for standard input (the default).
    """


@main.command()
@_common
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    help="File to write, or folder; a slash at its end makes it.",
)
@click.option(
    "--channel",
    type=_channel,
    metavar="CHANNEL",
    help="What was deleted, such as the,ad, or a file with JSON; inferred if not given.",
)
@_inferring
@click.option(
    "--min-probability",
    type=click.FloatRange(0.0, 1.0),
    default=0.5,
    show_default=True,
    help="Leave out edits that are less likely.",
)
@click.option(
    "--model",
    default="small",
    show_default=True,
    help="The context model: small, large (better, several times slower), or a file.",
)
@click.option("--explain", "explained", is_flag=True, help="A line per edit on standard error.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object per text, edits included.")
@click.option(
    "-v/-q",
    "--verbose/--quiet",
    default=None,
    help="Whether to say on standard error what was found in each text; "
    "if not given, only on a terminal.",
)
def mend(
    names: tuple[str, ...],
    encoding: str,
    output: str | None,
    channel: Channel | None,
    lang: str,
    pool: bool,
    min_log_odds: float,
    min_probability: float,
    model: str,
    explained: bool,
    as_json: bool,
    verbose: bool | None,
) -> None:
    """Mend texts; the result goes to standard output, or to OUTPUT.

    With several files OUTPUT is a folder; each result keeps its name.

    Exit status: 0 where all texts were mended or left as they are, 2 where one could not be.
    """
    into_folder = output is not None and files.is_folder(output)
    if output is not None:
        _check_output(output, names, into_folder)
    mender = _mender(
        lang=lang,
        channel=channel,
        min_probability=min_probability,
        min_log_odds=min_log_odds,
        model=model,
    )
    if pool:
        mender = _of_source(mender, names, encoding)
    if output is not None and into_folder:
        _make_folder(output)
    # On a terminal several texts get one line together, so that they stay readable.
    told = sys.stderr.isatty() if verbose is None else verbose
    told_each = told and (verbose or len(names) < 2)
    found: Counter[bool] = Counter()

    def one(name: str, text: str) -> None:
        mended = mender.mend_and_explain(text)
        result = _json(name, mended) if as_json else mended.text
        written_in = "utf-8" if as_json else encoding
        if output is None:
            _print(result, written_in)
        else:
            target = Path(output, Path(name).name) if into_folder else Path(output)
            if name != files.STANDARD and target.resolve() == Path(name).resolve():
                raise TextmendError(
                    f"{name}: would be overwritten; name another file or folder after -o"
                )
            files.write(target, result, written_in)
        if explained:
            for line in explain.located(mended, files.shown(name)):
                click.echo(line, err=True)
        found[bool(mended.edits)] += 1
        if told_each:
            _say(f"{files.shown(name)}: {_outcome(mended, mender)}")

    failed = _each(names, encoding, one)
    if told and found.total() > 1:
        others = "; nothing found to mend in the others" if found[False] else ""
        _say(f"{found[True]} of {found.total()} texts mended{others}")
    sys.exit(_FAILED if failed else 0)


@main.command()
@_common
@_inferring
@click.option("--json", "as_json", is_flag=True, help="A JSON object per text.")
def detect(
    names: tuple[str, ...],
    encoding: str,
    lang: str,
    pool: bool,
    min_log_odds: float,
    as_json: bool,
) -> None:
    """Say what was deleted from texts, why that is believed, and how much is damaged.

    For each sequence: how many words with it were expected and found, what share of them was
    deleted, the log-odds that it was, and damaged words that it explains.

    Exit status: 0 where no damage was found, 1 where some was, 2 where a text could not be read.
    """
    mender = _mender(lang=lang, min_log_odds=min_log_odds)
    if pool:
        mender = _of_source(mender, names, encoding)
    source = mender.channel[0] if isinstance(mender.channel, tuple) and mender.channel else None
    console = Console(highlight=False)
    if source and console.is_terminal and not as_json:
        console.print(Padding(_table(source.evidence, "all files together"), (0, 0, 1, 0)))
    found: Counter[bool] = Counter()

    def one(name: str, text: str) -> None:
        mended = mender.mend_and_explain(text)
        damaged = mended.damaged_share > 0.0
        found[damaged] += 1
        language = mender.language(text)
        flagged = suspects(text, lang=language) if language else []
        if as_json:
            described = {
                "file": files.shown(name),
                "lang": language,
                "damaged": damaged,
                **mended.to_dict(),
                "suspects": [_suspect(each) for each in flagged],
            }
            click.echo(json.dumps(described, ensure_ascii=False))
        elif console.is_terminal:
            _report(console, name, mended, flagged, with_evidence=source is None)
        else:
            click.echo("\n".join(_plain(name, mended, flagged)))

    failed = _each(names, encoding, one)
    if console.is_terminal and not as_json and found.total() > 1:
        console.print(f"{found[True]} of {found.total()} texts are damaged")
    sys.exit(_FAILED if failed else _DAMAGED if found[True] else 0)


@main.command()
@_common
@click.option(
    "--channel", type=_channel, metavar="CHANNEL", required=True, help="What to delete: the,ad …"
)
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
            work(name, files.read_plain(name, encoding))
        except TextmendError as error:
            _complain(error)
            failed = True
        except BrokenPipeError:  # whoever read the output has enough
            raise
        except OSError as error:
            _complain(TextmendError(f"standard output: cannot be written: {error.strerror}"))
            failed = True
    return failed


def _of_source(mender: Mender, names: Sequence[str], encoding: str) -> Mender:
    """A mender with the channel that the files show together."""
    if files.STANDARD in (names or (files.STANDARD,)):
        _fail(TextmendError("--pool reads files twice; name them in place of standard input"))

    def texts() -> Iterator[str]:
        for name in names:
            # One that cannot be read is reported when its turn comes.
            with suppress(TextmendError):
                yield files.read_plain(name, encoding)

    return mender.for_source(texts())


def _outcome(mended: Mended, mender: Mender) -> str:
    """What was found in a text, and what would help where that is nothing."""
    if mended.edits or mended.evidence:
        return explain.verdict(mended, made=True)
    if isinstance(mender.channel, Channel):
        deleted = " and ".join(map(explain.deleted, mender.channel.drops))
        return f"no word found that lost {deleted}; without --channel the loss is inferred"
    found = explain.verdict(mended)
    read_in, likely = mender.language(mended.original), Mender(lang=AUTO).language(mended.original)
    if likely and likely != read_in:
        return f"{found}; it looks like {likely!r}: --lang {likely}"
    if read_in is None:
        return f"{found}; its language is not known: name it, as in --lang de"
    if explain.is_short(mended):
        return (
            f"{found}; if it is known: --channel the,ad; with more files of the same source: --pool"
        )
    return (
        f"{found}; textmend detect lists suspicious words, --channel says what is known to be lost"
    )


def _make_folder(output: str) -> None:
    try:
        files.make_folder(output)
    except TextmendError as error:
        _fail(error)


def _check_output(output: str, names: Sequence[str], into_folder: bool) -> None:
    """Refuse, before anything is read, outputs that could not hold all results."""
    if not into_folder:
        if len(names) > 1:
            _fail(
                TextmendError(
                    f"{output}: is no folder; make one to hold {len(names)} results, "
                    "which a slash at its end does"
                )
            )
        return
    if files.STANDARD in (names or (files.STANDARD,)):
        _fail(TextmendError(f"{output}: is a folder; name a file for what standard input becomes"))
    twice = [
        name for name, count in Counter(Path(each).name for each in names).items() if count > 1
    ]
    if twice:
        _fail(
            TextmendError(
                f"{output}: would get {twice[0]!r} more than once; "
                "mend files of the same name into folders of their own"
            )
        )


def _mender(**options: Any) -> Mender:
    try:
        return Mender(**options)
    except TextmendError as error:
        _fail(error)


def _fail(error: TextmendError) -> NoReturn:
    _complain(error)
    sys.exit(_FAILED)


def _complain(error: TextmendError) -> None:
    _say(str(error))


def _say(message: str) -> None:
    click.echo(f"textmend: {message}", err=True)


def _print(text: str, encoding: str) -> None:
    # As bytes, so that line ends stay what they are.
    click.echo(files.encode(text, "standard output", encoding), nl=False)


def _json(name: str, mended: Mended) -> str:
    found = {"file": files.shown(name), "text": mended.text, **mended.to_dict()}
    return json.dumps(found, ensure_ascii=False) + "\n"


def _suspect(suspect: Suspect) -> dict[str, Any]:
    return {
        "text": suspect.text,
        "start": suspect.start,
        "end": suspect.end,
        "frequency": suspect.frequency,
        "why": suspect.why,
    }


def _report(
    console: Console, name: str, mended: Mended, flagged: list[Suspect], *, with_evidence: bool
) -> None:
    """What was found in one text, for a terminal."""
    console.print(Text.assemble((files.shown(name), "bold"), f": {explain.verdict(mended)}"))
    if mended.evidence and with_evidence:
        console.print(Padding(_table(mended.evidence), (1, 0)))
    if flagged:
        words = list(dict.fromkeys(f"{each.text} ({each.why})" for each in flagged))
        more = f" and {len(words) - _SUSPECTS_SHOWN} more" if len(words) > _SUSPECTS_SHOWN else ""
        shown = ", ".join(words[:_SUSPECTS_SHOWN])
        console.print(Text(f"suspicious words: {shown}{more}", style="dim"))


def _table(evidence: Iterable[Evidence], title: str | None = None) -> Table:
    """Why each drop is believed."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False)
    table.add_column("deleted")
    for heading in ("expected", "found", "share", "log-odds"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("explains")
    for each in evidence:
        table.add_row(
            Text(explain.deleted(each.drop)),
            f"{each.expected:.0f}",
            str(each.observed),
            explain.per_cent(each.share),
            f"{each.log_odds:.1f}",
            Text(explain.examples(each, _EXAMPLES_SHOWN)),
        )
    return table


def _plain(name: str, mended: Mended, flagged: list[Suspect]) -> Iterator[str]:
    """What was found in one text, for a pipe: lines of fields between tabs."""
    shown = files.shown(name)
    yield f"{shown}\t{explain.verdict(mended)}"
    for each in mended.evidence:
        yield f"{shown}\tchannel\t{explain.reason(each)}"
    for suspect in flagged:
        line, column = explain.place(mended.original, suspect.start)
        yield f"{shown}\tsuspect\t{line}:{column}\t{suspect.text}\t{suspect.why}"
