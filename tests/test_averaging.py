"""The average of two networks: the mean of their weights, in a file like theirs."""

from pathlib import Path

import numpy as np
import pytest

from textmend.errors import TextmendError
from textmend.models.modelfile import SHIPPED, read, write
from textmend.models.network import Network
from textmend.training.averaging import average


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A network that has moved on from the shipped one: its weights are twice as large."""
    header, arrays = read(SHIPPED)
    doubled = {
        name: each * np.float32(2) if each.dtype == np.float32 else each
        for name, each in arrays.items()
    }
    path = tmp_path / "other.tmnd"
    write(path, {**header, "sources": [{"path": "another.txt"}], "calibration": {}}, doubled)
    return path


def test_each_weight_is_the_mean_of_both(other: Path, tmp_path: Path) -> None:
    out = tmp_path / "both.tmnd"
    average(SHIPPED, other, out, commit="abc", figures={"F1": 0.8})
    header, before = read(SHIPPED)
    found, after = read(out)
    assert list(after) == list(before)
    assert np.allclose(after["layers.0.bias"], 1.5 * before["layers.0.bias"])
    for name in ("embedding", "layers.3"):
        scales = before[f"{name}.scale"][:, None]
        mean = 1.5 * before[name] * scales
        rounded = after[name] * after[f"{name}.scale"][:, None]
        # As close as eight bits are.
        assert np.abs(rounded - mean).max() <= 0.51 * after[f"{name}.scale"].max()
    assert found["calibration"] == header["calibration"]
    assert found["sources"] == [*header["sources"], {"path": "another.txt"}]
    assert (found["commit"], found["figures"]) == ("abc", {"F1": 0.8})
    assert Network.load(out).lang == "en"


def test_a_network_averaged_with_itself_stays_as_it_is(tmp_path: Path) -> None:
    out = tmp_path / "same.tmnd"
    average(SHIPPED, SHIPPED, out)
    (header, before), (found, after) = read(SHIPPED), read(out)
    assert found["sources"] == header["sources"]
    for name, each in before.items():
        assert np.allclose(after[name], each, rtol=1e-6), name


def test_what_does_not_fit_together_is_refused(other: Path, tmp_path: Path) -> None:
    header, arrays = read(SHIPPED)
    changed = tmp_path / "changed.tmnd"
    write(changed, {**header, "lang": "de"}, arrays)
    with pytest.raises(TextmendError, match=r"changed.*lang"):
        average(other, changed, tmp_path / "out.tmnd")
    large = SHIPPED.with_name("context-en-large.tmnd")
    with pytest.raises(TextmendError, match="dilations"):
        average(large, SHIPPED, tmp_path / "out.tmnd")
    assert not (tmp_path / "out.tmnd").exists()
