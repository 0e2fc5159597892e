"""scikit-learn: a step of a pipeline before the one that reads text.

Start reading at :class:`MendTransformer`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from textmend import Channel, Mender
from textmend.integrations.columns import is_missing, mended


class MendTransformer(TransformerMixin, BaseEstimator):
    """Texts in, mended texts out: ``make_pipeline(MendTransformer(), TfidfVectorizer(), …)``.

    ``lang``, ``channel``, ``min_probability``, ``model``: as of :class:`~textmend.Mender`.
    ``pool``: the texts given to ``fit`` are of one origin, and those given to ``transform``, too;
    ``fit`` infers their channel, which ``transform`` uses. Otherwise each text is mended on its own
    evidence, and ``fit`` learns nothing. What is missing stays so.

    ``mender_``: what mends, once fitted.
    """

    def __init__(
        self,
        *,
        lang: str = "en",
        channel: Channel | str | None = None,
        min_probability: float = 0.5,
        model: str | Path | None = "small",
        pool: bool = False,
    ) -> None:
        self.lang = lang
        self.channel = channel
        self.min_probability = min_probability
        self.model = model
        self.pool = pool

    def fit(self, X: Iterable[Any], y: Any = None) -> MendTransformer:  # noqa: ARG002, N803  its names
        """Check the settings and, of texts of one origin, infer the channel."""
        mender = Mender(
            lang=self.lang,
            channel=self.channel,
            min_probability=self.min_probability,
            model=self.model,
        )
        texts = (text for text in X if not is_missing(text))
        self.mender_ = mender.for_source(texts) if self.pool else mender
        return self

    def transform(self, X: Iterable[Any]) -> NDArray[np.object_]:  # noqa: N803  its name
        """The texts mended: an array of one dimension, of Python strings."""
        check_is_fitted(self)
        return np.array(mended(X, self.mender_), dtype=object)

    def get_feature_names_out(self, input_features: Iterable[str] | None = None) -> NDArray[Any]:
        """The names of the columns, as they were."""
        names = ["text"] if input_features is None else list(input_features)
        return np.array(names, dtype=object)
