"""pandas: ``df["text"].textmend.mend()``, once this module is imported.

Start reading at :class:`SeriesMending`.
"""

from __future__ import annotations

import pandas as pd

from textmend import Mender
from textmend.integrations.columns import mended


@pd.api.extensions.register_series_accessor("textmend")
class SeriesMending:
    """What a series of texts can do with textmend."""

    def __init__(self, series: pd.Series) -> None:
        if not (pd.api.types.is_object_dtype(series) or pd.api.types.is_string_dtype(series)):
            # With any other error pandas would not say what is wrong.
            raise AttributeError(f"textmend mends texts, and {series.name!r} is {series.dtype}")
        self._series = series

    def mend(self, mender: Mender | None = None, *, pool: bool = False) -> pd.Series:
        """The texts mended, with the same index, name and type; what is missing stays so.

        ``mender``: with which settings; by default ``Mender()``. ``pool``: the texts are of one
        origin, and share their evidence.
        """
        texts = mended(self._series, mender, pool=pool)
        return pd.Series(texts, self._series.index, self._series.dtype, self._series.name)
