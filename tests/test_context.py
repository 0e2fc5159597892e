"""What judges candidates: of a document, and whatever its words look like."""

from __future__ import annotations

import warnings

import numpy as np

from textmend import Channel, Mender
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import lines, tokenize
from textmend.mending.context import NetworkContext, PairContext
from textmend.mending.lattice import Lattice
from textmend.mending.preimages import Preimages
from textmend.models.network import Network

EXAMPLE = Channel.of("the", "ad")


def test_a_very_long_word_is_no_number_out_of_range() -> None:
    address = "https://a.example/" + "/".join("abcdefgh" * 30)
    text = f"y said {'or' * 400} and {address} were {'s' * 1000} of many or things."
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for mender in (Mender(channel=EXAMPLE), Mender(channel=EXAMPLE, model=None)):
            assert mender.mend(text).startswith("They said")


def test_only_what_may_be_other_than_it_stands_is_judged() -> None:
    preimages = Preimages.load(EXAMPLE.drops, "en")
    lattice = Lattice(EXAMPLE, preimages)
    document = [
        lattice.of(line)
        for line in lines(tokenize("A cat sat.\n\nIn dition, y met many or farmers.\nRain fell."))
    ]
    for context in (NetworkContext(Network.load(), Lexicon.load("en")), PairContext("en")):
        judged = list(context.doubted(document))
        for each in judged:
            assert each.gap.argmax() or each.words.argmax()
            assert np.isclose(each.gap.sum(), 1)
            assert np.isclose(each.words.sum(), 1)
            assert len(each.words) in (1, len(each.arc.slot.words))
        best = {each.arc.slot.words[int(each.words.argmax())].text for each in judged}
        assert {"addition", "they", "other"} <= best
        places = [each.arc.start for each in judged]
        assert places == sorted(places)


def test_a_line_is_judged_by_itself_and_by_what_recurs_in_the_document() -> None:
    """Beside what recurs, nothing but its own line decides, however many lines there are."""
    lattice = Lattice(EXAMPLE, Preimages.load(EXAMPLE.drops, "en"))
    context = NetworkContext(Network.load(), Lexicon.load("en"))
    line = lattice.of(tokenize("They met many or farmers in ir village"))
    other = lattice.of(tokenize("Two boats sank; nobody was hurt, said owner."))
    (alone,) = ([(each.words.tolist(), each.gap.tolist()) for each in context.doubted([line])],)
    together = list(context.doubted([other] * 40 + [line] + [other] * 40))
    again = [(e.words.tolist(), e.gap.tolist()) for e in together if e.arc in line]
    assert again == alone
