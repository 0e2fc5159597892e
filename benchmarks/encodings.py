"""How often the encoding of a text in an old one is told by its bytes, by package.

What is right is the text, whatever the encoding is called. Start reading at
:func:`measure_encodings`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module

from benchmarks.documents import Document
from benchmarks.systems import Missing

# What was usual before UTF-8, by language.
LEGACY = {
    "cs": ("cp1250", "iso8859-2"),
    "de": ("latin-1", "cp1252"),
    "es": ("latin-1", "cp1252"),
    "fr": ("latin-1", "cp1252"),
    "it": ("latin-1", "cp1252"),
    "pl": ("cp1250", "iso8859-2"),
    "pt": ("latin-1", "cp1252"),
    "ru": ("cp1251", "koi8-r"),
    "tr": ("cp1254",),
}


def detectors() -> dict[str, Callable[[bytes], str | None]]:
    """The packages that are installed, each as a function of bytes that names their encoding."""
    found: dict[str, Callable[[bytes], str | None]] = {}
    try:
        detect = import_module("chardet").detect
        found["chardet"] = lambda data: detect(data)["encoding"]
    except ImportError:
        pass
    try:
        from_bytes = import_module("charset_normalizer").from_bytes
        found["charset-normalizer"] = lambda data: getattr(
            from_bytes(data).best(), "encoding", None
        )
    except ImportError:
        pass
    if not found:
        raise Missing("pip install chardet charset-normalizer")
    return found


def measure_encodings(documents: Sequence[Document]) -> dict[str, Counter[str]]:
    """Encoding → how many texts were tried in it, and how many each package was right about."""
    known, counts = detectors(), dict[str, Counter[str]]()
    for document in documents:
        for encoding in LEGACY.get(document.lang, ()):
            data = document.text.encode(encoding, "ignore")
            if data.isascii():
                continue
            here = counts.setdefault(encoding, Counter())
            here["texts"] += 1
            for package, detect in known.items():
                here[package] += _is(data, detect(data), encoding)
    return counts


def _is(data: bytes, found: str | None, encoding: str) -> bool:
    try:
        return found is not None and data.decode(found) == data.decode(encoding)
    except (LookupError, UnicodeError):
        return False
