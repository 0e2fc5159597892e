"""``textmend report``: a page on which people look at what mending does, and decide."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from textmend import report as pages
from textmend.batch.channels import drawn
from textmend.batch.results import place_of
from textmend.batch.run import Batch, Done, Fault, Settings
from textmend.batch.workers import Workers
from textmend.cli import options
from textmend.cli.options import FAILED, complain, fail, found_in, say
from textmend.edits import Mended
from textmend.errors import TextmendError

_LEAST = 0.2  # probability of the edits that the slider of the page can bring in


@click.command(epilog=options.CHANNELS)
@options.reading
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The page.")
@options.channel
@options.inferring
@click.option(
    "--min-probability",
    "threshold",
    type=click.FloatRange(0.0, 1.0),
    default=0.5,
    show_default=True,
    help="Where the slider stands: less likely edits are left out.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="So many documents at most, drawn from all over the inputs.",
)
def report(output: Path, threshold: float, limit: int, **chosen: Any) -> None:
    """Write a page of HTML with every edit in its place, to look at and to decide about.

    It needs no network, and gives the decisions for download; textmend apply makes them.

    Exit status: 0 where all is on the page, 1 where a text could not be read, 2 where no page is
    written.
    """
    with found_in(chosen["names"], chosen["glob"]) as found:
        failed = bool(found.faults)
        sources = options.sources_of(found, chosen["sources"])
        settings = Settings(
            {
                "lang": chosen["lang"],
                "min_log_odds": chosen["min_log_odds"],
                "min_probability": min(_LEAST, threshold),
            },
            chosen["channel"],
            sources,
            chosen["field"],
            chosen["encoding"],
        )
        options.mender(channel=settings.channel, **settings.options)
        options.check_apart(found, (), output)
        batch = Batch(found.inputs, settings, with_texts=True)
        documents: list[tuple[str, str, Mended]] = []
        try:
            with Workers(options.jobs_for(found, chosen["jobs"])) as workers:
                batch.infer(workers)
                batch.inputs = drawn(found.inputs, limit)
                for event in batch.run(workers):
                    match event:
                        case Done(one, number, record, mended) if len(documents) < limit:
                            name = f"{one.name}#{number}" if record.place else one.name
                            documents.append((name, sources.of(one, record) or "", mended))
                        case Fault(_, message):
                            complain(message)
                            failed = True
            with place_of(output) as file:
                file.write(pages.page(documents, threshold=threshold).encode())
        except TextmendError as error:
            fail(error)
        except OSError as error:
            fail(f"{output}: cannot be written: {error.strerror}")
    if len(documents) == limit:
        say(f"{limit:,} documents are on the page; --limit asks for more")
    sys.exit(FAILED if failed else 0)
