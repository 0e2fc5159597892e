"""A batch: files in, files out, an event for each thing that happens.

Files are read one after the other, in pieces; the pieces are mended by several processes; results
are written in the order of the inputs, whole or not at all. What is done is in the manifest, piece
by piece. Nothing is printed here. Start reading at :meth:`Batch.run`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import groupby, repeat
from pathlib import Path
from typing import Any, BinaryIO

from textmend import __version__
from textmend.api import Mender
from textmend.batch import log
from textmend.batch.channels import Channels, Known, Sources, sample
from textmend.batch.inputs import Input, shown
from textmend.batch.manifest import Counts, Manifest, key_of
from textmend.batch.records import Format, Record, Text, Writer, format_of
from textmend.batch.results import STANDARD, place_of
from textmend.batch.workers import Workers, tried
from textmend.channel.channel import Channel
from textmend.edits import Mended
from textmend.errors import TextmendError

_PIECE = 60_000  # characters that are mended at a time: some seconds at most, and little to send
_PIECE_RECORDS = 500
# Characters of small files of one source that a process mends at a time: most of a folder, since
# each process that mends some of a source has to work out what its channel takes.
_GROUP = 4 * _PIECE


@dataclass(frozen=True)
class Settings:
    """How texts are read and mended.

    ``options``: those of :class:`textmend.Mender`, without its channel. ``channel``: where it is
    known for all texts; else those of sources are inferred as ``sources`` says. ``field``: that of
    the texts in files with fields. ``encoding``: that of the files, or "auto". ``as_json``: results
    are not the files again but one object of JSON for each text.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    channel: Channel | None = None
    sources: Sources = field(default_factory=lambda: Sources("none"))
    field: str | None = None
    encoding: str = "utf-8"
    as_json: bool = False

    def format(self, one: Input) -> Format:
        """How a file is read and written."""
        return format_of(
            one.path, field=self.field, source_field=self.sources.field, encoding=self.encoding
        )

    def read_as(self, found: Format) -> dict[str, Any]:
        """What the log of edits says of how a file was read."""
        plain = isinstance(found, Text)
        return {"field": None if plain else self.field, "encoding": found.encoding}


@dataclass(frozen=True, slots=True)
class Done:
    """A text was mended: the ``number``-th record of its file, from 1."""

    one: Input
    number: int
    record: Record
    mended: Mended


