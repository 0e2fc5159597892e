"""Real scans: texts as OCR read them, beside what is printed there.

A scan loses letters, but it also takes one for another, so that only some of its errors are any of
textmend's business. Counted are the words that did nothing but lose letters, and what was made of
the words that were read correctly. Start reading at :func:`measure_ocr`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from benchmarks.align import Damage, Fate, forms_by_characters, trace
from textmend import Channel, Mender


@dataclass(frozen=True)
class Scan:
    """What OCR made of a text, and the text itself."""

    read: str
    printed: str


@dataclass(frozen=True)
class OcrScore:
    """Words of some scans: all, misread ones, and what became of those that count.

    ``lost``: words that only lost letters, of which ``repaired`` came back. ``correct``: words that
    were read as they are printed, of which ``harmed`` were changed. ``inferred``: scans for which
    a channel was inferred.
    """

    scans: int
    words: int
    lost: int
    repaired: int
    correct: int
    harmed: int
    inferred: int


def scans(path: Path) -> Iterator[Scan]:
    """The scans of a JSON lines file with the fields ``ocr`` and ``gt`` (ground truth)."""
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        yield Scan(entry["ocr"], entry["gt"])


def measure_ocr(path: Path, channel: Channel | None) -> OcrScore:
    """The scans of a file mended under a channel, or under what is inferred from each."""
    mender = Mender(channel=channel)
    fates: list[Fate] = []
    count = inferred = 0
    for scan in scans(path):
        count += 1
        mended = mender.mend_and_explain(scan.read)
        inferred += bool(mended.channel)
        forms = forms_by_characters(scan.printed, scan.read)
        fates += trace(Damage(scan.printed, scan.read, forms), mended.text).fates
    lost = [fate for fate in fates if only_lost_letters(fate)]
    correct = [fate for fate in fates if fate.arrived == (fate.written,)]
    return OcrScore(
        count,
        len(fates),
        len(lost),
        sum(fate.mended == (fate.written,) for fate in lost),
        len(correct),
        sum(fate.mended != (fate.written,) for fate in correct),
        inferred,
    )


def only_lost_letters(fate: Fate) -> bool:
    """Whether a word arrived as one, with some of its letters missing and nothing else wrong."""
    if len(fate.arrived) != 1 or fate.arrived[0] == fate.written:
        return False
    letters = iter(fate.written)
    return all(letter in letters for letter in fate.arrived[0])


def ocr_table(scores: dict[tuple[str, str], OcrScore]) -> Table:
    """Scores by file and channel."""
    table = Table("file", "channel", "scans", "words", "only lost letters", "repaired, %",
                  "read correctly", "harmed, %", "channel inferred")  # fmt: skip
    for (name, channel), score in scores.items():
        table.add_row(
            name,
            channel,
            f"{score.scans:,}",
            f"{score.words:,}",
            f"{score.lost:,}",
            f"{100 * score.repaired / max(score.lost, 1):.2f}",
            f"{score.correct:,}",
            f"{100 * score.harmed / max(score.correct, 1):.3f}",
            f"{score.inferred:,}",
        )
    return table
