import json
import re
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from textmend import Channel, Drop, DropCaps, RandomLoss, TextmendError
from textmend.channel.channel import Place, WhiteSpace
from textmend.channel.drops import Reach

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


@pytest.mark.parametrize(
    ("written", "arrived"),
    [
        ("für", "fuer"),
        ("Über", "Ueber"),
        ("ÜBer", "UEBer"),  # the letters beside tell: one to either side, no more
        ("aÜb", "aUeb"),
        ("aÜB", "aUeB"),
        ("Ü", "Ue"),
        ("NÜ", "NUE"),
        ("N Ü", "N Ue"),
    ],
)
def test_a_residue_is_written_in_the_case_of_what_it_replaces(written: str, arrived: str) -> None:
    assert Channel((Drop("ü", residue="ue"),)).apply(written) == arrived
    assert Channel.parse("accents:german").apply(written) == arrived


def test_a_residue_stays_where_the_case_tells_nothing() -> None:
    assert Channel((Drop("fi", residue="f"),)).apply("fI Fi fi FI") == "f F f F"


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
        ('{"drops": [{"sequence": 3}]}', "drop 1: sequence is 3; it must be a str"),
        ('{"drops": [{"sequence": ""}]}', "a drop needs a sequence"),
        ('{"drops": [{"sequence": "a", "where": "middle"}]}', "unknown place 'middle'"),
        ('{"drops": [{"sequence": "a", "colour": "red"}]}', "unknown key 'colour'"),
        ('{"drops": [], "space": 1}', "unknown key 'space'"),
        ('{"drops": [{"family": ["random"]}]}', "drop 1: unknown family .'random'."),
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


@given(st.text("thead", max_size=40), st.lists(st.integers(0, 40), max_size=6))
def test_between_intact_spans_each_part_is_damaged_alone(text: str, cuts: list[int]) -> None:
    places = sorted({min(cut, len(text)) for cut in cuts})
    intact = list(zip(places[::2], places[1::2], strict=False))
    channel = Channel.of("the", "ad", whitespace="keep")
    ends = [0, *(end for _, end in intact)]
    starts = [*(start for start, _ in intact), len(text)]
    damaged = [channel.apply(text[end:start]) for end, start in zip(ends, starts, strict=True)]
    spared = [text[start:end] for start, end in intact] + [""]
    expected = "".join(part + kept for part, kept in zip(damaged, spared, strict=True))
    # What a shield stands between does not become a sequence by its deletion.
    assert channel.apply(text, intact=intact) == expected


@pytest.mark.parametrize("free", [range(0xFDD0, 0xFDD3), range(0xFDED, 0xFDF0)])
def test_a_text_may_hold_all_non_characters_but_three(free: range) -> None:
    marks = "".join(chr(code) for code in range(0xFDD0, 0xFDF0) if code not in free)
    assert EXAMPLE.apply(f"the {marks} other") == f"{marks} or"
    with pytest.raises(TextmendError, match="non-characters U\\+FDD0 to U\\+FDEF; remove them"):
        EXAMPLE.apply(f"the {marks}{chr(free[1])} other")


def test_what_leaves_no_doubt_is_a_survivor() -> None:
    channel = Channel((Drop("the"), RandomLoss(0.1), DropCaps()))
    assert channel.is_survivor("other", "text")
    assert not channel.is_survivor("Or", "text")
    assert channel.is_survivor("Or", "paragraph")
    assert channel.is_survivor("Or")
    assert not channel.is_survivor("or")


def test_what_is_left_in_the_place_of_letters() -> None:
    assert Channel.parse("the,ff:f,fi:f+space").residues == {"f", "f "}


def test_a_sequence_is_no_family_for_being_part_of_its_name() -> None:
    assert Channel.parse("ascii,cap").drops == (Drop("ascii"), Drop("cap"))


def test_json_can_be_read_and_written_by_people() -> None:
    assert Channel.from_json('{"drops": [{"sequence": "the"}]}') == Channel.of("the")
    assert Channel.of("é").to_json() == (
        '{\n  "drops": [\n    {\n      "sequence": "é",\n      "residue": "",\n'
        '      "where": "anywhere",\n      "ignore_case": true\n    }\n  ],\n'
        '  "whitespace": "collapse"\n}'
    )


def test_the_channel_that_does_nothing_is_called_so() -> None:
    assert repr(Channel()) == "Channel()"
    assert repr(EXAMPLE) == "Channel.of('the', 'ad')"
    assert repr(Channel((Drop("the"), Drop("ad", where="inside")))).startswith("Channel((Drop(")
    assert repr(Channel(whitespace="keep")) == "Channel(whitespace='keep')"


