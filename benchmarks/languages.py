"""Is the language of a text recognized, whatever was lost from it? Start at :func:`recognized`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.channels import Damager
from benchmarks.documents import Document
from textmend import Mender
from textmend.language.identification import among


def recognized(
    documents: Sequence[Document], damagers: Sequence[Damager], lang: str, *, seed: int
) -> dict[str, Counter[tuple[str | None, str | None]]]:
    """For each channel, how many documents of a language were taken for which.

    ``lang``: the languages among which it is guessed. None is what documents in none of them have,
    and should be taken for.
    """
    mender, asked = Mender(lang=lang), among(lang)
    return {
        damager.label: Counter(
            (
                each.lang if each.lang in asked else None,
                mender.language(damager.damage(each.text, seed=f"{seed} {each.id}").text),
            )
            for each in documents
        )
        for damager in damagers
    }
