"""Reading and writing text files so that nothing is lost.

Text is decoded and encoded exactly, line ends included; outputs are written whole or not at all.
"""

from __future__ import annotations

import os
import sys
import tempfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from textmend.errors import TextmendError

STANDARD = "-"


def read(name: str, encoding: str) -> str:
    """The text of a file, or of standard input for ``-``; problems are named with their remedy."""
    try:
        data = sys.stdin.buffer.read() if name == STANDARD else Path(name).read_bytes()
    except FileNotFoundError:
        raise TextmendError(f"{name}: no such file; check the path") from None
    except IsADirectoryError:
        raise TextmendError(
            f"{name}: is a directory; name the files in it, such as {Path(name) / '*.txt'}"
        ) from None
    except OSError as error:
        raise TextmendError(f"{name}: cannot be read: {error.strerror}") from None
    return decode(data, name, encoding)


def decode(data: bytes, name: str, encoding: str) -> str:
    """``data`` as text; bytes that are none are reported with their offset."""
    shown = "standard input" if name == STANDARD else name
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        likely = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "cp1252"
        raise TextmendError(
            f"{shown}: byte 0x{data[error.start]:02x} at offset {error.start} is not {encoding}; "
            f"name the encoding, such as --encoding {likely}"
        ) from None
    except LookupError:
        raise TextmendError(
            f"unknown encoding {encoding!r}; it is a name such as utf-8, cp1252 or latin-1"
        ) from None


def encode(text: str, name: str, encoding: str) -> bytes:
    """``text`` as bytes; a character that the encoding lacks is named."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise TextmendError(
            f"{name}: {text[error.start]!r} cannot be written in {encoding}; use --encoding utf-8"
        ) from None


def write(name: Path, text: str, encoding: str) -> None:
    """Write a file whole: beside its place first, then moved there in one step.

    What a link points to is replaced, not the link; a pipe or device is written to as it is.
    """
    data = encode(text, str(name), encoding)
    unfinished: Path | None = None
    try:
        name = name.resolve()
        if name.exists() and not name.is_file():
            name.write_bytes(data)
            return
        with tempfile.NamedTemporaryFile(
            dir=name.parent, prefix=f".{name.name}.", delete=False
        ) as file:
            unfinished = Path(file.name)
            file.write(data)
        # The file gets the permissions that any new file here would have.
        mask = os.umask(0)
        os.umask(mask)
        unfinished.chmod(0o666 & ~mask)
        unfinished.replace(name)
    except OSError as error:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)
        raise TextmendError(f"{name}: cannot be written: {error.strerror}") from None
