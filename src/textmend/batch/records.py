"""The texts of a file, one by one, and the file again with other texts in their places.

Nothing else of a file changes: what stands around a text, and a record whose text is not changed,
are copied byte for byte (in Parquet: value for value). Memory is bound by one record; by one row
group, where Parquet is written. Nothing here mends. Start reading at :class:`Format`, then
:func:`format_of`.
"""

from __future__ import annotations

import codecs
import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Protocol

import regex

from textmend.batch import containers, decoding, formats
from textmend.errors import TextmendError


@dataclass(frozen=True, slots=True)
class Record:
    """A text of a file, or why there is none.

    ``place``: where it is, for messages ("line 17", "row 3"); empty where it is the whole file.
    ``text``: None where there is none to mend; ``fault`` then says why, and what to do.
    ``source``: what the source field holds, as text, if one was asked for and is there.
    ``raw``: the bytes that stand in the file, which only its format reads (Parquet keeps none).
    """

    place: str
    text: str | None
    source: str | None
    fault: str | None
    raw: bytes


class Writer(Protocol):
    """Writes the records of a file, each of them once and in their order."""

    def write(self, record: Record, text: str | None = None, raw: str | None = None) -> None:
        """Write a record as it stands, or with another ``text``, or with ``raw`` as its raw field.

        Only a record that has a text may be given another. A character that the encoding of the
        file lacks is a ``TextmendError``.
        """


class Format(ABC):
    """A file, and how the texts in it are read and written.

    ``path``: the file, which is opened anew for each use. ``encoding``: that of its texts.
    """

    encoding = "utf-8"

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def records(self) -> Iterator[Record]:
        """The records of the file; where nothing can be read further, a ``TextmendError``."""

    @abstractmethod
    def writer(self, target: BinaryIO) -> AbstractContextManager[Writer]:
        """Write the file again to ``target``, which stays open; compressed as the file is.

        It is whole when the block ends; what an error in the block leaves is to be thrown away.
        """

    @abstractmethod
    def kept(self, record: Record, text: str) -> str | None:
        """What is needed, if ``record`` is written with ``text``, to write it again as it stands.

        None where putting ``record.text`` back will do, byte for byte; else the raw field, for
        :meth:`Writer.write`.
        """


def format_of(
    path: Path,
    *,
    field: str | None = None,
    source_field: str | None = None,
    encoding: str = "utf-8",
) -> Format:
    """The format of a file, told by its name; before ``.gz`` or ``.zst`` stands what is inside.

    ``field``: the field that holds the texts, in a format with fields; plain text has none, and no
    use for it. ``source_field``: the one that says where a text comes from. ``encoding``: that of
    the file, or ``"auto"`` to have it told by its bytes; Parquet has its own.
    """
    if encoding != decoding.AUTO:
        decoding.known(encoding)
    inner = containers.inner_name(path)
    if with_fields := _WITH_FIELDS.get(inner.suffix.lower()):
        return with_fields(path, field, source_field, encoding)
    formats.refuse_name(str(inner))
    return Text(path, encoding)


def _chosen(
    path: Path, kind: str, fields: Sequence[str], field: str | None, source_field: str | None
) -> str:
    """The field to mend, once it is sure that there is one such field, and one for the source."""
    listed = ", ".join(fields)
    if field is None:
        likely = "text" if "text" in fields or not fields else fields[-1]
        which = f" with the fields {listed}; name the one" if fields else "; name the field"
        raise TextmendError(f"{path}: is {kind}{which} to mend, such as --field {likely}")
    for name in field, source_field:
        if name is not None and name not in fields:
            raise TextmendError(f"{path}: has no field {name}; name one of its fields: {listed}")
        if name is not None and fields.count(name) > 1:
            raise TextmendError(f"{path}: has more than one field {name}; give each its own name")
    return field


class _RecordError(Exception):
    """Why a record has no text to mend, and what to do."""


