"""Alignment: who is to blame. Examples that a naive alignment gets wrong, and laws that hold."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from benchmarks import align
from benchmarks.align import Damage, Fate, Gap, Matching, Trace, forms, match, pieces, trace
from textmend import Channel, Drop


def traced(clean: str, channel: Channel, mended: str) -> Trace:
    damaged = channel.apply(clean)
    return trace(Damage(clean, damaged, forms(clean, channel, damaged)), mended)


def wrong(result: Trace) -> list[Fate]:
    return [fate for fate in result.fates if fate.mended != (fate.written,)]


EXAMPLE = Channel.of("the", "ad")


def test_doctests() -> None:
    assert doctest.testmod(align).failed == 0


def test_an_inserted_word_shifts_no_blame() -> None:
    result = traced("We met the other men.", EXAMPLE, "We met the other men.")
    assert not wrong(result)
    assert result.gaps == (Gap(("the",), ("the",)),)


def test_a_word_inserted_wrongly_harms_no_neighbour() -> None:
    result = traced("We met other men in May.", EXAMPLE, "We met the other men in the May.")
    assert not wrong(result)
    assert result.gaps == (Gap((), ("the",)), Gap((), ("the",)))


def test_a_word_put_into_the_wrong_gap_is_both_inserted_and_missed() -> None:
    result = traced("He saw the old man.", EXAMPLE, "He the saw old man.")
    assert not wrong(result)
    assert result.gaps == (Gap((), ("the",)), Gap(("the",), ()))
    assert [gap.placed for gap in result.gaps] == [0, 0]


def test_a_word_put_before_a_full_stop_is_not_put_after_it() -> None:
    result = traced("It ended. The rain fell.", EXAMPLE, "It ended the. rain fell.")
    assert sum(gap.placed for gap in result.gaps) == 0


def test_one_missed_word_beside_two_found_ones() -> None:
    result = traced("They made other plans there.", EXAMPLE, "They me other plans there.")
    assert wrong(result) == [Fate("made", ("me",), ("me",))]


def test_capitals_count() -> None:
    result = traced("Then it rained.", EXAMPLE, "then it rained.")
    assert wrong(result) == [Fate("Then", ("n",), ("then",))]


def test_the_word_that_can_vanish_is_the_inserted_one() -> None:
    # "f" is "off", and the vanished "of" stands on either side of it.
    for clean in ("he got off of it", "he got of off it"):
        result = traced(clean, Channel.of("of"), clean)
        assert not wrong(result)
        assert [gap.placed for gap in result.gaps] == [1]


def test_two_words_vanished_in_a_row() -> None:
    channel = Channel.of("of", "the")
    result = traced("one of the men", channel, "one of the men")
    assert result.gaps == (Gap(("of", "the"), ("of", "the")),)
    result = traced("one of the men", channel, "one the men")
    assert [gap.placed for gap in result.gaps] == [1]


def test_a_word_broken_by_a_space_is_one_damaged_word() -> None:
    channel = Channel((Drop("ffi", " "),))
    result = traced("an efficient man", channel, "an efficient man")
    assert result.fates[1] == Fate("efficient", ("e", "cient"), ("efficient",))
    assert wrong(traced("an efficient man", channel, "an e cient man")) == [
        Fate("efficient", ("e", "cient"), ("e", "cient"))
    ]


def test_a_word_broken_by_a_mark_is_one_damaged_word() -> None:
    channel = Channel((Drop("ffi", "?"), Drop("ti", "?")))
    text = "Was it official? Yes, an initial office? No."
    assert not wrong(traced(text, channel, text))


def test_joining_two_intact_words_harms_both() -> None:
    result = traced("he went in to eat", Channel.of("xyz"), "he went into eat")
    assert [fate.written for fate in wrong(result)] == ["in", "to"]


def test_a_deleted_word_is_harmed_alone() -> None:
    result = traced("he went far away", Channel.of("xyz"), "he far away")
    assert wrong(result) == [Fate("went", ("went",), ())]


def test_numbers_and_marks_are_no_words() -> None:
    result = traced("On 27 May, 3 men.", Channel.of("xyz"), "On 27 May, 3 men.")
    assert [fate.written for fate in result.fates] == ["On", "May", "men"]


def test_a_drop_that_depends_on_the_paragraph_is_aligned_by_characters() -> None:
    channel = Channel((Drop("T", where="paragraph-start", ignore_case=False),))
    clean = "The Two came.\nThey left."
    damaged = channel.apply(clean)
    assert damaged == "he Two came.\nhey left."
    result = trace(Damage(clean, damaged, forms(clean, channel, damaged)), clean)
    arrived = {fate.written: fate.arrived for fate in result.fates}
    assert arrived == {
        "The": ("he",),
        "Two": ("Two",),
        "came": ("came",),
        "They": ("hey",),
        "left": ("left",),
    }


def test_nothing_becomes_nothing() -> None:
    assert match([], []) == Matching((), {})
    assert match([], ["the"]) == Matching((), {0: (0,)})
    assert match(["the"], []) == Matching(((),), {})


WORDS = st.sampled_from(
    ["the", "other", "or", "he", "head", "a", "of", "off", "men", "The", "5", "."]
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)
CHANNELS = st.sampled_from([EXAMPLE, Channel.of("of"), Channel.of("he"), Channel.of("me", "o")])


@given(TEXTS, CHANNELS)
def test_what_arrives_adds_up_to_the_damaged_text(clean: str, channel: Channel) -> None:
    damaged = channel.apply(clean)
    owned = forms(clean, channel, damaged)
    assert [start for start, _ in owned] == [0, *(end for _, end in owned)][: len(owned)]
    assert (owned[-1][1] if owned else 0) == len("".join(damaged.split()))


@given(TEXTS, CHANNELS)
def test_leaving_all_as_it_is_inserts_and_changes_nothing(clean: str, channel: Channel) -> None:
    result = traced(clean, channel, channel.apply(clean))
    assert all(fate.mended == fate.arrived for fate in result.fates)
    assert not any(gap.inserted for gap in result.gaps)


@given(TEXTS, CHANNELS)
def test_every_word_of_the_clean_text_is_counted_once(clean: str, channel: Channel) -> None:
    result = traced(clean, channel, "")
    words = sum(piece.is_word for piece in pieces(clean))
    assert len(result.fates) + sum(len(gap.lost) for gap in result.gaps) == words
