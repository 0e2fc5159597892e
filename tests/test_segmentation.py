"""Words that ran together, apostrophes, hyphens and accents: told, inferred, and left alone."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpora
from textmend import Channel, Mender, infer_channel, mend, mend_and_explain

NEWS = corpora.load("news", split="dev")
TEXTS = [each.text for each in NEWS[:6]]


@pytest.mark.parametrize(
    ("spec", "arrived", "written"),
    [
        ("spaces:line-ends", "She met the mayorand assistant.", "She met the mayor and assistant."),
        ("spaces:line-ends", "It closed in1979.", "It closed in 1979."),
        ("spaces:line-ends", "It rained,and they left.Then", "It rained, and they left. Then"),
        ("spaces:line-ends", "He said that“it” was late.", "He said that “it” was late."),
        (
            "spaces",
            "Themayorsaidthatitwouldtakeayear.",
            "The mayor said that it would take a year.",
        ),
        ("spaces", "Itopenedon12thMay,hesaid.", "It opened on 12th May, he said."),
        ("spaces", "Itdrew3,400peopleat10:30.", "It drew 3,400 people at 10:30."),
        ("spaces:line-ends", "It rose by 8.5percent in May.", "It rose by 8.5 percent in May."),
        ("the,spaces", "ymetor farmersin ir village", "They met other farmers in their village"),
        ("hyphens", "a wellknown man", "a well-known man"),
        ("hyphens", "the antiwaterfall campaign", "the anti-waterfall campaign"),
        ("apostrophes", "They dont know Lebanons towns.", "They don't know Lebanon's towns."),
        ("apostrophes", "He said “it isnt OReilly”.", "He said “it isn’t O’Reilly”."),
        ("apostrophes", "CNNs report", "CNN's report"),
        ("apostrophes:space", "It s what they don t know.", "It's what they don't know."),
        ("accents", "NAO SE VAI", "NÃO SE VAI"),
        ("accents:german", "Ueber den Fluessen ist es kuehl.", "Über den Flüssen ist es kühl."),
        ("ligatures(ti,tt):&", "The na&onal ba&ery", "The national battery"),
        ("ff:7", "Please o7er me a di7erent room.", "Please offer me a different room."),
    ],
)
def test_what_was_lost_comes_back(spec: str, arrived: str, written: str) -> None:
    lang = {"accents": "pt", "accents:german": "de"}.get(spec, "en")
    mended = mend_and_explain(arrived, channel=spec, lang=lang)
    assert mended.text == written
    assert mended.damage() == arrived == mended.revert()


@pytest.mark.parametrize(
    "text",
    [
        "YouTube and the website of the homeowner, online since 2019.",
        "He paid $5m for 60km of it at B2 (see u.s. law), she said.",
        "The £1.3m plan of 1,000km begins at 10.30am, or so.",
        "McArthur’s “know-how” cannot be bought; nobody can, maybe.",
        "See https://a.example/some.page or write to ann@mail.example.",
    ],
)
@pytest.mark.parametrize("spec", ["spaces:line-ends", "hyphens"])
def test_what_is_one_word_is_not_parted(spec: str, text: str) -> None:
    assert mend(text, channel=spec) == text


def joined(text: str) -> str:
    """A text that was wrapped, and whose line ends were deleted."""
    return "\n".join(textwrap.fill(each, 72).replace("\n", "") for each in text.split("\n"))


@pytest.mark.parametrize("number", range(4))
def test_lost_line_ends_are_inferred(number: int) -> None:
    damaged = joined(TEXTS[number])
    assert [drop.family for drop in infer_channel(damaged).channel.drops] == ["spaces"]
    mended = mend(damaged)
    lost = len(TEXTS[number]) - len(damaged)
    assert abs(len(TEXTS[number]) - len(mended)) <= 0.1 * lost


def test_lost_apostrophes_are_inferred_and_are_those_that_the_text_has() -> None:
    channel, lost, left = Channel.parse("apostrophes"), 0, 0
    for text in TEXTS:
        damaged = channel.apply(text)
        found = infer_channel(damaged).channel
        assert found in (channel, Channel())
        if found:
            mended = mend(damaged)
            lost += sum(a != b for a, b in zip(text.split(), damaged.split(), strict=True))
            left += sum(a != b for a, b in zip(text.split(), mended.split(), strict=True))
    assert lost > 20
    assert left < 0.4 * lost


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["de", "es", "fr", "pt", "cs"])
def test_lost_accents_are_inferred_where_a_text_has_none(lang: str) -> None:
    (document,) = [each for each in corpora.load("languages") if each.language == lang]
    channel = Channel.parse("accents")
    assert infer_channel(document.text).channel == Channel()

    assert Mender(lang=lang).infer_channel(document.text).channel == Channel()
    assert Mender(lang=lang).infer_channel(channel.apply(document.text)).channel == channel


@pytest.mark.parametrize(
    "spec",
    [
        "spaces", "spaces:line-ends", "apostrophes", "apostrophes:?", "hyphens", "accents",
        "the,hyphens,apostrophes", "spaces:line-ends,apostrophes", "accents,spaces:5%", "random:2%",
    ],
)  # fmt: skip
@given(
    st.lists(
        st.sampled_from(
            [
                "the",
                "mayor",
                "and",
                "don't",
                "dont",
                "Ann’s",
                "café",
                "well-known",
                "wellknown",
                "andthe",
                "in1979",
                "US$5",
                "-",
                "—",
                '"',
                "“so”",
                "(it)",
                "end.Then",
                "they",
                "y",
                "[a]",
            ]
        )
    ),
    st.sampled_from([" ", "", "  ", "\n"]),
)
@settings(max_examples=25)
def test_every_repair_is_proven(spec: str, words: list[str], between: str) -> None:
    text = between.join(words)
    mended = mend_and_explain(text, channel=spec)
    assert mended.damage() == text == mended.revert()
