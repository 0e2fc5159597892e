"""That what is kept has a bound, in bytes, which holds whatever is mended."""

from __future__ import annotations

import gc
import random
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmend import Channel, Drop, Mender
from textmend.cache import Answers, kept
from textmend.language.lexicon import Lexicon, key
from textmend.mending.lattice import Lattice
from textmend.mending.preimages import Preimages


@given(st.lists(st.tuples(st.integers(), st.text()), max_size=40), st.integers(200, 2000))
def test_answers_are_kept_up_to_their_bound(asked: list[tuple[int, str]], most: int) -> None:
    known: Answers[int, str] = Answers(each=100, most=most)
    for number, text in asked:
        assert known.keep(number, text, text) is text
        assert 100 * len(known) <= known.size <= most
        assert sum(map(len, known.values())) <= most


def test_what_was_kept_is_found_until_there_is_too_much() -> None:
    known: Answers[int, int] = Answers(each=10, most=100)
    for number in range(10):
        known.keep(number, number)
    assert list(known) == list(range(10))
    known.keep(10, 10)
    assert list(known) == [10]
    known.keep(11, 11, "a text of more than a hundred bytes" * 3)  # it alone is too much
    assert list(known) == [10]


def test_what_is_asked_of_long_texts_is_not_kept() -> None:
    known: Answers[str, int] = Answers(each=10, most=10**9)
    for size in (1000, 1001):
        assert known.keep("a" * size, size, "a" * size) == size
    assert list(known.values()) == [1000]


def test_the_last_asked_for_are_kept_up_to_a_bound() -> None:
    made: list[str] = []

    @kept(most=10, size=len)
    def make(text: str, times: int = 1) -> str:
        made.append(text)
        return text * times

    for text in ("aaa", "bbb", "ccc", "aaa", "ddd", "aaa", "bbb"):
        assert make(text) == text
    assert made == ["aaa", "bbb", "ccc", "ddd", "bbb"]
    assert make("e", 30) == make("e", 30) == "e" * 30  # larger than all, and kept
    assert make("e", times=30) == "e" * 30
    assert made[5:] == ["e", "e"]


def test_what_grows_after_it_was_made_is_seen() -> None:
    @kept(most=4, size=len)
    def make(_: int) -> list[int]:
        return [0]

    first = make(1)
    assert make(2) is make(2)
    first += [0, 0, 0]
    assert make(3) is make(3)
    assert make(1) is not first


def test_threads_ask_at_once() -> None:
    @kept(most=3, size=len)
    def make(number: int) -> str:
        return str(number)

    def work(seed: int) -> bool:
        draw = random.Random(seed)
        asked = [draw.randrange(10) for _ in range(3000)]
        return [make(number) for number in asked] == list(map(str, asked))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def traced(work: object) -> int:
    """The bytes that are still taken after some work."""
    gc.collect()
    tracemalloc.start()
    assert callable(work)
    held = work()
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del held
    return taken


@pytest.mark.parametrize("sequence", ["e", "the", "tion"])
def test_the_bytes_of_preimages_are_known_roughly(sequence: str) -> None:
    drops, english = (Drop(sequence),), Lexicon.load("en")
    Preimages(drops, english)  # what is worked out of the lexicon is not theirs
    taken = traced(lambda: Preimages(drops, english))
    assert taken / 2 < Preimages(drops, english).size < 2 * taken


def test_the_bytes_of_columns_are_known_roughly() -> None:
    words = [word for word in Lexicon.load("en").words[:20_000] if word.isalpha()]
    text = Channel.of("the", "ad").apply(". ".join(" ".join(words[at::900]) for at in range(900)))
    mender = Mender(channel="the,ad")
    preimages = Preimages.load(Channel.of("the", "ad").drops, "en")
    mender.mend(text[:200])
    columns = Lattice.load(Channel.of("the", "ad"), preimages)
    before = columns.size
    taken = traced(lambda: mender.mend(text))
    grown = columns.size - before
    assert grown > 3_000_000
    assert taken / 4 < grown < 2 * taken  # the context, too, keeps what it knows of slots


def all_answers() -> list[Answers[object, object]]:
    return [each for each in gc.get_objects() if isinstance(each, Answers)]


def test_all_that_is_kept_is_within_its_bounds() -> None:
    draw = random.Random(0)
    for spec in ("the,ad", "e", "ligatures:space", "random", None):
        mender = Mender(channel=spec)
        for _ in range(3):
            words = ["".join(draw.choices("aeinorst", k=6)) for _ in range(300)]
            mender.mend(" ".join(["y met or", *words, "in ir ministration."]))
    found = all_answers()
    assert len(found) > 10
    for each in found:
        assert each.size <= each._most <= 16_000_000
        assert each._each * len(each) <= each.size


def test_long_tokens_do_not_stay() -> None:
    mender = Mender(channel="the,ad")
    mender.mend("y met or farmers. " + "ab" * 20_000)

    def work() -> None:
        for number in range(40):
            mender.mend(f"y met or farmers. {'ab' * 100_000}{'xyz'[number % 3] * number}")

    assert traced(work) < 4_000_000
    assert key("AB" * 100) == "ab" * 100
