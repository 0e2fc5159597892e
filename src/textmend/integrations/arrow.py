"""PyArrow: a column in, a column out. Start reading at :func:`mend`."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pyarrow as pa

from textmend import Mender, TextmendError
from textmend.integrations.columns import mended

_TEXT = (pa.types.is_string, pa.types.is_large_string)


def mend(
    column: pa.Array | pa.ChunkedArray, mender: Mender | None = None, *, pool: bool = False
) -> pa.Array | pa.ChunkedArray:
    """The texts of a column mended, in chunks as they were; null stays null.

    ``mender``: with which settings; by default ``Mender()``. ``pool``: the texts are of one origin,
    and share their evidence.
    """
    if not any(is_text(column.type) for is_text in _TEXT):
        raise TextmendError(f"the column is of type {column.type}; cast it to string")
    texts = mended(column.to_pylist(), mender, pool=pool)
    if isinstance(column, pa.Array):
        return pa.array(texts, column.type)
    ends = list(accumulate(map(len, column.chunks)))
    parts = [texts[start:end] for start, end in pairwise([0, *ends])]
    return pa.chunked_array(parts, column.type)
