"""Preimages against a search through the whole lexicon."""

import pytest

from textmend import Channel, Drop, mend
from textmend.channel.channel import WhiteSpace
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import tokenize
from textmend.mending.lattice import Arc, Lattice, Style
from textmend.mending.preimages import Preimages

EXAMPLE = Channel.of("the", "ad")
WORDS = ["other", "or", "the", "there", "re", "a", "ad", "added", "bathe", "mother", "mother's"]
TOY = Lexicon("toy", dict.fromkeys(WORDS, 0.01))


def slots(
    text: str, channel: Channel = EXAMPLE, *, gaps: bool = True, terse: bool = False
) -> list[Arc]:
    return Lattice(channel, Preimages.load(channel.drops, "en")).of(
        tokenize(text), gaps=gaps, terse=terse
    )


@pytest.mark.parametrize(
    "channel",
    [EXAMPLE, Channel.of("e"), Channel.of("t", "he"), Channel.of("th", where="word-start")],
)
def test_preimages_are_exactly_the_words_that_the_channel_damages(channel: Channel) -> None:
    preimages = Preimages(channel.drops, TOY)
    kept = Channel(channel.drops, "keep")
    forms = {kept.apply(word) for word in TOY.words} | {"x"}
    for form in forms - {""}:
        expected = {word for word in TOY.words if kept.apply(word) == form and word != form}
        assert {each.word for each in preimages.of(form, first=False)} == expected
    assert {word for word, _ in preimages.vanished["lower"]} == {
        word for word in TOY.words if kept.apply(word) == ""
    }


@pytest.mark.parametrize(
    ("damaged", "first", "expected"),
    [
        ("re", False, "there"),
        ("re", True, "There"),
        ("Mor", False, "Mother"),
        ("y’re", False, "they’re"),
        ("mor's", False, "mother's"),
        ("Furrmore", False, "Furthermore"),
        ("Or", True, "Other"),
        ("ded", False, "added"),
        ("grandmor's", False, "grandmother's"),
    ],
)
def test_capitals_and_apostrophes_as_a_writer_would(
    damaged: str, first: bool, expected: str
) -> None:
    found = Preimages.load(EXAMPLE.drops, "en").of(damaged, first=first)
    assert expected in [each.text for each in found]
    kept = Channel(EXAMPLE.drops, "keep")
    assert all(kept.apply(each.text) == damaged for each in found)


@pytest.mark.parametrize(
    ("channel", "damaged", "written"),
    [("s", "ae", "assess"), ("t,n", "isiuio", "institution"), ("e,n", "gtlma", "gentleman")],
)
def test_several_deletions_in_one_word(channel: str, damaged: str, written: str) -> None:
    parsed = Channel.parse(channel)
    assert Channel(parsed.drops, "keep").apply(written) == damaged
    assert written in [
        each.text for each in Preimages.load(parsed.drops, "en").of(damaged, first=False)
    ]


@pytest.mark.parametrize("text", ["US", "NATO", "eBay", "27", "https://a.example/or", "is_or"])
def test_what_is_no_plain_word_has_no_preimages(text: str) -> None:
    assert all(
        len(each.slot.words) == 1 for each in slots(f"The {text} met", EXAMPLE) if each.start
    )


def test_survivors_stay() -> None:
    (arc,) = slots("other")
    assert [each.text for each in arc.slot.words] == ["other"]


def gap_texts(text: str, channel: Channel) -> dict[int, list[str]]:
    return {
        slot.gap[1].place: [each.text for each in slot.gap[1:]]
        for slot in slots(text, channel)
        if len(slot.gap) > 1
    }


@pytest.mark.parametrize(
    ("text", "whitespace", "expected"),
    [
        ("of sea, it.", "collapse", {0: ["The "], 3: ["the "], 8: ["the "]}),
        ("of  sea  – in  .", "keep", {3: ["the"], 8: ["the"], 14: ["the"]}),
        ("of  # sea  = in", "keep", {}),
        (" end of sea", "keep", {0: ["The"]}),
        (" end of sea", "squeeze", {0: ["The"], 5: ["the "], 8: ["the "]}),
        ("of  sea", "collapse", {0: ["The "]}),
        ("of  sea", "squeeze", {}),
        ("live in .", "collapse", {0: ["The "], 5: ["the "], 8: ["the"]}),
        ("say “ end”", "collapse", {0: ["The "], 4: ["the "], 5: ["the"]}),
        ("in 2016 “end” $3", "collapse", {0: ["The "], 3: ["the "], 8: ["the "], 14: ["the "]}),
        ("U.S. end – 57th", "collapse", {0: ["The "], 5: ["the "], 11: ["the "]}),
    ],
)
def test_gaps_where_the_channel_can_have_left_them(
    text: str, whitespace: str, expected: dict[int, list[str]]
) -> None:
    channel = Channel.from_dict({"drops": [{"sequence": "the"}], "whitespace": whitespace})
    found = gap_texts(text, channel)
    assert found == expected
    for place, inserted in found.items():
        for each in inserted:
            assert channel.apply(text[:place] + each + text[place:]) == text


