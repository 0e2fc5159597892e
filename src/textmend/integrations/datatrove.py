"""datatrove: a step of a pipeline, best before deduplication.

Start reading at :class:`TextmendFormatter`.
"""

from __future__ import annotations

from datatrove.data import DocumentsPipeline
from datatrove.pipeline.formatters.base import BaseFormatter
from datatrove.utils.typeshelper import StatHints

from textmend import Mended, Mender
from textmend.integrations.columns import edits_as_json


class TextmendFormatter(BaseFormatter):
    """Mends the text of each document on its own evidence.

    ``mender``: with which settings; by default ``Mender()``. ``edits``: the field of the metadata
    for the edits of a document, as JSON: with the mended text they give the input back. None keeps
    none. Its statistics count documents (``total``), those that were mended (``mended``), and
    edits of a mended one (``edits``).
    """

    name = "🧵 textmend"
    _requires_dependencies = ["textmend"]  # noqa: RUF012  as all steps of datatrove have it

    def __init__(self, mender: Mender | None = None, *, edits: str | None = "edits") -> None:
        super().__init__()
        self.mender = mender or Mender()
        self.edits = edits

    def format(self, text: str) -> str:
        """The text mended."""
        return self._mend(text).text

    def _mend(self, text: str) -> Mended:
        mended = self.mender.mend_and_explain(text)
        self.stat_update(StatHints.total)
        if mended.edits:
            self.stat_update("mended")
            self.stat_update("edits", value=len(mended.edits), unit="doc")
        return mended

    def run(
        self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1
    ) -> DocumentsPipeline:  # as its base class, but for the metadata
        """The documents mended, as they come."""
        del rank, world_size  # each document is mended by itself
        for document in data:
            with self.track_time():
                mended = self._mend(document.text)
                document.text = mended.text
                if self.edits is not None:
                    document.metadata[self.edits] = edits_as_json(mended)
            yield document
