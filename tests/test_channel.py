import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmend import Channel, Drop, TextmendError
from textmend.channel import Place

EXAMPLE = Channel.of("the", "ad")


@pytest.mark.parametrize(
    ("written", "arrived"),
    [
        ("administration", "ministration"),
        ("they, their, there, these", "y, ir, re, se"),
        ("Furthermore, he added", "Furrmore, he ded"),
        ("The end", "end"),
        ("THE END", "END"),
        ("to the end", "to end"),
        ("the", ""),
        ("over the, and", "over , and"),
        ("line\nThe next", "line\nnext"),
        ("at the\nend", "at\nend"),
        ("one\n\nthe the two", "one\n\ntwo"),
        ("bathe  at sea", "ba  at sea"),
    ],
)
def test_collapsing_channel(written: str, arrived: str) -> None:
    assert EXAMPLE.apply(written) == arrived


@pytest.mark.parametrize(
    ("whitespace", "arrived"),
    [("keep", " end of  sea \n x"), ("squeeze", " end of sea \n x"), ("collapse", "end of sea\nx")],
)
def test_white_space_policies(whitespace: str, arrived: str) -> None:
    channel = Channel.from_dict({"drops": [{"sequence": "the"}], "whitespace": whitespace})
    assert channel.apply("The end of the sea the\nthe x") == arrived


def test_drops_act_in_order_on_what_is_left() -> None:
    assert Channel.of("the", "ad").apply("atthed") == "atd"
    assert Channel.of("ad", "the").apply("tadhe") == ""
    assert Channel.of("the", "ad").apply("tadhe") == "the"


@pytest.mark.parametrize(
    ("where", "arrived"),
    [
        ("anywhere", "ir ba bar wi "),
        ("word-start", "ir bathe bather withe "),
        ("word-end", "their ba bather wi "),
        ("inside", "their bathe bar withe the"),
        ("whole-word", "their bathe bather withe "),
    ],
)
def test_place_of_a_drop(where: Place, arrived: str) -> None:
    channel = Channel.of("the", where=where, whitespace="keep")
    assert channel.apply("their bathe bather withe the") == arrived


def test_paragraph_start() -> None:
    channel = Channel((Drop("I", where="paragraph-start", ignore_case=False),))
    assert channel.apply("India\nIt Is") == "ndia\nt Is"


def test_case_is_respected_when_asked() -> None:
    assert Channel.of("the", ignore_case=False).apply("The other THE") == "The or THE"


def test_residue_takes_the_place_of_the_sequence() -> None:
    channel = Channel((Drop("fi", residue=" "), Drop("ff", residue="\ufffd")))
    assert channel.apply("classifies off") == "classi es o\ufffd"


def test_intact_spans_are_left_alone() -> None:
    text = "other news\nThe other news"
    assert EXAMPLE.apply(text, intact=[(0, 10)]) == "other news\nor news"


@pytest.mark.parametrize("spans", [[(3, 2)], [(4, 6), (5, 7)], [(0, 99)]])
def test_unusable_intact_spans(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(TextmendError, match="sorted, disjoint"):
        EXAMPLE.apply("some text", intact=spans)


def test_text_with_non_characters_passes_through() -> None:
    text = "a\ufdd0 the b\ufdd1"
    assert EXAMPLE.apply(text) == "a\ufdd0 b\ufdd1"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("ligature:space", "did you mean 'ligatures'"),
        ("Non-ASCII", "did you mean 'non-ascii'"),
        ("the:word_start", "'word_start' is no option; name a place such as word-end"),
        ("ligatures:fffx", "'fffx' is no option"),
    ],
)
def test_misspelled_families_and_options(spec: str, message: str) -> None:
    with pytest.raises(TextmendError, match=message):
        Channel.parse(spec)


def test_residues_are_what_was_named() -> None:
    assert Channel.parse("the:X,ff:F+space") == Channel(
        (Drop("the", residue="X"), Drop("ff", residue="F "))
    )
    for code in ("U+FFFFFF", "U+D800"):
        with pytest.raises(TextmendError, match=re.escape(f"{code} is the code of no character")):
            Channel.parse(f"the:{code}")


