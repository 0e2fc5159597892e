"""Several channels in the texts of one source."""

import random

import pytest

import corpora
from textmend import Channel, Mender

NEWS = [document.text for document in corpora.load("news", split="dev")]


def source(*specs: str, each: int, words: int) -> dict[str, list[str]]:
    """Passages of news, a few for each channel, no two of the same place."""
    passages = [
        " ".join(text.split()[start : start + words])
        for text in NEWS
        for start in range(0, len(text.split()) - words, words)
    ]
    random.Random(3).shuffle(passages)
    draw = iter(passages)
    return {spec: [Channel.parse(spec).apply(next(draw)) for _ in range(each)] for spec in specs}


def found(texts: list[str]) -> dict[frozenset[str], float]:
    random.Random(4).shuffle(texts)
    channels = Mender().infer_channels(texts)
    return {frozenset(rule.name for rule in one.channel.drops): one.share for one in channels}


@pytest.mark.parametrize(
    "specs",
    [("the,ad", "of,ing"), ("the,ad", "ligatures:space"), ("the,ad", "er", "st")],
)
def test_a_source_that_is_really_several_loses_none_of_its_channels(specs: tuple[str, ...]) -> None:
    parts = source(*specs, each=24, words=80)
    shares = found([text for texts in parts.values() for text in texts])
    wanted = {
        frozenset(rule.name for rule in Channel.parse(spec).drops): 1 / len(specs) for spec in specs
    }
    assert shares.keys() == wanted.keys()
    assert shares == pytest.approx(wanted, abs=0.15)


def test_a_channel_that_grew_is_told_from_what_it_was() -> None:
    parts = source("the", "the,er", each=24, words=80)
    assert found(parts["the"] + parts["the,er"]).keys() == {
        frozenset({"the"}),
        frozenset({"the", "er"}),
    }


@pytest.mark.slow
def test_each_text_is_mended_by_its_own_channel_and_a_clean_one_by_none() -> None:
    parts = source("the,ad", "of,ing", each=24, words=80)
    clean = [" ".join(text.split()[:80]) for text in NEWS[:12]]
    mender = Mender().for_source([*parts["the,ad"], *parts["of,ing"], *clean])
    for spec, texts in parts.items():
        acted = [
            {rule.name for rule in mender.mend_and_explain(text).channel.drops} for text in texts
        ]
        assert sum(each == set(spec.split(",")) for each in acted) >= 0.9 * len(texts)
    assert [mender.mend(text) for text in clean] == clean


def test_one_channel_stays_one() -> None:
    # Most snippets hold no word with "ad": they are no source of their own.
    parts = source("the,ad", each=40, words=30)
    assert found(parts["the,ad"]) == {frozenset({"the", "ad"}): pytest.approx(1.0, abs=0.1)}


@pytest.mark.parametrize("word", ["to", "of", "the"])
def test_a_word_that_no_text_holds_is_missed_in_all(word: str) -> None:
    parts = source(f"{word}:whole-word", each=8, words=300)
    assert found(parts[f"{word}:whole-word"]) == {frozenset({word}): 1.0}


def test_a_source_without_damage_leaves_all_as_it_is() -> None:
    clean = [" ".join(text.split()[:60]) for text in NEWS]
    mender = Mender().for_source(clean)
    assert mender.channel == ()
    assert mender.mend("y left or things") == "y left or things"
    assert Mender().infer_channels([]) == Mender().infer_channels(["", " "]) == ()
