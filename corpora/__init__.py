"""Prose written for this project, and the loader that tests and benchmarks share.

Five sets, one folder each: ``news``, ``prose``, ``negative`` (what must come back unchanged),
``languages`` and ``homographs`` (sentences to learn from). A third of the news is held out: it is
listed in ``split.json``, along with the checksum of every file, and nothing is tuned on it. Start
reading at :func:`load`; ``python -m corpora`` checks the files and records new ones.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

__all__ = ["ROOT", "Document", "checksum", "checksums", "load", "paths", "recorded"]

ROOT = Path(__file__).parent

SetName = Literal["news", "prose", "negative", "languages", "homographs"]
Split = Literal["dev", "held-out"]

_SETS: tuple[SetName, ...] = ("news", "prose", "negative", "languages", "homographs")
_SPLIT_FILE = ROOT / "split.json"


@dataclass(frozen=True, slots=True)
class Document:
    """One text: ``id`` is its path below corpora/ without the suffix.

    ``topic``: what a news article is about, elsewhere what kind of text it is. ``language``: a
    code such as ``"de"``; the English sets and all that is no language have ``"en"``.
    """

    id: str
    set: SetName
    topic: str
    language: str
    split: Split
    text: str


def load(*sets: SetName, split: Split | None = None) -> list[Document]:
    """The documents of the named sets (of all, where none is named), sorted by id.

    ``split``: only those of it. Whatever is not held out belongs to ``"dev"``.
    """
    documents = (_document(path) for path in paths() if not sets or path.parent.name in sets)
    return [each for each in documents if split is None or each.split == split]


def paths() -> list[Path]:
    """The files of all sets, sorted."""
    return sorted(path for name in _SETS for path in (ROOT / name).glob("*.txt"))


def checksum(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def checksums() -> dict[str, str]:
    """The checksum of every file as it is now, by id."""
    return {_id(path): checksum(path) for path in paths()}


@cache
def recorded() -> Mapping[str, str]:
    """The checksum of every file as split.json has it, by id."""
    found: dict[str, str] = json.loads(_SPLIT_FILE.read_text(encoding="utf-8"))["sha256"]
    return found


@cache
def _held_out() -> frozenset[str]:
    return frozenset(json.loads(_SPLIT_FILE.read_text(encoding="utf-8"))["held-out"])


def _id(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _document(path: Path) -> Document:
    name = next(each for each in _SETS if each == path.parent.name)
    # News files are called NUMBER-TOPIC-TITLE, negative ones in a language lang_CODE.
    words = re.split(r"[-_]", path.stem)
    topic, language = path.stem, "en"
    if name == "news":
        topic = words[1]
    elif name in ("languages", "homographs"):
        language = path.stem
    elif words[0] == "lang":
        language = words[1]
    split: Split = "held-out" if _id(path) in _held_out() else "dev"
    text = path.read_text(encoding="utf-8")
    return Document(_id(path), name, topic, language, split, text)
