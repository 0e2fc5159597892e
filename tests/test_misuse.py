"""What callers get wrong: each case is refused, and told what it was and what would do."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textmend import (
    Channel,
    Drop,
    DropCaps,
    Ligatures,
    Mended,
    Mender,
    NonAscii,
    RandomLoss,
    TextmendError,
    infer_channel,
    mend,
    mend_and_explain,
    suspects,
)

MENDER: Any = Mender(channel="the")
THE: Any = Channel.of("the")


class Missing:
    """As pandas has it: neither equal nor unequal to anything."""

    def __repr__(self) -> str:
        return "<NA>"

    def __eq__(self, other: object) -> Any:
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = None  # type: ignore[assignment]


NOT_TEXTS: list[tuple[Any, str]] = [
    (None, "is None; it must be a str; leave out what is missing, or give ''"),
    (math.nan, "is nan; it must be a str; leave out what is missing"),
    (Missing(), "is <NA>; it must be a str; leave out what is missing"),
    (b"y left", r"is b'y left'; decode it first"),
    (bytearray(b"y"), r"is bytearray\(b'y'\); decode it first"),
    (Path("page.txt"), r"is \w+Path\('page.txt'\); read the file first"),
    (["y left"], r"is \['y left'\]; it must be a str; several are given one by one"),
    (3, "is 3; it must be a str"),
]
TAKE_A_TEXT: list[tuple[Callable[[Any], Any], str]] = [
    (mend, "text"),
    (mend_and_explain, "text"),
    (MENDER.mend, "text"),
    (MENDER.mend_and_explain, "text"),
    (MENDER.language, "text"),
    (suspects, "text"),
    (THE.apply, "text"),
    (THE.acting_on, "text"),
    (THE.is_survivor, "word"),
    (Channel.parse, "spec"),
    (Channel.from_json, "source"),
    (Mended, "original"),
    (Channel.of, "sequence"),
    (lambda value: list(MENDER.mend_many(["", value])), r"texts\[1\]"),
    (lambda value: list(MENDER.mend_many(iter(["", value]), pool=True)), r"texts\[1\]"),
    (lambda value: infer_channel(["", value]), r"texts\[1\]"),
    (lambda value: infer_channel(each for each in ("", value)), r"texts\[1\]"),
    (lambda value: Mender().for_source(["", value]), r"texts\[1\]"),
]


@pytest.mark.parametrize(("value", "message"), NOT_TEXTS)
@pytest.mark.parametrize(("use", "name"), TAKE_A_TEXT)
def test_what_is_no_text(use: Callable[[Any], Any], name: str, value: Any, message: str) -> None:
    with pytest.raises(TextmendError, match=f"^{name} {message}"):
        use(value)


@pytest.mark.parametrize("value", [None, 3, b"bytes", {"a.txt": "text"}, Path("pages")])
@pytest.mark.parametrize(
    "use",
    [
        MENDER.mend_many,  # before the first is asked for
        infer_channel,
        Mender().infer_channel,
        Mender().for_source,
        MENDER.for_source,
    ],
)
def test_what_holds_no_texts(use: Callable[[Any], Any], value: Any) -> None:
    with pytest.raises(TextmendError, match=r"^texts is .*; it must be several texts, such as a"):
        use(value)


NO_TAGS: list[Any] = [None, 3, ["en", "de"], b"en"]
NO_TEXTS: list[Any] = [None, 3, b"the"]
MENDED: Any = Mended("text")
# A use of one value, the values that it refuses, and what is said of them.
REFUSED: list[tuple[Callable[[Any], Any], list[Any], str]] = [
    # A mender
    (
        lambda value: Mender(min_probability=value),
        ["0.5", None, math.nan, True, -0.1, 1.5, [0.5]],
        r"min_probability is .*; it must be in 0 to 1",
    ),
    (
        lambda value: Mender(min_log_odds=value),
        ["3", None, math.nan, True],
        r"min_log_odds is .*; it must be a number of nats",
    ),
    (lambda value: mend("text", min_probability=value), ["0.5"], "min_probability is '0.5'"),
    (lambda value: infer_channel("text", min_log_odds=value), ["3"], "min_log_odds is '3'"),
    (lambda value: Mender(lang=value), NO_TAGS, r"lang is .*; it must be a tag, or several as in"),
    (lambda value: mend("text", lang=value), NO_TAGS, r"lang is .*; it must be a tag, or several"),
    (lambda value: infer_channel("text", lang=value), NO_TAGS, r"lang is .*; it must be a tag"),
    (lambda value: suspects("text", lang=value), NO_TAGS, r"lang is .*; it must be a tag, such as"),
    (lambda value: Mender(lang=value), ["", "en,"], "unknown language ''; textmend knows"),
    (lambda value: suspects("text", lang=value), [""], "unknown language ''; textmend knows"),
    (
        lambda value: Mender(channel=value),
        [["the", "ad"], 3, Drop("the"), Path("channel.json"), {"drops": []}],
        r"channel is .*; it must be a Channel, Inferences, or text like 'the,ad'",
    ),
    (MENDER.mend_many, ["one text"], "mend_many takes several texts; for one there is mend"),
    (
        lambda value: MENDER.mend_many(["text"], pool=value),
        ["yes", None, 1],
        r"pool is .*; it must be True or False",
    ),
    # A spec
    (Channel.parse, ["", " ", ",", "the,,ad"], "expected sequences separated by commas"),
    (Channel.parse, ["the ad", "the\tad", "an,the ad:space"], "holds a space; write the,ad"),
    (
        lambda value: Mender(channel=value),
        ["channel.json", "channels.yaml", "x.jsno", "site/channel", "./the", "C:\\the", "and/or"],
        "looks like the name of a file; what is in one is read with Channel.from_json",
    ),
    # A channel
    (
        Channel.of,
        ["the,ad", "the, ad", "ligatures", "ing:word-end", "random:1%"],
        r"sequence '(.*)' is a spec; write Channel.parse\('\1'\), or Drop\('\1'\)",
    ),
    (Channel.of, ["channel.json", "site/the"], r"sequence '.*' looks like the name of a file"),
    (lambda value: Channel.of("the", where=value), ["start"], "unknown place 'start'; it is one"),
    (lambda value: Channel.of("a", ignore_case=value), ["no", 1], r"ignore_case is .* be a bool"),
    (
        lambda value: Channel.of("the", whitespace=value),
        ["none", ["keep"], None],
        r"channel: unknown white-space policy .*; it is one of keep, squeeze, collapse",
    ),
    (
        Channel,
        ["the", None, [Drop("the")], Drop("the")],
        r"drops is .*; it must be a tuple of rules, such as \(Drop\('the'\),\); Channel.of",
    ),
    (lambda value: Channel((Drop("a"), value)), ["the", None], r"drops\[1\] is .* be a rule, such"),
    (Channel.ligatures, NO_TEXTS, r"residue is .*; it must be a str"),
    (lambda value: Channel.ligatures(extended=value), [1, "yes"], r"extended is .* be a bool"),
    (Channel.non_ascii, NO_TEXTS, r"residue is .*; it must be a str"),
    (Channel.drop_caps, ["line"], "unknown unit 'line'; it is one of letter, word"),
    (Channel.random, ["1%"], "rate is '1%'; it must be between 0 and 1, such as 0.01"),
    (
        lambda value: THE.apply("text", seed=value),
        [1.5, [1]],
        r"seed is .*; it must be a whole number, a text or None",
    ),
    (
        lambda value: THE.apply("other", intact=value),
        [None, 3],
        r"intact is .* be pairs of offsets",
    ),
    (
        lambda value: THE.apply("other", intact=[(0, 0), value]),
        [3, None, "ab", (0, 5, 6), ("0", "5"), (0.0, 5.0)],
        r"intact\[1\] is .*; it must be pairs of offsets \(start, end\), such as \[\(0, 10\)\]",
    ),
    (lambda value: THE.apply("other", intact=value), [(0, 5), "other"], r"intact\[0\] is .* pairs"),
    (lambda value: THE.acting_on("other", intact=value), [[3]], r"intact\[0\] is 3; it must be"),
    (lambda value: THE.is_survivor("other", value), ["nowhere", None], r"unknown reach .* of text"),
    (Channel.from_json, ["channel.json", ""], r"malformed channel: line 1, .*, not '(channel.*)?'"),
    (Channel.from_dict, [None, [], "the"], r"malformed channel: expected an object"),
    (Channel.from_dict, [{"drops": [], 1: 2, "x": 3}], "malformed channel: unknown key 1"),
    # A rule
    (Drop, [""], "a drop needs a sequence: the letters that were deleted"),
    (Drop, [*NO_TEXTS, ["the"]], r"sequence is .*; it must be a str"),
    (lambda value: Drop("the", residue=value), NO_TEXTS, r"residue is .*; it must be a str"),
    (lambda value: Drop("the", where=value), ["start"], "unknown place 'start'; it is one of any"),
    (lambda value: Drop("the", where=value), NO_TEXTS, r"where is .*; it must be a str"),
    (
        lambda value: Drop("a", ignore_case=value),
        ["no", 1],
        r"ignore_case is .*; it must be a bool",
    ),
    (Ligatures, NO_TEXTS, r"residue is .*; it must be a str"),
    (lambda value: Ligatures(extended=value), ["yes"], "extended is 'yes'; it must be a bool"),
    (NonAscii, NO_TEXTS, r"residue is .*; it must be a str"),
    (DropCaps, NO_TEXTS, r"unit is .*; it must be a str"),
    (lambda value: DropCaps(of=value), ["line"], "unknown reach 'line'; it is one of paragraph, d"),
    (
        RandomLoss,
        ["1%", "0.01", True, None, math.nan, 0, 1, 2.5],
        r"the rate is .*; it must be between 0 and 1, such as 0.01",
    ),
    (RandomLoss, [np.float32(0.01)], r"rate is .*; it must be a float"),  # JSON has none
    # A result
    (MENDED.to_mended, ["3", None, 1.0, True], r"offset is .*; it must be a whole number"),
    (MENDED.to_original, ["3", None, 1.0, True], r"offset is .*; it must be a whole number"),
    (MENDED.to_mended, [-1, 5], r"offset .* is outside the text, which has 4 characters"),
]


@pytest.mark.parametrize(
    ("use", "value", "message"),
    [(use, value, message) for use, values, message in REFUSED for value in values],
)
def test_misuse_is_named(use: Callable[[Any], Any], value: Any, message: str) -> None:
    with pytest.raises(TextmendError, match=message):
        use(value)


def test_an_item_is_refused_when_its_turn_comes() -> None:
    def texts() -> Iterator[Any]:
        yield "Nerlands"
        yield None
        raise AssertionError("read past what was refused")

    mended = MENDER.mend_many(texts())
    assert next(mended) == "Netherlands"
    with pytest.raises(TextmendError, match=r"texts\[1\] is None"):
        next(mended)


@pytest.mark.parametrize(
    "use", [lambda value: mend(value.encode()), lambda value: mend("text", lang=value)]
)
def test_long_values_are_shown_in_part(use: Callable[[Any], Any]) -> None:
    with pytest.raises(TextmendError) as refused:
        use("y left " * 1000)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("sequence", ["of an", "the ad", " the ", ",", ":", "e.g.", "...", "the/"])
def test_a_sequence_may_be_odd(sequence: str) -> None:
    assert Channel.of(sequence).sequences == (sequence,)


@pytest.mark.parametrize("sequence", ["the,ad", "ligatures", "channel.json", "ing:word-end"])
def test_a_drop_takes_any_sequence_literally(sequence: str) -> None:
    channel = Channel((Drop(sequence),))
    assert channel.apply(f"before {sequence} after") == "before after"
    assert eval(repr(channel), {"Channel": Channel, "Drop": Drop}) == channel
    assert Channel.from_json(channel.to_json()) == channel


@pytest.mark.parametrize("spec", ["...", ".", "the, ad", "e.g.", "i.e,U.S", "l:/", "/", "ti:&"])
def test_a_spec_may_be_odd(spec: str) -> None:
    assert Channel.parse(spec).drops


def test_numbers_of_other_kinds_will_do() -> None:
    assert Mender(min_probability=np.float32(0.5)).mend("text") == "text"  # type: ignore[arg-type]
    assert Mender(min_probability=1, min_log_odds=math.inf).mend("text") == "text"
    assert THE.apply("other", intact=[[np.int64(0), np.int64(5)]], seed=np.int64(3)) == "other"
    assert Mended("text").to_mended(np.int64(3)) == 3  # type: ignore[arg-type]
    assert Ligatures(np.str_(" ")) == Ligatures(" ")
    assert [NonAscii(), DropCaps()]
