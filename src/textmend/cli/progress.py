"""How far a batch is: a bar on a terminal, now and then a line in a log."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from textmend.batch.inputs import Found, Input
from textmend.batch.manifest import Counts
from textmend.batch.run import Event, Fault, Finished, Progress
from textmend.cli.options import say
from textmend.errors import TextmendError

_BETWEEN_LINES = 60.0  # seconds


class Bar:
    """Shows how far a batch is, unless ``quiet``."""

    def __init__(self, found: Found, *, quiet: bool) -> None:
        self._sizes = {one: one.path.stat().st_size for one in found.inputs}
        self._files, self._done = len(found.inputs), 0
        self._finished = self._read = 0  # bytes: of files that are done, and of the next one
        self._counts = Counts()
        self._begun = self._told = time.monotonic()
        self._quiet = quiet
        self._bar: RichProgress | None = None
        if not quiet and sys.stderr.isatty():
            self._bar = RichProgress(
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TextColumn("{task.fields[found]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("reading", total=sum(self._sizes.values()), found="")

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    def read(self, one: Input, error: TextmendError | None) -> None:  # noqa: ARG002, told later
        """A file was read for the sample of its source."""
        if self._bar:
            self._bar.advance(self._task, self._sizes[one])

    def show(self, event: Event) -> None:
        """Something happened."""
        match event:
            case Progress(counts, read):
                self._counts += counts
                self._read += read
            case Finished(one) | Fault(one, whole=True):
                self._finished += self._sizes[one]
                self._read = 0
                self._done += 1
        now = time.monotonic()
        if self._bar:
            self._bar.update(
                self._task,
                description="mending",
                completed=self._finished + self._read,
                found=self._found(now),
            )
        elif not self._quiet and now - self._told >= _BETWEEN_LINES:
            self._told = now
            say(f"{self._done:,} of {self._files:,} files, {self._found(now)}")

    def _found(self, now: float) -> str:
        rate = self._counts.words / max(now - self._begun, 1e-9)
        return f"{self._counts.texts:,} texts, {rate:,.0f} words/s, {self._counts.edits:,} edits"
