"""What is counted when a model is evaluated; that needs no PyTorch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from textmend.channel.channel import Channel
from textmend.edits import Alternative, Edit, Mended
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import tokenize
from textmend.models.network import Network
from textmend.training.evaluation import Counts, _count, _damaged, evaluate, random_channels

TEXT = """\
The other day they said “The administration added a new road”, and 27 others
The

the ad (`the cat`) of the. Then   the\tend:  the
"""
LEXICON = Lexicon.load("en")


def test_texts_go_through_their_channel_and_are_mended() -> None:
    texts = ["The cats saw them.\n\nOther rain.", ""]
    counts = evaluate(Network.load(), texts, Channel.of("the"), LEXICON)
    assert (counts.words, counts.damaged, counts.intact, counts.vanished) == (7, 2, 5, 1)
    assert counts.common == 2  # "Or" of "Other", and "m"
    assert (counts.repaired, counts.restored, counts.inserted, counts.harmed) == (2, 1, 1, 0)


def test_what_menders_do_wrong_is_counted() -> None:
    channel = Channel.of("the")
    damaged = _damaged("The rain fell on other roads\nthe rain", channel, channel.apply)
    assert damaged.text == "rain fell on or roads\nrain"

    def counted(*edits: tuple[int, str, str]) -> Counts:
        counts = Counts()
        made = tuple(
            Edit(
                start,
                start + len(before),
                before,
                after,
                "word" if before else "vanished-word",
                0.9,
                (Alternative(before, 0.1),),
            )
            for start, before, after in edits
        )
        _count(damaged, Mended(damaged.text, made, channel), LEXICON, counts)
        return counts

    nothing = Counts(words=6, damaged=1, common=1, intact=5, vanished=2)
    assert counted() == nothing
    right = counted((0, "", "The "), (13, "or", "other"), (22, "", "the "))
    repaired = replace(nothing, repaired=1, common_repaired=1)
    assert right == replace(repaired, inserted=2, restored=2)
    assert (right.repaired_share, right.gap_f1, right.harmed_per_million) == (1.0, 1.0, 0.0)
    # In the gap before a line break, or twice, it is not where it was.
    wrong = counted((10, "on", "then"), (13, "or", "there"), (21, "", " the"))
    assert wrong == replace(nothing, harmed=1, inserted=1)
    twice = counted((0, "", "The "), (0, "", "the "), (5, "", "the "))
    assert twice == replace(nothing, inserted=3, restored=1)


@pytest.mark.parametrize(
    "channel", [Channel.of("the"), Channel.of("the", "ad"), *random_channels(20, LEXICON)], ids=repr
)
def test_damage_is_known_word_by_word(channel: Channel) -> None:
    leave = Channel(channel.drops, "keep").apply
    damaged = _damaged(TEXT, channel, leave)
    tokens = [token for token in tokenize(TEXT) if token.kind != "space"]
    assert damaged.vanished.total() + len(damaged.left) == len(tokens)
    done = 0
    for written, start, end in damaged.left:
        assert not damaged.text[done:start].strip()
        assert damaged.text[start:end] in (written, leave(written))
        done = end
    assert not damaged.text[done:].strip()
    # What is code, a number or a mark stays.
    assert [each for each, _, _ in damaged.left if not each[0].isalpha()] == [
        token.text for token in tokens if not token.text[0].isalpha()
    ]