@dataclass(frozen=True, slots=True)
class Finished:
    """All of a file is done; ``before``: it was done by a batch before this one."""

    one: Input
    counts: Counts
    before: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file, or with one of its records, which stays as it is.

    ``whole``: the file has no result.
    """

    one: Input
    message: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """So much was mended since the last event of this kind."""

    counts: Counts
    read: int  # bytes of the file that its last piece ends, an estimate


Event = Done | Finished | Fault | Progress


@dataclass
class _Job:
    """A file that is being mended."""

    one: Input
    found: Format
    key: str
    target: Path | None
    counts: Counts = field(default_factory=Counts)
    failed: bool = False
    stack: ExitStack = field(default_factory=ExitStack)  # what is open while it is written
    write: Callable[[Record, Mended | None], None] | None = None

    def open(self, *, as_json: bool) -> None:
        """Begin its result."""
        if self.target is not None and self.write is None:
            file = self.stack.enter_context(place_of(self.target))
            if as_json:
                self.write = partial(_write_json, file, str(self.one.path))
            else:
                writer = self.stack.enter_context(self.found.writer(file))
                self.write = partial(_write_record, writer)

    def abandon(self, error: BaseException) -> None:
        """Leave no trace of its result."""
        self.failed = True
        self.stack.__exit__(type(error), error, error.__traceback__)


@dataclass
class _Piece:
    """Records of a file that are mended together; ``log`` is known of what was mended before."""

    job: _Job
    number: int
    first: int  # the number of its first record in its file, from 1
    records: list[Record]
    before: bool
    last: bool = False
    failure: str | None = None


@dataclass(frozen=True)
class _Given:
    """What a process needs to mend a piece."""

    options: Mapping[str, Any]
    channels: Mapping[str | None, Channel | Channels | None]
    texts: list[tuple[str | None, str]]


def _mend_all(several: list[_Given]) -> list[list[Mended] | Exception]:
    """What becomes of the texts of several pieces; one that fails does not stop the others."""
    return [tried(_mend, given) for given in several]


def _mend(given: _Given) -> list[Mended]:
    menders = {
        source: Mender(channel=channel, **given.options)
        for source, channel in given.channels.items()
    }
    return [menders[source].mend_and_explain(text) for source, text in given.texts]


def _infer(options: Mapping[str, Any], texts: list[str]) -> Channels:
    return Mender(**options).infer_channels(texts)


_Task = tuple[_Piece | Finished | Fault, _Given | None]


@dataclass
class Batch:
    """Files to mend.

    ``targets``: where the result of each goes; a file without one is mended for its events only.
    ``known``: the channels of sources. ``manifest``: what was done before, where that is kept.
    """

    inputs: Sequence[Input]
    settings: Settings
    targets: Mapping[Input, Path] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    manifest: Manifest | None = None
    with_texts: bool = False  # whether each text is an event of its own

    def infer(
        self,
        workers: Workers,
        read: Callable[[Input, TextmendError | None], None] = lambda *_: None,
    ) -> None:
        """Find out the channels of the sources that are not known.

        ``read`` is told of each file that has been read for that, or why it could not be.
        """
        settings = self.settings
        if settings.channel is not None or settings.sources.kind == "none":
            return
        samples = sample(self.inputs, settings.sources, settings.format, self.known, read)
        work = partial(_infer, settings.options)
        with closing(samples):
            tasks = ((_sized(source, texts), texts) for source, texts in samples)
            for (source, texts, words), found in workers.ordered(work, tasks):
                if isinstance(found, Exception):
                    raise found
                self.known[source] = Known(found or (), texts, words)

    def run(self, workers: Workers) -> Iterator[Event]:
        """Mend all files; what happens, as it happens."""
        for piece, mended in self._mended(workers):
            if isinstance(piece, (Finished, Fault)):
                yield piece
            elif not piece.job.failed:
                try:
                    yield from self._write(piece, mended)
                except BrokenPipeError as error:  # whoever read the output has enough
                    piece.job.abandon(error)
                    raise
                except (TextmendError, OSError, UnicodeError, sqlite3.Error) as error:
                    piece.job.abandon(error)
                    yield Fault(piece.job.one, _message(piece.job, error), whole=True)
                except BaseException as error:  # the batch is stopped
                    piece.job.abandon(error)
                    raise

    def _mended(
        self, workers: Workers
    ) -> Iterator[tuple[_Piece | Finished | Fault, list[Mended] | Exception | None]]:
        """The pieces of all files, each with what became of its texts.

        Small files go to a process several at a time, as far as they are of one source: what its
        channel takes is then worked out by one process instead of all.
        """
        for group, found in workers.ordered(_mend_all, self._groups()):
            results = found if isinstance(found, list) else repeat(found)
            mended = iter(results)
            for piece, given in group:
                yield piece, None if given is None else next(mended)

    def _groups(self) -> Iterator[tuple[list[_Task], list[_Given] | None]]:
        group: list[_Task] = []
        size, sources = 0, set[str | None]()
        for piece, given in self._tasks():
            is_file = isinstance(piece, _Piece) and piece.number == 0 and piece.last
            more = given is None or (is_file and {None} != given.channels.keys() == sources)
            if size >= (_GROUP if more else _PIECE) or len(group) >= _PIECE_RECORDS:
                yield group, [each for _, each in group if each] or None
                group, size = [], 0
            group.append((piece, given))
            if given is not None:
                size += sum(len(text) for _, text in given.texts)
                sources = set(given.channels)
        yield group, [each for _, each in group if each] or None

    def _tasks(self) -> Iterator[_Task]:
        """The pieces of all files, and what is needed to mend each."""
        for one in self.inputs:
            try:
                job = self._job(one)
                if isinstance(job, Finished):
                    yield job, None
                    continue
                begun = 0
                if self.manifest and job.target:
                    begun = self.manifest.begin(one.name, job.key, job.target)
            except (TextmendError, OSError, UnicodeError, sqlite3.Error) as error:
                yield Fault(one, _failure(one.path, error), whole=True), None
                continue
            piece = _Piece(job, 0, 1, [], before=begun > 0)
            try:
                size = 0
                for record in job.found.records():
                    if job.failed:
                        break
                    if size >= _PIECE or len(piece.records) >= _PIECE_RECORDS:
                        yield piece, self._given(piece)
                        number, first = piece.number + 1, piece.first + len(piece.records)
                        piece, size = _Piece(job, number, first, [], before=number < begun), 0
                    piece.records.append(record)
                    size += len(record.text or "")
            except (TextmendError, OSError) as error:
                piece.failure = _failure(one.path, error)
            piece.last = True
            yield piece, None if piece.failure else self._given(piece)

    def _job(self, one: Input) -> _Job | Finished:
        found = self.settings.format(one)
        target = self.targets.get(one)
        # The encoding, too: another version of what tells it may find another one.
        identity = self._identity(one), found.encoding
        key = "" if self.manifest is None else key_of(one.path, *identity)
        if self.manifest and target and (counts := self.manifest.done(one.name, key, target)):
            return Finished(one, counts, before=True)
        return _Job(one, found, key, target)

    def _given(self, piece: _Piece) -> _Given | None:
        if piece.before:
            return None
        texts = [
            (self.settings.sources.of(piece.job.one, record), record.text)
            for record in piece.records
            if record.text is not None
        ]
        channels = {source: self._channel(source) for source, _ in texts}
        return _Given(self.settings.options, channels, texts)

    def _channel(self, source: str | None) -> Channel | Channels | None:
        """What is known of a source; None where each text is to be mended on its own evidence."""
        if self.settings.channel is not None or source is None:
            return self.settings.channel
        return self.known[source].channels if source in self.known else None

    def _identity(self, one: Input) -> str:
        """All that decides what becomes of a file, besides its content."""
        settings = self.settings
        source = settings.sources.of(one, Record("", None, None, None, b""))
        concerned = self.known if settings.sources.kind == "field" else [source]
        channels = {
            each: [found.to_dict() for found in self.known[each].channels]
            for each in concerned
            if each in self.known
        }
        channel = settings.channel and settings.channel.to_dict()
        return self._common + json.dumps([source, channel, channels], sort_keys=True)

    @cached_property
    def _common(self) -> str:
        # A mender says in its pickle which textmend and which model made it.
        mender = Mender(**self.settings.options).__reduce__()[1]
        plain = replace(self.settings, channel=None, options={})
        return repr((__version__, mender, plain))

    def _write(self, piece: _Piece, mended: Any) -> Iterator[Event]:
        """Write a piece, and finish its file if it is the last."""
        job = piece.job
        if isinstance(mended, Exception):
            raise TextmendError(
                f"{shown(job.one.path)}: could not be mended: {type(mended).__name__}: {mended}; "
                "leave it out, and report this"
            )
        if piece.failure:
            raise TextmendError(piece.failure)
        job.open(as_json=self.settings.as_json)
        yield from self._again(piece) if piece.before else self._first(piece, mended)
        if piece.last:
            job.stack.close()
            if self.manifest and job.target:
                self.manifest.finish(job.one.name, job.key, job.target, job.counts)
            yield Finished(job.one, job.counts)

    def _first(self, piece: _Piece, mended: Sequence[Mended]) -> Iterator[Event]:
        """Write what has just been mended."""
        job, lines, faults = piece.job, [], 0
        results = iter(mended)
        words = changed = edits = 0
        for number, record in enumerate(piece.records, piece.first):
            if record.text is None:
                faults += 1
                yield Fault(job.one, f"{shown(job.one.path)}: {record.place}: {record.fault}")
                if job.write:
                    job.write(record, None)
                continue
            found = next(results)
            words += len(record.text.split())
            if job.write:
                job.write(record, found)
            if found.edits:
                changed, edits = changed + 1, edits + len(found.edits)
                place = number if record.place else None
                raw = job.found.kept(record, found.text)
                read_as = self.settings.read_as(job.found)
                lines.append(log.lines_of(job.one.name, place, found.edits, raw=raw, **read_as))
            if self.with_texts:
                yield Done(job.one, number, record, found)
        counts = Counts(len(piece.records) - faults, changed, edits, words, faults)
        if self.manifest and job.target:
            self.manifest.add(job.one.name, piece.number, "".join(lines), counts)
        job.counts += counts
        yield Progress(counts, sum(len(each.raw) for each in piece.records))

    def _again(self, piece: _Piece) -> Iterator[Event]:
        """Write what was mended before the batch was stopped, from the edits that were stored."""
        job = piece.job
        assert self.manifest is not None
        assert job.write is not None
        lines, counts = self.manifest.piece(job.one.name, piece.number)
        entries = groupby(log.parsed(lines), lambda entry: entry.record)
        edits = {number or 1: [entry.edit for entry in group] for number, group in entries}
        for number, record in enumerate(piece.records, piece.first):
            if record.text is None:
                yield Fault(job.one, f"{shown(job.one.path)}: {record.place}: {record.fault}")
            found = edits.get(number)
            mended = Mended(record.text, tuple(found)) if found and record.text else None
            job.write(record, mended)
        job.counts += counts
        yield Progress(counts, sum(len(each.raw) for each in piece.records))


def _write_json(file: BinaryIO, name: str, record: Record, mended: Mended | None) -> None:
    """Write all about a text as an object of JSON."""
    if mended:
        place = {"place": record.place} if record.place else {}
        found = {"file": name, **place, "text": mended.text, **mended.to_dict()}
        # Halves of characters, which JSON may hold, are escaped as JSON does.
        line = json.dumps(found, ensure_ascii=False) + "\n"
        file.write(line.encode("utf-8", "backslashreplace"))


def _write_record(writer: Writer, record: Record, mended: Mended | None) -> None:
    """Write a record as it stands, or mended."""
    writer.write(record, mended.text if mended and mended.edits else None)


def _sized(source: str, texts: list[str]) -> tuple[str, int, int]:
    return source, len(texts), sum(len(text.split()) for text in texts)


def _failure(path: Path, error: Exception) -> str:
    """What stopped the reading of a file."""
    if isinstance(error, sqlite3.Error):
        return _unwritten(path, error)
    if isinstance(error, OSError) and not isinstance(error, TextmendError):
        return f"{shown(path)}: cannot be read: {error.strerror or error}; check the file"
    return str(error)


def _message(job: _Job, error: Exception) -> str:
    """What stopped the mending of a file."""
    if isinstance(error, TextmendError):
        return str(error)
    if isinstance(error, sqlite3.Error):
        return _unwritten(job.one.path, error)
    where = "standard output" if job.target == STANDARD else shown(job.target or job.one.path)
    why = error.strerror if isinstance(error, OSError) else error
    return f"{where}: cannot be written: {why}; see to that, and run the command again"


def _unwritten(path: Path, error: sqlite3.Error) -> str:
    return (
        f"{shown(path)}: was not mended, since the manifest of the batch cannot be written: "
        f"{error}; free some space, and run the command again"
    )
