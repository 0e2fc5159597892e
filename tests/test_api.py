import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

import corpora
import textmend
from textmend import Channel, Mender, TextmendError, infer_channel

NEWS = [document.text for document in corpora.load("news", split="dev")][:6]


def test_all_names_what_is_exported() -> None:
    public = {name for name in vars(textmend) if not name.startswith("_")}
    modules = {name for name in public if type(getattr(textmend, name)).__name__ == "module"}
    # The function has the name of the module that does its work.
    assert public - modules | {"mend"} == set(textmend.__all__)
    assert textmend.__all__ == sorted(textmend.__all__)


def test_menders_can_be_pickled() -> None:
    mender = Mender(channel="the", min_probability=0.7)
    copy = pickle.loads(pickle.dumps(mender))
    assert repr(copy) == repr(mender)
    assert copy.mend("Nerlands") == "Netherlands"


def test_threads_share_a_mender() -> None:
    mender = Mender()
    texts = [Channel.of("the", "ad").apply(text) for text in NEWS] * 2
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(mender.mend, texts)) == [mender.mend(text) for text in texts]


def test_mend_many_takes_each_text_on_its_own_evidence() -> None:
    texts = [Channel.of("the").apply(NEWS[0]), NEWS[1], ""]
    mended = Mender().mend_many(iter(texts))
    assert next(mended) == textmend.mend(texts[0]) != texts[0]
    assert list(mended) == [NEWS[1], ""]


def test_a_channel_can_be_stored_and_reused() -> None:
    found = infer_channel(Channel.of("the", "ad").apply(NEWS[0])).channel
    again = Channel.from_json(found.to_json())
    assert (
        Mender(channel=again).mend("We met or mors in Nerlands.") != "We met or mors in Nerlands."
    )


@pytest.mark.parametrize("probability", [-0.1, 1.5])
def test_impossible_probabilities(probability: float) -> None:
    with pytest.raises(TextmendError, match=r"min_probability is .*; it must be in 0 to 1"):
        Mender(min_probability=probability)


def test_unknown_languages_are_named_at_once() -> None:
    with pytest.raises(TextmendError, match="unknown language 'klingon'"):
        Mender(lang="klingon")


@pytest.mark.parametrize("lang", ["de", "fr", "tr"])
def test_other_languages_are_mended_by_frequency(lang: str) -> None:
    document = next(each for each in corpora.load("languages") if each.language == lang)
    channel = Channel.of("er")
    damaged = channel.apply(document.text)
    mended = textmend.mend_and_explain(damaged, lang=lang, channel=channel)
    right = sum(
        document.text.count(edit.after) > damaged.count(edit.after) for edit in mended.edits
    )
    assert right > 0.8 * len(mended.edits) > 0
    assert mended.damage() == damaged
