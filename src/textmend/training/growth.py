"""A new network that starts from what a trained one knows.

It may be wider and deeper, and have another vocabulary: what it has more is silent at first, so
that it begins as good as the other and learns from there. Start reading at :func:`start_from`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from textmend.errors import TextmendError
from textmend.models.modelfile import CLASSES, read
from textmend.models.network import unknown_class
from textmend.training.model import ContextModel


def start_from(path: Path, model: ContextModel, words: list[str]) -> None:
    """Give ``model``, whose vocabulary is ``words``, the weights of the model file at ``path``."""
    header, arrays = read(path)
    known = _Known(arrays)
    reach, width = tuple(header["dilations"]), len(arrays["enter"])
    size = model.size
    if (
        size.dilations[: len(reach)] != reach
        or size.width < width
        or size.embedding != arrays["embedding"].shape[1]
    ):
        raise TextmendError(
            f"{path} has {arrays['embedding'].shape[1]} numbers a word, {width} a state and "
            f"dilations {reach}; a network that starts from it has as many a word, no fewer a "
            "state, and begins with the same dilations"
        )
    index = {word: place for place, word in enumerate(header["vocabulary"].split("\n"))}
    places = np.array([_begins_as(word, index) for word in words])
    # A state of which a part is silent has a smaller mean square, and is scaled up for it.
    scale = (width / size.width) ** 0.5
    with torch.no_grad():
        model.embedding.weight.copy_(known.rows("embedding")[places])
        model.nothing.copy_(known.rows("nothing"))
        model.bias.copy_(known.values("word.slot")[places])
        model.gap_bias.copy_(known.values("word.gap")[places])
        forms = known.values("form")
        model.form.weight.zero_()
        model.form.weight[:, :width] = forms.repeat(len(model.form.weight) // len(forms), 1)
        for name in ("absent", "enter"):
            entering: nn.Linear = getattr(model, name)
            entering.weight.zero_()
            entering.bias.zero_()
            entering.weight[:width] = known.rows(name)
            entering.bias[:width] = known.values(f"{name}.bias")
        for depth, layer in enumerate(model.layers):
            assert isinstance(layer, nn.Linear)
            weight, bias = layer.weight.view(2, size.width, 3, size.width), layer.bias.view(2, -1)
            # What a new unit lets through is nothing yet; when it opens its door is drawn.
            new = width if depth < len(reach) else 0
            weight[0, new:] = 0
            bias[0, new:] = 0
            if new:
                rows = known.rows(f"layers.{depth}").view(2, width, 3, width)
                weight[:, :width, :, :width] = rows * scale
                bias[:, :width] = known.values(f"layers.{depth}.bias").view(2, width)
        for name, sides in (("slot", 1), ("gap", 2)):
            leaving: nn.Linear = getattr(model, name)
            rows = known.rows(name)
            weight = leaving.weight.view(len(rows), sides, size.width)
            weight[:, :, :width] = rows.view(len(rows), sides, width) * scale
            leaving.bias.copy_(known.values(f"{name}.bias"))


def _begins_as(word: str, index: Mapping[str, int]) -> int:
    """What a word knows at first: what it knew, or what its class did."""
    if word in index:
        return index[word]
    name = next((name for name in CLASSES if word.startswith(name)), None)
    return index[name] if name else unknown_class(word, index)


class _Known:
    """The arrays of a model file as tensors."""

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._arrays = arrays

    def values(self, name: str) -> Tensor:
        return torch.from_numpy(self._arrays[name].astype(np.float32))

    def rows(self, name: str) -> Tensor:
        """Rows of small integers, each times its scale."""
        return self.values(name) * self.values(f"{name}.scale")[:, None]
