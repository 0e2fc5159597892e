"""``textmend corrupt``: clean texts damaged, to make test data."""

from __future__ import annotations

import sys

import click

from textmend.batch.records import format_of
from textmend.batch.results import STANDARD, place_of
from textmend.channel.channel import Channel
from textmend.cli.options import CHANNELS, FAILED, channel_of, complain, found_in, parsed, reading
from textmend.errors import TextmendError


@click.command(epilog=CHANNELS)
@reading
@click.option(
    "--channel",
    type=parsed(channel_of),
    metavar="CHANNEL",
    required=True,
    help="What to delete: the,ad …",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Draws what is lost at random."
)
def corrupt(
    names: tuple[str, ...],
    encoding: str,
    field: str | None,
    glob: str | None,
    channel: Channel,
    seed: int,
) -> None:
    """Damage clean texts, to make test data: the forward model of the channel.

    They go to standard output.
    """
    with found_in(names, glob) as found:
        failed = bool(found.faults)
        for one in found.inputs:
            try:
                source = format_of(one.path, field=field, encoding=encoding)
                with place_of(STANDARD) as file, source.writer(file) as writer:
                    for record in source.records():
                        text = record.text and channel.apply(record.text, seed=seed)
                        writer.write(record, text)
            except TextmendError as error:
                complain(error)
                failed = True
            except BrokenPipeError:  # whoever read the output has enough
                raise
            except OSError as error:
                complain(f"standard output: cannot be written: {error.strerror}")
                failed = True
    sys.exit(FAILED if failed else 0)