class _Pieces(Format):
    """A file of bytes that follow one another: a head, which may be empty, and the records."""

    def __init__(self, path: Path, encoding: str) -> None:
        super().__init__(path)
        self.encoding = decoding.detected(path) if encoding == decoding.AUTO else encoding
        with containers.open_read(path) as stream:
            self._encoding = _exact_encoding(self.encoding, stream.read(4))

    @abstractmethod
    def _pieces(self) -> Generator[tuple[int, bytes], None, None]:
        """First the head, then each record: the line in which it begins, and its bytes."""

    @abstractmethod
    def _record(self, line: int, raw: bytes) -> Record:
        """What is in the bytes of a record."""

    @abstractmethod
    def _span(self, content: str) -> tuple[int, int]:
        """From where to where the raw field reaches in a record with a text, which is decoded."""

    @abstractmethod
    def _rendered(self, text: str, content: str, start: int, end: int) -> str:
        """A raw field that holds ``text``, in the manner of the one that stands in ``content``."""

    def records(self) -> Iterator[Record]:
        """The records of the file."""
        with closing(self._pieces()) as pieces:
            next(pieces)
            for line, raw in pieces:
                yield self._record(line, raw)

    @contextmanager
    def writer(self, target: BinaryIO) -> Iterator[Writer]:
        """Write the head of the file, and then its records."""
        with closing(self._pieces()) as pieces:
            _, head = next(pieces)
        with containers.open_write(target, like=self.path) as sink:
            sink.write(head)
            yield _PieceWriter(sink, self._changed)

    def kept(self, record: Record, text: str) -> str | None:
        """The raw field, unless changing the text and changing it back is seen to give it again."""
        if record.text is None:
            return None
        changed = self._changed(record.place, record.raw, text)
        if self._changed(record.place, changed, record.text) == record.raw:
            return None
        content = record.raw.decode(self._encoding)
        start, end = self._span(content)
        return content[start:end]

    def _changed(self, place: str, raw: bytes, new: str, *, rendered: bool = False) -> bytes:
        """The bytes of a record with a new text, or with a field that is rendered already."""
        content = raw.decode(self._encoding)
        start, end = self._span(content)
        field = new if rendered else self._rendered(new, content, start, end)
        name = f"{self.path}: {place}" if place else str(self.path)
        return decoding.encode(content[:start] + field + content[end:], name, self._encoding)


class _PieceWriter:
    def __init__(self, sink: containers.Sink, changed: Callable[..., bytes]) -> None:
        self._sink, self._changed = sink, changed

    def write(self, record: Record, text: str | None = None, raw: str | None = None) -> None:
        if raw is not None:
            data = self._changed(record.place, record.raw, raw, rendered=True)
        elif text is not None:
            data = self._changed(record.place, record.raw, text)
        else:
            data = record.raw
        self._sink.write(data)


def _exact_encoding(encoding: str, start: bytes) -> str:
    """The encoding in which the mark at the start of a file, if any, is a character like others.

    Python's own encodings with a mark take it away and write another: of the order of bytes that
    the machine has, or where there was none.
    """
    name = codecs.lookup(encoding).name
    if name == "utf-8-sig":
        return "utf-8"
    if marks := _BYTE_ORDER_MARKS.get(name):
        for mark, order in zip(marks, ("le", "be"), strict=True):
            if start.startswith(mark):
                return f"{name}-{order}"
        return f"{name}-{sys.byteorder[0]}e"
    return encoding


_BYTE_ORDER_MARKS = {
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
}
_MARK = "\ufeff"


class Text(_Pieces):
    """Plain text or Markdown: the whole file is one record, and its mark no part of the text."""

    def _pieces(self) -> Generator[tuple[int, bytes], None, None]:
        yield 1, b""
        with containers.open_read(self.path) as stream:
            yield 1, stream.read()

    def _record(self, line: int, raw: bytes) -> Record:  # noqa: ARG002, of the other formats
        name = str(self.path)
        content = decoding.decode(raw, name, self._encoding)
        formats.refuse_text(name, content)
        if decoding.encode(content, name, self._encoding) != raw:
            raise TextmendError(
                f"{name}: writes a character otherwise than Python does in {self._encoding}, and "
                f"could not be written again as it is; convert it to utf-8 first"
            )
        return Record("", content.removeprefix(_MARK), None, None, raw)

    def _span(self, content: str) -> tuple[int, int]:
        return int(content.startswith(_MARK)), len(content)

    def _rendered(self, text: str, content: str, start: int, end: int) -> str:  # noqa: ARG002
        return text


