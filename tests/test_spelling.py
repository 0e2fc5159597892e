"""Spelling as a model of words, and what it makes of tokens that no list explains."""

import pytest

from textmend import Channel, mend, mend_and_explain
from textmend.language.lexicon import Lexicon
from textmend.language.spelling import Speller, Spelling


def test_letters_foretell_each_other() -> None:
    spelling = Spelling(["banana", "bandana", "cabana"])
    assert spelling.log_probability("banana") > spelling.log_probability("nabana")
    assert spelling.log_probability("bananana") > spelling.log_probability("bababab")
    assert spelling.log_probability("xyz") > float("-inf")


@pytest.mark.parametrize(
    ("lang", "arrived", "written"),
    [
        ("tr", "silahszlanma", "silahsızlanma"),
        ("tr", "bykbabasnn", "büyükbabasının"),
        ("de", "abrstungsmanahmen", "abrüstungsmaßnahmen"),
        ("cs", "filipnku", "filipínku"),
    ],
)
def test_words_in_no_list_are_spelled(lang: str, arrived: str, written: str) -> None:
    lexicon = Lexicon.load(lang)
    assert not lexicon.frequency(arrived)
    assert not lexicon.frequency(written)
    guesses = Speller(Channel.non_ascii().drops, lexicon).guesses(arrived, name=False)
    assert guesses[0][0] == written
    assert all(Channel.non_ascii().apply(word) == arrived for word, _ in guesses)
    assert all(nats > 0.0 for _, nats in guesses)


def test_other_channels_and_residues() -> None:
    lexicon = Lexicon.load("de")
    guesses = Speller(Channel.of("ung").drops, lexicon).guesses("abrüstskommission", name=False)
    assert guesses[0][0] == "abrüstungskommission"


@pytest.mark.parametrize(
    ("lang", "text"),
    [("tr", "Nationwide"), ("cs", "Boeing"), ("de", "Trump"), ("fr", "Casadevall")],
)
def test_foreign_names_stay(lang: str, text: str) -> None:
    sentence = f"1 {text} 2"  # inside a sentence, where a capital makes a name
    assert mend(sentence, channel="non-ascii", lang=lang) == sentence


def test_a_guess_is_an_edit_like_any_other() -> None:
    mended = mend_and_explain("Abrstungsmanahmen", channel="non-ascii", lang="de")
    assert mended.text == "Abrüstungsmaßnahmen"
    assert mended.damage() == "Abrstungsmanahmen"
    assert mended.edits[0].drops == ("ü", "ß")
    assert 0.5 <= mended.edits[0].probability <= 1.0
