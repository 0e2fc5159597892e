"""Families of deletions: their forward models, their names, and that mending inverts them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpora
from textmend import (
    Channel,
    Doubled,
    Drop,
    DropCaps,
    Ligatures,
    NonAscii,
    RandomLoss,
    TextmendError,
    mend_and_explain,
)
from textmend.channel.drops import Rule

NEWS = [document.text for document in corpora.load("news", split="dev")]
PARAGRAPHS = [line for text in NEWS for line in text.split("\n") if line]


@pytest.mark.parametrize(
    ("spec", "written", "arrived"),
    [
        ("ligatures", "efficient FINGER finger Fine off", "ecient FINGER nger Fine o"),
        ("ligatures:extended", "The staff act often", "e a a oen"),
        ("ligatures:space", "the first, the traffic. Off!", "the rst, the tra c. O !"),
        ("ligatures:fffd", "flee the office", "\ufffdee the o\ufffdce"),
        ("non-ascii", "Úrsula für naïve Straße e\u0301te\u0301", "rsula fr nave Strae ete"),
        ("non-ascii:?", "für était", "f?r ?tait"),
        ("non-ascii:space", "français, été.", "fran ais, t ."),
        ("doubled", "Woolgoolga's access; see Aaron", "Wolgolga's aces; se Aaron"),
        ("drop-caps", "The calls\nan end\nÉtat\n", "he calls\nan end\ntat\n"),
        ("drop-caps:document", "The calls\nThe end", "he calls\nThe end"),
        ("drop-caps:word", "The calls\nIt’s so\nin it", "calls\nso\nin it"),
        ("ff:f", "offer off", "ofer of"),
        ("ing:word-end", "singing", "sing"),
    ],
)
def test_what_a_family_does_to_text(spec: str, written: str, arrived: str) -> None:
    assert Channel.parse(spec).apply(written) == arrived


@pytest.mark.parametrize(
    ("whitespace", "arrived"),
    [
        ("keep", " rst o  for  ve"),
        ("squeeze", " rst o for ve"),
        ("collapse", "rst o for ve"),
    ],
)
def test_a_space_that_is_left_meets_the_spaces_beside_it(whitespace: str, arrived: str) -> None:
    channel = Channel((Ligatures(" "),), whitespace)  # type: ignore[arg-type]
    assert channel.apply("first off for five") == arrived


@pytest.mark.parametrize(
    ("spec", "channel"),
    [
        ("ligatures", Channel.ligatures()),
        ("ligatures:space", Channel.ligatures(" ")),
        ("ligatures:extended:U+0002", Channel.ligatures("\x02", extended=True)),
        ("non-ascii:?,doubled", Channel((NonAscii("?"), Doubled()))),
        ("drop-caps:word:document", Channel.drop_caps("word", of="document")),
        ("drop-caps:letter", Channel.drop_caps()),
        ("drop-caps:paragraph", Channel.drop_caps()),
        ("the:whole-word,fi:space", Channel((Drop("the", "", "whole-word"), Drop("fi", " ")))),
        ("random", Channel.random(0.01)),
        ("random:2.5%", Channel.random(0.025)),
        ("the,random:0.02", Channel((Drop("the"), RandomLoss(0.02)))),
    ],
)
def test_specs_name_families(spec: str, channel: Channel) -> None:
    assert Channel.parse(spec) == channel


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("doubled:space", "doubled has no options"),
        ("ligatures:space:?", "one residue is enough"),
        ("drop-caps:line", "unknown option 'line'"),
        ("the:space:?", "more than one residue"),
        ("ligatures:", "malformed channel"),
        ("random:often", "'often' is no rate"),
        ("random:1", "the rate is 1.0; it must be between 0 and 1"),
        ("random:1%:space", "one rate is enough"),
        ("random:0", "the rate is 0.0; it must be between 0 and 1"),
    ],
)
def test_malformed_options(spec: str, message: str) -> None:
    with pytest.raises(TextmendError, match=message):
        Channel.parse(spec)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{"drops": [{"family": "vowels"}]}', "unknown family 'vowels'"),
        ('{"drops": [{"family": 3}]}', "unknown family 3"),
        ('{"drops": [{"family": "doubled", "residue": " "}]}', "unknown key 'residue'"),
        ('{"drops": [{"family": "drop-caps", "unit": "line"}]}', "unknown unit 'line'"),
        ('{"drops": [{"family": "drop-caps", "of": "text"}]}', "unknown reach 'text'"),
        (
            '{"drops": [{"family": "ligatures", "extended": 1}]}',
            "drop 1: extended is 1; it must be a",
        ),
        ('{"drops": [{"family": "random", "rate": 2.0}]}', "must be between 0 and 1"),
    ],
)
def test_malformed_json_is_named(source: str, message: str) -> None:
    with pytest.raises(TextmendError, match=message):
        Channel.from_json(source)


RESIDUES = st.sampled_from(["", " ", "\ufffd", "?", "\0", "#", " ? "])
RULES: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Ligatures, RESIDUES, st.booleans()),
    st.builds(NonAscii, RESIDUES),
    st.builds(Doubled),
    st.builds(RandomLoss, st.floats(0.001, 0.2)),
    st.builds(
        DropCaps, st.sampled_from(["letter", "word"]), st.sampled_from(["paragraph", "document"])
    ),
    st.builds(
        Drop,
        st.sampled_from(["the", "er", "fi", "ff", "an", "s"]),
        residue=RESIDUES,
        where=st.sampled_from(["anywhere", "word-start", "inside", "paragraph-start"]),
        ignore_case=st.booleans(),
    ),
)
CHANNELS = st.builds(
    Channel,
    drops=st.lists(RULES, min_size=1, max_size=2).map(tuple),
    whitespace=st.sampled_from(["keep", "squeeze", "collapse"]),
)


@given(CHANNELS)
def test_json_and_repr_both_ways(channel: Channel) -> None:
    assert Channel.from_json(channel.to_json()) == channel
    names = (Channel, Drop, Ligatures, NonAscii, Doubled, DropCaps, RandomLoss)
    assert eval(repr(channel), {each.__name__: each for each in names}) == channel


@pytest.mark.slow
@settings(max_examples=40)
@given(CHANNELS, st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=3))
def test_a_known_family_is_inverted_and_proven(channel: Channel, paragraphs: list[str]) -> None:
    text = channel.apply("\n".join(paragraphs))
    mended = mend_and_explain(text, channel=channel, min_probability=0.0)
    assert mended.revert() == text == mended.damage()
    for edit in mended.edits:
        assert text[edit.start : edit.end] == edit.before != edit.after
        assert edit.drops


@pytest.mark.slow
@settings(max_examples=60)
@given(CHANNELS, st.text(alphabet="thefirson \n.?\ufffd#\0Tf é", max_size=60))
def test_any_text_is_proven(channel: Channel, text: str) -> None:
    mended = mend_and_explain(text, channel=channel, min_probability=0.0)
    assert mended.revert() == text == mended.damage()


@pytest.mark.parametrize(
    ("spec", "share"),
    [
        ("ligatures", 0.95),
        ("ligatures:space", 0.94),
        ("ligatures:fffd", 0.97),
        ("ligatures:?", 0.97),
        ("ff:f,fi:f", 0.95),
        ("doubled", 0.85),
    ],
)
def test_damaged_words_come_back(spec: str, share: float) -> None:
    channel = Channel.parse(spec)
    right = damaged = 0
    for document in NEWS[:12]:
        mended = mend_and_explain(channel.apply(document), channel=channel)
        for line, clean in zip(mended.text.split("\n"), document.split("\n"), strict=True):
            words = clean.split()
            hit = [word for word in words if channel.apply(word) != word]
            got = line.split()
            damaged += len(hit)
            right += len(hit) - sum(word not in got for word in hit)
    assert damaged > 50
    assert right / damaged >= share


def test_the_variants_that_are_tried_leave_what_is_seen() -> None:
    seen = ["", "?"]
    assert Ligatures.variants(seen) == [
        each
        for residue in seen
        for each in (
            Ligatures(residue),
            Ligatures(residue, glyphs="ff,fi,fl"),
            Ligatures(residue, extended=True),
        )
    ]
    assert NonAscii.variants(seen) == [NonAscii(""), NonAscii("?")]
    assert Doubled.variants(seen) == [Doubled()]
    assert DropCaps.variants(seen) == [DropCaps()]
    assert RandomLoss.variants(seen) == []


def test_the_ligatures_of_fonts_are_all_lost() -> None:
    common = ["ffi", "ffl", "ff", "fi", "fl"]
    for pair in [*common, "ft", "tt", "ti", "st", "ct", "Th"]:
        assert Channel.ligatures("#").apply(f"-{pair}-") == (
            "-#-" if pair in common else f"-{pair}-"
        )
        assert Channel.ligatures("#", extended=True).apply(f"-{pair}-") == "-#-"


def test_what_doubled_letters_lost_is_their_repetition() -> None:
    assert Channel.doubled().acting_on("a feeeel of offf") == ("eee", "ff")


def test_the_name_of_a_rate() -> None:
    assert [RandomLoss(rate).name for rate in (0.99, 0.015, 0.001)] == [
        "random:99%",
        "random:1.5%",
        "random:0.1%",
    ]


def test_codes_of_characters_end_where_unicode_does() -> None:
    for spec, residue in [
        ("the:U+10FFFF", "\U0010ffff"),
        ("the:u+e000", "\ue000"),
        ("the:U+D7FF", "\ud7ff"),
        ("the:nul", "\0"),
        ("the:NUL+fffd", "\0\ufffd"),
    ]:
        assert Channel.parse(spec) == Channel((Drop("the", residue=residue),))
    for code in ("U+110000", "U+D800", "U+DFFF"):
        with pytest.raises(TextmendError, match="is the code of no character"):
            Channel.parse(f"the:{code}")
