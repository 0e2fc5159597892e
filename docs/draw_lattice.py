"""Draw the lattice of a sentence, with what the code makes of it: ``python -m docs.draw_lattice``.

The sentence is one of an article in ``corpora/news``, damaged by :data:`CHANNEL`. Arcs, candidates
and probabilities are those of :class:`textmend.mending.lattice.Lattice` and of the small context
model, which reads the whole article; nothing is made up for the picture. Needs the dependency
group ``bench``. Start reading at :func:`main`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc as Curve

import corpora
from textmend import Channel
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import is_sentence, lines, tokenize
from textmend.mending.context import NetworkContext
from textmend.mending.decoder import Array
from textmend.mending.lattice import Arc, Lattice
from textmend.mending.preimages import Preimages
from textmend.models.cascade import load
from textmend.models.modelfile import SHIPPED

ARTICLE = "24-health-desert-doctor"
CHANNEL = "the,ligatures:space"
SENTENCE = "At school he gave six u shots, n judged a spelling bee."
OUT = Path(__file__).parent / "lattice.svg"

# The context says nothing of arcs that are likeliest as they stand. So all are asked with so many
# nats against that, which are taken back from the answer.
_AGAINST = 20.0
_MOST = 4  # choices of a slot that are shown, and of those that are all but impossible two
_LIKELY = 0.01  # of a vanished word, that is named
_INK, _FAINT, _CHOSEN, _GAP = "#22303c", "#8795a1", "#1f6f8b", "#c8553d"


class Judged(NamedTuple):
    """An arc with the probabilities of its words, and that "the" vanished before it."""

    arc: Arc
    words: Array
    vanished: float


def judged(text: str, channel: Channel) -> Iterator[Judged]:
    """The arcs of a damaged text at which there is anything to choose."""
    lattice = Lattice.load(channel, Preimages.load(channel.drops, "en"))
    context = NetworkContext(load(SHIPPED), Lexicon.load("en"))
    asked = [
        [_nudged(arc) for arc in lattice.of(line, terse=not is_sentence(line))]
        for line in lines(tokenize(text))
    ]
    for each in context.doubted(asked):
        gap, words = _as_asked(each.gap), _as_asked(each.words)
        chance = context.calibration["vanished-word"](float(1.0 - gap[0])) if len(gap) > 1 else 0.0
        yield Judged(each.arc, words, chance)


def _nudged(arc: Arc) -> Arc:
    if not arc.is_open:
        return arc
    slot = replace(arc.slot, doubt=arc.slot.doubt + _AGAINST)
    return arc._replace(slot=slot, empty_doubt=arc.empty_doubt + _AGAINST)


def _as_asked(chances: Array) -> Array:
    found = np.array(chances, float)
    if len(found) > 1:
        found[0] *= np.exp(_AGAINST)
    return np.asarray(found / found.sum())


def main() -> None:
    """Write the picture."""
    (clean,) = (each.text for each in corpora.load("news") if each.id.endswith(ARTICLE))
    channel = Channel.parse(CHANNEL)
    damaged = channel.apply(clean)
    start = damaged.index(SENTENCE)
    found = [
        each
        for each in judged(damaged, channel)
        if start <= each.arc.start and each.arc.end <= start + len(SENTENCE)
    ]
    with mpl.rc_context({"svg.hashsalt": "lattice", "font.family": "DejaVu Sans Mono"}):
        figure = Figure(figsize=(12.4, 3.6), layout="constrained", facecolor="white")
        axes = figure.subplots()
        _draw(axes, found, start)
        figure.savefig(OUT, metadata={"Date": None})
    print(f"{OUT}: {OUT.stat().st_size / 1000:.0f} kB")


def _draw(axes: Axes, found: list[Judged], start: int) -> None:
    axes.set_xlim(-0.8, len(SENTENCE) + 0.8)
    axes.set_ylim(-2.6, 5.2)
    axes.axis("off")
    for at, letter in enumerate(SENTENCE):
        axes.text(at + 0.5, -0.62, letter, size=15, ha="center", va="center", color=_INK)
    nodes = np.arange(len(SENTENCE) + 1)
    axes.plot(nodes, np.zeros(len(nodes)), ".", color=_FAINT, markersize=3)
    for each in found:
        first, last = each.arc.start - start, each.arc.end - start
        _words(axes, each, first, last)
        if each.arc.vanished:
            _gap(axes, first, each.vanished)
    notes = [
        (4.7, _CHOSEN, "above: what each span may have been, and how probable that is"),
        (4.1, _GAP, 'below: loops from a node to itself, where a "the" may have vanished'),
    ]
    for height, colour, note in notes:
        axes.text(-0.5, height, note, size=9.5, color=colour, va="center")


def _words(axes: Axes, each: Judged, first: int, last: int) -> None:
    """The arcs of a slot, the likeliest nearest to the text."""
    ranked = np.argsort(-each.words, kind="stable")[:_MOST].tolist()
    order = [place for at, place in enumerate(ranked) if at < 2 or each.words[place] > 0.001]
    # A few candidates over a short span stand higher, clear of what stands beside it.
    base = 0.75 if len(each.arc.slot.words) == 1 else 1.15
    for level, place in enumerate(order):
        chance, word = float(each.words[place]), each.arc.slot.words[place].text
        height = base + 0.72 * level
        best = level == 0
        colour = (_CHOSEN if place else _INK) if best else _FAINT
        axes.add_patch(
            Curve(
                ((first + last) / 2, 0.0),
                last - first,
                2 * height - 0.5,
                theta1=0,
                theta2=180,
                color=colour,
                lw=0.6 + 2.2 * chance,
            )
        )
        label = word if len(each.arc.slot.words) == 1 else f"{word} {_per_cent(chance)}"
        axes.text(
            (first + last) / 2,
            height,
            label,
            size=8.5,
            ha="center",
            va="center",
            color=colour,
            weight="bold" if best and place else "normal",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )


def _gap(axes: Axes, node: int, chance: float) -> None:
    """The loop of a word that may have vanished at a node."""
    likely = chance >= _LIKELY
    colour = _GAP if likely else "#d9dee3"
    loop = Curve((node, -1.4), 0.8, 0.8, color=colour, lw=0.8 + 2.2 * chance)
    axes.add_patch(loop)
    axes.plot([node, node], [-0.1, -1.0], ":", color=colour, lw=0.8)
    if likely:
        label = f"the {_per_cent(chance)}"
        axes.text(node, -2.2, label, size=8.5, ha="center", va="center", color=_GAP)


def _per_cent(chance: float) -> str:
    if chance < 0.001:
        return "<0.1 %"
    return (
        f"{min(100 * chance, 99.9):.1f} %"
        if chance < 0.1 or chance > 0.9
        else f"{100 * chance:.0f} %"
    )


if __name__ == "__main__":
    main()
