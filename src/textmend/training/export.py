"""A trained model as a model file: int8 weights, and a header that says where it comes from.

Start reading at :func:`export`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from textmend.modelfile import is_class, write
from textmend.training.corpus import Corpus
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
    """Write ``model`` to ``path``, for :class:`textmend.network.Network` to load.

    ``calibration``: slope and offset by kind of edit, as of
    :class:`textmend.mending.context.Calibration`.
    """
    arrays: dict[str, NDArray[Any]] = {
        "word.slot": _floats(model.bias),
        "word.gap": _floats(model.gap_bias),
        "word.share": np.where(_classes(corpus), np.float32(0), _floats(model.shares)),
        "form": _floats(model.form.weight),
    }
    arrays["nothing"], arrays["nothing.scale"] = _int8(_floats(model.nothing))
    arrays["embedding"], arrays["embedding.scale"] = _int8(_floats(model.embedding.weight))
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear):
            arrays[name], arrays[f"{name}.scale"] = _int8(_floats(module.weight))
            arrays[f"{name}.bias"] = _floats(module.bias)
    header = {
        "lang": corpus.lang,
        "dilations": list(model.size.dilations),
        "made": datetime.now(UTC).date().isoformat(),
        "commit": commit,
        "sources": corpus.sources,
        "figures": figures or {},
        "calibration": calibration or {},
        "vocabulary": "\n".join(corpus.words),
    }
    write(path, header, arrays)


def _classes(corpus: Corpus) -> NDArray[np.bool_]:
    """Which entries of the vocabulary are classes; what a channel makes of those is not known."""
    return np.array([is_class(word) for word in corpus.words])


def _floats(values: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = values.detach().cpu().float().numpy()
    return array


def _int8(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as small integers, and what one of them is worth in each row."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    return np.rint(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)
