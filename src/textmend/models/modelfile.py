"""The file of a context model: what it must hold, how it is written, and how it is read.

There are two kinds: a network (``network``), and an encoder (``encoder``), whose
header says how many heads its layers have.

Magic bytes, a checksum, a JSON header, then plain arrays; nothing is unpickled. A file may come
from anywhere, so that no word of it is believed before it is checked: the header against what a
model must say (:func:`_checked`), the arrays that it lists against those that follow from it
(:func:`_wanted`), their size against that of the file. Only then are arrays read. Whatever is wrong
is one error that names the file. Start reading at :func:`read`.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from textmend.errors import TextmendError

SHIPPED = Path(__file__).parent.parent / "data" / "context-en.tmnd"

# What is not in the vocabulary enters as one of these; the first four are words, by shape. A model
# may have more of these, for words that end alike: "<lower>ing", "<title>ing" and so on in a row.
CLASSES = ("<lower>", "<title>", "<upper>", "<mixed>", "<number>", "<year>", "<other>")
_BY_SHAPE = CLASSES[:4]
# Rows of the table of forms: without the bits of what recurs, and with them.
_FORMS = (8, 32)
_FARTHEST = 10_000  # slots to either side of which a layer may know; those shipped know of 8
# The largest weight: those shipped are up to 21, and of these no sum of products is infinite.
_LARGEST = 1e6
_STEEPEST = 100.0  # slope and offset of a calibration; those shipped are up to 1

_MAGIC = b"textmend"
_FORMAT = 1
_DIGEST = hashlib.sha256().digest_size
_LENGTH = 4  # bytes that hold the length of the header
_HEAD = len(_MAGIC) + _DIGEST + _LENGTH

_WHOLE, _FLOAT = np.dtype(np.int8).str, np.dtype("<f4").str
_PACKED, _HALF = np.dtype(np.uint8).str, np.dtype("<f2").str
GROUP = 64  # numbers of an encoder's embedding that share a scale; each has four bits
_DEEPEST = 1000  # layers of an encoder
Shape = tuple[int, ...]
_Array = tuple[str, Shape]  # its type, and its shape
_Ensure = Callable[[bool, str], None]
# Arrays from whose shapes those of others follow.
_DIMENSIONS = {"form": 2, "embedding": 2, "position": 2, "layers.0.widen.bias": 1, "gap.bias": 1}
_OF_WORDS = ("slot", "gap", "share")
_WIDEST = 2**16  # heads of a layer


def is_class(entry: str) -> bool:
    """Whether an entry of a vocabulary stands for many words."""
    return entry.startswith(CLASSES)


def write(path: Path, header: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a model file."""
    listed = [[name, each.dtype.str, list(each.shape)] for name, each in arrays.items()]
    about = {"format": _FORMAT, **header, "arrays": listed}
    packed = json.dumps(about, ensure_ascii=False).encode()
    body = b"".join([_size(packed), packed, *map(_bytes, arrays.values())])
    path.write_bytes(_MAGIC + hashlib.sha256(body).digest() + body)


