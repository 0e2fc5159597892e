"""From texts to the channel that damaged them, its evidence, and the lines that it damaged.

The rules of the channel are selected on what the texts hold (see ``selection``), and their lines
parted into damaged and clean ones: a clean headline above a damaged body (see ``regions``). Where
no rule explains a text, letters may have been lost at random (see ``random_loss``). Start reading
at :func:`infer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex
from numpy.typing import NDArray

from textmend.channel.channel import Channel, WhiteSpace
from textmend.evidence import Evidence, Inference
from textmend.inference.census import Census, Floats
from textmend.inference.explanations import Hypotheses
from textmend.inference.priors import PRIORS
from textmend.inference.random_loss import random_loss
from textmend.inference.regions import damaged_regions
from textmend.inference.selection import Selection
from textmend.inference.vanished import Missed
from textmend.inference.weighing import Scored
from textmend.language.identification import is_in
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import Token
from textmend.mending.preimages import Preimages

MIN_LOG_ODDS = PRIORS.min_log_odds


@dataclass(frozen=True)
class Diagnosis:
    """What happened to some texts of one origin.

    ``damaged`` says of each line of the texts, in order, whether the channel acted on it;
    ``of_texts`` of each text, in nats, how much speaks for its having come through the channel;
    ``of_rules`` the same for each rule of the evidence, where that can be said.
    """

    inference: Inference
    damaged: NDArray[np.bool_]
    of_texts: Floats
    of_rules: tuple[Floats, ...] = ()


def infer(
    texts: Sequence[Sequence[Sequence[Token]]],
    lexicon: Lexicon,
    missed: Missed,
    *,
    min_log_odds: float = MIN_LOG_ODDS,
    letters_alone: bool = False,
) -> Diagnosis:
    """The channel of texts of one origin, each a list of lines of tokens, with its evidence.

    ``missed`` judges where words are missed. ``letters_alone``: it is known that no rule would be
    found, but letters may have been lost at random (see ``screen``). The empty channel where
    nothing speaks clearly for damage.
    """
    census = Census.of(texts, lexicon)
    # A few words are never evidence: whatever is wrong with them may be anybody's typos.
    sound = Diagnosis(
        Inference(Channel()), np.zeros(len(census.lines), dtype=bool), np.zeros(len(texts))
    )
    if census.sizes.sum() < PRIORS.least_words and not census.shows_loss:
        return sound
    if not census.is_strange and len(census.suspicious) < 2 and not census.missing_words():
        return sound
    least = min_log_odds + PRIORS.in_code * census.in_code
    known = letters_alone and not census.in_code
    selected = ([], ()) if known else _selected(census, lexicon, missed, least)
    if selected is None:
        return sound
    chosen, of_rules = selected
    evidence = of_rules or random_loss(census, least)
    # What was lost from a text in another language, or in none that is known, nobody can tell.
    explained = {word.arrived for each in evidence for word in each.explained}
    whole = {word: count for word, count in census.words.items() if word not in explained}
    if not evidence or not is_in(lexicon.lang, whole):
        return sound
    channel = Channel(tuple(each.drop for each in evidence))
    preimages = Preimages.load(channel.drops, lexicon.lang)
    shares = {each.drop: each.share for each in chosen}
    found = damaged_regions(census, channel, preimages, shares)
    if not found.damaged.any():  # all together say something that no text says
        return sound
    channel = Channel(channel.drops, _whitespace(census, found.damaged, preimages))
    words = _damaged_share(census, channel, found.damaged)
    return Diagnosis(
        Inference(channel, evidence, words, found.share),
        found.damaged,
        found.of_texts,
        tuple(each.of_texts for each in chosen),
    )


def _selected(
    census: Census, lexicon: Lexicon, missed: Missed, least: float
) -> tuple[list[Scored], tuple[Evidence, ...]] | None:
    """The rules that explain a census best, with their evidence.

    None where it is code with few traces, makes no sense with them, or is spelled otherwise: what
    is strange in it has another reason.
    """
    selection = Selection(Hypotheses(census, lexicon.lang), missed)
    chosen = selection.select(least)
    if census.in_code and sum(each.stems for each in chosen) < PRIORS.least_traces:
        return None
    fluent = PRIORS.fluent_turkish if lexicon.lang == "tr" else PRIORS.fluent
    if chosen and census.fluency(selection.ratios(chosen)) < fluent:
        return None
    if chosen and selection.is_another_spelling(chosen):
        return None
    return chosen, tuple(selection.evidence(each) for each in chosen)


def locate(
    texts: Sequence[Sequence[Sequence[Token]]], lexicon: Lexicon, channel: Channel
) -> Diagnosis:
    """Where a channel that is known acted on texts.

    Its white-space policy, where it is the usual one, gives way to what the texts show.
    """
    census = Census.of(texts, lexicon)
    preimages = Preimages.load(channel.drops, lexicon.lang)
    found = damaged_regions(census, channel, preimages, {}, bonus=PRIORS.given)
    if channel.whitespace == "collapse":
        channel = Channel(channel.drops, _whitespace(census, found.damaged, preimages))
    return Diagnosis(Inference(channel), found.damaged, found.of_texts)


def recognize(
    texts: Sequence[Sequence[Sequence[Token]]], lexicon: Lexicon, inference: Inference
) -> Diagnosis:
    """Where the channel that other texts of the same origin showed acted on these.

    Lines that tell nothing are taken for damaged only where nearly all of those others were.
    """
    census, channel = Census.of(texts, lexicon), inference.channel
    preimages = Preimages.load(channel.drops, lexicon.lang)
    shares = {each.drop: each.share for each in inference.evidence}
    bonus = PRIORS.given if inference.damaged_share >= PRIORS.nearly_all else 0.0
    found = damaged_regions(census, channel, preimages, shares, bonus=bonus)
    return Diagnosis(inference, found.damaged, found.of_texts)


def _damaged_share(census: Census, channel: Channel, damaged: NDArray[np.bool_]) -> float:
    """The share of the words in damaged lines, of these and of lines that hold survivors."""
    surviving = sum((census.survivors(drop) for drop in channel.drops), np.zeros(len(damaged)))
    telling = damaged | (surviving > 0.0)
    return float(census.sizes[damaged].sum() / max(census.sizes[telling].sum(), 1.0))


_DOUBLE = regex.compile(r"(?<=[^\s.!?:;])[ \u00a0]{2}(?=\S)")


def _whitespace(census: Census, damaged: NDArray[np.bool_], preimages: Preimages) -> WhiteSpace:
    """What became of the white space around what was deleted, from the traces that it left."""
    shown = [
        "".join(token.text for token in census.lines[line]) for line in np.flatnonzero(damaged)
    ]
    vanished = float(census.sizes[damaged].sum()) * preimages.at("text").unsettling
    doubles = sum(len(_DOUBLE.findall(line)) for line in shown)
    if doubles and doubles >= PRIORS.doubled_spaces * vanished:
        return "keep"
    indented = any(line[0] == " " and not line[1:2].isspace() for line in shown if line)
    return "squeeze" if indented else "collapse"
