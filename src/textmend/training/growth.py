"""Models that start from what a trained one knows.

A new network may be wider and deeper, and have another vocabulary: what it has more is silent at
first, so that it begins as good as the other and learns from there (:func:`start_from`). An encoder
may begin with some layers of another, and with a part of each (:func:`part_of`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from textmend.errors import TextmendError
from textmend.models.modelfile import CLASSES, GROUP, read
from textmend.models.network import unknown_class
from textmend.training.encoder import EncoderModel, EncoderSize
from textmend.training.model import ContextModel, Size


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


def network_of(path: Path) -> ContextModel:
    """The network in a model file, to be taught on."""
    header, arrays = read(path)
    words = header["vocabulary"].split("\n")
    width, embedding = arrays["enter"].shape
    model = ContextModel(np.ones(len(words)), Size(embedding, width, tuple(header["dilations"])))
    start_from(path, model, words)
    model.shares.copy_(_Known(arrays).values("word.share"))
    return model


def encoder_of(path: Path) -> EncoderModel:
    """The encoder in a model file, to be taught on, or from."""
    header, arrays = read(path)
    known = _Known(arrays)
    window, width = arrays["position"].shape
    wide, between = len(arrays["layers.0.widen"]), len(arrays["gap"])
    size = EncoderSize(width, header["heads"], header["layers"], wide, window, between)
    model = EncoderModel(np.ones(len(arrays["word.slot"])), size)
    packed = torch.from_numpy(arrays["embedding"].copy())
    whole = torch.cat([packed & 15, packed >> 4], 1).float() - 8
    scales = known.values("embedding.scale").repeat_interleave(GROUP, 1)
    with torch.no_grad():
        model.embedding.weight.copy_(whole * scales)
        model.position.weight.copy_(known.rows("position"))
        model.form.weight.copy_(known.values("form"))
        model.nothing.copy_(known.values("nothing"))
        for name, of in (("bias", "slot"), ("gap_bias", "gap"), ("shares", "share")):
            getattr(model, name).copy_(known.values(f"word.{of}"))
        for name, module in model.named_modules():
            if isinstance(module, nn.Linear):
                module.weight.copy_(known.rows(name))
                module.bias.copy_(known.values(f"{name}.bias"))
            elif isinstance(module, nn.LayerNorm):
                module.weight.copy_(known.values(f"{name}.weight"))
                module.bias.copy_(known.values(f"{name}.bias"))
    return model


def part_of(model: EncoderModel, layers: Sequence[int], wide: int, window: int) -> EncoderModel:
    """An encoder of some layers of another, ``wide`` numbers in each, which reads shorter windows.

    The numbers that are kept are those that can say most: by what leads to and from them. Words are
    those of the other, and stay as they are.
    """
    size = replace(model.size, depth=len(layers), wide=wide, window=window)
    part = EncoderModel(np.ones(model.words), size)
    part.embedding = model.embedding
    part.embedding.requires_grad_(False)
    kept = {
        name: values
        for name, values in model.state_dict().items()
        if not name.startswith("layers.")
    }
    kept["position.weight"] = kept["position.weight"][:window]
    for place, depth in enumerate(layers):
        layer = model.layers[depth].state_dict()
        said = layer["widen.weight"].norm(dim=1) * layer["narrow.weight"].norm(dim=0)
        best = said.topk(wide).indices.sort().values
        layer["widen.weight"] = layer["widen.weight"][best]
        layer["widen.bias"] = layer["widen.bias"][best]
        layer["narrow.weight"] = layer["narrow.weight"][:, best]
        kept |= {f"layers.{place}.{name}": values for name, values in layer.items()}
    part.load_state_dict(kept)
    return part


class _Known:
    """The arrays of a model file as tensors."""

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._arrays = arrays

    def values(self, name: str) -> Tensor:
        return torch.from_numpy(self._arrays[name].astype(np.float32))

    def rows(self, name: str) -> Tensor:
        """Rows of small integers, each times its scale."""
        return self.values(name) * self.values(f"{name}.scale")[:, None]
