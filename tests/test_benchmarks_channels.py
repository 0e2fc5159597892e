import doctest
import random

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import channels, documents
from benchmarks.align import pieces, trace
from benchmarks.channels import CLEAN, RANDOM_CHANNELS, Literal, groups, sampled, select
from textmend import Channel

TEXT = "Mr Crabbee offered coffee to Úrsula in a café.\nThe Swiss asked for different apples."
EVERY = {each.label: each for group in groups().values() for each in group}


def damaged(label: str, text: str = TEXT, seed: str = "0") -> str:
    return EVERY[label].damage(text, seed=seed).text


def test_doctests() -> None:
    assert doctest.testmod(channels).failed == 0
    assert doctest.testmod(documents).failed == 0


def test_families() -> None:
    assert damaged("doubled").startswith("Mr Crabe ofered cofe to Úrsula")
    assert damaged("drop-caps").split("\n")[1].startswith("he Swiss")
    assert damaged("drop-caps").startswith("r Crabbee")
    assert "rsula in a caf." in damaged("non-ascii")
    assert "to ?rsula in a caf?." in damaged("non-ascii:?")
    assert "to  rsula in a caf ." in damaged("non-ascii:space")


def test_ligatures_leave_their_residue() -> None:
    assert "oered coee" in damaged("ligatures")
    assert "o\0ered co\0ee" in damaged("ligatures:nul")
    assert "o ered co ee" in damaged("ligatures:space")
    assert "ofered cofee" in damaged("ligatures:one-letter")


def test_a_document_damaged_in_part() -> None:
    text = "Other men.\n\nThe other men.\n\nOther men."
    half = Literal("half", Channel.of("the"), spared=0.2)
    assert half.damage(text, seed="0").text == "Other men.\n\nor men.\n\nOr men."
    assert half.losses(text) == {"the": 3}


def test_a_leaky_channel_spares_a_share() -> None:
    text = "The other brothers gathered there. " * 100
    damage = EVERY["the:75%"].damage(text, seed="0")
    assert damage.text.lower().count("the") == pytest.approx(0.25 * 500, rel=0.2)
    assert EVERY["the:75%"].losses(text) == {"the": 375}
    fates = trace(damage, text).fates
    left = {fate.arrived for fate in fates if fate.written == "brothers"}
    assert left == {("brothers",), ("brors",)}
    assert damaged("the:75%", text) == damage.text != damaged("the:75%", text, seed="1")


def test_losses_count_the_words_that_each_sequence_acts_on() -> None:
    found = Literal("x", Channel.of("the", "ad", "qu")).losses("The other added the road, then.")
    assert found == {"the": 4, "ad": 2, "qu": 0}


def test_random_loss_is_seeded_and_of_its_rate() -> None:
    text = "some words of no great interest " * 200
    assert damaged("random:1%", text) == damaged("random:1%", text)
    assert damaged("random:1%", text) != damaged("random:1%", text, seed="1")
    assert len(text) - len(damaged("random:3%", text)) == pytest.approx(0.03 * 5400, rel=0.25)


@pytest.mark.parametrize("label", EVERY)
def test_intervals_follow_one_another_and_cover_the_damaged_text(label: str) -> None:
    found = EVERY[label].damage(TEXT, seed="0")
    assert len(found.forms) == len(pieces(TEXT))
    assert found.forms[0][0] == 0
    assert found.forms[-1][1] == len("".join(found.text.split()))
    for (_, end), (start, _) in zip(found.forms, found.forms[1:], strict=False):
        assert end == start


@pytest.mark.parametrize("label", EVERY)
def test_the_clean_text_itself_is_a_perfect_repair(label: str) -> None:
    result = trace(EVERY[label].damage(TEXT, seed="0"), TEXT)
    assert all(fate.mended == (fate.written,) for fate in result.fates)
    assert all(gap.lost == gap.inserted for gap in result.gaps)


@given(st.text("abé \n", max_size=40), st.sampled_from(["doubled", "drop-caps", "random:3%"]))
def test_noise_only_deletes(text: str, label: str) -> None:
    rest = iter(text)
    assert all(character in rest for character in damaged(label, text))


def test_random_channels_are_many_and_varied() -> None:
    drawn = [sampled(number).sequences for number in range(RANDOM_CHANNELS)]
    assert len(set(drawn)) == RANDOM_CHANNELS == len(groups()["random"])
    assert {len(sequences) for sequences in drawn} == {1, 2, 3, 4}
    assert {len(each) for sequences in drawn for each in sequences} == {1, 2, 3, 4}
    for sequences in drawn:
        for each in sequences:
            assert not any(each in other for other in sequences if other != each)


def test_random_channels_do_not_depend_on_what_was_drawn_before() -> None:
    random.seed(1)
    first = sampled(7)
    random.seed(2)
    assert sampled(7) == first


def test_selecting() -> None:
    assert [each.label for each in select("issue2")] == [
        "the+ad",
        "an",
        "ing",
        "er",
        "st",
        "tion",
        "of",
    ]
    assert select("clean, the+ad,the+ad,qu+x") == [
        CLEAN,
        *select("the+ad"),
        Literal("qu+x", Channel.of("qu", "x")),
    ]
    assert len(select("all")) == len(EVERY)


@pytest.mark.parametrize("names", ["", "no such:channel", "the ad"])
def test_unknown_channels_are_named(names: str) -> None:
    with pytest.raises(click.ClickException):
        select(names)