class _Lines(_Pieces):
    """A file of lines: its head is the mark, if any, and the header; blank lines end a record."""

    kind: str  # what the format is called in messages
    blanks: ClassVar[bytes]  # the bytes of which a line that is no record may consist
    headers: ClassVar[int]  # the rows of the header

    def __init__(self, path: Path, encoding: str) -> None:
        super().__init__(path, encoding)
        signs = '\t\r\n ",:;|{}\\'
        if signs.encode(self._encoding) != signs.encode("ascii"):
            raise TextmendError(
                f"{path}: {self.kind} in {self.encoding} cannot be mended; "
                "convert it to utf-8 first"
            )

    @abstractmethod
    def _rows(self, lines: Iterator[bytes]) -> Iterator[list[bytes]]:
        """The lines of each row."""

    @abstractmethod
    def _values(self, content: str) -> tuple[str, str | None]:
        """The text and the source of a decoded record; a ``_RecordError`` if it has no text."""

    def _pieces(self) -> Generator[tuple[int, bytes], None, None]:
        with containers.open_read(self.path) as stream:
            first = stream.readline()
            mark = _MARK.encode() if self._encoding == "utf-8" else b""
            piece = [mark] if first.startswith(mark) else []
            headers, begun, line = self.headers, 1, 1
            for row in self._rows(chain([first.removeprefix(mark)], stream)):
                if any(each.strip(self.blanks) for each in row):
                    if headers:
                        headers -= 1
                    else:
                        yield begun, b"".join(piece)
                        piece, begun = [], line
                piece += row
                line += len(row)
            yield begun, b"".join(piece)

    def _record(self, line: int, raw: bytes) -> Record:
        text = source = fault = None
        try:
            text, source = self._values(self._decoded(raw))
        except _RecordError as found:
            fault = str(found)
        return Record(f"line {line}", text, source, fault, raw)

    def _decoded(self, raw: bytes) -> str:
        try:
            content = raw.decode(self._encoding)
            if content.encode(self._encoding, "replace") != raw:
                raise _RecordError(
                    f"writes a character otherwise than Python does in {self._encoding}; "
                    f"convert the file to utf-8"
                )
        except UnicodeDecodeError as error:
            raise _RecordError(
                f"byte 0x{raw[error.start]:02x} at offset {error.start} of it is not "
                f"{self._encoding}; convert the file to one encoding, and name that"
            ) from None
        return content


_OBJECTS_ASKED = 100  # records of a JSON lines file in which a field is looked for beforehand


class JsonLines(_Lines):
    """An object of JSON in every line; the text is a string at its top level."""

    kind = "JSON lines"
    blanks = b" \t\r\n"
    headers = 0

    def __init__(
        self, path: Path, field: str | None, source_field: str | None, encoding: str
    ) -> None:
        super().__init__(path, encoding)
        fields: dict[str, None] = {}
        wanted = {field, source_field} - {None}
        with closing(self._pieces()) as pieces:
            for _, raw in islice(pieces, 1, 1 + _OBJECTS_ASKED):
                try:
                    fields |= dict.fromkeys(self._object(self._decoded(raw)))
                except _RecordError:
                    continue
                if wanted <= fields.keys():  # also where none is wanted: the first ones are shown
                    break
        # Where there is no object at all, every line says itself what is wrong with it.
        known = list(fields) if fields or field is None else [str(name) for name in wanted]
        self._name = _chosen(path, self.kind, known, field, source_field)
        self._source = source_field

    def _rows(self, lines: Iterator[bytes]) -> Iterator[list[bytes]]:
        return ([line] for line in lines)

    def _object(self, content: str) -> dict[str, Any]:
        try:
            found = json.loads(content.rstrip(_JSON_SPACE))
        except json.JSONDecodeError as error:
            why = error.msg.removesuffix(" at")
            raise _RecordError(
                f"is no JSON ({why} at column {error.colno}); correct the line"
            ) from None
        except (ValueError, RecursionError) as error:  # a number too long, or lists too deep
            raise _RecordError(
                f"is JSON that Python cannot read ({error}); correct the line"
            ) from None
        if not isinstance(found, dict):
            raise _RecordError(f"is no object, but {_JSON_KINDS[type(found)]}; write it as one")
        return found

    def _values(self, content: str) -> tuple[str, str | None]:
        found = self._object(content)
        if self._name not in found:
            raise _RecordError(f"has no field {self._name}; add it to have a text mended")
        text = found[self._name]
        if not isinstance(text, str):
            raise _RecordError(
                f"the field {self._name} is {_JSON_KINDS[type(text)]}; put a text in quotes there"
            )
        source = found.get(self._source) if self._source is not None else None
        if source is None or isinstance(source, str):
            return text, source
        return text, json.dumps(source, ensure_ascii=False)

    def _span(self, content: str) -> tuple[int, int]:
        """Where the literal of the text is; of a field given twice the last one counts."""
        span = (0, 0)
        at = content.index("{") + 1
        while content[at := _end(_BETWEEN, content, at)] != "}":
            name, at = _JSON.raw_decode(content, at)
            start = _end(_BETWEEN, content, at)
            _, at = _JSON.raw_decode(content, start)
            if name == self._name:
                span = start, at
        return span

    def _rendered(self, text: str, content: str, start: int, end: int) -> str:
        """The text as a literal: escaped where the old one is, or where the line shows no more."""
        old = content[start:end]
        if any(part.isascii() and "\\u" in part for part in (old, content)):
            return json.dumps(text)
        literal = json.dumps(text, ensure_ascii=False)
        try:
            literal.encode(self._encoding)
        except UnicodeEncodeError:
            return json.dumps(text)
        return literal


