"""What a text shows of itself before any hypothesis about it."""

import pytest

import corpora
from textmend import infer_channel
from textmend.inference.census import Census
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import lines, tokenize

NEWS = [document.text for document in corpora.load("news", split="dev")]

# Code whose names look like words that lost something: "const" from "consist", "h" from "his".
CODE = """
/* The width h of each bar follows from const n. */
static void draw(const int *n, const float *h, int fd) {
    const char *str = label(n), *sn = name(h);
    for (int i = 0; i < len(n); i++) {
        if (!cmp(h[i], n[i])) { write(fd, str, len(str)); }
        const float sp = h[i] * n[i]; scale(sp, sn, fd);
    }
}
"""


def census(text: str) -> Census:
    return Census.of([lines(tokenize(text))], Lexicon.load("en"))


def test_names_in_code_are_not_suspicious_even_in_its_comments() -> None:
    found = census(CODE)
    assert not {found.types[place] for place in found.suspicious} & {"h", "n", "str", "cmp", "fd"}
    assert not infer_channel(CODE * 6)


def test_what_a_text_repeats_is_told_once() -> None:
    once, often = census(NEWS[0]), census("\n".join([NEWS[0]] * 5))
    assert often.sizes.sum() < 1.1 * once.sizes.sum()
    assert often.totals.sum() == 5 * once.totals.sum()


def test_a_notice_that_comes_again_and_again_lacks_no_word() -> None:
    # Sixty words without "of"; twelve times over, a text of that length would have some.
    notice = """
    This example makes a folder for your pictures and puts a first picture in it. You can name the
    folder as you like, and you can take the picture with any camera that writes to a card. For more
    about cards, see the pages on cameras, and for more about folders, see the pages on folders. The
    folder stays where it is until you remove it.
    """
    assert not census("\n".join(f"Example {n}.\n{notice}" for n in range(12))).missing_words()


@pytest.mark.parametrize("between", ["\0", " "])
def test_letters_that_all_stand_alone_are_no_words(between: str) -> None:
    spaced = between.join(NEWS[0])
    assert census(spaced).sizes.sum() < 0.1 * census(NEWS[0]).sizes.sum()
    assert not infer_channel(spaced)


def suspicious(text: str) -> set[str]:
    found = census(text)
    return {found.types[place] for place in found.suspicious}


@pytest.mark.parametrize(
    "text",
    [
        "He didn ’ t say that they couldn ' t .",
        "They ca n't know and I do n’t .",
        "b) the rent, (s) the path, and section 4 b or h\nh: the gate",
        "Is't true, and does't hurt?",
    ],
)
def test_labels_and_pieces_of_contractions_are_not_suspicious(text: str) -> None:
    assert not suspicious(text)


def test_what_only_looks_like_a_label_or_a_piece_is_suspicious_still() -> None:
    assert suspicious("y left (y say) with y, and ‘ ir’ friends said y'll see.") == {
        "y", "y'll"
    }  # fmt: skip
