"""What a reader of the page decided, and the text that makes of the input.

The page gives its decisions away as a file of JSON, complete: it says of every edit what shall
stand in its place, so that the text can be made from it and the input alone::

    {"format": "textmend decisions", "version": 1, "threshold": 0.5, "documents": [
        {"name": "news/a.txt", "sha256": "9f86d0…", "decisions": [
            {"start": 12, "end": 13, "before": "y", "after": "they", "by": "threshold"},
            {"start": 40, "end": 40, "before": "", "after": "", "by": "reader"}]}]}

``start`` and ``end`` are offsets into the input, in characters as Python counts them; ``before``
stands there; ``after`` shall: the same text where an edit was rejected, or was less likely than the
``threshold`` (a probability, from 0 to 1) and nobody decided. ``by`` says who decided: the
``"reader"``, or the ``"threshold"`` where no reader did. ``sha256`` is that of the input in UTF-8:
decisions are of one text, and of no later version of it. Nothing here knows pages. Start reading at
:func:`decided`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, get_args

from textmend import checks
from textmend.edits import stands
from textmend.errors import TextmendError
from textmend.report import sentences

FORMAT = "textmend decisions"
VERSION = 1

By = Literal["reader", "threshold"]


@dataclass(frozen=True, slots=True)
class Decision:
    """That ``after`` shall stand where ``text[start:end] == before``; who decided that."""

    start: int
    end: int
    before: str
    after: str
    by: By


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A document by its name and the digest of its text, and the decisions about it, in order."""

    name: str
    sha256: str
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided about some documents, and the probability below which edits were left out.

    ``name``: of the file that they were read from, for messages.
    """

    name: str
    threshold: float
    documents: tuple[Reviewed, ...]

    def of(self, document: str) -> Reviewed:
        """Those about the document of a name; an error where there are none."""
        for each in self.documents:
            if each.name == document:
                return each
        raise TextmendError(
            f"{self.name}: decides nothing about {document!r}; "
            "name documents as they were named when the report was made"
        )


def digest(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal; halves of pairs are written as they are."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def decided(original: str, reviewed: Reviewed) -> str:
    """The text that decisions make of the input that they are about.

    >>> they = Decision(0, 1, "y", "They", "reader")
    >>> decided("y left", Reviewed("a.txt", digest("y left"), (they,)))
    'They left'
    """
    name = sentences.visible(reviewed.name)
    if digest(checks.text("original", original)) != reviewed.sha256:
        raise TextmendError(
            f"{name}: is not the text that was decided about (its SHA-256 differs); "
            "read it in the same encoding, or make the report anew"
        )
    parts: list[str] = []
    done = 0
    for each in reviewed.decisions:
        if not stands(each.before, original, each.start, each.end, done=done):
            there = original[each.start : each.end]
            raise TextmendError(
                f"{name}: the decision at {each.start} is about {checks.shown(each.before)}, and "
                f"there stands {checks.shown(there)}; download the decisions anew"
            )
        parts += original[done : each.start], each.after
        done = each.end
    return "".join([*parts, original[done:]])


def read_decisions(path: str | Path) -> Decisions:
    """The decisions in a file that the page gave."""
    name = sentences.visible(str(path))
    try:
        value = checks.from_json(Path(path).read_bytes())
    except OSError as error:
        raise TextmendError(f"{name}: cannot be read: {error.strerror}; check the path") from None
    except TextmendError as error:
        raise TextmendError(
            f"{name}: {error}; expected the JSON that the page of textmend report gives for "
            "download"
        ) from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise TextmendError(
            f"{name}: holds no decisions; download them from the page of textmend report"
        )
    if value.get("version") != VERSION:
        raise TextmendError(
            f"{name}: is of version {checks.shown(value.get('version'))}, and this textmend reads "
            f"{VERSION}; make the report with this version, or install the one that made it"
        )
    threshold = _part(value, "threshold", (int, float), name)
    checks.number(
        f"{name}: 'threshold'", threshold, lambda it: 0.0 <= it <= 1.0, "it must be in 0 to 1"
    )
    documents = tuple(_reviewed(value, name))
    twice = [each for each, count in Counter(one.name for one in documents).items() if count > 1]
    if twice:
        raise TextmendError(
            f"{name}: decides about {checks.shown(twice[0])} twice; keep one of the two"
        )
    return Decisions(name, float(threshold), documents)


def _reviewed(value: dict[str, Any], where: str) -> Iterator[Reviewed]:
    for place, document in enumerate(_part(value, "documents", list, where), 1):
        at = f"{where}: document {place}"
        yield Reviewed(
            _part(document, "name", str, at),
            _part(document, "sha256", str, at),
            tuple(
                _decision(each, f"{at}, decision {number}")
                for number, each in enumerate(_part(document, "decisions", list, at), 1)
            ),
        )


def _decision(value: Any, where: str) -> Decision:
    by = _part(value, "by", str, where)
    checks.one_of(where, "'by'", by, get_args(By))
    return Decision(
        _part(value, "start", int, where),
        _part(value, "end", int, where),
        _part(value, "before", str, where),
        _part(value, "after", str, where),
        by,
    )


def _part(value: Any, name: str, kinds: type | tuple[type, ...], where: str) -> Any:
    """What stands under a name in an object of JSON."""
    found = value.get(name) if isinstance(value, dict) else None
    if isinstance(found, bool) or not isinstance(found, kinds):
        raise TextmendError(
            f"{where}: {name!r} is missing, or no value of its kind, in {checks.shown(value)}; "
            "download the decisions anew"
        )
    return found
