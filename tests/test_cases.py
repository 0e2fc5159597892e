"""Damage that people reported, and what must stay as it is; the facts are in ``cases/``."""

import json
from pathlib import Path
from typing import Any

import pytest

import corpora
from textmend import Channel, infer_channel, mend, mend_and_explain

CASES = Path(__file__).parent / "cases"
KNOWN_FAILURES = json.loads((CASES / "known-failures.json").read_text("utf-8"))


def read(name: str) -> list[Any]:
    cases: list[Any] = json.loads((CASES / name).read_text("utf-8"))
    return cases


def marks(cases: str, name: str) -> list[pytest.MarkDecorator]:
    why = KNOWN_FAILURES[cases].get(name)
    # Not strict: another context model may know better.
    return [pytest.mark.xfail(reason=why, strict=False)] if why else []


def wild() -> list[Any]:
    cases = []
    for case in read("wild.json"):
        for alone in (True, False):
            if not alone and not case["sentence"]:
                continue
            where = "alone" if alone else "sentence"
            name = f"{case['arrived']} ({case['channel']}, {case['lang']}, {where})"
            template = "{}" if alone else case["sentence"]
            cases.append(pytest.param(case, template, id=name, marks=marks("wild", name)))
    return cases


@pytest.mark.parametrize(("case", "template"), wild())
def test_wild_damage_is_mended_under_its_channel(case: Any, template: str) -> None:
    channel = Channel.parse(case["channel"])
    text = template.format(case["arrived"])
    mended = mend_and_explain(text, channel=channel, lang=case["lang"])
    # In a sentence whole words may be put back as well.
    assert case["written"] == mended.text if template == "{}" else case["written"] in mended.text
    assert mended.damage() == text == mended.revert()
    assert all(edit.drops for edit in mended.edits)
    assert mend(mended.text, channel=channel, lang=case["lang"]) == mended.text


def told() -> list[Any]:
    return [
        pytest.param(case, id=case["arrived"], marks=marks("wild2", case["arrived"]))
        for case in read("wild2.json")
    ]


@pytest.mark.parametrize("case", told())
def test_a_wild_sentence_is_mended_under_its_channel(case: Any) -> None:
    channel = case["channel"]
    if channel is not None:
        # What no spec can say is written as JSON.
        read_channel = Channel.parse if isinstance(channel, str) else Channel.from_dict
        channel = read_channel(channel)
    mended = mend_and_explain(case["arrived"], channel=channel, lang=case["lang"])
    assert mended.text == case["written"]
    assert mended.damage() == case["arrived"] == mended.revert()


def documented() -> list[Any]:
    """The cases for whose language there are texts to stand in."""
    cases = []
    for case in read("wild.json"):
        name = f"{case['arrived']} ({case['channel']}, {case['lang']}, document)"
        # Capitals of paragraphs are told by their sentences, of which each case has one; what is
        # lost at random is another word in each document.
        told = case["channel"] != "drop-caps" and not Channel.parse(case["channel"]).leaky
        if not (told and case["sentence"]) or not _documents(case["lang"]):
            continue
        cases.append(pytest.param(case, id=name, marks=marks("wild", name)))
    return cases


def _documents(lang: str) -> list[str]:
    found = corpora.load("news" if lang == "en" else "languages", split="dev")
    return [each.text for each in found if each.language == lang]


@pytest.mark.parametrize("case", documented())
def test_wild_damage_is_mended_where_its_channel_is_inferred(case: Any) -> None:
    channel = Channel.parse(case["channel"])
    # As much text as leaves a dozen damaged words to go by.
    text = case["sentence"].format(case["written"])
    for document in sorted(_documents(case["lang"]), key=len, reverse=True)[:8]:
        text = f"{document}\n\n{text}"
        if sum(channel.apply(word) != word for word in text.split()) >= 12:
            break
    damaged = channel.apply(text)
    assert case["arrived"] in damaged.split("\n")[-1]
    mended = mend_and_explain(damaged, lang=case["lang"])
    assert mended.channel.drops == channel.drops
    assert case["written"] in mended.text.split("\n")[-1]


@pytest.mark.parametrize("case", read("negative.json"), ids=lambda case: case["text"][:30])
def test_what_must_not_change(case: Any) -> None:
    text = case["text"]
    assert not infer_channel(text, lang=case["lang"]).channel
    assert mend(text, lang=case["lang"]) is text
    if case["given"]:
        assert mend(text, lang=case["lang"], channel=case["channel"]) == text
