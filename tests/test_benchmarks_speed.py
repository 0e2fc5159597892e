from io import StringIO

import pytest
from rich.console import Console

from benchmarks import speed
from benchmarks.speed import Growth, Measured, Speed, floor, measure_speed, speed_tables, text_of


def test_the_floor_counts_known_words() -> None:
    assert floor("the men, the Xyz", frozenset({"the", "men"})) == 3


def test_texts_have_the_wanted_length() -> None:
    for words in (100, 20_000):
        assert words <= len(text_of(words).split()) < words + 300


def test_ratios_are_times_the_floor() -> None:
    assert Measured("start", 3.0, 2.0, "s").ratio == 1.5
    assert Measured("mend", 50.0, 200.0, "words/s", rate=True).ratio == 4.0


def test_what_is_far_slower_than_it_was_is_told() -> None:
    fast = Measured("mend clean articles, again", 50.0, 1000.0, "words/s", rate=True)
    slow = Measured("mend clean articles, first time", 1.0, 1000.0, "words/s", rate=True)
    (complaint,) = Speed((fast, slow), (), {}).complaints()
    assert complaint.startswith("mend clean articles, first time: 0.0010 of the floor")


def test_the_exponent_of_growth() -> None:
    assert Growth("x", (1000, 10_000, 100_000), (1.0, 10.0, 100.0)).exponent == pytest.approx(1)
    assert Growth("x", (1000, 10_000), (1.0, 100.0)).exponent == pytest.approx(2)
    assert Growth("x", (1000,), (1.0,)).exponent is None


def test_a_small_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, small in (
        *(("_REPEATS", 1), ("_PROCESSES", 1), ("_BASE", 300), ("_CLEAN_BASE", 300)),
        ("_ARTICLE", 20),
    ):
        monkeypatch.setattr(speed, name, small)
    found = measure_speed(most=1000)
    assert isinstance(found, Speed)
    assert all(each.value > 0 and each.floor > 0 for each in found.figures)
    assert {line.kind for line in found.growth} == {"clean", "damaged"}
    console = Console(file=StringIO(), width=200, record=True)
    for table in speed_tables(found):
        console.print(table)
    assert "peak memory" in console.export_text()
    assert set(found.to_dict()["figures"]) == {each.what for each in found.figures}
