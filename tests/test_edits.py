import json
import re
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmend import Channel, Drop, Edit, Mended, TextmendError, mend_and_explain
from textmend.edits import Alternative, Unit, apply_edits, revert_edits
from textmend.evidence import Evidence, Explained


def edit(start: int, before: str, after: str) -> Edit:
    return Edit(start, start + len(before), before, after, "word", 0.9)


@st.composite
def mended_texts(draw: st.DrawFn) -> Mended:
    words = draw(st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=8))
    text, edits = " ".join(words), []
    start = 0
    for word in words:
        match draw(st.sampled_from(["keep", "grow", "insert", "both"])):
            case "grow":
                edits.append(edit(start, word, word + draw(st.text("xyz", min_size=1))))
            case "insert":
                edits.append(edit(start, "", "x "))
            case "both":
                edits += [edit(start, "", "x "), edit(start, word, "y" + word)]
        start += len(word) + 1
    return Mended(text, tuple(edits))


@given(mended_texts())
def test_reverting_gives_the_input(mended: Mended) -> None:
    assert mended.revert() == mended.original


@given(mended_texts())
def test_unedited_places_map_both_ways(mended: Mended) -> None:
    touched = {place for e in mended.edits for place in range(e.start, e.end)}
    for place in range(len(mended.original)):
        if place not in touched:
            there = mended.to_mended(place)
            assert mended.text[there] == mended.original[place]
            assert mended.to_original(there) == place


@given(mended_texts())
def test_offset_maps_never_go_backwards(mended: Mended) -> None:
    there = [mended.to_mended(place) for place in range(len(mended.original) + 1)]
    back = [mended.to_original(place) for place in range(len(mended.text) + 1)]
    assert there == sorted(there)
    assert back == sorted(back)
    assert there[-1] == len(mended.text)
    assert back[-1] == len(mended.original)


def test_ends_of_an_edit() -> None:
    mended = Mended("many or areas", (edit(5, "or", "other"),))
    assert mended.text == "many other areas"
    assert [mended.to_mended(place) for place in (5, 6, 7, 8)] == [5, 10, 10, 11]
    assert [mended.to_original(place) for place in (5, 6, 9, 10, 11)] == [5, 7, 7, 7, 8]


@pytest.mark.parametrize("offset", [-1, 6])
def test_offsets_outside_the_text(offset: int) -> None:
    with pytest.raises(TextmendError, match="outside the text, which has 5 characters"):
        Mended("abcde").to_mended(offset)
    with pytest.raises(TextmendError, match="outside the text, which has 5 characters"):
        Mended("abcd", (edit(0, "ab", "axb"),)).to_original(offset)


@pytest.mark.parametrize(
    "edits",
    [
        [edit(0, "x", "xy")],
        [edit(3, "d", "de"), edit(0, "a", "ab")],
        [edit(9, "a", "b")],
        [edit(9, "", "b")],
        [Edit(2, 9, "cd", "cde", "word", 1.0)],
        [Edit(0, -1, "abc", "abcd", "word", 1.0)],
    ],
)
def test_edits_of_another_text(edits: list[Edit]) -> None:
    with pytest.raises(TextmendError, match="edits must be sorted and of this text"):
        apply_edits("abcd", edits)


def test_the_proof_spares_what_was_intact() -> None:
    text = "other\ny or"
    edits = (edit(6, "y", "they"), edit(8, "or", "other"))
    mended = Mended(text, edits, Channel.of("the"), intact=((0, 5),))
    assert mended.damage() == text
    assert Mended(text, edits, Channel.of("the")).damage() != text


def test_a_word_put_back_beside_an_intact_one_is_not_intact() -> None:
    text = "other sea"
    mended = Mended(text, (edit(5, "", " the"),), Channel.of("the"), intact=((0, 5),))
    assert mended.text == "other the sea"
    assert mended.damage() == text


def test_no_edits_give_the_same_string() -> None:
    text = "clean"
    assert Mended(text).text is text


@given(mended_texts())
def test_a_place_in_the_result_maps_to_where_as_much_of_the_input_is_done(mended: Mended) -> None:
    # Piece by piece: what an edit left alone maps one to one; the end of what it replaced is
    # reached with the first character of what it put there.
    back: list[int] = []
    done = 0
    for each in mended.edits:
        back += range(done, each.start)
        back += [each.start, *[each.end] * (len(each.after) - 1)]
        done = each.end
    back += range(done, len(mended.original) + 1)
    assert [mended.to_original(place) for place in range(len(mended.text) + 1)] == back


