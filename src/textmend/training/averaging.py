"""The average of two networks of which one began as the other: each weight is the mean of both.

What both have learned since adds up, and what each has got used to does not: on held-out text the
average is often better than either (Wortsman et al. 2022, "Model soups: averaging weights of
multiple fine-tuned models improves accuracy without increasing inference time"). It takes as long
as one of them. Start reading at :func:`average`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textmend.errors import TextmendError
from textmend.models.modelfile import as_floats, as_int8, provenance, read, write

_SCALE = ".scale"
_Arrays = dict[str, NDArray[Any]]


def average(
    one: Path,
    other: Path,
    out: Path,
    *,
    commit: str = "",
    figures: dict[str, Any] | None = None,
) -> None:
    """Write the average of two model files, ``one`` of which gives what calibrates probabilities.

    ``commit``: the version of the code, and ``figures``: what was measured, for the header. Files
    that do not fit together, or are of encoders, are a :class:`textmend.TextmendError`.
    """
    (header, arrays), (other_header, other_arrays) = read(one), read(other)
    for name in ("lang", "vocabulary", "dilations"):
        if name not in header or header[name] != other_header.get(name):
            raise TextmendError(
                f"{other}: cannot be averaged with {one}, as they differ in {name}; "
                "average networks of which one began as the other"
            )
    averaged: _Arrays = {}
    for name in arrays:
        if name.endswith(_SCALE):
            continue
        both = np.stack([_weights(arrays, name), _weights(other_arrays, name)])
        mean: NDArray[np.float32] = both.mean(axis=0, dtype=np.float32)
        if name + _SCALE in arrays:
            averaged[name], averaged[name + _SCALE] = as_int8(mean)
        else:
            averaged[name] = mean
    sources = {str(each): each for each in header["sources"] + other_header["sources"]}
    about = provenance(list(sources.values()), commit, figures)
    write(out, header | about, {name: averaged[name] for name in arrays})


def _weights(arrays: _Arrays, name: str) -> NDArray[np.float32]:
    """The weights of a name as they are, without their scales."""
    return as_floats(arrays, name) if name + _SCALE in arrays else arrays[name].astype(np.float32)
