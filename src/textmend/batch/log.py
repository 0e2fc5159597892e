"""Logs of edits: what a batch changed, one object of JSON a line, and the way back.

An edit in a log says in which file and record it is, what stood there and what stands there now. So
``revert`` makes the originals from the results, and ``apply`` the results from the originals, with
the edits that a reviewer left in the log. Start reading at :func:`lines_of` and :func:`read`.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import regex

from textmend import checks
from textmend.batch.containers import open_read
from textmend.batch.inputs import shown
from textmend.edits import Edit
from textmend.errors import TextmendError
from textmend.report.decisions import Decisions, Reviewed


@dataclass(frozen=True, slots=True)
class Entry:
    """An edit in a log.

    ``file``: the name of its file below the output; ``record``: the number of its record there,
    from 1, or None in a file that is one text. ``field``, ``encoding``: how the file was read.
    ``raw``: of the first edit of some records, what stood in the file in the place of the text,
    where reverting the edits alone would not give each byte again. ``digest``: of the text that was
    decided about, where a reader did.
    """

    file: str
    record: int | None
    edit: Edit
    field: str | None = None
    encoding: str | None = None
    raw: str | None = None
    digest: str | None = None


def lines_of(
    file: str,
    record: int | None,
    edits: Sequence[Edit],
    *,
    field: str | None = None,
    encoding: str = "utf-8",
    raw: str | None = None,
) -> str:
    """The lines of a log for the edits of a record."""
    place: dict[str, Any] = {"file": file}
    if record is not None:
        place["record"] = record
    if field is not None:
        place["field"] = field
    if encoding != "utf-8":
        place["encoding"] = encoding
    lines = []
    for edit in edits:
        values = edit.to_dict()
        del values["alternatives"]
        lines.append(json.dumps(place | values | ({} if raw is None else {"raw": raw})) + "\n")
        raw = None
    return "".join(lines)


def decided(decisions: Decisions) -> Iterator[Entry]:
    """The edits that the reader of a page has decided for.

    A document of the page is a file, or a record of one: ``pages.jsonl#17``.
    """
    for document in sorted(decisions.documents, key=_place):
        file, record = _place(document)
        for each in document.decisions:
            if each.after != each.before:
                edit = Edit(each.start, each.end, each.before, each.after, "word", 1.0)
                yield Entry(file, record or None, edit, digest=document.sha256)


_RECORD = regex.compile(r"(.*)#([0-9]{1,18})", regex.DOTALL)  # digits that a number has


def _place(document: Reviewed) -> tuple[str, int]:
    """The file of a document, and its record, or 0."""
    found = _RECORD.fullmatch(document.name)
    return (found[1], int(found[2])) if found else (document.name, 0)


def read(path: Path) -> Iterator[Entry]:
    """The edits of a log, ``.gz`` or plain; one that is none is named with its line."""
    with open_read(path) as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield _entry(line, f"{shown(path)}: line {number}")


def parsed(lines: str) -> Iterator[Entry]:
    """The edits in lines that :func:`lines_of` made."""
    return (_entry(line, "manifest") for line in lines.splitlines())


def _entry(line: str | bytes, place: str) -> Entry:
    try:
        value = checks.from_json(line)
    except TextmendError as error:
        raise TextmendError(
            f"{place}: is no JSON ({error}); give the log that --edits wrote"
        ) from None
    try:
        return Entry(
            _of(value, "file", str),
            _of(value, "record", int, None),
            Edit.from_dict(value),
            _of(value, "field", str, None),
            _of(value, "encoding", str, None),
            _of(value, "raw", str, None),
        )
    except TextmendError as error:
        raise TextmendError(f"{place}: {error}") from None


_REQUIRED = object()


def _of(value: Any, name: str, kind: type, default: Any = _REQUIRED) -> Any:
    """What an object of JSON has under a name."""
    found = value.get(name, default) if isinstance(value, dict) else _REQUIRED
    if found is _REQUIRED or not (isinstance(found, kind) or found is default):
        raise TextmendError(f"{name!r} is missing, or no value of its kind")
    return found


def by_file(entries: Iterable[Entry]) -> Iterator[tuple[str, Iterator[Entry]]]:
    """The edits of each file; an error where those of one file do not stand together."""
    seen = set()
    for name, group in groupby(entries, lambda entry: entry.file):
        if name in seen:
            raise TextmendError(
                f"the edits of {shown(name)} stand in more than one place of the log; sort it"
            )
        seen.add(name)
        yield name, group


def packed(lines: Iterable[str], *, compressed: bool) -> Iterator[bytes]:
    """The bytes of a log."""
    if not compressed:
        yield from (line.encode() for line in lines)
        return
    # No time in the header: the same edits give the same bytes.
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
        for line in lines:
            file.write(line.encode())
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
