import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from pkgutil import iter_modules

import pytest

import corpora
import textmend
from textmend import Channel, Mender, TextmendError, infer_channel
from textmend.models.modelfile import SHIPPED

MODULES = {module.name for module in iter_modules(textmend.__path__)}
NEWS = [document.text for document in corpora.load("news", split="dev")][:6]


def test_all_names_what_is_exported() -> None:
    public = {name for name in vars(textmend) if not name.startswith("_")}
    assert public - MODULES == set(textmend.__all__)
    assert textmend.__all__ == sorted(textmend.__all__)


def test_no_public_name_is_that_of_a_module() -> None:
    # To import a module binds its name in the package, in the place of what had that name.
    assert MODULES.isdisjoint(textmend.__all__)


def test_completion_shows_the_interface_alone() -> None:
    shown = {name for name in dir(textmend) if not name.startswith("__")}
    assert shown == set(textmend.__all__)
    assert "__version__" in dir(textmend)


def test_the_version_is_that_of_the_package() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.?(a|b|rc|dev)\d+)?", textmend.__version__)
    shown = subprocess.run(
        [sys.executable, "-m", "textmend", "-V"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.startswith(f"textmend {textmend.__version__}\n")


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


@pytest.mark.parametrize("model", ["small", "large", None])
def test_a_single_call_takes_what_a_mender_takes(model: str | None) -> None:
    text = Channel.of("the").apply("The other day they left for the coast.")
    mended = Mender(channel="the", model=model).mend_and_explain(text)
    assert textmend.mend_and_explain(text, channel="the", model=model).edits == mended.edits
    assert textmend.mend(text, channel="the", model=model) == mended.text
    others = {name for name in ("small", "large", None) if name != model}
    for other in others:  # they are told apart by their probabilities
        assert Mender(channel="the", model=other).mend_and_explain(text).edits != mended.edits


SNIPPETS = [
    snippet
    for text in NEWS
    for snippet in text.split("\n")
    if 20 <= len(snippet.split()) <= 60 and "the" in snippet
]


def test_snippets_of_one_source_share_their_evidence() -> None:
    snippets = SNIPPETS[:24]
    damaged = [Channel.of("the").apply(snippet) for snippet in snippets]
    alone, pooled = (list(Mender().mend_many(damaged, pool=pool)) for pool in (False, True))
    assert sum(map(str.__eq__, alone, damaged)) > 20  # too short to show what they lost
    assert pooled == [textmend.mend(text, channel="the") for text in damaged]


def test_a_clean_text_among_those_of_its_source_stays_untouched() -> None:
    half = len(SNIPPETS) // 2
    texts = [Channel.of("the").apply(text) for text in SNIPPETS[:half]] + SNIPPETS[half:]
    mended = list(Mender().mend_many(texts, pool=True))
    assert mended[half:] == SNIPPETS[half:]
    # What shows no trace may be clean as well, where half of the source is.
    for text, result in zip(texts[:half], mended[:half], strict=True):
        assert result in (text, textmend.mend(text, channel="the"))
    assert 3 < sum(map(str.__ne__, mended[:half], texts)) <= half


def test_a_pool_is_read_no_further_than_it_must() -> None:
    read = 0

    def texts() -> Iterator[str]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield "A clean sentence of eight words, no more. " * 50

    mended = Mender().mend_many(texts(), pool=True)
    assert read == 0
    next(mended)
    assert read == 50


def test_a_pool_in_several_languages_is_of_one_source() -> None:
    channel = Channel.non_ascii()
    documents = [each for each in corpora.load("languages") if each.language in ("de", "fr")]
    # English, of which there is most, lost nothing.
    texts = [channel.apply(each.text) for each in documents[:4]] + NEWS[:4]
    mender = Mender(lang="auto").for_source(texts)
    assert isinstance(mender.channel, tuple)
    assert [found.channel.drops for found in mender.channel] == [channel.drops]
    assert mender.mend("Der alte Kaiser fr ein paar Jahre") == "Der alte Kaiser für ein paar Jahre"


def test_a_source_of_clean_texts_has_no_channel() -> None:
    mender = Mender().for_source(NEWS)
    assert mender.mend(Channel.of("the").apply(NEWS[0])) == Channel.of("the").apply(NEWS[0])


def test_a_channel_that_is_given_is_that_of_the_source() -> None:
    mender = Mender(channel="the")
    assert mender.for_source(NEWS) is mender
    assert list(mender.mend_many(["Nerlands"], pool=True)) == ["Netherlands"]


def test_evidence_says_what_share_was_deleted() -> None:
    (evidence,) = infer_channel(Channel.of("st").apply(NEWS[0])).evidence
    assert evidence.share == 1.0
    leaky = replace(evidence, expected=100.0, observed=20)
    assert leaky.share == pytest.approx(0.8)
    assert leaky.to_dict()["share"] == 0.8
    # More than expected is seen: what survived, and what is explained.
    seen = sum(each.count for each in evidence.explained)
    assert replace(leaky, expected=1.0).share == pytest.approx(seen / (seen + 20))


def test_a_channel_that_leaks_is_estimated_and_its_survivors_stay() -> None:
    text = "\n".join(NEWS)
    occurrences = [found.span() for found in re.finditer("st", text)]
    damaged = Channel.of("st").apply(text, intact=occurrences[::5])
    mended = textmend.mend_and_explain(damaged)
    (evidence,) = mended.evidence
    assert evidence.drop.name == "st"
    assert evidence.observed > 0
    assert 0.7 < evidence.share < 0.9
    assert mended.damage() == damaged
    assert sum(map(str.__eq__, mended.text.split(), text.split())) > 0.98 * len(text.split())


def test_results_say_how_much_is_damaged() -> None:
    assert textmend.mend_and_explain(NEWS[0]).damaged_share == 0.0
    damaged = Channel.of("the", "ad").apply(NEWS[0])
    assert textmend.mend_and_explain(damaged).damaged_share == 1.0
    # Words that survive in a damaged line are part of it.
    survivor = textmend.mend_and_explain(
        "Furrmore, y met ir Sourn friends and others in Nerlands.", channel="the"
    )
    assert survivor.intact
    assert survivor.damaged_share == 1.0
    half = textmend.mend_and_explain(damaged + "\n" + NEWS[0], channel="the,ad")
    assert 0.4 < half.damaged_share < 0.6
    assert half.to_dict()["damaged_share"] == pytest.approx(half.damaged_share, abs=1e-4)


def test_a_channel_can_be_stored_and_reused() -> None:
    found = infer_channel(Channel.of("the", "ad").apply(NEWS[0])).channel
    again = Channel.from_json(found.to_json())
    assert (
        Mender(channel=again).mend("We met or mors in Nerlands.") != "We met or mors in Nerlands."
    )


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


def test_a_source_may_be_one_text() -> None:
    text = Channel.of("the", "ad").apply(corpora.load("news")[0].text)
    assert Mender().for_source(text).channel == (infer_channel(text),)


def test_a_model_that_was_altered_is_read_again(tmp_path: Path) -> None:
    model = tmp_path / "model.tmnd"
    model.write_bytes(SHIPPED.read_bytes())
    mender = Mender(channel="the", model=model)
    assert mender.mend("y left") == "They left"
    model.write_bytes(b"something else")
    os.utime(model, ns=(0, 0))
    with pytest.raises(TextmendError, match="is no textmend model"):
        mender.mend("y left")


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(TextmendError, match=f"cannot read the model {tmp_path}"):
        Mender(channel="the", model=tmp_path).mend("y left")
