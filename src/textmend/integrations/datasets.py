"""Hugging Face datasets: a function for ``Dataset.map``.

``datasets`` names the results of ``map`` by a fingerprint, the hash of the pickled function.
A :class:`~textmend.Mender` is pickled as its settings, textmend's version and its model, so that
what was mended once is found again, and anew only where the result may differ. Start reading at
:class:`Mend`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from textmend import Mender, TextmendError
from textmend.integrations.columns import edits_as_json, is_missing, menders


class Mend:
    """Mends a column: ``dataset.map(Mend("text"), batched=True, num_proc=2)``.

    ``column``: the one with the texts, replaced by what they are mended to; None stays None.
    ``source``: the column that says which texts are of one origin. These share their evidence, once
    :meth:`fit` has read them. ``edits``: a new column for the edits of each text, as JSON.
    ``mender``: with which settings; by default ``Mender()``.
    """

    def __init__(
        self,
        column: str,
        *,
        source: str | None = None,
        edits: str | None = None,
        mender: Mender | None = None,
    ) -> None:
        self.column = column
        self.source = source
        self.edits = edits
        self.mender = mender or Mender()
        self.menders: Mapping[Hashable, Mender] | None = None

    def fit(self, dataset: Iterable[Mapping[str, Any]]) -> Mend:
        """The same with the channels that the sources of a dataset show; reads it once.

        A ``Dataset`` or an ``IterableDataset`` (streaming); of each source no more is kept than
        tells its channel. Call it on one split, and map all splits by it.
        """
        if self.source is None:
            raise TextmendError("source is None; name the column that says where a text is from")
        columns = [self.source, self.column]
        rows = dataset.select_columns(columns) if hasattr(dataset, "select_columns") else dataset
        fitted = Mend(self.column, source=self.source, edits=self.edits, mender=self.mender)
        fitted.menders = menders(self.mender, ((row[columns[0]], row[columns[1]]) for row in rows))
        return fitted

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[str | None]]:
        """The columns of a batch that change or are new."""
        texts = batch[self.column]
        if texts is None or isinstance(texts, str):
            raise TextmendError("a row was given; map with batched=True, which gives batches")
        sources = [None] * len(texts) if self.source is None else batch[self.source]
        mended = [
            None if is_missing(text) else self._mender(source).mend_and_explain(text)
            for source, text in zip(sources, texts, strict=True)
        ]
        columns: dict[str, list[str | None]] = {
            self.column: [None if each is None else each.text for each in mended]
        }
        if self.edits is not None:
            columns[self.edits] = [None if each is None else edits_as_json(each) for each in mended]
        return columns

    def _mender(self, source: Hashable) -> Mender:
        if self.source is None:
            return self.mender
        if self.menders is None:
            raise TextmendError(
                f"the sources in {self.source!r} are not known yet; map by Mend(…).fit(dataset)"
            )
        return self.menders.get(source, self.mender)
