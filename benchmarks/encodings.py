"""How often the encoding of a text in an old one is told by its bytes.

What is right is the text, whatever the encoding is called; characters that the encoding lacks are
left out before. Start reading at
:func:`measure_encodings`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.documents import Document
from benchmarks.systems import Missing
from textmend.batch.decoding import detected
from textmend.errors import TextmendError

# What was usual before UTF-8, by language.
LEGACY = {
    "cs": ("cp1250", "iso8859-2"),
    "de": ("latin-1", "cp1252"),
    "el": ("cp1253",),
    "en": ("latin-1", "cp1252"),
    "es": ("latin-1", "cp1252"),
    "fr": ("latin-1", "cp1252"),
    "it": ("latin-1", "cp1252"),
    "pl": ("cp1250", "iso8859-2"),
    "pt": ("latin-1", "cp1252"),
    "ru": ("cp1251", "koi8-r"),
    "tr": ("cp1254",),
}


def detectors() -> dict[str, Callable[[bytes], str | None]]:
    """What tells encodings, each as a function of bytes: textmend, and what is installed beside."""
    known: dict[str, Callable[[bytes], str | None]] = {"textmend": _told}
    if find_spec("chardet") is None:
        raise Missing("pip install chardet")
    if find_spec("charset_normalizer"):
        from_bytes = import_module("charset_normalizer").from_bytes
        known["charset-normalizer"] = lambda data: getattr(
            from_bytes(data).best(), "encoding", None
        )
    return known


def _told(data: bytes) -> str | None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "text.txt")
        path.write_bytes(data)
        try:
            return detected(path)
        except TextmendError:
            return None


def measure_encodings(documents: Sequence[Document]) -> dict[str, Counter[str]]:
    """Encoding → how many texts were tried in it, and how many each detector was right about."""
    known, counts = detectors(), dict[str, Counter[str]]()
    for document in documents:
        for encoding in LEGACY.get(document.lang, ()):
            data = document.text.encode(encoding, "ignore")
            if data.isascii():
                continue
            here = counts.setdefault(encoding, Counter())
            here["texts"] += 1
            for name, detect in known.items():
                here[name] += _is(data, detect(data), encoding)
    return counts


def _is(data: bytes, found: str | None, encoding: str) -> bool:
    try:
        return found is not None and data.decode(found) == data.decode(encoding)
    except (LookupError, UnicodeError):
        return False
