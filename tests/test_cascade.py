"""Two models as one: the encoder is asked where the network is in doubt, and nowhere else."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textmend.api import Mender
from textmend.errors import TextmendError
from textmend.models.cascade import Cascade, load
from textmend.models.modelfile import CLASSES, SHIPPED, _wanted_of_encoder, write
from textmend.models.network import Lines, Network, Scores

WORDS = [*CLASSES, "the", "or", "other", "cat"]
THE, OR, OTHER, CAT = range(len(CLASSES), len(WORDS))


class Says:
    """A model that says always the same, and remembers what it was asked."""

    def __init__(
        self, candidates: list[float], gaps: list[float], words: list[str] = WORDS
    ) -> None:
        self.header: dict[str, Any] = {"lang": "en", "vocabulary": "\n".join(words)}
        self.lang, self.classes = "en", len(CLASSES)
        self._candidates = np.array(candidates, np.float32)
        self._gaps = np.array([np.zeros(len(gaps)), gaps], np.float32).T
        self.asked: list[Any] = []

    def score(self, lines: Lines, *asked: Any) -> Scores:
        assert lines is LINES or lines.vanished is LINES.vanished
        self.asked.append(asked)
        return Scores(self._candidates, self._gaps)


def cascade(small: Says, large: Says) -> Cascade:
    return Cascade(small, large)  # type: ignore[arg-type]


# cat {or, other}
LINES = Lines(
    np.array([2]),
    np.array([1, 2]),
    np.array([CAT, OR, OTHER]),
    np.array([1, 0.5, 0.5], np.float32),
    np.zeros(2, np.intp),
    np.array([THE]),
)


def test_the_large_model_says_what_the_small_one_doubts() -> None:
    small, large = Says([0, 1, 0], [-9, 1, 9]), Says([0, 5, 7], [20, 21, 22])
    scores = cascade(small, large).score(LINES)
    assert scores.candidates.tolist() == [0, 4, 5.25]  # of which three quarters are the large one's
    assert scores.gaps[:, 1].tolist() == [-9, 21, 9]
    slots, gaps = large.asked[0]
    assert slots.tolist() == [False, True]
    assert gaps.tolist() == [False, True, False]


def test_how_frequent_words_are_is_part_of_the_doubt() -> None:
    lines = Lines(*{**LINES.__dict__, "weights": np.array([1, 0.001, 0.999], np.float32)}.values())
    small, large = Says([0, 0, 0], [-9, 1, 9]), Says([0, 5, 7], [20, 21, 22])
    assert cascade(small, large).score(lines).candidates.tolist() == [0, 0, 0]


def test_the_large_model_is_not_asked_where_the_small_one_is_sure() -> None:
    small, large = Says([0, 0, 12], [-9, -8, 9]), Says([0, 5, 7], [20, 21, 22])
    scores = cascade(small, large).score(LINES)
    assert scores.candidates.tolist() == [0, 0, 12]
    assert not large.asked


def test_models_that_know_other_words() -> None:
    with pytest.raises(TextmendError, match="knows other words than the small one"):
        cascade(Says([], []), Says([], [], [*WORDS, "dog"]))


def test_the_kind_of_a_file(tmp_path: Path) -> None:
    assert isinstance(load(SHIPPED), Network)
    wanted = _wanted_of_encoder(len(WORDS), 1, 128, 8, 8, 8)
    arrays = {name: np.ones(shape, kind) for name, (kind, shape) in wanted.items()}
    words = "\n".join(WORDS)
    write(tmp_path / "a", {"lang": "en", "vocabulary": words, "heads": 2, "layers": 1}, arrays)
    # Beside the network that comes with textmend, which knows other words.
    with pytest.raises(TextmendError, match="knows other words"):
        load(tmp_path / "a")
    with pytest.raises(TextmendError, match="cannot read the model"):
        load(tmp_path / "none")


def test_header_and_words_are_those_of_both() -> None:
    small, large = Says([0, 0, 12], [-9, -8, 9]), Says([0, 5, 7], [20, 21, 22])
    large.header["calibration"] = {"word": [1.0, 0.0]}
    both = cascade(small, large)
    assert both.header["calibration"] == {"word": [1.0, 0.0]}
    assert (both.lang, both.classes) == ("en", len(CLASSES))


def test_the_large_model_that_is_shipped() -> None:
    mender = Mender(channel="the,ad", model="large")
    assert mender.mend("He went to store and bought newspaper that y re.") == (
        "He went to the store and bought the newspaper that they read."
    )
    again = pickle.loads(pickle.dumps(mender))
    assert again.model == "large"
    assert again.mend("y left") == "They left"
    with pytest.raises(TextmendError, match="large: is a model for 'en'"):
        Mender(lang="de", model="large")
