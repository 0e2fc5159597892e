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
_HEAD = 1 << 20  # bytes of a file that its encoding is told by


def detected(path: Path) -> str:
    """The encoding of a file, told by its mark or by its bytes.

    What is UTF-8 is that; else the package chardet is asked, which was right about 944 of 945 news
    texts where charset-normalizer was right about 583 (``python -m benchmarks encodings``).
    """
    with containers.open_read(path) as stream:
        head = stream.read(_HEAD)
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # its last character may be cut
    except UnicodeDecodeError:
        formats.refuse_bytes(str(path), head)
        return _likeliest(path, head)
    return "utf-8"


def _likeliest(path: Path, head: bytes) -> str:
    try:
        detect = import_module("chardet").detect
    except ImportError:
        raise TextmendError(
            f"{path}: is not utf-8, and to tell its encoding needs the package chardet; "
            "pip install 'textmend[encodings]', or name the encoding"
        ) from None
    if len(head) == _HEAD:  # whole lines, so that no character is cut
        head = head[: head.rfind(b"\n") + 1] or head
    name = detect(head)["encoding"]
    try:
        encoding = codecs.lookup(name or "").name
        if head.decode(encoding).encode(encoding) == head:
            return encoding
    except (LookupError, UnicodeError):
        pass
    raise TextmendError(
        f"{path}: is in no encoding that its bytes would tell; "
        "name it, such as --encoding cp1252, or save the file as utf-8"
    )


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