def settled(pieces: list[str], residue: str, whitespace: WhiteSpace) -> str:
    """What is left of pieces of text of which each "the" left a residue, run by run."""
    core = residue.strip(" ")
    blank = whitespace == "squeeze"  # which settles what lies within a line
    left: list[str] = []  # characters; "hole" and "seam" where white space is to be settled
    for piece in pieces:
        if piece != "the":
            left += piece
        elif not residue:
            left.append("hole")
        elif not core:
            left.append("seam")
        else:
            left += ["seam"] * residue.startswith(" ") + [core] + ["seam"] * residue.endswith(" ")
    for mark in ("hole", "seam"):
        done: list[str] = []
        run: list[str] = []
        before = "edge"  # what stands before the run
        for after in [*left, "edge"]:
            if after == mark or (after.isspace() and not (blank and after == "\n")):
                run.append(after)
                continue
            ends = ("edge", "\n") if blank else ("edge",)
            done += run_settled(run, mark, before in ends, after in ends, blank)
            run, before = [], after
            done += [after] * (after != "edge")
        left = done
    return "".join(left)


def run_settled(run: list[str], mark: str, at_start: bool, at_end: bool, blank: bool) -> list[str]:
    """What is left of a run of white space and marks between other characters, or the edges."""
    head, tail = 0, len(run)
    if mark == "hole":  # one that touches a word has no white space on that side
        while not at_start and head < tail and run[head] == mark:
            head += 1
        while not at_end and tail > head and run[tail - 1] == mark:
            tail -= 1
    inner = run[head:tail]
    if mark not in inner:
        return [each for each in run if each != mark]
    spaces = [each for each in inner if each != mark]
    least = [" "] if mark == "seam" else []
    if blank:
        return spaces[:1] or least
    breaks = [each for each in spaces if each in "\r\n"]
    if breaks or (at_start and not head) or (at_end and tail == len(run)):
        return breaks
    return spaces[:1] or least


@pytest.mark.parametrize("whitespace", ["squeeze", "collapse"])
@given(
    st.lists(st.sampled_from(["the", "the", " ", "\t", "\n", "a", ","]), max_size=12),
    st.sampled_from(["", " ", "?", " ?", "? "]),
)
@example(["a", " ", "the", "\t", "the", " ", "a"], "")
@example(["a", " ", "the", "\t", "the", " ", "a"], " ")
def test_white_space_is_settled_run_by_run(
    whitespace: WhiteSpace, pieces: list[str], residue: str
) -> None:
    channel = Channel((Drop("the", residue),), whitespace)
    assert channel.apply("".join(pieces)) == settled(pieces, residue, whitespace)


def test_what_is_left_as_it_was_settles_nothing() -> None:
    assert Channel((Drop(" ", residue=" "),)).apply("a  b \n c") == "a  b \n c"


def test_rules_say_of_which_words_they_ask_where_these_stand() -> None:
    anywhere, opening = Drop("I"), Drop("I", where="paragraph-start")
    of_all = DropCaps(of="document")
    acting = {
        rule.reach: [rule.acts_at(place) for place in get_args(Reach)]
        for rule in (anywhere, opening, of_all)
    }
    assert acting == {
        "text": [True, True, True],
        "paragraph": [False, True, True],
        "document": [False, False, True],
    }
    assert [rule.by_line().reach for rule in (anywhere, opening, of_all)] == [
        "text",
        "paragraph",
        "paragraph",
    ]


def test_the_start_of_paragraphs_is_the_only_place_that_is_not_in_all_of_a_text() -> None:
    reaches = {where: Drop("the", where=where).reach for where in get_args(Place)}
    assert reaches.pop("paragraph-start") == "paragraph"
    assert set(reaches.values()) == {"text"}


def test_rules_that_delete_or_leave_line_breaks_cross_lines() -> None:
    assert Drop("\n").crosses_lines
    assert Drop("the", residue=" \n").crosses_lines
    assert not Drop("the", residue=" ").crosses_lines


def test_what_is_a_letter_beside_a_sequence() -> None:
    for letter in ("e", "é", "e\u0301", "ж", "字"):
        assert Channel.of("th", where="whole-word").apply(f"th{letter} {letter}th") == (
            f"th{letter} {letter}th"
        )
    for mark in ("1", "_", "-", "’", "²"):
        assert Channel.of("th", where="whole-word").apply(f"th{mark}{mark}th") == mark + mark


@pytest.mark.parametrize(
    ("spec", "written", "arrived"),
    [
        ("ö:o", "Öl ÖL öl Köln KÖLN", "Ol OL ol Koln KOLN"),
        ("ü:ue", "Über ÜBER über Kür KÜR", "Ueber UEBER ueber Kuer KUER"),
        ("ff:f", "Office OFFICE Ffestiniog FFESTINIOG", "Ofice OFICE Festiniog FESTINIOG"),
        ("Ö:O", "öl Öl", "ol Ol"),
        ("fi:#", "Find FIND find", "#nd #ND #nd"),
        ("accents:german", "Über ÜBER das MENÜ groß Ä", "Ueber UEBER das MENUE gross Ae"),
        ("accents", "Über ÜBER ça e\u0301", "Uber UBER ca e"),
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
