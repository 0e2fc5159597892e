"""``textmend --version``: what decides the results, for a report of a fault or a figure.

The version of textmend, its models by the digests of their files, the packages that its words and
word pairs are read from, and where it runs. Start reading at :func:`versions`.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata

import click

from textmend import __version__
from textmend.models.cascade import NAMED
from textmend.models.modelfile import digest_of, read_header

_DATA = {  # what it is, and the package that it is read from
    "words, the longest list of each language": "wordfreq",
    "word pairs": "symspellpy",
}
_DIGITS = 12  # of a digest, which are enough to tell models apart


def versions() -> Iterator[str]:
    """The lines that are shown."""
    yield f"textmend {__version__}"
    for name, path in NAMED.items():
        made = read_header(path)["made"]
        yield f"model {name}: {digest_of(path)[:_DIGITS]}, made {made}"
    for data, package in _DATA.items():
        yield f"{data}: {package} {metadata.version(package)}"
    yield f"Python {platform.python_version()} on {platform.platform(terse=True)}"


def show(context: click.Context, _: click.Parameter, asked: bool) -> None:
    """Show the versions, and nothing else."""
    if asked and not context.resilient_parsing:
        click.echo("\n".join(versions()))
        context.exit()
