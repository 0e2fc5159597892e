"""The pipeline: a damaged text and its channel → a mended text that proves itself.

Four steps, in :func:`mend`: where the channel acted, what each slot may have been, how likely each
candidate is, which edits that makes. Then the proof: the channel must turn the result into the
input again, character for character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from textmend.mending.lattice import Column, Columns, Vanished
from textmend.channel import Channel
from textmend.mending.context import Calibration, Context, Judged
from textmend.mending.decoder import Array
from textmend.edits import Alternative, Edit, Kind, Mended, survivors
from textmend.mending.preimages import Candidate, Preimages
from textmend.mending.arcs import position
from textmend.tokens import Token, code_lines, is_sentence

_ALTERNATIVES = 4
_UNLIKELY = 0.005  # alternatives below this probability are not worth showing


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
    columns = Columns.load(channel, preimages)
    intact: list[tuple[int, int]] = []
    found: list[list[Column]] = []
    for line, acted, is_code in zip(text_lines, damaged, code_lines(text_lines), strict=True):
        if acted:
            intact += _survivors(line, columns, channel)
            found.append(columns.of(line, gaps=not is_code, terse=not is_sentence(line)))
        else:
            intact.append((line[0].start, line[-1].end))
            found.append(columns.as_they_stand(line))
    edits = [
        edit
        for judged in context.doubted(found)
        for edit in _edits(judged, channel, context.calibration, min_probability)
    ]
    return edits, intact


def _survivors(
    line: Sequence[Token], columns: Columns, channel: Channel
) -> Iterator[tuple[int, int]]:
    """The spans of the tokens that the channel spared."""
    at = position(line[0], line)
    for token in line:
        # What is there of a word that lost letters by chance was spared.
        if columns.survives(token, at) or (channel.leaky and token.kind not in ("space", "break")):
            yield token.start, token.end
        at = "text"


def proven(mended: Mended) -> Mended:
    """The result without the edits that the channel does not undo."""
    if _proves(mended):
        return mended
    if not _proves(replace(mended, edits=())):
        # What the channel would delete from the input itself was never its work.
        return Mended(mended.original)
    return replace(mended, edits=_proving(mended, mended.edits))


def _proves(mended: Mended) -> bool:
    return mended.damage() == mended.original


def _proving(mended: Mended, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Those of some edits that the channel undoes: few are not, so that halves are tried first."""
    if _proves(replace(mended, edits=edits)):
        return edits
    if len(edits) == 1:
        return ()
    half = len(edits) // 2
    kept = _proving(mended, edits[:half]) + _proving(mended, edits[half:])
    # Edits that prove themselves alone but not together: the least likely goes.
    while not _proves(replace(mended, edits=kept)):
        least = min(kept, key=lambda edit: edit.probability)
        kept = tuple(edit for edit in kept if edit is not least)
    return kept


def _edits(
    judged: Judged,
    channel: Channel,
    calibration: Mapping[Kind, Calibration],
    min_probability: float,
) -> Iterable[Edit]:
    column, slot = judged.column, judged.column.slot
    best = int(judged.gap.argmax())
    if best:
        chance = calibration["vanished-word"](float(judged.gap[best]))
        if chance >= min_probability:
            gap = column.gap
            yield Edit(
                gap[best].place,
                gap[best].place,
                "",
                gap[best].text,
                "vanished-word",
                chance,
                _alternatives(gap, judged.gap, best, chance),
                channel.acting_on(gap[best].text),
            )
    best = int(judged.words.argmax())
    kind: Kind = "rejoined-word" if slot.span else "word"
    if best and (chance := calibration[kind](float(judged.words[best]))) >= min_probability:
        word = slot.words[best]
        yield Edit(
            column.start,
            column.end,
            slot.words[0].text,
            word.text,
            kind,
            chance,
            _alternatives(slot.words, judged.words, best, chance),
            channel.acting_on(
                word.text,
                intact=survivors(slot.words[0].text, word.text) if channel.leaky else (),
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