def test_the_share_of_lines_that_were_spared_but_not_under_a_leaky_channel() -> None:
    text, intact = "a clean line\nand one more", ((0, 13),)
    assert Mended(text, (), Channel.of("the"), intact=intact).damaged_share == 12 / 25
    assert Mended(text, (), Channel.random(), intact=intact).damaged_share == 1.0
    assert Mended(text, (), Channel(), intact=intact).damaged_share == 0.0


def test_a_result_as_values_for_json() -> None:
    alternatives = (Alternative("or", 0.07654321), Alternative("theor", 0.00123456))
    repair = Edit(9, 11, "or", "other", "word", 0.91234567, alternatives, ("the",))
    evidence = Evidence(Drop("the"), 4.5678, 1, (Explained("or", "other", 3),), 7.6543)
    mended = Mended("the sea\n\nor shores", (repair,), Channel.of("the"), (evidence,), ((0, 8),))
    assert mended.to_dict() == {
        "channel": Channel.of("the").to_dict(),
        "damaged_share": 0.5556,
        "evidence": [
            {
                "drop": Drop("the").to_dict(),
                "expected": 4.57,
                "observed": 1,
                "share": 0.7811,
                "explained": [{"arrived": "or", "written": "other", "count": 3}],
                "log_odds": 7.65,
            }
        ],
        "edits": [
            {
                "start": 9,
                "end": 11,
                "before": "or",
                "after": "other",
                "kind": "word",
                "probability": 0.9123,
                "alternatives": [
                    {"text": "or", "probability": 0.0765},
                    {"text": "theor", "probability": 0.0012},
                ],
                "drops": ["the"],
            }
        ],
        "intact": [[0, 8]],
    }


def test_a_result_comes_back_from_json() -> None:
    mended = mend_and_explain("Furrmore, the y left or\nshores.", channel="the")
    stored = json.loads(json.dumps(mended.to_dict()))
    again = Mended.from_dict(mended.original, stored)
    assert again.to_dict() == stored
    assert (again.text, again.revert()) == (mended.text, mended.original)
    assert again.damage() == mended.original
    for name in ("channel", "evidence", "edits", "intact"):
        with pytest.raises(TextmendError, match=name):
            Mended.from_dict(mended.original, {**stored, name: None})
    for name, value in (("start", None), ("before", None), ("kind", None), ("probability", -0.1)):
        edits = [{**stored["edits"][0], name: value}]
        with pytest.raises(TextmendError, match=r"edit|before|kind|start"):
            Mended.from_dict(mended.original, {**stored, "edits": edits})


_STORED = {"start": 0, "end": 1, "before": "a", "after": "ad", "kind": "word", "probability": 0.9}


def test_a_stored_edit_may_leave_out_what_there_is_none_of() -> None:
    assert Edit.from_dict(_STORED) == Edit(0, 1, "a", "ad", "word", 0.9)
    for extreme in (0, 1):
        assert Edit.from_dict({**_STORED, "probability": extreme}).probability == extreme


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"start": "a"}, "start is 'a'; it must be a whole number"),
        ({"end": None}, "end is None; it must be a whole number"),
        ({"before": None}, "before is None; it must be a str"),
        ({"after": 5}, "after is 5; it must be a str"),
        ({"kind": "x"}, "edit: unknown kind 'x'; it is one of word, "),
        ({"probability": 1.5}, "edit: probability is 1.5; it must be in 0 to 1"),
        ({"probability": -0.1}, "edit: probability is -0.1; it must be in 0 to 1"),
        ({"alternatives": [{"text": 3, "probability": 0.1}]}, "text is 3; it must be a str"),
        ({"alternatives": [{"text": "x", "probability": 2}]}, "edit: probability is 2; it must"),
        ({"alternatives": 3}, "malformed edit {"),
        ({"drops": [3]}, "drops[0] is 3; it must be a str"),
    ],
)
def test_a_malformed_edit_is_refused_with_what_is_wrong(
    wrong: dict[str, object], message: str
) -> None:
    with pytest.raises(TextmendError, match=rf"^{re.escape(message)}"):
        Edit.from_dict({**_STORED, **wrong})


def test_what_is_no_edit_is_shown_with_what_was_expected() -> None:
    with pytest.raises(
        TextmendError,
        match=r"^malformed edit 3: TypeError .*; expected an object as Edit.to_dict gives it$",
    ):
        Edit.from_dict(3)


