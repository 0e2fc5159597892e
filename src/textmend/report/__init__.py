"""The review page: what was mended, and why, in one file; and the decisions that it gives back.

A leaf: it shows what mending made, and mends nothing. :mod:`.page` makes the page, ``templates/``
holds its HTML, style and script, and :mod:`.decisions` reads what a reader of the page decided.
Start reading at :func:`page`.
"""

from textmend.report.decisions import Decision, Decisions, Reviewed, decided, read_decisions
from textmend.report.page import in_notebook, page

__all__ = [
    "Decision",
    "Decisions",
    "Reviewed",
    "decided",
    "in_notebook",
    "page",
    "read_decisions",
]
