"""A trained model as a model file: int8 weights, and a header that says where it comes from.

The embeddings of an encoder, half of its weights, have four bits. Start reading at :func:`export`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from textmend.models.modelfile import as_int8, is_class, provenance, write
from textmend.training.corpus import Corpus
from textmend.training.encoder import STEPS, EncoderModel, in_groups
from textmend.training.model import ContextModel


def export(
    model: ContextModel,
    corpus: Corpus,
    path: Path,
    *,
    commit: str = "",
    figures: dict[str, Any] | None = None,
    calibration: dict[str, tuple[float, float]] | None = None,
) -> None:
    """Write ``model`` to ``path``, for :class:`textmend.models.network.Network` to load.

    ``calibration``: slope and offset by kind of edit, as of
    :class:`textmend.mending.context.Calibration`.
    """
    arrays: dict[str, NDArray[Any]] = {
        "word.slot": _floats(model.bias),
        "word.gap": _floats(model.gap_bias),
        "word.share": np.where(_classes(corpus), np.float32(0), _floats(model.shares)),
        "form": _floats(model.form.weight),
    }
    arrays["nothing"], arrays["nothing.scale"] = as_int8(_floats(model.nothing))
    arrays["embedding"], arrays["embedding.scale"] = as_int8(_floats(model.embedding.weight))
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear):
            arrays[name], arrays[f"{name}.scale"] = as_int8(_floats(module.weight))
            arrays[f"{name}.bias"] = _floats(module.bias)
    about = {"dilations": list(model.size.dilations)}
    write(path, about | _header(corpus, commit, figures, calibration), arrays)


def export_encoder(
    model: EncoderModel,
    corpus: Corpus,
    path: Path,
    *,
    window: int,
    start: str = "",
    commit: str = "",
    figures: dict[str, Any] | None = None,
    calibration: dict[str, tuple[float, float]] | None = None,
) -> None:
    """Write an encoder to ``path``, for :class:`textmend.models.encoder.Encoder` to load.

    ``window``: the most rows that are read at once, no more than were learned from; ``start``: what
    the header says of the encoder that it began as.
    """
    shares = np.where(_classes(corpus), np.float32(0), _floats(model.shares))
    arrays: dict[str, NDArray[Any]] = {
        "word.slot": _floats(model.bias).astype(np.float16),
        "word.gap": _floats(model.gap_bias).astype(np.float16),
        "word.share": shares.astype(np.float16),
        "form": _floats(model.form.weight).astype(np.float16),
        "nothing": _floats(model.nothing),
    }
    arrays["embedding"], arrays["embedding.scale"] = _four_bits(model.embedding.weight)
    arrays["position"], scales = as_int8(_floats(model.position.weight[:window]))
    arrays["position.scale"] = scales.astype(np.float16)
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear):
            arrays[name], scales = as_int8(_floats(module.weight))
            arrays[f"{name}.scale"] = scales.astype(np.float16)
            arrays[f"{name}.bias"] = _floats(module.bias).astype(np.float16)
        elif isinstance(module, nn.LayerNorm):
            arrays[f"{name}.weight"] = _floats(module.weight)
            arrays[f"{name}.bias"] = _floats(module.bias)
    about = {"heads": model.size.heads, "layers": model.size.depth, "start": start}
    write(path, about | _header(corpus, commit, figures, calibration), arrays)


def _header(
    corpus: Corpus,
    commit: str,
    figures: dict[str, Any] | None,
    calibration: dict[str, tuple[float, float]] | None,
) -> dict[str, Any]:
    """What the header of a model file says, of whatever kind it is."""
    return {
        "lang": corpus.lang,
        **provenance(corpus.sources, commit, figures),
        "calibration": calibration or {},
        "vocabulary": "\n".join(corpus.words),
    }


def _classes(corpus: Corpus) -> NDArray[np.bool_]:
    """Which entries of the vocabulary are classes; what a channel makes of those is not known."""
    return np.array([is_class(word) for word in corpus.words])


def _floats(values: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = values.detach().cpu().float().numpy()
    return array


def _four_bits(rows: Tensor) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Embeddings as numbers from 1 to 15, two a byte, and what one is worth in each group.

    A byte holds a number of the first half of a row and one of the second.
    """
    whole, scales = in_groups(rows.detach().cpu().float())
    shifted = (whole.flatten(1) + STEPS + 1).to(torch.uint8).numpy()
    half = shifted.shape[1] // 2
    return shifted[:, :half] | shifted[:, half:] << 4, scales.squeeze(2).numpy().astype(np.float16)
