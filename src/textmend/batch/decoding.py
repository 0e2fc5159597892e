"""Bytes as text and back: what cannot be is said with its place and the remedy.

Start reading at :func:`decode`; :func:`detected` tells the encoding of a file where that is asked.
"""

from __future__ import annotations

import codecs
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from importlib import import_module
from pathlib import Path

from textmend.batch import containers, formats
from textmend.errors import TextmendError


def decode(data: bytes, name: str, encoding: str) -> str:
    """``data`` as text; bytes that are none are reported with their offset."""
    formats.refuse_bytes(name, data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        marked = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
        if b"\0" in data and not marked:
            raise TextmendError(
                f"{name}: is binary, and no plain text; save or extract its text first"
            ) from None
        likely = "utf-16" if marked else "cp1252"
        raise TextmendError(
            f"{name}: byte 0x{data[error.start]:02x} at offset {error.start} "
            f"is not {encoding}; name the encoding, such as --encoding {likely}"
        ) from None


AUTO = "auto"
_TELLING = 200_000  # bytes that an encoding is told by; chardet looks at no more
_MARKS = {  # that of UTF-32 begins as that of UTF-16 does
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    BOM_UTF16_LE: "utf-16",
    BOM_UTF16_BE: "utf-16",
}


def detected(path: Path) -> str:
    """The encoding of a file, told by its mark or by its bytes.

    What is UTF-8 is that; else the package chardet is asked, which is right more often than
    charset-normalizer (see docs/collections.md).
    """
    with containers.open_read(path) as stream:
        head = stream.read(_TELLING)
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    lines, is_utf_8 = bytearray(), True
    with containers.open_read(path) as stream:
        for line in stream:
            if line.isascii():  # it tells nothing, and may fill what is looked at
                continue
            is_utf_8 = is_utf_8 and _decodes(line, "utf-8")
            if len(lines) < _TELLING:
                lines += line
            elif not is_utf_8:
                break
    if is_utf_8:
        return "utf-8"
    formats.refuse_bytes(str(path), head)
    # Lines of UTF-16 that has no mark are not parted where the bytes of a line feed stand.
    return _likeliest(path, head if b"\0" in head else bytes(lines))


def _likeliest(path: Path, data: bytes) -> str:
    try:
        detect = import_module("chardet").detect
    except ImportError:
        raise TextmendError(
            f"{path}: is not utf-8, and to tell its encoding needs the package chardet; "
            "pip install 'textmend[encodings]', or name the encoding"
        ) from None
    # Not a superset of what was found, as some versions answer: they take iso8859-2 for cp1250.
    name = detect(data, prefer_superset=False)["encoding"]
    if name and _decodes(data, name):
        return codecs.lookup(name).name
    raise TextmendError(
        f"{path}: is in no encoding that its bytes would tell; "
        "name it, such as --encoding cp1252, or save the file as utf-8"
    )


def _decodes(data: bytes, encoding: str) -> bool:
    """Whether bytes are a text in an encoding, and that text these bytes."""
    try:
        return data.decode(encoding).encode(encoding) == data
    except (LookupError, UnicodeError):
        return False


# They write names on the internet, and not just any text.
_OF_NAMES = ("idna", "punycode")


def known(encoding: str) -> str:
    """An encoding, unless Python does not know it as one of text."""
    try:
        "\n".encode(encoding)
        if codecs.lookup(encoding).name not in _OF_NAMES:
            return encoding
    except (LookupError, ValueError):
        pass
    raise TextmendError(
        f"unknown encoding {encoding!r}; it is a name such as utf-8, cp1252 or latin-1"
    )


def encode(text: str, name: str, encoding: str) -> bytes:
    """``text`` as bytes; a character that the encoding lacks is named."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise TextmendError(
            f"{name}: {text[error.start]!r} cannot be written in {encoding}; "
            "convert the file to utf-8"
        ) from None
