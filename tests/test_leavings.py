"""What is left of words is found as in a plain dictionary of all of them."""

from hypothesis import given
from hypothesis import strategies as st

from textmend.channel.channel import Channel
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import is_word
from textmend.mending.leavings import Leavings, pieces

_words = st.lists(st.text("abc'", min_size=1, max_size=4), unique=True, max_size=12)


@given(_words, st.lists(st.text("abc' ", max_size=3), min_size=24, max_size=24))
def test_each_form_of_each_word_is_found_in_the_order_of_the_words(
    words: list[str], drawn: list[str]
) -> None:
    forms = [drawn[: len(words)], drawn[12 : 12 + len(words)]]
    expected: dict[str, list[str]] = {}
    for word, *lefts in zip(words, *forms, strict=True):
        for left in dict.fromkeys(lefts):
            if left != word:
                expected.setdefault(left, []).append(word)
    found = Leavings(words, forms)
    for left in {*drawn, *words, "", "z"}:
        assert found.of(left) == expected.get(left, [])
        assert (left in found) == (left in expected)
    torn = [left for left in expected if left and not is_word(left)]
    assert pieces(words, forms) == torn


def test_half_of_the_lexicon_takes_a_few_megabytes() -> None:
    words = Lexicon.load("en").words
    damaged = Channel.of("e", whitespace="keep").apply("\n".join(words)).split("\n")
    found = Leavings(words, [damaged])
    assert sum(left != word for left, word in zip(damaged, words, strict=True)) > 100_000
    assert found.size < 4_000_000
    assert "other" in found.of("othr")
