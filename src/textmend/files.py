"""Reading and writing text files so that nothing is lost.

Text is decoded and encoded exactly, line ends included; outputs are written whole or not at all.
What is no plain text is refused. Start reading at :func:`read_plain`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from textmend import formats
from textmend.errors import TextmendError

STANDARD = "-"


def shown(name: str) -> str:
    """What a file is called in messages."""
    return "standard input" if name == STANDARD else name


def read_plain(name: str, encoding: str) -> str:
    """The plain text of a file; one of another format is refused, its name and content asked."""
    if Path(name).is_file():
        formats.refuse_name(name)
    text = read(name, encoding)
    formats.refuse_text(shown(name), text)
    return text


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
    formats.refuse_bytes(shown(name), data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        marked = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
        if b"\0" in data and not marked:
            raise TextmendError(
                f"{shown(name)}: is binary, and no plain text; save or extract its text first"
            ) from None
        likely = "utf-16" if marked else "cp1252"
        raise TextmendError(
            f"{shown(name)}: byte 0x{data[error.start]:02x} at offset {error.start} "
            f"is not {encoding}; name the encoding, such as --encoding {likely}"
        ) from None
    except LookupError:
        raise unknown_encoding(encoding) from None


def unknown_encoding(encoding: str) -> TextmendError:
    """What is wrong with an encoding that Python does not know as one of text."""
    return TextmendError(
        f"unknown encoding {encoding!r}; it is a name such as utf-8, cp1252 or latin-1"
    )


def encode(text: str, name: str, encoding: str) -> bytes:
    """``text`` as bytes; a character that the encoding lacks is named."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise TextmendError(
            f"{name}: {text[error.start]!r} cannot be written in {encoding}; use --encoding utf-8"
        ) from None


def is_folder(name: str) -> bool:
    """Whether an output is a folder: one that exists, or that a slash at its end asks for."""
    return name.endswith(("/", os.sep)) or Path(name).is_dir()


def make_folder(name: str) -> None:
    """Make a folder, and those that it is in, where there is none."""
    try:
        Path(name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TextmendError(
            f"{name}: cannot be made: {error.strerror}; name another folder after -o"
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
