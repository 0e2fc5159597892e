"""The ``textmend`` command: a thin skin over :mod:`textmend.api` and :mod:`textmend.batch`.

Each command has a module; ``options`` has what they share. Tables and colours are for people, plain
text for pipes; every error is one line on standard error. Start reading at :func:`main`.
"""

from __future__ import annotations

from typing import Any

import click

from textmend.cli.config import settings
from textmend.cli.corrupt import corrupt
from textmend.cli.detect import detect
from textmend.cli.mend import mend
from textmend.cli.report import report
from textmend.cli.rewrite import apply, revert
from textmend.cli.version import show
from textmend.report.sentences import visible

__all__ = ["main"]


class _Commands(click.Group):
    """Commands whose complaints about what was typed, click's own, are safe to print, too."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command, once its arguments are read."""
        try:
            return super().invoke(context)
        except click.UsageError as error:
            raise click.UsageError(visible(error.format_message()), error.ctx) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    *("-V", "--version"),
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=show,
    help="Show the versions of textmend, its models and its data.",
)
@click.pass_context
def main(context: click.Context) -> None:
    """Repair text from which letter sequences were dropped.

    INPUT is a file, a folder, a pattern such as "raw/**/*.txt", or - for standard input (the
    default). Plain text, Markdown, JSON lines, CSV, TSV and Parquet are read, also compressed as
    .gz or .zst.

    Settings are read from [tool.textmend] in pyproject.toml, or from textmend.toml, in this folder
    or the nearest one above it; options win.
    """
    context.default_map = settings(main)


for _command in (mend, detect, corrupt, report, revert, apply):
    main.add_command(_command)