_JSON = json.JSONDecoder()
_JSON_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}
_JSON_SPACE = " \t\r\n"
_BETWEEN = regex.compile(rf"[{_JSON_SPACE}:,]*")  # what parts the names and values of an object


class Delimited(_Lines):
    """CSV or TSV with a header, as Python's ``csv`` reads it: rows of cells, some in quotes."""

    kind = "CSV"
    blanks = b"\r\n"
    headers = 1

    def __init__(
        self, path: Path, field: str | None, source_field: str | None, encoding: str
    ) -> None:
        if containers.inner_name(path).suffix.lower() != ".csv":
            self.kind = "TSV"
        super().__init__(path, encoding)
        self._delimiter, spaced = self._dialect()
        self._before_cell = regex.compile(" *" if spaced else "")
        self._unquoted = regex.compile(rf"[^{regex.escape(self._delimiter)}\r\n]*")
        with closing(self._pieces()) as pieces:
            _, head = next(pieces)
        try:
            self._fields = self._cells(self._decoded(head).lstrip(f"{_MARK}\r\n"))
        except _RecordError as fault:
            raise TextmendError(f"{path}: its header {fault}") from None
        if not self._fields:
            raise TextmendError(f"{path}: is empty; give it a header that names the fields")
        name = _chosen(path, self.kind, self._fields, field, source_field)
        self._column = self._fields.index(name)
        self._source = None if source_field is None else self._fields.index(source_field)

    def _dialect(self) -> tuple[str, bool]:
        """The delimiter, and whether a space follows it that is no part of a cell.

        Only the header is asked, for names seldom hold a delimiter as texts do: the most frequent
        one. Python's ``csv.Sniffer`` takes an apostrophe in a text for a quotation mark.
        """
        with containers.open_read(self.path) as stream:
            first = next((line for line in _csv_lines(stream) if line.strip(self.blanks)), b"")
        names = regex.sub(r'"[^"]*("|$)', "", first.decode(self._encoding, "replace"))
        candidates = ",;\t|" if self.kind == "CSV" else "\t,;|"
        delimiter = max(candidates, key=names.count)
        count = names.count(delimiter)
        return delimiter, 0 < count == names.count(f"{delimiter} ")

    def _rows(self, lines: Iterator[bytes]) -> Iterator[list[bytes]]:
        row: list[bytes] = []

        def read() -> Iterator[str]:
            for line in _csv_lines(lines):
                row.append(line)
                yield line.decode(self._encoding, "replace")

        unread = read()
        while self._scan(unread)[0]:
            yield list(row)
            row.clear()

    def _scan(self, lines: Iterable[str]) -> tuple[list[tuple[int, int]], bool]:
        """Where the cells of the first row of some lines are, and whether its quotes are closed.

        No more lines are read than it has. No line, no cell.
        """
        spans: list[tuple[int, int]] = []
        start = before = 0  # characters of the row: up to the cell, and in the lines before
        quoted = False
        for line in lines:
            at = 0
            while True:
                if not quoted:
                    at = _end(self._before_cell, line, at)
                    start = before + at
                    quoted = line.startswith('"', at)
                    at += quoted
                if quoted:
                    closed = _end(_TO_QUOTE, line, at)
                    if closed < 0:
                        break  # the cell goes on in the next line
                    at, quoted = closed, False
                at = _end(self._unquoted, line, at)
                spans.append((start, before + at))
                if not line.startswith(self._delimiter, at):
                    return spans, True
                at += 1
            before += len(line)
        if quoted:
            spans.append((start, before))
        return spans, not quoted

    def _cells(self, content: str) -> list[str]:
        """What the cells of a row hold."""
        spans, closed = self._scan([content] if content else [])
        if not closed:
            raise _RecordError(
                "has a cell that begins with a quotation mark and never ends; close it"
            )
        return [_unquoted(content[start:end]) for start, end in spans]

    def _values(self, content: str) -> tuple[str, str | None]:
        cells = self._cells(content)
        if len(cells) != len(self._fields):
            raise _RecordError(
                f"has {len(cells)} cells where the header has {len(self._fields)}; give every "
                f"field a cell, and put a cell with {self._delimiter!r} in it in quotes"
            )
        return cells[self._column], None if self._source is None else cells[self._source]

    def _span(self, content: str) -> tuple[int, int]:
        return self._scan([content])[0][self._column]

    def _rendered(self, text: str, content: str, start: int, end: int) -> str:
        """The text as a cell: in quotes if the old one is, or if it would be read otherwise."""
        quoted = (
            content.startswith('"', start, end)
            or text.startswith('"')
            or _end(self._unquoted, text, 0) < len(text)
            or _end(self._before_cell, text, 0) > 0
            or (not text and len(self._fields) == 1)  # else a blank line
        )
        return '"{}"'.format(text.replace('"', '""')) if quoted else text


