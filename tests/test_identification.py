from pathlib import Path

import pytest

import corpora
from textmend import Channel, Mender, TextmendError, infer_channel
from textmend.language.identification import among, guess
from textmend.language.lexicon import languages
from textmend.language.tokens import lines, tokenize
from textmend.models.modelfile import SHIPPED

DOCUMENTS = list(corpora.load("languages", split="dev"))


def of(text: str, *asked: str) -> str | None:
    return guess(lines(tokenize(text)), asked or among("auto"))


@pytest.mark.parametrize("spec", [None, "the,ad", "e", "non-ascii", "non-ascii:?"])
def test_texts_are_recognized_whatever_they_lost(spec: str | None) -> None:
    for document in DOCUMENTS:
        text = Channel.parse(spec).apply(document.text) if spec else document.text
        assert of(text) == document.language, document.id


def test_a_text_in_none_of_the_languages_is_told_apart() -> None:
    for document in DOCUMENTS:
        others = [lang for lang in ("en", "de", "fr", "pl") if lang != document.language]
        assert of(document.text, *others) is None, document.id


def test_nothing_to_go_by() -> None:
    for text in ("", " \n", "12:30 – 14:00", "Nerlands", "北京是中华人民共和国的首都。"):
        assert of(text) is None


def test_unknown_words_do_not_decide() -> None:
    sentence = "They had seen it from the window of the house. "
    assert of(sentence + "Zwrtklm " * 20) == "en"


def test_a_list_of_languages() -> None:
    assert among("auto") == tuple(languages())
    assert among("de,en, de") == ("de", "en")
    assert Mender(lang="auto").language("hello") is None
    assert among("pt-BR,en,pt") == ("pt", "en")
    for spec, unknown in (("en,klingon", "klingon"), ("en,", "")):
        with pytest.raises(TextmendError, match=f"unknown language {unknown!r}"):
            among(spec)
    with pytest.raises(TextmendError, match="'zh' in 'zh,en' has no spaces"):
        among("zh,en")


def test_each_text_is_mended_in_its_language() -> None:
    channel = Channel.of("er", "the")
    for document in DOCUMENTS:
        damaged = channel.apply(document.text)
        mended = Mender(lang="auto", channel=channel).mend(damaged)
        assert mended == Mender(lang=document.language, channel=channel).mend(damaged)
        elsewhere = ",".join({"en", "de"} - {document.language}) + ",fi"
        assert Mender(lang=elsewhere, channel=channel).mend(damaged) == damaged


def test_a_model_serves_its_language_among_several(tmp_path: Path) -> None:
    model = tmp_path / "english.tmnd"
    model.write_bytes(SHIPPED.read_bytes())
    damaged = {
        lang: Channel.of("er").apply(next(d.text for d in DOCUMENTS if d.language == lang))
        for lang in ("de", "fr")
    } | {"en": "In dition, y met or farms in a ministration that was all but ad."}
    several = Mender(lang="en,de,fr", channel="er,the,ad", model=model)
    for lang, text in damaged.items():
        alone = Mender(lang=lang, channel="er,the,ad", model=model if lang == "en" else None)
        assert several.mend(text) == alone.mend(text) != text
    with pytest.raises(TextmendError, match="is a model for 'en'"):
        Mender(lang="de", channel="er", model=model).mend(damaged["de"])


@pytest.mark.parametrize("kind", ["lang_la", "lang_la_chronicle", "lang_cy", "lang_eu"])
def test_a_language_that_is_not_known_is_none_of_those_that_are(kind: str) -> None:
    text = (corpora.ROOT / "negative" / f"{kind}.txt").read_text("utf-8")
    assert of(text) is None
    assert all(of(paragraph) is None for paragraph in text.split("\n") if paragraph)


def test_of_texts_in_another_language_nothing_is_inferred() -> None:
    texts = {document.language: document.text for document in DOCUMENTS}
    for written, asked, lost in (("es", "pt", "random:2%"), ("cs", "pl", "random:2%")):
        damaged = Channel.parse(lost).apply(texts[written])
        assert not infer_channel(damaged, lang=asked)