def test_intact_spans_of_a_stored_result_are_of_its_text() -> None:
    stored = Mended("abc").to_dict()
    assert Mended.from_dict("abc", {**stored, "intact": [[0, 2]]}).intact == ((0, 2),)
    for spans in ([[2, 1]], [[0, 9]], [[-1, 2]]):
        with pytest.raises(
            TextmendError,
            match=r"^malformed result: intact spans are not sorted, or not of this text$",
        ):
            Mended.from_dict("abc", {**stored, "intact": spans})
    with pytest.raises(TextmendError, match=r"expected an object as Mended.to_dict gives it$"):
        Mended.from_dict("abc", 3)
    with pytest.raises(TextmendError, match=r"^malformed result: 'intact' is missing, or no value"):
        Mended.from_dict("abc", {**stored, "intact": 3})


def test_edits_of_another_text_are_neither_made_nor_taken_back() -> None:
    edits = mend_and_explain("y left or shores.", channel="the").edits
    with pytest.raises(TextmendError, match="expected 'y', found 'z'"):
        apply_edits("z left or shores.", edits)
    with pytest.raises(TextmendError, match="expected 'They', found 'Thez'"):
        revert_edits("Thez left other shores.", edits)


@given(
    st.lists(
        st.tuples(st.sampled_from(["other or", "or other", "at other or", ""]), st.booleans()),
        min_size=1,
    )
)
def test_the_damaged_share_is_that_of_lines_whatever_survived_in_them(
    told: list[tuple[str, bool]],
) -> None:
    text, intact, damaged = "", [], 0
    for place, (line, is_damaged) in enumerate(told):
        start, ended = len(text), line + "\n" * (place < len(told) - 1)
        text += ended
        if not is_damaged:
            intact.append((start, len(text)))
        elif "other" in line:
            intact.append((start + line.index("other"), start + line.index("other") + 5))
        damaged += is_damaged * len(ended)
    mended = Mended(text, (), Channel.of("the"), intact=tuple(intact))
    assert mended.damaged_share == pytest.approx(damaged / len(text) if text else 0.0)


def test_what_stands_where_a_word_is_put_back_is_intact() -> None:
    text = "other sea"
    mended = Mended(text, (edit(0, "", "the "),), Channel.of("the"), intact=((0, 5),))
    assert mended.damage() == text


def test_pieces_that_were_spared_are_so_within_the_word_that_they_became() -> None:
    text = "an off-icl act"
    intact = ((0, 2), (3, 6), (6, 7), (7, 10), (11, 14))
    mended = Mended(text, (edit(3, "off-icl", "off-icial"),), Channel.random(), intact=intact)
    assert mended.damage() == text


Side = Literal["mended", "original"]
SIDES: tuple[Side, Side] = ("mended", "original")
UNITS: tuple[Unit, ...] = ("code-points", "utf-8", "utf-16")
# A character of each length in UTF-8, and one that takes two units of UTF-16.
WIDE = str.maketrans("abxyz", "aé€\U0001f600z")


def widened(mended: Mended) -> Mended:
    """The same with characters that are of more than one byte or unit."""
    return Mended(
        mended.original.translate(WIDE),
        tuple(
            edit(each.start, each.before.translate(WIDE), each.after.translate(WIDE))
            for each in mended.edits
        ),
    )


def texts_of(mended: Mended, to: Side) -> tuple[str, str]:
    """The text that spans are of, and the one that they are mapped to."""
    return (mended.original, mended.text) if to == "mended" else (mended.text, mended.original)


def all_spans(text: str) -> list[tuple[int, int]]:
    places = range(len(text) + 1)
    return [(start, end) for start in places for end in places[start:]]


