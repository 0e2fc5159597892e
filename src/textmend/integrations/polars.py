"""polars: ``pl.col("text").textmend.mend()``, once this module is imported.

Start reading at :class:`ExprMending`.
"""

from __future__ import annotations

from functools import partial

import polars as pl

from textmend import Mender
from textmend.integrations.columns import mended


@pl.api.register_expr_namespace("textmend")
class ExprMending:
    """What an expression of texts can do with textmend, in eager and lazy frames."""

    def __init__(self, expr: pl.Expr) -> None:
        self._expr = expr

    def mend(self, mender: Mender | None = None, *, pool: bool = False) -> pl.Expr:
        """The texts mended; null stays null.

        ``mender``: with which settings; by default ``Mender()``. ``pool``: the texts are of one
        origin, and share their evidence; with ``.over("site")`` those of each site do.
        """
        function = partial(_series, mender=mender or Mender(), pool=pool)
        # What is done row by row, the streaming engine does as rows come.
        return self._expr.map_batches(function, return_dtype=pl.String, is_elementwise=not pool)


@pl.api.register_series_namespace("textmend")
class SeriesMending:
    """The same of a series."""

    def __init__(self, series: pl.Series) -> None:
        self._series = series

    def mend(self, mender: Mender | None = None, *, pool: bool = False) -> pl.Series:
        """See :meth:`ExprMending.mend`."""
        return _series(self._series, mender, pool=pool)


def _series(series: pl.Series, mender: Mender | None, *, pool: bool) -> pl.Series:
    return pl.Series(series.name, mended(series, mender, pool=pool), pl.String)
