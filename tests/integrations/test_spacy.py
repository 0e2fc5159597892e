from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import textmend
from textmend import Mender

spacy = pytest.importorskip("spacy")

from spacy.tokens import DocBin, Span
from spacy.util import filter_spans

from textmend.integrations.spacy import mended_of

TEXT = "In dition, y met or farmers of Sourn Nerlands."
MENDED = "In addition, they met other farmers of the Southern Netherlands."
CONFIG = """
[nlp]
lang = "en"
pipeline = ["entity_ruler"]

[nlp.tokenizer]
@tokenizers = "textmend.Tokenizer.v1"
channel = "the,ad"

[components]

[components.entity_ruler]
factory = "entity_ruler"
"""


@pytest.fixture
def nlp() -> Any:
    config = spacy.util.load_config_from_str(CONFIG)
    made = spacy.util.load_model_from_config(config, auto_fill=True)
    made.get_pipe("entity_ruler").add_patterns(
        [{"label": "GPE", "pattern": "Southern Netherlands"}, {"label": "WHO", "pattern": "they"}]
    )
    return made


def held(doc: Any) -> tuple[Any, ...]:
    entities = [(ent.text, ent.label_, ent._.original, ent._.original_span) for ent in doc.ents]
    # Lists become tuples in a file.
    return doc.text, doc._.original, json.dumps(doc._.mended), entities


def test_a_doc_holds_the_mended_text_and_where_it_comes_from(nlp: Any) -> None:
    doc = nlp(TEXT)
    assert (doc.text, doc._.original) == (MENDED, TEXT)
    arrived = ["In", "dition", ",", "y", "met", "or", "farmers", "of", "", "Sourn", "Nerlands", "."]
    assert [token._.original for token in doc] == arrived
    assert [(ent.text, ent._.original) for ent in doc.ents] == [
        ("they", "y"),
        ("Southern Netherlands", "Sourn Nerlands"),
    ]
    for part in [*doc, *doc.ents]:
        start, end = part._.original_span
        assert TEXT[start:end] == part._.original
    told = textmend.mend_and_explain(TEXT, channel="the,ad")
    assert doc._.mended == {
        "original": TEXT,
        "edits": [edit.to_dict() for edit in told.edits],
        "channel": told.channel.to_dict(),
    }
    assert mended_of(doc).revert() == TEXT


def test_a_clean_doc_holds_nothing_more(nlp: Any) -> None:
    doc = nlp("")
    assert (doc._.mended, doc._.original) == (None, "")
    doc = nlp("She saw many ships.")
    assert doc._.mended is None
    assert doc[1:3]._.original == "saw many"
    assert doc[1:3]._.original_span == (4, 12)


def test_a_word_that_was_put_back_was_nowhere(nlp: Any, damaged: list[str]) -> None:
    doc = nlp(damaged[0])
    vanished = [token for token in doc if token._.original == ""]
    assert {token.text for token in vanished} <= {"the", "The"}
    assert vanished
    assert all(len(set(token._.original_span)) == 1 for token in vanished)
    assert doc._.original == damaged[0]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_two_processes(nlp: Any, damaged: list[str]) -> None:
    texts = [TEXT, "", *damaged[:2], "It is clean."]
    alone = [held(doc) for doc in nlp.pipe(texts)]
    assert [held(doc) for doc in nlp.pipe(texts, n_process=2, batch_size=2)] == alone
    assert [text for text, *_ in alone] == [*Mender(channel="the,ad").mend_many(texts)]


def test_a_pipeline_on_disk(nlp: Any, tmp_path: Path) -> None:
    nlp.tokenizer.inner.add_special_case("farmers", [{"ORTH": "farm"}, {"ORTH": "ers"}])
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert again.tokenizer.mender.channel == nlp.tokenizer.mender.channel
    assert [token.text for token in again(TEXT)] == [token.text for token in nlp(TEXT)]
    assert "ers" in [token.text for token in again(TEXT)]
    assert held(again(TEXT)) == held(nlp(TEXT))
    # Nothing but the config names it: another process finds it by the entry point.
    program = f"import spacy; print(spacy.load({str(tmp_path)!r})({TEXT!r}))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == MENDED


def test_a_pipeline_as_bytes(nlp: Any) -> None:
    again = spacy.util.load_model_from_config(
        spacy.util.load_config_from_str(CONFIG), auto_fill=True
    )
    again.from_bytes(nlp.to_bytes())
    # Its entity ruler knows no phrases any more, with or without textmend.
    assert held(again(TEXT))[:3] == held(nlp(TEXT))[:3]
    assert pickle.loads(pickle.dumps(nlp.tokenizer))(TEXT).text == MENDED


def test_a_pipeline_that_is_there_gets_the_tokenizer_when_it_is_loaded(tmp_path: Path) -> None:
    spacy.blank("de").to_disk(tmp_path)
    nlp = spacy.load(
        tmp_path,
        config={"nlp": {"tokenizer": {"@tokenizers": "textmend.Tokenizer.v1", "channel": "er"}}},
    )
    assert nlp.tokenizer.mender.lang == "de"
    assert nlp("Die Künstlin sprach mit den Arbeitn.").text.startswith("Die Künstlerin")


def test_docs_in_a_file(nlp: Any, damaged: list[str], tmp_path: Path) -> None:
    docs = list(nlp.pipe([TEXT, *damaged[:2], "It is clean."]))
    DocBin(docs=docs, store_user_data=True).to_disk(tmp_path / "docs.spacy")
    again = DocBin().from_disk(tmp_path / "docs.spacy").get_docs(nlp.vocab)
    assert [held(doc) for doc in again] == [held(doc) for doc in docs]


def test_what_is_told_in_the_config() -> None:
    config = {
        "@tokenizers": "textmend.Tokenizer.v1",
        "lang": "en,de",
        "channel": textmend.Channel.of("the", ignore_case=False).to_dict(),
        "min_probability": 0.7,
        "model": None,
        "inner": {"@tokenizers": "spacy.Tokenizer.v1"},
    }
    nlp = spacy.blank("xx", config={"nlp": {"tokenizer": config}})
    mender = nlp.tokenizer.mender
    assert mender.channel == textmend.Channel.of("the", ignore_case=False)
    assert (mender.lang, mender.min_probability, mender.model) == ("en,de", 0.7, None)
    default = spacy.blank(
        "xx", config={"nlp": {"tokenizer": {"@tokenizers": "textmend.Tokenizer.v1"}}}
    )
    assert default.tokenizer.mender.lang == "auto"


def test_spans_keep_their_place_when_tokens_are_merged(nlp: Any) -> None:
    doc = nlp(TEXT)
    with doc.retokenize() as retokenizer:
        for span in filter_spans(doc.ents):
            retokenizer.merge(span)
    assert [token._.original for token in doc if token.ent_type_] == ["y", "Sourn Nerlands"]
    assert Span(doc, 0, 2)._.original == "In dition"