def as_int8(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as small integers, and what one of them is worth in each row."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    return np.rint(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def as_floats(arrays: Mapping[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    """The rows of a name as they were before they were rounded to small integers."""
    scales = arrays[f"{name}.scale"][:, None]
    rows: NDArray[np.float32] = np.multiply(arrays[name], scales, dtype=np.float32)
    return rows


def provenance(
    sources: Sequence[Mapping[str, Any]], commit: str, figures: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What a header says of where a model comes from that is made now."""
    return {
        "made": datetime.now(UTC).date().isoformat(),
        "commit": commit,
        "sources": list(sources),
        "figures": figures or {},
    }


def _size(packed: bytes) -> bytes:
    return len(packed).to_bytes(_LENGTH, "little")


def _bytes(array: NDArray[Any]) -> bytes:
    return np.ascontiguousarray(array).tobytes()


def read(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header and the arrays of a model file; anything else is a :class:`TextmendError`."""
    with _opened(path) as file:
        digest, packed, header, wanted = _head(file, path)
        body = file.read()
    if digest != hashlib.sha256(_size(packed) + packed + body).digest():
        raise _altered(path)
    arrays, place = {}, 0
    for name, (kind, shape) in wanted.items():
        array = np.frombuffer(body, kind, math.prod(shape), place).reshape(shape)
        is_float = kind in (_FLOAT, _HALF)
        # Nor is what is no number within bounds.
        if is_float and not np.abs(array, dtype=np.float32).max() <= _LARGEST:
            raise _unusable(path, f"{name} has values that are no weights")
        arrays[name] = array
        place += array.nbytes
    return header, arrays


def read_header(path: Path) -> dict[str, Any]:
    """The header of a model file, checked like the rest of it, which is not read.

    That tells nearly all that :func:`read` would. It is shared by all that ask for it: none may
    change it. Reading the same file again costs nothing.
    """
    with _opened(path) as file:
        return _header(path, os.fstat(file.fileno()).st_mtime_ns)


@lru_cache(maxsize=8)
def _header(path: Path, changed: int) -> dict[str, Any]:
    """The header of a file as it is since it was ``changed``."""
    del changed
    with _opened(path) as file:
        return _head(file, path)[2]


def digest_of(path: Path) -> str:
    """What tells a model from all others: the checksum that its file holds, in hexadecimal."""
    with _opened(path) as file:
        return file.read(_HEAD)[len(_MAGIC) :][:_DIGEST].hex()


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise TextmendError(
            f"cannot read the model {path}: {error.strerror}; reinstall textmend, name "
            "another model, or do without one (model=None)"
        ) from None


def _head(file: BinaryIO, path: Path) -> tuple[bytes, bytes, dict[str, Any], dict[str, _Array]]:
    """The checksum, the header as it stands, what that says, and the arrays that follow it."""
    head = file.read(_HEAD)
    if not head.startswith(_MAGIC):
        raise TextmendError(
            f"{path} is no textmend model; make one with: python -m textmend.training"
        )
    left = os.fstat(file.fileno()).st_size - _HEAD
    length = int.from_bytes(head[-_LENGTH:], "little")
    if len(head) < _HEAD or length > left:
        raise _altered(path)
    packed = file.read(length)
    try:
        header = json.loads(packed)
    except (ValueError, RecursionError):
        raise _altered(path) from None
    wanted = _checked(header, path)
    sizes = (np.dtype(kind).itemsize * math.prod(shape) for kind, shape in wanted.values())
    if left - length != sum(sizes):
        raise _altered(path)
    del header["arrays"]
    return head[len(_MAGIC) : -_LENGTH], packed, header, wanted


def _checked(header: Any, path: Path) -> dict[str, _Array]:
    """The type and shape of each array of a model, in their order, if its header is in order."""

    def ensure(holds: bool, else_why: str) -> None:
        if not holds:
            raise _unusable(path, else_why)

    ensure(isinstance(header, dict), "its header is no object")
    if header.get("format") != _FORMAT:
        raise TextmendError(
            f"the model {path} has format {str(header.get('format'))[:20]}, and this version of "
            f"textmend reads format {_FORMAT}; install the version that made it, or train it again"
        )
    lang, words = header.get("lang"), header.get("vocabulary")
    ensure(isinstance(lang, str) and bool(lang), "its lang is no language")
    ensure(isinstance(words, str), "its vocabulary is no text")
    listed = words.split("\n")
    ensure(len(set(listed)) == len(listed), "its vocabulary has a word twice")
    classes = list(takewhile(is_class, listed))
    by_ending = classes[len(CLASSES) :]
    endings = [each.removeprefix(CLASSES[0]) for each in by_ending[:: len(_BY_SHAPE)]]
    ensure(
        tuple(classes[: len(CLASSES)]) == CLASSES
        and by_ending == [name + each for each in endings for name in _BY_SHAPE]
        and not any(map(is_class, listed[len(classes) :])),
        "its vocabulary does not begin with the classes of unknown words",
    )
    fitted = header.get("calibration", {})
    ensure(
        isinstance(fitted, dict) and all(map(_is_calibration, fitted.values())),
        "its calibration is no slope and offset for each kind of edit",
    )
    found = header.get("arrays")
    ensure(isinstance(found, list) and all(map(_is_listing, found)), "it lists no arrays")
    arrays = {name: (kind, tuple(shape)) for name, kind, shape in found}
    ensure(len(arrays) == len(found), "it lists an array twice")
    is_encoder = "heads" in header
    wanted = (_encoder if is_encoder else _network)(header, arrays, len(listed), ensure)
    for name, (kind, shape) in wanted.items():
        ensure(arrays.get(name) == (kind, shape), f"it lists no array {name} of {kind}, {shape}")
    ensure(len(arrays) == len(wanted), "it lists arrays that no model has")
    return arrays


def _network(
    header: dict[str, Any], arrays: dict[str, _Array], words: int, ensure: _Ensure
) -> dict[str, _Array]:
    """The arrays of a network that says this of itself."""
    reaches = header.get("dilations", ())
    ensure(
        isinstance(reaches, list) and all(_is_size(each, _FARTHEST) for each in reaches),
        "its dilations are no list of distances",
    )
    _, (forms, states) = arrays.get("form", ("", (0, 0)))
    _, (_, meanings) = arrays.get("embedding", ("", (0, 0)))
    ensure(forms in _FORMS, f"it has {forms} forms, which must be one of {_FORMS}")
    return _wanted(words, len(reaches), meanings, states, forms)


def _wanted(words: int, layers: int, meanings: int, states: int, forms: int) -> dict[str, _Array]:
    """All arrays that a network has, with their types and shapes.

    ``meanings``, ``states``: the numbers that describe a word, and a slot in its line.
    """
    affine = {
        "enter": (states, meanings),
        "absent": (states, meanings),
        **{f"layers.{depth}": (2 * states, 3 * states) for depth in range(layers)},
        "slot": (meanings, states),
        "gap": (2 * meanings, 2 * states),
    }
    scaled = {"embedding": (words, meanings), "nothing": (1, meanings)}
    floats = {"form": (forms, states), **{f"word.{of}": (words,) for of in _OF_WORDS}}
    return {
        **{name: (_WHOLE, shape) for name, shape in scaled.items()},
        **{f"{name}.scale": (_FLOAT, (rows,)) for name, (rows, _) in scaled.items()},
        **{name: (_FLOAT, shape) for name, shape in floats.items()},
        **_affine(affine, _FLOAT),
    }


def _encoder(
    header: dict[str, Any], arrays: dict[str, _Array], words: int, ensure: _Ensure
) -> dict[str, _Array]:
    """The arrays of an encoder that says this of itself."""
    heads, layers = header["heads"], header.get("layers", 0)
    _, (window, width) = arrays.get("position", ("", (0, 0)))
    _, (wide,) = arrays.get("layers.0.widen.bias", ("", (0,)))
    _, (between,) = arrays.get("gap.bias", ("", (0,)))
    ensure(
        _is_size(heads, _WIDEST) and _is_size(layers, _DEEPEST) and width % heads == 0,
        "it has no number of layers and of heads that share the numbers of a row",
    )
    ensure(width > 0 and width % (2 * GROUP) == 0, f"it has {width} numbers a word")
    ensure(window > 1, "it reads no words")
    return _wanted_of_encoder(words, layers, width, wide, between, window)


def _wanted_of_encoder(
    words: int, layers: int, width: int, wide: int, between: int, window: int
) -> dict[str, _Array]:
    """All arrays that an encoder has, with their types and shapes.

    ``width``: the numbers that describe a word, and a row; ``wide``, ``between``: a row inside of a
    layer, and both sides of a gap; ``window``: the rows that are read at once.
    """
    affine = {
        "absent": (width, width),
        "slot": (width, width),
        "gap": (between, 2 * width),
        "gap_out": (width, between),
    }
    norms = ["entered"]
    for layer in (f"layers.{number}" for number in range(layers)):
        affine |= {
            f"{layer}.attend": (3 * width, width),
            f"{layer}.attended": (width, width),
            f"{layer}.widen": (wide, width),
            f"{layer}.narrow": (width, wide),
        }
        norms += [f"{layer}.attended_norm", f"{layer}.norm"]
    # After the words: the row before a window, and that between lines.
    return {
        "embedding": (_PACKED, (words + 2, width // 2)),
        "embedding.scale": (_HALF, (words + 2, width // GROUP)),
        "position": (_WHOLE, (window, width)),
        "position.scale": (_HALF, (window,)),
        "form": (_HALF, (_FORMS[-1], width)),
        "nothing": (_FLOAT, (1, width)),
        **{f"word.{of}": (_HALF, (words,)) for of in _OF_WORDS},
        **{f"{name}.{of}": (_FLOAT, (width,)) for name in norms for of in ("weight", "bias")},
        **_affine(affine, _HALF),
    }


def _affine(shapes: Mapping[str, Shape], kind: str) -> dict[str, _Array]:
    """The arrays of products with whole numbers: these, what one is worth in each row, a bias."""
    return {
        **{name: (_WHOLE, shape) for name, shape in shapes.items()},
        **{
            f"{name}.{of}": (kind, shape[:1])
            for name, shape in shapes.items()
            for of in ("scale", "bias")
        },
    }


def _is_size(value: Any, most: int) -> bool:
    return type(value) is int and 0 < value <= most


def _is_listing(entry: Any) -> bool:
    """Whether an entry is the name, the type and the one or two dimensions of an array."""
    match entry:
        case [str(name), str(), [*shape]]:
            count = _DIMENSIONS.get(name, len(shape))
            return len(shape) == count and all(_is_size(each, 2**31) for each in shape)
    return False


def _is_calibration(value: Any) -> bool:
    match value:
        case [int() | float() as slope, int() | float() as offset]:
            return 0 < slope <= _STEEPEST and abs(offset) <= _STEEPEST
    return False


def _altered(path: Path) -> TextmendError:
    return TextmendError(
        f"the model {path} is truncated or was altered; copy it again, or reinstall textmend"
    )


def _unusable(path: Path, why: str) -> TextmendError:
    return TextmendError(
        f"the model {path} cannot be used: {why}; copy it again, name another model, or train one "
        "with: python -m textmend.training"
    )
