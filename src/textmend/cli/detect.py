"""``textmend detect``: what was deleted, why that is believed, how much is damaged."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from textmend.batch.channels import Known
from textmend.batch.run import Batch, Done, Fault, Settings
from textmend.batch.workers import Workers
from textmend.cli import options
from textmend.cli.options import UNUSABLE, complain, fail, found_in, shown
from textmend.edits import Mended
from textmend.errors import TextmendError
from textmend.evidence import Evidence
from textmend.language.lexicon import Suspect, suspects
from textmend.report import sentences

_DAMAGED = 1
_SUSPECTS_SHOWN = 20
_EXAMPLES_SHOWN = 6


@click.command()
@options.reading
@options.inferring
@click.option(
    "--by",
    type=click.Choice(["source", "text"]),
    help="A line for each source (the default where there are sources) or for each text.",
)
@click.option("--suspects", "flagged", is_flag=True, help="List suspicious words of each text.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object per source or text.")
def detect(by: str | None, flagged: bool, as_json: bool, **chosen: Any) -> None:
    """Say what was deleted from texts, why that is believed, and how much is damaged.

    For each sequence: how many words with it were expected and found, what share of them was
    deleted, the log-odds that it was, and damaged words that it explains.

    Exit status: 0 where no damage was found, 1 where some was, 2 where a text could not be read.
    """
    mender = options.mender(lang=chosen["lang"], min_log_odds=chosen["min_log_odds"])
    settings = Settings(
        {"lang": chosen["lang"], "min_log_odds": chosen["min_log_odds"]},
        field=chosen["field"],
        encoding=chosen["encoding"],
    )
    console = Console(highlight=False)
    damaged: Counter[bool] = Counter()
    faults: list[TextmendError] = []
    with found_in(chosen["names"], chosen["glob"]) as found:
        failed = bool(found.faults)
        sources = options.sources_of(found, chosen["sources"])
        if by == "source" and sources.kind == "none":
            fail("--by source needs sources; say what is one, such as --source dir")
        batch = Batch(found.inputs, replace(settings, sources=sources), with_texts=True)
        try:
            with Workers(options.jobs_for(found, chosen["jobs"])) as workers:
                batch.infer(workers, lambda _, error: faults.append(error) if error else None)
                if by == "source" or (by is None and sources.kind != "none"):
                    for name, known in batch.known.items():
                        damaged[bool(known.channels)] += 1
                        _tell_source(console, name, known, as_json=as_json)
                    for error in faults:
                        complain(error)
                        failed = True
                else:
                    for event in batch.run(workers):
                        match event:
                            case Done(one, _, record, mended):
                                damaged[mended.damaged_share > 0.0] += 1
                                language = mender.language(mended.original)
                                name = shown(one.path)
                                name += f": {record.place}" if record.place else ""
                                words: list[Suspect] = []
                                if flagged and language:
                                    words = suspects(mended.original, lang=language)
                                _tell_text(console, name, language, mended, words, as_json=as_json)
                            case Fault(_, message):
                                complain(message)
                                failed = True
        except TextmendError as error:
            fail(error)
        except KeyboardInterrupt:
            fail("stopped")
        except BrokenPipeError:  # whoever read the output has enough
            raise
        except OSError as error:
            fail(f"standard output: cannot be written: {error.strerror}")
    if console.is_terminal and not as_json and damaged.total() > 1:
        what = "sources" if by == "source" or sources.kind != "none" else "texts"
        console.print(f"{damaged[True]} of {damaged.total()} {what} are damaged")
    sys.exit(UNUSABLE if failed else _DAMAGED if damaged[True] else 0)


def _tell_source(console: Console, name: str, known: Known, *, as_json: bool) -> None:
    """What was found in a source, in a line."""
    if as_json:
        _echo({"source": name, **known.to_dict()})
    elif console.is_terminal:
        console.print(Text.assemble((sentences.visible(name), "bold"), f": {_verdict(known)}"))
    else:
        click.echo(f"{sentences.visible(name)}\t{_verdict(known)}")


def _echo(value: dict[str, Any]) -> None:
    # Halves of characters, which texts may hold, are escaped as JSON does.
    line = json.dumps(value, ensure_ascii=False) + "\n"
    click.echo(line.encode("utf-8", "backslashreplace"), nl=False)


def _verdict(known: Known) -> str:
    read = f"{known.texts:,} texts, {known.words:,} words read"
    if not known.channels:
        return f"no damage found; {read}"
    found = [
        f"{sentences.per_cent(each.share)} of the texts, "
        f"{sentences.per_cent(each.damaged_share)} of the words lost "
        f"{' and '.join(map(sentences.deleted, each.channel.drops))} "
        f"({'; '.join(map(sentences.loss, each.evidence))})"
        for each in known.channels
    ]
    return f"damaged: {'; '.join(found)}; {read}"


def _tell_text(
    console: Console,
    name: str,
    language: str | None,
    mended: Mended,
    flagged: list[Suspect],
    *,
    as_json: bool,
) -> None:
    """What was found in one text."""
    if as_json:
        described = {
            "file": name,
            "lang": language,
            "damaged": mended.damaged_share > 0.0,
            **mended.to_dict(),
            "suspects": [_suspect(each) for each in flagged],
        }
        _echo(described)
    elif console.is_terminal:
        _report(console, name, mended, flagged)
    else:
        click.echo("\n".join(_plain(name, mended, flagged)))


def _suspect(suspect: Suspect) -> dict[str, Any]:
    return {
        "text": suspect.text,
        "start": suspect.start,
        "end": suspect.end,
        "frequency": suspect.frequency,
        "why": suspect.why,
    }


def _report(console: Console, name: str, mended: Mended, flagged: list[Suspect]) -> None:
    """What was found in one text, for a terminal."""
    console.print(Text.assemble((name, "bold"), f": {sentences.verdict(mended)}"))
    if mended.evidence:
        console.print(Padding(_table(mended.evidence), (1, 0)))
    if flagged:
        words = list(
            dict.fromkeys(f"{sentences.visible(each.text)} ({each.why})" for each in flagged)
        )
        more = f" and {len(words) - _SUSPECTS_SHOWN} more" if len(words) > _SUSPECTS_SHOWN else ""
        shown = ", ".join(words[:_SUSPECTS_SHOWN])
        console.print(Text(f"suspicious words: {shown}{more}", style="dim"))


def _table(evidence: Iterable[Evidence]) -> Table:
    """Why each drop is believed."""
    table = Table(box=SIMPLE_HEAD, show_edge=False)
    table.add_column("deleted")
    for heading in ("expected", "found", "share", "log-odds"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("explains")
    for each in evidence:
        table.add_row(
            Text(sentences.deleted(each.drop)),
            f"{each.expected:.0f}",
            str(each.observed),
            sentences.per_cent(each.share),
            f"{each.log_odds:.1f}",
            Text(sentences.examples(each, _EXAMPLES_SHOWN)),
        )
    return table


def _plain(name: str, mended: Mended, flagged: list[Suspect]) -> Iterator[str]:
    """What was found in one text, for a pipe: lines of fields between tabs."""
    yield f"{name}\t{sentences.verdict(mended)}"
    for each in mended.evidence:
        yield f"{name}\tchannel\t{sentences.reason(each)}"
    for suspect in flagged:
        line, column = sentences.place(mended.original, suspect.start)
        yield f"{name}\tsuspect\t{line}:{column}\t{sentences.visible(suspect.text)}\t{suspect.why}"
