"""Work grows with a text as its length does, whatever the text: to the power of 1.05 at most.

What Python does is counted: its calls, of its own functions and of those in C. What one call of a
pattern or of a string does is not seen so; there only the processor time of texts of very different
lengths tells one pass from one for each character, which is a thousand times as many.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import partial
from time import thread_time
from typing import Any

import pytest

from textmend import Channel, Drop, Mender, TextmendError
from textmend.channel.channel import WhiteSpace
from textmend.inference.random_loss import _slips
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import tokenize
from textmend.mending.random_loss import Losses

EXPONENT = 1.05
_LITTLE = 0.4  # seconds for 64 kB; what reads them once for each character takes several
ADVERSARIES = {
    "one letter": "a",
    "letters": "ab",
    "doubled letters": "oofftt",
    "words": "or y ministration ecient ",
    "pieces": "classi es of ce ",
    "a word a line": "or\n",
    "marks": "?!.,",
    "marks that are residues": "?nd of?ce \ufffd ",
    "spaces": " \u00a0\t",
    "spaces between": "or    y  ",
    "line breaks": "\n\r\n\r",
    "control characters": "\0o\x03ce",
    "combining marks": "e\u0301\u0301",
    "ties": "\u203f\u200d",
    "letters and ties": "a\u200d",
    "circled letters": "Ⓐ",
    "emoji": "👩\u200d🔬",
    "brackets": "(<a `",
    "addresses": "a@www.a.",
    "digits": "1.1a",
    "apostrophes": "y'’",
    "base64": "aGVsbG8gd29ybGQ/+",
}
SPECS = [
    "the,ad", "the:space", "ing:word-end", "doubled", "random", "drop-caps", "drop-caps:word",
    "non-ascii", "non-ascii:?", "ligatures", "ligatures:space", "ligatures:fffd",
    "spaces", "spaces:line-ends", "apostrophes", "hyphens", "accents",
]  # fmt: skip


def of_length(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


def calls(work: Callable[[], object]) -> int:
    """How many functions are called, in Python and in C."""
    count = 0

    def seen(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def exponent(least: float, most: float, times: int) -> float:
    return math.log(most / least) / math.log(times)


@pytest.mark.parametrize("spec", [None, *SPECS])
def test_calls_grow_with_the_text(spec: str | None) -> None:
    mender = Mender(channel=spec, min_probability=0.0)
    for kind, unit in ADVERSARIES.items():
        mender.mend(of_length(unit, 1000))  # what is found out once is not counted
        least, most = (calls(partial(mender.mend, of_length(unit, size))) for size in (250, 1000))
        assert exponent(least, most, 4) <= EXPONENT, kind


def seconds(work: Callable[[str], object], unit: str, size: int) -> float:
    """The least of three runs: other processes can only add to it."""
    text, taken = of_length(unit, size), []
    for _ in range(3):
        start = thread_time()
        work(text)
        taken.append(thread_time() - start)
        if taken[-1] < _LITTLE:
            break
    return min(taken)


def is_one_pass(work: Callable[[str], object], unit: str) -> bool:
    """Whether eight times the text takes less than 22 times as long, not 64 times."""
    most = seconds(work, unit, 64_000)
    return most < _LITTLE or exponent(seconds(work, unit, 8_000), most, 8) < 1.5


@pytest.mark.parametrize("kind", ADVERSARIES)
def test_tokens_are_found_in_one_pass(kind: str) -> None:
    assert is_one_pass(tokenize, ADVERSARIES[kind])


@pytest.mark.parametrize("spec", SPECS)
def test_rules_act_in_one_pass(spec: str) -> None:
    for unit in (*ADVERSARIES.values(), "the ", "fi ", "ing"):
        assert is_one_pass(Channel.parse(spec).apply, unit), unit


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\r\n", "\u00a0", "\u2028"])
@pytest.mark.parametrize("spec", ["the", "the:space"])
@pytest.mark.parametrize("whitespace", ["squeeze", "collapse"])
def test_white_space_is_settled_in_one_pass(whitespace: WhiteSpace, spec: str, space: str) -> None:
    channel = Channel(Channel.parse(spec).drops, whitespace)
    # Beside what is deleted, and nothing but white space on one side of it.
    assert is_one_pass(lambda text: channel.apply(f"x{text}they{text}y"), space)
    assert is_one_pass(channel.apply, 60 * space + "they")


@pytest.mark.parametrize("size", [100, 10_000])
def test_no_more_is_tried_of_a_token_than_there_are_words_so_long(size: int) -> None:
    english = Lexicon.load("en")
    losses, token = Losses(english), "ab" * size
    assert calls(lambda: losses.one(token)) < 50
    assert calls(lambda: losses.two(token)) < 50
    assert calls(lambda: _slips(token, english)) < 50
    longest = next(word for word in english.words if len(word) == english.longest)
    assert longest in losses.one(longest[1:])
    assert longest in losses.two(longest[2:])


@pytest.mark.parametrize(
    "make",
    [
        lambda text: Drop(text),
        lambda text: Drop("the", residue=text),
        lambda text: Channel.ligatures(text),
        lambda text: Channel.non_ascii(text),
        lambda text: Channel.from_json(
            f'{{"drops": [{{"sequence": "the", "residue": "{text}"}}]}}'
        ),
    ],
)
def test_what_no_channel_deletes_or_leaves_is_refused(make: Callable[[str], object]) -> None:
    assert make("x" * 100)
    with pytest.raises(TextmendError, match="101 characters; 100 are the most"):
        make("x" * 101)


def test_a_channel_of_very_many_drops_is_refused() -> None:
    assert Channel.of(*["the"] * 1000)
    with pytest.raises(TextmendError, match="1,001 drops; 1,000 are the most"):
        Channel.of(*["the"] * 1001)
