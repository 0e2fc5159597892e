"""Sentences for people: no jargon, and nothing that a terminal would obey."""

import pytest

from textmend import Drop, Edit, Evidence, Explained, Mended
from textmend.channel.families import NonAscii, Spaces
from textmend.report.sentences import located, reason, visible

CODES = [
    "\x1b]0;title\x07",
    "\x1b[2J",
    "\x9b31m",
    "\r",
    "\b",
    "\u202e",
    "\u2066",
    "\u2028",
    "\ud800",
]


@pytest.mark.parametrize("code", CODES, ids=ascii)
def test_control_characters_are_shown_and_never_sent(code: str) -> None:
    text = f"or {code} farms"
    edit = Edit(0, 2, "or", f"other{code}", "word", 0.9, (), (f"the{code}",))
    told = Evidence(Drop(f"the{code}"), 9.0, 0, (Explained(code, f"they{code}", 1),), 9.0)
    for line in (*located(Mended(text, (edit,)), f"a{code}.txt"), reason(told), visible(text)):
        assert line.isprintable()
        assert ascii(code)[1:-1] in line


def test_text_that_has_a_shape_is_shown_as_it_is() -> None:
    for text in ("naïve café – “quoted”", "10\xa0000 €", "日本語", "a 😀 b"):
        assert visible(text) == text


def test_losses_of_families_read_as_sentences() -> None:
    assert reason(Evidence(NonAscii("?"), 0.4, 0, (), 9.0)) == (
        "all letters outside ASCII ('?' left) are gone: "
        "hardly any words with them would be expected, none is left; 99 % sure"
    )
    assert reason(Evidence(Spaces(0.05), 90.0, 80, (), 9.0)) == (
        "about 5 % of all spaces are gone, here and there; 99 % sure"
    )
    assert reason(Evidence(Drop("ing", where="word-end"), 8.0, 1, (), 9.0)).startswith(
        "88 % of all 'ing' (at the end of words) are gone: 8 would be expected, 1 is left"
    )


@pytest.mark.parametrize(("log_odds", "words"), [(-1e9, "1 % sure"), (1e9, "99 % sure")])
def test_odds_of_any_size_are_told(log_odds: float, words: str) -> None:
    assert reason(Evidence(Drop("the"), 8.0, 1, (), log_odds)).endswith(words)
