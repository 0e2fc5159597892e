import pickle

import pytest

from textmend import Mender, TextmendError, suspects
from textmend.language.lexicon import Lexicon


def test_the_example_is_flagged() -> None:
    text = "US ministration said y left. Furrmore, se areas and ir ships, re and re, are ded."
    found = {each.text: each.why for each in suspects(text)}
    assert found == {
        "ministration": "rare",
        "y": "scrap",
        "Furrmore": "unknown",
        "se": "scrap",
        "ir": "scrap",
        "re": "scrap",
        "ded": "scrap",
    }


def test_suspects_have_offsets_and_frequencies() -> None:
    text = "A ministration.\nFurrmore y"
    found = suspects(text)
    assert [text[each.start : each.end] for each in found] == ["ministration", "Furrmore", "y"]
    assert found[0].frequency > 0.0
    assert found[1].frequency == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "The quick committee approved other plans, as they said.",
        "I met a NATO envoy in the U.S., Mr Lee of AT&T.",
        "Zbigorvna spoke. Later Zbigorvna left.",  # a name that the document uses twice
    ],
)
def test_clean_text_has_no_suspects(text: str) -> None:
    assert suspects(text) == []


@pytest.mark.parametrize(("lang", "word"), [("de", "können"), ("fr", "français"), ("tr", "için")])
def test_other_languages(lang: str, word: str) -> None:
    assert suspects(word, lang=lang) == []
    assert suspects("xqzzvk", lang=lang)[0].why == "unknown"


@pytest.mark.parametrize("tag", ["xx", "", "english", "e", "en,fr"])
def test_unknown_language(tag: str) -> None:
    with pytest.raises(TextmendError, match=f"unknown language '{tag}'; textmend knows ar, .*zh"):
        suspects("text", lang=tag)


def test_unknown_words_cost_by_letter_and_never_vanish() -> None:
    lexicon = Lexicon.load("en")
    short, long = lexicon.probability("xqz"), lexicon.probability("xqzzvkwjq")
    assert 0.0 < long < short < lexicon.probability("the")
    assert lexicon.probability("xqz" * 1000) > 0.0


def test_apostrophes_are_one() -> None:
    lexicon = Lexicon.load("en")
    assert lexicon.frequency("They’re") == lexicon.frequency("they're") > 0.0


def test_pickling_gives_the_shared_lexicon() -> None:
    lexicon = Lexicon.load("en")
    assert pickle.loads(pickle.dumps(lexicon)) is lexicon


def test_rates_count_each_word_once() -> None:
    lexicon = Lexicon("toy", {"banana": 0.5, "there": 0.25, "other": 0.125})
    assert lexicon.rate("an") == 0.5
    assert lexicon.rate("the") == 0.375
    assert lexicon.rate("the", without=["ot"]) == 0.25
    assert lexicon.rate("z") == 0.0


@pytest.mark.parametrize(
    ("lang", "scrap", "word"),
    [
        ("fr", "t", "y"),
        ("fr", "qu", "que"),
        ("it", "dell", "in"),
        ("es", "s", "y"),
        ("cs", "d", "k"),
    ],
)
def test_what_seldom_stands_alone_is_no_word(lang: str, scrap: str, word: str) -> None:
    lexicon = Lexicon.load(lang)
    assert lexicon.probability(scrap) < 0.2 * lexicon.frequency(scrap)
    assert lexicon.probability(word) >= lexicon.frequency(word)


def test_turkish_capitals() -> None:
    turkish = Lexicon.load("tr")
    assert turkish.title("istanbul") == "İstanbul"
    assert turkish.title("ırak") == "Irak"
    assert turkish.frequency("İstanbul") == turkish.frequency("istanbul") > 0.0
    assert turkish.frequency("Irak") == turkish.frequency("ırak") > 0.0
    assert Lexicon.load("en").title("istanbul") == "Istanbul"


@pytest.mark.parametrize(
    ("usual", "other"),
    [
        ("groß", "gross"), ("straße", "strasse"), ("heißt", "heisst"),
        ("schließlich", "schliesslich"),
        ("außen", "aussen"), ("maßnahmen", "massnahmen"), ("regelmäßig", "regelmässig"),
        ("reißt", "reisst"), ("dass", "daß"), ("musste", "mußte"), ("fluss", "fluß"),
    ],
)  # fmt: skip
def test_sharp_s_where_wordfreq_lists_ss(usual: str, other: str) -> None:
    german = Lexicon.load("de")
    assert german.frequency(usual) > 10 * german.frequency(other) > 0.0


@pytest.mark.parametrize(
    "word", ["wasser", "klasse", "preissenkung", "kreissaal", "aussenden", "aussage", "ausschuss"]
)
def test_no_sharp_s_after_a_short_vowel_or_where_two_words_meet(word: str) -> None:
    german = Lexicon.load("de")
    sharp = word.replace("ss", "ß", 1)
    assert german.frequency(word) > 0.0 == german.frequency(sharp)


@pytest.mark.parametrize(
    ("tag", "code"),
    [("EN", "en"), ("pt-BR", "pt"), ("fr_FR", "fr"), ("zh-Hans", "zh"), ("no", "nb")],
)
def test_language_tags(tag: str, code: str, caplog: pytest.LogCaptureFixture) -> None:
    assert Lexicon.load(tag) is Lexicon.load(code)
    assert Mender(lang=tag).lang == code
    assert not caplog.records


@pytest.mark.parametrize(
    ("lang", "word"),
    [("es", "funcion"), ("fr", "employe"), ("fr", "l'identite"), ("pt", "solucao")],
)
def test_a_word_without_its_accents_is_no_surprise(lang: str, word: str) -> None:
    suspicion = Lexicon.load(lang).suspicion(word, first=False)
    assert suspicion is None or suspicion[0] > 1e-6


def test_what_is_run_into_a_known_word_is_a_way_to_speak() -> None:
    english = Lexicon.load("en")
    assert all(english.suspicion(each, first=False) is None for each in ("is't", "does't"))
    assert english.suspicion("y'll", first=False) is not None  # they'll
