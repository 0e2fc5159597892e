"""The encoder of a model file: what its scores depend on, and that it is as it was trained."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from textmend.errors import TextmendError
from textmend.models.encoder import Encoder, _windows
from textmend.models.modelfile import CLASSES, _wanted_of_encoder, read, write
from textmend.models.network import Lines, Scores

KNOWN = ["the", ",", ".", "or", "other", "they", "y", "cat", "sat", "don't"]
WORDS = [*CLASSES, *KNOWN]
WINDOW = 24
HEADER = {"lang": "en", "heads": 4, "layers": 2, "vocabulary": "\n".join(WORDS)}


def arrays(seed: int = 0) -> dict[str, NDArray[Any]]:
    """Those of an encoder that learned nothing."""
    random = np.random.default_rng(seed)
    found: dict[str, NDArray[Any]] = {}
    for name, (kind, shape) in _wanted_of_encoder(len(WORDS), 2, 128, 32, 16, WINDOW).items():
        if name == "embedding":
            found[name] = random.integers(1, 16, shape) | random.integers(1, 16, shape) << 4
        elif kind == "|i1":
            found[name] = random.integers(-127, 128, shape)
        elif name.endswith("scale"):
            found[name] = np.full(shape, 0.1 if name.startswith("embedding") else 0.002)
        else:
            found[name] = random.normal(size=shape)
        found[name] = found[name].astype(kind)
    return found


def tiny_encoder(path: Path, seed: int = 0) -> Path:
    """A model file with random weights."""
    write(path, HEADER, arrays(seed))
    return path


@pytest.fixture
def tiny(tmp_path: Path) -> Encoder:
    return Encoder.load(tiny_encoder(tmp_path / "large.tmnd"))


def random_lines(*lengths: int, seed: int = 0) -> Lines:
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 4, sum(lengths))
    ids = random.integers(len(CLASSES), len(WORDS), sizes.sum())
    weights = np.repeat(1 / sizes, sizes).astype(np.float32)
    forms = random.integers(0, 32, len(sizes))
    vanished = np.array([len(CLASSES), len(CLASSES) + 3])
    return Lines(np.array(lengths), sizes, ids, weights, forms, vanished)


def same(one: Scores, other: Scores) -> bool:
    return np.array_equal(one.candidates, other.candidates) and np.array_equal(one.gaps, other.gaps)


def test_shapes_of_scores(tiny: Encoder) -> None:
    lines = random_lines(5, 0, 3)
    scores = tiny.score(lines)
    assert scores.candidates.shape == lines.candidates.shape
    assert scores.gaps.shape == (8 + 3, 3)
    assert scores.candidates.dtype == scores.gaps.dtype == np.float32
    several = np.repeat(lines.sizes > 1, lines.sizes)
    assert np.all(scores.candidates[several] != 0)
    assert np.all(scores.candidates[~several] == 0)
    assert np.all(scores.gaps != 0)


def test_a_long_document_has_a_score_everywhere(tiny: Encoder) -> None:
    lines = random_lines(WINDOW - 2, 4 * WINDOW, 1, 0, 0, WINDOW)
    scores = tiny.score(lines)
    assert np.all(scores.gaps != 0)
    assert np.all(scores.candidates[np.repeat(lines.sizes > 1, lines.sizes)] != 0)


def test_only_what_is_asked_is_answered_and_alike(tiny: Encoder) -> None:
    lines = random_lines(6, 8)  # one window
    random = np.random.default_rng(1)
    slots, gaps = random.random(14) < 0.4, random.random(16) < 0.3
    everything, some = tiny.score(lines), tiny.score(lines, slots, gaps)
    candidates = np.repeat(slots, lines.sizes)
    assert np.all(some.gaps[~gaps] == 0)
    assert np.all(some.candidates[~candidates] == 0)
    assert np.allclose(some.gaps[gaps], everything.gaps[gaps], atol=1e-4)
    assert np.allclose(some.candidates[candidates], everything.candidates[candidates], atol=1e-4)


def test_nothing_asked_is_nothing_read(tiny: Encoder) -> None:
    lines = random_lines(6)
    scores = tiny.score(lines, np.zeros(6, np.bool_), np.zeros(7, np.bool_))
    assert not scores.gaps.any()
    assert not scores.candidates.any()


def test_a_channel_that_deletes_no_word(tiny: Encoder) -> None:
    lines = random_lines(6)
    alone = Lines(*lines.__dict__.values())
    object.__setattr__(alone, "vanished", np.zeros(0, np.intp))
    scores = tiny.score(alone)
    assert scores.gaps.shape == (7, 1)
    assert np.isfinite(scores.candidates).all()


def test_scores_do_not_depend_on_threads(tiny: Encoder) -> None:
    lines = random_lines(100, 70)
    with threadpool_limits(1):
        alone = tiny.score(lines)
    with threadpool_limits(3):
        assert same(tiny.score(lines), alone)


def test_what_stands_far_away_is_read_no_more(tiny: Encoder) -> None:
    lines = random_lines(10 * WINDOW)
    other = Lines(*lines.__dict__.values())
    forms = lines.forms.copy()
    forms[-1] ^= 1
    object.__setattr__(other, "forms", forms)
    one, two = tiny.score(lines), tiny.score(other)
    assert np.array_equal(one.gaps[: 8 * WINDOW], two.gaps[: 8 * WINDOW])
    assert not np.array_equal(one.gaps[-2:], two.gaps[-2:])


def test_a_long_document_takes_little_memory(tiny: Encoder) -> None:
    lines = random_lines(*[50] * 400)
    asked = np.zeros(20_000, np.bool_), np.arange(20_400) % 50 == 0
    tracemalloc.start()
    tiny.score(lines, *asked)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000, "bytes; the rows of all of it alone would be ten million"


def test_windows_answer_for_each_gap_once() -> None:
    random = np.random.default_rng(0)
    for _ in range(300):
        rows, most = int(random.integers(2, 400)), int(random.integers(4, 100))
        gaps = np.flatnonzero(random.random(rows - 1) < random.random())
        answered = np.zeros(rows, np.intp)
        for span in _windows(np.union1d(gaps, gaps + 1), rows, most):
            assert 0 <= span.start <= span.first < span.last <= span.stop <= rows
            assert span.stop - span.start <= most
            answered[gaps[(gaps >= span.first) & (gaps + 1 < span.last)]] += 1
        assert np.all(answered[gaps] == 1)


def test_nothing_is_read_between_what_is_far_apart() -> None:
    spans = list(_windows(np.array([100, 101, 130, 300]), 400, 200))
    assert spans == [(84, 147, 100, 131), (284, 317, 300, 301)]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"heads": 5}, "no number of layers and of heads"),
        ({"heads": 0}, "no number of layers and of heads"),
        ({"heads": None}, "no number of layers and of heads"),
        ({"layers": True}, "no number of layers and of heads"),
        ({"layers": 10**9}, "no number of layers and of heads"),
        ({"layers": 3}, r"lists no array layers\.2\.attend"),
        ({"layers": 1}, "lists arrays that no model has"),
    ],
)
def test_headers_that_no_encoder_has(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    path = tmp_path / "large.tmnd"
    write(path, HEADER | changes, arrays())
    with pytest.raises(TextmendError, match=f"cannot be used: .*{why}"):
        read(path)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("position", (1, 128)), ("position", (4, 64)), ("gap.bias", (3,)), ("word.share", (2,))],
)
def test_arrays_that_do_not_fit(tmp_path: Path, name: str, shape: tuple[int, ...]) -> None:
    path = tmp_path / "large.tmnd"
    write(path, HEADER, arrays() | {name: np.zeros(shape, np.float16)})
    with pytest.raises(TextmendError, match="cannot be used"):
        read(path)


@pytest.mark.parametrize("name", ["form", "embedding.scale", "entered.weight"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(tmp_path: Path, name: str, value: float) -> None:
    found = arrays()
    found[name].flat[-1] = value
    write(tmp_path / "large.tmnd", HEADER, found)
    with pytest.raises(TextmendError, match=rf"cannot be used: {name} has values"):
        Encoder.load(tmp_path / "large.tmnd")
