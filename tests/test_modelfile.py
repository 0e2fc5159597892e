"""Model files: what is written is read, and all else is one error before anything is believed."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from textmend.errors import TextmendError
from textmend.models.modelfile import (
    CLASSES,
    SHIPPED,
    _wanted,
    digest_of,
    read,
    read_header,
    write,
)
from textmend.models.network import Network

Header = dict[str, Any]
ENDING = [f"{name}ing" for name in CLASSES[:4]]
WORDS = [*CLASSES, *ENDING, "the", "or", "other"]


def header() -> Header:
    return {
        "lang": "en",
        "dilations": [1, 2],
        "calibration": {"word": [0.9, -0.1]},
        "vocabulary": "\n".join(WORDS),
    }


def arrays() -> dict[str, NDArray[Any]]:
    random = np.random.default_rng(0)
    wanted = _wanted(len(WORDS), 2, 6, 8, 32)
    return {name: random.integers(0, 9, of).astype(kind) for name, (kind, of) in wanted.items()}


def listing() -> list[list[Any]]:
    return [[name, each.dtype.str, list(each.shape)] for name, each in arrays().items()]


def forged(path: Path, head: bytes, size: int | None = None) -> Path:
    """A file with the right checksum, the body of a sound model, and any header."""
    size = len(head) if size is None else size
    body = b"".join(each.tobytes() for each in arrays().values())
    rest = size.to_bytes(4, "little") + head + body
    path.write_bytes(b"textmend" + hashlib.sha256(rest).digest() + rest)
    return path


def packed(**changes: Any) -> bytes:
    """The header of a sound model with some changes; what is None is left out."""
    about = {"format": 1, **header(), "arrays": listing(), **changes}
    return json.dumps({key: value for key, value in about.items() if value is not None}).encode()


def relisted(name: str, kind: object, shape: object) -> bytes:
    return packed(arrays=[[name, kind, shape] if e[0] == name else e for e in listing()])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "model.tmnd"
    write(path, header(), arrays())
    about, found = read(path)
    assert about == {"format": 1, **header()} == read_header(path)
    assert found.keys() == arrays().keys()
    assert all(np.array_equal(found[name], each) for name, each in arrays().items())
    assert forged(tmp_path / "forged.tmnd", packed()).read_bytes()[40:44] != b""
    assert read(tmp_path / "forged.tmnd")[0]["lang"] == "en"


def test_the_shipped_model_is_one() -> None:
    assert read_header(SHIPPED)["lang"] == "en"
    assert digest_of(SHIPPED) == SHIPPED.read_bytes()[8:40].hex()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[:-10], "truncated or was altered"),
        (lambda data: data + b"more", "truncated or was altered"),
        (lambda data: data[:20], "truncated or was altered"),
        (lambda data: data[:60], "truncated or was altered"),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "truncated or was altered"),
        (lambda data: b"PK" + data, "is no textmend model"),
        (lambda _: b"", "is no textmend model"),
    ],
)
def test_a_damaged_file_is_refused(
    tmp_path: Path, damage: Callable[[bytes], bytes], words: str
) -> None:
    path = tmp_path / "model.tmnd"
    write(path, header(), arrays())
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(TextmendError, match=words) as caught:
        read(path)
    assert "model.tmnd" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextmendError, match=r"cannot read the model .*nowhere\.tmnd"):
        read(tmp_path / "nowhere.tmnd")
    with pytest.raises(TextmendError, match="cannot read the model"):
        read_header(tmp_path)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextmendError, match=r"format 99.*install the version that made it"):
        read(forged(tmp_path / "model", packed(format=99)))


HUGE = 10**12
HOSTILE: dict[str, bytes] = {
    "no JSON": b"{" * 20,
    "no UTF-8": b'{"format": "\xff"}',
    "nested deeply": b"[" * 100_000,
    "a number of many digits": b'{"format": ' + b"9" * 10_000 + b"}",
    "no object": b"[1, 2]",
    "no header": b"",
    "no format": packed(format=None),
    "a format that is text": packed(format="1"),
    "no language": packed(lang=None),
    "a language that is a list": packed(lang=["en"]),
    "no vocabulary": packed(vocabulary=None),
    "a vocabulary that is a list": packed(vocabulary=WORDS),
    "a word twice": packed(vocabulary="\n".join([*WORDS[:-1], "the"])),
    "no classes": packed(vocabulary="\n".join(f"w{place}" for place in range(len(WORDS)))),
    "part of an ending": packed(vocabulary="\n".join([*CLASSES, *ENDING[:3], "a", "b", "c", "d"])),
    "a class among words": packed(vocabulary="\n".join([*WORDS[:-1], "<lower>x"])),
    "no dilations": packed(dilations=None),
    "dilations that are a number": packed(dilations=2),
    "a negative dilation": packed(dilations=[1, -2]),
    "a dilation of zero": packed(dilations=[1, 0]),
    "a huge dilation": packed(dilations=[1, 10**30]),
    "a dilation that is half": packed(dilations=[1, 1.5]),
    "a dilation that is true": packed(dilations=[1, True]),
    "fewer dilations than layers": packed(dilations=[1]),
    "more dilations than layers": packed(dilations=[1, 2, 4]),
    "calibration that is no number": packed(calibration={"word": [float("nan"), 0.0]}),
    "infinite calibration": packed(calibration={"word": [1.0, float("inf")]}),
    "calibration beyond floats": packed(calibration={"word": [10**400, 0]}),
    "calibration turned round": packed(calibration={"word": [-1.0, 0.0]}),
    "calibration of one number": packed(calibration={"word": [1.0]}),
    "calibration that is text": packed(calibration={"word": "ab"}),
    "calibration that is a list": packed(calibration=[1.0, 0.0]),
    "no arrays": packed(arrays=None),
    "arrays that are text": packed(arrays="ab"),
    "an array that is a number": packed(arrays=[*listing(), 7]),
    "an array too few": packed(arrays=listing()[:-1]),
    "an array too many": packed(arrays=[*listing(), ["more", "|i1", [1]]]),
    "an array twice": packed(arrays=[*listing()[:-1], listing()[0]]),
    "an array of objects": relisted("embedding", "|O", [len(WORDS), 6]),
    "an array of no type": relisted("embedding", "nonsense", [len(WORDS), 6]),
    "an array of another type": relisted("embedding", "<f4", [len(WORDS), 6]),
    "a type that is a list": relisted("embedding", [["a", "|i1"]], [len(WORDS), 6]),
    "a name that is a list": packed(arrays=[[["embedding"], "|i1", [1, 1]], *listing()[1:]]),
    "huge dimensions": relisted("embedding", "|i1", [HUGE, HUGE]),
    "dimensions that overflow": relisted("embedding", "|i1", [2**62, 4]),
    "negative dimensions": relisted("embedding", "|i1", [-1, 6]),
    "dimensions of zero": relisted("embedding", "|i1", [len(WORDS), 0]),
    "dimensions that are text": relisted("embedding", "|i1", ["14", "6"]),
    "dimensions that are true": relisted("nothing", "|i1", [True, 6]),
    "no dimensions": relisted("embedding", "|i1", []),
    "one dimension of two": relisted("form", "<f4", [256]),
    "dimensions that are a number": relisted("embedding", "|i1", 84),
    "forms for which there are no bits": relisted("form", "<f4", [16, 16]),
    "rows that do not fit": relisted("enter", "|i1", [6, 8]),
    "scales that do not fit": relisted("enter.scale", "<f4", [7]),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_headers_are_one_error(tmp_path: Path, kind: str) -> None:
    path = forged(tmp_path / "hostile.tmnd", HOSTILE[kind])
    for use in (Network.load, read_header):
        with pytest.raises(TextmendError, match=r"model .*hostile\.tmnd .*; (copy|install)"):
            use(path)


@pytest.mark.parametrize("size", [2**32 - 1, 2**31, 10**6])
def test_a_header_longer_than_the_file(tmp_path: Path, size: int) -> None:
    path = forged(tmp_path / "model.tmnd", packed(), size)
    tracemalloc.start()
    with pytest.raises(TextmendError, match="truncated or was altered"):
        read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10**6, "bytes"


@pytest.mark.parametrize("name", ["embedding", "word.slot", "layers.0.scale"])
def test_nothing_large_is_allocated_for_what_a_header_says(tmp_path: Path, name: str) -> None:
    path = forged(tmp_path / "model.tmnd", relisted(name, "|i1", [2**31, 2**31]))
    tracemalloc.start()
    with pytest.raises(TextmendError):
        read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10**6, "bytes"


@pytest.mark.parametrize("name", ["form", "word.share", "layers.1.bias", "embedding.scale"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e30])
def test_weights_that_are_no_numbers(tmp_path: Path, name: str, value: float) -> None:
    found = arrays()
    found[name].flat[-1] = value
    write(tmp_path / "model.tmnd", header(), found)
    with pytest.raises(TextmendError, match=rf"cannot be used: {name} has values"):
        Network.load(tmp_path / "model.tmnd")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(["format", "lang", "vocabulary", "dilations", "calibration", "arrays"])


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, JSON, min_size=1, max_size=2))
def test_any_value_in_a_header_is_fine_or_one_error(tmp_path: Path, changes: Header) -> None:
    path = forged(tmp_path / "model.tmnd", packed(**changes))
    try:
        about, found = read(path)
    except TextmendError:
        return
    Network(about, found)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 18), st.integers(0, 2), JSON)
def test_any_value_in_a_listing_is_fine_or_one_error(
    tmp_path: Path, place: int, part: int, value: object
) -> None:
    found = listing()
    found[place][part] = value
    path = forged(tmp_path / "model.tmnd", packed(arrays=found))
    if found == listing():
        assert read(path)
    else:
        with pytest.raises(TextmendError):
            read(path)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_altered_byte_is_noticed(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "model.tmnd"
    write(path, header(), arrays())
    sound = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(sound) - 1))
    sound[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(sound)
    with pytest.raises(TextmendError, match=r"model\.tmnd"):
        read(path)
