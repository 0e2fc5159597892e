"""Words that differ in their accents alone, in sentences that no weight was computed from."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

import corpora
from textmend import Channel, mend
from textmend.language.homographs import DATA, Homographs
from textmend.language.lexicon import Lexicon
from textmend.training.homographs import Rivals, examples, fit

LANGUAGES = ("cs", "es", "fr", "it", "pl", "pt")
WEIGHTS = Path(str(files("textmend"))) / "data"


def mended(text: str, lang: str) -> str:
    return mend(Channel.parse("accents").apply(text), channel="accents", lang=lang)


def loaded(lang: str) -> Homographs:
    found = Homographs.load(lang)
    assert found is not None
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "written"),
    [
        ("it", "Il mercato è chiuso e la piazza è vuota."),
        ("it", "Nella borsa c'è un libro, e non è mio."),
        ("it", "Non ha né amici né parenti."),
        ("it", "È stato il vicino a chiamare i pompieri."),
        ("fr", "Le boulanger a fermé son magasin à midi."),
        ("fr", "Elle a donné sa voiture à sa sœur."),
        ("fr", "Que dira-t-il, et que lui a-t-elle promis ?"),
        ("fr", "Le village où elle a vécu se trouve à dix kilomètres."),
        ("fr", "« Il faut partir », a ajouté le capitaine."),
        ("pt", "O barco é velho e o porto está cheio."),
        ("pt", "As lojas fecham às oito e os donos têm pressa."),
        ("es", "Según él, el puente no está seguro."),
        ("es", "El tren pasó a las cinco y el jefe preguntó por el retraso."),
        ("cs", "Jeden ze sousedů řekl, že ze sklepa teče voda."),
        ("pl", "Jeden ze strażaków powiedział, że ze strychu leci dym."),
    ],
)
def test_the_words_beside_tell_which_was_written(lang: str, written: str) -> None:
    assert mended(written, lang) == written


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("fr", "Le film de Donald Grace sort demain."),
        ("es", "Viaja a la ciudad de Union Grove en julio."),
    ],
)
def test_a_name_keeps_its_letters(lang: str, text: str) -> None:
    assert mended(text, lang) == text


def test_neighbours_are_read_without_their_accents() -> None:
    french = loaded("fr")
    damaged, whole = (
        french.nats(["a", "à"], ["maire", "le"], [after, "la"]) for after in ("annonce", "annoncé")
    )
    assert damaged == whole
    assert damaged[0] > damaged[1]


def test_words_that_differ_in_more_than_accents_are_left_to_their_frequencies() -> None:
    assert loaded("fr").nats(["or", "for"], ["la"], ["il"]) == [0.0, 0.0]
    assert loaded("fr").nats(["ou", "où", "four"], [], ["est"])[2] == 0.0


def test_a_language_without_sentences_has_no_weights() -> None:
    assert Homographs.load("sv") is None


def test_an_ending_speaks_for_words_that_were_never_seen() -> None:
    """The sentences teach "-é" after "a"; "colmaté" stands in none of them."""
    lexicon = Lexicon.load("fr")
    sentences = ["Il a donné un livre.", "Elle a chanté hier.", "On a trouvé la clé."] * 3
    sentences += ["Il donne un livre.", "Elle chante ici.", "On trouve la clé."] * 3
    rivals = Rivals(lexicon)
    found = [each for sentence in sentences for each in examples(sentence, rivals)]
    known = Homographs.stored(fit(found, lexicon))
    present, participle = known.nats(["colmate", "colmaté"], ["a", "il"], ["la"])
    assert participle > present
    present, participle = known.nats(["colmate", "colmaté"], ["il"], ["la"])
    assert present > participle


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_weights_are_small(lang: str) -> None:
    stored = WEIGHTS / DATA.format(lang)
    assert stored.stat().st_size < 60_000
    assert all(json.loads(stored.read_text(encoding="utf-8")).values())


def test_each_language_with_sentences_has_weights_and_no_other() -> None:
    assert {each.language for each in corpora.load("homographs")} == set(LANGUAGES)
    assert {path.stem[-2:] for path in WEIGHTS.glob("homographs-*.json")} == set(LANGUAGES)