def _csv_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines that end with a line feed, parted where a carriage return ends one, too.

    As bytes: Python's lines of text end at many other signs, which are common in a cell.
    """
    for line in lines:
        yield from line.splitlines(keepends=True)


# To the end of what is in quotes; a quotation mark in it is doubled.
_TO_QUOTE = regex.compile(r'[^"]*+(?:""[^"]*+)*+"')


def _unquoted(cell: str) -> str:
    """What a cell holds; after closed quotes all is as it stands."""
    if not cell.startswith('"'):
        return cell
    end = _end(_TO_QUOTE, cell, 1)
    return cell[1 : end - 1].replace('""', '"') + cell[end:]


def _end(pattern: regex.Pattern[str], text: str, at: int) -> int:
    """Where a match that begins at ``at`` ends, -1 if there is none."""
    found = pattern.match(text, at)
    return found.end() if found else -1


_ROWS_READ = 1024  # rows of a Parquet file that are read at a time


class Parquet(Format):
    """Parquet; the text is a column of strings, which may be a dictionary of them.

    Schema, metadata, row groups, and the codec and dictionaries of each column stay as they are.
    """

    def __init__(
        self,
        path: Path,
        field: str | None,
        source_field: str | None,
        encoding: str,  # noqa: ARG002, of the other formats: strings in Parquet are UTF-8
    ) -> None:
        super().__init__(path)
        if containers.inner_name(path) != path:
            raise TextmendError(f"{path}: is Parquet that is packed; decompress it first")
        try:
            self._arrow: Any = import_module("pyarrow")
            self._parquet: Any = import_module("pyarrow.parquet")
            self._compute: Any = import_module("pyarrow.compute")
        except ImportError:
            raise TextmendError(
                f"{path}: Parquet needs the package pyarrow; pip install 'textmend[parquet]'"
            ) from None
        with self._open() as file:
            schema = file.schema_arrow
        self._name = _chosen(path, "Parquet", schema.names, field, source_field)
        self._source = source_field
        kind = schema.field(self._name).type
        is_type = self._arrow.types
        plain = kind.value_type if is_type.is_dictionary(kind) else kind
        if not (is_type.is_string(plain) or is_type.is_large_string(plain)):
            raise TextmendError(
                f"{path}: the field {self._name} is of {kind}, and no text; name a field of strings"
            )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Say of what fails to be read where that was."""
        try:
            yield
        except (self._arrow.ArrowException, OSError) as error:
            why = str(error).partition("\n")[0].rstrip(".")
            raise TextmendError(
                f"{self.path}: cannot be read as Parquet: {why}; get a whole copy of it"
            ) from None

    @contextmanager
    def _open(self) -> Iterator[Any]:
        with containers.open_read(self.path) as stream:
            with self._reading():
                file = self._parquet.ParquetFile(stream)
            with file:
                yield file

    def records(self) -> Iterator[Record]:
        """The rows of the file; only the columns that are asked for are read."""
        columns = [name for name in (self._name, self._source) if name is not None]
        with self._open() as file:
            batches = file.iter_batches(_ROWS_READ, columns=columns)
            row = 0
            while True:
                with self._reading():
                    batch = next(batches, None)
                if batch is None:
                    return
                sources = [None] * len(batch) if self._source is None else batch[self._source]
                for text, source in zip(batch[self._name], sources, strict=True):
                    row += 1
                    yield self._record(row, text, source)

    def _record(self, row: int, text: Any, source: Any) -> Record:
        found = origin = fault = None
        try:
            found = text.as_py()
            origin = None if source is None else source.as_py()
            if found is None:
                fault = f"the field {self._name} is null; put a text there"
        except UnicodeDecodeError as error:
            found = None
            fault = f"is no UTF-8 ({error.reason}); write the column anew from its source"
        return Record(f"row {row}", found, None if origin is None else str(origin), fault, b"")

    @contextmanager
    def writer(self, target: BinaryIO) -> Iterator[Writer]:
        """Write row group after row group, each with the texts that were changed in it."""
        with self._open() as file:
            options = _options(file.metadata)
            with self._parquet.ParquetWriter(target, file.schema_arrow, **options) as out:
                writer = _GroupWriter(file, self._group, out.write_table)
                yield writer
                writer.finish()

    def kept(self, record: Record, text: str) -> str | None:  # noqa: ARG002
        """Nothing: a string in Parquet is written in one way only."""
        return None

    def _group(self, file: Any, number: int, changes: dict[int, str]) -> Any:
        """A row group as a table, with the texts that ``changes`` has by their rows."""
        with self._reading():
            table = file.read_row_group(number)
        if not changes:
            return table
        arrow = self._arrow
        at = table.schema.get_field_index(self._name)
        kind = table.schema.field(at)
        texts = self._compute.replace_with_mask(
            table.column(at).cast(arrow.large_string()),
            arrow.array([row in changes for row in range(len(table))]),
            arrow.array([changes[row] for row in sorted(changes)], arrow.large_string()),
        )
        return table.set_column(at, kind, texts.cast(kind.type))


