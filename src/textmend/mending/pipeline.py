"""The pipeline: a damaged text and its channel → a mended text that proves itself.

Four steps, in :func:`mend`: where the channel acted, what each slot may have been, how likely each
candidate is, which edits that makes. Then the proof: the channel must turn the result into the
input again, character for character.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from textmend.channel.channel import Channel
from textmend.edits import Alternative, Edit, Kind, Mended, survivors
from textmend.language.lexicon import Lexicon, key
from textmend.language.tokens import Token, code_lines, is_sentence, is_typographic
from textmend.mending.arcs import position
from textmend.mending.context import Calibration, Context, Judged
from textmend.mending.decoder import Array
from textmend.mending.lattice import Arc, Lattice, Style, Vanished
from textmend.mending.preimages import Candidate, Preimages
from textmend.mending.priors import PRIORS
from textmend.mending.segmentation import Seam

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
    lattice = Lattice.load(channel, preimages)
    intact: list[tuple[int, int]] = []
    found: list[list[Arc]] = []
    recurring = _recurring(text_lines) if channel.leaky and lattice.parts else {}
    style = _style(text_lines, preimages.lexicon) if channel.acts_on_marks else Style()
    parted = [
        lattice.parted(line, recurring) if acted and lattice.parts else (line, {})
        for line, acted in zip(text_lines, damaged, strict=True)
    ]
    code = code_lines([_spaced(line, seams) for line, seams in parted])
    for line, acted, is_code, cut in zip(text_lines, damaged, code, parted, strict=True):
        if not acted:
            intact.append((line[0].start, line[-1].end))
            found.append(lattice.as_they_stand(line))
            continue
        tokens, seams = (line, {}) if is_code else cut
        intact += _survivors(tokens, lattice, channel)
        found.append(
            lattice.of(
                tokens,
                seams=seams,
                gaps=not is_code,
                terse=not is_sentence(line),
                style=style,
            )
        )
    edits = [
        edit
        for judged in context.doubted(found)
        for edit in _edits(judged, channel, context.calibration, min_probability)
    ]
    edits += _parted(chain.from_iterable(found), channel, context.calibration, min_probability)
    edits.sort(key=lambda edit: (edit.start, edit.end))
    return edits, intact


def _style(text_lines: Sequence[Sequence[Token]], lexicon: Lexicon) -> Style:
    """How a text is written whose apostrophes may be lost: "dont" is a contraction that it has."""
    tokens = (token for line in text_lines for token in line if token.kind == "word")
    words = Counter(key(token.text) for token in tokens)
    telling, share = lexicon.unmistakable
    seen = sum(words[word] + words[bare] for word, bare in telling.items())
    contracts = (seen + 0.5) / (words.total() * share + 0.5)
    return Style(
        is_typographic(text_lines),
        next((each for each in PRIORS.contraction_shares if contracts <= each), 1.0),
    )


def _spaced(line: Sequence[Token], seams: Mapping[int, Seam]) -> Sequence[Token]:
    """A line with what was lost at its seams: where words run together, marks stand as in code."""
    if not seams:
        return line
    found: list[Token] = []
    for token in line:
        if seam := seams.get(token.start):
            found.append(Token("space", seam.text, token.start))
        found.append(token)
    return found


def _recurring(text_lines: Sequence[Sequence[Token]]) -> dict[str, int]:
    """How often a text holds words that it holds more than once."""
    counts = Counter(token.text for line in text_lines for token in line if token.kind == "word")
    return {word: count for word, count in counts.items() if count > 1}


def _survivors(
    line: Sequence[Token], lattice: Lattice, channel: Channel
) -> Iterator[tuple[int, int]]:
    """The spans that the channel spared: tokens, and marks and spaces of which it deletes some."""
    at = position(line[0], line)
    if channel.leaky:
        # What is there was spared by chance, all of it.
        blank = ("break",) if channel.acts_on_marks else ("space", "break")
        yield from ((token.start, token.end) for token in line if token.kind not in blank)
        return
    found = []
    for token in line:
        if lattice.survives(token, at):
            found.append((token.start, token.end))
        at = "text"
    if channel.acts_on_marks:
        text, offset = "".join(token.text for token in line), line[0].start
        found += ((offset + start, offset + end) for start, end in channel.spared_marks(text))
    done = 0
    for start, end in sorted(found):
        if start >= done:
            yield start, end
            done = end


def _parted(
    arcs: Iterable[Arc],
    channel: Channel,
    calibration: Mapping[Kind, Calibration],
    min_probability: float,
) -> Iterator[Edit]:
    """The edits that part words that ran together."""
    for start, seam in ((arc.start, arc.seam) for arc in arcs):
        if not seam:
            continue
        if (chance := calibration["parted-words"](seam.probability)) >= min_probability:
            other = (Alternative("", 1.0 - chance),) if 1.0 - chance >= _UNLIKELY else ()
            drops = channel.acting_on(f"a{seam.text}a")
            yield Edit(start, start, "", seam.text, "parted-words", chance, other, drops)


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
    arc, slot = judged.arc, judged.arc.slot
    best = int(judged.gap.argmax())
    if best:
        chance = calibration["vanished-word"](float(judged.gap[best]))
        if chance >= min_probability:
            gap = arc.gap
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
    kind: Kind = "rejoined-word" if slot.torn else "word"
    if best and (chance := calibration[kind](float(judged.words[best]))) >= min_probability:
        word = slot.words[best]
        yield Edit(
            arc.start,
            arc.end,
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
