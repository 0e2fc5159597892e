"""A trained model as a model file: int8 weights, and a header that says where it comes from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from textmend.network import write
from textmend.training.corpus import Corpus
from textmend.training.model import ContextModel


def export(
    model: ContextModel,
    corpus: Corpus,
    path: Path,
    *,
    commit: str = "",
    figures: dict[str, Any] | None = None,
) -> None:
    """Write ``model`` to ``path``, for :class:`textmend.network.Network` to load."""
    arrays: dict[str, NDArray[Any]] = {
        "bias": _floats(model.bias),
        "gap.bias": _floats(model.gap_bias),
        "form": _floats(model.form.weight),
        "nothing": _floats(model.nothing),
    }
    rows = {"embedding": model.embedding, "enter": model.enter, "slot": model.slot}
    rows |= {"gap": model.gap}
    rows |= {f"layers.{depth}": layer for depth, layer in enumerate(model.layers)}
    for name, module in rows.items():
        arrays[name], arrays[f"{name}.scale"] = _int8(_floats(module.weight))
        if name != "embedding":
            arrays[f"{name}.bias"] = _floats(module.bias)
    header = {
        "lang": corpus.lang,
        "dilations": list(model.size.dilations),
        "made": datetime.now(UTC).date().isoformat(),
        "commit": commit,
        "sources": corpus.sources,
        "figures": figures or {},
        "vocabulary": "\n".join(corpus.words),
    }
    write(path, header, arrays)


def _floats(values: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = values.detach().cpu().float().numpy()
    return array


def _int8(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as small integers, and what one of them is worth in each row."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    return np.rint(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)