class _GroupWriter:
    """Collects what changes in a row group until the group is complete."""

    def __init__(
        self,
        file: Any,
        group: Callable[[Any, int, dict[int, str]], Any],
        write_table: Callable[..., None],
    ) -> None:
        self._file, self._group, self._write_table = file, group, write_table
        self._number = self._row = 0
        self._changes: dict[int, str] = {}

    def write(self, record: Record, text: str | None = None, raw: str | None = None) -> None:  # noqa: ARG002
        while self._row == self._file.metadata.row_group(self._number).num_rows:
            self._end_group()
        changed = text if raw is None else raw
        if changed is not None:
            self._changes[self._row] = changed
        self._row += 1

    def finish(self) -> None:
        while self._number < self._file.num_row_groups:
            self._end_group()

    def _end_group(self) -> None:
        table = self._group(self._file, self._number, self._changes)
        self._write_table(table, row_group_size=max(len(table), 1))
        self._number += 1
        self._row = 0
        self._changes = {}


def _options(metadata: Any) -> dict[str, Any]:
    """How a Parquet file was written, as far as pyarrow can be told to write so again."""
    groups = (metadata.row_group(at) for at in range(metadata.num_row_groups))
    # An empty one does not tell how others are encoded.
    group = max(groups, key=lambda each: each.num_rows, default=None)
    columns = [group.column(at) for at in range(group.num_columns)] if group else []
    return {
        "version": metadata.format_version,
        "compression": {
            each.path_in_schema: each.compression.replace("UNCOMPRESSED", "NONE")
            for each in columns
        },
        "use_dictionary": [
            each.path_in_schema
            for each in columns
            if any("DICTIONARY" in encoding for encoding in each.encodings)
        ],
        "store_schema": b"ARROW:schema" in (metadata.metadata or {}),
        "use_compliant_nested_type": not any(
            each.path_in_schema.endswith(".list.item") for each in columns
        ),
        "use_deprecated_int96_timestamps": any(each.physical_type == "INT96" for each in columns),
    }


_WITH_FIELDS: dict[str, Callable[[Path, str | None, str | None, str], Format]] = {
    ".jsonl": JsonLines,
    ".ndjson": JsonLines,
    ".csv": Delimited,
    ".tsv": Delimited,
    ".tab": Delimited,
    ".parquet": Parquet,
}

_PLAIN = (".txt", ".text", ".md", ".markdown")


def is_known(path: Path) -> bool:
    """Whether a file in a folder is taken for one with texts, by its name."""
    suffix = containers.inner_name(path).suffix.lower()
    return suffix in _WITH_FIELDS or suffix in _PLAIN
