"""What hosts with columns share: texts some of which are missing, and texts of several sources.

Knows no host. Start reading at :func:`mended`.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from typing import Any

from textmend import Mended, Mender

# A source is known by 20,000 words (see Mender.for_source); this many characters hold them.
SAMPLE = 150_000


def is_missing(text: Any) -> bool:
    """Whether a host means by this that there is no text: None, NaN, or pandas' NA and NaT."""
    # NaN is no number, and not even itself; whether NA is itself, pandas will not say.
    return text is None or (not isinstance(text, str) and _is_nan(text))


def _is_nan(value: Any) -> bool:
    try:
        return bool(value != value)
    except TypeError:  # "boolean value of NA is ambiguous"
        return True


def mended(
    texts: Iterable[Any], mender: Mender | None = None, *, pool: bool = False
) -> list[str | None]:
    """The texts mended, each on its own evidence; what is missing stays as it is.

    ``mender``: by default ``Mender()``. ``pool``: they are of one origin, and share their evidence.
    """
    mender = mender or Mender()
    if pool:
        texts = list(texts)
        mender = mender.for_source(text for text in texts if not is_missing(text))
    return [text if is_missing(text) else mender.mend(text) for text in texts]


def edits_as_json(mended: Mended) -> str:
    """The edits of a text, as JSON: one type for all rows, those without edits among them.

    With the mended text they give the input back; see ``Edit.to_dict`` for what they hold.
    """
    return json.dumps([edit.to_dict() for edit in mended.edits], ensure_ascii=False)


def menders(mender: Mender, rows: Iterable[tuple[Hashable, Any]]) -> dict[Hashable, Mender]:
    """A mender for each source, from rows of source and text, which are read once.

    No more of each source is kept than tells its channel, and only until it does. A row whose
    source is missing is of no source.
    """
    samples: dict[Hashable, list[str]] = {}
    sizes: dict[Hashable, int] = {}
    found: dict[Hashable, Mender] = {}
    for source, text in rows:
        if is_missing(source) or is_missing(text) or source in found:
            continue
        sample = samples.setdefault(source, [])
        sample.append(text[:SAMPLE])
        sizes[source] = sizes.get(source, 0) + len(sample[-1])
        if sizes[source] >= SAMPLE:
            found[source] = mender.for_source(samples.pop(source))
    for source, sample in samples.items():
        found[source] = mender.for_source(sample)
    return found
