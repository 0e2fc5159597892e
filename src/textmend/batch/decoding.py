"""Bytes as text and back: what cannot be is said with its place and the remedy.

Start reading at :func:`decode`.
"""

from __future__ import annotations

import codecs
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from textmend.batch import formats
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
