"""A hash of all that is returned for fixed texts: whether a change changed speed alone.

Everything of a result goes into it: the text, each edit with its probability and alternatives, the
channel with its evidence. Start reading at :func:`fingerprints`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence

from benchmarks.channels import Damager
from benchmarks.documents import Document
from textmend import Channel, Mender


def fingerprints(
    documents: Sequence[Document],
    damagers: Sequence[Damager],
    *,
    seed: int = 0,
    progress: Callable[[int, int], None],
) -> dict[str, str]:
    """Channel → the hash of what becomes of all documents; what was inferred, then what is told."""
    found = {}
    for done, damager in enumerate(damagers):
        progress(done, len(damagers))
        damaged = [
            (damager.damage(each.text, seed=f"{seed} {each.id}").text, each.lang)
            for each in documents
        ]
        found[damager.label] = _fingerprint(damaged, None)
        if damager.channel:
            found[f"{damager.label}, told"] = _fingerprint(damaged, damager.channel)
    return found


def together(found: Mapping[str, str]) -> str:
    """One hash of several."""
    return _short("".join(f"{label} {digest}\n" for label, digest in found.items()))


def _fingerprint(texts: Sequence[tuple[str, str]], channel: Channel | None) -> str:
    results = [
        Mender(lang=lang, channel=channel).mend_and_explain(text).to_dict() for text, lang in texts
    ]
    return _short(json.dumps(results, ensure_ascii=False))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
