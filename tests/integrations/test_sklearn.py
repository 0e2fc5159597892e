from __future__ import annotations

import pickle

import pytest

from textmend import Channel, Mender, TextmendError

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from textmend.integrations.sklearn import MendTransformer

TOLD = MendTransformer(channel="the,ad")
LABELS = [0, 1, 0, 1, 0, 1]


def test_texts_in_mended_texts_out(damaged: list[str]) -> None:
    texts = [*damaged, None, ""]
    mended = MendTransformer().fit_transform(texts)
    assert list(mended) == [*Mender().mend_many(damaged), None, ""]
    assert mended.shape == (8,)


def test_settings_are_parameters() -> None:
    settings = {"channel": "the", "lang": "en", "min_probability": 0.7, "model": None, "pool": True}
    transformer = MendTransformer(**settings)  # type: ignore[arg-type]
    assert transformer.get_params() == settings
    assert clone(transformer).get_params() == settings
    assert transformer.set_params(min_probability=0.5).get_params()["min_probability"] == 0.5
    assert "MendTransformer(channel='the'" in repr(transformer)
    with pytest.raises(TextmendError, match="min_probability is 2"):
        MendTransformer(min_probability=2).fit([])
    with pytest.raises(NotFittedError):
        MendTransformer().transform(["y"])


def test_a_pipeline_learns_from_damaged_texts_what_it_learns_from_clean_ones(
    clean: list[str], damaged: list[str]
) -> None:
    pipeline = make_pipeline(TOLD, TfidfVectorizer(), MultinomialNB())
    assert list(pipeline.fit(damaged, LABELS).predict(damaged)) == LABELS
    words = set(pipeline[1].vocabulary_)
    expected = set(TfidfVectorizer().fit(clean).vocabulary_)
    without = set(TfidfVectorizer().fit(damaged).vocabulary_)
    assert len(words ^ expected) < 0.2 * len(without ^ expected)
    again = pickle.loads(pickle.dumps(pipeline))
    assert (again.predict_proba(damaged) == pipeline.predict_proba(damaged)).all()
    refitted = clone(pipeline).fit(damaged, LABELS)
    assert (refitted.predict_proba(damaged) == pipeline.predict_proba(damaged)).all()


def test_fit_infers_the_channel_of_a_source(snippets: dict[str, list[str]]) -> None:
    transformer = MendTransformer(pool=True).fit([None, *snippets["a"]])
    assert list(transformer.transform(snippets["a"])) == [
        *Mender().mend_many(snippets["a"], pool=True)
    ]
    again = pickle.loads(pickle.dumps(transformer))
    assert list(again.transform(["Sourn seas", "southern"])) == ["Southern seas", "southern"]


def test_a_preprocessor(damaged: list[str]) -> None:
    mender = Mender(channel=Channel.of("the", "ad"))
    vectorizer = clone(TfidfVectorizer(preprocessor=mender.mend)).fit(damaged)
    again = pickle.loads(pickle.dumps(vectorizer))
    assert again.get_feature_names_out().tolist() == vectorizer.get_feature_names_out().tolist()
    # scikit-learn lowers capitals in the preprocessor that this one replaces.
    assert "The" in vectorizer.vocabulary_


def test_the_names_of_columns() -> None:
    assert TOLD.get_feature_names_out(["body"]).tolist() == ["body"]
    assert TOLD.get_feature_names_out().tolist() == ["text"]
