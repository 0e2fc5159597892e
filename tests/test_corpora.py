from collections import Counter

import pytest

import corpora
from corpora.__main__ import main as check


def test_files_are_as_recorded() -> None:
    assert corpora.checksums() == dict(corpora.recorded())


def test_a_third_of_the_news_is_held_out_and_some_of_what_must_not_change() -> None:
    assert {each.set for each in corpora.load(split="held-out")} == {"news", "negative"}
    held_out = corpora.load("news", split="held-out")
    assert 3 * len(held_out) == len(corpora.load("news"))
    assert {each.topic for each in held_out} == {each.topic for each in corpora.load("news")}


def test_of_each_twelve_articles_four_are_held_out() -> None:
    news = corpora.load("news")
    for start in range(0, len(news), 12):
        block = news[start : start + 12]
        assert sum(each.split == "held-out" for each in block) == 4


def test_documents_know_what_they_are() -> None:
    by_id = {each.id: each for each in corpora.load()}
    assert by_id["languages/cs"].language == "cs"
    assert by_id["negative/lang_de_ascii"].language == "de"
    assert by_id["negative/code_python"].language == "en"
    assert by_id["news/01-politics-ferry-rebellion"].topic == "politics"
    assert by_id["prose/essay"].split == "dev"


def test_sets_are_as_large_as_they_should_be() -> None:
    sets = Counter(each.set for each in corpora.load())
    assert sets["news"] >= 48
    assert sum(len(each.text.split()) for each in corpora.load("prose")) >= 3000
    for each in corpora.load("languages"):
        assert len(each.text.split()) >= 600, each.id


def test_checking_says_what_is_altered_new_or_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = {"news/a": "1", "news/b": "2"}
    monkeypatch.setattr("corpora.__main__.checksums", lambda: now)
    monkeypatch.setattr("corpora.__main__.recorded", lambda: {"news/a": "0", "news/c": "3"})
    complaint = check([])
    assert complaint is not None
    assert [line.split(";")[0] for line in complaint.splitlines()] == [
        "news/b: not recorded",
        "news/a: altered",
        "news/c: missing",
    ]
