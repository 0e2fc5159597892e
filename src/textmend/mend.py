"""The pipeline: a damaged text and its channel → a mended text that proves itself.

Four steps, in :func:`mend`: where the channel acted, what each slot may have been, how likely each
candidate is, which edits that makes. Then the proof: the channel must turn the result into the
input again, character for character.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from textmend.candidates import Column, Vanished, columns
from textmend.channel import Channel
from textmend.context import Calibration, Context
from textmend.decoder import Array, posteriors
from textmend.edits import Alternative, Edit, Kind, Mended, survivors
from textmend.preimages import Candidate, Preimages
from textmend.spans import position
from textmend.tokens import Token

_ALTERNATIVES = 4
_UNLIKELY = 0.005  # alternatives below this probability are not worth showing
_SENTENCE_WORDS = 8


def mend(
    text_lines: Sequence[Sequence[Token]],
    damaged: Sequence[bool] | NDArray[np.bool_],
    channel: Channel,
    preimages: Preimages,
    context: Context,
    min_probability: float,
) -> tuple[list[Edit], list[tuple[int, int]]]:
    """The edits of a text, and the spans (start, end) that the channel did not act on.

    ``damaged`` says of each line whether the channel acted on it.
    """
    edits: list[Edit] = []
    intact: list[tuple[int, int]] = []
    for line, acted in zip(text_lines, damaged, strict=True):
        if not acted:
            intact.append((line[0].start, line[-1].end))
            continue
        intact += (
            (token.start, token.end)
            for token in line
            if channel.is_survivor(token.text, position(token, line))
            or (channel.leaky and token.kind not in ("space", "break"))
        )
        slots = columns(line, channel, preimages, gaps=_is_sentence(line))
        if all(len(slot.words) == len(slot.gap) == 1 for slot in slots):
            continue
        for slot, chances in zip(slots, posteriors(context.scores(slots)), strict=True):
            edits += _edits(slot, chances, channel, context.calibration, min_probability)
    return edits, intact


def proven(mended: Mended) -> Mended:
    """The result without the edits that the channel does not undo."""
    kept = list(mended.edits)
    while mended.damage() != mended.original:
        if not kept:
            # What the channel would delete from the input itself was never its work.
            return Mended(mended.original)
        alone = [replace(mended, edits=(edit,)) for edit in kept]
        proving = [each.edits[0] for each in alone if each.damage() == each.original]
        # Edits that prove themselves alone but not together: the least likely goes.
        if len(proving) == len(kept):
            proving.remove(min(kept, key=lambda edit: edit.probability))
        kept = proving
        mended = replace(mended, edits=tuple(kept))
    return mended


def _is_sentence(line: Sequence[Token]) -> bool:
    """Whether a line is running text: captions, bylines and headings leave words out anyway."""
    words = sum(token.kind == "word" for token in line)
    marks = [token.text for token in line if token.kind == "other"]
    return words >= _SENTENCE_WORDS and any(mark in ".!?" for mark in marks)


def _edits(
    column: Column,
    chances: Array,
    channel: Channel,
    calibration: Mapping[Kind, Calibration],
    min_probability: float,
) -> Iterable[Edit]:
    gap_chances, word_chances = chances.sum(axis=1), chances.sum(axis=0)
    best = int(gap_chances.argmax())
    # Most columns stay as they are; only what is changed needs a calibrated probability.
    if best and (
        (chance := calibration["vanished-word"](float(gap_chances[best]))) >= min_probability
    ):
        vanished = column.gap[best]
        yield Edit(
            vanished.place,
            vanished.place,
            "",
            vanished.text,
            "vanished-word",
            chance,
            _alternatives(column.gap, gap_chances, best, chance),
            channel.acting_on(vanished.text),
        )
    best = int(word_chances.argmax())
    if best and (chance := calibration["word"](float(word_chances[best]))) >= min_probability:
        word = column.words[best]
        yield Edit(
            column.start,
            column.end,
            column.words[0].text,
            word.text,
            "rejoined-word" if column.span else "word",
            chance,
            _alternatives(column.words, word_chances, best, chance),
            channel.acting_on(
                word.text,
                intact=survivors(column.words[0].text, word.text) if channel.leaky else (),
            ),
        )


def _alternatives(
    choices: Sequence[Candidate] | Sequence[Vanished], chances: Array, best: int, chance: float
) -> tuple[Alternative, ...]:
    """The next likeliest choices; what ``chance`` leaves is shared out among all others."""
    rest = (1.0 - chance) / max(1.0 - float(chances[best]), _UNLIKELY)
    order = [int(place) for place in np.argsort(-chances, kind="stable") if place != best]
    return tuple(
        Alternative(choices[place].text, rest * float(chances[place]))
        for place in order[:_ALTERNATIVES]
        if rest * chances[place] >= _UNLIKELY
    )
