"""Text as it is found: odd spaces, line ends, marks that combine, scripts from right to left."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpora
from textmend import Channel, Mended, Mender, mend, mend_and_explain

NEWS = [document.text for document in corpora.load("news", split="dev")]
PARAGRAPHS = [line for text in NEWS for line in text.split("\n") if len(line.split()) > 12]
ODD = [
    "\r\n", "\r", "\n\n\n", "\t", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029",  # breaks
    "\u00a0", "\u202f", "\u2009", "\u3000", "  ",  # spaces
    "\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u061c",  # unseen
    "\u0301", "e\u0301", "A\u030a", "\ufb01", "o\ufb03ce",  # that combine, or are combined
    "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "\u200f", "\u202e",
    "\U0001f469\u200d\U0001f52c", "\U0001f1eb\U0001f1ee", "\u2764\ufe0f", "\ud83d",  # half of one
    "?!…", "“”", "–—", "...", "\ufffd", "\x00", "\x03", "\ufdd0", "\uffff", "İ", "ß", "ǅ", "ŉ",
]  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(ODD), st.sampled_from(ODD), st.sampled_from(" .,'’-\"()?"),
    st.sampled_from(["or", "y", "re", "ir", "Furrmore", "of", "di", "cult", "o", "ce", "a", "e"]),
)  # fmt: skip
SPECS = [
    "the,ad", "e", "ff:f", "the:space", "doubled", "drop-caps", "drop-caps:word", "non-ascii",
    "non-ascii:space", "ligatures", "ligatures:space", "ligatures:fffd", "ligatures:?",
]  # fmt: skip


def check(mended: Mended, text: str) -> None:
    assert mended.original == text == mended.revert() == mended.damage()
    assert mended.edits or mended.text is text


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(SPECS))
def test_a_known_channel_on_odd_text(text: str, spec: str) -> None:
    check(mend_and_explain(text, channel=spec, min_probability=0.0), text)


@settings(max_examples=60)
@given(
    st.sampled_from(PARAGRAPHS), st.sampled_from(SPECS),
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(ODD)), max_size=8),
)  # fmt: skip
def test_damage_with_odd_characters_in_it(
    paragraph: str, spec: str, odd: list[tuple[int, str]]
) -> None:
    text = Channel.parse(spec).apply(paragraph)
    for place, each in odd:
        text = text[:place] + each + text[place:]
    check(mend_and_explain(text, channel=spec), text)
    check(mend_and_explain(text), text)


@pytest.mark.parametrize("odd", ODD)
def test_clean_text_full_of_odd_characters_comes_back(odd: str) -> None:
    # Between words, between paragraphs, and before the last mark of each.
    for text in NEWS[:2]:
        words = text.split(" ")
        spread = "".join(
            word + (f" {odd} " if place % 9 == 0 else " ") for place, word in enumerate(words)
        )
        assert mend(spread) is spread
        assert mend(odd.join(text.split("\n"))) is not None


@pytest.mark.parametrize(
    "text",
    ["." * 5000, "?!" * 3000, "\n" * 5000, " \t" * 3000, "-" * 300 + "\n" + "=" * 300, "a" * 9000,
     "no end " * 3000, "\u0301" * 500, "\u202e" * 500, "((((" * 500, "’" * 500],
    ids=lambda text: repr(text[:4]),
)  # fmt: skip
def test_much_of_the_same(text: str) -> None:
    assert mend(text) is text
    for spec in SPECS:
        check(mend_and_explain(text, channel=spec), text)


@pytest.mark.parametrize("spec", ["the,ad", "ligatures:fffd", "ligatures:space"])
def test_line_ends_of_other_systems_are_kept(spec: str) -> None:
    damaged = Channel.parse(spec).apply(NEWS[3])
    mender = Mender()
    expected = mender.mend(damaged)
    mended = mender.mend_and_explain(damaged.replace("\n", "\r\n"))
    check(mended, damaged.replace("\n", "\r\n"))
    assert mended.text == expected.replace("\n", "\r\n")
