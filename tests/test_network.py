"""The shipped network: its scores, and that nothing else changes them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from textmend.models.modelfile import CLASSES, SHIPPED, read, write
from textmend.models.network import (
    AFTER,
    BEFORE,
    FIRST,
    FORMS,
    Lines,
    Network,
    Scores,
    form,
    recurring,
)

ENDINGS = [name + ending for ending in ("g", "ing") for name in CLASSES[:4]]
KNOWN = ["the", ",", ".", "or", "other", "they", "y", "cat", "sat", "u.s.", "don't"]
WORDS = [*CLASSES, *ENDINGS, *KNOWN]


def tiny_model(path: Path, seed: int = 0) -> Path:
    """A model file with random weights."""
    random = np.random.default_rng(seed)
    size, width, count = 8, 12, len(WORDS)

    def floats(*shape: int) -> NDArray[np.float32]:
        return random.normal(size=shape).astype(np.float32)

    arrays: dict[str, NDArray[Any]] = {
        "word.slot": floats(count),
        "word.gap": floats(count),
        "word.share": np.full(count, 0.1, np.float32),
        "form": floats(FORMS, width),
        "nothing": np.ones((1, size), np.int8),
        "nothing.scale": np.full(1, 0.01, np.float32),
    }
    weights = {
        "embedding": (count, size),
        "enter": (width, size),
        "absent": (width, size),
        "slot": (size, width),
        "gap": (2 * size, 2 * width),
        "layers.0": (2 * width, 3 * width),
        "layers.1": (2 * width, 3 * width),
    }
    for name, shape in weights.items():
        arrays[name] = random.integers(-127, 128, shape).astype(np.int8)
        arrays[f"{name}.scale"] = np.full(shape[0], 0.003, np.float32)
        if name != "embedding":
            arrays[f"{name}.bias"] = floats(shape[0])
    header = {"lang": "en", "dilations": [1, 2], "vocabulary": "\n".join(WORDS)}
    write(path, header, arrays)
    return path


@pytest.fixture
def tiny(tmp_path: Path) -> Network:
    return Network.load(tiny_model(tmp_path / "tiny.tmnd"))


def lines_of(network: Network, lines: list[list[list[str]]], vanished: list[str]) -> Lines:
    """Lines whose slots weigh their candidates evenly, all of them lower-case."""
    slots = [slot for line in lines for slot in line]
    firsts = [place == 0 for line in lines for place, _ in enumerate(line)]
    return Lines(
        np.array([len(line) for line in lines], np.intp),
        np.array([len(slot) for slot in slots], np.intp),
        network.ids([word for slot in slots for word in slot]),
        np.array([1 / len(slot) for slot in slots for _ in slot], np.float32),
        np.array(
            [form(s[0], first=first) for s, first in zip(slots, firsts, strict=True)], np.intp
        ),
        network.ids(vanished),
    )


def line_of(network: Network, slots: list[list[str]], vanished: list[str]) -> Lines:
    return lines_of(network, [slots], vanished)


def same(one: Scores, other: Scores) -> bool:
    return np.array_equal(one.candidates, other.candidates) and np.array_equal(one.gaps, other.gaps)


SLOTS = [["y", "they"], ["sat"], ["or", "other"], ["cat"], ["."]]


def test_shapes_of_scores(tiny: Network) -> None:
    scores = tiny.score(line_of(tiny, SLOTS, ["the", "other"]))
    assert scores.candidates.shape == (7,)
    assert scores.gaps.shape == (6, 3)
    assert scores.candidates.dtype == scores.gaps.dtype == np.float32
    assert scores.candidates[[2, 5, 6]].tolist() == [0.0, 0.0, 0.0]  # nothing to choose from
    assert np.all(scores.candidates[[0, 1, 3, 4]] != 0.0)


def test_a_line_of_one_slot_and_a_channel_that_deletes_no_word(tiny: Network) -> None:
    scores = tiny.score(line_of(tiny, [["or", "other"]], []))
    assert scores.candidates.shape == (2,)
    assert scores.gaps.shape == (2, 1)
    assert np.isfinite(scores.candidates).all()
    assert np.isfinite(scores.gaps).all()


def test_an_empty_line_has_one_gap(tiny: Network) -> None:
    scores = tiny.score(line_of(tiny, [], ["the"]))
    assert scores.candidates.shape == (0,)
    assert scores.gaps.shape == (1, 2)


def test_scores_depend_on_the_line_alone(tiny: Network) -> None:
    kinds = [SLOTS, SLOTS[:1], SLOTS * 9, SLOTS[::-1], SLOTS[2:]]
    alone = [tiny.score(line_of(tiny, slots, ["the"])) for slots in kinds]
    for order in ([0, 1, 2, 3, 4], [4, 2, 2, 0, 1, 3], [1, 1, 1, 0], [3, 0]):
        together = tiny.score(lines_of(tiny, [kinds[place] for place in order], ["the"]))
        assert same(
            together,
            Scores(
                np.concatenate([alone[place].candidates for place in order]),
                np.concatenate([alone[place].gaps for place in order]),
            ),
        )


def test_words_around_matter_and_distant_ones_do_not(tiny: Network) -> None:
    padding = [["cat"]] * 9
    near = tiny.score(line_of(tiny, [["or", "other"], ["sat"], *padding], []))
    far = tiny.score(line_of(tiny, [["or", "other"], ["sat"], *padding[:-1], ["."]], []))
    changed = tiny.score(line_of(tiny, [["or", "other"], ["cat"], *padding], []))
    assert near.candidates[0] == pytest.approx(far.candidates[0], abs=1e-5)
    assert near.candidates[0] != pytest.approx(changed.candidates[0], abs=1e-3)


def test_ids(tiny: Network) -> None:
    words = ["The", "zebra", "Zebra", "ZEBRA", "eBay", "17", "1984", "U.S.", "don’t", "§", "x_y"]
    listed = [WORDS[place] for place in tiny.ids(words)]
    assert listed == ["the", *CLASSES[:4], "<number>", "<year>", "u.s.", "don't", *["<other>"] * 2]


def test_unknown_words_enter_by_shape_and_ending(tiny: Network) -> None:
    assert tiny.classes == len(CLASSES) + len(ENDINGS)
    words = ["mending", "Zoning", "RING", "eBing", "ing", "Dog", "mended", "don’ting"]
    assert [WORDS[place] for place in tiny.ids(words)] == [
        "<lower>ing", "<title>ing", "<upper>ing", "<mixed>ing", "<lower>g", "<title>g", "<lower>",
        "<lower>ing",
    ]  # fmt: skip


def test_form() -> None:
    assert form("y") == 0
    assert form("Y", first=True) == 1 | FIRST
    assert form("AND") == 2
    assert form("eBay") == 3


def test_what_recurs_is_marked(tiny: Network) -> None:
    words = ["cat", "sat", "zebra", "zebra", *["the"] * 2, *["."] * 600, "cat", "or", "sat"]
    slots = [[word] for word in words]
    slots[-2] = ["or", "cat"]  # what it may be, too, does not count
    line = line_of(tiny, slots, [])
    bits = recurring(line.sizes, line.candidates, line.weights, tiny.classes)
    assert bits[:6].tolist() == [0, 0, 0, 0, AFTER, BEFORE]
    assert bits[6] == AFTER
    assert bits[7] == BEFORE | AFTER
    assert bits[-3:].tolist() == [0, 0, 0], "too far away"
    near = line_of(tiny, [["sat"], ["or", "cat"], ["sat"], ["cat"], ["or"]], [])
    bits = recurring(near.sizes, near.candidates, near.weights, tiny.classes)
    assert bits.tolist() == [16, 16, 8, 0, 8]
    line = line_of(tiny, [["mending"], ["bring"]], [])
    assert not recurring(line.sizes, line.candidates, line.weights, tiny.classes).any()


def test_what_recurs_matters_to_a_model_that_has_learned_from_it(tmp_path: Path) -> None:
    path = tiny_model(tmp_path / "tiny.tmnd")
    line = line_of(Network.load(path), SLOTS, ["the"])
    again = replace(line, forms=line.forms | BEFORE)
    knows = Network.load(path)
    assert not same(knows.score(line), knows.score(again))
    header, arrays = read(path)
    write(tmp_path / "older.tmnd", header, {**arrays, "form": arrays["form"][:BEFORE]})
    older = Network.load(tmp_path / "older.tmnd")
    assert same(older.score(line), older.score(again))


def test_a_long_text_is_read_in_parts(tiny: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of(tiny, [SLOTS, SLOTS[:1], SLOTS * 3, SLOTS[::-1]] * 5, ["the", "other"])
    whole = tiny.score(lines)
    for size in (1, 6, 30):
        monkeypatch.setattr("textmend.models.network._AT_ONCE", size)
        assert same(tiny.score(lines), whole)


def test_a_file_is_read_once_and_again_when_it_changes(tmp_path: Path) -> None:
    path = tiny_model(tmp_path / "model.tmnd")
    once = Network.load(path)
    assert Network.load(str(path)) is once
    tiny_model(path, seed=1)
    os.utime(path, ns=(1, 1))
    assert Network.load(path) is not once


# --- the shipped English model -------------------------------------------------------------------


def test_shipped_model_is_small_and_says_where_it_comes_from() -> None:
    assert SHIPPED.stat().st_size <= 16e6
    header = Network.load().header
    assert header["lang"] == "en"
    assert header["made"]
    assert header["figures"]
    assert all(source["licence"] for source in header["sources"])


def test_shipped_model_reads_the_context() -> None:
    network = Network.load()

    def best(text: str, candidates: list[str]) -> str:
        slots = [candidates if word == "?" else [word] for word in text.split()]
        scores = network.score(line_of(network, slots, []))
        start = text.split().index("?")
        return candidates[int(np.argmax(scores.candidates[start : start + len(candidates)]))]

    assert best("we talked about a few ? things .", ["or", "other"]) == "other"
    assert best("he could stay ? he could leave .", ["or", "other"]) == "or"


def test_shipped_model_puts_the_back() -> None:
    network = Network.load()
    words = ["one", "of", "men", "who", "left", "house", "said", "so", "."]
    gaps = network.score(line_of(network, [[word] for word in words], ["the"])).gaps
    assert np.flatnonzero(gaps.argmax(axis=1)).tolist() == [2, 5]


SCORE = """
import sys, numpy as np
from textmend.models.network import Lines, Network
network = Network.load()
words = "one of men who left house said so .".split() * 12
ids = network.ids(words)
ones = np.ones(len(ids), np.float32)
lengths = np.array([len(words) - 9, 9])
lines = Lines(lengths, ones.astype(int), ids, ones, ids % 8, network.ids(["the"]))
sys.stdout.write(network.score(lines).gaps.tobytes().hex())
"""


def test_scores_are_the_same_for_every_thread_count() -> None:
    def run(threads: str) -> str:
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        settings = {**os.environ, **dict.fromkeys(names, threads)}
        command = [sys.executable, "-c", SCORE]
        return subprocess.run(
            command, env=settings, check=True, capture_output=True, text=True
        ).stdout

    assert run("1") == run("2") == run("4")
