"""The channels of the sources in a batch: a bounded sample of each is read, then inferred from.

A source is a folder, a file, what a field says, or all there is. Which of its texts are in the
sample is drawn by a hash of where they stand, so that they come from all over it (a site may have
changed its scraper in May), are the same in each run, and hardly change when a text is added.
Start reading at :func:`sample`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from textmend import __version__, checks
from textmend.api import SOURCE_WORDS
from textmend.batch.inputs import Input, shown
from textmend.batch.records import Format, Record, Text
from textmend.errors import TextmendError
from textmend.evidence import Inference

Kind = Literal["none", "file", "dir", "all", "field"]
_KINDS: tuple[Kind, ...] = ("none", "file", "dir", "all")
Channels = tuple[Inference, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """What makes texts those of one source: ``kind``, and the field for ``"field"``.

    >>> Sources.parse("field:site")
    Sources(kind='field', field='site')
    """

    kind: Kind
    field: str | None = None

    @staticmethod
    def parse(spec: str) -> Sources:
        """``none``, ``file``, ``dir``, ``all`` or ``field:NAME``."""
        for kind in _KINDS:
            if spec == kind:
                return Sources(kind)
        name, _, of = spec.partition(":")
        if name == "field" and of:
            return Sources("field", of)
        raise TextmendError(
            f"unknown source {spec!r}; it is one of {', '.join(_KINDS)} or field:NAME"
        )

    def of(self, one: Input, record: Record) -> str | None:
        """The source of a text; None where it is to be mended on its own evidence."""
        match self.kind:
            case "none":
                return None
            case "file":
                return one.name
            case "dir":
                return one.folder or "."
            case "all":
                return "all"
            case "field":
                return record.source


@dataclass(frozen=True)
class Known:
    """What is known of a source: its channels, and the sample that they were inferred from.

    ``texts``, ``words``: the size of the sample. ``version``: the textmend that inferred them.
    ``day``: when, as an ISO date.
    """

    channels: Channels
    texts: int
    words: int
    version: str = __version__
    day: str = field(default_factory=lambda: date.today().isoformat())

    def to_dict(self) -> dict[str, Any]:
        """What is known as plain values for JSON."""
        return {
            "channels": [each.to_dict() for each in self.channels],
            "texts": self.texts,
            "words": self.words,
            "version": self.version,
            "day": self.day,
        }


class Samples:
    """A bounded sample of the texts of each source, on disk where it is large."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")  # a file of its own, gone when it is closed
        self._database.execute(
            "CREATE TABLE sample (source BLOB, rank TEXT, words INTEGER, text BLOB, "
            "PRIMARY KEY (source, rank))"
        )
        self._words: dict[str, int] = {}
        self._last: dict[str, str] = {}  # of a source that is full, the rank beyond which none is

    def close(self) -> None:
        """Give back what it takes on disk."""
        self._database.close()

    def is_full(self, source: str) -> bool:
        """Whether a source has all the words that it needs."""
        return self._words.get(source, 0) >= SOURCE_WORDS

    def add(self, source: str, rank: str, text: str) -> None:
        """Take a text into the sample of its source, if its rank is among the lowest."""
        if rank > self._last.get(source, rank):
            return
        words = len(text.split())
        self._database.execute(
            "INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?)",
            (_bytes(source), rank, words, _bytes(text)),
        )
        self._words[source] = self._words.get(source, 0) + words
        if self._words[source] >= 2 * SOURCE_WORDS:
            self._thin(source)

    def _thin(self, source: str) -> None:
        """Leave only so many of the lowest ranks as are needed."""
        total, last = 0, ""
        for last, words in self._database.execute(  # noqa: B007, used after the loop
            "SELECT rank, words FROM sample WHERE source = ? ORDER BY rank", (_bytes(source),)
        ):
            total += words
            if total >= SOURCE_WORDS:
                break
        self._database.execute(
            "DELETE FROM sample WHERE source = ? AND rank > ?", (_bytes(source), last)
        )
        self._words[source], self._last[source] = total, last

    def __iter__(self) -> Iterator[tuple[str, list[str]]]:
        for source in sorted(self._words):
            texts, total = [], 0
            for words, text in self._database.execute(
                "SELECT words, text FROM sample WHERE source = ? ORDER BY rank", (_bytes(source),)
            ):
                texts.append(text.decode("utf-8", "surrogatepass"))
                total += words
                if total >= SOURCE_WORDS:
                    break
            yield source, texts


def sample(
    inputs: Iterable[Input],
    sources: Sources,
    formats: Callable[[Input], Format],
    known: Mapping[str, Any],
    read: Callable[[Input, TextmendError | None], None],
) -> Samples:
    """A sample of the texts of each source, less those that are ``known``.

    ``read`` is told of each file that has been read, or why it, or a record of it, could not be.
    """
    samples = Samples()
    for one in sorted(inputs, key=lambda each: _rank(each.name, 0)):
        failure = None
        try:
            found = formats(one)
            # Of files with many texts all are read, of files of one text as many as are needed.
            key = sources.of(one, _NOTHING) if isinstance(found, Text) else None
            if key is not None and (key in known or samples.is_full(key)):
                continue
            for number, record in enumerate(found.records()):
                source = sources.of(one, record)
                if record.text and source is not None and source not in known:
                    samples.add(source, _rank(one.name, number), record.text)
                elif record.fault and not failure:
                    failure = TextmendError(f"{shown(one.path)}: {record.place}: {record.fault}")
        except TextmendError as error:
            failure = error
        read(one, failure)
    return samples


_NOTHING = Record("", None, None, None, b"")


def drawn(inputs: Sequence[Input], most: int) -> list[Input]:
    """So many files at most, from all over the inputs, in their order."""
    ranked = sorted(inputs, key=lambda each: _rank(each.name, 0))[:most]
    chosen = set(ranked)
    return [each for each in inputs if each in chosen]


def _rank(name: str, number: int) -> str:
    return hashlib.blake2b(f"{name}\0{number}".encode(), digest_size=8).hexdigest()


def _bytes(text: str) -> bytes:
    """A text as it can be stored: JSON may hold halves of characters."""
    return text.encode("utf-8", "surrogatepass")


def load(path: Path) -> dict[str, Known]:
    """The channels that :func:`dumps` wrote, by source."""
    try:
        value = checks.from_json(path.read_bytes())
        return {
            str(source): Known(
                tuple(map(Inference.from_dict, each["channels"])),
                checks.whole("texts", each["texts"]),
                checks.whole("words", each["words"]),
                str(each["version"]),
                str(each["day"]),
            )
            for source, each in value["sources"].items()
        }
    except OSError as error:
        raise TextmendError(
            f"{shown(path)}: cannot be read: {error.strerror}; check the path"
        ) from None
    except TextmendError as error:
        raise TextmendError(f"{shown(path)}: {error}") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise TextmendError(
            f"{shown(path)}: holds no channels of sources ({type(error).__name__}: {error}); "
            "give a file that --save-channels wrote"
        ) from None


def dumps(known: Mapping[str, Known]) -> bytes:
    """The channels of sources as JSON, to be read by people, and with :func:`load`."""
    sources = {source: known[source].to_dict() for source in sorted(known)}
    found = json.dumps({"sources": sources}, ensure_ascii=False, indent=2) + "\n"
    return found.encode("utf-8", "backslashreplace")  # halves of characters as JSON escapes them
