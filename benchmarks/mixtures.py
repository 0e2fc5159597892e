"""Sources that are really several: texts of two sites, and clean ones, given as one source.

Each trial draws two channels and passages for each, and some that stay clean. What is asked: are
both channels found, with how many of the texts each; how many word errors are cut; is a clean text
changed. Start reading at :func:`measure_mixtures`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from benchmarks.accuracy import circumstances
from benchmarks.channels import groups
from benchmarks.documents import Document, corpus_hash
from benchmarks.metrics import text_errors
from textmend import Channel, Mender

_LEAST = 8  # words that each channel damages, so that there is something to find


def measure_mixtures(
    passages: Sequence[Document], *, trials: int, texts: int, seed: int
) -> dict[str, Any]:
    """So many mixtures of ``texts`` passages for each channel, and half as many clean ones."""
    draw = random.Random(f"mixtures {seed}")
    known = [each.channel for each in groups()["random"] if each.channel]
    counts: Counter[str] = Counter()
    for _ in range(trials):
        one, other = draw.sample(known, 2)
        chosen = [each.text for each in draw.sample(passages, texts * 2 + texts // 2)]
        parts = [
            (one, chosen[:texts]),
            (other, chosen[texts : 2 * texts]),
            (Channel(), chosen[2 * texts :]),
        ]
        counts += _tried(parts, draw)
    return {
        "circumstances": circumstances(),
        "passages": corpus_hash(passages),
        "trials": trials,
        "texts": texts,
        "seed": seed,
        "counts": dict(counts),
    }


def _tried(parts: Sequence[tuple[Channel, list[str]]], draw: random.Random) -> Counter[str]:
    """What became of the texts of a mixture."""
    counts: Counter[str] = Counter()
    mixed = [(channel, clean, channel.apply(clean)) for channel, texts in parts for clean in texts]
    draw.shuffle(mixed)
    mender = Mender().for_source([damaged for _, _, damaged in mixed])
    found = mender.channel if isinstance(mender.channel, tuple) else ()
    counts["channels_found"] = len(found)
    for channel, texts in parts:
        left = [word for text in texts for word in text.split() if channel.apply(word) != word]
        if len(left) >= _LEAST:
            counts["channels"] += 1
            counts["exact"] += any(
                set(each.channel.sequences) == set(channel.sequences) for each in found
            )
    alone = Mender()
    for channel, clean, damaged in mixed:
        mended = mender.mend(damaged)
        if channel:
            counts.update(text_errors(clean, damaged, mended))
            by_text = text_errors(clean, damaged, alone.mend(damaged))
            counts["word_errors_by_text"] += by_text["word_errors_after"]
        else:
            counts["clean_texts"] += 1
            counts["clean_changed"] += mended != clean
    return counts


def mixtures_table(found: dict[str, Any]) -> Table:
    """What was measured, for people."""
    counts = found["counts"]
    before = counts["word_errors_before"]
    table = Table(title=f"{found['trials']} mixtures of two channels, {found['texts']} texts each")
    table.add_column("what")
    table.add_column("figure", justify="right")
    rows = {
        "channels whose set is exact": f"{counts['exact']} of {counts['channels']}",
        "channels inferred": str(counts["channels_found"]),
        "WER cut, by source": f"{100 * (1 - counts['word_errors_after'] / before):.1f} %",
        "WER cut, by text": f"{100 * (1 - counts['word_errors_by_text'] / before):.1f} %",
        "clean texts changed": f"{counts.get('clean_changed', 0)} of {counts['clean_texts']}",
    }
    for row in rows.items():
        table.add_row(*row)
    return table