def in_units(text: str, unit: Unit, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Counted anew from the text before each place."""

    def offset(place: int) -> int:
        match unit:
            case "code-points":
                return place
            case "utf-8":
                return len(text[:place].encode())
            case "utf-16":
                return len(text[:place].encode("utf-16-le")) // 2

    return [(offset(start), offset(end)) for start, end in spans]


@given(mended_texts(), st.sampled_from(SIDES))
def test_a_span_keeps_what_it_covers_and_gets_no_more_than_whole_edits(
    mended: Mended, to: Side
) -> None:
    source, target = texts_of(mended, to)
    spans = all_spans(source)
    edits = [
        ((each.start, each.end), (start, start + len(each.after)))
        for each, start in zip(mended.edits, mended._starts, strict=True)
    ]
    for (start, end), (first, last) in zip(spans, mended.map_spans(spans, to=to), strict=True):
        assert 0 <= first <= last <= len(target)
        if start == end:
            assert first == last
            continue
        place = start
        pieces = ""
        while place < end:  # character by character, whole edits at once
            for of_original, of_mended in edits:
                here, there = (
                    (of_original, of_mended) if to == "mended" else (of_mended, of_original)
                )
                if here[0] <= place < here[1]:
                    pieces += target[there[0] : there[1]]
                    place = here[1]
                    break
                # What has nothing in the source lies between two characters: inside, it is covered.
                if here[0] == here[1] == place > start:
                    pieces += target[there[0] : there[1]]
            else:
                pieces += source[place]
                place += 1
        assert target[first:last] == pieces


@given(mended_texts())
def test_a_span_there_and_back_covers_itself(mended: Mended) -> None:
    spans = [span for span in all_spans(mended.original) if span[0] < span[1]]
    there = mended.map_spans(spans)
    again = mended.map_spans(there, to="original")
    for (start, end), (first, last) in zip(spans, again, strict=True):
        assert first <= start
        assert end <= last
    assert mended.map_spans(again) == there


@given(mended_texts().map(widened), st.sampled_from(SIDES), st.sampled_from(UNITS))
def test_spans_in_units_are_those_in_characters(mended: Mended, to: Side, unit: Unit) -> None:
    source, target = texts_of(mended, to)
    spans = all_spans(source)
    assert mended.map_spans(in_units(source, unit, spans), to=to, unit=unit) == in_units(
        target, unit, mended.map_spans(spans, to=to)
    )


@given(mended_texts())
def test_maps_compose_with_those_of_another_cleaner(mended: Mended) -> None:
    # It deletes dashes and knows where each character that it left was: what most cleaners do.
    dirty = "-" + "--".join(mended.original) + "-"
    was = [place for place, character in enumerate(dirty) if character != "-"]
    words = [
        (start, end)
        for start, end in all_spans(mended.original)
        if mended.original[start:end].isalpha()
    ]
    of_mended = mended.map_spans(words)
    for word, (start, end) in zip(words, mended.map_spans(of_mended, to="original"), strict=True):
        assert start <= word[0] < word[1] <= end
        found = dirty[was[start] : was[end - 1] + 1]
        assert found.replace("-", "") == mended.original[start:end]


@given(mended_texts(), st.data())
def test_maps_of_two_menders_compose(first: Mended, data: st.DataObject) -> None:
    # The second one puts back one more letter, somewhere.
    place = data.draw(st.integers(0, len(first.text) - 1))
    second = Mended(first.text, (edit(place, first.text[place], first.text[place] + "s"),))
    spans = [span for span in all_spans(first.original) if span[0] < span[1]]
    there = second.map_spans(first.map_spans(spans))
    for (start, end), (begin, stop) in zip(spans, there, strict=True):
        letters = iter(second.text[begin:stop])
        assert all(letter in letters for letter in first.original[start:end])  # in this order
    back = first.map_spans(second.map_spans(there, to="original"), to="original")
    assert all(b <= s and e <= f for (s, e), (b, f) in zip(spans, back, strict=True))


def test_spans_at_what_was_put_back() -> None:
    mended = Mended("many or areas", (edit(0, "", "so "), edit(5, "or", "other")))
    assert mended.text == "so many other areas"
    assert mended.map_spans([(0, 4), (5, 6), (6, 13), (0, 0)]) == [(3, 7), (8, 13), (8, 19), (3, 3)]
    back = mended.map_spans([(0, 2), (0, 4), (9, 10), (12, 19)], to="original")
    assert back == [(0, 0), (0, 1), (5, 7), (5, 13)]


@pytest.mark.parametrize(
    ("spans", "unit", "message"),
    [
        ([(0, 9)], "code-points", "offset 9 is outside the text, which ends at 4"),
        ([(0, 6)], "utf-8", "offset 6 is outside the text, which ends at 5"),
        ([(0, 4)], "utf-8", r"offset 4 is inside a character, 'é'; is it in utf-8\?"),
        ([(2, 1)], "utf-16", r"span \(2, 1\) ends before it starts"),
        ([(1.5, 2)], "code-points", "pairs of offsets"),
        ([(0, 1)], "bytes", "unknown unit 'bytes'; it is one of code-points, utf-8, utf-16"),
    ],
)
def test_spans_that_are_none(spans: list[tuple[int, int]], unit: Unit, message: str) -> None:
    with pytest.raises(TextmendError, match=message):
        Mended("café").map_spans(spans, unit=unit)


def test_a_side_that_is_none() -> None:
    with pytest.raises(TextmendError, match="unknown to 'clean'; it is one of mended, original"):
        Mended("a").map_spans([], to="clean")  # type: ignore[arg-type]