DROPS = st.builds(
    Drop,
    sequence=st.text(min_size=1, max_size=8),
    residue=st.sampled_from(["", " ", "\ufffd", "?"]),
    where=st.sampled_from(["anywhere", "word-start", "word-end", "inside", "whole-word"]),
    ignore_case=st.booleans(),
)
CHANNELS = st.builds(
    Channel,
    drops=st.lists(DROPS, max_size=4).map(tuple),
    whitespace=st.sampled_from(["keep", "squeeze", "collapse"]),
)


@given(CHANNELS)
def test_json_both_ways(channel: Channel) -> None:
    assert Channel.from_json(channel.to_json()) == channel


@given(CHANNELS)
def test_repr_makes_an_equal_channel(channel: Channel) -> None:
    assert eval(repr(channel), {"Channel": Channel, "Drop": Drop}) == channel


@given(st.text(alphabet="thead \n.", max_size=60))
def test_kept_white_space_is_plain_replacement(text: str) -> None:
    damaged = Channel.of("the", "ad", whitespace="keep").apply(text)
    assert damaged == text.replace("the", "").replace("ad", "")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("[", "line 1, column 2"),
        ("[]", 'a list "drops"'),
        ('{"drops": {}}', 'a list "drops"'),
        ('{"drops": ["the"]}', "drop 1 must be an object"),
        ('{"drops": [{"sequence": "a"}, {"residue": "b"}]}', "drop 2 must be an object"),
        ('{"drops": [{"sequence": 3}]}', "sequence must be a str"),
        ('{"drops": [{"sequence": ""}]}', "a drop needs a sequence"),
        ('{"drops": [{"sequence": "a", "where": "middle"}]}', "unknown place 'middle'"),
        ('{"drops": [{"sequence": "a", "colour": "red"}]}', "unknown key 'colour'"),
        ('{"drops": [], "space": 1}', "unknown key 'space'"),
        ('{"drops": [], "whitespace": "none"}', "unknown white-space policy"),
    ],
)
def test_malformed_json_is_named(source: str, message: str) -> None:
    with pytest.raises(TextmendError, match=message):
        Channel.from_json(source)


@pytest.mark.parametrize("spec", ["", ",", "the,,ad", " "])
def test_malformed_spec(spec: str) -> None:
    with pytest.raises(TextmendError, match="separated by commas"):
        Channel.parse(spec)


def test_json_is_stable() -> None:
    assert json.loads(Channel.of("the").to_json()) == {
        "drops": [{"sequence": "the", "residue": "", "where": "anywhere", "ignore_case": True}],
        "whitespace": "collapse",
    }


@pytest.mark.parametrize(
    ("spec", "written", "arrived"),
    [
        ("ö:o", "Öl ÖL öl Köln KÖLN", "Ol OL ol Koln KOLN"),
        ("ü:ue", "Über ÜBER über Kür KÜR", "Ueber UEBER ueber Kuer KUER"),
        ("ff:f", "Office OFFICE Ffestiniog FFESTINIOG", "Ofice OFICE Festiniog FESTINIOG"),
        ("Ö:O", "öl Öl", "ol Ol"),
        ("fi:#", "Find FIND find", "#nd #ND #nd"),
    ],
)
def test_what_is_left_has_the_case_of_what_was_there(spec: str, written: str, arrived: str) -> None:
    assert Channel.parse(spec).apply(written) == arrived


def test_a_drop_that_respects_case_leaves_its_residue_as_it_is() -> None:
    channel = Channel((Drop("Ö", residue="o", ignore_case=False),))
    assert channel.apply("Öl öl ÖL") == "ol öl oL"


@pytest.mark.parametrize(
    ("spec", "word", "survives"),
    [
        ("fi:fi+space", "fi", False),
        ("fi:fi+space", "confi", False),
        ("fi:fi+space", "fi rst", False),
        ("fi:fi+space", "first", True),
        ("fi:fi+space", "fifi", True),
        ("ff:space+ff+space", "di ff erent", False),
        ("ff:space+ff+space", "off", True),
        ("ff:space+ff+space", "ffestiniog", True),
        ("tt:t", "matter", True),
        ("tt:[tt]", "ma[tt]er", False),
        ("tt:[tt]", "matter", True),
    ],
)
def test_a_sequence_that_is_its_own_residue_has_not_survived(
    spec: str, word: str, survives: bool
) -> None:
    assert Channel.parse(spec).is_survivor(word) == survives