def test_what_is_no_sentence_may_have_been_written_without_the_word() -> None:
    doubts = {terse: slots("end of sea", EXAMPLE, terse=terse) for terse in (False, True)}
    assert {slot.empty_doubt for slot in doubts[False] if len(slot.gap) > 1} == {0.0}
    assert all(slot.empty_doubt < 0.0 for slot in doubts[True] if len(slot.gap) > 1)


def test_no_gaps_where_none_are_asked_for() -> None:
    assert all(len(slot.gap) == 1 for slot in slots("end of sea", EXAMPLE, gaps=False))


@pytest.mark.parametrize(
    ("whitespace", "expected"), [("collapse", ["end"]), ("squeeze", ["end"]), ("keep", [])]
)
def test_a_space_after_an_opening_mark_is_where_a_word_was(
    whitespace: WhiteSpace, expected: list[str]
) -> None:
    arcs = slots("say “ end” soon", Channel.of("the", whitespace=whitespace))
    assert [arc.slot.words[0].text for arc in arcs if arc.empty_doubt] == expected


def test_a_text_that_contracts_seldom_has_fewer_contractions() -> None:
    channel = Channel.parse("apostrophes")
    lattice = Lattice(channel, Preimages.load(channel.drops, "en"))
    (arc, *_) = lattice.of(tokenize("its"), style=Style(contracts=0.25))
    found = {each.text: each.likelihood for each in arc.slot.words}
    assert found == {"its": 1.0, "it's": 0.25, "its'": 1.0}


@pytest.mark.parametrize("text", ["na\ufffdded", "x&ded"])
def test_a_word_that_a_mark_tears_keeps_its_letter_beside_it(text: str) -> None:
    arcs = slots(text, Channel.of("ad"))
    assert [each.text for each in arcs[2].slot.words] == ["ded"]  # and not "added"
    alone = slots("na ded", Channel.of("ad"))[1]
    assert [each.text for each in alone.slot.words] == ["ded", "added"]


def test_what_stands_again_is_the_same_slot() -> None:
    channel = Channel.ligatures(" ")
    lattice = Lattice(channel, Preimages.load(channel.drops, "en"))
    first, again = (lattice.of(tokenize("He met o cials of the classi ed o ce")) for _ in range(2))
    assert any(arc.slot.torn for arc in first)
    assert all(one.slot is other.slot for one, other in zip(first, again, strict=True))


def test_rules_that_cross_lines_undo_no_word() -> None:
    for drop in (Drop("\n"), Drop("the", residue="\n")):
        assert not Preimages((drop,), TOY).of("or")


def test_two_spaces_within_a_sentence_are_a_trace_and_before_one_are_none() -> None:
    text = "It ended  there.  Soon it began  in spring."
    lattice = slots(text, Channel.of("the", whitespace="keep"))
    offered = {text[arc.start : arc.end] for arc in lattice if arc.vanished}
    doubted = {text[arc.start : arc.end] for arc in lattice if arc.empty_doubt}
    assert offered == {"there", "Soon", "in"}
    assert doubted == {"there", "in"}


@pytest.mark.parametrize(
    ("text", "takes_the_space"), [("met ( nal score)", True), ("met nal score", False)]
)
def test_a_space_is_part_of_a_word_or_has_room_for_one(text: str, takes_the_space: bool) -> None:
    lattice = slots(text, Channel.parse("the,ligatures:space"))
    (arc,) = (each for each in lattice if each.slot.torn)
    assert [each.text for each in arc.slot.words] == [
        text[arc.start : arc.end],
        "final",
    ]
    assert text[arc.start : arc.end].startswith(" ") == takes_the_space
    assert bool(arc.vanished) != takes_the_space


@pytest.mark.parametrize(
    ("arrived", "written"),
    [
        ("Educa&on", "Educa&on"),
        ("na\ufffdon", "na\ufffdon"),
        ("bror(s)", "brother(s)"),
        ("sister&bror", "sister&brother"),
        ("bror-in-law", "brother-in-law"),
        ("\ufeffy left", "\ufeffThey left"),
    ],
)
def test_nothing_was_lost_beside_a_mark_that_tears_a_word(arrived: str, written: str) -> None:
    assert mend(arrived, channel="tion,the") == written
