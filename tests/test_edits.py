import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmend import Channel, Drop, Edit, Mended, TextmendError, mend_and_explain
from textmend.edits import Alternative, apply_edits, revert_edits
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
    "edits", [[edit(0, "x", "xy")], [edit(3, "d", "de"), edit(0, "a", "ab")], [edit(9, "a", "b")]]
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
    for name in ("start", "before", "kind", "probability"):
        edits = [{**stored["edits"][0], name: None}]
        with pytest.raises(TextmendError, match=r"edit|before|kind|start"):
            Mended.from_dict(mended.original, {**stored, "edits": edits})


def test_edits_of_another_text_are_neither_made_nor_taken_back() -> None:
    edits = mend_and_explain("y left or shores.", channel="the").edits
    with pytest.raises(TextmendError, match="expected 'y', found 'z'"):
        apply_edits("z left or shores.", edits)
    with pytest.raises(TextmendError, match="expected 'They' in the mended text, found 'Thez'"):
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
