"""Files that are no plain text, and have no name by which they are read as what they are.

They are told by their names, and by what is in them where that is certain. Mended as plain text,
the header, separators and escapes of such a file would be taken for words.
Nothing here reads files. Start reading at :data:`FORMATS`.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import NamedTuple

import regex

from textmend.errors import TextmendError


class Format(NamedTuple):
    """A kind of file: what ends its name, what its bytes begin with, and what to do with one.

    ``signature`` is None where such a file may begin with anything.
    """

    name: str
    suffixes: tuple[str, ...]
    signature: regex.Pattern[bytes] | None
    remedy: str


def _begins(pattern: bytes) -> regex.Pattern[bytes]:
    return regex.compile(pattern, regex.DOTALL)


_TAKE_OUT = "mend the texts in it from Python, with textmend.Mender().mend_many"
_UNPACK = "unpack it first, and mend the text files in it"
_EXTRACT = "save or extract its text first"

JSON = Format("JSON", (".json", ".geojson", ".ipynb"), None, _TAKE_OUT)
JSON_LINES = Format(
    "JSON lines", (), None, "let its name end in .jsonl, and name the field: --field text"
)
FORMATS = (
    Format(
        "gzip", (), _begins(rb"\x1f\x8b\x08"), "let its name end in .gz, or unpack it: gzip -dc"
    ),
    Format(
        "zstd",
        (),
        _begins(rb"\x28\xb5\x2f\xfd"),
        "let its name end in .zst, or unpack it: zstd -dc",
    ),
    Format("bzip2", (".bz2",), _begins(rb"BZh[1-9]1AY&SY"), "decompress it first: bzip2 -dc"),
    Format("xz", (".xz",), _begins(rb"\xfd7zXZ\x00"), "decompress it first: xz -dc"),
    Format("Word", (".doc", ".docx"), None, _EXTRACT),
    Format("a spreadsheet", (".xls", ".xlsx", ".ods"), None, _TAKE_OUT),
    Format("OpenDocument", (".odt",), None, _EXTRACT),
    Format("EPUB", (".epub",), None, _EXTRACT),
    Format("a ZIP archive", (".zip",), _begins(rb"PK\x03\x04"), _UNPACK),
    Format("7-Zip", (".7z",), _begins(rb"7z\xbc\xaf\x27\x1c"), _UNPACK),
    Format("a tar archive", (".tar", ".tgz"), _begins(rb".{257}ustar[\x00 ]"), _UNPACK),
    Format("PDF", (".pdf",), _begins(rb"%PDF-\d"), _EXTRACT),
    Format(
        "Parquet",
        (),
        _begins(rb"PAR1.*PAR1\Z"),
        "let its name end in .parquet, and name the field: --field text",
    ),
    Format("Arrow", (".arrow", ".feather"), _begins(rb"ARROW1\x00\x00"), _TAKE_OUT),
    Format("Avro", (".avro",), _begins(rb"Obj\x01"), _TAKE_OUT),
    Format("ORC", (".orc",), None, _TAKE_OUT),  # its signature may begin a text
    Format("SQLite", (".sqlite", ".db"), _begins(rb"SQLite format 3\x00"), _TAKE_OUT),
    JSON,
    JSON_LINES,
)


def refuse_name(name: str) -> None:
    """Refuse a file whose name says that it is no plain text."""
    suffix = PurePath(name).suffix.lower()
    for each in FORMATS:
        if suffix in each.suffixes:
            _refuse(name, each)


def refuse_bytes(name: str, data: bytes) -> None:
    """Refuse what begins as only a file of some other format does."""
    for each in FORMATS:
        if each.signature and each.signature.match(data):
            _refuse(name, each)


def refuse_text(name: str, text: str) -> None:
    """Refuse a text that is JSON, or an object of JSON in every line."""
    if _is_json(text):
        _refuse(name, JSON)
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and all(line.lstrip("\ufeff ").startswith("{") and _is_json(line) for line in lines):
        _refuse(name, JSON_LINES)


def _is_json(text: str) -> bool:
    """Whether a text can be nothing else than JSON: a list or an object that holds text."""
    found = text.strip().lstrip("\ufeff")
    # Looked at first, so that a text which is no JSON, as nearly all are, is not parsed.
    if found[:1] + found[-1:] not in ("{}", "[]") or '"' not in found:
        return False
    try:
        json.loads(found)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(name: str, found: Format) -> None:
    raise TextmendError(f"{name}: is {found.name}, and no plain text; {found.remedy}")
